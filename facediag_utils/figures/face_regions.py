"""Figures of DeepGestalt's regions: where they lie, what each says of a face, which carries which disease."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.evaluation.interval import Interval
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import Faces
from facediag_utils.faces.regions import BOXES
from facediag_utils.figures.style import (
    COLOURS,
    LINES,
    class_title,
    finished_panels,
    first_of,
    heatmap,
    named_class,
    text_width,
    title_on_top,
)
from facediag_utils.networks.records import REGIONS

SIDE = 200  # pixels of an aligned face that is shown
MOST = 10  # classes of a ranked list
COLUMNS = 8  # faces side by side


def regions_on_faces(cohort: Cohort, faces: Faces, rows: Sequence[int], size: int) -> Figure:
    """For one image of each class, or of the first `COLUMNS`: the aligned face with the four regions, and each region as the
    network sees it."""
    rows = rows[:COLUMNS]
    figure, axes = plt.subplots(1 + len(BOXES), len(rows), figsize=(1.75 * len(rows), 8.6), squeeze=False)
    for column, row in zip(axes.T, rows, strict=True):
        image = read_rgb(cohort.table["path"].iloc[row])
        column[0].imshow(face_chip(image, faces.landmarks[row], SIDE, "loose"))
        column[0].set_title(class_title(cohort.table["label"].iloc[row]), fontsize=9)
        _draw_boxes(column[0])
        for axis, region in zip(column[1:], BOXES, strict=True):
            axis.imshow(face_chip(image, faces.landmarks[row], size, region))
    for axis, words, colour in zip(axes[:, 0], ("aligned face", *REGIONS.values()), ("black", *COLOURS), strict=False):
        axis.set_ylabel(words, fontsize=9, color=colour)
    plt.setp(axes, xticks=[], yticks=[])
    figure.tight_layout(pad=0.4)
    title_on_top(figure, cohort.profile.title + first_of(cohort.classes, len(rows))[1])
    return figure


def _draw_boxes(axis: Axes) -> None:
    for k, (left, top, right, bottom) in enumerate(SIDE * np.array(list(BOXES.values()))):
        inset = 3 * k  # pixels, or edges that two regions share would hide each other
        place = (left + inset, top + inset + 1), right - left - 2 * inset, bottom - top - 2 * inset - 2
        for colour, width, line in (("white", 3.0, "-"), (COLOURS[k], 1.4, LINES[k])):
            box = mpl.patches.Rectangle(*place, edgecolor=colour, linewidth=width, linestyle=line, fill=False)
            axis.add_patch(box)


def ranked_list(
    image: np.ndarray,
    landmarks: np.ndarray,
    size: int,
    said: Mapping[str, np.ndarray],
    classes: Sequence[str],
    title: str,
) -> Figure:
    """The regions of one face with what each network says of it, and at the right the mean of these, ranked; of many classes the
    `MOST` likeliest.

    Parameters
    ----------
    image, landmarks
        As `face_chip` takes them.
    size : int
        Side of a region, in pixels.
    said : mapping of str to numpy.ndarray
        By region, probabilities, (classes,), in the order of ``classes``.
    classes : sequence of str
    title : str
    """
    order = np.mean(list(said.values()), axis=0).argsort(kind="stable")[::-1][:MOST]
    of_many = f"; the {MOST} likeliest of {len(classes)} classes" if len(classes) > MOST else ""
    shown = np.sort(order)
    figure, axes = plt.subplots(2, len(said) + 1, figsize=(2.15 * (len(said) + 1) + 1.2, 4.6), height_ratios=(1.3, 1))
    mean = np.mean(list(said.values()), axis=0)
    names = [class_title(label) for label in classes]
    for column, (region, shares) in zip(axes.T, said.items(), strict=False):
        column[0].imshow(face_chip(image, landmarks, size, region))
        column[0].set_title(REGIONS[region], fontsize=9)
        _bars(column[1], [names[k] for k in shown], shares[shown], COLOURS[0])
    plt.setp(axes[1, 1:-1], yticklabels=[])
    _bars(axes[1, -1], [names[k] for k in order], mean[order], COLOURS[1])
    axes[1, -1].yaxis.tick_right()
    axes[0, -1].imshow(face_chip(image, landmarks, SIDE, "loose"))
    axes[0, -1].set_title("mean of the regions, ranked", fontsize=9)
    for axis in axes[0]:
        axis.set_axis_off()
    return finished_panels(figure, title + of_many)


def _bars(axis: Axes, names: Sequence[str], shares: np.ndarray, colour: str) -> None:
    axis.barh(np.arange(len(names)), 100 * shares, color=colour)
    axis.set_yticks(np.arange(len(names)), names)
    axis.invert_yaxis()
    axis.set(xlim=(0, 100), xlabel="probability (%)")
    axis.tick_params(labelsize=8)
    axis.xaxis.label.set_fontsize(8)


def region_table(
    areas: Mapping[str, Mapping[str, Interval]], shares: pd.DataFrame | None, counts: Mapping[str, int], title: str
) -> Figure:
    """Which region tells which class from all others (area under the ROC curve, with its 95% interval), and beside it where
    the signs are.

    Parameters
    ----------
    areas : mapping
        By region and class, as `facediag_utils.evaluation.region_results.areas` gives them.
    shares : pandas.DataFrame or None
        As `facediag_utils.evaluation.region_results.sign_shares` gives them; None where no masks are known.
    counts : mapping of str to int
        Test images of each class.
    title : str
    """
    values = pd.DataFrame(
        {region: {label: area.value for label, area in row.items()} for region, row in areas.items()}
    ).T
    texts = pd.DataFrame(
        {region: {label: _two_lines(area) for label, area in row.items()} for region, row in areas.items()}
    ).T
    words = {label: named_class(label).replace(" ", "\n", 1) + f"\n(n = {counts[label]})" for label in values}
    if shares is None and (len(words) > 8 or text_width(list(words.values()), 8) > 1.1):
        return _upright_region_table(values.T, texts.T, counts, title)
    wide = [len(values.columns), *([] if shares is None else [len(shares.columns)])]
    figure, axes = plt.subplots(
        1, len(wide), figsize=(1.15 * sum(wide) + 2.6, 4.4), width_ratios=wide, squeeze=False, layout="constrained"
    )
    style = {"cbar": False, "linewidths": 0.5, "linecolor": "white", "annot_kws": {"fontsize": 8}, "fmt": ""}
    heatmap(values, axes[0, 0], annot=texts, cmap="Blues", vmin=0.5, vmax=1, **style)
    axes[0, 0].set_title("area under the ROC curve,\nthe class against all others (95%)", fontsize=9)
    if shares is not None:
        heatmap(shares, axes[0, 1], annot=shares.map("{:.0%}".format), cmap="Oranges", vmin=0, vmax=1, **style)
        axes[0, 1].set_title("where the signs are: share of the mask\nin the full face (regions overlap)", fontsize=9)
        axes[0, 1].set_yticks([])
    for axis, table in zip(axes[0], (values, shares), strict=False):
        axis.set_xticks(np.arange(len(table.columns)) + 0.5, [words[label] for label in table], fontsize=8, rotation=0)
        axis.set(xlabel="", ylabel="")
    axes[0, 0].set_yticks(
        np.arange(len(REGIONS)) + 0.5, [REGIONS[region] for region in values.index], rotation=0, fontsize=9
    )
    figure.suptitle(title, fontsize=10)
    return figure


def _upright_region_table(values: pd.DataFrame, texts: pd.DataFrame, counts: Mapping[str, int], title: str) -> Figure:
    """The same, a row per class: for many classes, or long names."""
    figure, axis = plt.subplots(figsize=(7.2, 0.42 * len(values) + 1.2), layout="constrained")
    style = {"cbar": False, "linewidths": 0.5, "linecolor": "white", "annot_kws": {"fontsize": 8}, "fmt": ""}
    heatmap(values, axis, annot=texts, cmap="Blues", vmin=0.5, vmax=1, **style)
    axis.set_xticks(np.arange(len(REGIONS)) + 0.5, [REGIONS[region] for region in values.columns], fontsize=9)
    names = [f"{named_class(label)} (n = {counts[label]})" for label in values.index]
    axis.set_yticks(np.arange(len(names)) + 0.5, names, rotation=0, fontsize=8)
    axis.set_title("area under the ROC curve, the class against all others (95%)", fontsize=9)
    figure.suptitle(title, fontsize=10)
    return figure


def _two_lines(area: Interval) -> str:
    return f"{area.value:.2f}\n{area.low:.2f} to {area.high:.2f}"


def verification_areas(found: Mapping[str, Interval], title: str) -> Figure:
    """How well features tell people apart, before and after trainings: areas with their 95% intervals, chance marked."""
    figure, axis = plt.subplots(figsize=(6.2, 0.9 + 0.45 * len(found)))
    place = np.arange(len(found))[::-1]
    values, low, high = np.array([tuple(area) for area in found.values()]).T
    axis.errorbar(values, place, xerr=[values - low, high - values], fmt="o", color=COLOURS[0], capsize=3)
    for y, area in zip(place, found.values(), strict=True):
        axis.annotate(area.plain(), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axis.axvline(0.5, color=COLOURS[4], linewidth=0.8, linestyle=":")
    axis.annotate("guessing", (0.5, len(found) - 0.5), ha="left", va="bottom", fontsize=8)
    axis.set_yticks(place, list(found), fontsize=8)
    axis.set(
        xlabel="area under the ROC curve of all pairs of photographs", xlim=(0.45, 1.02), ylim=(-0.6, len(found) - 0.4)
    )
    return finished_panels(figure, title)
