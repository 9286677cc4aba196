import nbformat,sys
nb=nbformat.read(sys.argv[1],4)
print(nb.metadata)
for c in nb.cells: print('-----',c.cell_type,c.get('id'),c.metadata); print(c.source)
