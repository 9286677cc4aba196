"""What pretraining brings, in two figures: networks by what they were trained on, and one network with one thing changed."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facediag_utils.evaluation.interval import Interval
from facediag_utils.figures.style import COLOURS, finished, finished_panels
from facediag_utils.figures.uncertainty import errorbars
from facediag_utils.networks.records import FACES, NOTHING, OBJECTS

#: Marks of what a network was trained on: they differ in shape, and in grey.
LOOKS: dict[str, dict[str, Any]] = {
    FACES: {"color": COLOURS[0], "marker": "o", "label": "trained on faces"},
    OBJECTS: {"color": COLOURS[1], "marker": "s", "label": "trained on objects"},
    NOTHING: {"color": COLOURS[4], "marker": "^", "markerfacecolor": "white", "label": "untrained copy"},
}


def accuracy_and_distance(table: pd.DataFrame, guessing: float, title: str, relation: str = "") -> Figure:
    """Left, accuracy with 95% intervals by what networks were trained on; right, accuracy against the distance of their
    source-like faces from the target faces, numbered as at the left.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a network: ``title``, ``trained_for`` (a key of `LOOKS`), ``accuracy`` (`Interval`, 0..1) and, for the right panel,
        ``distance`` (`facediag_utils.evaluation.domain_distance.Distance`).
    guessing : float
        Accuracy of guessing, 0..1.
    title : str
    relation : str
        What stands above the right panel.
    """
    ranked = table.assign(kind=[list(LOOKS).index(name) for name in table["trained_for"]])
    ranked = ranked.assign(value=[-share.value for share in table["accuracy"]])
    ranked = ranked.sort_values(["kind", "value"], ignore_index=True)
    both = "distance" in table
    size = (11.5 if both else 6.5, 1.6 + 0.3 * max(len(table), 8 if both else 0))
    figure, axes = plt.subplots(1, 1 + both, figsize=size, squeeze=False)
    _accuracies(axes[0, 0], ranked, guessing)
    if both:
        _distances(axes[0, 1], ranked, relation)
    finished_panels(figure, title, size=11)
    if both:
        _number(axes[0, 1], ranked)
    return figure


def _accuracies(axis: Axes, ranked: pd.DataFrame, guessing: float) -> None:
    place = np.arange(len(ranked)) + 0.6 * ranked["kind"].to_numpy()
    for kind, rows in ranked.groupby("trained_for", sort=False):
        value, reach = errorbars(rows["accuracy"])
        axis.errorbar(value, place[rows.index], xerr=reach, linestyle="none", capsize=2.5, **LOOKS[str(kind)])
    axis.axvline(100 * guessing, color=COLOURS[4], linewidth=0.8, linestyle=":", label="guessing")
    axis.set_yticks(place, [f"{name}  {k + 1}" for k, name in enumerate(ranked["title"])])
    axis.set(xlabel="accuracy (%), mean over splits and corrected 95% interval", xlim=(0, 102))
    axis.invert_yaxis()
    axis.legend(frameon=False, fontsize=8, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))


def _distances(axis: Axes, ranked: pd.DataFrame, relation: str) -> None:
    for kind, rows in ranked.groupby("trained_for", sort=False):
        value, _ = errorbars(rows["accuracy"])
        across = [distance.value for distance in rows["distance"]]
        spread = [distance.spread for distance in rows["distance"]]
        axis.errorbar(across, value, xerr=spread, linestyle="none", elinewidth=0.7, **LOOKS[str(kind)])
    axis.set(xlabel="proxy A-distance, source-like to target faces\n(0: alike, 2: always told apart; mean and s.d.)")
    widest = max(distance.value + distance.spread for distance in ranked["distance"])
    axis.set(ylabel="accuracy (%), mean over splits", ylim=(0, 102), xlim=(-0.08, min(2.08, 1.1 * widest + 0.1)))
    axis.set_title(relation, fontsize=10)


def _number(axis: Axes, ranked: pd.DataFrame) -> None:
    """The numbers of the left panel beside the points, as near as they touch neither other points nor other numbers."""
    points = np.array([(row.distance.value, 100 * row.accuracy.value) for row in ranked.itertuples()])
    taken = axis.transData.transform(points)
    turns = np.deg2rad([60, 120, 240, 300, 90, 270, 30, 150, 210, 330])  # the spread lies across
    inch = axis.figure.dpi
    offsets = (
        np.array([(radius * np.cos(a), radius * np.sin(a)) for radius in (0.16, 0.24, 0.32) for a in turns]) * inch
    )
    room = np.array([0.17, 0.14]) * inch  # of a number of two digits
    for k, point in enumerate(points):
        wanted = taken[k] + offsets
        others = np.delete(taken, k, axis=0)
        free = (np.abs(wanted[:, None] - others[None]) / room).max(axis=2).min(axis=1, initial=np.inf)
        best = wanted[int(np.argmax(np.minimum(free, 1)))]
        taken = np.vstack([taken, best])
        line = {"arrowstyle": "-", "linewidth": 0.4, "color": COLOURS[4], "shrinkA": 4, "shrinkB": 4}
        x, y = axis.transData.inverted().transform(best)
        axis.annotate(str(k + 1), point, (x, y), ha="center", va="center", fontsize=8, arrowprops=line)


def changes(found: dict[str, dict[str, Interval]], title: str) -> Figure:
    """Differences of accuracy, in points with 95% intervals, by kind of change and change; zero is the network as it was.

    Parameters
    ----------
    found : dict of str to dict of str to Interval
        Differences, -1..1.
    """
    rows = [(kind, name, share) for kind, named in found.items() for name, share in named.items()]
    place = np.arange(len(rows)) + 0.5 * np.array([list(found).index(kind) for kind, _, _ in rows])
    figure, axis = plt.subplots(figsize=(7.2, 1.3 + 0.3 * len(rows) + 0.15 * len(found)))
    value, reach = errorbars(share for _, _, share in rows)
    axis.errorbar(value, place, xerr=reach, fmt="o", color=COLOURS[0], capsize=2.5)
    axis.axvline(0, color=COLOURS[4], linewidth=0.8, linestyle=":")
    for y, (_, _, share) in zip(place, rows, strict=True):
        axis.annotate(share.points(), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axis.set_yticks(place, [f"{kind}: {name}" for kind, name, _ in rows])
    axis.set_xlabel("difference of accuracy (points), corrected 95% interval")
    axis.invert_yaxis()
    return finished(figure, title, fontsize=10)
