"""A folder of one's own examined: which files are pictures, which are the same, who is trained on and who tested.

A folder goes in, `FolderContents` comes out; nothing is written but the cache."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from facediag_utils.core.errors import CohortError
from facediag_utils.data import duplicates, splitting
from facediag_utils.data.cohort import NO_FACE, SPLITS
from facediag_utils.data.duplicates import LeftOut, printable
from facediag_utils.data.images import SUFFIXES

KNOWN = (
    "split",
    "subject",
    "ancestry",
    "sex",
    "age",
    "site",
    "severity",
    "grade",
)  # columns of a manifest that are used
FOLDS, TESTED = 7, 3  # the paper's 40 : 30 (section III.A)
LEAST_PICTURES = 9  # per class: five to cross-validate on, and some to test
MANIFEST, COLUMNS = "manifest.csv", list(LeftOut._fields)
MISSING = ["", "NaN", "nan", "NA"]  # what a manifest may say for "not known"; a label of these words is a label

#: The class of a file by its name in the folder ("/" between folders), and why it has none.
ClassOf = Callable[[str], tuple[str, str]]


class SplitRule(str, Enum):
    """How training and test images were parted."""

    STATED = "as the manifest states it"
    BY_CLASS = "drawn by class"
    BY_GROUP = "drawn by class; near duplicates stay together"
    BY_SUBJECT = "drawn by subject: nobody is on both sides"


def first_folder(name: str) -> tuple[str, str]:
    """A folder per class."""
    return (name.split("/")[0], "") if "/" in name else ("", "not in a class folder")


@dataclass(frozen=True)
class FolderContents:
    """What a folder holds.

    Attributes
    ----------
    used : pandas.DataFrame
        A row per image: image, label, split, group (images that must not be parted), sha256, and what a manifest knows.
    left_out : pandas.DataFrame
        file, label (if known), kind and reason.
    near : pandas.DataFrame
        Pairs of near duplicates among the images used: first, second, split_first, split_second.
    rule : SplitRule
    """

    used: pd.DataFrame
    left_out: pd.DataFrame
    near: pd.DataFrame
    rule: SplitRule


def examine(folder: Path, seed: int = 0, class_of: ClassOf = first_folder) -> FolderContents:
    """What a folder holds.

    Raises
    ------
    CohortError
        If there is no such folder, its manifest cannot be read, or it has fewer than two classes or a class too small.
    """
    if not folder.is_dir():
        raise CohortError(f"{folder}: there is no such folder; give one with a folder of images a class")
    rows, refused = _from_manifest(folder) if (folder / MANIFEST).is_file() else _from_folders(folder, class_of)
    rows, more = duplicates.inspect_files(folder, rows)
    rows, same = duplicates.drop_copies(rows)
    left_out = pd.DataFrame([*refused, *more, *same], columns=COLUMNS).sort_values(COLUMNS, ignore_index=True)
    _check_sizes(folder, rows, left_out)
    pairs = duplicates.near_duplicates(np.stack(rows["hash"].to_list()))
    rows["group"] = duplicates.group_numbers(rows, pairs)
    rows["split"], rule = _split(folder, rows, seed)
    names, splits = rows["image"].to_numpy(), rows["split"].to_numpy()
    alike = [(names[a], names[b], splits[a], splits[b]) for a, b in pairs]
    near = pd.DataFrame(alike, columns=["first", "second", "split_first", "split_second"])
    known = [column for column in KNOWN if column in rows and column != "split"]
    return FolderContents(rows[["image", "label", "split", *known, "group", "sha256"]], left_out, near, rule)


def _from_folders(folder: Path, class_of: ClassOf) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Every file below a folder, with its class."""
    rows, refused = [], []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        label, kind = class_of(name)
        if not kind and path.suffix.lower() not in SUFFIXES:
            kind = "not the name of a picture"
        if not kind and label == NO_FACE:
            kind = f"{NO_FACE} cannot be a class: predictions say so where there is no face"
        if kind:
            refused.append(LeftOut(printable(name), label, kind))
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
        table = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False)
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise CohortError(f"{path}: not a readable CSV file ({error}); write it again as UTF-8 CSV") from None
    missing = [column for column in ("image", "label") if column not in table]
    if missing:
        raise CohortError(f"{path}: no column {', '.join(missing)}; needed are image and label")
    known = [column for column in KNOWN if column in table]
    unknown = dict.fromkeys(known, MISSING) | {"image": [""], "label": [""]}
    table = table[["image", "label", *known]].replace(unknown, None)
    for column in ("age", "severity", "grade"):
        if column in table:
            table[column] = pd.to_numeric(table[column], errors="coerce")
    reasons = pd.Series("", index=table.index)
    reasons[table["image"].duplicated()] = "listed more than once in the manifest"
    if "split" in table:
        reasons[~table["split"].isin(SPLITS)] = f"its split is not {' or '.join(SPLITS)}"
    reasons[[not str(label).isprintable() for label in table["label"]]] = "its label cannot be printed"
    reasons[table["label"] == NO_FACE] = f"{NO_FACE} cannot be a class: predictions say so where there is no face"
    reasons[table["label"].isna()] = "no label in the manifest"
    reasons[table["image"].isna()] = "no file name in the manifest"
    bad = reasons != ""
    told = zip(table["image"][bad], table["label"][bad].fillna(""), reasons[bad], strict=True)
    refused = [LeftOut(printable(str(name)), printable(str(label)), reason) for name, label, reason in told]
    return table[~bad].reset_index(drop=True), refused


def _split(folder: Path, rows: pd.DataFrame, seed: int) -> tuple[np.ndarray, SplitRule]:
    """The manifest's split, or one of about 4 : 3 per class in which no group is parted."""
    if "split" in rows:
        return rows["split"].to_numpy(), SplitRule.STATED
    if rows["group"].is_unique:
        places = np.arange(len(rows))
        _, chosen = train_test_split(places, test_size=TESTED / FOLDS, stratify=rows["label"], random_state=seed)
        return np.where(np.isin(places, chosen), "test", "train"), SplitRule.BY_CLASS
    groups = rows.groupby("label")["group"].nunique()
    if groups.min() < 2:
        raise CohortError(
            f"{folder}: class {groups.idxmin()!r} has only one person (or one picture many times): it cannot be trained "
            "and tested; add pictures of others"
        )
    share = {str(name): round(number * TESTED / FOLDS) for name, number in rows["label"].value_counts().items()}
    tested = splitting.draw_grouped_split(rows["label"].to_numpy(str), share, rows["group"].to_numpy(), seed)
    return np.where(tested, "test", "train"), SplitRule.BY_SUBJECT if "subject" in rows else SplitRule.BY_GROUP


def _check_sizes(folder: Path, rows: pd.DataFrame, left_out: pd.DataFrame) -> None:
    counts = rows["label"].value_counts()
    few = counts[counts < LEAST_PICTURES]
    if len(counts) < 2 or len(few):
        what = f"classes with fewer than {LEAST_PICTURES} pictures: {', '.join(f'{k} ({n})' for k, n in few.items())}"
        what = what if len(few) else f"{len(counts)} class(es) of pictures, two are needed"
        lost = "; ".join(format_kinds(left_out)[:5]) or "nothing"
        raise CohortError(f"{folder}: {what}. Left out: {lost}. A folder of pictures per class is expected")


def format_kinds(left_out: pd.DataFrame) -> list[str]:
    """How many files were left out of each kind, the most frequent first: "8 x truncated picture"."""
    return [f"{number} x {kind}" for kind, number in left_out["kind"].value_counts().items()]
