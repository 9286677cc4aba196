import json,sys
nb=json.load(open(sys.argv[1]))
full=len(sys.argv)>2
for i,c in enumerate(nb['cells']):
    print(f"--- [{i}] {c['cell_type']} {c['metadata'].get('tags','')} ec={c.get('execution_count')}")
    print(''.join(c['source']))
    if full:
        for o in c.get('outputs',[]):
            t=o.get('text') or o.get('data',{}).get('text/plain','')
            print('   >>', ''.join(t)[:1500])
print(nb['metadata'])
