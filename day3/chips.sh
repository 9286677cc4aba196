. /work/scratch/env.sh; python - <<'P'
import facediag_utils
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection, alignment
from facediag_utils.networks import registry
im=cohort.load(profiles.profile("bundled")); f=detection.find_faces(im)
for n in registry.installed():
    r=registry.get(n); c=alignment.aligned_chips(im,f,r.input_size,r.crop); print(n,c.shape)
P
