"""Pictures of how sure a number is: intervals one below the other, splits drawn again, reliability, screening, readers."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.roc_analysis import Roc
from facediag_utils.evaluation.screening import PREVALENCES, Point, predictive_values
from facediag_utils.figures.style import (
    COLOURS,
    LINES,
    MARKERS,
    class_title,
    finished,
    finished_panels,
    heatmap,
    marker_style,
    panels,
)

if TYPE_CHECKING:  # torch is not loaded for a name
    from facediag_utils.methods.trained_model import Answer


def severity_curve(severity: np.ndarray, right: np.ndarray, controls: np.ndarray, title: str, bins: int = 5) -> Figure:
    """Share of diseased faces classified correctly, by severity, with 95% Wilson intervals; controls beside.

    Parameters
    ----------
    severity : numpy.ndarray
        (n,), 0..1, of the diseased.
    right, controls : numpy.ndarray
        bool, whether each diseased face, and each control, got its class.
    """
    figure, axis = plt.subplots(figsize=(5.6, 3.6))
    edges = np.quantile(severity, np.linspace(0, 1, bins + 1))
    place = np.clip(np.searchsorted(edges, severity, side="right") - 1, 0, bins - 1)
    points = [(severity[place == k].mean(), right[place == k]) for k in range(bins)]
    points.append((0.0, controls))
    for k, (x, hits) in enumerate(points):
        value, reach = errorbars([wilson_interval(int(hits.sum()), len(hits))])
        own = k == bins  # the controls
        axis.errorbar(x, value, reach, capsize=3, fmt="s" if own else "o", color=COLOURS[1 if own else 0])
        below: dict[str, Any] = {"xytext": (0, -4), "textcoords": "offset points", "ha": "center", "va": "top"}
        axis.annotate(f"n = {len(hits)}", (x, value[0] - reach[0, 0]), **below)
    axis.plot([x for x, _ in points[:-1]], [100 * hits.mean() for _, hits in points[:-1]], color=COLOURS[0])
    axis.annotate("controls", (0, 100 * controls.mean()), xytext=(8, 0), textcoords="offset points", va="center")
    axis.set(ylabel="classified correctly (%), 95% Wilson", xlim=(-0.1, 1.02), ylim=(0, 102))
    axis.set_xlabel("severity of the signs (0 to 1, mean of a fifth of the diseased)")
    return finished(figure, title)


def forest(shares: dict[str, Interval], xlabel: str, title: str, line: tuple[float, str] | None = None) -> Figure:
    """Shares with their 95% intervals, one below the other, and in words beside.

    Parameters
    ----------
    shares : dict of str to Interval
        By what stands at the left.
    line : (float, str), optional
        A share to compare with, and what it is.
    """
    figure, axis = plt.subplots(figsize=(7.2, 0.8 + 0.26 * len(shares)))
    place = np.arange(len(shares))[::-1]
    values, reach = errorbars(shares.values())
    axis.errorbar(values, place, xerr=reach, fmt="o", color=COLOURS[0], markersize=4, capsize=2.5, linewidth=1.2)
    for y, share in zip(place, shares.values(), strict=True):
        axis.annotate(str(share), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=7.5)
    if line is not None:
        axis.axvline(100 * line[0], color=COLOURS[1], linestyle="--", linewidth=1)
        axis.annotate(line[1], (100 * line[0], len(shares) - 0.4), ha="left", va="bottom", fontsize=7.5)
    axis.set_yticks(place, list(shares), fontsize=7.5)
    axis.set(xlabel=xlabel, ylim=(-0.7, len(shares) - 0.3))
    return finished(figure, title, pad=16)


def errorbars(shares: Iterable[Interval]) -> tuple[np.ndarray, np.ndarray]:
    """Values (n,) in per cent, and the reach of their intervals (2, n), as matplotlib takes them."""
    values, low, high = 100 * np.array([tuple(share) for share in shares], float).T
    return values, np.abs(np.stack([values - low, high - values]))


def readers_on_roc(curves: dict[str, Roc], readers: dict[str, tuple[Interval, Interval]], title: str) -> Figure:
    """ROC curves of models, and each reader as a point with its 95% Wilson intervals, as `readers.points` gives them."""
    figure, axis = plt.subplots(figsize=(5.4, 5.2))
    axis.plot([0, 100], [0, 100], color=COLOURS[4], linewidth=0.8, linestyle=(0, (1, 3)))
    for k, (name, curve) in enumerate(curves.items()):
        style: dict[str, Any] = {"color": marker_style(k)["color"], "label": f"{name}: AUC {curve.area.plain()}"}
        axis.plot(100 * curve.false_positive, 100 * curve.true_positive, LINES[k % 4], **style)
    for k, (name, point) in enumerate(readers.items()):
        (x, x_reach), (y, y_reach) = (errorbars([part]) for part in point)
        look = {"color": COLOURS[(k + 1) % 8], "marker": MARKERS[(k + k // 8) % 8]}  # the first colour is the model's
        style = {"linestyle": "none", "elinewidth": 0.7, **look}
        axis.errorbar(x, y, xerr=x_reach, yerr=y_reach, **style, label=name)
    axis.set(xlabel="controls called ill (%)", ylabel="ill called ill, sensitivity (%)", xlim=(-2, 102), ylim=(-2, 102))
    axis.set_aspect("equal")
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
    return finished(figure, title, fontsize=10)


def split_distributions(found: dict[str, tuple[pd.DataFrame, int]], title: str) -> Figure:
    """Test accuracy over splits drawn again, a panel a task and a violin a method, with quartiles; below each, the
    cohort's own split with its 95% Wilson interval.

    Parameters
    ----------
    found : dict of str to (pandas.DataFrame, int)
        By the panel's heading: as `facediag_utils.evaluation.resampled_splits.repeat_split` gives it, and the number of test images.
    """
    rows = max(frame.shape[1] for frame, _ in found.values())
    figure, axes = plt.subplots(1, len(found), figsize=(4.4 * len(found) + 2.2, 0.75 * rows + 1.4), squeeze=False)
    for axis, (heading, (frame, tests)) in zip(axes[0], found.items(), strict=True):
        sns.violinplot(
            100 * frame[1:],
            orient="h",
            inner="quart",
            cut=0,
            density_norm="width",
            color=COLOURS[5],
            linewidth=0.9,
            ax=axis,
        )
        for y, own in enumerate(frame.iloc[0]):
            value, reach = errorbars([wilson_interval(round(own * tests), tests)])
            style: dict[str, Any] = {"color": COLOURS[6], "capsize": 2.5, "markersize": 5}
            axis.errorbar(value, y + 0.46, xerr=reach, fmt="D", label="own split, 95% Wilson", **style)
        axis.set(xlabel="accuracy on the test images (%)", ylabel="")
        axis.set_title(f"{heading}\n{len(frame) - 1} splits, n = {tests} test images each", fontsize=10)
        axis.tick_params(axis="y", labelleft=axis is axes[0][0])
    axes[0][-1].legend(*(part[:1] for part in axes[0][-1].get_legend_handles_labels()), frameon=False, fontsize=8)
    return finished_panels(figure, title, size=11)


def reliability(curves: dict[str, list[tuple[float, int, int]]], brier: dict[str, Interval], title: str) -> Figure:
    """Reliability diagram: the probability that was said against the share that was ill, with 95% Wilson intervals.

    Parameters
    ----------
    curves : dict of str to list of (float, int, int)
        By method, as `facediag_utils.evaluation.screening.reliability` gives them.
    brier : dict of str to Interval
    """
    figure, axes = panels(len(curves), (3.4, 3.9), across=2 if len(curves) == 4 else 3)
    for k, (axis, (name, bins)) in enumerate(zip(axes.flat, curves.items(), strict=False)):
        axis.plot([0, 100], [0, 100], color=COLOURS[4], linewidth=0.8, linestyle=":")
        shares, reach = errorbars(wilson_interval(ill, n) for _, ill, n in bins)
        said = [100 * probability for probability, *_ in bins]
        axis.errorbar(said, shares, yerr=reach, linestyle="none", capsize=2.5, **marker_style(k))
        counts = sorted({n for *_, n in bins})
        number = "-".join(str(n) for n in dict.fromkeys((counts[0], counts[-1])))
        axis.set_title(f"{name}\nBrier {brier[name].plain()}, {number} images per point", fontsize=9)
        axis.set(xlabel="said probability (%)", aspect="equal", xlim=(-4, 104), ylim=(-4, 104))
    for axis in axes[:, 0]:
        axis.set_ylabel("share that was ill (%), 95% Wilson")
    return finished_panels(figure, title)


def predictive_value_curves(points: dict[str, Point], title: str) -> Figure:
    """Positive predictive value against prevalence, both logarithmic, from half (the test set) to the paper's own.

    The bands hold what both Wilson intervals together allow."""
    figure, axis = plt.subplots(figsize=(6.4, 4.2))
    prevalence = np.logspace(-5, np.log10(0.5), 60)
    for k, (name, at) in enumerate(points.items()):
        ppv = np.array([tuple(predictive_values(at, value)["PPV"]) for value in prevalence]) * 100
        colour = marker_style(k)["color"]
        axis.fill_between(100 * prevalence, ppv[:, 1], ppv[:, 2], color=colour, alpha=0.15, linewidth=0)
        axis.plot(100 * prevalence, ppv[:, 0], LINES[k % 4], color=colour, label=name)
    for value in PREVALENCES.values():
        axis.axvline(100 * value, color=COLOURS[4], linewidth=0.8, linestyle=":")
    axis.set(xscale="log", yscale="log", xlim=(6e-4, 60), ylim=(6e-4, 110), xlabel="prevalence (%)")
    axis.set_ylabel("of those called ill, share that is ill:\npositive predictive value (%)")
    named = [name.replace(" (", "\n(").replace(", ", ",\n") for name in PREVALENCES]
    above = axis.secondary_xaxis("top")
    above.set_xticks([100 * value for value in PREVALENCES.values()], named, fontsize=7.5)
    above.set_xticks([], minor=True)
    for text, side in zip(above.get_xticklabels(), ("right", "left", "right", "center"), strict=True):
        text.set(horizontalalignment=side)
    for one in (axis.xaxis, axis.yaxis):
        one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.legend(frameon=False, fontsize=8, loc="lower right")
    return finished(figure, title, fontsize=10)


def pair_matrix(table: pd.DataFrame, names: list[str], title: str) -> Figure:
    """Differences of accuracy of every two methods (row less column, points), bold-framed where Holm's p is below 0.05.

    Parameters
    ----------
    table : pandas.DataFrame
        As `facediag_utils.evaluation.paired_tests.all_pairs` gives it.
    names : list of str
        Methods, in the order of rows.
    """
    differences = pd.DataFrame(np.nan, index=names, columns=names)
    stands = set()
    for row in table.to_dict("records"):
        differences.loc[row["first"], row["second"]] = 100 * row["difference"]
        differences.loc[row["second"], row["first"]] = -100 * row["difference"]
        if row["p_holm"] < 0.05:
            stands |= {(row["first"], row["second"]), (row["second"], row["first"])}
    text = differences.map(lambda value: "" if np.isnan(value) else f"{round(value):+d}")
    figure, axis = plt.subplots(figsize=(4.0 + 0.55 * len(names), 2.6 + 0.42 * len(names)))
    style = {"cmap": "PuOr_r", "center": 0, "vmin": -60, "vmax": 60, "cbar": False, "linewidths": 0.5, "fmt": ""}
    heatmap(differences, axis, annot=text, annot_kws={"fontsize": 8}, **style)
    for one, other in sorted(stands):
        corner = names.index(other) + 0.04, names.index(one) + 0.04
        axis.add_patch(plt.Rectangle(corner, 0.92, 0.92, fill=False, edgecolor="black", linewidth=1.6))
    axis.set_xticks(np.arange(len(names)) + 0.5, [str(k + 1) for k in range(len(names))], rotation=0)
    axis.set_yticks(np.arange(len(names)) + 0.5, [f"{name}  {k + 1}" for k, name in enumerate(names)], fontsize=8)
    axis.set_title(title, fontsize=10, loc="right")
    figure.tight_layout()
    return figure


def answers(shown: "Sequence[Answer]", actual: Sequence[str], title: str) -> Figure:
    """The aligned face with its actual class above it, and below it the likeliest classes with their calibrated scores, or
    the refusal; three pictures a row."""
    rows = -(-len(shown) // 3)
    size = (8.4, 4.3 * rows + 0.4)
    figure, axes = plt.subplots(2 * rows, 3, figsize=size, height_ratios=[1.9, 1] * rows, layout="constrained")
    plt.setp(axes, xticks=[], yticks=[], frame_on=False)
    pairs = zip(axes[0::2].flat, axes[1::2].flat, strict=True)
    for (above, below), answer, label in zip(pairs, shown, actual, strict=False):
        above.set_title(f"actual: {class_title(label)}", fontsize=9)
        if answer.chip is not None:
            above.imshow(answer.chip)
            above.set_anchor("S")
        if answer.refusal:
            said = "\n".join(["no answer:", *wrap(answer.refusal, 30)])
            below.text(0.5, 0.9, said, ha="center", va="top", fontsize=9)
        else:
            _draw_ranked(below, answer.ranked)
    figure.suptitle(title, fontsize=10)
    return figure


def _draw_ranked(axis: Axes, ranked: Sequence[tuple[str, float]], most: int = 5) -> None:
    """Bars with names and scores written on them, so that names of any length leave room for them."""
    for place, (name, score) in enumerate(ranked[:most]):
        axis.barh(place, 100 * score, color=COLOURS[5], height=0.8)
        axis.text(1, place, f"{class_title(name)}  {score:.0%}", va="center", fontsize=9)
    of_many = f" of the {most} likeliest of {len(ranked)}" if len(ranked) > most else ""
    axis.set(xlim=(0, 100), ylim=(most - 0.5, -0.5), xticks=[0, 50, 100])
    axis.set_xlabel(f"calibrated score (%){of_many}", fontsize=9)
    axis.tick_params(labelsize=8)
