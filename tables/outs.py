import sys, re, nbformat
nb=nbformat.read(sys.argv[1],4)
for i,c in enumerate(nb.cells):
    if c.cell_type!="code": continue
    for o in c.outputs:
        if o.output_type=="stream": print(f"[{i}] {o.name}:", o.text[:1500])
        elif o.output_type=="error": print(f"[{i}] ERROR", o.ename,o.evalue)
        elif "data" in o:
            d=o.data
            print(f"[{i}]", list(d), (d.get("text/plain","")[:2500] if "image/png" not in d else ""))
