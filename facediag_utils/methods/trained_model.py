"""A trained model put to new pictures: ranked classes with calibrated scores, or a plain refusal.

A classifier on fixed features (DTL2) or a fine-tuned network (DTL1), with the features of its training faces.  These tell people
apart: treat a model's file (`facediag_utils.methods.model_io`) as you treat the pictures."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.neighbors import NearestNeighbors

from facediag_utils.core import row_cache
from facediag_utils.core.errors import ImageError, ModelError
from facediag_utils.core.progress import progress_bar
from facediag_utils.data import splitting
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.images import read_rgb
from facediag_utils.data.splitting import class_numbers, held_out, task_split
from facediag_utils.data.store import Method
from facediag_utils.faces.alignment import aligned_chips, face_chip
from facediag_utils.faces.detection import ALIGNED, Faces, find_face
from facediag_utils.methods import dtl1, dtl2, svm
from facediag_utils.networks import registry

FORMAT = 2


@dataclass(frozen=True)
class ModelInfo:
    """What a model is: the data and classes it was trained on, its network, and how far a face may be.

    Attributes
    ----------
    title : str
        Of the data.
    rendered : bool
    classes : list of str
    backbone, weights : str
        Network and checksum of its pretrained weights.
    method : str
        DTL1 or DTL2.
    setting : float
        C of DTL2's SVM; of DTL1 the temperature that its logits are divided by (Guo et al. 2017).
    limit : float
        Largest distance (of features) from any training face to the nearest other: a face farther than that from all of
        them is refused.  Of new faces like the training faces that is about one in their number.
    """

    title: str
    rendered: bool
    classes: list[str]
    backbone: str
    weights: str
    method: str
    setting: float
    limit: float
    format: int = FORMAT


@dataclass(frozen=True)
class Model:
    """What was trained, with the features of its training faces.

    Attributes
    ----------
    about : ModelInfo
    features : numpy.ndarray
        float32, (n, d).
    classifier : sklearn.calibration.CalibratedClassifierCV or None
        Of DTL2.
    network : facediag_utils.methods.training.Classifier or None
        Of DTL1.
    """

    about: ModelInfo
    features: np.ndarray
    classifier: CalibratedClassifierCV | None = None
    network: Any = None

    def body(self) -> Any:
        """The network that gives features."""
        return self.network.body if self.network is not None else registry.load(self.about.backbone)

    def distances(self, features: np.ndarray) -> np.ndarray:
        """From faces, by their features (n, d), to the nearest training face each, as shares of the limit: (n,)."""
        nearest = NearestNeighbors(n_neighbors=1).fit(self.features)
        return nearest.kneighbors(features)[0][:, 0] / self.about.limit

    def ranked(self, features: np.ndarray) -> list[tuple[str, float]]:
        """Classes of one face by calibrated score, from its features (1, d)."""
        if self.classifier is not None:
            names, scores = self.classifier.classes_.tolist(), self.classifier.predict_proba(features)[0]
        else:
            names = self.about.classes
            scores = softmax(_logits(self.network, features)[0] / self.about.setting)
        return sorted(zip(names, scores.tolist(), strict=True), key=lambda pair: -pair[1])


@dataclass(frozen=True)
class Answer:
    """What a model says of one picture.

    Attributes
    ----------
    path : Path
    refusal : str
        Why it says nothing; empty if it does.
    ranked : list of (str, float)
        Classes, the likeliest first, with calibrated scores that sum to 1.
    chip : numpy.ndarray or None
        The aligned face, uint8 RGB.
    distance : float
        To the nearest training face, as a share of the model's limit; NaN without a face.
    faces : int
        In the picture; the largest was used.
    """

    path: Path
    refusal: str
    ranked: list[tuple[str, float]]
    chip: np.ndarray | None = None
    distance: float = float("nan")
    faces: int = 0


def train(task: Task, cohort: Cohort, features: np.ndarray, backbone: str, penalty: float, seed: int = 0) -> Model:
    """DTL2 on a task's training images, its scores calibrated by Platt's curve on out-of-fold scores.

    Parameters
    ----------
    task, cohort, features, backbone, penalty, seed
        As `facediag_utils.methods.dtl2.out_of_fold` takes them.
    """
    rows = task_split(task, cohort, np.isfinite(features).all(axis=1))
    known, labels = features[rows.train], rows.labels[rows.train]
    base = svm.make_svc("linear", len(task.classes)).set_params(C=penalty)
    chosen = splitting.cross_validation_folds(labels, seed, rows.groups)
    classifier = CalibratedClassifierCV(base, cv=chosen, ensemble=False).fit(known, labels)
    return Model(_about(task, cohort, backbone, Method.DTL2, penalty, known), known.astype(np.float32), classifier)


def from_network(job: dtl1.Job, network: Any, cohort: Cohort, faces: Faces, seed: int = 0) -> Model:
    """DTL1's averaged network of a training that `facediag_utils.methods.dtl1.run_all` has kept.

    Its temperature is fitted to the training images that were left aside: the network has not learned from them, and nothing
    else was chosen by them.

    Parameters
    ----------
    job, network
        What was trained, a job that left images aside, and its averaged network.
    cohort, faces, seed
        As `facediag_utils.methods.dtl1.run_all` had them.

    Raises
    ------
    ModelError
        If the job left no images aside.
    """
    if not job.aside:
        raise ModelError(
            f"DTL1, {job.backbone}: it has learned from all training images, so there are none to calibrate its scores on; "
            "train it with dtl1.Job(..., aside=True)"
        )
    rows = task_split(job.task, cohort, faces.found)
    train, numbers = np.flatnonzero(rows.train), class_numbers(job.task, rows.labels)
    record = registry.get(job.backbone)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        pictures = aligned_chips(cohort, faces, record.input_size, record.crop)
        batches = dtl2.in_batches(train[missing])
        for batch in progress_bar(batches, len(batches), record.title, unit="batch"):
            yield {"features": dtl2.features_of(network.body, record, record.feature_layer, pictures[batch])}

    table = row_cache.table_path(f"dtl1/{cohort.profile.name}/features", state_digest(network))
    known = row_cache.complete(table, list(cohort.table["sha256"].iloc[train]), compute)["features"]
    _, aside = held_out(train, numbers, job.seed(seed), rows.groups)
    logits = _logits(network, known[np.isin(train, aside)])
    setting = temperature(logits, numbers[aside])
    return Model(_about(job.task, cohort, job.backbone, Method.DTL1, setting, known), known, network=network)


def temperature(logits: np.ndarray, numbers: np.ndarray) -> float:
    """What logits (n, classes) must be divided by to be likeliest for the true classes, between 1/20 and 20."""

    def loss(power: float) -> float:
        return -log_softmax(logits / np.exp(power), axis=1)[np.arange(len(numbers)), numbers].mean()

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def _about(task: Task, cohort: Cohort, backbone: str, method: str, setting: float, known: np.ndarray) -> ModelInfo:
    nearest = NearestNeighbors(n_neighbors=2).fit(known).kneighbors(known)[0][:, 1]
    data, weights, limit = cohort.profile, registry.get(backbone).checksum(), float(nearest.max())
    return ModelInfo(data.title, data.rendered, list(task.classes), backbone, weights, method, float(setting), limit)


def state_digest(network: Any) -> str:
    """SHA-256 of a network's weights."""
    digest = hashlib.sha256()
    for value in network.state_dict().values():
        digest.update(value.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _logits(network: Any, features: np.ndarray) -> np.ndarray:
    weight, bias = (value.detach().numpy() for value in (network.head.weight, network.head.bias))
    return features @ weight.T + bias


def answers(model: Model, paths: Iterable[Path]) -> Iterator[Answer]:
    """What a model says of pictures, one after another; a picture that it cannot judge is refused, not skipped."""
    import torch

    record, body = registry.get(model.about.backbone), model.body().to(memory_format=torch.channels_last)
    for path in paths:
        try:
            picture = read_rgb(path)
        except ImageError as error:
            yield Answer(path, str(error).removeprefix(f"{path}: "), [])
            continue
        face = find_face(picture)
        if face["outcome"] != ALIGNED:
            yield Answer(path, "no face was found", [])
            continue
        chip = face_chip(picture, face["landmarks"], record.input_size, record.crop)
        features = dtl2.features_of(body, record, record.feature_layer, chip[None])
        distance = float(model.distances(features)[0])
        refusal = "" if distance <= 1 else f"far from every training face ({_format_distance(distance)} any of them)"
        yield Answer(path, refusal, [] if refusal else model.ranked(features), chip, distance, int(face["count"]))


def _format_distance(distance: float) -> str:
    """How far beyond the limit, a share of it above 1: "1.3 times as far as", and never "1.0 times"."""
    said = f"{distance:.1f}"
    return "a little farther than" if said == "1.0" else f"{said} times as far as"


def format_answer(answer: Answer) -> str:
    """An answer in one line."""
    name = str(answer.path).encode("utf-8", "backslashreplace").decode().replace("\n", "\\n")
    if answer.refusal:
        return f"{name}: no answer: {answer.refusal}"
    several = f" (the largest of {answer.faces} faces)" if answer.faces > 1 else ""
    return f"{name}{several}: " + ", ".join(f"{label} {100 * score:.0f}%" for label, score in answer.ranked)
