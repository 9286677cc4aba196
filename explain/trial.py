"""Trial: the notebook with few faces; without DTL1 if asked."""
import sys
sys.path.insert(0, "/work/wt/explain")
import facediag_utils, nbformat, time
from nbclient import NotebookClient
b = nbformat.read("/work/wt/explain/notebooks/12_explanations.ipynb", 4)
drop = {"12-14","12-15","12-21"} if "nodtl1" in sys.argv else set()
b.cells = [c for c in b.cells if c.cell_type=="code" and c.id not in drop]
for c in b.cells:
    if "parameters" in c.metadata.get("tags", []): c.source = f'profile_name="bundled"\nseed=0\nn_faces={sys.argv[1]}\nn_dtl1=1'
    if c.id=="12-14" and "stub" in sys.argv:
        c.source = "from types import SimpleNamespace\nfrom facediag_utils.methods.training import Classifier\ndtl1.run_all = lambda jobs, *a, kept: [(None, SimpleNamespace(averaged=Classifier(kept.backbone, 5, True, torch.Generator().manual_seed(0)).eval()))]\n" + c.source
    if c.id=="12-39" and drop: c.source = "parts=[scores, base]\n"+c.source
try:
    NotebookClient(b, timeout=6000, resources={"metadata":{"path":"/work/wt/explain/notebooks"}}, kernel_name="python3").execute()
finally:
    nbformat.write(b, "/tmp/h/explain/trial.ipynb")
    for c in b.cells:
        for o in c.get("outputs", []):
            t = o.get("text") or o.get("data",{}).get("text/plain","") or "\n".join(o.get("traceback",[]))[-1500:]
            print("--", c.id); print(t[:3000])
