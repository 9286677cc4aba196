import facediag_utils
import numpy as np
from pathlib import Path
from facediag_utils.core import profiles
from facediag_utils.evaluation.domain_distance import Distance
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation import screening
from facediag_utils.figures import curves, style, uncertainty
style.set_style()
rng=np.random.default_rng(0)
def D(): return Distance(rng.uniform(.5,2), rng.uniform(.02,.1), rng.uniform(0,.4))
names=["ResNet29 (dlib)","EfficientNet-Lite0","EfficientNet-Lite1","EfficientNet-Lite2","MobileNet v1","MobileFace"]
labels=["Beta-thalassemia","Hyperthyroidism","Down syndrome","Leprosy"]
out=Path("/tmp/h/tables")
f=curves.distances({n:{l:D() for l in labels} for n in names},[f"{l} (n = 70)" for l in labels],"From control (n = 70)\nthis run (bundled, rendered)"); f.savefig(out/"d6.png",dpi=100,bbox_inches="tight")
f=curves.distances({n:{l:D() for l in labels} for n in names[:2]},[f"{l} (n = 70)" for l in labels],"From control (n = 70)\nthis run (bundled, rendered)"); f.savefig(out/"d2.png",dpi=100,bbox_inches="tight")
pts={n:screening.Point(0,wilson_interval(28,30),wilson_interval(k,30)) for n,k in (("DTL2, ResNet29 (dlib)",18),("DTL2, EfficientNet-Lite0",3),("best row of the paper (DSF)",27))}
f=uncertainty.predictive_value_curves(pts,"Detection of beta-thalassemia, n = 60 test images\nthis run (bundled, rendered): sensitivity set to 95% on training images"); f.savefig(out/"pv.png",dpi=100,bbox_inches="tight")
