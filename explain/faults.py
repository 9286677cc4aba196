import sys; sys.path[:0]=["/work/wt/explain","/work/wt/explain/tests"]
import facediag_utils, numpy as np, types
from facediag_utils.evaluation import localisation as L, twin_swap as T
import importlib.util
def mod(p):
    s=importlib.util.spec_from_file_location(p.split("/")[-1][:-3],p); m=importlib.util.module_from_spec(s); s.loader.exec_module(m); return m
t=mod("/work/wt/explain/tests/evaluation/test_localisation.py"); w=mod("/work/wt/explain/tests/evaluation/test_twin_swap.py")
m=np.zeros((3,20,20),bool); m[0,2:7,3:9],m[1,10:,10:],m[2,0,0]=True,True,True
def tried(name, f):
    try: f(); print("NOT SEEN", name)
    except AssertionError: print("seen", name)
    except Exception as e: print("seen (", type(e).__name__, ")", name)
# 1 mass that counts negative relevance
old=L.relevance_mass
L.relevance_mass=lambda a,b: (abs(a)*b).sum((1,2))/abs(a).sum((1,2)); tried("mass of |map|", t.test_scores_by_hand); L.relevance_mass=old
# 2 rank without ties
old=L.relevance_rank
def bad(a,b):
    f,o=L._flat(a,b); k=o.sum(1); return np.array([o[i][np.argsort(-f[i],kind="stable")[:k[i]]].mean() for i in range(len(f))])
L.relevance_rank=bad; tried("rank without ties", t.test_scores_by_hand); L.relevance_rank=old
# 3 unpaired people
old=t.over_people
t.over_people=lambda v,p=None: old(v.reset_index(drop=True)); tried("people ignored", t.test_intervals_are_over_people); t.over_people=old
# 4 swap in the wrong order
f=np.zeros((1,30,30,3),np.uint8); z=f.copy(); f[0,6:9,:,0]=200; o=np.zeros((1,10,10)); o[0,2]=np.arange(10)+1
old=T.swapped
T.swapped=lambda c,tw,order,s: old(c,tw,-order,s); tried("wrong order", lambda: w.test_the_most_important_places_go_first((f,z,o))); T.swapped=old
# 5 others are its own masks
old=L.of_others
L.of_others=lambda maps,k: L.area(maps,k.masks); tried("others are own", t.test_masks_of_others); L.of_others=old
for name in ("test_scores_by_hand","test_intervals_are_over_people","test_masks_of_others","test_differences_are_paired"): getattr(t,name)()
print("unharmed: all pass")
