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
tested=rs.draw_splits(lab,share,4,0,None)
for name in ("untrained:dlib_resnet29",):
    k=rs.gram(dtl2.extract(name,im,f)); print(np.diag(k).mean(), k.mean())
    for x in tested[:1]:
        inner=k[np.ix_(~x,~x)]; y=numbers[~x]
        for C in 10.0**np.arange(-4,5):
            m=svm.make_svc("precomputed",5); m.C=C
            t=time.process_time(); m.fit(inner,y); print(C, round(1e3*(time.process_time()-t),1),"ms", m.n_iter_[:4], len(m.support_))
