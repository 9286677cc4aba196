"""git merge driver for notebooks: three-way by cell id. merge_nb.py BASE OURS THEIRS (writes OURS)"""
import json, subprocess, sys, tempfile, os
B, O, T = (json.load(open(p)) if os.path.getsize(p) else {"cells": []} for p in sys.argv[1:4])
bad = 0
def ids(nb): return [c["id"] for c in nb["cells"]]
def by(nb): return {c["id"]: c for c in nb["cells"]}
b, o, t = by(B), by(O), by(T)
def src(c): return "".join(c["source"])
def key(c): return src(c), c["cell_type"], json.dumps(c["metadata"], sort_keys=True)
def text3(x, y, z):
    fs = []
    for s in (y, x, z):
        f = tempfile.NamedTemporaryFile("w", delete=False); f.write(s + "\n"); f.close(); fs.append(f.name)
    r = subprocess.run(["git", "merge-file", "-p", *fs], capture_output=True, text=True)
    return r.stdout.rstrip("\n"), r.returncode
def lines(s): return s.splitlines(keepends=True)
def merged(i):
    global bad
    if i not in b:
        if i in o and i in t and key(o[i]) != key(t[i]): bad += 1; print("both added", i, file=sys.stderr)
        return o.get(i) or t[i]
    if i not in o or i not in t: return None
    if key(o[i]) == key(b[i]): return t[i]
    if key(t[i]) == key(b[i]): return o[i]
    s, rc = text3(src(b[i]), src(o[i]), src(t[i]))
    if rc: bad += 1; print("conflict in", i, file=sys.stderr)
    c = json.loads(json.dumps(o[i])); c["source"] = lines(s)
    tags = set(o[i]["metadata"].get("tags", [])) | set(t[i]["metadata"].get("tags", []))
    if tags: c["metadata"]["tags"] = sorted(tags)
    return c
common_o = [i for i in ids(O) if i in b and i in t]; common_b = [i for i in ids(B) if i in o and i in t]
first, second = (O, T) if common_o != common_b else (T, O)  # whoever moved cells gives the order
order = ids(first)
prev = None
for i in ids(second):
    if i not in order:
        if i in b: prev = i if i in order else prev; continue
        order.insert(order.index(prev) + 1 if prev in order else 0, i)
    prev = i
cells = [c for c in map(merged, order) if c is not None]
O["cells"] = cells
md = {**T.get("metadata", {}), **O.get("metadata", {})}; O["metadata"] = md
for k in ("nbformat", "nbformat_minor"): O.setdefault(k, T.get(k))
with open(sys.argv[2], "w") as f: json.dump(O, f, indent=1, ensure_ascii=False); f.write("\n")
sys.exit(1 if bad else 0)
