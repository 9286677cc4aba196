import json,sys
b=sys.argv[1]; lo,hi=int(sys.argv[2]),int(sys.argv[3])
nb=json.load(open(f'notebooks/{b}.ipynb'))
for i,c in enumerate(nb['cells'][lo:hi],lo):
    print(f'--- [{i}] {c["cell_type"]} {c["metadata"].get("tags","")}')
    print(''.join(c['source']))
    for o in c.get('outputs',[]):
        t=o.get('text') or o.get('data',{}).get('text/plain') or ''
        print('   >>', ''.join(t)[:1500].replace('\n','\n   >> '))
