import facediag_utils,time
import numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dsift
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
def T(n,f):
    t=time.perf_counter(); c=time.process_time(); r=f(); print(n,round(time.perf_counter()-t,2),"cpu",round(time.process_time()-c,2)); return r
rows=np.flatnonzero((images.table["split"]=="train")&faces.found)
from facediag_utils.faces.alignment import aligned_chips
ch=aligned_chips(images,faces,dsift.SIDE,dsift.CROP)
v=T("describe1",lambda: dsift.describe(ch[0]))
T("describe few",lambda: dsift.describe(ch[0],np.arange(0,len(dsift.grid()),20)))
s=T("sample",lambda: dsift._sample(images,faces,rows,0)); print(s.shape)
for w in dsift.WORDS:
    c=T(f"kmeans {w}",lambda: dsift.kmeans(s,w,0)); T("bag",lambda: dsift.bag(v,c))
