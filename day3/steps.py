import facediag_utils, time, numpy as np, sys
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2, svm
from facediag_utils.evaluation import resampled_splits as rs
im=cohort.load(profiles.profile("bundled")); f=detection.find_faces(im)
lab=im.table["label"].to_numpy(dtype=str); train=(im.table["split"]=="train").to_numpy()
numbers=np.unique(lab,return_inverse=True)[1]
share=dict(zip(*(p.tolist() for p in np.unique(lab[~train],return_counts=True))))
tested=rs.draw_splits(lab,share,6,0,None)
for name in ("dlib_resnet29","untrained:dlib_resnet29","efficientnet_lite0","untrained:efficientnet_lite0","untrained:mobileface"):
    k=rs.gram(dtl2.extract(name,im,f))
    for steps in (1_000_000,100_000,30_000):
        svm.STEPS=steps; t=time.process_time(); a=rs._accuracies(k,tested,numbers,0,None); 
        t=time.process_time()-t
        cs=[rs.search_penalty(k[np.ix_(~x,~x)],numbers[~x],0,None) for x in tested]
        print(name,steps,round(t/6,3),"s/split",a.round(3),cs,flush=True)
