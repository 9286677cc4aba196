"""Sliders and the figure that follows them, where somebody looks at the notebook; elsewhere nothing, and a figure of several positions
stands beside them.

Without a kernel (on GitHub, in a report) a widget is an error message at best, and its state would be part of the notebook."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from facediag_utils.figures.style import as_html


@dataclass(frozen=True)
class Slider:
    """One thing that can be moved, by mouse or arrow keys.

    Attributes
    ----------
    label : str
        What stands at its left.
    values : dict of str to object
        Its positions, by what stands at its right: with the unit.
    start : int
        Which position it begins at.
    """

    label: str
    values: Mapping[str, Any]
    start: int = 0


def live() -> bool:
    """Whether this cell was run by somebody in a page or an editor, and not by a program that executes notebooks.

    The front ends of people let a kernel ask for input; nbconvert, papermill and nbval do not."""
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    return bool(kernel and kernel.get_parent("shell").get("content", {}).get("allow_stdin"))


def panel(draw: Callable[..., tuple[Figure, str]], **sliders: Slider) -> Any:
    """Sliders, below them the state in words, and below that the figure.

    Parameters
    ----------
    draw : callable
        From the sliders' values, by name, to a figure and the same in words.
    **sliders : Slider
    """
    import ipywidgets as widgets

    wide = {"style": {"description_width": "initial"}, "layout": {"width": "min(98%, 36em)"}}
    moved = {
        name: widgets.SelectionSlider(options=list(one.values.items()), index=one.start, description=one.label, **wide)
        for name, one in sliders.items()
    }
    words, picture = widgets.HTML(), widgets.HTML()

    def follow(_: Any = None) -> None:
        figure, said = draw(**{name: slider.value for name, slider in moved.items()})
        words.value = f'<p role="status" style="line-height: 1.4">{html.escape(said)}</p>'
        picture.value = as_html(figure, said)

    for slider in moved.values():
        slider.observe(follow, "value")
    follow()
    return widgets.VBox([*moved.values(), words, picture])


def show(draw: Callable[..., tuple[Figure, str]], **sliders: Slider) -> None:
    """`panel` where somebody looks at the notebook, nothing elsewhere; parameters as there."""
    if live():
        from IPython.display import display

        display(panel(draw, **sliders))
