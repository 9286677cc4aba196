"""Unpacking an archive of pictures from elsewhere: nothing lands outside of the folder, nothing grows without bound."""

import errno
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from facediag_utils.core.errors import CohortError
from facediag_utils.data.duplicates import LeftOut, printable

LARGEST = 100 * 2**20  # bytes of one picture, unpacked
ALL = 8 * 2**30  # bytes of all, archives inside included
ARCHIVES = frozenset({".zip", ".tar", ".tgz"})
Opener = Callable[[], IO[bytes] | None]
Member = tuple[str, int, Opener | None]


def unpack(archive: Path, folder: Path) -> list[LeftOut]:
    """Unpack a zip or tar file into a folder that takes its name when all is there.

    Links, devices, names that lead out of the folder, encrypted, damaged and monstrous members are not unpacked.  An archive
    inside the archive is unpacked into a folder of its name.

    Parameters
    ----------
    archive : Path
    folder : Path
        Replaced if it is there.

    Returns
    -------
    list of LeftOut
        What was not unpacked.

    Raises
    ------
    CohortError
        If it is no archive of these kinds, or holds more than `ALL`.
    """
    unfinished = folder.with_name(f".{folder.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    unfinished.mkdir(parents=True)
    try:
        refused, room = _unpack(archive, unfinished, ALL)
        within = [path for path in unfinished.rglob("*") if path.suffix.lower() in ARCHIVES and path.is_file()]
        for inner in sorted(within):
            more, room = _unpack(inner, inner.with_suffix(""), room)
            refused += more
            inner.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return refused


def _unpack(archive: Path, folder: Path, room: int) -> tuple[list[LeftOut], int]:
    """What was not unpacked, and the bytes that may still come."""
    refused: list[LeftOut] = []
    for name, size, opened in _members(archive):
        room -= size
        if room < 0:
            raise CohortError(f"{archive}: holds more than {ALL // 2**30} GiB; unpack it by hand and give the folder")
        if fault := write_member(folder, name, size, opened):
            refused.append(LeftOut(printable(name), "", *fault))
    return refused, room


def _members(archive: Path) -> Iterator[Member]:
    """Name, size and opener (None for a link or device) of every file."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                for item in packed.infolist():
                    link = (item.external_attr >> 16) & 0o170000 == 0o120000
                    if not item.is_dir():
                        yield item.filename, item.file_size, None if link else partial(packed.open, item)
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                for member in tar:
                    if not member.isdir():
                        yield member.name, member.size, partial(tar.extractfile, member) if member.isreg() else None
        else:
            raise CohortError(f"{archive}: neither a zip nor a tar file; unpack it by hand and give the folder")
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        raise CohortError(f"{archive}: damaged ({error}); get it again, or unpack it by hand") from None


def write_member(folder: Path, name: str, size: int, opened: Opener | None) -> tuple[str, ...] | None:
    """Write one file of an archive, or that somebody sends, into a folder.

    Parameters
    ----------
    folder : Path
    name : str
        Its name from there, with "/" or "\\" between folders; nothing is written outside of the folder.
    size : int
        In bytes, as stated.
    opened : callable or None
        Gives its bytes; None for what is no regular file.

    Returns
    -------
    tuple of str or None
        The kind of fault, and more of it, if it was not written.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0] or "\0" in name:
        return ("leads out of the archive",)
    if opened is None:
        return ("a link or device in the archive",)
    if size > LARGEST and Path(parts[-1]).suffix.lower() not in ARCHIVES:
        return (f"larger than {LARGEST // 2**20} MiB",)
    path = folder.joinpath(*parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if _copied(opened, path, size):
            return None
        fault: tuple[str, ...] = ("not of the size that the archive tells",)
    except FileExistsError:
        return ("the name of another file of the archive",)
    except (zipfile.BadZipFile, zlib.error, EOFError, tarfile.TarError) as error:
        fault = "damaged in the archive", str(error)
    except (RuntimeError, NotImplementedError) as error:
        fault = "encrypted or packed in an unknown way", str(error)
    except OSError as error:
        if error.errno not in (errno.ENAMETOOLONG, errno.EINVAL, errno.ENOTDIR, errno.EISDIR):
            raise
        fault = "its name is impossible here", str(error.strerror)
    with suppress(OSError):
        path.unlink(missing_ok=True)
    return fault


def _copied(opened: Opener, path: Path, size: int) -> bool:
    """Write a member's bytes, never more than its stated size; whether it had that size."""
    stream = opened()
    assert stream is not None  # of regular files it never is
    with stream, path.open("xb") as target:
        left = size + 1  # what is told of the size need not be true
        while left > 0 and (block := stream.read(min(left, 1 << 20))):
            target.write(block)
            left -= len(block)
    return left == 1
