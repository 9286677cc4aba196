"""Heat maps over faces, and what became of them when they were scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.ndimage import zoom

from facediag_utils.core.files import atomic_write
from facediag_utils.evaluation.domain_distance import rank_correlation
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.true_signs import MARKED
from facediag_utils.figures.style import COLOURS, LINES, class_title, finished_panels, first_of, marker_style

if TYPE_CHECKING:  # torch is not loaded for a name
    from facediag_utils.methods.trained_model import Answer, Model

CAUTION = "Meant to show where this network's answer comes from, not where a disease is. Research and teaching only."


MOST = 6  # maps of a face


@dataclass(frozen=True)
class Shown:
    """One face with its maps.

    Attributes
    ----------
    title : str
        What stands at its left.
    chip : numpy.ndarray
        uint8, (size, size, 3), as the network got it.
    maps : dict of str to numpy.ndarray
        By what stands above, (side, side) each.
    signs : numpy.ndarray or None
        (side, side), how much each place has changed; not known of photographs.
    """

    title: str
    chip: np.ndarray
    maps: dict[str, np.ndarray]
    signs: np.ndarray | None = None


def draw_map(axis: Axes, chip: np.ndarray, heat: np.ndarray | None, signs: np.ndarray | None = None) -> None:
    """A grey face; over it where the map is positive, the more opaque the higher; and the outline of the marked places."""
    size = len(chip)
    axis.imshow(chip.mean(axis=2), cmap="gray", vmin=0, vmax=300)
    if heat is not None:
        share = (heat / max(float(heat.max()), 1e-12)).clip(0, 1)
        large = zoom(share, size / len(share), order=1).clip(0, 1)
        axis.imshow(large, cmap="cividis", vmin=0, vmax=1, alpha=0.9 * large)
    if signs is not None and (signs >= MARKED).any():
        large = zoom(signs, size / len(signs), order=1)
        for colour, width in (("white", 2.2), ("black", 1.0)):
            axis.contour(large, levels=[MARKED], colors=colour, linewidths=width)
    axis.set(xticks=[], yticks=[])
    for side in axis.spines.values():
        side.set_visible(False)


def maps_over_faces(shown: Sequence[Shown], title: str) -> Figure:
    """A row per face: the face itself, then a column per map, of more than `MOST` the first; outlined are the places that
    bear a sign, where they are known."""
    columns, of_many = first_of(list(dict.fromkeys(name for face in shown for name in face.maps)), MOST, "maps")
    known = any(face.signs is not None for face in shown)
    size = (1.75 * (len(columns) + 1) + 0.4, 1.75 * len(shown) + 0.6)
    figure, axes = plt.subplots(len(shown), len(columns) + 1, figsize=size, squeeze=False, layout="constrained")
    for line, face in zip(axes, shown, strict=True):
        draw_map(line[0], face.chip, None, face.signs)
        line[0].set_ylabel(face.title, fontsize=9)
        for axis, name in zip(line[1:], columns, strict=True):
            if name in face.maps:
                draw_map(axis, face.chip, face.maps[name], face.signs)
            else:
                axis.set_axis_off()
    axes[0, 0].set_title("true signs" if known else "aligned face", fontsize=9)
    for axis, name in zip(axes[0, 1:], columns, strict=True):
        axis.set_title(name, fontsize=9)
    figure.suptitle(title + of_many, fontsize=10)
    return figure


def draw_scores(axis: Axes, scores: pd.DataFrame, baselines: Sequence[str], xlabel: str) -> None:
    """Mean scores with 95% intervals, one below the other; baselines are squares, at the end.

    Parameters
    ----------
    scores : pandas.DataFrame
        As `facediag_utils.evaluation.localisation.means` gives it, of one network.
    baselines : sequence of str
        Which methods have not looked at the network.
    """
    for y, row in enumerate(scores.to_dict("records")):
        value, low, high = row["mean"]
        style: dict[str, Any] = marker_style(1 if row["method"] in baselines else 0)
        axis.errorbar(value, y, xerr=[[value - low], [high - value]], capsize=2.5, markersize=5, linewidth=1.2, **style)
    names = [f"{method}, n = {n}" for method, n in zip(scores["method"], scores["n"], strict=True)]
    axis.set_yticks(range(len(scores)), names, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlabel(xlabel)


def draw_swaps(axis: Axes, falls: dict[str, list[Interval]], shares: Sequence[float], whole: Interval) -> None:
    """How far the contrast falls when the most important places are replaced by the healthy twin's, in several orders.

    Parameters
    ----------
    falls : dict of str to list of Interval
        By order: mean fall at each of the shares.
    shares : sequence of float
    whole : Interval
        The fall when all of the face is the twin's.
    """
    axis.axhspan(whole.low, whole.high, color=COLOURS[4], alpha=0.15, linewidth=0)
    axis.axhline(whole.value, color=COLOURS[4], linewidth=1.0, label="whole twin")
    for k, (name, values) in enumerate(falls.items()):
        x = [100 * share * 1.02 ** (k - len(falls) / 2) for share in shares]  # side by side, so that bars can be read
        _draw_line(axis, x, values, k, name)
    axis.set(xscale="log", xlabel="share of the face replaced (%)", ylabel="fall of the margin, disease less control")
    axis.set_xticks([100 * share for share in shares], [f"{100 * share:g}" for share in shares])
    axis.minorticks_off()
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))


def _draw_line(axis: Axes, x: Sequence[float] | np.ndarray, values: Sequence[Interval], k: int, name: str) -> None:
    """The k-th of many lines, each value with its interval."""
    mean = np.array([value.value for value in values])
    reach = np.array([[value.value - value.low, value.high - value.value] for value in values]).T
    style: dict[str, Any] = {**marker_style(k), "linestyle": LINES[k % len(LINES)], "label": name}
    axis.errorbar(x, mean, yerr=reach, capsize=2, markersize=5, linewidth=1.2, **style)


def scores_and_swaps(
    scores: pd.DataFrame,
    baselines: Sequence[str],
    swaps: tuple[dict[str, list[Interval]], Sequence[float], Interval],
    title: str,
) -> Figure:
    """`draw_scores` of the relevance rank beside `draw_swaps`; parameters as there."""
    size = (12, max(4.0, 1.4 + 0.3 * len(scores)))
    figure, axes = plt.subplots(1, 2, figsize=size, width_ratios=[1, 1.1])
    draw_scores(axes[0], scores, baselines, "relevance rank, mean and 95% interval")
    axes[0].set_title("scored on the true signs", fontsize=9)
    draw_swaps(axes[1], *swaps)
    axes[1].set_title("healthy twin swapped in, 95% intervals", fontsize=9)
    return finished_panels(figure, title)


def sanity(curves: dict[str, dict[str, list[Interval]]], labels: Sequence[str], title: str) -> Figure:
    """What is left of maps while a network forgets, from its last layer on; a panel per measure.

    Parameters
    ----------
    curves : dict of str to dict of str to list of Interval
        By measure and method: a mean for each of the labels.
    labels : sequence of str
        How much was forgotten.
    """
    figure, axes = plt.subplots(1, len(curves), figsize=(4.4 * len(curves), 3.5), squeeze=False)
    for axis, (measure, of_method) in zip(axes[0], curves.items(), strict=True):
        for k, (name, values) in enumerate(of_method.items()):
            _draw_line(axis, np.arange(len(labels)) + 0.06 * k, values, k, name)
        axis.set(xlabel="layers that were randomised, from the last")
        axis.set_xticks(range(len(labels)), list(labels))
        axis.set_title(f"{measure}, mean and 95% interval", fontsize=9)
    axes[0, 0].legend(frameon=False, fontsize=8)
    return finished_panels(figure, title)


def fall_by_severity(table: pd.DataFrame, title: str) -> Figure:
    """For each ill face: how far the contrast falls when the whole face is its healthy twin's, by severity, a panel per class.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns label, severity, fall.
    """
    labels = list(dict.fromkeys(table["label"]))
    figure, axes = plt.subplots(1, len(labels), figsize=(2.6 * len(labels), 3.0), squeeze=False, sharey=True)
    for k, (axis, label) in enumerate(zip(axes[0], labels, strict=True)):
        part = table[table["label"] == label]
        axis.axhline(0, color=COLOURS[4], linewidth=0.8)
        axis.plot(part["severity"], part["fall"], linestyle="none", markersize=4, **marker_style(k))
        rank = rank_correlation(part["severity"].to_numpy(float), part["fall"].to_numpy(float))
        axis.set_title(f"{class_title(label)}, n = {len(part)}\nSpearman {rank.plain()}", fontsize=9)
        axis.set(xlabel="severity of the signs (0 to 1)", xlim=(0.15, 1.05))
    axes[0, 0].set_ylabel("fall of the margin")
    return finished_panels(figure, title)


def explain(model: "Model", answer: "Answer", path: Path) -> str:
    """Draw where the answer about one picture comes from, with the words of caution, and say what is drawn.

    Parameters
    ----------
    model : facediag_utils.methods.trained_model.Model
    answer : facediag_utils.methods.trained_model.Answer
        That is no refusal.
    path : Path
        A PNG file to be written.
    """
    from facediag_utils.methods import contrast, explanations

    assert answer.chip is not None
    first, second = contrast.pair(answer.ranked)
    margin = contrast.of_model(model, first, second)
    [heat] = explanations.heat_maps("Grad-CAM", margin, answer.chip[None], answer.chip)  # Grad-CAM needs no reference
    said = f"bright: speaks for {class_title(first)} and against {class_title(second)}"
    figure = maps_over_faces([Shown("", answer.chip, {"Grad-CAM": heat})], said)
    figure.supxlabel("\n".join(wrap(CAUTION, 56)), fontsize=8)
    with atomic_write(path) as partial:
        figure.savefig(partial, metadata={"Software": None, "Title": CAUTION})
    return f"{path}: {said} (Grad-CAM). {CAUTION}"
