import facediag_utils, time, cProfile, pstats
import numpy as np, torch
from dataclasses import replace
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dtl1, devices, training
from facediag_utils.networks import registry
from facediag_utils.faces.alignment import aligned_chips
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
task=cohort.tasks(images)[-1]
r=replace(dtl1.recipe("dlib_resnet29",200),epochs=2)
job=dtl1.Job("dlib_resnet29",task,r); plan=dtl1._plan(job,images,faces,0)
rec=registry.get("dlib_resnet29"); chips=aligned_chips(images,faces,rec.input_size,rec.crop)
torch.set_num_threads(1)
pr=cProfile.Profile()
with devices.one_thread():
    pr.enable()
    training.fine_tune("dlib_resnet29",lambda:chips,(plan.train,plan.numbers[plan.train]),(plan.seen,plan.numbers[plan.seen]),5,r,0)
    pr.disable()
pstats.Stats(pr).sort_stats("tottime").print_stats(16)
