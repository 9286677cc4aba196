import facediag_utils, numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import explanations
images=cohort.load(profiles.profile('bundled')); faces=detection.find_faces(images)
for n in ('dlib_resnet29','efficientnet_lite0'): explanations.last_maps(n,images,faces,np.flatnonzero(faces.found)[:200])
