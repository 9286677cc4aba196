"""One number per face: how much a network prefers one class to another.

DTL1 and DTL2 end alike, in a number that is linear in the features: the difference of two logits, or the SVM's own margin between two
classes.  So one module stands for both, and whatever explains an answer explains this number."""

import hashlib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.svm import SVC
from torch import nn

from facediag_utils.core import row_cache
from facediag_utils.core.errors import ExplanationError
from facediag_utils.data.cohort import Cohort, healthy_classes
from facediag_utils.faces.alignment import CROPS, chips
from facediag_utils.faces.detection import Faces
from facediag_utils.methods.devices import one_thread
from facediag_utils.methods.trained_model import Model
from facediag_utils.methods.training import Classifier
from facediag_utils.networks import registry


class Contrast(nn.Module):
    """From a network's input (n, 3, size, size) to one number per face, (n,): above 0 where it says the first class, not the second.

    Parameters
    ----------
    body : torch.nn.Module
        Gives features, as `facediag_utils.networks.registry.load` does.
    backbone : str
        Name of its record.
    weight : numpy.ndarray
        (d,), a number per feature.
    bias : float
    """

    def __init__(self, body: Any, backbone: str, weight: np.ndarray, bias: float) -> None:
        super().__init__()
        self.body, self.record = body, registry.get(backbone)
        self.head = nn.Linear(len(weight), 1)
        with torch.no_grad():
            self.head.weight.copy_(torch.from_numpy(np.asarray(weight)[None]))
            self.head.bias.fill_(bias)
        self.eval().requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body.features(x, self.record.feature_layer)).squeeze(1)

    def margins(self, chips: np.ndarray, batch: int = 32) -> np.ndarray:
        """The number for face chips, uint8 (n, size, size, 3): float32 (n,)."""
        parts = [chips[k : k + batch] for k in range(0, len(chips), batch)]
        with torch.inference_mode():
            found = [self(registry.prepare(part, self.record)).numpy() for part in parts]
        return np.concatenate(found) if found else np.empty(0, np.float32)


def of_svm(svm: SVC, body: Any, backbone: str, first: str, second: str) -> Contrast:
    """DTL2's linear SVM: its decision function between two classes, exactly.

    Parameters
    ----------
    svm : sklearn.svm.SVC
        Linear, fitted to features of ``backbone``.
    body : torch.nn.Module
    backbone, first, second : str
    """
    names = svm.classes_.tolist()
    low, high = sorted((names.index(first), names.index(second)))
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    place = pairs.index((low, high))
    # libsvm's margins point to the earlier class; of two classes scikit-learn turns them round
    sign = (1 if names.index(first) == low else -1) * (1 if len(names) > 2 else -1)
    return Contrast(body, backbone, sign * svm.coef_[place], float(sign * svm.intercept_[place]))


def of_network(network: Classifier, backbone: str, classes: Sequence[str], first: str, second: str) -> Contrast:
    """DTL1's network: the logit of the first class less that of the second."""
    one, other = (list(classes).index(name) for name in (first, second))
    weight, bias = network.head.weight.detach(), network.head.bias.detach()
    return Contrast(network.body, backbone, (weight[one] - weight[other]).numpy(), float(bias[one] - bias[other]))


def of_model(model: Model, first: str, second: str) -> Contrast:
    """A model as `facediag_utils.methods.model_io` keeps it: before its scores are calibrated, which changes no order."""
    about = model.about
    if model.classifier is None:
        return of_network(model.network, about.backbone, about.classes, first, second)
    svm = model.classifier.calibrated_classifiers_[0].estimator
    return of_svm(svm, model.body(), about.backbone, first, second)


def healthy(classes: Sequence[str]) -> str:
    """The class that the others are compared with: the healthy one by its name, else the last."""
    return next(iter(healthy_classes(classes)), classes[-1])


def pair(ranked: Sequence[tuple[str, float]]) -> tuple[str, str]:
    """Which two classes an answer is explained by: the likeliest ill one and the healthy one, or the first two if none is healthy.

    Parameters
    ----------
    ranked : sequence of (str, float)
        As `facediag_utils.methods.trained_model.Answer` has it.
    """
    names = [name for name, _ in ranked]
    well = healthy_classes(names)
    first = next(name for name in names if name not in well)
    return first, (well or [name for name in names if name != first])[0]


def randomised(contrast: Contrast, share: float, seed: int = 0) -> Contrast:
    """A copy in which the last layers have lost what they learned: each one's weights are put in random order (Adebayo et al. 2018).

    Parameters
    ----------
    share : float
        Of the layers with weights, from the end, where the answer is; 0 is the last one alone, 1 all.
    seed : int
    """
    made, generator = deepcopy(contrast), torch.Generator().manual_seed(seed)
    layers = [layer for layer in made.modules() if any(True for _ in layer.parameters(recurse=False))]
    for layer in layers[::-1][: max(1, round(share * len(layers)))]:
        for values in layer.parameters(recurse=False):
            flat = values.detach().flatten()
            values.copy_(flat[torch.randperm(len(flat), generator=generator)].reshape(values.shape))
    return made


@dataclass(frozen=True)
class Covered:
    """A face under a window.

    Attributes
    ----------
    chip : numpy.ndarray
        uint8, (size, size, 3).
    window : tuple of int
        Left, top and side, in pixels.
    margin : float
        What is left of the contrast.
    """

    chip: np.ndarray
    window: tuple[int, int, int]
    margin: float


def cover(contrast: Contrast, chip: np.ndarray, by: np.ndarray, left: float, top: float, part: float) -> Covered:
    """One step of occlusion: a square window of a face chip is replaced by another picture, and the network asked again.

    Parameters
    ----------
    contrast : Contrast
    chip, by : numpy.ndarray
        uint8, (size, size, 3).
    left, top, part : float
        Of the window: its place and its side, as shares of the picture's side; it stays within the picture.
    """
    made, size = chip.copy(), len(chip)
    side = round(part * size)
    x, y = (min(max(round(share * size), 0), size - side) for share in (left, top))
    made[y : y + side, x : x + side] = by[y : y + side, x : x + side]
    with one_thread():  # for one face the others only wait
        [margin] = contrast.margins(made[None])
    return Covered(made, (x, y, side), float(margin))


def average_face(cohort: Cohort, faces: Faces, backbone: str, label: str) -> np.ndarray:
    """The mean of a class's training faces, as a network takes them: uint8 (size, size, 3); cached by their content.

    Raises
    ------
    ExplanationError
        If the class has no training face.
    """
    record = registry.get(backbone)
    member = (cohort.table["label"] == label) & (cohort.table["split"] == "train")
    rows = np.flatnonzero(member.to_numpy() & faces.found)
    if not len(rows):
        raise ExplanationError(f"{cohort.profile.data}: no training face of {label} to compare others with")

    def compute(_: list[int]) -> Iterator[row_cache.Rows]:
        taken = list(chips(cohort, faces, record.input_size, record.crop, rows))
        yield {"mean": np.mean(taken, axis=0).round().astype(np.uint8)[None]}

    key = hashlib.sha256("".join(cohort.table["sha256"].iloc[rows]).encode() + faces.landmarks[rows].tobytes())
    path = row_cache.table_path("average_faces", record.input_size, CROPS[record.crop])
    return row_cache.complete(path, [key.hexdigest()], compute)["mean"][0]
