import sys, ast, json, time
import facediag_utils
import matplotlib; matplotlib.use("agg")
nb=json.load(open("/work/wt/sift/notebooks/03_baselines.ipynb")); ns={}
for i,c in enumerate(nb["cells"]):
    if c["cell_type"]!="code": continue
    src="".join(c["source"]); t=time.time()
    tree=ast.parse(src); last=tree.body.pop() if isinstance(tree.body[-1],ast.Expr) else None
    exec(compile(tree,f"cell{i}","exec"),ns)
    if last is not None:
        v=eval(compile(ast.Expression(last.value),f"cell{i}","eval"),ns)
        if v is not None: print(f"[{i}]", v.to_string() if hasattr(v,"to_string") else v)
    print(f"-- cell {i} ok {time.time()-t:.0f} s cpu {time.process_time():.0f}",flush=True)
