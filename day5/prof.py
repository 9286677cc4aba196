import facediag_utils, cProfile, pstats, time
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dsift
images=cohort.load(profiles.profile("bundled")); faces=detection.find_faces(images)
for f in (lambda: dsift.vocabularies(images,faces,0), lambda: [dsift.run(t,images,faces,0) for t in cohort.tasks(images)]):
    p=cProfile.Profile(); t=time.time(); p.runcall(f); print(time.time()-t); pstats.Stats(p).sort_stats('cumtime').print_stats(22)
