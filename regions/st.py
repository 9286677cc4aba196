import json
nb=json.load(open("/tmp/h/regions/out10.ipynb"))
for c in nb["cells"]:
    if c["cell_type"]=="code": print(c["id"],c["metadata"].get("papermill",{}).get("status"),c["metadata"].get("papermill",{}).get("duration"),[ (o.get("ename"),o.get("evalue","")[:300]) for o in c["outputs"] if o["output_type"]=="error"])
