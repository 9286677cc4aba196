"""DTL2: the network as a fixed feature extractor, a linear SVM on top (paper, section III.C.2, Pseudocode 2, eq. 10)."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from facediag_utils.core import parallel, row_cache
from facediag_utils.core.errors import WeightsError
from facediag_utils.core.progress import progress_bar
from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import NO_FACE, Cohort, Task
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.alignment import CROPS, aligned_chips
from facediag_utils.faces.detection import DETECTOR_VERSION, Faces
from facediag_utils.methods import svm
from facediag_utils.networks import registry
from facediag_utils.networks.records import Backbone

BATCH = 16  # images, at most: what each core has in memory at once


def extract(backbone: str | Backbone, cohort: Cohort, faces: Faces, layer: str | None = None) -> np.ndarray:
    """Features of every image with a face, cached by image content, weights and crop.

    Parameters
    ----------
    backbone : str or Backbone
        Name in the registry; or its record with another crop or input size.
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
    record = registry.get(backbone) if isinstance(backbone, str) else backbone
    layer = layer or record.feature_layer
    if layer not in record.layers:
        raise WeightsError(f"{record.name} has no feature layer {layer!r}; choose one of: {', '.join(record.layers)}")
    rows = np.flatnonzero(faces.found)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        pictures = aligned_chips(cohort, faces, record.input_size, record.crop)
        batches = in_batches(rows[missing])
        work = ((record, layer, pictures[batch]) for batch in batches)
        if parallel.on_cluster():
            made = parallel.parallel_map(_features, list(work), record.title, unit="batch")
        else:  # threads of one process share the network; torch lets Python go on while it computes
            team = Parallel(n_jobs=-1, prefer="threads", return_as="generator")
            made = progress_bar(
                team(delayed(_features)(*item) for item in work), len(batches), record.title, unit="batch"
            )
        try:
            for values in made:
                yield {"features": values}
        finally:
            _network.cache_clear()

    path = row_cache.table_path(
        f"features/{record.name.replace(':', '-')}",
        record.checksum(),
        layer,
        record.input_size,
        CROPS[record.crop],
        (record.mean, record.std),
        DETECTOR_VERSION,
    )
    result = np.full((len(cohort), record.layers[layer]), np.nan, dtype=np.float32)
    if len(rows):
        result[rows] = row_cache.complete(path, list(cohort.table["sha256"].iloc[rows]), compute)["features"]
    return result


def in_batches(rows: np.ndarray) -> list[np.ndarray]:
    """Rows in parts of nearly equal size, at most `BATCH`: none of a single image, which torch treats in another way."""
    return np.array_split(rows, math.ceil(len(rows) / BATCH))


def _features(record: Backbone, layer: str, pictures: np.ndarray) -> np.ndarray:
    """Features of a few face chips, float32 (n, d)."""
    return features_of(_network(record.name, record.checksum()), record, layer, pictures)


def features_of(network: Any, record: Backbone, layer: str, pictures: np.ndarray) -> np.ndarray:
    """Features of face chips, uint8 (n, size, size, 3), by a network of this record, on one thread: float32 (n, d)."""
    import torch

    from facediag_utils.methods.devices import one_thread

    device = next(network.parameters()).device
    with torch.inference_mode(), one_thread():
        values = network.features(registry.prepare(pictures, record).to(device), layer)
    return values.contiguous().cpu().numpy().astype(np.float32)


@lru_cache(maxsize=1)
def _network(backbone: str, checksum: str) -> Any:  # noqa: ARG001 - other weights are another network
    """A network, kept while a worker has batches for it."""
    import torch

    return registry.load(backbone).to(memory_format=torch.channels_last)


def run(
    task: Task, cohort: Cohort, features: np.ndarray, backbone: str, penalty: float | None = None, seed: int = 0
) -> tuple[Predictions, svm.Fitted]:
    """Train on the task's training images, predict its test images.

    Training images without a face are left out; test images without a face count as errors (predicted `NO_FACE`).

    Parameters
    ----------
    task : Task
    cohort : Cohort
        All images; those of the task's classes are used.
    features : numpy.ndarray
        (len(cohort), d) as `extract` gives them.
    backbone : str
    penalty : float, optional
        C; see `facediag_utils.methods.svm.fit`.
    seed : int

    Returns
    -------
    Predictions
        A row a test image.
    svm.Fitted
        The SVM.
    """
    split = splitting.task_split(task, cohort, np.isfinite(features).all(axis=1))
    fitted = svm.fit(features[split.train], split.labels[split.train], penalty, seed=seed, groups=split.groups)
    given = svm.scores(fitted, features[split.test & split.found], task.classes)
    record = registry.get(backbone)
    return store.from_scores(task, cohort, split, given, Method.DTL2, backbone, record.pretraining), fitted


def answers(fitted: svm.Fitted, features: np.ndarray, task: Task) -> np.ndarray:
    """The class that a trained SVM names for each image.

    Parameters
    ----------
    fitted : svm.Fitted
        As `run` gives it.
    features : numpy.ndarray
        (n, d) of any images, as `extract` gives them.
    task : Task
        The one that ``fitted`` was trained for.

    Returns
    -------
    numpy.ndarray
        str, (n,); `NO_FACE` where there are no features.
    """
    found = np.isfinite(features).all(axis=1)
    said = np.full(len(features), NO_FACE, dtype=object)
    if found.any():
        said[found] = np.array(task.classes)[svm.scores(fitted, features[found], task.classes).argmax(axis=1)]
    return said.astype(str)


def out_of_fold(
    task: Task, cohort: Cohort, features: np.ndarray, backbone: str, penalty: float, seed: int = 0
) -> Predictions:
    """Predictions for the training images with a face, each by an SVM trained without its fold; see `svm.out_of_fold`.

    Parameters
    ----------
    task, cohort, features, backbone, seed
        As `run` takes them.
    penalty : float
        C, as `run` found it (on the same folds).
    """
    split = splitting.task_split(task, cohort, np.isfinite(features).all(axis=1))
    given = svm.out_of_fold(features[split.train], split.labels[split.train], penalty, task.classes, seed, split.groups)
    trained = replace(split, test=split.train)
    return store.from_scores(task, cohort, trained, given, Method.DTL2, backbone, registry.get(backbone).pretraining)
