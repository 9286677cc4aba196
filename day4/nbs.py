"""nbs.py NAMES...: run some notebooks alone (papermill as reproduce does), print cell durations."""
import facediag_utils, sys, pathlib, shutil, json, time, resource, logging, os
from facediag_utils.run import reproduce as R
from facediag_utils.core import profiles
f=pathlib.Path("/work/scratch/p/nbs"); shutil.rmtree(f,ignore_errors=True); f.mkdir()
for n in sys.argv[1:]:
    for p in R.NOTEBOOKS.glob(n+"_*.ipynb"):
        b=json.loads(p.read_text()); b["metadata"].setdefault("facediag",{})["after"]=[]; (f/p.name).write_text(json.dumps(b))
os.environ.setdefault("OMP_WAIT_POLICY","PASSIVE")
t=time.time(); out=R.reproduce(profiles.profile("bundled"),0,folder=f)
r=resource.getrusage(resource.RUSAGE_CHILDREN)
print("wall",time.time()-t,"children cpu",r.ru_utime+r.ru_stime)
for o in out:
    nb=json.load(open(o)); rows=[(c["metadata"].get("papermill",{}).get("duration") or 0,c.get("id")) for c in nb["cells"]]
    print(o.name, round(sum(d for d,_ in rows),1), [(i,round(d,1)) for d,i in sorted(rows,reverse=True)[:14] if d>1])
