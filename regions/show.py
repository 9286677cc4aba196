import nbformat,sys
nb=nbformat.read(sys.argv[1],4)
print(nb.metadata)
for c in nb.cells:
    print(f"--- {c.cell_type} {c.id} {dict(c.metadata)}"); print(c.source)
    if len(sys.argv)>2:
        for o in c.get('outputs',[]):
            t=o.get('text') or (o.get('data',{}).get('text/plain',''))
            print('>>>',str(t)[:600])
