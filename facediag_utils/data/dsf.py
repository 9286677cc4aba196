"""The paper's own photographs: the archive from IEEE DataPort, or its folder, as a person would have it.

B. Jin, "Disease-specific faces", IEEE DataPort, doi:10.21227/rk2v-ka85; the paper's reference [9] and Table 2.  What the folders
inside are called was not known here: a class is recognised by any folder, or the file's own name, that says it."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd

from facediag_utils.core import settings
from facediag_utils.core.errors import CohortError
from facediag_utils.core.profiles import Profile
from facediag_utils.data import archives, folder_import
from facediag_utils.data.duplicates import LeftOut
from facediag_utils.data.folder_contents import FolderContents
from facediag_utils.data.paper import CLASSES, TABLE_2, TITLES
from facediag_utils.data.store import write_csv

NAME = "dsf"
#: What words on a path say a class, after marks and case are gone and "_", "-", "'" and digits part words.
WORDS = {
    "beta_thalassemia": r"\b(thal+as|talas|d 1\b|mediterranean ana?emia)",
    "hyperthyroidism": r"\b(hyper ?thyr|graves\b|d 2\b)",
    "down_syndrome": r"\b(downs?\b|downs? ?syn|trisomy ?21|ds\b|d 3\b)",
    "leprosy": r"\b(lepro|hansen|d 4\b)",
    "control": r"\b(control|health|normal|n 0\b)",
}


def class_of(name: str) -> tuple[str, str]:
    """The class of a file: what the nearest folder says that says any, else the file's own name; and why it has none."""
    *folders, own = name.split("/")
    for part in [*reversed(folders), own]:
        plain = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
        words = " ".join(re.findall(r"[a-z]+|[0-9]+", plain))
        said = [label for label, pattern in WORDS.items() if re.search(pattern, words)]
        if len(said) == 1:
            return said[0], ""
        if said:
            return "", f"a name on its path says several classes ({', '.join(said)})"
    return "", "no name on its path says one of the five classes"


def import_archive(
    path: Path, seed: int = 0, thumbnails: bool = False, hashed: bool = False
) -> tuple[Profile, FolderContents]:
    """The archive or its folder as the profile "dsf"; an archive is unpacked beside the caches (`forget` removes that too).

    Parameters
    ----------
    path : Path
        A zip or tar file, or a folder.
    seed, thumbnails, hashed
        As `facediag_utils.data.folder_import.import_folder` takes them.

    Raises
    ------
    CohortError
        If there is nothing there, or one of the five classes is missing.
    """
    if not path.exists():
        raise CohortError(
            f"{path}: there is no such file or folder; give the archive from IEEE DataPort, or its folder"
        )
    folder, refused = path, list[LeftOut]()
    if path.is_file():
        folder = settings.cache_root() / "profiles" / NAME / "unpacked"
        refused = archives.unpack(path, folder)
    profile, found = folder_import.import_folder(folder, NAME, None, seed, thumbnails, hashed, class_of)
    if set(found.used["label"]) != set(CLASSES):
        missing = sorted(set(CLASSES) - set(found.used["label"]))
        raise CohortError(
            f"{path}: no pictures of {', '.join(missing)}; its folders must say a class, for example "
            f"{', '.join(CLASSES)} (what was left out: {profile.results / 'left_out.csv'})"
        )
    if refused:
        if hashed:
            refused = [item._replace(file=folder_import.pseudonym(item.file, profile.salt)) for item in refused]
        found = replace(found, left_out=pd.concat([found.left_out, pd.DataFrame(refused)], ignore_index=True))
        write_csv(profile.results / "left_out.csv", found.left_out)
    return profile, found


def format_counts(found: FolderContents) -> str:
    """The counts beside Table 2, in a few lines."""
    counts = found.used["label"].value_counts()
    lines = ["  pictures, and those of the paper's Table 2:"]
    for label in CLASSES:
        here, there = int(counts.get(label, 0)), sum(TABLE_2[label].values())
        lines.append(f"    {TITLES[label]:18}{here:4}{there:5}" + ("" if here == there else f"   {here - there:+d}"))
    same = all(int(counts.get(label, 0)) == sum(TABLE_2[label].values()) for label in CLASSES)
    lines.append(
        "  as in Table 2; which 30 of each class the paper tested on was not published: the split here is another"
        if same
        else "  not as in Table 2: the paper's numbers and this run's are of different pictures"
    )
    return "\n".join(lines)
