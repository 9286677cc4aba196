"""Croissant metadata of the images (MLCommons, https://docs.mlcommons.org/croissant), written from the manifests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

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
    "image": ("path below the set's folder", "sc:Text"),
    "label": ("class of the face; in identities the person", "sc:Text"),
    "split": ("train or test", "sc:Text"),
    "ancestry": ("caucasian, asian or african: the words of the paper's Table 2", "sc:Text"),
    "sex": ("female or male", "sc:Text"),
    "age": ("years", "sc:Float"),
    "severity": ("0 without signs to 1", "sc:Float"),
    "yaw": ("degrees, > 0: the face is turned to the image's right", "sc:Float"),
    "pitch": ("degrees, > 0: up", "sc:Float"),
    "roll": ("degrees, > 0: to the image's right", "sc:Float"),
    "subject": ("seed of the person, shared by all pictures of one person", "sc:Integer"),
    "seed": ("seed of the photograph", "sc:Integer"),
    "cohort_image": ("image of the cohort that shows the same person", "sc:Text"),
    "sha256": ("of the image file", "sc:Text"),
}
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def metadata(folder: Path) -> dict[str, Any]:
    """The JSON-LD of the sets that lie in a folder."""
    found = [name for name in SETS if (folder / name / "manifest.csv").is_file()]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": "facediag-rendered-faces",
        "description": "Rendered faces of people who never lived, with the design of 'Deep Facial Diagnosis' (Jin et al. 2020): "
        "four diseases and controls, known landmarks, known places of the signs, and each ill face again without its signs. "
        "Not for use on people. " + "; ".join(f"{name}: {MEANINGS[name]}" for name in found) + ".",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "url": "https://doi.org/10.1109/ACCESS.2020.3005687",
        "version": "2.0.0",
        "datePublished": "2026-11-24",
        "isLiveDataset": False,
        "citeAs": "See CITATION.cff beside this package.",
        "rai:dataCollection": "None: every image is rendered from a face model by portraits/; no photograph of a person went in.",
        "rai:dataUseCases": "Teaching and testing of methods; not training or judging anything used on people.",
        "rai:dataLimitations": "Signs are morphs after a few sentences of medicine and vary together; see DATASHEET.md.",
        "distribution": [part for name in found for part in _files(folder, name)],
        "recordSet": [_records(folder, name) for name in found],
    }


def _title(name: str) -> str:
    return "cohort" if name == "." else name


def _below(name: str, path: str) -> str:
    return path if name == "." else f"{name}/{path}"


def _files(folder: Path, name: str) -> list[dict[str, Any]]:
    tables = []
    for table in ("manifest.csv", "landmarks.csv"):
        path = _below(name, table)
        tables.append(
            {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "encodingFormat": "text/csv",
                "sha256": hashlib.sha256((folder / path).read_bytes()).hexdigest(),
            }
        )
    places = {"images": ("image/jpeg", IMAGES[name])}
    if SETS[name].masks:
        places |= {kind: ("image/png", f"{kind}/*.png") for kind in ("masks", "regions")}
    return tables + [
        {
            "@type": "cr:FileSet",
            "@id": f"{_title(name)}-{kind}",
            "name": f"{_title(name)}-{kind}",
            "encodingFormat": encoding,
            "includes": _below(name, pattern),
        }
        for kind, (encoding, pattern) in places.items()
    ]


def _records(folder: Path, name: str) -> dict[str, Any]:
    header = (folder / name / "manifest.csv").read_text().partition("\n")[0].split(",")
    title = _title(name)
    return {
        "@type": "cr:RecordSet",
        "@id": title,
        "name": title,
        "description": MEANINGS[name],
        "key": {"@id": f"{title}/image"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{title}/{column}",
                "name": f"{title}/{column}",
                "description": COLUMNS[column][0],
                "dataType": COLUMNS[column][1],
                "source": {"fileObject": {"@id": _below(name, "manifest.csv")}, "extract": {"column": column}},
            }
            for column in header
        ],
    }


def write(folder: Path) -> None:
    """Write ``croissant.json`` of the sets in a folder."""
    partial = folder / "croissant.part"
    partial.write_text(json.dumps(metadata(folder), indent=1, ensure_ascii=False) + "\n")
    partial.replace(folder / "croissant.json")
