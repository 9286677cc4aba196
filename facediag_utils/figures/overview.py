"""The one figure at the top of the report: how often each method of a task is right, and how sure that is."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from facediag_utils.evaluation.standing import Standing
from facediag_utils.figures.style import COLOURS, class_title, finished
from facediag_utils.figures.uncertainty import errorbars

LETTERS = 9.0  # points: on a phone the figure is as wide as the window


def accuracies(standing: Standing, title: str) -> Figure:
    """Accuracy of each method with its 95% interval, the best first; each name stands above its own interval.

    Hollow: the epoch was chosen on the test images.  Dashed: always to say the most frequent class.

    Parameters
    ----------
    standing : Standing
    title : str
        Names the data, too.
    """
    entries = standing.entries
    figure, axis = plt.subplots(figsize=(4.7, 1.0 + 0.36 * len(entries)))
    values, reach = errorbars(entry.accuracy for entry in entries)
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "fontsize": LETTERS}
    on_white: dict[str, Any] = {
        "facecolor": "white",
        "edgecolor": "none",
        "pad": 0.6,
    }  # the dashed line stays behind the names
    for k, entry in enumerate(entries):
        colour, fill = (COLOURS[0], COLOURS[0]) if entry.fair else (COLOURS[4], "white")
        bar: dict[str, Any] = {
            "fmt": "o",
            "color": colour,
            "markerfacecolor": fill,
            "markersize": 5,
            "capsize": 3,
            "linewidth": 1.4,
        }
        axis.errorbar(values[k], k, xerr=reach[:, k : k + 1], **bar)
        axis.annotate(entry.name, (0, k - 0.3), va="bottom", bbox=on_white, **beside)
        axis.annotate(entry.accuracy.percent(), (1.02, k), va="center", **beside)
    name, share = standing.commonest
    axis.axvline(100 * share, color=COLOURS[6], linestyle="--", linewidth=1, zorder=0)
    said = f"“{class_title(name)}”" if share > 1 / len(standing.counts) else "the same class"
    axis.set_xlabel(
        f"classified correctly (%), 95% interval\ndashed: always {said}, {100 * share:.0f}%",
        loc="left",
        fontsize=LETTERS,
    )
    axis.set(ylim=(len(entries) - 0.5, -1.0), xlim=(0, 100), yticks=[])
    axis.tick_params(labelsize=LETTERS)
    figure.subplots_adjust(left=0.03, right=0.72)
    finished(figure, title, fontsize=10, loc="left")
    axis.spines["left"].set_visible(False)
    return figure
