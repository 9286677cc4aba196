import facediag_utils, sys, time, os, numpy as np, torch
torch.set_num_threads(1)
from dataclasses import replace
from facediag_utils.core import profiles
from facediag_utils.data import cohort, splitting
from facediag_utils.faces import detection, alignment
from facediag_utils.methods import training, regions
import facediag_utils.networks.registry as R
im=cohort.load(profiles.profile("bundled")); faces=detection.true_faces(im)
task=cohort.tasks(im)[-1]; split=splitting.task_split(task,im,faces.found); num=splitting.class_numbers(task,split.labels)
fit,held=splitting.held_out(np.flatnonzero(split.train),num,0)
def go(side,region="full",seed=0,**k):
    rec=R.get("casia_50px"); R.published()["x"]=replace(rec,name="x",input_size=side)
    p=f"/tmp/h/regions/chips-{side}-{region}.npy"
    if not os.path.exists(p):
        ch=np.zeros((len(im),side,side,3),np.uint8)
        rows=np.flatnonzero(split.train)
        for r,c in zip(rows,alignment.chips(im,faces,side,region,rows)): ch[r]=c
        np.save(p,ch)
    ch=np.load(p)
    r=replace(regions.DEEPGESTALT,**k); t=time.process_time()
    tuned=training.fine_tune(f"{region}:x",lambda:ch,(fit,num[fit]),(held,num[held]),5,r,seed)
    t=time.process_time()-t
    c=tuned.curves()
    last=training.errors(training.predict(tuned.averaged,ch,held,R.get(f"{region}:x")),torch.from_numpy(num[held]))
    print(side,region,seed,k,f"{t:.1f}s",
      "train obj",[round(x,2) for x in c[c.part=="train"].objective], "top1",[round(x,2) for x in c[c.part=="train"].top1],"held top1",[round(x,2) for x in c[c.part=="validation"].top1],"avg",last["top1"],flush=True)
