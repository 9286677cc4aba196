from pathlib import Path
p=Path("facediag_utils/networks/npm.py"); t=p.read_text()
def sub(a,b):
    global t
    assert t.count(a)==1,(t.count(a),a); t=t.replace(a,b)
sub('''        status, said = _watched([*command, *QUIET, *PATIENCE], search, target)
        archives = list(target.glob("*.tgz"))
        if status == 0 and len(archives) == 1:
            return archives[0]
        if _arrived(target) < BEGUN:
            break
''','''        said, came = _watched([*command, *QUIET, *PATIENCE], search, target)
        if archives := [path for path in target.glob("*.tgz") if not said]:
            return archives[0]
        if came < BEGUN:
            break
''')
sub('''def _watched(command: list[str], search: str, folder: Path) -> tuple[int, str]:
    """Run npm with a bar of what has arrived in its cache; its exit status, and what it complains of.

    npm is a program that starts another one.  They get a group of their own, so that both end when this is interrupted."""
''','''def _watched(command: list[str], search: str, folder: Path) -> tuple[str, int]:
    """Run npm with a bar of what arrives in its cache; what it says of its failure, if it fails, and the bytes that came.

    npm is a program that starts another one.  They get a group of their own, so that both end when this is interrupted."""
''')
sub('''        try:
            while process.poll() is None:
                time.sleep(0.2)
                bar.update(max(0, min(_arrived(folder / "cache"), PACKED) - bar.n))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said.seek(0)
        return process.returncode, said.read()


def _arrived(folder: Path) -> int:
    """Bytes of the files there; 0 while one of them is being moved."""
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0
''','''        came = 0
        try:
            while process.poll() is None:
                time.sleep(0.2)
                came = max(came, _size(folder / "cache"))
                bar.update(min(came, PACKED) - bar.n)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said.seek(0)
        return (said.read() or "it does not say why") if process.returncode else "", came


def _size(folder: Path) -> int:
    """Bytes of the files in a folder; 0 while one of them is being moved."""
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0
''')
sub('''({told[0] if told else 'it does not say why'})''','''({told[0] if told else said.strip()})''')
sub("from contextlib import suppress\n","")
p.write_text(t)
