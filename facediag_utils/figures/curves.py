"""Curves, matrices and dots, in the style of `style`: choice of C, training (Fig. 3), confusion (4, 6), ROC (5), distance."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from facediag_utils.data.cohort import group_title
from facediag_utils.evaluation.domain_distance import Distance
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.roc_analysis import Roc
from facediag_utils.figures.style import (
    COLOURS,
    LINES,
    class_title,
    finished,
    finished_panels,
    heatmap,
    legend_below,
    marker_style,
    named_class,
    panels,
    short_class,
    text_width,
)
from facediag_utils.methods.recipe import Tuned
from facediag_utils.methods.svm import Fitted


def penalty_curve(fits: dict[str, Fitted], title: str) -> Figure:
    """Cross-validated accuracy (mean and standard deviation over folds) against the SVM's C; the chosen C is ringed."""
    figure, axis = plt.subplots(figsize=(5.6, 3.6))
    for k, (name, fitted) in enumerate(fits.items()):
        penalties, means, spreads = np.array(fitted.searched).T * [[1], [100], [100]]
        colour = marker_style(k)["color"]
        axis.fill_between(penalties, means - spreads, means + spreads, color=colour, alpha=0.15, linewidth=0)
        axis.semilogx(penalties, means, linestyle=LINES[k % 4], label=name, **marker_style(k))
        best = int(np.argmin(np.abs(penalties - fitted.penalty)))
        axis.plot(penalties[best], means[best], "o", markersize=14, markerfacecolor="none", color=colour)
    axis.set(xlabel="C, penalty of eq. (10) (no unit)", ylabel="accuracy, 5-fold CV (%),\nmean and s.d. over folds")
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return finished(figure, title)


def confusion_matrices(
    matrices: dict[str, pd.DataFrame], data: str, accuracies: dict[str, Interval] | None = None
) -> Figure:
    """Confusion matrices, up to three a row: rows predicted and columns actual as in the paper's Figures 4 and 6.

    Above each stands its accuracy: as given, or from its counts with the 95% Wilson interval.  Mean counts of several
    trainings have a decimal.  Of more than 12 classes cells are small, counts are whole and zeros are left blank."""
    size = max(matrix.shape[1] for matrix in matrices.values())
    cell = max(0.2, min(0.55, 7 / size))  # inches
    letters = min(9.0, 30 * cell)
    labels = [label for matrix in matrices.values() for label in _columns_of(matrix)]
    turned = text_width(labels, letters) > cell
    each = np.full(2, 1.45 + cell * size)
    if turned:  # the names need room beside the cells and, with the numbers, below them
        beside = [text_width(labels, letters), text_width([label.replace("\n", " ") for label in labels], letters)]
        each = 1.35 + min(cell, 0.42) * size + np.array(beside)
    figure, axes = panels(len(matrices), tuple(each), across=max(1, min(3, int(13 / each[0]))))
    for axis, (name, matrix) in zip(axes.flat, matrices.items(), strict=False):
        draw_matrix(axis, matrix, size > 12, letters if turned else 10)
        axis.set_aspect(
            "auto" if turned else "equal"
        )  # `tight_layout` misjudges the room of upright names below squares
        down = [short_class(label) for label in matrix.index]
        axis.set_yticks(np.arange(len(down)) + 0.5, down, rotation=0, fontsize=letters)
        across = [label.replace("\n", " " if turned else "\n") for label in _columns_of(matrix)]
        axis.set_xticks(np.arange(len(across)) + 0.5, across, rotation=90 * turned, fontsize=letters)
        right = int(sum(matrix.loc[label, label] for label in matrix.columns))
        share = (accuracies or {}).get(name) or wilson_interval(right, int(matrix.to_numpy().sum()))
        axis.set_title(f"{name}\n{share}", fontsize=10)
    figure.text(0.5, 0.0, data, ha="center", fontsize=9)
    figure.tight_layout(rect=(0, min(0.04, 0.35 / figure.get_figheight()), 1, 1))
    return figure


def _columns_of(matrix: pd.DataFrame) -> list[str]:
    """Names of the actual classes, and how many images each has."""
    totals = matrix.sum(axis=0).round().astype(int)
    return [f"{short_class(label)}\n(n={total})" for label, total in totals.items()]


def draw_matrix(axis: Axes, matrix: pd.DataFrame, many: bool, letters: float) -> None:
    """Counts, shaded by their share of the actual class (column)."""
    text = matrix.map(lambda count: f"{count:.{0 if many else 1}f}".removesuffix(".0"))
    style = {"cmap": "Blues", "vmin": 0, "vmax": 1, "cbar": False, "linewidths": 0.5}
    style |= {"linecolor": "white", "annot_kws": {"fontsize": letters}, "fmt": ""}
    shares = matrix / matrix.sum(axis=0).replace(0, 1)
    heatmap(shares, axis, annot=text.where((matrix >= 0.5) | (not many), ""), **style)
    axis.set(xlabel="actual", ylabel="predicted")


