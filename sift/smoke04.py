# every code cell of notebook 04 on a small cohort, few epochs; prints what a cell shows
import sys, ast, json, time
from pathlib import Path
sys.path.insert(0,"/work/wt/sift/tests")
import facediag_utils
import matplotlib; matplotlib.use("agg")
from made import portraits
from facediag_utils.data import folder_import, cohort
from facediag_utils.methods import dtl1
from facediag_utils.core import profiles
n=int(sys.argv[1])
root=Path("/tmp/h/sift/faces")
if not root.exists(): portraits(root,9)
folder_import.import_folder(root,"sift","ill")
dtl1.epochs=lambda usual,images: 4
nb=json.load(open("/work/wt/sift/notebooks/04_dtl1_finetuning.ipynb"))
ns={}
for i,c in enumerate(nb["cells"]):
    if c["cell_type"]!="code": continue
    src="".join(c["source"]); t=time.time()
    if "parameters" in c["metadata"].get("tags",[]): src='profile_name="sift"\nseed=0\nn_trainings=%d'%n
    tree=ast.parse(src); last=tree.body.pop() if isinstance(tree.body[-1],ast.Expr) else None
    exec(compile(tree,f"cell{i}","exec"),ns)
    if last is not None:
        v=eval(compile(ast.Expression(last.value),f"cell{i}","eval"),ns)
        if v is not None: print(f"[{i}]",v)
    print(f"-- cell {i} ok {time.time()-t:.0f} s",flush=True)
