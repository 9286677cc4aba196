"""Several photographs of one person, one answer (Liu et al. 2020): logistic regression on features, and ways to join what it says of
each photograph.  Beside it what is no second photograph: small changes of one, as the frames of a short video differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy.special import softmax
from sklearn.pipeline import Pipeline

from facediag_utils.core import row_cache
from facediag_utils.core.progress import progress_bar
from facediag_utils.data import splitting
from facediag_utils.data.cases import Cases
from facediag_utils.data.cohort import NO_FACE, Cohort, Task
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.alignment import CROPS, aligned_chips
from facediag_utils.faces.detection import DETECTOR_VERSION, Faces
from facediag_utils.methods import dtl2, logistic_regression
from facediag_utils.methods.recipe import Augmentation
from facediag_utils.networks import registry
from facediag_utils.networks.records import Backbone

LOGIT, SOFTMAX = "mean logit", "mean softmax"  # with a linear classifier the mean feature is the mean logit
WAYS = (LOGIT, SOFTMAX)
#: By how much the frames of a video of somebody who holds still may differ, and the light on them; our guess, nothing has chosen it.
TREMOR = Augmentation(rotation=3.0, shift=0.02, zoom=0.02, flip=False)
BRIGHTNESS = 0.1  # share of a pixel's value


@dataclass(frozen=True)
class Head:
    """Logistic regression on standardised features, and what it says of the images that it learned from.

    Attributes
    ----------
    pipeline : sklearn.pipeline.Pipeline
    held : numpy.ndarray
        float64, (m, classes): logits of the training images, each by a classifier that was trained without its fold.
    numbers : numpy.ndarray
        int, (m,): their classes.
    """

    pipeline: Pipeline
    held: np.ndarray
    numbers: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """What the softmax takes.

        Parameters
        ----------
        features : numpy.ndarray
            (..., d), as `facediag_utils.methods.dtl2.extract` gives them.

        Returns
        -------
        numpy.ndarray
            float64, (..., classes); NaN where there are no features.
        """
        flat = features.reshape(-1, features.shape[-1])
        seen = np.isfinite(flat).all(axis=1)
        found = np.full((len(flat), self.held.shape[1]), np.nan)
        if seen.any():
            found[seen] = _of_each_class(self.pipeline.decision_function(flat[seen]))
        return found.reshape(*features.shape[:-1], -1)


def fit(task: Task, cohort: Cohort, features: np.ndarray, seed: int = 0) -> Head:
    """The classifier of `facediag_utils.methods.logistic_regression.search`, of a task's training images.

    Parameters
    ----------
    task, cohort
    features : numpy.ndarray
        (len(cohort), d), as `facediag_utils.methods.dtl2.extract` gives them.
    seed : int
        Of the folds.
    """
    split = splitting.task_split(task, cohort, np.isfinite(features).all(axis=1))
    known, numbers = features[split.train], splitting.class_numbers(task, split.labels[split.train])
    found = logistic_regression.search(known, numbers, seed, split.groups)
    held = _of_each_class(logistic_regression.out_of_fold(found, known, numbers, "decision_function"))
    return Head(found.best_estimator_, held, numbers)


def _of_each_class(values: np.ndarray) -> np.ndarray:
    """float64, (n, classes); of two classes scikit-learn gives one number, their difference."""
    return values if values.ndim == 2 else np.stack([-values, values], axis=1) / 2


def combined(logits: np.ndarray, way: str = LOGIT, temperature: float = 1.0) -> np.ndarray:
    """One answer from several photographs.

    Parameters
    ----------
    logits : numpy.ndarray
        (..., k, classes), of k photographs each; NaN for a photograph without a face, which is left out of the mean.
    way : {"mean logit", "mean softmax"}
    temperature : float
        What logits are divided by.

    Returns
    -------
    numpy.ndarray
        Probabilities, (..., classes); NaN where no photograph has a face.
    """
    values = logits / temperature if way == LOGIT else softmax(logits / temperature, axis=-1)
    seen = np.isfinite(values)
    count = seen.sum(axis=-2)
    total = np.where(seen, values, 0.0).sum(axis=-2)
    mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return softmax(mean, axis=-1) if way == LOGIT else mean


def frames(chips: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Small changes of face chips, the same for each: turned, shifted and scaled by up to `TREMOR`, lighter or darker by up to
    `BRIGHTNESS`.  They stand for frames of a video and show nothing new of a face.

    Parameters
    ----------
    chips : numpy.ndarray
        uint8 RGB, (n, side, side, 3).
    count : int
        Changes of each.
    seed : int

    Returns
    -------
    numpy.ndarray
        uint8, (n, count, side, side, 3).
    """
    import torch

    from facediag_utils.methods.augmentation import augmented

    made = np.empty((len(chips), count, *chips.shape[1:]), np.uint8)
    for own, chip in zip(made, chips, strict=True):
        generator = torch.Generator().manual_seed(seed)
        light = 1 + BRIGHTNESS * (2 * torch.rand(count, 1, 1, 1, generator=generator) - 1)
        pictures = torch.from_numpy(np.array(chip)).permute(2, 0, 1).float().expand(count, -1, -1, -1).contiguous()
        changed = (augmented(pictures, TREMOR, generator) * light).round().clamp(0, 255)
        own[:] = changed.permute(0, 2, 3, 1).to(torch.uint8).numpy()
    return made


