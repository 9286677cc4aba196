"""DTL2: the network as a fixed feature extractor, a linear SVM on top (paper, section III.C.2, Pseudocode 2, eq. 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.svm import SVC
from tqdm import tqdm

from facediag_utils import backbones
from facediag_utils import cache as store
from facediag_utils.alignment import DETECTOR_VERSION, PADDING, Faces, chips
from facediag_utils.cohort import Cohort, Task
from facediag_utils.errors import CohortError, WeightsError
from facediag_utils.results import NO_FACE, Predictions

METHOD = "DTL2"
BATCH = 32  # images: what is in memory at once
PENALTIES = tuple(10.0**k for k in range(-4, 5))  # the C of eq. (10); the paper gives no value
FOLDS = 5


def extract(backbone: str, cohort: Cohort, faces: Faces, layer: str | None = None) -> np.ndarray:
    """Features of every image with a face, cached by image content, weights and crop.

    Parameters
    ----------
    backbone : str
        Name in the registry.
    cohort : Cohort
    faces : Faces
        Of the same cohort.
    layer : str, optional
        Feature layer; default the record's, the one before the last fully connected layer.

    Returns
    -------
    numpy.ndarray
        float32, (n, d); NaN in the rows of images without a face.
    """
    record = backbones.get(backbone)
    layer = layer or record.feature_layer
    if layer not in record.layers:
        raise WeightsError(f"{backbone} has no feature layer {layer!r}; choose one of: {', '.join(record.layers)}")
    rows = np.flatnonzero(faces.found)
    digests = [cohort.table["sha256"].iloc[row] for row in rows]

    def compute(missing: list[int]) -> Iterator[store.Rows]:
        import torch

        network: Any = backbones.load(backbone).to(memory_format=torch.channels_last)
        pictures = chips(cohort, faces, record.input_size, record.crop, rows[missing])
        with (
            tqdm(total=len(missing), desc=record.title, unit="image", disable=None) as bar,
            torch.inference_mode(),
        ):
            for batch in _batches(pictures):
                features = network.features(backbones.prepare(batch, record), layer)
                bar.update(len(batch))
                yield {"features": features.contiguous().numpy().astype(np.float32)}

    path = store.table_path(
        f"features/{backbone}",
        record.checksum,
        layer,
        record.input_size,
        PADDING[record.crop],
        (record.mean, record.std),
        DETECTOR_VERSION,
    )
    result = np.full((len(cohort), record.layers[layer]), np.nan, dtype=np.float32)
    if len(rows):
        result[rows] = store.complete(path, digests, compute)["features"]
    return result


def _batches(pictures: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    batch: list[np.ndarray] = []
    for picture in pictures:
        batch.append(picture)
        if len(batch) == BATCH:
            yield np.stack(batch)
            batch = []
    if batch:
        yield np.stack(batch)


@dataclass(frozen=True)
class Fitted:
    """A trained SVM, the penalty it was given and the cross-validation that chose it.

    Attributes
    ----------
    svm : sklearn.svm.SVC
    penalty : float
        C of eq. (10).
    searched : tuple of (float, float)
        Penalty and its mean cross-validated accuracy on the training images; empty if C was given.
    """

    svm: SVC
    penalty: float
    searched: tuple[tuple[float, float], ...]


def fit(features: np.ndarray, labels: np.ndarray, penalty: float | None = None, seed: int = 0) -> Fitted:
    """A linear SVM by libsvm's SMO on the features as they are.

    Parameters
    ----------
    features : numpy.ndarray
        (n, d), training images only.
    labels : numpy.ndarray
        (n,), class names.
    penalty : float, optional
        C; by default chosen from `PENALTIES` by 5-fold cross-validation on these images: the smallest of the best.
    seed : int
        Of the folds.

    Returns
    -------
    Fitted
    """
    # One-vs-one voting inside libsvm; ties are broken so that the class predicted is the class with the best score.
    svm = SVC(kernel="linear", decision_function_shape="ovr", break_ties=len(set(labels)) > 2)
    if penalty is not None:
        return Fitted(svm.set_params(C=penalty).fit(features, labels), penalty, ())
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    search = GridSearchCV(svm, {"C": list(PENALTIES)}, cv=folds).fit(features, labels)
    means = tuple(float(mean) for mean in search.cv_results_["mean_test_score"])
    return Fitted(search.best_estimator_, float(search.best_params_["C"]), tuple(zip(PENALTIES, means, strict=True)))


def scores(fitted: Fitted, features: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Signed distances (binary: -d and d) or one-vs-rest scores, (n, classes), columns in the order of ``classes``."""
    values = fitted.svm.decision_function(features)
    if values.ndim == 1:  # distance towards svm.classes_[1]
        values = np.stack([-values, values], axis=1)
    order = [list(fitted.svm.classes_).index(name) for name in classes]
    return values[:, order]


def run(
    task: Task, cohort: Cohort, features: np.ndarray, backbone: str, penalty: float | None = None, seed: int = 0
) -> tuple[Predictions, Fitted]:
    """Train on the task's training images, predict its test images.

    Training images without a face are left out; test images without a face count as errors (predicted "no face").

    Parameters
    ----------
    task : Task
    cohort : Cohort
        All images; those of the task's classes are used.
    features : numpy.ndarray
        (len(cohort), d) as `extract` gives them.
    backbone : str
    penalty : float, optional
        C; see `fit`.
    seed : int

    Returns
    -------
    Predictions
        A row a test image.
    Fitted
        The SVM.
    """
    record, table = backbones.get(backbone), cohort.table
    member = table["label"].isin(task.classes).to_numpy()
    found = np.isfinite(features).all(axis=1)
    train = member & found & (table["split"] == "train").to_numpy()
    test = member & (table["split"] == "test").to_numpy()
    labels = table["label"].to_numpy(dtype=str)
    counts = {name: int((labels[train] == name).sum()) for name in task.classes}
    if min(counts.values()) < FOLDS:
        raise CohortError(f"{cohort.profile.data}: training images with a face are too few for {FOLDS} folds: {counts}")
    fitted = fit(features[train], labels[train], penalty, seed)
    given = np.full((int(test.sum()), len(task.classes)), np.nan)
    predicted = np.full(len(given), NO_FACE, dtype=object)
    seen = found[test]
    if seen.any():
        given[seen] = scores(fitted, features[test][seen], task.classes)
        predicted[seen] = np.array(task.classes, dtype=object)[given[seen].argmax(axis=1)]
    return (
        Predictions(
            task=task.name,
            method=METHOD,
            backbone=backbone,
            pretraining=record.pretraining,
            classes=task.classes,
            image=table["image"].to_numpy(dtype=str)[test],
            label=labels[test],
            predicted=predicted.astype(str),
            scores=given,
        ),
        fitted,
    )
