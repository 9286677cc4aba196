import facediag_utils
from facediag_utils.core import profiles
from facediag_utils.data import cohort, store
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
from facediag_utils.evaluation import metrics
p=profiles.profile(); images=cohort.load(p); faces=detection.find_faces(images)
f=dtl2.extract("dlib_resnet29",images,faces)
for t in cohort.tasks(images):
    pr,_=dtl2.run(t,images,f,"dlib_resnet29",seed=0); store.save(p,pr); print(t.name, metrics.accuracy(pr.frame()))
