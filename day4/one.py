import facediag_utils, time, sys
import numpy as np, torch
from dataclasses import replace
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dtl1, devices
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
task=cohort.tasks(images)[-1]
r=replace(dtl1.recipe("dlib_resnet29",200),epochs=int(sys.argv[1]) if len(sys.argv)>1 else 3)
job=dtl1.Job("dlib_resnet29",task,r)
plan=dtl1._plan(job,images,faces,0)
from facediag_utils.networks import registry
from facediag_utils.faces.alignment import aligned_chips
rec=registry.get("dlib_resnet29"); chips=aligned_chips(images,faces,rec.input_size,rec.crop)
from facediag_utils.methods.training import fine_tune
with devices.one_thread():
    t=time.perf_counter(); c=time.process_time()
    tuned=fine_tune("dlib_resnet29",lambda:chips,(plan.train,plan.numbers[plan.train]),(plan.seen,plan.numbers[plan.seen]),len(task.classes),r,0)
    print("wall",time.perf_counter()-t,"cpu",time.process_time()-c, "epochs",r.epochs, len(plan.train),len(plan.seen), tuned.history[-1])
import hashlib
print(hashlib.sha256(b"".join(v.numpy().tobytes() for v in tuned.averaged.state_dict().values())).hexdigest()[:16])
