import json,sys,glob
tot=0
for p in sorted(glob.glob((sys.argv[1] if len(sys.argv)>1 else "/work/wt/s16/runs/bundled/notebooks")+"/*.ipynb")):
    nb=json.load(open(p)); t=0; rows=[]
    for c in nb["cells"]:
        d=c["metadata"].get("papermill",{}).get("duration")
        if d: t+=d; rows.append((d,c.get("id")))
    rows.sort(reverse=True); tot+=t
    print(p.split("/")[-1], round(t,1), [(i,round(d,1)) for d,i in rows[:8] if d>1.5])
print(round(tot))
