import re,sys
from pathlib import Path
def union(f):
    p=Path(f); s=p.read_text(); s=re.sub(r'<<<<<<< [^\n]*\n(.*?)=======\n(.*?)>>>>>>> [^\n]*\n',r'\1\2',s,flags=re.S); p.write_text(s)
for f in sys.argv[1:]: union(f)
