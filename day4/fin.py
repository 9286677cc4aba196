import facediag_utils, time, cProfile, pstats
from pathlib import Path
t=time.time()
from facediag_utils.core import profiles
from facediag_utils.run import summary, verdict
print("import",time.time()-t)
p=profiles.profile("bundled")
pr=cProfile.Profile(); pr.enable()
t=time.time(); f=verdict.judge(p,comparable=True); print("judge",time.time()-t)
t=time.time(); summary.finish(p,1.0,[Path("x")]); print("finish",time.time()-t)
pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(70)