def frame_features(network: str, cases: Cases, faces: Faces, count: int, seed: int = 0) -> np.ndarray:
    """Features of `frames` of each photograph, kept by its content.

    Parameters
    ----------
    network : str
        Name in the registry.
    cases : Cases
    faces : Faces
        Of its photographs.
    count, seed : int
        As `frames` takes them.

    Returns
    -------
    numpy.ndarray
        float32, (people, k, count, d), of the k photographs of each person; NaN where there is no face.
    """
    import torch

    record, rows = registry.get(network), np.unique(cases.rows)
    rows = rows[faces.found[rows]]

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        body = registry.load(network).to(memory_format=torch.channels_last)
        chips = aligned_chips(cases.photographs, faces, record.input_size, record.crop)
        team = Parallel(n_jobs=-1, prefer="threads", return_as="generator")
        made = team(delayed(_of_frames)(body, record, chips[row], count, seed) for row in rows[missing])
        for values in progress_bar(made, len(missing), f"{record.title}, frames", unit="image"):
            yield {"features": values[None]}

    settings = (record.checksum(), record.input_size, CROPS[record.crop], (record.mean, record.std), DETECTOR_VERSION)
    path = row_cache.table_path(f"frames/{record.name}", *settings, TREMOR, BRIGHTNESS, count, seed)
    found = np.full((len(cases.photographs), count, record.layers[record.feature_layer]), np.nan, np.float32)
    if len(rows):
        keys = cases.photographs.table["sha256"].iloc[rows].tolist()
        found[rows] = row_cache.complete(path, keys, compute)["features"]
    return cases.of(found)


def _of_frames(body: object, record: Backbone, chip: np.ndarray, count: int, seed: int) -> np.ndarray:
    return dtl2.features_of(body, record, record.feature_layer, frames(chip[None], count, seed)[0])


def predictions(task: Task, cases: Cases, probabilities: np.ndarray, method: Method, network: str) -> Predictions:
    """Answers about people as rows of the store, a person each.

    Parameters
    ----------
    task : Task
    cases : Cases
    probabilities : numpy.ndarray
        (people, classes); NaN where no photograph has a face.
    method : Method
    network : str
    """
    table, seen = cases.table, np.isfinite(probabilities).all(axis=1)
    predicted = np.full(len(table), NO_FACE, dtype=object)
    predicted[seen] = np.array(task.classes, dtype=object)[probabilities[seen].argmax(axis=1)]
    return Predictions(
        task=task.name,
        method=method,
        backbone=network,
        pretraining=registry.get(network).pretraining,
        classes=task.classes,
        image=table["image"].to_numpy(dtype=str),
        label=table["label"].to_numpy(dtype=str),
        predicted=predicted.astype(str),
        scores=probabilities,
    )
