import time
t=time.time()
import facediag_utils
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dsift
im=cohort.load(profiles.profile("bundled")); f=detection.find_faces(im)
print("faces",time.time()-t); t=time.time()
for task in cohort.tasks(im):
    c=time.process_time()
    for k,(p,fit) in dsift.run(task,im,f).items():
        print(task.name,k,fit.penalty,(p.predicted==p.label).mean(), [(a,round(b,3)) for a,b,_ in fit.searched])
    print(task.name,time.time()-t, "cpu", time.process_time()-c); t=time.time()
