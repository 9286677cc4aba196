import sys,time
import facediag_utils
import numpy as np, pandas as pd
from facediag_utils.methods import dsift, svm
rows=pd.read_csv("/tmp/h/sift/rows.csv"); tr=(rows["split"]=="train").to_numpy(); lab=rows["label"].to_numpy(str)
for name in sys.argv[1:]:
    b=np.load(f"/tmp/h/sift/bags-{name}.npy")
    for task,classes in (("multi",sorted(set(lab))),("binary",[c for c in sorted(set(lab)) if c in("beta_thalassemia","control")])):
        m=tr&np.isin(lab,classes)
        for kind in dsift.METHODS:
            acc=[]
            for seed in range(3):
                t=time.process_time()
                f=svm.fit(b[m],lab[m],kernel=dsift.kernel_of(kind,b[m]),seed=seed)
                acc.append([x[1] for x in f.searched]); cpu=time.process_time()-t
            print(name,task,kind,"C",f.penalty,"mean of 3 seeds by C",np.round(np.mean(acc,0),3).tolist(),"cpu",round(cpu,1),flush=True)
