"""A profile says which data a run is about and where everything that the run makes goes."""

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from facediag_utils.core.errors import CohortError
from facediag_utils.core.files import write_text
from facediag_utils.core.settings import ROOT, cache_root, output_root

TITLES = {"dsf": "DSF, photographs"}


@dataclass(frozen=True)
class Profile:
    """One data set and its output folders.

    Attributes
    ----------
    name : str
        Short name, also the name of the output folders.
    title : str
        What stands beside every number made from it.
    data : Path
        Folder with ``manifest.csv``, or with one folder of images a class.
    rendered : bool
        True if no person was photographed: accuracy then says nothing about patients.
    positive : str, optional
        The positive class of two.
    listed : Path, optional
        The manifest, if it is not in the data folder.
    thumbnails : bool
        Whether notebooks, figures and the report of one's own images may show them; rendered ones they may.
    salt : str
        Key of the hashes that stand for names of files, see `facediag_utils.data.folder_import`; empty if names stand for themselves.
    """

    name: str
    title: str
    data: Path
    rendered: bool = False
    positive: str | None = None
    listed: Path | None = None
    thumbnails: bool = False
    salt: str = ""

    @property
    def manifest(self) -> Path:
        return self.listed or self.data / "manifest.csv"

    @property
    def run(self) -> Path:
        """Folder of everything that a run makes."""
        return output_root() / "runs" / self.name

    @property
    def notebooks(self) -> Path:
        return self.run / "notebooks"

    @property
    def figures(self) -> Path:
        return self.run / "figures"

    @property
    def results(self) -> Path:
        return self.run / "results"

    @property
    def trained(self) -> Path:
        """Folder of the models of ``facediag train``."""
        return self.run / "trained"

    @property
    def record(self) -> Path | None:
        """Folder of the committed results that a run is compared with; only the bundled cohort has one."""
        return ROOT / "results" if self.name == "bundled" else None


def profile(name: str = "bundled") -> Profile:
    """The profile of this name: the bundled one, or one that `keep` has kept.

    Raises
    ------
    CohortError
        If there is no such profile.
    """
    if name == "bundled":
        return Profile("bundled", "this run (bundled, rendered)", ROOT / "data" / "bundled", rendered=True)
    path = _kept(name)
    if not path.is_file():
        raise CohortError(
            f"profile {name!r} is not known; name its folder once: make reproduce DATA=/its/folder NAME={name}"
        )
    kept = json.loads(path.read_text(encoding="utf-8"))
    title, data, listed = f"this run ({TITLES.get(name, name)})", Path(kept.pop("data")), path.with_name("manifest.csv")
    return Profile(name, title, data, listed=listed, **kept)


def keep(name: str, data: Path, positive: str | None = None, thumbnails: bool = False, hashed: bool = False) -> Profile:
    """Remember a folder of one's own under a name, so that notebooks find it.  Its hashes stay from one time to the next.

    Raises
    ------
    CohortError
        If the name cannot be one of a folder, or is taken by the bundled images.
    """
    check_name(name)
    known = json.loads(_kept(name).read_text(encoding="utf-8")) if _kept(name).is_file() else {}
    salt = (known.get("salt") or secrets.token_hex(16)) if hashed else ""
    content = {"data": str(data.resolve()), "positive": positive, "thumbnails": thumbnails, "salt": salt}
    write_text(_kept(name), json.dumps(content))
    return profile(name)


def from_output(path: Path) -> str:
    """A path as a reader needs it: from the output folder on."""
    base = output_root()
    return str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def check_name(name: str) -> None:
    """Raise CohortError if a name cannot be one of a folder, or is taken by the bundled images."""
    if not re.fullmatch(r"[A-Za-z0-9][\w-]{0,39}", name) or name == "bundled":
        raise CohortError(f"NAME={name!r}: letters, digits, - and _, at most 40, and not 'bundled'")


def kept() -> list[str]:
    """Names of the folders of one's own that were taken in."""
    return sorted(path.parent.name for path in (cache_root() / "profiles").glob("*/profile.json"))


def _kept(name: str) -> Path:
    return cache_root() / "profiles" / name / "profile.json"
