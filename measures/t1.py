import time; t=time.time()
import facediag_utils; print(facediag_utils.__file__)
import numpy as np, pandas as pd
from facediag_utils.core import profiles
from facediag_utils.data import cohort, ground_truth
from facediag_utils.faces import measurements, procrustes, detection
from facediag_utils.evaluation import norms, measured_signs
images=cohort.load(profiles.profile()); print(time.time()-t)
true=ground_truth.landmarks(images)
twins=ground_truth.companion(images,"twins"); tw=ground_truth.landmarks(twins)
print(len(twins))
faces=detection.find_faces(images); print('faces', faces.found.sum(), time.time()-t)
np.savez('/tmp/h/measures/lm.npz', true=true, twins=tw, detected=faces.landmarks)
images.table.drop(columns='path').to_csv('/tmp/h/measures/images.csv',index=False)
twins.table.drop(columns='path').to_csv('/tmp/h/measures/twins.csv',index=False)
place=images.table.reset_index().set_index('image').loc[twins.table['cohort_image'],'index'].to_numpy()
control=norms.reference_class(images); print(control)
ref=((images.table.label==control)&(images.table.split=='train')).to_numpy()
known=norms.covariates(images.table,ref); print(known)
for name,lm in (('true',true),('detected',faces.landmarks)):
    v=measurements.measured(lm)
    z=norms.z_scores(v,images.table,ref,known)
    rc=(images.table.label==control).to_numpy()&~ref
    if name=='true':
        both=pd.concat([v,measurements.measured(tw)],ignore_index=True); tab=pd.concat([images.table,twins.table],ignore_index=True)
        zz=norms.z_scores(both,tab,np.r_[ref,np.zeros(len(twins),bool)],known)
    for d in images.classes:
        if d==control: continue
        rows=(images.table.label==d).to_numpy()
        dif=measured_signs.differences(z[rows],z[rc])
        sel=rows[place]
        tr=measured_signs.true_changes(zz.iloc[:len(images)].iloc[place[sel]], zz.iloc[len(images):].iloc[np.flatnonzero(sel)])
        s=measured_signs.search(dif,tr)
        print(name,d,s.precision,s.recall, 'r', np.corrcoef(dif.difference,tr.change)[0,1])
        if name=='true': print(dif.join(tr,rsuffix='_t')[['difference','q','found','change','sign']].round(2).to_string())
    print(name, z[rc].std().round(2).describe())
print(time.time()-t)
