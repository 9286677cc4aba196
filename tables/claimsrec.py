import facediag_utils, sys
sys.path.insert(0,"tests")
from facediag_utils.core import profiles
from facediag_utils.data import cohort, store
from facediag_utils.evaluation import claims
p=profiles.profile("bundled"); i=cohort.load(p); st=store.read(p.record/store.TEST) if hasattr(store,"read") else None
import pandas as pd
if st is None:
    from dataclasses import replace
    st=pd.read_csv(p.record/store.TEST, keep_default_na=False, na_values=[""])
    if "training" not in st: st["training"]=0
t=claims.table(st,cohort.tasks(i),p)
store.write_csv(p.record/"claims.csv",t)
print(t[["claim","task","verdict","comparisons","favour","against"]])
