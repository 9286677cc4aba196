import re,textwrap,sys
from pathlib import Path
p=Path(sys.argv[1]); W=int(sys.argv[2])
out=[]
code=False
for block in p.read_text().split('\n\n'):
    lines=block.split('\n')
    if block.startswith(('|','<!--','    ','#','!','>')) or len(lines)==1: out.append(block); continue
    parts=re.split(r'\n(?=- )',block)
    made=[]
    for part in parts:
        t=' '.join(part.split()); t=re.sub(r'`[^`]*`|\[[^\]]*\]\([^)]*\)',lambda m:m[0].replace(' ','\0'),t)
        made.append(textwrap.fill(t,W,break_long_words=False,break_on_hyphens=False,subsequent_indent='  ' if part.startswith('- ') else '').replace('\0',' '))
    out.append('\n'.join(made))
p.write_text('\n\n'.join(out))
