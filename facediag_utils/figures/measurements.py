"""Figures of a ruler: measures drawn on a face, what differs between groups, composite faces."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facediag_utils.faces.measurements import Measure, ends, table
from facediag_utils.figures.style import COLOURS, class_title, first_of, title_on_top, title_within

ACROSS = 4  # panels side by side
MOST = 8  # classes of a figure
#: First and last landmark of each line of the iBUG scheme, and whether it is closed.
OUTLINES = (
    *((0, 16, False), (17, 21, False), (22, 26, False), (27, 30, False), (31, 35, False)),
    *((36, 41, True), (42, 47, True), (48, 59, True), (60, 67, True)),
)


def measures_on_face(image: np.ndarray, landmarks: np.ndarray, values: pd.Series, title: str) -> Figure:
    """What is measured, drawn on one face, a panel per region; below, the names and this face's values.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 RGB, (h, w, 3).
    landmarks : numpy.ndarray
        (68, 2), pixels.
    values : pandas.Series
        By the measures' names: what stands behind each name (z-scores).
    title : str
    """
    regions = list(dict.fromkeys(measure.region for measure in table()))
    figure, axes = plt.subplots(1, len(regions), figsize=(3.1 * len(regions), 5.6))
    left, top = landmarks.min(axis=0) - 0.12 * np.ptp(landmarks)
    right, bottom = landmarks.max(axis=0) + 0.12 * np.ptp(landmarks)
    for axis, region in zip(axes, regions, strict=True):
        axis.imshow(image.mean(axis=2), cmap="gray", vmin=-60, vmax=300)
        axis.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[], title=region)
        lines: list[str] = []
        marks: list[np.ndarray] = []
        for measure in (measure for measure in table() if measure.region == region):
            mark = ""
            if measure.kind != "ratio":  # a ratio is made of lines that are there
                mark = f"{len(marks) + 1}"
                marks.append(_draw(axis, measure, landmarks, mark, marks))
            lines.append(f"{mark:>2} {measure.title} {round(values[measure.name], 1) + 0.0:+.1f}")
        axis.text(0, -0.04, "\n".join(lines), transform=axis.transAxes, va="top", fontsize=7.5)
    figure.suptitle(title, fontsize=10)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.3, top=0.93, wspace=0.06)
    return figure


def _draw(axis: Axes, measure: Measure, landmarks: np.ndarray, mark: str, taken: list[np.ndarray]) -> np.ndarray:
    """The lines of one measure, and its mark where no other is near; where that is."""
    colour = COLOURS[len(taken) % len(COLOURS)]
    lines = [np.concatenate(ends(segment, landmarks[None])) for segment in measure.of]
    for line in lines:
        style = "dotted" if measure.kind == "slope" else "solid"
        axis.plot(*line.T, marker=".", markersize=4, color=colour, linewidth=1.6, linestyle=style)
    places = [line[0] + share * (line[1] - line[0]) for share in (0.5, 0.2, 0.8, 0, 1) for line in lines]
    room = [min((float(np.abs(place - other).max()) for other in taken), default=np.inf) for place in places]
    enough = 0.06 * np.ptp(landmarks[:, 0])
    place = places[next((k for k, free in enumerate(room) if free > enough), int(np.argmax(room)))]
    box = {"facecolor": "white", "edgecolor": colour, "linewidth": 0.8, "pad": 0.8, "alpha": 0.9}
    axis.annotate(mark, place, fontsize=6.5, ha="center", va="center", bbox=box)
    return place


def sign_forest(
    found: Mapping[str, Mapping[str, pd.DataFrame]], truth: Mapping[str, pd.DataFrame], xlabel: str, title: str
) -> Figure:
    """Every measure of each class less the reference's, with its 95% interval; filled where it is found.  Of more than
    `MOST` classes the first.

    Parameters
    ----------
    found : mapping of str to mapping of str to pandas.DataFrame
        By class, then by whose landmarks were measured: `facediag_utils.evaluation.measured_signs.differences`.
    truth : mapping of str to pandas.DataFrame
        By class: `true_changes` of the same module; empty where nobody knows.
    xlabel, title : str
    """
    shown, of_many = first_of(list(found), MOST)
    down = -(-len(shown) // ACROSS)
    across, height = min(len(shown), ACROSS), 7.6 * down + 1.2
    size = (2.7 * across + 2.6, height)
    figure, axes = plt.subplots(down, across, figsize=size, squeeze=False, sharex=True, sharey=True)
    measures = table()
    place = np.arange(len(measures))[::-1].astype(float)
    for axis in axes.flat[len(shown) :]:
        axis.set_axis_off()
    for axis, label in zip(axes.flat, shown, strict=False):
        of_sources = found[label]
        axis.axvline(0, color=COLOURS[4], linewidth=0.8)
        _shade_regions(axis, place)
        for k, (source, rows) in enumerate(of_sources.items()):
            rows = rows.loc[[measure.name for measure in measures]]
            shift = (0.5 * (len(of_sources) - 1) - k) * 0.34
            _intervals(axis, rows, place + shift, COLOURS[(0, 6)[k % 2]], "os"[k % 2], source)
        if label in truth:
            change = truth[label].loc[[measure.name for measure in measures], "change"]
            axis.plot(
                change, place, "|", color="black", markersize=9, markeredgewidth=1.6, label="changed by the signs"
            )
        counts = next(iter(of_sources.values())).iloc[0]
        axis.set_title(f"{class_title(label)}\nn = {counts['n']:.0f} against {counts['n_reference']:.0f}", fontsize=9)
    axes[0, 0].set_yticks(place, [measure.title for measure in measures], fontsize=8)
    axes[0, 0].set_ylim(-0.7, len(measures) - 0.3)
    handles, names = axes[0, 0].get_legend_handles_labels()
    title_within(figure, title + of_many)
    sns.despine(figure)
    figure.tight_layout(rect=(0, 0.55 / height, 1, 1))
    figure.text(0.5, 0.34 / height, xlabel, fontsize=9, ha="center")
    figure.legend(handles, names, loc="lower center", ncols=len(names), frameon=False, fontsize=8.5)
    return figure


def _shade_regions(axis: Axes, place: np.ndarray) -> None:
    regions = [measure.region for measure in table()]
    for k, region in enumerate(dict.fromkeys(regions)):
        rows = place[[name == region for name in regions]]
        if k % 2:
            axis.axhspan(rows.min() - 0.5, rows.max() + 0.5, color="0.95", linewidth=0)


def _intervals(axis: Axes, rows: pd.DataFrame, place: np.ndarray, colour: str, marker: str, name: str) -> None:
    axis.hlines(place, rows["low"], rows["high"], color=colour, linewidth=1)
    face = np.where(rows["found"], colour, "white")
    axis.scatter(
        rows["difference"], place, s=16, marker=marker, edgecolor=colour, facecolor=face, zorder=3, linewidth=1
    )
    axis.scatter([], [], s=16, marker=marker, color=colour, label=f"{name} (filled: found)")


def composites(
    faces: Mapping[str, np.ndarray],
    counts: Mapping[str, int],
    reference: str | None,
    masks: Mapping[str, np.ndarray],
    title: str,
) -> Figure:
    """Composite faces; below, how far each is from the reference's; below that, where its signs are.

    Parameters
    ----------
    faces : mapping of str to numpy.ndarray
        By class: (side, side, 3), 0..255.
    counts : mapping of str to int
        Faces in each.
    reference : str, optional
        The class that the others are compared with; without one only the composites are drawn.
    masks : mapping of str to numpy.ndarray
        By class: mean mask of signs on the composite, (side, side), 0..1; empty where nobody knows.
    title : str
    """
    kinds = ["composite face", f"difference from\n{class_title(reference or '')}", "mean mask of signs"]
    kinds = kinds[: 1 if reference is None else 3 if masks else 2]
    each = min(1.9, 14 / len(faces))  # inches
    size = (each * len(faces) + 0.8, (each + 0.2) * len(kinds) + 0.8)
    figure, axes = plt.subplots(len(kinds), len(faces), figsize=size, squeeze=False, layout="constrained")
    plt.setp(axes, xticks=[], yticks=[])
    for axis, kind in zip(axes[:, 0], kinds, strict=True):
        axis.set_ylabel(kind, fontsize=9)
    apart = {name: face_difference(face, faces[reference]) for name, face in faces.items() if reference}
    most = max((float(np.quantile(values, 0.995)) for values in apart.values()), default=1.0)
    below = [(apart, most, "mean absolute difference\nof the colours (of 255)")]
    below += [(dict(masks), 1.0, "change (0 none, 1: 5 mm,\nor as much recoloured)")]
    for column, (name, face) in zip(axes.T, faces.items(), strict=True):
        column[0].imshow(np.round(face).clip(0, 255).astype(np.uint8))
        column[0].set_title(f"{class_title(name)}\nn = {counts[name]}", fontsize=9)
        for axis, (values, top, _) in zip(column[1:], below, strict=False):
            if name == reference:
                axis.set_axis_off()
            elif name in values:
                axis.imshow(values[name], cmap="cividis", vmin=0, vmax=top)
    for row, (_, top, words) in zip(axes[1:], below, strict=False):
        shown = mpl.cm.ScalarMappable(mpl.colors.Normalize(0, top), "cividis")
        bar = figure.colorbar(shown, ax=row.tolist(), fraction=0.02, pad=0.01)
        bar.set_label(words, fontsize=7.5)
        bar.ax.tick_params(labelsize=7.5)
    figure.suptitle(title, fontsize=10)
    return figure


def face_difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Mean over the colours of the absolute difference of two faces, (side, side), in their unit."""
    return np.abs(one - other).mean(axis=2)


