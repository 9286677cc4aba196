"""A store as a run will make it, invented, to look at layouts: the record's rows, four more networks, three trainings."""
import facediag_utils
import sys, shutil
import numpy as np, pandas as pd
from facediag_utils.core import profiles
from facediag_utils.data import store
from facediag_utils.data.store import Method
from facediag_utils.networks import registry
from pathlib import Path
p=profiles.profile("bundled")
rng=np.random.default_rng(1)
for name in (store.TEST, store.OUT_OF_FOLD):
    old=pd.read_csv(p.record/name, keep_default_na=False, na_values=[""]); old["training"]=old.get("training",0)
    scores=[c for c in old if c.startswith("score_")]
    out=[]
    for key,g in old.groupby(["task","method","backbone","pretraining"]):
        if Method(key[1]).trained:
            for k in range(3):
                h=g.copy(); h["training"]=k
                h[scores]=h[scores]+rng.normal(size=h[scores].shape)*0.15*np.nanstd(h[scores].to_numpy())
                if key[1]!="DTL2":
                    e=h[scores].clip(lower=1e-3); h[scores]=e.div(e.sum(axis=1),axis=0)
                cols=[c for c in scores if h[c].notna().all()]
                h["predicted"]=[cols[i][6:] for i in h[cols].to_numpy().argmax(axis=1)]
                out.append(h)
        else: out.append(g)
        if key[1]=="DTL2" and key[2]=="dlib_resnet29":
            for n,s in (("mobilenet_vggface2",.3),("mobileface",.4),("efficientnet_lite1",1.2),("efficientnet_lite2",1.1)):
                h=g.copy(); h["backbone"]=n; h["pretraining"]=registry.get(n).pretraining
                cols=[c for c in scores if h[c].notna().all()]
                h[cols]=h[cols]+rng.normal(size=h[cols].shape)*s*np.nanstd(h[cols].to_numpy())
                h["predicted"]=[cols[i][6:] for i in h[cols].to_numpy().argmax(axis=1)]
                out.append(h)
    t=pd.concat(out)
    t=t.sort_values(store.ROW, ignore_index=True)[[*store.COLUMNS,*scores]]
    store.write_csv(p.results/name, t)
    print(name, len(t))
for f in ("splits_binary.csv",): pass
