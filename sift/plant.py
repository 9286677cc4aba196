import sys; sys.path.insert(0,"/work/wt/sift/tests/evaluation"); sys.path.insert(0,"/work/wt/sift/tests")
import facediag_utils
import numpy as np
from facediag_utils.evaluation import trainings as T
import test_trainings as tt, test_metrics as tm
def run(name):
    out=[]
    for f,args in ((tt.test_the_test_has_its_size_where_trainings_scatter,(3,)),(tm.test_the_interval_over_trainings_holds_the_truth,()),(tm.test_the_bootstrap_over_images_is_that_of_the_formula,())):
        try: f(*args); out.append("pass")
        except AssertionError: out.append("FAIL")
    print(name,"size, coverage, formula:",out,flush=True)
c,b,w,s=T.combined,T.between,T.widened,T.student
run("as it is")
T.combined=lambda parts:(2*c(parts)[0],c(parts)[1]); run("variance doubled"); T.combined=c
T.combined=lambda parts:(c(parts)[0]/2,c(parts)[1]); run("variance halved"); T.combined=c
T.between=lambda v:(0.0,0); run("nothing between trainings"); T.between=b
T.combined=lambda parts:(c(parts)[0],np.inf); run("normal instead of Student"); T.combined=c
T.widened=lambda o,n,v:o; run("widened forgets trainings"); T.widened=w
