"""A profile says which data a run is about and where its figures, results and executed notebooks go."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from facediag_utils.errors import CohortError

ROOT = Path(__file__).resolve().parents[1]


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
    """

    name: str
    title: str
    data: Path
    rendered: bool = False

    @property
    def figures(self) -> Path:
        return output_root() / "figures" / self.name

    @property
    def results(self) -> Path:
        return output_root() / "results" / self.name

    @property
    def runs(self) -> Path:
        return output_root() / "runs" / self.name


def output_root() -> Path:
    """Folder under which figures/, results/ and runs/ are written: ``FACEDIAG_OUT``, else this repository."""
    return Path(os.environ.get("FACEDIAG_OUT") or ROOT)


def cache_root() -> Path:
    """Folder of what can be computed again (landmarks, features): ``FACEDIAG_CACHE``, else ``.cache`` here."""
    return Path(os.environ.get("FACEDIAG_CACHE") or ROOT / ".cache")


def weights_root() -> Path:
    """Folder of downloaded or hand-placed weights: ``FACEDIAG_WEIGHTS``, else ``weights`` here."""
    return Path(os.environ.get("FACEDIAG_WEIGHTS") or ROOT / "weights")


def profile(name: str = "bundled") -> Profile:
    """The profile of this name.

    Raises
    ------
    CohortError
        If there is no such profile.
    """
    known = {
        "bundled": Profile("bundled", "this run (bundled, rendered)", ROOT / "data" / "bundled", rendered=True),
    }
    if name not in known:
        raise CohortError(f"profile {name!r} is not known; choose one of: {', '.join(known)}")
    return known[name]
