import sys,nbformat
b=nbformat.read(sys.argv[1],4)
print(b.metadata)
for c in b.cells:
    print('-----',c.cell_type,c.metadata.get('tags'),c.id)
    print(c.source)
