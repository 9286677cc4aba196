import facediag_utils, time, numpy as np, sys
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2, svm
from facediag_utils.evaluation import resampled_splits as rs
import sklearn
sklearn.set_config(assume_finite=True, skip_parameter_validation=True)
im=cohort.load(profiles.profile("bundled")); f=detection.find_faces(im)
lab=im.table["label"].to_numpy(dtype=str); train=(im.table["split"]=="train").to_numpy()
numbers=np.unique(lab,return_inverse=True)[1]
share=dict(zip(*(p.tolist() for p in np.unique(lab[~train],return_counts=True))))
tested=rs.draw_splits(lab,share,8,0,None)
orig=svm.make_svc
for name in ("untrained:dlib_resnet29","dlib_resnet29","mobileface","efficientnet_lite2"):
    k=rs.gram(dtl2.extract(name,im,f))
    for kw in ({},{"shrinking":False},{"tol":1e-2},{"tol":1e-2,"shrinking":False},{"tol":1e-1}):
        def mk(kernel,classes):
            m=orig(kernel,classes)
            for a,b in kw.items(): setattr(m,a,b)
            return m
        svm.make_svc=mk
        t=time.process_time(); cs=[rs.search_penalty(k[np.ix_(~x,~x)],numbers[~x],0,None) for x in tested]; t=time.process_time()-t
        print(name,kw,round(t/8,3),cs,flush=True)
