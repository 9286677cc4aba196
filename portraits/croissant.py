"""Croissant metadata of the images (MLCommons, https://docs.mlcommons.org/croissant), written from the manifests.  Run in the
environment of ``facediag_utils``, which has mlcroissant."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import mlcroissant as mlc

from portraits.plan import SETS

#: Meaning of a set, by the folder it lies in.
MEANINGS = {
    ".": "cohort: 350 people, 70 a class, 40 to train and 30 to test",
    "twins": "each ill person of the cohort in the same photograph without signs",
    "cases": "two more photographs of each test person",
    "identities": "60 people without signs in two photographs each",
    "severity_strip": "eight people at five severities",
}
#: Where its images lie.
IMAGES = {
    ".": "images/*/*.jpg",
    "twins": "images/*.jpg",
    "cases": "images/*.jpg",
    "identities": "*.jpg",
    "severity_strip": "*.jpg",
}
#: Meaning and type of a manifest's columns.
COLUMNS = {
    "image": ("path below the set's folder", mlc.DataType.TEXT),
    "label": ("class of the face; in identities the person", mlc.DataType.TEXT),
    "split": ("train or test", mlc.DataType.TEXT),
    "ancestry": ("caucasian, asian or african: the words of the paper's Table 2", mlc.DataType.TEXT),
    "sex": ("female or male", mlc.DataType.TEXT),
    "age": ("years", mlc.DataType.FLOAT),
    "severity": ("0 without signs to 1", mlc.DataType.FLOAT),
    "yaw": ("degrees, > 0: the face is turned to the image's right", mlc.DataType.FLOAT),
    "pitch": ("degrees, > 0: up", mlc.DataType.FLOAT),
    "roll": ("degrees, > 0: to the image's right", mlc.DataType.FLOAT),
    "subject": ("seed of the person, shared by all pictures of one person", mlc.DataType.INTEGER),
    "seed": ("seed of the photograph", mlc.DataType.INTEGER),
    "cohort_image": ("image of the cohort that shows the same person", mlc.DataType.TEXT),
    "sha256": ("of the image file", mlc.DataType.TEXT),
}


def metadata(folder: Path) -> dict[str, Any]:
    """The JSON-LD of the sets that lie in a folder."""
    found = [name for name in SETS if (folder / name / "manifest.csv").is_file()]
    return mlc.Metadata(
        name="facediag-rendered-faces",
        description="Rendered faces of people who never lived, with the design of 'Deep Facial Diagnosis' (Jin et al. 2020): "
        "four diseases and controls, known landmarks, known places of the signs, and each ill face again without its signs. "
        "Not for use on people. " + "; ".join(f"{name}: {MEANINGS[name]}" for name in found) + ".",
        license=["https://creativecommons.org/publicdomain/zero/1.0/"],
        url="https://doi.org/10.1109/ACCESS.2020.3005687",
        version="2.0.0",
        date_published=datetime(2026, 11, 24),
        cite_as="See CITATION.cff beside this package.",
        data_collection="None: every image is rendered from a face model by portraits/; no photograph of a person went in.",
        data_use_cases="Teaching and testing of methods; not training or judging anything used on people.",
        data_limitations="Signs are morphs after a few sentences of medicine and vary together; see DATASHEET.md.",
        distribution=[part for name in found for part in _files(folder, name)],
        record_sets=[_records(folder, name) for name in found],
    ).to_json()


def _title(name: str) -> str:
    return "cohort" if name == "." else name


def _below(name: str, path: str) -> str:
    return path if name == "." else f"{name}/{path}"


def _files(folder: Path, name: str) -> list[mlc.FileObject | mlc.FileSet]:
    tables = []
    for table in ("manifest.csv", "landmarks.csv"):
        path = _below(name, table)
        digest = hashlib.sha256((folder / path).read_bytes()).hexdigest()
        tables.append(
            mlc.FileObject(id=path, name=path, content_url=path, encoding_formats=["text/csv"], sha256=digest)
        )
    places = {"images": ("image/jpeg", IMAGES[name])}
    if SETS[name].masks:
        places |= {kind: ("image/png", f"{kind}/*.png") for kind in ("masks", "regions")}
    return tables + [
        mlc.FileSet(
            id=f"{_title(name)}-{kind}",
            name=f"{_title(name)}-{kind}",
            encoding_formats=[encoding],
            includes=[_below(name, pattern)],
        )
        for kind, (encoding, pattern) in places.items()
    ]


def _records(folder: Path, name: str) -> mlc.RecordSet:
    title, manifest = _title(name), _below(name, "manifest.csv")
    header = (folder / manifest).read_text().partition("\n")[0].split(",")
    fields = [
        mlc.Field(
            id=f"{title}/{column}",
            name=f"{title}/{column}",
            description=COLUMNS[column][0],
            data_types=[COLUMNS[column][1]],
            source=mlc.Source(file_object=manifest, extract=mlc.Extract(column=column)),
        )
        for column in header
    ]
    return mlc.RecordSet(id=title, name=title, description=MEANINGS[name], key=f"{title}/image", fields=fields)


def write(folder: Path) -> None:
    """Write ``croissant.json`` of the sets in a folder."""
    partial = folder / "croissant.part"
    partial.write_text(json.dumps(metadata(folder), indent=1, ensure_ascii=False) + "\n")
    partial.replace(folder / "croissant.json")
