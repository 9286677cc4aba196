"""Edit notebooks' sources: cell by its index, asserting what is there."""
import sys, nbformat
def load(name): 
    p=f"/work/wt/sift/notebooks/{name}.ipynb"; return p, nbformat.read(p,4)
def sub(cell,*pairs):
    for a,b in pairs:
        assert cell.source.count(a)==1,(a,cell.source.count(a),cell.source)
        cell.source=cell.source.replace(a,b)
def untag(cell,tag="nbval-ignore-output"):
    tags=[t for t in cell.metadata.get("tags",[]) if t!=tag]
    if tags: cell.metadata["tags"]=tags
    else: cell.metadata.pop("tags",None)
def write(p,nb): nbformat.validate(nb); nbformat.write(nb,p)
def md(text,ident,tags=None):
    c=nbformat.v4.new_markdown_cell(text); c["id"]=ident
    if tags: c.metadata["tags"]=tags
    return c
def code(text,ident,tags=None):
    c=nbformat.v4.new_code_cell(text); c["id"]=ident
    if tags: c.metadata["tags"]=tags
    return c