def mean_shapes(
    shapes: Mapping[str, np.ndarray], counts: Mapping[str, int], reference: np.ndarray, times: float, title: str
) -> Figure:
    """The mean shape of each class over that of the reference, what differs drawn several times as large as it is.

    Parameters
    ----------
    shapes : mapping of str to numpy.ndarray
        By class: (68, 2), laid upon the reference.
    counts : mapping of str to int
        Of how many faces each is the mean.
    reference : numpy.ndarray
        (68, 2).
    times : float
        By how much differences are enlarged.
    title : str
    """
    down = -(-len(shapes) // ACROSS)
    size = (2.4 * min(len(shapes), ACROSS), 2.8 * down + 0.3)
    shared: dict[str, Any] = {"sharex": True, "sharey": True, "subplot_kw": {"aspect": "equal"}}
    figure, axes = plt.subplots(down, min(len(shapes), ACROSS), figsize=size, squeeze=False, **shared)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (name, shape) in zip(axes.flat, shapes.items(), strict=False):
        _outline(axis, reference, color="0.65", linewidth=2.4)
        _outline(axis, reference + times * (shape - reference), color=COLOURS[6], linewidth=1.2)
        axis.set_title(f"{class_title(name)}\nn = {counts[name]}", fontsize=9)
    axes[0, 0].invert_yaxis()
    figure.tight_layout()
    title_on_top(figure, title)
    return figure


def _outline(axis: Axes, points: np.ndarray, **style: Any) -> None:
    for first, last, closed in OUTLINES:
        rows = [*range(first, last + 1), *([first] if closed else [])]
        axis.plot(*points[rows].T, **style)
