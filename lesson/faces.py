import facediag_utils, time, sys
from dataclasses import replace
from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth
from facediag_utils.faces import detection
images = cohort.load(profiles.profile("bundled"))
part = sys.argv[1]
a, b = int(sys.argv[2]), int(sys.argv[3])
if part != ".": images = ground_truth.companion(images, part)
sub = replace(images, table=images.table.iloc[a:b].reset_index(drop=True))
t = time.time(); f = detection.find_faces(sub); print(f.found.sum(), len(sub), time.time() - t)
