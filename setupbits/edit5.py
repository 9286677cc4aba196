from pathlib import Path
p=Path("facediag_utils/networks/npm.py"); t=p.read_text()
def sub(a,b):
    global t
    assert t.count(a)==1,(t.count(a),a); t=t.replace(a,b)
sub('''#: npm asks again where no answer comes, not where one breaks off.  It cannot go on in the middle, so that begins anew.
ATTEMPTS, BEGUN = 3, 1 << 20  # bytes after which it is the line that broke off
''','''#: npm asks again where no answer comes, but not where one breaks off; and it cannot go on in the middle, so all begins anew.
ATTEMPTS, BROKEN = 3, "code ECONNRESET"
''')
sub('''        said, came = _watched([*command, *QUIET, *PATIENCE], search, target)
        if not said:
            return next(target.glob("*.tgz"))
        if came < BEGUN:
            break
''','''        said = _watched([*command, *QUIET, *PATIENCE], search, target)
        if not said:
            return next(target.glob("*.tgz"))
        if BROKEN not in said:
            break
''')
sub('''    for attempt in range(ATTEMPTS):
        target = folder / str(attempt)
        target.mkdir()
''','''    for attempt in range(ATTEMPTS):
        target = folder / str(attempt)
        target.mkdir()
''')
sub("-> tuple[str, int]:",'-> str:')
sub('''what it says of its failure, if it fails, and the bytes that came.
''','''what it says of its failure, empty if it did not fail.
''')
sub('''        came = 0
        try:
            while process.poll() is None:
                time.sleep(0.2)
                came = max(came, _size(folder / "cache"))
                bar.update(min(came, PACKED) - bar.n)
''','''        try:
            while process.poll() is None:
                time.sleep(0.2)
                bar.update(max(0, min(_size(folder / "cache"), PACKED) - bar.n))
''')
sub('''        return "" if there else said.read().strip() or "it does not say why", came
''','''        return "" if there else said.read().strip() or "it does not say why"
''')
p.write_text(t)
p=Path("tests/networks/test_npm.py"); t=p.read_text()
sub('''        assert drawn[-2].startswith(f"{npm.PACKAGE}: 6.29M/6.29M")
''','''        assert drawn[-2].startswith(f"{npm.PACKAGE}: 6.29M/6.29M")
''')
p.write_text(t)
