"""The figures of the report: each as the source of an image with a caption and an alternative text, grouped by notebook."""

import base64
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from PIL import Image

from facediag_utils.core.errors import NothingYetError
from facediag_utils.core.profiles import Profile
from facediag_utils.core.settings import ROOT
from facediag_utils.evaluation.standing import Standing
from facediag_utils.figures import overview, style
from facediag_utils.figures.descriptions import describe, with_data
from facediag_utils.run import report_tables

WIDTH, QUALITY = 1400, 82  # pixels and JPEG quality of pictures of faces; charts go in as drawn
LARGEST = 1_000_000  # bytes of an SVG: the matrices of fifty classes have 4 MB, at which browsers stutter
OTHER = "Other figures"


@dataclass(frozen=True)
class Picture:
    """What an ``<img>`` needs, and its caption."""

    source: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Group:
    """The figures of a notebook: its number, its title, and that up to the first question."""

    number: str
    title: str
    pictures: list[Picture]

    @property
    def short(self) -> str:
        return re.split(r"[:?]", self.title)[0]


def paths(profile: Profile) -> list[Path]:
    """One file per figure: the SVG where there is one."""
    drawn = {path.stem: path for path in style.figure_paths(profile)}  # "svg" comes after "png"
    if not drawn:
        raise NothingYetError(f"{profile.figures}: no figures yet; run `make reproduce` first")
    return [drawn[name] for name in sorted(drawn)]


def groups(profile: Profile) -> list[Group]:
    """All figures of a run, by the notebooks that drew them."""
    titles, drawn = _titles(), paths(profile)
    with ThreadPoolExecutor() as pool:  # pictures are decoded and encoded side by side
        made = dict(zip(drawn, pool.map(partial(_picture, data=profile.title), drawn), strict=True))
    return [
        Group(number, titles.get(number, OTHER), [made[path] for path in of_notebook])
        for number, of_notebook in groupby(drawn, lambda path: path.name[:2] if path.name[:2] in titles else "")
    ]


def _titles() -> dict[str, str]:
    """First headings of the notebooks, by their numbers."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        lines = "".join(cells[0]["source"]).splitlines() or [path.stem]
        found[path.name[:2]] = lines[0].lstrip("# ")
    return found


def _picture(path: Path, data: str) -> Picture:
    return Picture(_source(path), describe(path, data), with_data(style.read_caption(path), data))


def _source(path: Path) -> str:
    """A file as the source of an image; pictures of faces as JPEG, which is smaller; a chart that is too large as PNG."""
    if path.suffix == ".svg":
        pixels = path.with_suffix(".png")
        if path.stat().st_size > LARGEST and pixels.is_file():
            return _encoded("png", pixels.read_bytes())
        return _encoded("svg+xml", path.read_bytes())
    with Image.open(path) as image:
        picture = image.convert("RGB")
    picture.thumbnail((WIDTH, 10 * WIDTH), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY)
    return _encoded("jpeg", stream.getvalue())


def _encoded(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def overview_of(standing: Standing, profile: Profile) -> Picture:
    """The figure at the top, of one task, drawn for this page."""
    heading = report_tables.title(standing.task)
    with mpl.rc_context():
        style.set_style()
        figure = overview.accuracies(standing, f"{heading}, n = {standing.images}\n{profile.title}")
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None})
        plt.close(figure)
    said = "; ".join(f"{entry.name} {entry.accuracy.percent()}" for entry in standing.entries)
    alt = f"Accuracy of each method with its 95% interval, the best first: {heading}, {standing.images} test pictures, {profile.title}. {said}."
    return Picture(_encoded("svg+xml", stream.getvalue()), alt, heading)
