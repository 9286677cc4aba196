"""The figures, in one style: colour-blind safe (Okabe and Ito 2008), readable in grey, counts and data in view."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from PIL import Image

from facediag_utils.core.files import atomic_write
from facediag_utils.core.profiles import Profile
from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.data.paper import TITLES
from facediag_utils.evaluation.metrics import short_names
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import Faces

#: Okabe-Ito colours and marker shapes, so that classes differ without colour too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#555555", "#56B4E9", "#D55E00", "#F0E442")
MARKERS = ("o", "s", "^", "D", "X", "v", "P", "*")
LINES = ("-", "--", ":", "-.")


def marker_style(k: int) -> dict[str, str]:
    """Colour and marker of the k-th of many: 64 pairs, of which the first eight differ in both."""
    return {"color": COLOURS[k % 8], "marker": MARKERS[(k + k // 8) % 8]}


def set_style() -> None:
    """Use the package's look for all figures that follow in this process, and show tables' cells whole."""
    pd.set_option("display.max_colwidth", None)
    sns.set_theme(context="notebook", style="ticks", palette=list(COLOURS))
    mpl.rcParams.update(
        {
            "figure.dpi": 100,
            "savefig.dpi": 150,
            "savefig.bbox": "tight",
            "font.size": 10,
            "axes.titlesize": 11,
            "axes.labelsize": 10,
            "legend.fontsize": 9,
            "svg.hashsalt": "facediag",
            "svg.fonttype": "none",
        }
    )


def save(
    figure: Figure, profile: Profile, name: str, caption: str = "", formats: Sequence[str] = ("png", "svg")
) -> None:
    """Write ``runs/<profile>/figures/<name>`` in each format, with its caption in the file's metadata, for the report.

    The files hold no dates, so that equal figures are equal files.  Figures made of photographs are saved as PNG only.
    """
    for suffix in formats:
        metadata = {"Date" if suffix == "svg" else "Software": None} | ({"Title": caption} if caption else {})
        with atomic_write(profile.figures / f"{name}.{suffix}") as partial:
            figure.savefig(partial, metadata=metadata)


def read_caption(path: Path) -> str:
    """The caption that `save` gave a figure; the name of the file if it gave none."""
    if path.suffix == ".svg":
        caption = ElementTree.parse(path).findtext("{http://www.w3.org/2000/svg}title")
    else:
        with Image.open(path) as image:
            caption = image.info.get("Title")
    return caption or path.stem


def class_title(name: str) -> str:
    """A class as a person reads it."""
    return TITLES.get(name, name.replace("_", " "))


def _named(label: str) -> str:
    short = short_names([label])[0]
    return f"{short} {class_title(label)}" if short != label else class_title(label)


def face_grid(cohort: Cohort, per_class: int = 10, side: int = 110, seed: int = 0) -> Figure:
    """Some images of each class, a class a row, drawn with a seed."""
    rng = np.random.default_rng(seed)
    rows = {}
    for label in cohort.classes:
        paths = cohort.table.loc[cohort.table["label"] == label, "path"].to_numpy()
        rows[label] = [paths[k] for k in sorted(rng.permutation(len(paths))[:per_class])]
    return _picture_rows(rows, side, _data_line(cohort.profile, len(cohort)))


def severity_rows(cohort: Cohort, per_class: int = 8, side: int = 120) -> Figure:
    """Images of each class that has a severity, from the mildest to the most marked at equal steps of rank."""
    rows = {}
    for label in cohort.classes:
        members = cohort.table[(cohort.table["label"] == label) & (cohort.table["severity"] > 0)].sort_values(
            "severity"
        )
        if len(members):
            ranks = np.linspace(0, len(members) - 1, per_class).round().astype(int)
            rows[label] = members["path"].to_numpy()[ranks].tolist()
    return _picture_rows(rows, side, f"Mildest (left) to most marked (right), {cohort.profile.title}")


def contact_sheet(cohort: Cohort, columns: int = 35, side: int = 60) -> Figure:
    """Every image of the cohort, class after class, in the order of the manifest."""
    rows: list[np.ndarray] = []
    starts: dict[str, int] = {}
    for label in cohort.classes:
        starts[label] = len(rows)
        paths = cohort.table.loc[cohort.table["label"] == label, "path"].tolist()
        for first in range(0, len(paths), columns):
            rows.append(_strip(paths[first : first + columns], side, columns))
    figure, axis = plt.subplots(figsize=(14, 14 * len(rows) / columns))
    axis.imshow(np.concatenate(rows))
    for label, row in starts.items():
        axis.text(-8, (row + 0.5) * side, _named(label), ha="right", va="center", fontsize=8)
    axis.set_axis_off()
    axis.set_title(_data_line(cohort.profile, len(cohort)), fontsize=10)
    return figure


def _strip(paths: Sequence[Path], side: int, width: int) -> np.ndarray:
    """Pictures side by side, white where there are fewer than ``width``."""
    pictures = [
        np.asarray(Image.fromarray(read_rgb(path)).resize((side, side), Image.Resampling.LANCZOS)) for path in paths
    ]
    return np.concatenate([*pictures, *[np.full((side, side, 3), 255, np.uint8)] * (width - len(pictures))], axis=1)


def _picture_rows(rows: dict[str, list[Path]], side: int, title: str) -> Figure:
    """Pictures side by side, a labelled row a class."""
    width = max(len(paths) for paths in rows.values())
    figure, axes = plt.subplots(len(rows), 1, figsize=(width * 1.1, len(rows) * 1.12), squeeze=False)
    for axis, (label, paths) in zip(axes[:, 0], rows.items(), strict=True):
        axis.imshow(_strip(paths, side, width))
        axis.set_axis_off()
        axis.text(-0.01, 0.5, _named(label).replace(" ", "\n", 1), transform=axis.transAxes, ha="right", va="center")
    figure.subplots_adjust(hspace=0.03)
    figure.suptitle(title, y=0.92, fontsize=10)
    return figure


def _data_line(profile: Profile, count: int) -> str:
    kind = "rendered portraits, no photographs of people" if profile.rendered else "images"
    return f"{profile.title}: {count} {kind}"


def table_bars(counts: pd.DataFrame, title: str) -> Figure:
    """Stacked horizontal bars: images a class by group (columns), with the counts written in."""
    figure, axis = plt.subplots(figsize=(7, 0.5 * len(counts) + 1.1))
    left = np.zeros(len(counts))
    hatches = ("", "//", "..", "xx", "\\\\")
    for k, column in enumerate(counts.columns):
        bars = axis.barh(
            [_named(name) for name in counts.index],
            counts[column],
            left=left,
            color=marker_style(k)["color"],
            hatch=hatches[k % 5],
            edgecolor="white",
            label=column,
        )
        axis.bar_label(
            bars,
            label_type="center",
            color="black",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
        left += counts[column].to_numpy()
    axis.invert_yaxis()
    axis.set_xlabel("images")
    axis.set_title(title)
    axis.legend(title="ancestry", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    sns.despine(figure)
    return figure


def alignment_steps(cohort: Cohort, faces: Faces, rows: Sequence[int], size: int = 224) -> Figure:
    """For some images: the detector's box and 68 landmarks, the loose crop, the tight crop."""
    titles = ("HOG box, 68 landmarks", "aligned, loose crop", "aligned, tight crop")
    figure, axes = plt.subplots(3, len(rows), figsize=(2.0 * len(rows), 6.2), squeeze=False)
    for column, row in enumerate(rows):
        image = read_rgb(cohort.table["path"].iloc[row])
        left, top, right, bottom = faces.box[row]
        axes[0, column].imshow(image)
        axes[0, column].add_patch(
            mpl.patches.Rectangle(
                (left, top), right - left, bottom - top, fill=False, edgecolor=COLOURS[1], linewidth=1.5
            )
        )
        axes[0, column].plot(*faces.landmarks[row].T, ".", color="white", markersize=3.2)
        axes[0, column].plot(*faces.landmarks[row].T, ".", color=COLOURS[0], markersize=1.8)
        axes[0, column].set_title(class_title(cohort.table["label"].iloc[row]), fontsize=9)
        for line, crop in ((1, "loose"), (2, "tight")):
            axes[line, column].imshow(face_chip(image, faces.landmarks[row], size, crop))
        for line in range(3):
            axes[line, column].set(xticks=[], yticks=[])
    for line, text in enumerate(titles):
        axes[line, 0].set_ylabel(text, fontsize=9)
    figure.tight_layout(pad=0.4)
    return figure


