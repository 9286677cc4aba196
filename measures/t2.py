import time; t=time.time()
import facediag_utils
import numpy as np, pandas as pd
from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth, store
from facediag_utils.faces import detection
from facediag_utils.methods import landmark_classifiers as lc
from facediag_utils.evaluation import metrics
if __name__ == "__main__":
    images=cohort.load(profiles.profile())
    faces=detection.find_faces(images)
    for source, lm in ((lc.DETECTED, faces.landmarks),(lc.TRUE, ground_truth.landmarks(images))):
        for task in cohort.tasks(images):
            for p in lc.run(task, images, lm, source):
                f=p.frame(); print(task.name, metrics.short_title(p.method,p.backbone), metrics.accuracy(f), round(time.time()-t,1), flush=True)
