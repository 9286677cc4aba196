from pathlib import Path
p=Path("tests/readme_tables.py"); s=p.read_text()
a=s.index('    counts = {name: float'); b=s.index("def _table(")
s=s[:a]+'''    remarks = "; ".join(filter(None, (row["why"], format_pairs(row))))
    return row["verdict"] + (f": {remarks}" if remarks else "")


'''+s[b:]
s=s.replace("import CLINICIANS, format_pairs","import format_pairs")
p.write_text(s)
p=Path("facediag_utils/evaluation/claims.py"); s=p.read_text()
s=s.replace('''        return {"verdict": CANNOT_TELL, "why": "no such methods in this run", "comparisons": 0}
''','''        none = dict.fromkeys(("comparisons", "favour", "against"), 0)
        return {"verdict": CANNOT_TELL, "why": "no such methods in this run", **none}
''')
a=s.index("def format_pairs("); b=s.index("def format_effect(")
s=s[:a]+'''def format_pairs(row: dict) -> str:
    """How many pairs of methods a row of `table` rests on, and how many of their differences stand; empty where none met."""
    if not row["comparisons"] or row["claim"] == CLINICIANS:
        return ""
    pairs = f"{row['comparisons']} pair" + "s" * (row["comparisons"] != 1)
    stand = [f"{row[side]} {word}" for side, word in (("favour", "for"), ("against", "against")) if row[side]]
    return f"{' and '.join(stand)} it, of {pairs}" if stand else pairs


'''+s[b:]
p.write_text(s)
