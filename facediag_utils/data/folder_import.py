"""A folder of one's own as a cohort: which files are pictures, which are the same, who is trained on and who tested.

Nothing of the folder is changed.  What was found is written as a manifest beside the caches; every file that is not used is
listed with the reason in ``results/<name>/left_out.csv``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from facediag_utils.core import profiles, run_log
from facediag_utils.core.errors import CohortError
from facediag_utils.core.files import atomic_write
from facediag_utils.core.profiles import Profile
from facediag_utils.data import splitting
from facediag_utils.data.cohort import SPLITS
from facediag_utils.data.duplicates import (
    COPY,
    LeftOut,
    drop_copies,
    group_numbers,
    inspect_files,
    near_duplicates,
    printable,
)
from facediag_utils.data.images import SUFFIXES
from facediag_utils.data.store import write_csv

KNOWN = ("split", "subject", "ancestry", "sex", "age", "site", "severity")  # columns of a manifest that are used
FOLDS, TESTED = 7, 3  # the paper's 40 : 30 (section III.A)
LEAST = 9  # images a class: five to cross-validate on, and some to test
MANIFEST, COLUMNS = "manifest.csv", ["file", "label", "reason"]


#: The class of a file by its name in the folder ("/" between folders), and why it has none.
ClassOf = Callable[[str], tuple[str, str]]


def first_folder(name: str) -> tuple[str, str]:
    """A folder a class."""
    return (name.split("/")[0], "") if "/" in name else ("", "not in a class folder")


@dataclass(frozen=True)
class FolderImport:
    """What a folder holds.

    Attributes
    ----------
    used : pandas.DataFrame
        A row an image: image, label, split, group (images that must not be parted), sha256, and what a manifest knows.
    left_out : pandas.DataFrame
        file, label (if known) and reason.
    near : pandas.DataFrame
        Pairs of near duplicates among the images used: first, second, split_first, split_second.
    how : str
        How the images were split, in a sentence.
    """

    used: pd.DataFrame
    left_out: pd.DataFrame
    near: pd.DataFrame
    how: str


def import_folder(
    folder: Path,
    name: str,
    positive: str | None = None,
    seed: int = 0,
    thumbnails: bool = False,
    hashed: bool = False,
    class_of: ClassOf = first_folder,
) -> tuple[Profile, FolderImport]:
    """Read a folder and keep it as a profile, so that notebooks find it by its name.

    Where images, labels, split or what may be shown are not those of the last time, the results of the last time go: nothing
    stale is left beside what is new.

    Parameters
    ----------
    folder : Path
        With a ``manifest.csv`` (image, label, and any of `KNOWN`), or with a folder of images a class.
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
    Intake

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
        before.manifest.unlink(
            missing_ok=True
        )  # a run that is killed from here on must not hide that its results are stale
    profile = profiles.keep(name, folder, positive, thumbnails, hashed)
    if hashed:
        found = _hashed(found, profile.salt)
    manifest = _as_csv(found.used)
    known = profile.manifest.read_text(encoding="utf-8") if profile.manifest.is_file() else ""
    if before and known != manifest:
        _clear(profile)
    with atomic_write(profile.manifest) as partial:
        partial.write_text(manifest, encoding="utf-8")
    write_left_out(profile, found.left_out)
    write_csv(profile.results / "near_duplicates.csv", found.near)
    return profile, found


def _as_csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, float_format="%.4f", lineterminator="\n")


def _clear(profile: Profile) -> None:
    """Remove what an earlier run of this name has made; what readers have answered stays."""
    for folder in (profile.figures, profile.notebooks, profile.results):
        for path in folder.glob("*"):
            if path.is_file() and not path.name.startswith("."):  # of this run
                path.unlink()
    word = "images, labels, split or settings are not those of the last run of this name: what it made was removed"
    run_log.note("", "", 0, 0, word)


def pseudonym(name: str, salt: str) -> str:
    """A hash that stands for a name; without the salt nobody can try names out."""
    return hashlib.blake2b(os.fsencode(name), key=salt.encode(), digest_size=8).hexdigest()


def _hashed(found: FolderImport, salt: str) -> FolderImport:
    """The same with hashes for names; the column ``file`` of the images used keeps them."""
    hide = partial(pseudonym, salt=salt)
    used = found.used.assign(file=found.used["image"], image=found.used["image"].map(hide))
    near = found.near.assign(**{column: found.near[column].map(hide) for column in ("first", "second")})
    reasons = found.left_out["reason"].map(
        lambda reason: COPY + hide(reason.removeprefix(COPY)) if reason.startswith(COPY) else reason
    )
    return FolderImport(
        used, found.left_out.assign(file=found.left_out["file"].map(hide), reason=reasons), near, found.how
    )


def write_left_out(profile: Profile, left_out: pd.DataFrame) -> None:
    """List what is not used."""
    write_csv(profile.results / "left_out.csv", left_out)


def write_notes(profile: Profile, text: str) -> None:
    """Keep what was told, for the report."""
    with atomic_write(profile.results / "intake.txt") as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def examine(folder: Path, seed: int = 0, class_of: ClassOf = first_folder) -> FolderImport:
    """What a folder holds; nothing is written but the cache."""
    if not folder.is_dir():
        raise CohortError(f"{folder}: there is no such folder; give one with a folder of images a class")
    rows, refused = _from_manifest(folder) if (folder / MANIFEST).is_file() else _from_folders(folder, class_of)
    rows, more = inspect_files(folder, rows)
    rows, same = drop_copies(rows)
    left_out = pd.DataFrame([*refused, *more, *same], columns=COLUMNS).sort_values(COLUMNS, ignore_index=True)
    _enough(folder, rows, left_out)
    pairs = near_duplicates(np.stack(rows["hash"].to_list()))
    rows["group"] = group_numbers(rows, pairs)
    rows["split"], how = _split(folder, rows, seed)
    names, splits = rows["image"].to_numpy(), rows["split"].to_numpy()
    near = pd.DataFrame(
        [(names[a], names[b], splits[a], splits[b]) for a, b in pairs],
        columns=["first", "second", "split_first", "split_second"],
    )
    known = [column for column in KNOWN if column in rows and column != "split"]
    return FolderImport(rows[["image", "label", "split", *known, "group", "sha256"]], left_out, near, how)


