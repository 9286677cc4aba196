"""What a browser sends becomes files below ``runs/<name>/pictures/``; what is not kept is listed with the reason."""

import io
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from facediag_utils.core.errors import AppError, CohortError
from facediag_utils.core.profiles import Profile
from facediag_utils.core.settings import output_root
from facediag_utils.data import archives
from facediag_utils.data.duplicates import LeftOut, printable
from facediag_utils.data.store import write_csv

MOST_FILES, MOST_BYTES = 2000, 256 * 2**20  # at once; more comes by the name of a folder
FOLDER, REFUSED = "pictures", "refused.csv"  # in the folder of the run
Upload = Mapping[str, Any]  # as ipywidgets' FileUpload has it: name, size, content


def folder(profile: Profile) -> Path:
    """Where the uploaded pictures of a name lie."""
    return profile.run / FOLDER


def sent() -> list[str]:
    """Names under which pictures were uploaded."""
    return sorted(path.parent.name for path in (output_root() / "runs").glob(f"*/{FOLDER}"))


def keep_pictures(profile: Profile, label: str, sent: Sequence[Upload]) -> int:
    """Keep pictures of one class.

    Parameters
    ----------
    profile : Profile
    label : str
        Name of the class, and of its folder.
    sent : sequence of mapping
        ``name``, ``size`` in bytes, ``content``.  Two files of one name are both kept, the second under another.

    Returns
    -------
    int
        How many were kept; the others are in `refused`.

    Raises
    ------
    AppError
        If they are too many or too large together, or the name of the class cannot be one of a folder.
    """
    check_size(sent)
    check_label(label)
    faults = []
    for item in sent:
        name = _free(folder(profile) / label, PurePosixPath(str(item["name"]).replace("\\", "/")).name)
        opened = partial(io.BytesIO, bytes(item["content"]))
        if fault := archives.write_member(folder(profile), f"{label}/{name}", int(item["size"]), opened):
            faults.append(LeftOut(printable(str(item["name"])), label, *fault))
    _note(profile, faults)
    _unread(profile)
    return len(sent) - len(faults)


def keep_archive(profile: Profile, sent: Upload) -> int:
    """Unpack a zip or tar file with a folder of pictures per class, or a manifest; it replaces what was uploaded before.

    Returns
    -------
    int
        How many files came out; what was not unpacked is in `refused`.

    Raises
    ------
    AppError
        If it is too large, or no archive of these kinds.
    """
    check_size([sent])
    target = folder(profile)
    packed = profile.run / ".sent"
    packed.parent.mkdir(parents=True, exist_ok=True)
    packed.write_bytes(bytes(sent["content"]))
    try:
        faults = archives.unpack(packed, target)
    except CohortError as error:
        raise AppError(str(error).replace(str(packed), printable(str(sent["name"])))) from None
    finally:
        packed.unlink()
    _lift(target)
    _unread(profile)
    (profile.run / REFUSED).unlink(missing_ok=True)
    _note(profile, faults)
    return sum(path.is_file() for path in target.rglob("*"))


def check_size(sent: Sequence[Upload]) -> None:
    """Raise AppError if files are too many, or too large together, to be uploaded at once."""
    size = sum(int(item["size"]) for item in sent)
    if len(sent) > MOST_FILES or size > MOST_BYTES:
        raise AppError(
            f"{len(sent)} files of {size / 2**20:.0f} MiB: at most {MOST_FILES} files and {MOST_BYTES // 2**20} MiB can be "
            "uploaded at once; send them in parts, or name their folder"
        )


def check_label(label: str) -> None:
    """Raise AppError if a class cannot be called so: its folder has its name."""
    if not label:
        raise AppError("name the class first")
    if (
        not label.strip()
        or label != label.strip()
        or not label.isprintable()
        or set("/\\:") & set(label)
        or label[0] == "."
    ):
        raise AppError(f"class {label!r}: give it a name without / \\ : and not beginning with a dot")
    if len(label.encode()) > 200:
        raise AppError(f"class {label[:20]!r}...: a name of at most 200 letters")


def counts(profile: Profile) -> dict[str, int]:
    """How many files each class folder holds, by its name."""
    within = sorted(path for path in folder(profile).glob("*") if path.is_dir())
    return {path.name: sum(item.is_file() for item in path.rglob("*")) for path in within}


def refused(profile: Profile) -> pd.DataFrame:
    """What was sent and not kept: file, label, kind, reason."""
    path = profile.run / REFUSED
    if not path.is_file():
        return pd.DataFrame(columns=list(LeftOut._fields))
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _unread(profile: Profile) -> None:
    """What was read of uploaded pictures is no longer true of them."""
    if profile.listed is not None and profile.data == folder(profile).resolve():
        profile.manifest.unlink(missing_ok=True)


def _note(profile: Profile, faults: Sequence[LeftOut]) -> None:
    if faults:
        new = pd.DataFrame(faults, columns=list(LeftOut._fields))
        write_csv(profile.run / REFUSED, pd.concat([refused(profile), new], ignore_index=True))


def _free(place: Path, name: str) -> str:
    """A name that no file of a folder has yet."""
    stem, suffix, number = Path(name).stem, Path(name).suffix, 1
    while name != ".." and (place / name).exists():
        number += 1
        name = f"{stem} ({number}){suffix}"
    return name


def _lift(target: Path) -> None:
    """If all of an archive lies in one folder, as most have it, what is within becomes the whole."""
    within = list(target.iterdir())
    if len(within) != 1 or not within[0].is_dir() or not any(path.is_dir() for path in within[0].iterdir()):
        return
    lifted = target.with_name(".lifted")
    shutil.rmtree(lifted, ignore_errors=True)
    within[0].replace(lifted)
    target.rmdir()
    lifted.replace(target)
