import facediag_utils, time, cProfile, pstats, io
import matplotlib; matplotlib.use('agg')
import matplotlib.pyplot as plt, numpy as np
from facediag_utils.figures import style
style.set_style()
def fig():
    f,axes=plt.subplots(2,3,figsize=(10,6))
    for a in axes.flat: a.errorbar(range(10),np.arange(10),yerr=1,label='x'); a.set_xlabel('abc'); a.set_title('t'); a.legend()
    return style.finished_panels(f,'title')
f=fig()
for fmt in ('png','svg'):
    f.savefig(io.BytesIO(),format=fmt)
    t=time.time(); f.savefig(io.BytesIO(),format=fmt); print(fmt,time.time()-t)
    t=time.time(); b=f.get_tightbbox().padded(0.1); print('bbox',time.time()-t); t=time.time(); f.savefig(io.BytesIO(),format=fmt,bbox_inches=b); print(fmt,'given bbox',time.time()-t)
t=time.time(); fig(); print('make',time.time()-t)
