"""One style for all figures: colour-blind safe (Okabe and Ito 2008), readable in grey; a figure becomes files with a caption."""

import base64
import html
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image
from seaborn.utils import relative_luminance

from facediag_utils.core.files import atomic_write
from facediag_utils.core.profiles import Profile
from facediag_utils.data.paper import TITLES
from facediag_utils.evaluation.metrics import short_names

#: Okabe-Ito colours and marker shapes, so that classes differ without colour too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#555555", "#56B4E9", "#D55E00", "#F0E442")
MARKERS = ("o", "s", "^", "D", "X", "v", "P", "*")
LINES = ("-", "--", ":", "-.")
LEAST_WIDTH = 350  # pixels: a wide figure is scrolled in a narrow window, not shrunk until its letters cannot be read


def marker_style(k: int) -> dict[str, str]:
    """Colour and marker of the k-th of many: 64 pairs, of which the first eight differ in both."""
    return {"color": COLOURS[k % 8], "marker": MARKERS[(k + k // 8) % 8]}


def set_style() -> None:
    """Use the package's look for all figures that follow in this process, and show tables' cells whole."""
    pd.set_option("display.max_colwidth", None)
    sns.set_theme(context="notebook", style="ticks", palette=list(COLOURS))
    mpl.rcParams.update(
        {
            "figure.dpi": 100,
            "savefig.dpi": 150,
            "savefig.bbox": "tight",
            "font.size": 10,
            "axes.titlesize": 11,
            "axes.labelsize": 10,
            "legend.fontsize": 9,
            "svg.hashsalt": "facediag",
            "svg.fonttype": "none",
        }
    )


def finished(figure: Figure, title: str, **text: Any) -> Figure:
    """A figure of one panel with its title, and no lines above and at the right; ``text`` as Matplotlib takes it."""
    figure.axes[0].set_title(title, **text)
    sns.despine(figure)
    return figure


def finished_panels(figure: Figure, title: str, size: int = 10) -> Figure:
    """A figure of several panels likewise, its title above all of them."""
    sns.despine(figure)
    title_within(figure, title, size)
    figure.tight_layout()
    return figure


def title_within(figure: Figure, title: str, size: int = 10) -> None:
    """A title for all panels, for which ``tight_layout`` leaves room: in tall figures Matplotlib's own place is too low."""
    figure.suptitle(title, fontsize=size, y=max(0.98, 1 - 0.2 / figure.get_figheight()))


def title_on_top(figure: Figure, title: str, size: int = 10) -> None:
    """A title above all that is there."""
    figure.suptitle(title, fontsize=size, y=1, va="bottom")


def panels(count: int, each: tuple[float, float], across: int = 3) -> tuple[Figure, np.ndarray]:
    """A figure and its axes, (rows, across), for so many panels of a size, (width, height) in inches; what is left over is empty.

    Figures wider than some ten inches are scaled down on a page until their letters cannot be read."""
    across = min(count, across)
    rows = -(-count // across)
    figure, axes = plt.subplots(rows, across, figsize=(each[0] * across, each[1] * rows), squeeze=False)
    for axis in axes.flat[count:]:
        axis.set_axis_off()
    return figure, axes


def text_width(words: Sequence[str], points: float) -> float:
    """Inches that the longest of some words takes, about."""
    return 0.6 * points / 72 * max(len(line) for text in words for line in text.split("\n"))


def legend_below(figure: Figure, handles: Sequence[Any], names: Sequence[str], **text: Any) -> None:
    """One legend for all panels, below them, in as many columns as there is room for; ``text`` as Matplotlib takes it."""
    columns = int(max(8, figure.get_figwidth()) / (text_width(names, 9) + 0.55))
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "ncols": min(max(columns, 1), len(names))}
    figure.legend(handles, names, frameon=False, fontsize=9, **place, **text)


def first_of(names: Sequence[str], most: int, kind: str = "classes") -> tuple[list[str], str]:
    """The first so many names, for which a figure has room, and what its title says then: "; the first 8 of 50 classes".

    Nothing is said if these are all."""
    return list(names[:most]), f"; the first {most} of {len(names)} {kind}" if len(names) > most else ""


def heatmap(values: pd.DataFrame, axis: Axes, **given: Any) -> None:
    """Seaborn's heat map, with letters black or white by which has more contrast with their ground (WCAG 2): at least 4.5."""
    sns.heatmap(values, ax=axis, **given)
    grounds = np.reshape(axis.collections[-1].get_facecolor(), (*values.shape, 4))
    for text in axis.texts:
        column, row = (int(place) for place in text.get_position())
        text.set_color("black" if relative_luminance(grounds[row, column]) > 0.179 else "white")


def save(
    figure: Figure, profile: Profile, name: str, caption: str = "", formats: Sequence[str] = ("png", "svg")
) -> None:
    """Write ``runs/<profile>/figures/<name>`` in each format, with its caption in the file's metadata, for the report.

    The files hold no dates, so that equal figures are equal files.  Figures made of photographs are saved as PNG only.
    """
    frame = _frame(figure)
    for suffix in formats:
        metadata = {"Date" if suffix == "svg" else "Software": None} | ({"Title": caption} if caption else {})
        with atomic_write(profile.figures / f"{name}.{suffix}") as partial:
            figure.savefig(partial, metadata=metadata, bbox_inches=frame)


def as_html(figure: Figure, alt: str) -> str:
    """A figure as an image in a page, with a text for who does not see it; the figure is closed."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110)
    plt.close(figure)
    with Image.open(stream) as image:
        width = image.width
    return image_html(stream.getvalue(), "png", alt, width / 110 * 96)


def image_html(content: bytes, kind: str, alt: str, width: float) -> str:
    """The bytes of an image file, "png" or "jpeg", in a page."""
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    size = f"width: {width:.0f}px; max-width: 100%; min-width: {min(width, max(LEAST_WIDTH, 0.6 * width)):.0f}px"
    return f'<div class="picture" style="overflow-x: auto"><img src="{source}" alt="{html.escape(alt, quote=True)}" style="{size}"></div>'


def _frame(figure: Figure) -> Bbox:
    """What is saved of a figure, in inches: all that is drawn, and a margin, as ``bbox_inches="tight"`` finds it for PNG.

    Found once for all formats: it takes as long as drawing.  Letters in SVG are as wide to within a point."""
    shown = figure.dpi
    figure.dpi = mpl.rcParams["savefig.dpi"]
    figure.draw_without_rendering()
    # It is laid out now: to do so again takes as long as drawing, and a constrained layout moves a little each time.
    figure.set_layout_engine(None)
    frame = figure.get_tightbbox().padded(mpl.rcParams["savefig.pad_inches"])
    figure.dpi = shown
    return frame


def read_caption(path: Path) -> str:
    """The caption that `save` gave a figure; the name of the file if it gave none."""
    if path.suffix == ".svg":
        caption = ElementTree.parse(path).findtext("{http://www.w3.org/2000/svg}title")
    else:
        with Image.open(path) as image:
            caption = image.info.get("Title")
    return caption or path.stem


def class_title(name: str) -> str:
    """A class as a person reads it."""
    return TITLES.get(name, name.replace("_", " "))


def short_class(label: str) -> str:
    """The paper's short name of a class, "D1", or the class as a person reads it."""
    short = short_names([label])[0]
    return short if short != label else class_title(label)


def named_class(label: str) -> str:
    """A class with the paper's short name, if it has one: "D1 Beta-thalassemia"."""
    short = short_class(label)
    return f"{short} {class_title(label)}" if short != class_title(label) else short


def figure_paths(profile: Profile) -> list[Path]:
    """All figures of a profile, by name."""
    return sorted(path for path in profile.figures.glob("[!.]*") if path.suffix in {".png", ".svg"})
