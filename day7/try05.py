import facediag_utils, sys, nbformat
from nbclient import NotebookClient
name=sys.argv[1]
nb=nbformat.read('/work/int/notebooks/05_dtl2_features.ipynb',4)
i=[c.id for c in nb.cells].index('05-o05')
nb.cells=nb.cells[:i]
for c in nb.cells:
    if c.id=='05-02': c.source=c.source.replace('face_network = of_faces[0]',f'face_network = "{name}"')
NotebookClient(nb,resources={'metadata':{'path':'/work/int/notebooks'}},timeout=600).execute()
for c in nb.cells:
    if c.cell_type=='code' and c.id.startswith('05-o'):
        print(c.id,[o.get('text','')[:300] for o in c.outputs if o.output_type=='stream'])
