import pandas as pd, shutil
from pathlib import Path
B=Path("/work/wt/regions/data/bundled"); D=Path("/tmp/h/regions/small/data/bundled")
def copy(sub, rows):
    for f in ["landmarks.csv"]:
        t=pd.read_csv(B/sub/f); (D/sub).mkdir(parents=True,exist_ok=True); t[t.image.isin(rows.image)].to_csv(D/sub/f,index=False)
    for i in rows.image:
        (D/sub/i).parent.mkdir(parents=True,exist_ok=True); shutil.copyfile(B/sub/i,D/sub/i)
        for k in ("masks","regions"):
            m=B/sub/k/(Path(i).stem+".png")
            if m.exists(): (D/sub/k).mkdir(exist_ok=True); shutil.copyfile(m,D/sub/k/m.name)
    rows.to_csv(D/sub/"manifest.csv",index=False)
t=pd.read_csv(B/"manifest.csv",dtype={"subject":str}); n=t.groupby(["label","split"]).cumcount()
t=t[n<t.split.map({"train":6,"test":4})]; copy("",t)
c=pd.read_csv(B/"cases/manifest.csv",dtype={"subject":str}); copy("cases",c[c.subject.isin(t.subject)])
i=pd.read_csv(B/"identities/manifest.csv",dtype={"subject":str}); copy("identities",i.head(20))
print(len(t),len(c[c.subject.isin(t.subject)]), i.head(3))
