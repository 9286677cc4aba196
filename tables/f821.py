import nbformat, subprocess, sys, tempfile
from pathlib import Path
T=("rendered","paper","two","groups","pictures")
for h in ({"two"},{"groups"},{"pictures"},{"paper","two"},{"rendered","pictures"},set()):
    d=Path(tempfile.mkdtemp())
    for p in Path("notebooks").glob("0*.ipynb"):
        b=nbformat.read(p,4); b.cells=[c for c in b.cells if set(c.metadata.get("tags",())) & set(T) <= h]; nbformat.write(b,d/p.name)
    r=subprocess.run([sys.executable,"-m","ruff","check","--isolated","--no-cache","--select","F821",str(d)],capture_output=True,text=True); print(h,r.returncode,r.stdout[:200])
