import facediag_utils, numpy as np, pandas as pd
import matplotlib; matplotlib.use("Agg")
from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.faces import detection
from facediag_utils.figures import face_regions, style
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation import region_results
from facediag_utils.networks.records import REGIONS
style.set_style()
im=cohort.load(profiles.profile("bundled")); f=detection.true_faces(im)
rows=[5,75,145,215,290]
face_regions.regions_on_faces(im,f,rows,100).savefig("/tmp/h/regions/f1.png",dpi=90,bbox_inches="tight")
rng=np.random.default_rng(0)
said={r:rng.dirichlet([1]*5) for r in REGIONS}
face_regions.ranked_list(read_rgb(im.table.path[75]),f.landmarks[75],50,said,im.classes,"A test face of the class Hyperthyroidism, rendered faces (bundled)").savefig("/tmp/h/regions/f2.png",dpi=90,bbox_inches="tight")
some=cohort.Cohort(im.profile,im.classes,im.table.iloc[::10].reset_index(drop=True))
sh=region_results.sign_shares(some,detection.true_faces(some)); print(sh)
ar={r:{c:Interval(*(np.sort(rng.uniform(.5,1,3))[[1,0,2]])) for c in im.classes} for r in REGIONS}
face_regions.region_table(ar,sh,{c:30 for c in im.classes},"ResNet29 (dlib), features and logistic regression, test images, rendered faces").savefig("/tmp/h/regions/f3.png",dpi=90,bbox_inches="tight")
face_regions.verification_areas({"random weights":Interval(.6,.55,.65),"after learning people":Interval(.8,.75,.85),"after learning diseases too":Interval(.7,.65,.75)},"The same person or two? n = 300 photographs of 150 test people\nrendered faces").savefig("/tmp/h/regions/f4.png",dpi=90,bbox_inches="tight")
