"""``facediag licences``: the tables of docs/licences.md: every package of the lock, every pretrained network of the registry.

Packages say their licence in their metadata, some of them not clearly, and some are installed on other systems only: for these
``licences.csv`` has what was read by hand, and where; the first row that fits a name counts."""

import csv
import re
from fnmatch import fnmatchcase
from importlib import metadata
from pathlib import Path

from facediag_utils.core.errors import FacediagError
from facediag_utils.core.files import write_text
from facediag_utils.core.settings import ROOT
from facediag_utils.networks import records
from facediag_utils.run.rendering import escape_cell

PAGE, LOCK = ROOT / "docs" / "licences.md", ROOT / "requirements.lock"
BY_HAND = Path(__file__).with_name("licences.csv")
NOT_STATED = "not stated"
SHORT = 90  # characters: longer ones are whole licences
#: What a licence contains, and what that means for who passes the environment on; the first that fits.
NOTES = {
    r"proprietary": "**proprietary**: NVIDIA's own terms; `make setup TORCH=cpu` goes without it",
    r"GPL|GNU": "**copyleft**, for what its licence says",
    r"\bMPL|Mozilla": "weak **copyleft**: changes to its own files stay under this licence",
    NOT_STATED: "**not stated** by the package",
    r"non-?commercial|\bNC\b|research": "**not for commercial use**",
    r"photographs' terms": "**the photographs' own terms**: see the first table",
    r"unpublished": "weights never published",
}


def packages() -> list[tuple[str, str, str]]:
    """Name, version and licence of every package of the lock, for whatever Python and system."""
    locked = re.findall(r"^([a-z0-9][\w.-]*)(?:\[.*?\])?==([^\s;]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    with BY_HAND.open(encoding="utf-8", newline="") as stream:
        read = [(row["package"], row["licence"]) for row in csv.DictReader(stream)]

    def licence(name: str) -> str:
        return next((said for pattern, said in read if fnmatchcase(name, pattern)), "") or stated(name)

    return [(name, version, licence(name)) for name, version in locked]


def stated(package: str) -> str:
    """The licence that an installed package states: as an SPDX expression, else in a few words, else by its classifiers.

    Raises
    ------
    FacediagError
        If it states none, or is not installed: it then belongs into ``licences.csv``.
    """
    try:
        said = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        raise FacediagError(
            f"{package}: not installed here; read its licence on PyPI and add it to {BY_HAND}"
        ) from None
    expression, words = ((said.get_all(field) or [""])[0].strip() for field in ("License-Expression", "License"))
    classifiers = [one.split(" :: ")[-1] for one in said.get_all("Classifier") or () if one.startswith("License ::")]
    brief = words if len(words) < SHORT and "\n" not in words and words not in ("", "UNKNOWN", "Dual License") else ""
    licence = expression or brief or "; ".join(classifiers)
    if not licence:
        raise FacediagError(f"{package}: its metadata name no licence; read its files and add it to {BY_HAND}")
    return licence


def note(licence: str) -> str:
    """What to be careful about, in words; empty for permissive licences."""
    return next((words for pattern, words in NOTES.items() if re.search(pattern, licence, re.IGNORECASE)), "")


def tables() -> dict[str, str]:
    """The tables in Markdown, by the names of their places in the page."""
    of_packages = [[name, version, escape_cell(licence), note(licence)] for name, version, licence in packages()]
    published = records.read_records(Path(records.__file__).with_name("published.toml"))
    of_weights = [[one.title, one.pretraining, one.licence, note(one.licence), one.source] for one in published]
    counted = {word: sum(word in row[3] for row in of_packages) for word in ("proprietary", "copyleft", NOT_STATED)}
    summary = f"{len(of_packages)} packages; " + ", ".join(f"{word}: {count}" for word, count in counted.items()) + "."
    return {
        "weights": _table(["network", "trained on", "licence", "note", "source"], of_weights),
        "packages": summary + "\n\n" + _table(["package", "version", "licence", "note"], of_packages),
    }


def filled(page: str) -> str:
    """A page with its tables made anew, each between ``<!-- table: name -->`` and ``<!-- end -->``."""
    for name, table in tables().items():
        place = f"<!-- table: {name} -->\n.*?<!-- end -->"
        whole = f"<!-- table: {name} -->\n\n{table}\n\n<!-- end -->"
        page, found = re.subn(place, whole.replace("\\", r"\\"), page, flags=re.DOTALL)
        if found != 1:
            raise FacediagError(f"{PAGE}: {found} places <!-- table: {name} -->")
    return page


def write() -> Path:
    """Renew the page."""
    return write_text(PAGE, filled(PAGE.read_text(encoding="utf-8")))


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
