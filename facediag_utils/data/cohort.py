"""A folder of labelled faces as one table, an image a row."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from facediag_utils.core.errors import CohortError
from facediag_utils.core.profiles import Profile
from facediag_utils.data.file_digests import content_digests
from facediag_utils.data.images import SUFFIXES
from facediag_utils.data.paper import BINARY, CLASSES

REQUIRED = ("image", "label", "split")
SPLITS = ("train", "test")
GROUPS = ("ancestry", "sex", "age", "site", "severity")  # what may be known of an image besides its class
NO_FACE = "[no face]"  # predicted label of a test image in which no face was found: always an error, never a class
HEALTHY = frozenset({"control", "controls", "healthy", "negative", "normal", "none", "well", "unaffected"})


def group_title(column: str, value: object) -> str:
    """What is known of an image besides its class, as a person reads it: an ancestry begins with a capital."""
    return str(value)[:1].upper() + str(value)[1:] if column == "ancestry" else str(value)


@dataclass(frozen=True)
class Cohort:
    """Images with labels and a fixed split.

    Attributes
    ----------
    profile : Profile
        Where it came from.
    classes : tuple of str
        Class names: the paper's order if they are the paper's, else alphabetical.
    table : pandas.DataFrame
        A row an image, ``image`` (relative path, "/" between folders), ``path`` (Path), ``label``, ``split``,
        ``sha256`` of the file's bytes, and whatever else the manifest knows (ancestry, sex, age, severity ...).
    """

    profile: Profile
    classes: tuple[str, ...]
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    def part(self, split: str) -> "Cohort":
        """The images of one part of the split, "train" or "test", with rows numbered from 0."""
        return replace(self, table=self.table[self.table["split"] == split].reset_index(drop=True))


def load(profile: Profile) -> Cohort:
    """Read the manifest of a profile and check every file it names.

    Raises
    ------
    CohortError
        If the folder or manifest is missing or wrong; all faulty rows are listed in one message.
    """
    manifest = profile.manifest
    if not profile.data.is_dir():
        raise CohortError(f"{profile.data}: there is no such folder; give the folder of the {profile.name} images")
    if not manifest.is_file():
        raise CohortError(
            f"{manifest}: not found; the folder needs a manifest.csv with the columns image, label, split"
        )
    table = _read(manifest)
    table["path"] = [profile.data / Path(name) for name in table["file" if "file" in table else "image"]]
    if profile.listed is None:  # of a folder of one's own, `folder_contents` has listed what is not used
        _check_folders(profile, table)
    table["sha256"] = _checked_digests(manifest, table)
    return Cohort(profile, ordered_classes(table["label"]), table)


def read_manifest(path: Path) -> pd.DataFrame:
    """A manifest as it stands: a class may be called NA, None or nan; only an empty cell is unknown."""
    text = dict.fromkeys((*REQUIRED, "sha256"), str)
    return pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])


def _read(manifest: Path) -> pd.DataFrame:
    try:
        table = read_manifest(manifest)
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise CohortError(f"{manifest}: not a readable CSV file ({error}); write it again as UTF-8 CSV") from None
    missing = [column for column in REQUIRED if column not in table]
    if missing:
        raise CohortError(f"{manifest}: no column {', '.join(missing)}; needed are {', '.join(REQUIRED)}")
    problems = []
    for number, row in enumerate(table[list(REQUIRED)].itertuples(index=False), start=2):  # line 1 is the header
        if any(pd.isna(value) or not str(value).strip() for value in row):
            problems.append(f"line {number}: image, label or split is empty")
        elif row.split not in SPLITS:
            problems.append(f"line {number}: split is {row.split!r}, not train or test")
        elif Path(row.image).is_absolute() or ".." in re.split(r"[/\\]", row.image):
            problems.append(f"line {number}: {row.image!r} leads out of the folder")
    if NO_FACE in set(table["label"]):
        problems.append(f"a class is called {NO_FACE}: predictions say so where there is no face; call it otherwise")
    repeated = table["image"][table["image"].duplicated()].dropna()
    problems += [f"image {name!r} is listed more than once" for name in sorted(set(repeated))]
    if not len(table):
        problems.append("it has no rows")
    _raise(manifest, problems, "correct these lines")
    return table


def _check_folders(profile: Profile, table: pd.DataFrame) -> None:
    """A class folder without images is a copy that failed, not a class with nothing in it."""
    used = {path.parent for path in table["path"]}
    parents = {folder.parent for folder in used if folder != profile.data}
    empty = [
        f"{folder} has no images"
        for parent in sorted(parents)
        if parent.is_dir()
        for folder in sorted(parent.iterdir())
        if folder.is_dir() and not any(item.suffix.lower() in SUFFIXES for item in folder.iterdir())
    ]
    _raise(profile.data, empty, "copy the images again, or remove the empty folder")


def _checked_digests(manifest: Path, table: pd.DataFrame) -> list[str]:
    gone = [f"{path} is in the manifest and not in the folder" for path in table["path"] if not path.is_file()]
    _raise(manifest, gone, "restore these files, or correct the manifest")
    found = content_digests(list(table["path"]))
    stated = table["sha256"] if "sha256" in table else [None] * len(table)
    problems = [
        f"{path} is not the file the manifest was written for (checksum {digest[:12]}..., expected {expected[:12]}...)"
        for path, digest, expected in zip(table["path"], found, stated, strict=True)
        if isinstance(expected, str) and expected.lower() != digest
    ]
    _raise(manifest, problems, "restore these files, or correct the manifest")
    return found


def _raise(where: Path, problems: list[str], remedy: str) -> None:
    if problems:
        shown = "\n  ".join(problems[:20]) + (f"\n  and {len(problems) - 20} more" if len(problems) > 20 else "")
        raise CohortError(f"{where}: {len(problems)} problem(s); {remedy}:\n  {shown}")


def ordered_classes(labels: Sequence[str]) -> tuple[str, ...]:
    """The paper's order for the paper's classes, else alphabetical."""
    found = set(labels)
    return tuple(CLASSES) if found == set(CLASSES) else tuple(sorted(found))


def healthy_classes(classes: Iterable[str]) -> list[str]:
    """Those of the classes, in their order, whose name is one of `HEALTHY`, in small or capital letters; usually one or none."""
    return [name for name in classes if name.lower() in HEALTHY]


@dataclass(frozen=True)
class Task:
    """A question put to the images: some classes, one of them positive if there are two."""

    name: str
    title: str
    classes: tuple[str, ...]

    @property
    def positive(self) -> str | None:
        """The positive class of a binary task (the first), else None."""
        return self.classes[0] if len(self.classes) == 2 else None


def tasks(cohort: Cohort) -> tuple[Task, ...]:
    """The paper's two tasks for the paper's classes; one task over all classes otherwise.

    Of two classes the profile's positive one comes first, else the one whose name is not that of `HEALTHY`."""
    if of_the_paper(cohort):
        return (
            Task("binary", "Detection of beta-thalassemia", BINARY),
            Task("multiclass", "Detection of four diseases", tuple(CLASSES)),
        )
    if len(cohort.classes) != 2:
        return (Task("all", "All classes", cohort.classes),)
    well = healthy_classes(cohort.classes)
    ill = [name for name in cohort.classes if name not in well]
    first = cohort.profile.positive or (ill or cohort.classes)[0]
    other = next(name for name in cohort.classes if name != first)
    return (Task("all", f"{first} or {other}", (first, other)),)


def of_the_paper(cohort: Cohort) -> bool:
    """Whether the classes are the paper's."""
    return set(cohort.classes) == set(CLASSES)
