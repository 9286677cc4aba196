import time
import facediag_utils
import numpy as np
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection, alignment
from facediag_utils.methods import dsift
im=cohort.load(profiles.profile("bundled")); f=detection.find_faces(im)
chips=alignment.aligned_chips(im,f,dsift.SIDE,dsift.CROP)
c=time.process_time()
d=np.stack([dsift.describe(x) for x in chips])
print("describe cpu s", time.process_time()-c, d.shape)
np.save("/tmp/h/sift/desc.npy",d)
im.table[["label","split"]].to_csv("/tmp/h/sift/rows.csv",index=False)
