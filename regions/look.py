import facediag_utils, numpy as np
from PIL import Image
from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth
from facediag_utils.data.images import read_rgb
from facediag_utils.faces import alignment
import time
im=cohort.load(profiles.profile("bundled")); pts=ground_truth.landmarks(im)
alignment.PADDING["wide"]=0.6
rows=[0,75,80,150,220,300]
t=time.process_time()
out=[]
for r in rows:
    a=read_rgb(im.table["path"].iloc[r]); 
    t1=time.process_time()
    c=alignment.face_chip(a,pts[r],320,"loose"); w=alignment.face_chip(a,pts[r],320,"wide")
    print((time.process_time()-t1)*500,"ms a chip")
    for x in (c,):
        for k in range(0,320,32): c[k]=255; c[:,k]=255
    out.append(np.concatenate([c,w]))
Image.fromarray(np.concatenate(out,1)).resize((1440,480)).save("/tmp/h/regions/look.png")
