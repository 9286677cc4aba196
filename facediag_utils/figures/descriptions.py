"""A figure in words, for readers who do not see it: what its own letters say of panels, axes and legend."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from facediag_utils.figures.style import read_caption

_G, _TEXT = "{http://www.w3.org/2000/svg}g", "{http://www.w3.org/2000/svg}text"
MOST = 8  # entries of a legend


def describe(path: Path, data: str) -> str:
    """The alternative text of a figure: its kind, its caption, its data; of a chart also its title, axes and legend.

    Parameters
    ----------
    path : Path
        As `facediag_utils.figures.style.save` wrote it: a figure without SVG is made of pictures of faces.
    data : str
        What it was made from.
    """
    caption = read_caption(path)
    if path.suffix != ".svg":
        return with_data(f"Pictures of faces: {caption}", data)
    figure = next(element for element in parse(path).iter(_G) if element.get("id") == "figure_1")
    panels = [part for part in _groups(figure, "axes_") if next(_groups(part, "matplotlib.axis_"), None) is not None]
    kind = f"Chart of {len(panels)} panels" if len(panels) > 1 else "Chart"
    parts = {"Title": _words(figure), "Horizontally": [], "Vertically": [], "Legend": []}
    for legend in (each for part in (figure, *panels) for each in _groups(part, "legend_")):
        parts["Legend"] += _words(legend)
    for panel in panels:
        for side, axis in zip(("Horizontally", "Vertically"), _groups(panel, "matplotlib.axis_"), strict=False):
            parts[side] += _words(axis)
    told = [f"{name}: {_listed(words)}" for name, words in parts.items() if words]
    return with_data(_sentences(f"{kind}: {caption}", *told), data)


def with_data(caption: str, data: str) -> str:
    """A caption and what the figure was made from, unless the caption says that itself."""
    return _sentences(caption, *([] if "Data: " in caption else [f"Data: {data}"]))


def _groups(parent: Element, beginning: str) -> Iterator[Element]:
    """Groups right below another one, by the beginning of the name that Matplotlib gives them."""
    return (part for part in parent.findall(_G) if (part.get("id") or "").startswith(beginning))


def _words(parent: Element) -> list[str]:
    """Texts right below a group, each on one line: of a figure its title, of an axis its label."""
    lines = (" ".join("".join(text.itertext()) for text in group.iter(_TEXT)) for group in _groups(parent, "text_"))
    return [re.sub(r"\s+", " ", line).strip() for line in lines]


def _sentences(*texts: str) -> str:
    return " ".join(text if text.endswith(("?", ".")) else f"{text}." for text in texts)


def _listed(words: list[str]) -> str:
    different = list(dict.fromkeys(words))
    more = f"; and {len(different) - MOST} more" if len(different) > MOST else ""
    return "; ".join(different[:MOST]) + more
