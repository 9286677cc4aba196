import facediag_utils, matplotlib; matplotlib.use("Agg")
import numpy as np, pandas as pd
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.domain_distance import Distance
from facediag_utils.figures import pretraining, style
style.set_style()
T=["ResNet29 (dlib)","EfficientNet-Lite0","EfficientNet-Lite1","EfficientNet-Lite2","MobileNet v1","MobileFace"]
K=["face recognition"]+["object recognition"]*3+["face recognition"]*2
a=[.74,.44,.43,.455,.76,.72,.29,.25,.26,.25]; d=[1.5,1.21,1.2,1.22,1.4,1.1,.6,.3,.31,.3]
rows=[dict(title=t,trained_for=k,accuracy=Interval(x,x-.07,x+.07),distance=Distance(y,.06,.1)) for t,k,x,y in zip(T+[T[0],T[1],T[4],T[5]],K+["nothing"]*4,a,d)]
t=pd.DataFrame(rows)
f=pretraining.accuracy_and_distance(t,.2,"Detection of four diseases, 200 splits, n = 150 test images each, rendered faces","Spearman's rank correlation 0.85 (0.40 to 0.97), 10 networks\nsource-like: 60 further people without signs")
f.savefig("/tmp/h/lesson/a.png",dpi=150,bbox_inches="tight")
f=pretraining.accuracy_and_distance(t.drop(columns="distance"),.2,"Detection of four diseases, rendered faces"); f.savefig("/tmp/h/lesson/b.png",dpi=80,bbox_inches="tight")
f=pretraining.changes({"crop":{"tight, not loose":Interval(.01,-.05,.06)},"resolution":{"128 px, not 224":Interval(-.03,-.08,.02)},"layer":{f"stage {k} of 7":Interval(.02,-.04,.07) for k in (3,5,7)},"batch norms":{"measured on faces":Interval(.05,-.01,.1)},"weights":{"random":Interval(-.2,-.28,-.1),"of faces (ResNet29 (dlib))":Interval(.3,.2,.4)}},"EfficientNet-Lite0 (ImageNet), one thing changed, accuracy less 44%\n50 splits, rendered faces")
f.savefig("/tmp/h/lesson/c.png",dpi=150,bbox_inches="tight")
