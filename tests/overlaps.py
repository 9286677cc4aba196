"""What cannot be read in a figure as it is saved: texts that overlap, that are cut off, or that are too small.

As a script it executes notebooks cell by cell and names the faults of each figure that they save:

    python tests/overlaps.py runs/bundled/notebooks/05_dtl2_features.ipynb ...
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

SMALLEST = 6.0  # points
WIDEST = 16.0  # inches: on a page a wider figure is reduced until its letters cannot be read
DPI, MARGIN = 150, 0.1  # of what is saved; inches
SLACK = 2.0  # pixels: a box holds the heights of "l" and "p", whether or not they occur


@dataclass(frozen=True)
class Seen:
    """A text that was drawn: what it says, its size in points, and where it stands, in pixels."""

    words: str
    points: float
    box: Bbox


@contextmanager
def _recorded(seen: list[Seen]) -> Iterator[None]:
    """Note each text that is drawn."""
    draw = Text.draw

    def noting(text: Text, renderer: Any, *args: Any, **kwargs: Any) -> None:
        draw(text, renderer, *args, **kwargs)
        if text.get_visible() and text.get_text().strip():
            box = Text.get_window_extent(text, renderer)  # of an annotation without its arrow
            seen.append(Seen(text.get_text(), text.get_fontsize(), box))

    Text.draw = noting  # type: ignore[method-assign]
    try:
        yield
    finally:
        Text.draw = draw  # type: ignore[method-assign]


def faults(figure: Figure) -> list[str]:
    """What is wrong with a figure and its texts as `facediag_utils.figures.style.save` writes it as PNG, a line each; none if all
    can be read."""
    texts: list[Seen] = []
    shown, figure.dpi = figure.dpi, DPI
    with _recorded(texts):
        figure.draw_without_rendering()
    page = figure.get_tightbbox()  # inches
    figure.dpi = shown
    wide = [f"{page.width:.1f} inches wide"] if page.width > WIDEST else []
    small = [f"{text.points:.1f} points: {text.words!r}" for text in texts if text.points < SMALLEST]
    edges = DPI * page.padded(MARGIN).extents * (1, 1, -1, -1)
    cut = [f"cut off: {text.words!r}" for text in texts if (text.box.extents * (1, 1, -1, -1) < edges).any()]
    return wide + small + cut + [f"overlap: {one.words!r} and {other.words!r}" for one, other in _overlapping(texts)]


def _overlapping(texts: list[Seen]) -> list[tuple[Seen, Seen]]:
    boxes = np.array([text.box.extents for text in texts]).reshape(-1, 4)
    shared = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    together = (shared > SLACK).all(axis=2)
    return [(texts[a], texts[b]) for a, b in combinations(range(len(texts)), 2) if together[a, b]]


def of_notebook(path: str) -> dict[str, list[str]]:
    """Faults by the name of the figure, of all that a notebook saves; the notebook is executed and nothing of it is written."""
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell

    from facediag_utils.figures import style

    shell, found, write = InteractiveShell.instance(), {}, style.save

    def checking(figure: Figure, profile: Any, name: str, *args: Any, **kwargs: Any) -> None:
        found[name] = faults(figure)
        write(figure, profile, name, *args, **kwargs)

    style.save = checking
    try:
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "code":
                shell.run_cell(cell.source).raise_error()
    finally:
        style.save = write
        shell.reset()
    return found


if __name__ == "__main__":
    for notebook in sys.argv[1:]:
        for figure_name, wrong in of_notebook(notebook).items():
            print(figure_name, *(wrong or ["nothing"]), sep="\n    ", flush=True)
