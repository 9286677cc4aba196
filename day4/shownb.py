import json,sys
nb=json.load(open(sys.argv[1]))
for c in nb["cells"]:
    print(f"--- [{c['cell_type'][:4]}] {c.get('id')} {c['metadata'].get('tags','')}")
    print("".join(c["source"]))