def _from_folders(folder: Path, class_of: ClassOf) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Every file below a folder, with its class."""
    rows, refused = [], []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        label, reason = class_of(name)
        if not reason and path.suffix.lower() not in SUFFIXES:
            reason = "not the name of a picture"
        if reason:
            refused.append((printable(name), label, reason))
        else:
            rows.append({"image": name, "label": label})
    return pd.DataFrame(rows, columns=["image", "label"]), refused


def _files(folder: Path) -> Iterator[Path]:
    """Regular files below a folder, sorted; folders that are links are not entered."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(where, name) for name in sorted(names))


def _from_manifest(folder: Path) -> tuple[pd.DataFrame, list[LeftOut]]:
    path = folder / MANIFEST
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=["", "NaN", "nan", "NA"])
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise CohortError(f"{path}: not a readable CSV file ({error}); write it again as UTF-8 CSV") from None
    missing = [column for column in ("image", "label") if column not in table]
    if missing:
        raise CohortError(f"{path}: no column {', '.join(missing)}; needed are image and label")
    table = table[["image", "label", *(column for column in KNOWN if column in table)]]
    for column in ("age", "severity"):
        if column in table:
            table[column] = pd.to_numeric(table[column], errors="coerce")
    reasons = pd.Series("", index=table.index)
    reasons[table["image"].duplicated()] = "listed more than once in the manifest"
    if "split" in table:
        reasons[~table["split"].isin(SPLITS)] = f"its split is not {' or '.join(SPLITS)}"
    reasons[[not str(label).isprintable() for label in table["label"]]] = "its label cannot be printed"
    reasons[table["label"].isna()] = "no label in the manifest"
    reasons[table["image"].isna()] = "no file name in the manifest"
    bad = reasons != ""
    refused = [
        (printable(str(name)), "" if pd.isna(label) else printable(str(label)), reason)
        for name, label, reason in zip(table["image"][bad], table["label"][bad], reasons[bad], strict=True)
    ]
    return table[~bad].reset_index(drop=True), refused


def _split(folder: Path, rows: pd.DataFrame, seed: int) -> tuple[np.ndarray, str]:
    """The manifest's split, or one of about 4 : 3 a class in which no group is parted."""
    if "split" in rows:
        return rows["split"].to_numpy(), "as the manifest states it"
    if rows["group"].is_unique:
        chosen = train_test_split(
            np.arange(len(rows)), test_size=TESTED / FOLDS, stratify=rows["label"], random_state=seed
        )
        return np.where(np.isin(np.arange(len(rows)), chosen[1]), "test", "train"), f"drawn by class (seed {seed})"
    groups = rows.groupby("label")["group"].nunique()
    if groups.min() < 2:
        raise CohortError(
            f"{folder}: class {groups.idxmin()!r} has only one person (or one picture many times): it cannot be trained "
            "and tested; add pictures of others"
        )
    share = {str(name): round(number * TESTED / FOLDS) for name, number in rows["label"].value_counts().items()}
    tested = splitting.draw_grouped_split(rows["label"].to_numpy(str), share, rows["group"].to_numpy(), seed)
    by = "subject: nobody is on both sides" if "subject" in rows else "class; near duplicates stay together"
    return np.where(tested, "test", "train"), f"drawn by {by} (seed {seed})"


def _enough(folder: Path, rows: pd.DataFrame, left_out: pd.DataFrame) -> None:
    counts = rows["label"].value_counts()
    few = counts[counts < LEAST]
    if len(counts) < 2 or len(few):
        what = f"classes with fewer than {LEAST} pictures: {', '.join(f'{k} ({n})' for k, n in few.items())}"
        what = what if len(few) else f"{len(counts)} class(es) of pictures, two are needed"
        reasons = left_out["reason"].str.split("(").str[0].value_counts().head(5)
        lost = "; ".join(f"{number} x {reason.strip()}" for reason, number in reasons.items()) or "nothing"
        raise CohortError(f"{folder}: {what}. Left out: {lost}. A folder of pictures a class is expected")


def format_import(profile: Profile, found: FolderImport) -> str:
    """What was found, in a few lines."""
    counts = found.used.groupby(["label", "split"]).size().unstack(fill_value=0)
    lines = [f"{profile.title}: {len(found.used)} pictures in {len(counts)} classes; split {found.how}"]
    lines += [
        f"  {label}: {row.get('train', 0)} to train, {row.get('test', 0)} to test" for label, row in counts.iterrows()
    ]
    across = int((found.near["split_first"] != found.near["split_second"]).sum())
    if len(found.near):
        lines.append(
            f"  {len(found.near)} pairs of near duplicates, {across} of them across the split: near_duplicates.csv"
        )
    for reason, number in (
        found.left_out["reason"].str.replace(r" as .*", " as another", regex=True).value_counts().items()
    ):
        lines.append(f"  left out: {number} x {reason}")
    if len(found.left_out):
        lines.append(f"  all of them with their names: results/{profile.name}/left_out.csv")
    return "\n".join(lines)
