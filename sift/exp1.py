# bags of training images by size; plain and root descriptors; CPU seconds of each part
import time, sys
import facediag_utils
import numpy as np, pandas as pd
from sklearn.cluster import MiniBatchKMeans
from threadpoolctl import threadpool_limits
from sklearn.metrics.pairwise import pairwise_distances_argmin
d=np.load("/tmp/h/sift/desc.npy",mmap_mode="r"); rows=pd.read_csv("/tmp/h/sift/rows.csv")
train=np.flatnonzero(rows["split"]=="train")
P=d.shape[1]
rng=np.random.default_rng(0)
drawn=rng.choice(len(train)*P,60000,replace=False); img,pt=np.divmod(drawn,P)
sample=np.concatenate([d[train[k]][pt[img==k]] for k in range(len(train))]).astype(np.float64)
def root(v):
    v=v.astype(np.float64); return np.round(255*np.sqrt(v/np.maximum(v.sum(-1,keepdims=True),1)))
kind,words,dt=sys.argv[1],int(sys.argv[2]),sys.argv[3]
f=root if kind=="root" else (lambda v:v)
t=time.process_time()
with threadpool_limits(1):
    km=MiniBatchKMeans(words,batch_size=4096,n_init=1,max_iter=30,random_state=0).fit(f(sample).astype(dt))
    c=km.cluster_centers_
    t1=time.process_time()
    bags=[]
    for r in range(len(d)):
        if rows["split"][r]!="train": bags.append(np.zeros(words)); continue
        v=f(d[r]).astype(dt)
        n=((c**2).sum(1)-2*(v@c.T)).argmin(1)
        bags.append(np.bincount(n,minlength=words)/P)
    t2=time.process_time()
np.save(f"/tmp/h/sift/bags-{kind}-{words}-{dt}.npy",np.stack(bags))
print(kind,words,dt,"kmeans cpu",round(t1-t,1),"steps",km.n_steps_,"bags of 200 cpu",round(t2-t1,1),flush=True)
