"""Curves, matrices and dots, in the style of `plots`: choice of C, training (Fig. 3), confusion (4, 6), ROC (5), distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from facediag_utils.divergence import Distance
from facediag_utils.evaluation import Roc, proportion, short_names
from facediag_utils.plots import COLOURS, MARKERS
from facediag_utils.svm import Fitted
from facediag_utils.training import Tuned

LINES = ("-", "--", ":", "-.")


def penalty_curve(fits: dict[str, Fitted], title: str) -> Figure:
    """Cross-validated accuracy (mean and standard deviation over folds) against the SVM's C; the chosen C is ringed."""
    figure, axis = plt.subplots(figsize=(5.6, 3.6))
    for k, (name, fitted) in enumerate(fits.items()):
        penalties, means, spreads = np.array(fitted.searched).T * [[1], [100], [100]]
        axis.fill_between(penalties, means - spreads, means + spreads, color=COLOURS[k], alpha=0.15, linewidth=0)
        line = ("-", "--", ":", "-.")[k % 4]
        axis.semilogx(penalties, means, marker=MARKERS[k], color=COLOURS[k], linestyle=line, label=name)
        best = int(np.argmin(np.abs(penalties - fitted.penalty)))
        axis.plot(penalties[best], means[best], "o", markersize=14, markerfacecolor="none", color=COLOURS[k])
    axis.set(xlabel="C, penalty of eq. (10) (no unit)", ylabel="accuracy, 5-fold CV (%),\nmean and s.d. over folds")
    axis.set_title(title)
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    sns.despine(figure)
    return figure


def confusion_matrices(matrices: dict[str, pd.DataFrame], data: str) -> Figure:
    """Confusion matrices side by side, rows predicted and columns actual as in the paper's Figures 4 and 6.

    Above each stands its accuracy with the 95% Wilson interval."""
    size = max(matrix.shape[1] for matrix in matrices.values())
    each = 1.3 + 0.55 * size
    figure, axes = plt.subplots(1, len(matrices), figsize=(each * len(matrices) + 0.4, each + 0.3), squeeze=False)
    for axis, (name, matrix) in zip(axes[0], matrices.items(), strict=True):
        totals = matrix.sum(axis=0)
        shares = matrix / totals.replace(0, 1)
        sns.heatmap(
            shares,
            annot=matrix,
            fmt="d",
            cmap="Blues",
            vmin=0,
            vmax=1,
            cbar=False,
            square=True,
            linewidths=0.5,
            linecolor="white",
            ax=axis,
        )
        axis.set_xticklabels(
            [f"{short}\n(n={total})" for short, total in zip(short_names(matrix.columns), totals, strict=True)],
            rotation=0,
            fontsize=9,
        )
        axis.set_yticklabels(short_names(matrix.index), rotation=0, fontsize=9)
        right = int(sum(matrix.loc[label, label] for label in matrix.columns))
        axis.set(xlabel="actual", ylabel="predicted")
        share, low, high = (100 * value for value in proportion(right, int(totals.sum())))
        axis.set_title(f"{name}\n{right} of {totals.sum()} right: {share:.1f}% ({low:.0f}-{high:.0f})", fontsize=10)
    figure.text(0.5, 0.0, data, ha="center", fontsize=9)
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    return figure


