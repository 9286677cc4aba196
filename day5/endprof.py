import time; t0=time.time()
import facediag_utils
from facediag_utils.core import profiles
from facediag_utils.run import verdict
p=profiles.profile('bundled'); t=time.time(); print('import',t-t0)
import cProfile,pstats
pr=cProfile.Profile(); f=pr.runcall(verdict.judge,p,comparable=True); print('judge',time.time()-t); pstats.Stats(pr).sort_stats('cumtime').print_stats(14); t=time.time()
from facediag_utils.run import summary; print('import summary',time.time()-t); t=time.time()
pr=cProfile.Profile(); pr.runcall(summary.finish,p,1.0,[]); print('finish',time.time()-t); pstats.Stats(pr).sort_stats('cumtime').print_stats(25)
