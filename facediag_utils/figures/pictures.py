"""Figures made of pictures: faces of a cohort, what was found in them, and their averages."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from scipy.spatial.distance import cdist

from facediag_utils.core.profiles import Profile
from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.faces.alignment import face_chip
from facediag_utils.faces.detection import Faces
from facediag_utils.figures.style import COLOURS, class_title, first_of, named_class, title_on_top, title_within

MOST = 8  # columns of a figure


def face_grid(cohort: Cohort, per_class: int = 10, side: int = 110, seed: int = 0) -> Figure:
    """Some images of each class, a row per class, drawn with a seed."""
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
        members = cohort.table[(cohort.table["label"] == label) & (cohort.table["severity"] > 0)]
        if len(members):
            members = members.sort_values("severity")
            ranks = np.linspace(0, len(members) - 1, per_class).round().astype(int)
            rows[label] = members["path"].to_numpy()[ranks].tolist()
    return _picture_rows(rows, side, f"Mildest (left) to most marked (right), {cohort.profile.title}")


def severity_strip(strip: Cohort, side: int = 120) -> Figure:
    """The people of the strip, two a disease side by side, each at every severity."""
    rows = {}
    for label, images in strip.table.groupby("label", sort=False):
        rows[str(label)] = images.sort_values(["subject", "severity"])["path"].tolist()
    levels = sorted(strip.table["severity"].unique())
    people = len(next(iter(rows.values()))) // len(levels)
    figure = _picture_rows(rows, side, f"Each person without signs, then more and more marked; {strip.profile.title}")
    for axis, k in itertools.product(figure.axes, range(1, people)):
        axis.axvline(side * len(levels) * k - 0.5, color="white", linewidth=6)
    figure.axes[-1].set_axis_on()
    figure.axes[-1].set(yticks=[], xticks=[side * (k + 0.5) for k in range(people * len(levels))])
    figure.axes[-1].set_xticklabels([f"{level:g}" for level in levels * people], fontsize=9)
    figure.axes[-1].set_xlabel("severity of the signs", fontsize=9)
    sns.despine(ax=figure.axes[-1], left=True, bottom=True)
    figure.axes[-1].tick_params(length=0)
    return figure


def contact_sheet(cohort: Cohort, columns: int = 20, side: int = 80) -> Figure:
    """Every image of the cohort, class after class, in the order of the manifest."""
    columns = min(columns, int(cohort.table["label"].value_counts().max()))
    rows: list[np.ndarray] = []
    starts: dict[str, int] = {}
    for label in cohort.classes:
        starts[label] = len(rows)
        paths = cohort.table.loc[cohort.table["label"] == label, "path"].tolist()
        for first in range(0, len(paths), columns):
            rows.append(_strip(paths[first : first + columns], side, columns))
    figure, axis = plt.subplots(figsize=(0.7 * columns, 0.7 * len(rows)))
    axis.imshow(np.concatenate(rows))
    for label, row in starts.items():
        axis.text(-8, (row + 0.5) * side, named_class(label), ha="right", va="center", fontsize=8)
    axis.set_axis_off()
    axis.set_title(_data_line(cohort.profile, len(cohort)), fontsize=10)
    return figure


def _strip(paths: Sequence[Path], side: int, width: int) -> np.ndarray:
    """Pictures side by side, white where there are fewer than ``width``."""
    strip = Image.new("RGB", (side * width, side), "white")
    for k, path in enumerate(paths):
        picture = Image.fromarray(read_rgb(path)).resize((side, side), Image.Resampling.LANCZOS)
        strip.paste(picture, (side * k, 0))
    return np.asarray(strip)


def _picture_rows(rows: dict[str, list[Path]], side: int, title: str) -> Figure:
    """Pictures side by side, a labelled row per class."""
    width = max(len(paths) for paths in rows.values())
    figure, axes = plt.subplots(len(rows), 1, figsize=(width * 1.1, len(rows) * 1.12), squeeze=False)
    for axis, (label, paths) in zip(axes[:, 0], rows.items(), strict=True):
        axis.imshow(_strip(paths, side, width))
        axis.set_axis_off()
        name = named_class(label).replace(" ", "\n", 1)
        axis.text(-0.01, 0.5, name, transform=axis.transAxes, ha="right", va="center")
    figure.subplots_adjust(hspace=0.03)
    figure.suptitle(title, y=0.88 + 0.224 / figure.get_figheight(), fontsize=10)  # the pictures end at 0.88
    return figure


def _data_line(profile: Profile, count: int) -> str:
    kind = "rendered portraits, no photographs of people" if profile.rendered else "images"
    return f"{profile.title}: {count} {kind}"


def alignment_steps(cohort: Cohort, faces: Faces, rows: Sequence[int], size: int = 224) -> Figure:
    """For one image of each class, or of the first `MOST`: the detector's box and 68 landmarks, the loose crop, the tight crop."""
    rows = rows[:MOST]
    titles = ("detector's box, 68 landmarks", "aligned, loose crop", "aligned, tight crop")
    figure, axes = plt.subplots(3, len(rows), figsize=(min(2.0 * len(rows), 14), 6.2), squeeze=False)
    for column, row in enumerate(rows):
        image = read_rgb(cohort.table["path"].iloc[row])
        left, top, right, bottom = faces.box[row]
        box = mpl.patches.Rectangle((left, top), right - left, bottom - top, fill=False, linewidth=1.5)
        box.set_edgecolor(COLOURS[1])
        axes[0, column].add_patch(box)
        _show_landmarks(axes[0, column], image, faces.landmarks[row], cohort.table["label"].iloc[row])
        for line, crop in ((1, "loose"), (2, "tight")):
            axes[line, column].imshow(face_chip(image, faces.landmarks[row], size, crop))
    for line, text in enumerate(titles):
        axes[line, 0].set_ylabel(text, fontsize=9)
    plt.setp(axes, xticks=[], yticks=[])
    figure.tight_layout(pad=0.4)
    title_on_top(figure, cohort.profile.title + first_of(cohort.classes, len(rows))[1])
    return figure


