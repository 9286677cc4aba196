"""Figures of grades: faces of each, who is given which, how well they are told, and what is said while one face's signs grow."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from facediag_utils.data.cohort import Cohort
from facediag_utils.data.grades import NO_SIGNS
from facediag_utils.data.images import read_rgb
from facediag_utils.evaluation.grades import Graded
from facediag_utils.evaluation.interval import Interval
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import Faces
from facediag_utils.figures.style import (
    COLOURS,
    LINES,
    MARKERS,
    class_title,
    finished,
    finished_panels,
    first_of,
    heatmap,
    marker_style,
    panels,
    title_on_top,
)

SIDE = 150  # pixels of a face that is shown
MOST = 8  # diseases of a figure


def faces_by_grade(images: Cohort, faces: Faces, title: str) -> Figure:
    """A training face of each disease and grade, the middle one by its number; healthy faces are left out.

    Parameters
    ----------
    images : Cohort
        As `facediag_utils.data.grades.graded` gives it.
    faces : Faces
        Of the same cohort.
    title : str
    """
    table = images.table[faces.found & (images.table["split"] == "train").to_numpy()]
    grades = [name for name in images.classes if name != NO_SIGNS]
    ill, of_many = first_of(list(dict.fromkeys(table.loc[table["label"] != NO_SIGNS, "disease"])), MOST)
    column = "grade" if "grade" in table else "severity"
    size = (1.75 * len(grades) + 0.4, 1.85 * len(ill) + 0.6)
    figure, axes = plt.subplots(len(ill), len(grades), figsize=size, squeeze=False)
    plt.setp(axes, xticks=[], yticks=[])
    for line, disease in zip(axes, ill, strict=True):
        line[0].set_ylabel(class_title(disease), fontsize=9)
        for axis, grade in zip(line, grades, strict=True):
            own = table[(table["disease"] == disease) & (table["label"] == grade)].sort_values([column, "image"])
            if own.empty:
                axis.set_axis_off()
                continue
            row = own.iloc[len(own) // 2]
            axis.imshow(face_chip(read_rgb(row["path"]), faces.landmarks[row.name], SIDE, "loose"))
            axis.set_title(f"{grade}: {row[column]:.2g}", fontsize=8, pad=3)
    figure.tight_layout(pad=0.5)
    title_on_top(figure, title + of_many, 9)
    return figure


def grade_matrices(given: Mapping[str, Graded], classes: tuple[str, ...], title: str) -> Figure:
    """Which grade was said for which, a panel per method: counts, rows predicted and columns actual; shaded by share of the column.

    Parameters
    ----------
    given : mapping of str to Graded
        By what stands above the panel.
    classes : tuple of str
    title : str
    """
    figure, axes = panels(len(given), (2.9, 3.1), across=2)
    for axis, (name, one) in zip(axes.flat, given.items(), strict=False):
        counts = one.matrix(classes)
        shares = counts / counts.sum().clip(lower=1)
        style = {"cbar": False, "linewidths": 0.5, "linecolor": "white", "annot_kws": {"fontsize": 9}, "fmt": "d"}
        heatmap(shares, axis, annot=counts, cmap="Blues", vmin=0, vmax=1, square=True, **style)
        axis.set_title(name, fontsize=9)
        axis.set_yticklabels(axis.get_yticklabels(), rotation=0)
        axis.tick_params(labelsize=8)
        axis.set(xlabel="actual grade", ylabel="predicted grade")
    return finished_panels(figure, title)


def intervals(
    found: Mapping[str, Mapping[str, Interval]], xlabel: str, title: str, lines: Mapping[str, float] | None = None
) -> Figure:
    """Numbers with their 95% intervals, several for each row, one below the other and in words beside.

    Parameters
    ----------
    found : mapping of str to mapping of str to Interval
        By row, then by what the legend says.
    xlabel, title : str
    lines : mapping of str to float, optional
        Numbers to compare with, by what they are.
    """
    names = list(dict.fromkeys(name for of_row in found.values() for name in of_row))
    figure, axis = plt.subplots(figsize=(7.0, 1.5 + 0.24 * len(found) * (len(names) + 0.8)))
    place = -(len(names) + 0.8) * np.arange(len(found))
    for k, name in enumerate(names):
        rows = {y - k: of_row[name] for y, of_row in zip(place, found.values(), strict=True) if name in of_row}
        values, low, high = np.array([tuple(one) for one in rows.values()], float).T
        style: dict[str, Any] = {
            "color": COLOURS[k],
            "fmt": MARKERS[k],
            "markersize": 4.5,
            "capsize": 2.5,
            "linewidth": 1.2,
        }
        axis.errorbar(values, list(rows), xerr=np.stack([values - low, high - values]), label=name, **style)
        for y, one in rows.items():
            axis.annotate(one.plain(), (1.01, y), xycoords=("axes fraction", "data"), va="center", fontsize=7.5)
    axis.axvline(0, color=COLOURS[4], linewidth=0.8)
    for k, (words, value) in enumerate((lines or {}).items()):
        axis.axvline(value, color="black", linestyle=LINES[1 + k], linewidth=1, label=words)
    axis.set_yticks(place - (len(names) - 1) / 2, list(found), fontsize=8.5)
    axis.set(xlabel=xlabel, ylim=(place[-1] - len(names) + 0.2, 0.8))
    axis.legend(
        frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.7 / figure.get_figheight()), ncols=2
    )
    return finished(figure, title, fontsize=10)


def growing_signs(said: pd.DataFrame, classes: tuple[str, ...], title: str) -> Figure:
    """The mean grade that a classifier gives to the same faces while their signs grow, a panel per disease and a line per person.

    Parameters
    ----------
    said : pandas.DataFrame
        Columns disease, subject, severity (0..1), expected.
    classes : tuple of str
        Names of the grades.
    title : str
    """
    diseases = list(dict.fromkeys(said["disease"]))
    figure, axes = panels(len(diseases), (2.4, 2.8), across=4)
    for axis, disease in zip(axes.flat, diseases, strict=False):
        people = said[said["disease"] == disease].groupby("subject", sort=True)
        for k, (_, rows) in enumerate(people):
            rows = rows.sort_values("severity")
            axis.plot(
                rows["severity"],
                rows["expected"],
                linestyle=LINES[k % 4],
                markersize=5,
                linewidth=1.2,
                **marker_style(k),
            )
        axis.set_title(f"{class_title(disease)}\nn = {len(people)} people", fontsize=9)
        axis.set(xlabel="severity of the signs", ylim=(-0.1, len(classes) - 0.9), xlim=(-0.06, 1.06))
        axis.set_yticks(range(len(classes)), classes if axis is axes.flat[0] else [""] * len(classes))
        axis.grid(axis="y", linewidth=0.4)
    axes.flat[0].set_ylabel("mean grade that was said")
    return finished_panels(figure, title)
