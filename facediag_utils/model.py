"""A trained model kept in a file and put to new pictures: ranked classes with calibrated scores, or a plain refusal.

The classifier (DTL2) and its training features are kept by skops: loading executes nothing.  The features are what the classifier
is made of and tell people apart: treat the file as you treat the pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.neighbors import NearestNeighbors

from facediag_utils import backbones, svm
from facediag_utils.alignment import ALIGNED, face_chip, find_face
from facediag_utils.cohort import Cohort, Task
from facediag_utils.errors import ImageError, ModelError
from facediag_utils.files import replacing
from facediag_utils.images import read_rgb

WORD = "Research and teaching only; not a medical device. Do not use it to judge, screen or sort anybody."
FORMAT = 1
SUFFIX = ".skops"
#: What a calibrated SVM is made of besides the types that skops trusts by itself; all are scikit-learn's, none runs code.
TRUSTED = [
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.model_selection._split.PredefinedSplit",
    "sklearn.model_selection._split.StratifiedKFold",
]


@dataclass(frozen=True)
class About:
    """What a model is: the data and classes it was trained on, its network, and how far a face may be.

    Attributes
    ----------
    title : str
        Of the data.
    rendered : bool
    classes : list of str
    backbone, weights : str
        Network and checksum of its weights.
    penalty : float
        C of the SVM.
    limit : float
        Largest distance (of features) from any training face to the nearest other: a face farther than that from all of
        them is refused.  Of new faces like the training faces that is about one in their number.
    """

    title: str
    rendered: bool
    classes: list[str]
    backbone: str
    weights: str
    penalty: float
    limit: float
    format: int = FORMAT


@dataclass(frozen=True)
class Model:
    """A trained classifier with its training features, float32 (n, d)."""

    about: About
    classifier: CalibratedClassifierCV
    features: np.ndarray


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
        As `facediag_utils.dtl2.out_of_fold` takes them.
    """
    rows = svm.parts(task, cohort, np.isfinite(features).all(axis=1))
    known, labels = features[rows.train], rows.labels[rows.train]
    base = svm.new("linear", len(task.classes)).set_params(C=penalty)
    classifier = CalibratedClassifierCV(base, cv=svm.folds(labels, seed, rows.groups), ensemble=False).fit(
        known, labels
    )
    nearest = NearestNeighbors(n_neighbors=2).fit(known).kneighbors(known)[0][:, 1]
    about = About(
        cohort.profile.title,
        cohort.profile.rendered,
        list(task.classes),
        backbone,
        backbones.get(backbone).checksum,
        float(penalty),
        float(nearest.max()),
    )
    return Model(about, classifier, known.astype(np.float32))


def save(model: Model, path: Path) -> Path:
    """Keep a model in one file, whole or not at all; one that is there is replaced."""
    content = {"about": asdict(model.about), "classifier": model.classifier, "features": model.features}
    with replacing(path) as partial:
        skops.io.dump(content, partial)
    return path


def load(path: Path) -> Model:
    """Read a model; the suffix may be left out.

    Raises
    ------
    ModelError
        If there is none, the file is damaged or holds anything but scikit-learn's own types, or the network's weights
        are not those it was trained with.
    """
    path = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
    if not path.is_file():
        raise ModelError(f"{path}: no model here; `make reproduce` makes results/<profile>/model{SUFFIX}")
    try:
        strange = sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED))
        content = {} if strange else skops.io.load(path, trusted=TRUSTED)
    except Exception as error:  # a damaged zip or JSON fails in many ways inside skops
        raise ModelError(f"{path}: damaged ({type(error).__name__}: {error}); run `make reproduce` again") from None
    if strange:
        raise ModelError(f"{path}: holds {', '.join(strange)}, which no model of this package does; it was not loaded")
    try:
        model = Model(About(**content["about"]), content["classifier"], content["features"])
    except (TypeError, KeyError):
        raise ModelError(f"{path}: not a model of this package; run `make reproduce` again") from None
    if model.about.format != FORMAT or not isinstance(model.classifier, CalibratedClassifierCV):
        raise ModelError(f"{path}: of another version of this package; run `make reproduce` again")
    if backbones.get(model.about.backbone).checksum != model.about.weights:
        raise ModelError(f"{path}: was trained with other weights of {model.about.backbone} than are installed")
    return model


def answers(model: Model, paths: Iterable[Path]) -> Iterator[Answer]:
    """What a model says of pictures, one after another; a picture that it cannot judge is refused, not skipped."""
    import torch

    record = backbones.get(model.about.backbone)
    network: Any = backbones.load(record.name).to(memory_format=torch.channels_last)
    nearest = NearestNeighbors(n_neighbors=1).fit(model.features)
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
        with torch.inference_mode():
            batch = backbones.prepare(chip[None], record)
            features = network.features(batch, record.feature_layer).contiguous().numpy().astype(np.float32)
        distance = float(nearest.kneighbors(features)[0][0, 0]) / model.about.limit
        scores = model.classifier.predict_proba(features)[0]
        ranked = sorted(
            zip(model.classifier.classes_.tolist(), scores.tolist(), strict=True), key=lambda pair: -pair[1]
        )
        refusal = "" if distance <= 1 else f"far from every training face ({distance:.1f} times as far as any of them)"
        yield Answer(path, refusal, [] if refusal else ranked, chip, distance, int(face["count"]))


def told(answer: Answer) -> str:
    """An answer in one line."""
    name = str(answer.path).encode("utf-8", "backslashreplace").decode().replace("\n", "\\n")
    if answer.refusal:
        return f"{name}: no answer: {answer.refusal}"
    several = f" (the largest of {answer.faces} faces)" if answer.faces > 1 else ""
    return f"{name}{several}: " + ", ".join(f"{label} {100 * score:.0f}%" for label, score in answer.ranked)
