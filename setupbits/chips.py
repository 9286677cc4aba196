"""Face chips of the bundled cohort's five classes and its split, for whole.py (natively, once): chips-NAME.npz"""
import facediag_utils, sys, numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.data.splitting import task_split, class_numbers
from facediag_utils.faces import alignment, detection
from facediag_utils.networks import registry
images = cohort.load(profiles.profile("bundled")); faces = detection.find_faces(images)
for name in sys.argv[1:]:
    rec = registry.get(name); chips = np.array(alignment.aligned_chips(images, faces, rec.input_size, rec.crop))
    for task in cohort.tasks(images):
        split = task_split(task, images, faces.found); numbers = class_numbers(task, split.labels)
        train, seen = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
        np.savez(f"/tmp/h/setupbits/chips-{name}-{task.name}.npz", chips=chips[np.r_[train, seen]], train=numbers[train], seen=numbers[seen])
        print(name, task.name, len(train), len(seen))
