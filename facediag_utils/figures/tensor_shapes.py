"""A network drawn as the tensors that it makes of a batch of faces; every shape is read from the network itself."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facediag_utils.figures.style import COLOURS, title_on_top

APART = 1.25  # inches between the middles of two tensors
DEPTH = 0.35  # how far a box is drawn to the back, as a share of its width


@dataclass(frozen=True)
class Stage:
    """A tensor on its way through a network.

    Attributes
    ----------
    shape : tuple of int
        (batch, channels, height, width) of a map, (batch, features) of vectors.
    convolutions : int
        How many convolutions it took since the stage before.
    """

    shape: tuple[int, ...]
    convolutions: int = 0


def stages(network: Any, x: Any, layer: str) -> list[Stage]:
    """The input, the last map of each size, and the features, as forward hooks see them.

    Parameters
    ----------
    network : torch.nn.Module
        With ``features(x, layer)``, as `facediag_utils.networks.registry.load` gives it.
    x : torch.Tensor
        (batch, 3, side, side), as `facediag_utils.networks.registry.prepare` makes it; no memory is needed for its values on torch's
        "meta" device.
    layer : str
        Feature layer.
    """
    import torch

    seen: list[Stage] = []

    def note(part: Any, given: tuple[Any, ...], output: Any) -> None:
        convolves = isinstance(part, torch.nn.Conv2d)
        squeezes = convolves and given[0].shape[2:] == (1, 1) and part.kernel_size == (1, 1)  # squeeze-and-excitation
        if output.dim() == 4 and not squeezes:
            seen.append(Stage(tuple(output.shape), int(convolves)))

    parts = [part for part in network.modules() if part is not network]
    convolve = [part for part in parts if any(isinstance(inner, torch.nn.Conv2d) for inner in part.modules())]
    hooks = [part.register_forward_hook(note) for part in convolve]
    try:
        with torch.inference_mode():
            features = network.features(x, layer)
    finally:
        for hook in hooks:
            hook.remove()
    return [Stage(tuple(x.shape)), *_by_size(seen), Stage(tuple(features.shape))]


def _by_size(seen: Sequence[Stage]) -> list[Stage]:
    """The last map of each size.  A map that a later one exceeds is padded inside a block: it counts with the block."""
    kept: list[Stage] = []
    count = 0
    for k, stage in enumerate(seen):
        count += stage.convolutions
        if any(later.shape[2] > stage.shape[2] for later in seen[k:]):
            continue
        if kept and kept[-1].shape[2:] == stage.shape[2:]:
            count += kept.pop().convolutions
        kept.append(Stage(stage.shape, count))
        count = 0
    return kept


def diagram(found: Sequence[Stage], classes: int, last: str, title: str) -> Figure:
    """Boxes for maps, bars for vectors, from the pictures at the left to the classes at the right.

    Parameters
    ----------
    found : sequence of Stage
        As `stages` gives them.
    classes : int
        How many numbers the last step gives for a picture: one per class, or one for an SVM of two classes.
    last : str
        What turns features into an answer: "linear SVM".
    title : str
    """
    batch = found[0].shape[0]
    drawn = [*found, Stage((batch, classes))]
    names = ["face chips", *(_convolutions(stage.convolutions) for stage in found[1:-1]), "features", last]
    figure = plt.figure(figsize=(APART * len(drawn), 2.6))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, APART * len(drawn)), ylim=(-1.3, 1.3), aspect="equal")
    axis.set_axis_off()
    before = 0.0
    for k, (stage, name) in enumerate(zip(drawn, names, strict=True)):
        middle = (k + 0.5) * APART
        reach = _box(axis, middle, stage, COLOURS[1] if k == len(drawn) - 1 else COLOURS[0])
        axis.text(middle, 1.0, name, ha="center", va="center", fontsize=9)
        axis.text(middle, -0.9, _written(stage.shape), ha="center", va="top", fontsize=8)
        if k:
            axis.annotate("", (middle - reach, 0), (before, 0), arrowprops={"arrowstyle": "->", "color": "#555555"})
        before = middle + reach
    title_on_top(figure, title)
    return figure


def _convolutions(count: int) -> str:
    return f"{count} convolution" + "s" * (count > 1) if count else "pooling"


def _written(shape: tuple[int, ...]) -> str:
    """A shape on two lines at most: "10 × 64" and "× 224 × 224"."""
    return " × ".join(map(str, shape[:2])) + "".join(f"\n× {side[0]} × {side[1]}" for side in [shape[2:]] if side)


def _box(axis: Axes, middle: float, stage: Stage, colour: str) -> float:
    """Draws a tensor and says how far it and a margin reach from its middle; sides are to scale, channels logarithmic."""
    channels, *side = stage.shape[1:]
    height = 0.2 + 1.1 * min(1.0, side[0] / 224) if side else 0.25 + 0.1 * math.log2(channels)
    width = 0.06 * math.log2(channels) if side else 0.08
    back = DEPTH * height / 2 if side else 0.0
    left, right, low, high = middle - width / 2 - back / 2, middle + width / 2 - back / 2, -height / 2, height / 2
    faces = [[(left, low), (right, low), (right, high), (left, high)]]
    if side:
        faces.append([(left, high), (left + back, high + back), (right + back, high + back), (right, high)])
        faces.append([(right, low), (right + back, low + back), (right + back, high + back), (right, high)])
    for corners, shade in zip(faces, (0.75, 0.45, 0.6), strict=False):
        axis.add_patch(plt.Polygon(corners, facecolor=colour, edgecolor="white", linewidth=0.8, alpha=shade))
    return (width + back) / 2 + 0.06
