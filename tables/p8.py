from pathlib import Path
p=Path("facediag_utils/evaluation/metrics.py"); s=p.read_text()
a='''    value, low, high = (row.get(f"{metric}{end}", np.nan) for end in ("", "_low", "_high"))
    return Interval(value, low, high, row.get(f"{metric}_count", ""))
'''
assert a in s
s=s.replace(a,'''    value, low, high = (row.get(f"{metric}{end}", np.nan) for end in ("", "_low", "_high"))
    count = row.get(f"{metric}_count", "")
    return Interval(value, low, high, count if isinstance(count, str) else "")  # NaN beside rows that have counts
''')
p.write_text(s)
p=Path("facediag_utils/figures/tables.py"); s=p.read_text()
a=s.index("def _place("); b=s.index("def printed(")
s=s[:a]+'''def _place(key: Key) -> tuple[int, int, int]:
    """Where a row of ours stands: by method, by what its network was trained for, in the registry's order."""
    method, name = key
    trained_for = 0 if name == "dsift" else (FACES, OBJECTS, NOTHING).index(registry.get(name).task)
    known = {name: k for k, name in enumerate(registry.names())}
    return list(Method).index(Method(method)), trained_for, known.get(name.removeprefix(UNTRAINED), len(known))


'''+s[b:]
s=s.replace("import FACES, NOTHING, OBJECTS","import FACES, NOTHING, OBJECTS, UNTRAINED")
p.write_text(s)
