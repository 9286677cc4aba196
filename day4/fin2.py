import facediag_utils, time, cProfile, pstats
from pathlib import Path
t=time.time()
from facediag_utils.core import profiles
from facediag_utils.run import summary, verdict
print("import",time.time()-t)
p=profiles.profile("bundled")

t=time.time(); f=verdict.judge(p,comparable=True); print("judge",time.time()-t)
t=time.time(); summary.finish(p,1.0,[Path("x")]); print("finish",time.time()-t)

