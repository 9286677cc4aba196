"""Figures of a disease that nobody trained on: what lies near it, how often it is found, whom a normal reference calls ill."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facediag_utils.data.cohort import Cohort, group_title
from facediag_utils.data.images import read_rgb
from facediag_utils.data.store import select
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.stranger_results import ALL, BESIDE, FITTED, LEFT_OUT
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import Faces
from facediag_utils.figures.style import (
    COLOURS,
    LINES,
    class_title,
    finished_panels,
    legend_below,
    marker_style,
    panels,
)
from facediag_utils.figures.uncertainty import errorbars
from facediag_utils.methods.strangers import RAW, SUPERVISED, TWINS, WHITENED

#: Kinds of features, and rules, as a reader of a figure meets them.
KINDS = {RAW: "raw", WHITENED: "whitened", SUPERVISED: "supervised (LDA)", TWINS: "twins"}
RULES = {"nearest": "nearest picture", "prototype": "mean of the pictures"}
SIDE = 120  # pixels of a face that is shown


def neighbours(cohort: Cohort, faces: Faces, query: int, nearest: Mapping[str, Sequence[int]], title: str) -> Figure:
    """A face and, a row a kind of features, the pictures that lie nearest to it; those of its own class are framed.

    Parameters
    ----------
    cohort, faces
        Of the same images.
    query : int
        Row of the cohort.
    nearest : mapping of str to sequence of int
        By kind of features, rows of the cohort, the nearest first.
    title : str
    """
    columns = 1 + max(len(rows) for rows in nearest.values())
    figure, axes = plt.subplots(
        len(nearest), columns, figsize=(1.35 * columns + 1.2, 1.9 * len(nearest) + 0.5), squeeze=False
    )
    own = cohort.table["label"].iloc[query]
    for line, (kind, rows) in zip(axes, nearest.items(), strict=True):
        for axis, row in zip(line, (query, *rows), strict=True):
            record = cohort.table.iloc[row]
            axis.imshow(face_chip(read_rgb(record["path"]), faces.landmarks[row], SIDE, "loose"))
            known = [group_title(name, record[name]) for name in ("ancestry", "sex") if name in record]
            axis.set_title("\n".join([class_title(record["label"]), ", ".join(known)]).strip(), fontsize=7)
            alike = row != query and record["label"] == own
            plt.setp(axis.spines.values(), linewidth=3 if alike else 0, color=COLOURS[6])
        line[0].set_ylabel(KINDS[kind], fontsize=8)
    plt.setp(axes, xticks=[], yticks=[])
    figure.suptitle(title, fontsize=10)
    figure.tight_layout(pad=0.5, h_pad=1.2, rect=(0, 0, 1, 0.98))
    return figure


def by_gallery(table: pd.DataFrame, networks: Mapping[str, str], chance: float, title: str) -> Figure:
    """Top-1 of the strangers by the number of pictures per class, a row of panels a network and a column a rule.

    Parameters
    ----------
    table : pandas.DataFrame
        As `facediag_utils.evaluation.stranger_results.table` gives it.
    networks : mapping of str to str
        Titles by name.
    chance : float
        0..1.
    title : str
    """
    figure, axes = panels(2 * len(networks), (4.1, 3.3), across=2)
    strangers = table[(table["class"] == ALL) & (table["own"] == LEFT_OUT)]
    sizes = list(dict.fromkeys(strangers["gallery"]))
    for axis, (network, rule) in zip(axes.flat, [(one, rule) for one in networks for rule in RULES], strict=False):
        for k, kind in enumerate(name for name in KINDS if name in set(strangers["features"])):
            rows = select(strangers, network=network, rule=rule, features=kind)
            values, reach = errorbars(_intervals(rows, "top1"))
            place = np.arange(len(sizes)) + 0.09 * (k - 1.5)  # beside each other
            style = {"linestyle": LINES[k % 4], "capsize": 2.5, "markersize": 5, "linewidth": 1.2, **marker_style(k)}
            axis.errorbar(place, values, reach, label=KINDS[kind], **style)
        axis.axhline(100 * chance, color=COLOURS[4], linewidth=0.9, linestyle=(0, (1, 2)))
        axis.annotate("chance", (-0.35, 100 * chance - 1), va="top", fontsize=8)
        axis.set_xticks(np.arange(len(sizes)), sizes)
        axis.set(
            xlabel="pictures of each class in the gallery", ylabel="found first (%), 95%", xlim=(-0.4, len(sizes) - 0.6)
        )
        axis.set_ylim(0, 100 * min(1.0, strangers["top1_high"].max() + 0.05))
        axis.set_title(f"{networks[network]}, {RULES[rule]}", fontsize=9)
    handles = axes[0, 0].get_legend_handles_labels()
    finished_panels(figure, title)
    figure.legend(*handles, loc="lower center", bbox_to_anchor=(0.5, -0.06), ncols=4, frameon=False)
    return figure


def by_class(rows: pd.DataFrame, chance: float, title: str) -> Figure:
    """Each stranger by kind of features, while it is left out and once it is fitted with the others; and all others beside it.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of one network, rule and number of pictures.
    chance : float
        0..1.
    title : str
    """
    names = list(dict.fromkeys(rows["class"]))
    kinds = [kind for kind in KINDS if kind in set(rows["features"])]
    looks = {LEFT_OUT: (0.22, "o", COLOURS[0], COLOURS[0]), FITTED: (0.0, "s", COLOURS[6], "white")}
    looks[BESIDE] = (-0.22, "^", COLOURS[4], COLOURS[4])
    figure, axes = panels(len(names), (3.5, 0.62 * len(kinds) + 1.1))
    for axis, name in zip(axes.flat, names, strict=False):
        for own, (shift, marker, colour, face) in looks.items():
            mine = rows[(rows["class"] == name) & (rows["own"] == own)]
            if mine.empty:
                continue
            values, reach = errorbars(_intervals(mine, "top1"))
            place = np.array([len(kinds) - 1 - kinds.index(kind) for kind in mine["features"]]) + shift
            style = {"fmt": marker, "color": colour, "markerfacecolor": face, "capsize": 2.5, "markersize": 5}
            axis.errorbar(values, place, xerr=reach, label=f"own class {own}", **style)
        axis.axvline(100 * chance, color=COLOURS[4], linewidth=0.9, linestyle=(0, (1, 2)))
        axis.set_yticks(np.arange(len(kinds)), [KINDS[kind] for kind in reversed(kinds)], fontsize=8)
        axis.set(xlim=(0, 100), ylim=(-0.6, len(kinds) - 0.4), xlabel="found first (%), 95%")
        axis.tick_params(axis="y", labelleft=axis in axes[:, 0])
        numbers = rows[rows["class"] == name].drop_duplicates("own").set_index("own")["n"]
        beside = f", triangles {numbers[BESIDE]:.0f}" if BESIDE in numbers else ""
        words = "all of them" if name == ALL else class_title(name)
        axis.set_title(f"{words} (n = {numbers[LEFT_OUT]:.0f}{beside})", fontsize=9)
    finished_panels(figure, title)
    legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return figure


def match_rates(found: pd.DataFrame, title: str) -> Figure:
    """How often the nearest picture is alike, with 95% intervals, and what chance would give (upright lines).

    Parameters
    ----------
    found : pandas.DataFrame
        Columns ``alike`` (in what: a panel each), ``features``, ``match`` (`Interval`), ``chance``, ``p``.
    title : str
    """
    alike = list(dict.fromkeys(found["alike"]))
    figure, axes = panels(len(alike), (3.5, 2.9))
    for axis, name in zip(axes.flat, alike, strict=False):
        rows = select(found, alike=name)
        place = np.arange(len(rows))[::-1]
        values, reach = errorbars(rows["match"])
        axis.errorbar(values, place, xerr=reach, fmt="o", color=COLOURS[0], capsize=2.5, markersize=5)
        axis.plot(100 * rows["chance"], place, "|", color="black", markersize=18, markeredgewidth=2)
        for y, row in zip(place, rows.to_dict("records"), strict=True):
            p = "p < 0.001" if row["p"] < 0.001 else f"p = {row['p']:.3f}"
            axis.annotate(p, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=7.5)
        axis.set_yticks(place, [KINDS[kind] for kind in rows["features"]], fontsize=8)
        axis.set(xlim=(0, 100), ylim=(-0.6, len(rows) - 0.4), xlabel="nearest picture is alike (%), 95%")
        axis.tick_params(axis="y", labelleft=axis in axes[:, 0])
        axis.set_title(f"of the same {name} (n = {rows['n'].iloc[0]})", fontsize=9)
    return finished_panels(figure, title)


def far_from_normal(
    scores: Mapping[str, np.ndarray], called: Mapping[str, Interval], limit: float, xlabel: str, title: str
) -> Figure:
    """How far each face of each group lies from normal ones, with the groups' medians and the threshold.

    Parameters
    ----------
    scores : mapping of str to numpy.ndarray
        By group, (n,); NaN is not drawn.
    called : mapping of str to Interval
        By group, the share above the threshold.
    limit : float
    xlabel, title : str
    """
    figure, axis = plt.subplots(figsize=(7.4, 0.55 * len(scores) + 1.4))
    for y, (name, values) in zip(np.arange(len(scores))[::-1], scores.items(), strict=True):
        drawn = np.sort(values[np.isfinite(values)])
        beside = y + 0.09 * (np.arange(len(drawn)) % 5 - 2)  # no draw of chance: equal figures are equal files
        axis.scatter(drawn, beside, s=14, color=COLOURS[0], alpha=0.7, linewidth=0)
        axis.plot([np.median(drawn)] * 2, [y - 0.34, y + 0.34], color="black", linewidth=2)
        axis.annotate(str(called[name]), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axis.axvline(limit, color=COLOURS[6], linestyle="--", linewidth=1.2)
    axis.annotate("threshold", (limit, len(scores) - 0.45), ha="center", va="bottom", fontsize=8)
    axis.annotate(
        "above it (95%)", (1.01, len(scores) - 0.45), xycoords=("axes fraction", "data"), va="bottom", fontsize=8
    )
    axis.set_yticks(np.arange(len(scores))[::-1], list(scores), fontsize=8)
    axis.set(xlabel=xlabel, ylim=(-0.6, len(scores) - 0.45))
    return _titled(figure, axis, title)


def areas(found: pd.DataFrame, groups: Sequence[str], title: str) -> Figure:
    """Areas under the ROC curve, ill against well, with 95% intervals: a panel a score, a row a group, a marker a network.

    Parameters
    ----------
    found : pandas.DataFrame
        Columns ``score``, ``title`` (the network's), ``group``, ``area`` (`Interval`).
    groups : sequence of str
        From top to bottom.
    title : str
    """
    kinds = list(dict.fromkeys(found["score"]))
    figure, axes = panels(len(kinds), (3.6, 0.42 * len(groups) + 1.6))
    for axis, kind in zip(axes.flat, kinds, strict=False):
        rows_of = select(found, score=kind)
        for k, (name, rows) in enumerate(rows_of.groupby("title", sort=False)):
            values, reach = errorbars(rows["area"])
            place = len(groups) - 1 - np.array([groups.index(group) for group in rows["group"]]) - 0.2 * (k - 0.5)
            style = {"linestyle": "none", "capsize": 2.5, "markersize": 5, **marker_style(k)}
            axis.errorbar(values / 100, place, xerr=reach / 100, label=name, **style)
        axis.axvline(0.5, color=COLOURS[4], linewidth=0.9, linestyle=(0, (1, 2)))
        axis.set_yticks(np.arange(len(groups)), groups[::-1], fontsize=8)
        axis.set(xlim=(0.2, 1), ylim=(-0.6, len(groups) - 0.4), xlabel="area under the ROC curve, 95%")
        axis.tick_params(axis="y", labelleft=axis in axes[:, 0])
        axis.set_title(kind, fontsize=9)
        for y in sorted({len(groups) - 1 - groups.index(group) for group in set(groups) - set(rows_of["group"])}):
            axis.annotate("not computed", (0.53, y), fontsize=8, va="center", color=COLOURS[4])
    finished_panels(figure, title)
    legend_below(figure, *axes[0, 0].get_legend_handles_labels())
    return figure


def _titled(figure: Figure, axis: Axes, title: str) -> Figure:
    axis.set_title(title, fontsize=10, pad=20)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    return figure


def _intervals(rows: pd.DataFrame, name: str) -> list[Interval]:
    return [Interval(*span) for span in rows[[name, f"{name}_low", f"{name}_high"]].to_numpy(float)]
