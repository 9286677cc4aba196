from pathlib import Path
def sub(path,*pairs):
    p=Path(path); s=p.read_text()
    for a,b in pairs:
        assert s.count(a)==1,(path,a,s.count(a)); s=s.replace(a,b)
    p.write_text(s)
sub("facediag_utils/figures/tables.py",
("    return _filled(table)\n","    return table.loc[:, (table != \"\").any().to_numpy(bool)]\n"),
('''def _unbroken(cell: object) -> object:
    """An interval's bounds stay on one line."""
    return str(cell).replace("-", "\\N{NON-BREAKING HYPHEN}") if isinstance(cell, Interval) else cell
''','''def _unbroken(cell: object) -> str:
    """An interval's bounds stay on one line."""
    return str(cell).replace("-", "\\N{NON-BREAKING HYPHEN}") if isinstance(cell, Interval) else str(cell)
'''))
sub("facediag_utils/figures/uncertainty.py",('''    for text, side in zip(above.get_xticklabels(), ("right", "left", "right", "center"), strict=True):
        text.set_horizontalalignment(side)
''','''    for text, side in zip(above.get_xticklabels(), ("right", "left", "right", "center"), strict=True):
        text.set(horizontalalignment=side)
'''))
