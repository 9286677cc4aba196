import facediag_utils, time, numpy as np, pandas as pd, torch
torch.set_num_threads(1)
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.evaluation import localisation as L, true_signs as S
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2, contrast, explanations as ex
from facediag_utils.networks import registry
n="dlib_resnet29"; images=cohort.load(profiles.profile()); faces=detection.find_faces(images)
f=dtl2.extract(n,images,faces); task=cohort.tasks(images)[-1]; _,fit=dtl2.run(task,images,f,n); body=registry.load(n)
lab=images.table.label.to_numpy(str); test=(images.table.split=="test").to_numpy()&faces.found
firsts=list(task.classes[:-1]); rows={k:np.flatnonzero(test&(lab==k))[:30] for k in firsts}
C={k:contrast.of_svm(fit.svm,body,n,k,"control") for k in firsts}

from facediag_utils.evaluation import twin_swap as T
from facediag_utils.data import ground_truth
tr=S.truth(images,faces,np.concatenate(list(rows.values())),64,"tight")
twins=ground_truth.companion(images,"twins")
sw=T.of_classes(C,images,faces,rows,twins,{"true signs":tr.signs} if len(__import__("sys").argv)>1 else {})
print(T.by_class(sw,tr).to_string())
print(pd.DataFrame({"l":tr.labels,"s":tr.severity,"f":sw.before-sw.after}).groupby("l").apply(lambda g:g.s.corr(g.f,method="spearman"),include_groups=False).to_string())
maps=ex.of_classes(["Grad-CAM"],C,images,faces,rows,"control")
o={"Grad-CAM":maps["Grad-CAM"],"true signs":tr.signs,"middle":S.baselines(tr)["centred Gaussian"],"random":T.random_order(120,64,0)}
sw=T.of_classes(C,images,faces,rows,twins,o)
print(T.compared(sw,0.2,["Grad-CAM","true signs"],["random","middle"],tr).to_string()); print({k:v.mean(0).round(2).tolist() for k,v in sw.falls.items()}, (sw.before-sw.after).mean())