def _show_landmarks(axis: Axes, image: np.ndarray, points: np.ndarray, label: str) -> None:
    axis.imshow(image)
    for colour, size in (("white", 3.2), (COLOURS[0], 1.8)):
        axis.plot(*points.T, ".", color=colour, markersize=size)
    axis.set_title(class_title(label), fontsize=9)


def truth_pictures(cohort: Cohort, rows: Sequence[int]) -> Figure:
    """For some rendered images: the landmarks projected from the mesh, and where the phenotype changed the head."""
    figure, axes = plt.subplots(2, len(rows), figsize=(2.0 * len(rows) + 0.5, 4.4), squeeze=False, layout="constrained")
    points = ground_truth.landmarks(cohort)
    for (above, below), row in zip(axes.T, rows, strict=True):
        image = read_rgb(cohort.table["path"].iloc[row])
        head, sign = ground_truth.sign_mask(cohort, row)
        extent = (-0.5, image.shape[1] - 0.5, image.shape[0] - 0.5, -0.5)
        _show_landmarks(above, image, points[row], cohort.table["label"].iloc[row])
        below.imshow(image.mean(axis=2), cmap="gray", vmin=0, vmax=400)
        shown = below.imshow(sign, cmap="cividis", vmin=0, vmax=1, alpha=0.75 * head, extent=extent)
    plt.setp(axes, xticks=[], yticks=[])
    axes[0, 0].set_ylabel("true landmarks", fontsize=9)
    axes[1, 0].set_ylabel("changed by the signs", fontsize=9)
    bar = figure.colorbar(shown, ax=axes.ravel().tolist(), fraction=0.02, pad=0.01)
    bar.set_label("change (0 none, 1: 5 mm, or as much recoloured)", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    figure.suptitle(cohort.profile.title, fontsize=10)
    return figure


def mean_faces(chips_of_class: dict[str, np.ndarray], title: str) -> Figure:
    """The average aligned face of each class (mean of the pixels), with the number averaged."""
    across = min(len(chips_of_class), 6)
    down = -(-len(chips_of_class) // across)
    figure, axes = plt.subplots(down, across, figsize=(2.0 * across, 2.6 * down), squeeze=False)
    for axis in axes.flat[len(chips_of_class) :]:
        axis.set_axis_off()
    for axis, (label, chips) in zip(axes.flat, chips_of_class.items(), strict=False):
        axis.imshow(chips.mean(axis=0).astype(np.uint8))
        axis.set(xticks=[], yticks=[])
        axis.set_title(f"{class_title(label)}\nn = {len(chips)}", fontsize=9)
    title_within(figure, title)
    figure.tight_layout()
    return figure


def words_of_a_face(cohort: Cohort, faces: Faces, centres: np.ndarray, place: int) -> Figure:
    """One aligned face, the visual word at each grid point (largest scale), and the histogram of its words."""
    from facediag_utils.methods import dsift

    image = read_rgb(cohort.table["path"].iloc[place])
    chip = face_chip(image, faces.landmarks[place], dsift.SIDE, dsift.CROP)
    values = dsift.describe(chip)
    points = len(values) // len(dsift.SCALES)
    word = cdist(values[-points:], centres).argmin(axis=1)
    side = round(points**0.5)
    # Words in the order of their first principal component, so that like words have like colours.
    order = np.argsort(np.argsort(np.linalg.svd(centres - centres.mean(axis=0), full_matrices=False)[0][:, 0]))
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=[1, 1, 1.6])
    axes[0].imshow(chip)
    axes[1].imshow(order[word].reshape(side, side), cmap="viridis")
    shares = dsift.bag(values, centres)[np.argsort(order)]
    axes[2].bar(np.arange(len(centres)), shares, width=1.0, color=COLOURS[0], linewidth=0)
    axes[2].set(xlabel="word", ylabel="share of descriptors", title="bag of features")
    for axis, title in zip(axes[:2], ("aligned face", "nearest word per grid point"), strict=True):
        axis.set(xticks=[], yticks=[], title=title)
    sns.despine(ax=axes[2])
    figure.suptitle(f"{class_title(cohort.table['label'].iloc[place])}, {cohort.profile.title}", fontsize=10)
    figure.tight_layout()
    return figure
