import facediag_utils,time,warnings,sys
import numpy as np
from facediag_utils.evaluation import resampled_splits as rs
from facediag_utils.methods import svm
from facediag_utils.data import splitting
d=np.load("/work/scratch/p/abl.npz"); num=d["num"]; train=d["train"]
share=dict(zip(*(p.tolist() for p in np.unique(num[~train],return_counts=True))))
tested=np.concatenate([~train[None],rs.draw_splits(num,share,3,0,None)])
for steps in [int(float(a)) for a in sys.argv[1:]]:
  svm.STEPS=steps; tot=0
  for k in d.files[2:]:
    t=time.process_time()
    acc=rs._accuracies(d[k],tested,num,0,None); dt=time.process_time()-t; tot+=dt
    warnings.simplefilter("ignore"); cs=[rs.search_penalty(d[k][np.ix_(~x,~x)],num[~x],0) for x in tested]
    print(steps,k,f"{dt/len(tested)*1e3:.0f} ms",acc.round(3),cs, f"diag {np.diag(d[k]).mean():.3g}")
  print(steps,"total",tot)