def training_curves(runs: dict[str, Tuned], validation: str, classes: int, title: str) -> Figure:
    """Objective, top-1 and top-3 error by epoch (Figure 3), a row a training; the epoch that was kept is marked.

    Parameters
    ----------
    runs : dict of str to Tuned
    validation : str
        What the validation images are: "test images", "held-out training images".
    classes : int
        For the level of guessing.
    title : str
    """
    panels = {
        "objective": ("Objective", "mean loss (eq. 7)"),
        "top1": ("Top-1 error", "%"),
        "top3": ("Top-3 error", "%"),
    }
    panels = {name: panels[name] for name in list(panels)[: 3 if classes > 3 else 2]}  # of two classes, top 3 are all
    guessing = {"objective": np.log(classes), "top1": 100 * (1 - 1 / classes), "top3": 100 * max(0, 1 - 3 / classes)}
    size = (3.4 * len(panels) + 2.2, 2.7 * len(runs) + 0.6)
    figure, axes = plt.subplots(len(runs), len(panels), figsize=size, squeeze=False, sharex="row", sharey="col")
    for line, (name, tuned) in enumerate(runs.items()):
        curves = tuned.curves()
        for axis, (column, (heading, unit)) in zip(axes[line], panels.items(), strict=True):
            for k, (part, images) in enumerate(zip(("train", "validation"), tuned.images, strict=True)):
                rows = curves[curves["part"] == part]
                label = f"{('training images', validation)[k]} (n = {images})"
                values = rows[column] * (1 if column == "objective" else 100)
                axis.plot(rows["epoch"], values, LINES[k], color=COLOURS[(0, 6)[k]], label=label)
            axis.axhline(guessing[column], color=COLOURS[4], linewidth=0.8, linestyle=":", label="guessing")
            axis.axvline(tuned.kept, color=COLOURS[4], linewidth=0.8, label="epoch that was kept")
            axis.set(xlabel="epoch", ylabel=f"{heading}, {unit}")
            axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axis.set_title(name if column == "objective" else "", loc="left", fontsize=10)
        axes[line, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    for axis in axes[0]:  # the others share its scale
        axis.set_ylim(bottom=0)
    sns.despine(figure)
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    return figure


def roc_curves(curves: dict[str, dict[str, Roc]], title: str) -> Figure:
    """ROC curves (Figure 5), a panel a network, a line a method; the area with DeLong's 95% interval in the legend."""
    figure, axes = plt.subplots(1, len(curves), figsize=(4.6 * len(curves), 4.9), squeeze=False)
    for axis, (network, methods) in zip(axes[0], curves.items(), strict=True):
        axis.plot([0, 100], [0, 100], color=COLOURS[4], linewidth=0.8, linestyle=(0, (1, 3)))
        for k, (method, roc) in enumerate(methods.items()):
            label = f"{method}: AUC {roc.area:.3f} ({roc.low:.2f}-{roc.high:.2f})"
            style = {"color": COLOURS[(0, 6, 2, 3)[k % 4]], "linestyle": (":", "-", "--", "-.")[k % 4], "linewidth": 2}
            axis.plot(100 * roc.false_positive, 100 * roc.true_positive, label=label, **style)
        counts = f"{roc.positives} positive, {roc.negatives} negative test images"
        axis.set(xlabel="false positive rate (%)", ylabel="true positive rate (%)", aspect="equal")
        axis.set_title(f"{network}\n{counts}", fontsize=10)
        axis.legend(loc="lower right", frameon=False, fontsize=8)
    sns.despine(figure)
    figure.suptitle(title, fontsize=10)
    figure.tight_layout()
    return figure


def distances(values: dict[str, dict[str, Distance]], counts: Sequence[str], title: str) -> Figure:
    """Proxy A-distances, a row a pair of sets, a marker a network; hollow: the same images mixed at random.

    ``counts`` are the rows' labels, with the numbers of images."""
    figure, axis = plt.subplots(figsize=(7.2, 0.55 * len(counts) + 1.3))
    for k, (network, found) in enumerate(values.items()):
        heights = np.arange(len(found)) + 0.16 * (k - (len(values) - 1) / 2)
        style: dict[str, Any] = {"color": COLOURS[k % 8], "marker": MARKERS[k % 8], "linestyle": "none"}
        means = [distance.value for distance in found.values()]
        axis.errorbar(means, heights, xerr=[d.spread for d in found.values()], capsize=2, label=network, **style)
        mixed = [distance.shuffled for distance in found.values()]
        axis.plot(mixed, heights, markerfacecolor="none", label=f"{network}, mixed", **style)
    axis.set(yticks=range(len(counts)), yticklabels=counts, xlim=(-0.05, 2.05))
    axis.set_xlabel(
        "proxy A-distance (0: alike, 2: always told apart),\nmean and s.d. over repeats of cross-validation"
    )
    axis.invert_yaxis()
    axis.set_title(title, fontsize=10)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(figure)
    return figure


def severity_curve(severity: np.ndarray, right: np.ndarray, controls: np.ndarray, title: str, bins: int = 5) -> Figure:
    """Share of diseased faces named rightly, by severity, with 95% Wilson intervals; controls beside.

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
        value, low, high = (100 * v for v in proportion(int(hits.sum()), len(hits)))
        last = k == bins
        axis.errorbar(
            x,
            value,
            [[value - low], [high - value]],
            fmt="s" if last else "o",
            color=COLOURS[1 if last else 0],
            capsize=3,
        )
        axis.annotate(f"n = {len(hits)}", (x, low), xytext=(0, -4), textcoords="offset points", ha="center", va="top")
    axis.plot([x for x, _ in points[:-1]], [100 * hits.mean() for _, hits in points[:-1]], color=COLOURS[0])
    axis.annotate("controls", (0, 100 * controls.mean()), xytext=(8, 0), textcoords="offset points", va="center")
    axis.set(
        xlabel="severity of the signs (0 to 1, mean of a fifth of the diseased)", ylabel="named rightly (%), 95% Wilson"
    )
    axis.set(xlim=(-0.06, 1.02), ylim=(0, 102))
    axis.set_title(title)
    sns.despine(figure)
    return figure


def forest(rows: pd.DataFrame, xlabel: str, title: str, line: tuple[float, str] | None = None) -> Figure:
    """Values with their 95% intervals, one below the other, and in words beside.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns name, value, low, high (in the axis' unit), and n, what stands at the right ("57/60").
    line : (float, str), optional
        A value to compare with, and what it is.
    """
    figure, axis = plt.subplots(figsize=(7.2, 0.8 + 0.26 * len(rows)))
    place = np.arange(len(rows))[::-1]
    values = rows[["value", "low", "high"]].to_numpy(float)
    reach = np.abs(values[:, 1:] - values[:, :1]).T
    axis.errorbar(values[:, 0], place, xerr=reach, fmt="o", color=COLOURS[0], markersize=4, capsize=2.5, linewidth=1.2)
    for y, (value, low, high), n in zip(place, values, rows["n"], strict=True):
        axis.annotate(
            f"{n}   {value:.1f} ({low:.0f} to {high:.0f})",
            (1.01, y),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7.5,
        )
    if line is not None:
        axis.axvline(line[0], color=COLOURS[1], linestyle="--", linewidth=1)
        axis.annotate(line[1], (line[0], len(rows) - 0.4), ha="center", va="bottom", fontsize=7.5)
    axis.set_yticks(place, rows["name"], fontsize=7.5)
    axis.set(xlabel=xlabel, ylim=(-0.7, len(rows) - 0.3))
    axis.set_title(title, pad=16)
    sns.despine(figure)
    return figure


def readers_on_roc(curves: dict[str, Roc], readers: dict[str, tuple[float, float]], title: str) -> Figure:
    """ROC curves of models with each reader as a point (share of controls called ill, share of the ill called ill)."""
    figure, axis = plt.subplots(figsize=(4.6, 4.4))
    for k, (name, curve) in enumerate(curves.items()):
        label = f"{name}: {curve.area:.2f} ({curve.low:.2f} to {curve.high:.2f})"
        axis.plot(100 * curve.false_positive, 100 * curve.true_positive, LINES[k % 4], color=COLOURS[k], label=label)
    for name, (false_positive, sensitivity) in readers.items():
        axis.plot(100 * false_positive, 100 * sensitivity, "k^", markersize=6)
        axis.annotate(
            name, (100 * false_positive, 100 * sensitivity), xytext=(5, -8), textcoords="offset points", fontsize=7.5
        )
    axis.set(xlabel="controls called ill (%)", ylabel="ill called ill, sensitivity (%)", xlim=(-2, 102), ylim=(-2, 102))
    axis.set_aspect("equal")
    axis.set_title(title)
    axis.legend(title="area, 95% DeLong", frameon=False, loc="lower right", fontsize=7.5)
    sns.despine(figure)
    return figure
