"""Figures of unequally frequent classes: what each way to learn from them brings, and how far its probabilities can be believed."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from facediag_utils.evaluation.interval import Interval
from facediag_utils.figures.style import COLOURS, finished_panels, legend_below, marker_style, panels
from facediag_utils.figures.uncertainty import errorbars


def ways(
    measures: dict[str, dict[str, Interval]], references: Sequence[str], guessing: float, xlabel: str, title: str
) -> Figure:
    """Shares with 95% intervals, a panel per measure and a row per way; references are squares, below a line.

    Parameters
    ----------
    measures : dict of str to dict of str to Interval
        By the panel's heading and the way, 0..1; the same ways in each, references last.
    references : sequence of str
        Which of them are no ways, but other training sets.
    guessing : float
        What guessing gives, drawn dotted.
    xlabel, title : str
    """
    names = list(next(iter(measures.values())))
    size = (2.3 + 2.75 * len(measures), 1.5 + 0.34 * len(names))
    figure, axes = plt.subplots(1, len(measures), figsize=size, sharex=True, sharey=True, squeeze=False)
    for axis, (heading, of_way) in zip(axes[0], measures.items(), strict=True):
        axis.axvline(100 * guessing, color=COLOURS[4], linewidth=0.8, linestyle=":")
        axis.axhline(len(names) - len(references) - 0.5, color=COLOURS[4], linewidth=0.8)
        for y, name in enumerate(names):
            value, reach = errorbars([of_way[name]])
            mark: dict[str, Any] = marker_style(1 if name in references else 0)
            axis.errorbar(value, y, xerr=reach, capsize=2.5, markersize=5, linewidth=1.2, **mark)
        axis.set_title(heading, fontsize=9)
        axis.set_xlabel(xlabel, fontsize=9)
    axes[0, 0].set_yticks(range(len(names)), names, fontsize=9)
    axes[0, 0].invert_yaxis()
    return finished_panels(figure, title)


def reliability(
    curves: dict[str, dict[str, list[tuple[Interval, float]]]], notes: dict[str, str], title: str
) -> Figure:
    """Reliability diagrams, a panel per way: how sure the answers were against how often they were right, 95% intervals.

    Parameters
    ----------
    curves : dict of str to dict of str to list of (Interval, float)
        By way and kind of weighting, as `facediag_utils.evaluation.imbalance_results.reliability` gives them.
    notes : dict of str to str
        By way, what is said below its name.
    title : str
    """
    figure, axes = panels(len(curves), (3.2, 3.9))
    for axis, (name, kinds) in zip(axes.flat, curves.items(), strict=False):
        axis.plot([0, 100], [0, 100], color=COLOURS[4], linewidth=0.8, linestyle=":")
        for k, (kind, points) in enumerate(kinds.items()):
            shares, reach = errorbars(share for share, _ in points)
            sure = [100 * mean for _, mean in points]
            fill = {"markerfacecolor": "white"} if k else {}
            axis.errorbar(
                sure, shares, yerr=reach, capsize=2, linewidth=0.9, markersize=5, label=kind, **marker_style(k), **fill
            )
        axis.set_title(f"{name}\n{notes[name]}", fontsize=9)
        axis.set(xlim=(-2, 102), ylim=(-2, 102), xticks=range(0, 101, 25), yticks=range(0, 101, 25))
        axis.set_box_aspect(1)
    for axis in axes[-1]:
        axis.set_xlabel("largest probability, mean (%)", fontsize=9)
    for axis in axes[:, 0]:
        axis.set_ylabel("right (%), 95% interval", fontsize=9)
    legend_below(figure, *axes.flat[0].get_legend_handles_labels(), title="test images", title_fontsize=9)
    return finished_panels(figure, title)
