"""``ro-crate-metadata.json``: which data, which software and which files a run was made of, for machines.

An RO-Crate of the profile *Process Run Crate*: the run is one ``CreateAction``.  Of a folder of one's own it says how many pictures
there are and of which classes, as the report does, and names none of them."""

import json
import platform
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from facediag_utils.core.files import file_digest, write_text
from facediag_utils.core.profiles import Profile
from facediag_utils.core.settings import ROOT
from facediag_utils.data import cohort
from facediag_utils.run import verdict

PROCESS_RUN = "https://w3id.org/ro/wfrun/process/0.5"
CC0 = ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0 Universal")
NOT_STATED = ("#licence", "not stated: whoever deposits this decides")
RUN, SOFTWARE = "#run", "#facediag"
#: The kinds of files that a run makes.
FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}


def write(profile: Profile, executed: Iterable[Path], started: datetime, ended: datetime, outcome: str) -> Path:
    """Describe a run that has come to its end.

    Parameters
    ----------
    profile : Profile
    executed : iterable of Path
        The notebooks that were run.
    started, ended : datetime
        With their time zone.
    outcome : str
        Verdict and exit status, in words.
    """
    images = cohort.load(profile)
    crate = ROCrate(version="1.1")
    numbers = ", ".join(path.name[:2] for path in executed)
    action: dict[str, Any] = {
        "@type": "CreateAction",
        "name": f"facediag reproduce --profile {profile.name}",
        "description": f"notebooks {numbers}; {outcome}",
        "startTime": started.isoformat(timespec="seconds"),
        "endTime": ended.isoformat(timespec="seconds"),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "instrument": _software(crate),
        "object": _data(crate, images),
    }
    added = {
        path: crate.add_file(path, path.relative_to(profile.run), properties=described(path)) for path in made(profile)
    }
    fresh = [entity for path, entity in added.items() if path.stat().st_mtime >= started.timestamp()]
    run = crate.add(ContextEntity(crate, RUN, properties=action | {"result": fresh}))
    conforms = ContextEntity(
        crate, PROCESS_RUN, properties={"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    )
    root = crate.root_dataset
    root["name"] = f"facediag: {profile.title}"
    root["description"] = _description(images)
    root["datePublished"] = ended.date().isoformat()
    root["conformsTo"] = crate.add(conforms)
    root["license"] = _licence(crate, *(CC0 if profile.rendered else NOT_STATED))
    root["mentions"] = [run]
    return write_text(profile.run / verdict.CRATE, format_crate(crate))


def made(profile: Profile) -> list[Path]:
    """The files that a run has made, by name: neither pictures that were sent to the page nor what `facediag train` has made."""
    folders = (profile.notebooks, profile.figures, profile.results)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [profile.run / name for name in ("report.html", "model_card.md", verdict.VERDICT)]
    return sorted(path for path in files if path.is_file() and not path.name.startswith("."))


def described(path: Path) -> dict[str, Any]:
    """What a crate says of any file."""
    facts = {"name": path.name, "contentSize": str(path.stat().st_size), "sha256": file_digest(path)}
    return facts | ({"encodingFormat": FORMATS[path.suffix]} if path.suffix in FORMATS else {})


def format_crate(crate: ROCrate) -> str:
    """The file's text: the same for the same crate."""
    return json.dumps(crate.metadata.generate(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _description(images: cohort.Cohort) -> str:
    split = images.table["split"].value_counts()
    classes = ", ".join(f"{name} {count}" for name, count in images.table["label"].value_counts(sort=False).items())
    said = f"{len(images)} pictures ({split.get('train', 0)} to train, {split.get('test', 0)} to test); {classes}. "
    if images.profile.rendered:
        said += "The faces are rendered: their accuracies say nothing about how well anything diagnoses people. "
    return said + "Research and teaching only; not a medical device."


def _software(crate: ROCrate) -> ContextEntity:
    """This package, who made it, and the packages and the lock it ran with."""
    about = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    authors = [
        crate.add(ContextEntity(crate, f"#author-{k}", properties={"@type": author["@type"], "name": author["name"]}))
        for k, author in enumerate(about["author"], start=1)
    ]
    needed = [_package(crate, "Python", platform.python_version(), "https://www.python.org/")]
    needed += [_package(crate, name, version(name), f"https://pypi.org/project/{name}/") for name in verdict.PACKAGES]
    lock = {"@type": "CreativeWork", "name": "requirements.lock", "sha256": file_digest(ROOT / "requirements.lock")}
    facts = {
        "@type": "SoftwareApplication",
        "name": about["name"],
        "version": about["version"],
        "description": about["description"],
    }
    facts |= {"license": _licence(crate, about["license"], about["license"].rpartition("/")[2]), "author": authors}
    facts |= {"softwareRequirements": [*needed, crate.add(ContextEntity(crate, "#requirements.lock", properties=lock))]}
    return crate.add(ContextEntity(crate, SOFTWARE, properties=facts))


def _package(crate: ROCrate, name: str, number: str, url: str) -> ContextEntity:
    facts = {"@type": "SoftwareApplication", "name": name, "version": number, "url": url}
    return crate.add(ContextEntity(crate, f"#package-{name.lower()}", properties=facts))


def _data(crate: ROCrate, images: cohort.Cohort) -> list[ContextEntity]:
    """The manifest, which names every picture and its checksum, by a checksum of its own; of the bundled cohort the datasheet too."""
    profile = images.profile
    kinds = {"manifest": (profile.manifest, _description(images))}
    if profile.rendered:
        kinds["datasheet"] = (
            profile.data / "DATASHEET.md",
            "how the rendered portraits were made, and what is wrong with them",
        )
    entities = []
    for kind, (path, says) in kinds.items():
        facts = {"@type": "CreativeWork", "description": says, **described(path)}
        entities.append(crate.add(ContextEntity(crate, f"#{kind}", properties=facts)))
    return entities


def _licence(crate: ROCrate, identifier: str, name: str) -> ContextEntity:
    return crate.add(ContextEntity(crate, identifier, properties={"@type": "CreativeWork", "name": name}))
