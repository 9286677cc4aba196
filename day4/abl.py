import facediag_utils, time, warnings
import numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort, splitting
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2, ablation, svm
from facediag_utils.evaluation import resampled_splits as rs
from facediag_utils.networks import registry
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
task=cohort.tasks(images)[-1]
changed=ablation.features("efficientnet_lite0",images,faces)
changed["weights"]={"random":dtl2.extract("untrained:efficientnet_lite0",images,faces)}
used={f"{k}: {h}":v for k,of in changed.items() for h,v in of.items()}
for n in registry.installed(): 
    try: used["untrained:"+n]=dtl2.extract("untrained:"+n,images,faces)
    except Exception as e: pass
keep=faces.found
labels=images.table["label"].to_numpy()[keep]; train=(images.table["split"]=="train").to_numpy()[keep]
num=np.unique(labels,return_inverse=True)[1]
np.savez("/work/scratch/p/abl.npz",num=num,train=train,**{k.replace("/","_"):rs.gram(v[keep]) for k,v in used.items()})