def training_curves(runs: dict[str, Sequence[Tuned]], validation: str, classes: int, title: str) -> Figure:
    """Objective, top-1 and top-3 error by epoch (Figure 3), a row a kind of training.

    Of several trainings that differ in their seed only a row shows the mean and a band from the lowest to the highest.
    The half over which weights are averaged is shaded; the epoch with the lowest error on the validation images is
    marked, of each training.

    Parameters
    ----------
    runs : dict of str to sequence of Tuned
    validation : str
        What the validation images are: "test images", "held-out training images".
    classes : int
        For the level of guessing.
    title : str
    """
    shown = {"objective": ("Objective", "mean loss (eq. 7)"), "top1": ("Top-1 error", "%")}
    if classes > 3:  # of two classes, top 3 are all
        shown["top3"] = ("Top-3 error", "%")
    guessing = {"objective": np.log(classes), "top1": 100 * (1 - 1 / classes), "top3": 100 * max(0, 1 - 3 / classes)}
    size = (3.4 * len(shown) + 2.2, 2.7 * len(runs) + 0.6)
    figure, axes = plt.subplots(len(runs), len(shown), figsize=size, squeeze=False, sharex="row", sharey="col")
    for line, (name, trainings) in enumerate(runs.items()):
        curves = pd.concat([tuned.curves() for tuned in trainings])
        several = f": mean and range of {len(trainings)} trainings" if len(trainings) > 1 else ""
        for axis, (column, (heading, unit)) in zip(axes[line], shown.items(), strict=True):
            for k, (part, images) in enumerate(zip(("train", "validation"), trainings[0].images, strict=True)):
                rows = curves[curves["part"] == part].groupby("epoch")[column]
                values = rows.agg(["mean", "min", "max"]) * (1 if column == "objective" else 100)
                label, colour = f"{('training images', validation)[k]} (n = {images})", COLOURS[(0, 6)[k]]
                axis.plot(values.index, values["mean"], LINES[k] + "o" * (len(values) == 1), color=colour, label=label)
                if several:
                    axis.fill_between(values.index, values["min"], values["max"], color=colour, alpha=0.2, linewidth=0)
            axis.axhline(guessing[column], color=COLOURS[4], linewidth=0.8, linestyle=":", label="guessing")
            for k, tuned in enumerate(trainings):
                once = "" if k else f"lowest error on {validation}"
                axis.axvline(tuned.best_epoch, color=COLOURS[4], linewidth=0.8, label=once)
            averaged = (trainings[0].averaged_from - 0.5, trainings[0].epochs + 0.5)
            if averaged[0] < averaged[1]:  # not of one that is still in its first half
                axis.axvspan(*averaged, color="0.93", zorder=0, label="weights are averaged")
            axis.set(xlabel="epoch", ylabel=f"{heading}, {unit}")
            axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axis.set_title(name + several if column == "objective" else "", loc="left", fontsize=10)
        axes[line, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    for axis in axes[0]:  # the others share its scale
        axis.set_ylim(bottom=0)
    return finished_panels(figure, title, size=11)


def roc_curves(curves: dict[str, dict[str, Roc]], title: str) -> Figure:
    """ROC curves (Figure 5), a panel per network, a line per method; the area with DeLong's 95% interval in the legend."""
    figure, axes = panels(len(curves), (4.6, 4.9), across=2)
    for axis, (network, methods) in zip(axes.flat, curves.items(), strict=False):
        axis.plot([0, 100], [0, 100], color=COLOURS[4], linewidth=0.8, linestyle=(0, (1, 3)))
        for k, (method, roc) in enumerate(methods.items()):
            label = f"{method}: AUC {roc.area.plain()}"
            style = {"color": COLOURS[(0, 6, 2, 3)[k % 4]], "linestyle": (":", "-", "--", "-.")[k % 4], "linewidth": 2}
            axis.plot(100 * roc.false_positive, 100 * roc.true_positive, label=label, **style)
        axis.set(xlabel="false positive rate (%)", ylabel="true positive rate (%)", aspect="equal")
        axis.set_title(f"{network}\n{roc.positives} positive, {roc.negatives} negative test images", fontsize=10)
        axis.legend(loc="lower right", frameon=False, fontsize=8)
    return finished_panels(figure, title)


def distances(values: dict[str, dict[str, Distance]], counts: Sequence[str], title: str) -> Figure:
    """Proxy A-distances, rows of markers for each pair of sets, one per network; hollow: the same images mixed at random.

    ``counts`` are the rows' labels, with the numbers of images."""
    room = len(values) + 1  # rows of markers, and one left free
    figure, axis = plt.subplots(figsize=(6.8, 0.19 * room * len(counts) + 1.1))
    for k, (network, found) in enumerate(values.items()):
        heights = np.arange(len(found)) + (k - (len(values) - 1) / 2) / room
        style: dict[str, Any] = {"linestyle": "none", "markersize": 5, **marker_style(k)}
        means = [distance.value for distance in found.values()]
        axis.errorbar(means, heights, xerr=[d.spread for d in found.values()], capsize=2, label=network, **style)
        mixed = [distance.shuffled for distance in found.values()]
        axis.plot(mixed, heights, markerfacecolor="none", **style)
    axis.plot([], [], "o", color=COLOURS[4], markerfacecolor="none", label="hollow: mixed at random")
    for between in np.arange(1, len(counts)) - 0.5:
        axis.axhline(between, color="0.85", linewidth=0.8, zorder=0)
    axis.set(yticks=range(len(counts)), yticklabels=counts, xlim=(-0.05, 2.05), ylim=(-0.5, len(counts) - 0.5))
    meaning = "proxy A-distance (0: alike, 2: always told apart)"
    axis.set_xlabel(f"{meaning},\nmean and s.d. over repeats of cross-validation")
    axis.invert_yaxis()
    handles, names = axis.get_legend_handles_labels()
    axis.legend(
        handles[1:] + handles[:1], names[1:] + names[:1], loc="center left", bbox_to_anchor=(1, 0.5), frameon=False
    )
    return finished(figure, title, fontsize=10)


def table_bars(counts: pd.DataFrame, title: str) -> Figure:
    """Stacked horizontal bars: images a class by group (columns), with the counts written in."""
    figure, axis = plt.subplots(figsize=(7, 0.5 * len(counts) + 1.1))
    left = np.zeros(len(counts))
    hatches = ("", "//", "..", "xx", "\\\\")
    names = [named_class(name) for name in counts.index]
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    for k, column in enumerate(counts.columns):
        style: dict[str, Any] = {"color": marker_style(k)["color"], "hatch": hatches[k % 5], "edgecolor": "white"}
        bars = axis.barh(names, counts[column], left=left, label=group_title("ancestry", column), **style)
        axis.bar_label(bars, label_type="center", color="black", fontsize=9, bbox=box)
        left += counts[column].to_numpy()
    axis.invert_yaxis()
    axis.set_xlabel("images")
    axis.legend(title="ancestry", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return finished(figure, title)


def answers_without_signs(answers: pd.DataFrame, classes: Sequence[str], title: str) -> Figure:
    """What a classifier says of ill faces with their signs and without them: bars by disease.

    Parameters
    ----------
    answers : pandas.DataFrame
        A row an ill face: ``label``, ``with_signs``, ``without``, the two answers.
    """
    ill = [name for name in classes if name in set(answers["label"])]
    figure, axes = plt.subplots(1, len(ill), figsize=(2.5 * len(ill) + 1, 3.4), sharey=True, squeeze=False)
    said = [*classes, *sorted(set(answers[["with_signs", "without"]].to_numpy().ravel()) - set(classes))]
    places = np.arange(len(said))
    for axis, name in zip(axes[0], ill, strict=True):
        rows = answers[answers["label"] == name]
        for shift, column, colour, hatch in ((-0.2, "with_signs", COLOURS[0], ""), (0.2, "without", COLOURS[1], "///")):
            share = [100 * (rows[column] == answer).mean() for answer in said]
            axis.barh(places + shift, share, 0.4, color=colour, hatch=hatch, edgecolor="white", label=column)
        axis.set(title=f"{class_title(name)}, n = {len(rows)}", xlim=(0, 100), xlabel="answers (%)")
        axis.title.set_fontsize(10)
    axes[0, 0].set_yticks(places, [class_title(answer) for answer in said])
    axes[0, 0].invert_yaxis()
    axes[0, 0].set_ylabel("answer")
    names = ["the face with its signs", "its twin without them"]
    finished_panels(figure, title)
    figure.legend(axes[0, 0].get_legend_handles_labels()[0], names, loc="lower center", ncols=2, frameon=False)
    figure.subplots_adjust(bottom=0.27)
    return figure


def feature_maps(maps: dict[str, np.ndarray], labels: np.ndarray, classes: Sequence[str], title: str) -> Figure:
    """Faces in two dimensions, (n, 2) per network, three networks a row, a marker and colour per class."""
    figure, axes = panels(len(maps), (3.5, 3.3))
    for axis, (name, points) in zip(axes.flat, maps.items(), strict=False):
        for k, label in enumerate(classes):
            chosen = labels == label
            style: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.3, "alpha": 0.8, **marker_style(k)}
            legend = f"{named_class(label)} (n = {chosen.sum()})"
            axis.scatter(points[chosen, 0], points[chosen, 1], s=20, label=legend, **style)
        axis.set(xlabel="t-SNE 1 (no unit)", ylabel="t-SNE 2 (no unit)", xticks=[], yticks=[])
        axis.set_title(name, fontsize=10)
    finished_panels(figure, title)
    legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return figure
