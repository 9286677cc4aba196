"""A folder of one's own becomes a profile that notebooks find by its name.

Nothing of the folder is changed.  What was found is written as a manifest beside the caches; every file that is not used is
listed with the reason in ``runs/<name>/results/left_out.csv``."""

import hashlib
import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from facediag_utils.core import profiles, run_log
from facediag_utils.core.errors import CohortError
from facediag_utils.core.files import write_text
from facediag_utils.core.profiles import Profile, from_output
from facediag_utils.data.duplicates import COPY
from facediag_utils.data.folder_contents import ClassOf, FolderContents, examine, first_folder, format_kinds
from facediag_utils.data.store import write_csv


def import_folder(
    folder: Path,
    name: str,
    positive: str | None = None,
    seed: int = 0,
    thumbnails: bool = False,
    hashed: bool = False,
    class_of: ClassOf = first_folder,
) -> tuple[Profile, FolderContents]:
    """Read a folder and keep it as a profile, so that notebooks find it by its name.

    Where images, labels, split or what may be shown are not those of the last time, the results of the last time go: nothing
    stale is left beside what is new.

    Parameters
    ----------
    folder : Path
        With a ``manifest.csv`` (image, label, and any of `folder_contents.KNOWN`), or with a folder of images per class.
    name : str
        Of the profile and its output folders: letters, digits, - and _.
    positive : str, optional
        The positive class if there are two.
    seed : int
        Of the split, where the manifest has none.
    thumbnails : bool
        Whether the pictures may be shown in notebooks, figures and the report.
    hashed : bool
        Whether names of files are replaced by hashes wherever results name an image; the manifest beside the caches keeps
        the names.
    class_of : callable
        The class of a file by its name in the folder, where there is no manifest.

    Returns
    -------
    Profile
    FolderContents

    Raises
    ------
    CohortError
        If the folder cannot be used at all: fewer than two classes, a class too small, an unknown positive class.
    """
    found = examine(folder, seed, class_of)
    classes = sorted(set(found.used["label"]))
    if positive is not None and positive not in classes:
        raise CohortError(f"POSITIVE={positive}: {folder} has no such class; its classes are {', '.join(classes)}")
    before = profiles.profile(name) if name in profiles.kept() else None
    settings = (folder.resolve(), positive, thumbnails, hashed)
    if before and (before.data, before.positive, before.thumbnails, bool(before.salt)) != settings:
        before.manifest.unlink(missing_ok=True)  # killed from here on, the next run still sees that results are stale
    profile = profiles.keep(name, folder, positive, thumbnails, hashed)
    if hashed:
        found = _hashed(found, profile.salt)
    manifest = found.used.to_csv(index=False, float_format="%.4f", lineterminator="\n")
    known = profile.manifest.read_text(encoding="utf-8") if profile.manifest.is_file() else ""
    if before and known != manifest:
        _clear(profile)
    write_text(profile.manifest, manifest)
    write_csv(profile.results / "left_out.csv", found.left_out)
    write_csv(profile.results / "near_duplicates.csv", found.near)
    return profile, found


def _clear(profile: Profile) -> None:
    """Remove what an earlier run of this name has made; what readers have answered stays."""
    shutil.rmtree(profile.trained, ignore_errors=True)
    for folder in (profile.figures, profile.notebooks, profile.results):
        for path in folder.glob("*"):
            if path.is_file() and not path.name.startswith("."):  # of this run
                path.unlink()
    word = "images, labels, split or settings are not those of the last run of this name: what it made was removed"
    run_log.note("", "", 0, 0, word)


def pseudonym(name: str, salt: str) -> str:
    """A hash that stands for a name; without the salt nobody can try names out."""
    return hashlib.blake2b(os.fsencode(name), key=salt.encode(), digest_size=8).hexdigest()


def _hashed(found: FolderContents, salt: str) -> FolderContents:
    """The same with hashes for names; the column ``file`` of the images used keeps them."""
    hide = partial(pseudonym, salt=salt)
    used = found.used.assign(file=found.used["image"], image=found.used["image"].map(hide))
    near = found.near.assign(**{column: found.near[column].map(hide) for column in ("first", "second")})
    copies = found.left_out["kind"] == COPY
    reasons = found.left_out["reason"].where(~copies, found.left_out["reason"].map(hide))
    left_out = found.left_out.assign(file=found.left_out["file"].map(hide), reason=reasons)
    return replace(found, used=used, left_out=left_out, near=near)


def format_import(profile: Profile, found: FolderContents) -> str:
    """What was found, in a few lines."""
    counts = found.used.groupby(["label", "split"]).size().unstack(fill_value=0)
    lines = [f"{profile.title}: {len(found.used)} pictures in {len(counts)} classes; split {found.rule.value}"]
    for label, row in counts.iterrows():
        lines.append(f"  {label}: {row.get('train', 0)} to train, {row.get('test', 0)} to test")
    across, pairs = int((found.near["split_first"] != found.near["split_second"]).sum()), len(found.near)
    if pairs:
        lines.append(f"  {pairs} pairs of near duplicates, {across} of them across the split: near_duplicates.csv")
    lines += [f"  left out: {line}" for line in format_kinds(found.left_out)]
    if len(found.left_out):
        lines.append(f"  all of them with their names: {from_output(profile.results)}/left_out.csv")
    return "\n".join(lines)
