import facediag_utils, time
import numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort, splitting
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
from facediag_utils.evaluation import resampled_splits as rs
from facediag_utils.networks import registry
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
tot=0
for task in cohort.tasks(images):
    labels=images.table["label"].to_numpy(); keep=images.table["label"].isin(task.classes).to_numpy()&faces.found
    tr=(images.table["split"]=="train").to_numpy()
    for name in [r for r in registry.installed()] if hasattr(registry,"installed") else []:
        f=dtl2.extract(name,images,faces)[keep]
        K=rs.gram(f); lab=labels[keep]; train=tr[keep]
        share=dict(zip(*(p.tolist() for p in np.unique(lab[~train],return_counts=True))))
        tested=np.concatenate([~train[None],rs.draw_splits(lab,share,9,0,None)])
        num=np.unique(lab,return_inverse=True)[1]
        t=time.process_time(); acc=rs._accuracies(K,tested,num,0,None); dt=time.process_time()-t
        print(task.name,name,f"{dt/10*1e3:.0f} ms/split", acc[:5].round(3)); tot+=dt*20
print(tot)
