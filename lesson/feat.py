import facediag_utils, time, torch, numpy as np, sys
torch.set_num_threads(1)
from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
images = cohort.load(profiles.profile("bundled"))
if sys.argv[1] == "identities":
    from dataclasses import replace
    images = ground_truth.companion(images, "identities")
    images = replace(images, table=images.table.drop_duplicates("label").reset_index(drop=True))
faces = detection.find_faces(images)
for n in sys.argv[2:]:
    c = time.process_time(); dtl2.extract(n, images, faces); print(n, time.process_time() - c, flush=True)