def truth_pictures(cohort: Cohort, rows: Sequence[int]) -> Figure:
    """For some rendered images: the landmarks projected from the mesh, and where the phenotype changed the head."""
    figure, axes = plt.subplots(2, len(rows), figsize=(2.0 * len(rows) + 0.5, 4.4), squeeze=False, layout="constrained")
    points = ground_truth.landmarks(cohort)
    for (above, below), row in zip(axes.T, rows, strict=True):
        image = read_rgb(cohort.table["path"].iloc[row])
        head, sign = ground_truth.sign_mask(cohort, row)
        extent = (-0.5, image.shape[1] - 0.5, image.shape[0] - 0.5, -0.5)
        above.imshow(image)
        above.plot(*points[row].T, ".", color="white", markersize=3.2)
        above.plot(*points[row].T, ".", color=COLOURS[0], markersize=1.8)
        above.set_title(class_title(cohort.table["label"].iloc[row]), fontsize=9)
        below.imshow(image.mean(axis=2), cmap="gray", vmin=0, vmax=400)
        shown = below.imshow(sign, cmap="cividis", vmin=0, vmax=1, alpha=0.75 * head, extent=extent)
        for axis in (above, below):
            axis.set(xticks=[], yticks=[])
    axes[0, 0].set_ylabel("true landmarks", fontsize=9)
    axes[1, 0].set_ylabel("changed by the signs", fontsize=9)
    bar = figure.colorbar(shown, ax=axes.ravel().tolist(), fraction=0.02, pad=0.01)
    bar.set_label("change (0 none, 1: 5 mm, or as much recoloured)", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    return figure


def mean_faces(chips_of_class: dict[str, np.ndarray], title: str) -> Figure:
    """The average aligned face of each class (mean of the pixels), with the number averaged."""
    across = min(len(chips_of_class), 10)
    down = -(-len(chips_of_class) // across)
    figure, axes = plt.subplots(down, across, figsize=(2.0 * across, 2.6 * down), squeeze=False)
    for axis in axes.flat[len(chips_of_class) :]:
        axis.set_axis_off()
    for axis, (label, chips) in zip(axes.flat, chips_of_class.items(), strict=False):
        axis.imshow(chips.mean(axis=0).astype(np.uint8))
        axis.set(xticks=[], yticks=[])
        axis.set_title(f"{class_title(label)}\nn = {len(chips)}", fontsize=9)
    figure.suptitle(title, fontsize=10)
    figure.tight_layout()
    return figure


def feature_maps(maps: dict[str, np.ndarray], labels: np.ndarray, classes: Sequence[str], title: str) -> Figure:
    """Faces in two dimensions, (n, 2) a network, a marker and colour a class."""
    figure, axes = plt.subplots(1, len(maps), figsize=(5.6 * len(maps), 4.6), squeeze=False)
    for axis, (name, points) in zip(axes[0], maps.items(), strict=True):
        for k, label in enumerate(classes):
            chosen = labels == label
            style: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.3, "alpha": 0.8, **marker_style(k)}
            legend = f"{_named(label)} (n = {chosen.sum()})"
            axis.scatter(points[chosen, 0], points[chosen, 1], s=24, label=legend, **style)
        axis.set(xlabel="t-SNE 1 (no unit)", ylabel="t-SNE 2 (no unit)", xticks=[], yticks=[], title=name)
        sns.despine(ax=axis)
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, ncol=-(-len(classes) // 16))
    figure.suptitle(title)
    return figure


def words_of_a_face(cohort: Cohort, faces: Faces, centres: np.ndarray, place: int) -> Figure:
    """One aligned face, the visual word at each grid point (largest scale), and the histogram of its words."""
    from facediag_utils.methods import dsift

    image = read_rgb(cohort.table["path"].iloc[place])
    chip = face_chip(image, faces.landmarks[place], dsift.SIDE, dsift.CROP)
    values = dsift.describe(chip)
    points = len(values) // len(dsift.SCALES)
    word = np.linalg.norm(values[-points:, None].astype(np.float32) - centres[None], axis=2).argmin(axis=1)
    side = round(points**0.5)
    # Words in the order of their first principal component, so that like words have like colours.
    order = np.argsort(np.argsort(np.linalg.svd(centres - centres.mean(axis=0), full_matrices=False)[0][:, 0]))
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=[1, 1, 1.6])
    axes[0].imshow(chip)
    axes[1].imshow(order[word].reshape(side, side), cmap="viridis")
    shares = dsift.bag(values, centres)[np.argsort(order)]
    axes[2].bar(np.arange(len(centres)), shares, width=1.0, color=COLOURS[0], linewidth=0)
    axes[2].set(xlabel="word", ylabel="share of descriptors", title="bag of features")
    for axis, title in zip(axes[:2], ("aligned face", "nearest word a grid point"), strict=True):
        axis.set(xticks=[], yticks=[], title=title)
    sns.despine(ax=axes[2])
    figure.suptitle(f"{class_title(cohort.table['label'].iloc[place])}, {cohort.profile.title}", fontsize=10)
    figure.tight_layout()
    return figure


def figure_paths(profile: Profile) -> list[Path]:
    """All figures of a profile, by name."""
    return sorted(path for path in profile.figures.glob("[!.]*") if path.suffix in {".png", ".svg"})
