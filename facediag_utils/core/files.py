"""Writing files whole or not at all."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

PARTIAL = ".part-"  # beginning of the names of files that are being written


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path``: it takes that name if the block ends well, and is removed if not.

    The folder is made if need be.  A reader, or a run that is killed, sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=PARTIAL, suffix=path.suffix)
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(0o644)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write a text in UTF-8, whole or not at all."""
    with atomic_write(path) as partial:
        partial.write_text(text, encoding="utf-8")
    return path


def remove_partial_files(folder: Path, age: float = 60) -> None:
    """Remove what killed processes left half-written; files younger than ``age`` seconds may still be in the making."""
    for path in folder.rglob(f"{PARTIAL}*"):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime >= age:
                path.unlink()


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Who reads a file, changes it and writes it waits here for whoever is at it.  A lock dies with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        yield


def file_digest(path: Path, algorithm: str = "sha256") -> str:
    """Hexadecimal digest of a file, read a mebibyte at a time (Python 3.10 has no ``hashlib.file_digest``)."""
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
