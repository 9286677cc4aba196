import facediag_utils
import matplotlib; matplotlib.use('Agg')
import numpy as np, pandas as pd
from facediag_utils.figures import measurements as fm, style
from facediag_utils.faces import measurements, procrustes, composite
from facediag_utils.evaluation import norms, measured_signs
from facediag_utils.data.images import read_rgb
style.set_style()
L=np.load('/tmp/h/measures/lm.npz'); im=pd.read_csv('/tmp/h/measures/images.csv'); tw=pd.read_csv('/tmp/h/measures/twins.csv')
true,twins,det=L['true'],L['twins'],L['detected']
root='/work/wt/measures/data/bundled/'
place=im.reset_index().set_index('image').loc[tw['cohort_image'],'index'].to_numpy()
ref=((im.label=='control')&(im.split=='train')).to_numpy(); known=norms.covariates(im,ref)
both=pd.concat([im,tw],ignore_index=True)
zt=norms.z_scores(measurements.measured(np.r_[true,twins]),both,np.r_[ref,np.zeros(280,bool)],known)
zd=norms.z_scores(measurements.measured(det),im,ref,known)
rc=(im.label=='control').to_numpy()&~ref
found,truth={},{}
for d in ['beta_thalassemia','hyperthyroidism','down_syndrome','leprosy']:
    rows=(im.label==d).to_numpy(); sel=rows[place]
    found[d]={"detector's landmarks":measured_signs.differences(zd[rows],zd[rc]),"true landmarks":measured_signs.differences(zt.iloc[:350][rows],zt.iloc[:350][rc])}
    truth[d]=measured_signs.true_changes(zt.iloc[place[sel]],zt.iloc[350:].iloc[np.flatnonzero(sel)])
fm.sign_forest(found,truth,"difference from the controls (standard deviations of a control), 95% interval","Rendered faces").savefig('/tmp/h/measures/forest.png')
mt=procrustes.mean_shape(det[train:=(im.split=='train').to_numpy()]); laid=procrustes.laid_upon(det,mt)
cm=laid[im.label=='control'].mean(0)
fm.mean_shapes({d:laid[im.label==d].mean(0) for d in found},cm,4,"Mean shapes").savefig('/tmp/h/measures/shapes.png')
k=int(np.flatnonzero((im.label=='hyperthyroidism')&(im.split=='train'))[3])
fm.measures_on_face(read_rgb(root+im.image[k]),det[k],zd.iloc[k],"A face").savefig('/tmp/h/measures/face.png')
faces,masks,counts={}, {}, {}
train=(im.split=='train').to_numpy()
from PIL import Image
for d in ['beta_thalassemia','hyperthyroidism','down_syndrome','leprosy','control']:
    rows=np.flatnonzero(im.label==d)[:20]
    places=composite.canvas(procrustes.laid_upon(procrustes.mean_shape(det[rows])[None], procrustes.mean_shape(det[train]))[0])
    faces[d]=composite.average(composite.all_bent((read_rgb(root+im.image[r]) for r in rows),det[rows],places)); counts[d]=len(rows)
    if d!='control':
        ms=(np.clip(np.asarray(Image.open(root+'masks/'+im.image[r].split('/')[-1].replace('jpg','png')))/15.-1,0,None)/16 for r in rows)
        masks[d]=composite.average(composite.all_bent(ms,det[rows]/2,places))
fm.composites(faces,counts,'control',masks,"Rendered").savefig('/tmp/h/measures/comp.png')
