import facediag_utils, time, warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=DeprecationWarning)
import numpy as np, torch
torch.set_num_threads(1)
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection, alignment
from facediag_utils.methods import dtl2, svm, explanations as ex
from facediag_utils.networks import registry
t=time.process_time()
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
f=dtl2.extract("dlib_resnet29",images,faces)
print("loaded", time.process_time()-t, faces.found.sum(), np.isfinite(f).all(axis=1).sum())
task=cohort.tasks(images)[-1]
pred,fitted=dtl2.run(task,images,f,"dlib_resnet29", penalty=1.0)
print((pred.label==pred.predicted).mean())
body=registry.load("dlib_resnet29")
test=np.flatnonzero((images.table["split"]=="test")&(images.table["label"]=="down_syndrome"))[:3]
c=ex.of_svm(fitted.svm,body,"dlib_resnet29","down_syndrome","control")
from facediag_utils.data.images import read_rgb
chips=np.stack([alignment.face_chip(read_rgb(images.table["path"].iloc[r]),faces.landmarks[r],150,"tight") for r in test])
from sklearn.base import clone
names=list(fitted.svm.classes_); print(names)
fitted.svm.decision_function_shape="ovo"
d=fitted.svm.decision_function(f[test]); pairs=[(i,j) for i in range(5) for j in range(i+1,5)]
print(d[:,pairs.index(tuple(sorted((names.index("down_syndrome"),names.index("control")))))], c.margins(chips))
ref=chips.mean(0).astype(np.uint8)
for m in ex.METHODS:
    t=time.process_time(); h=ex.heat_maps(m,c,chips,ref); print(m,h.shape,h.dtype,h.mean((1,2)),h.min(),h.max(), (time.process_time()-t)/3)
x=registry.prepare(chips,c.record); r=registry.prepare(ref[None],c.record)[0]
print("IG sum", ex.integrated_gradients(c,x,r).sum((1,2,3)).numpy(), c.margins(chips)-c.margins(ref[None]))
for n in (4,16,32):
    ex.STEPS=n; print(n, ex.integrated_gradients(c,registry.prepare(chips,c.record),r).sum((1,2,3)).numpy())
