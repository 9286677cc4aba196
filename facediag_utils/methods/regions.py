"""Regions of the face (Gurovich et al. 2019, DeepGestalt): a network, or a classifier on a network's features, for each region;
their probabilities are averaged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from joblib import parallel_config

from facediag_utils.core import row_cache
from facediag_utils.core.errors import ResultsError
from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.splitting import TaskSplit
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.detection import Faces
from facediag_utils.methods import dtl1, dtl2, logistic_regression
from facediag_utils.methods.logistic_regression import PENALTIES
from facediag_utils.methods.recipe import Augmentation, Recipe, Tuned
from facediag_utils.networks import registry
from facediag_utils.networks.records import AVERAGED, REGIONS

#: Fine-tuning as its authors describe it: 500 epochs at 5e-3, no weight decay, the last layer anew by Xavier's numbers "with a
#: scale of 0.3", which we read as Keras's scale of the variance; dropout is in the network.  They give no batch size: ten is ours.
DEEPGESTALT = Recipe(
    epochs=500,
    learning_rate=5e-3,
    weight_decay=0.0,
    momentum=0.9,
    augmentation=Augmentation(rotation=5, shift=0.05, shear=5, zoom=0.05, flip=True),
    pretrained=False,
    xavier=0.3,
)
#: Their pretraining on people: He's numbers, Adam at 1e-3 for 40 epochs.  Ten more by gradient descent at 1e-4 are left out here.
PEOPLE = replace(DEEPGESTALT, epochs=40, learning_rate=1e-3, xavier=None, adam=True)


def jobs(network: str, task: Task, recipe: Recipe, training: int = 0) -> list[dtl1.Job]:
    """A training for each region."""
    return [dtl1.Job(f"{region}:{network}", task, recipe, training) for region in REGIONS]


def train(
    wanted: Sequence[dtl1.Job], cohort: Cohort, faces: Faces, seed: int = 0, kept: dtl1.Job | None = None
) -> list[tuple[Predictions, Tuned]]:
    """Trainings by DeepGestalt's recipe, as `facediag_utils.methods.dtl1.run_all` does them.

    Returns
    -------
    list of (Predictions, Tuned)
        In the order of the jobs; the predictions are softmax probabilities.
    """
    outcomes = dtl1.run_all(wanted, cohort, faces, seed, kept)
    return [
        (replace(said, method=Method.DEEPGESTALT_PRETRAINED if job.start else Method.DEEPGESTALT), tuned)
        for job, ([said], tuned) in zip(wanted, outcomes, strict=True)
    ]


def averaged(predictions: Sequence[Predictions]) -> Predictions:
    """The mean of the regions' probabilities, as a method of its own.

    Parameters
    ----------
    predictions : sequence of Predictions
        Of the same images and classes, one per region; their scores are probabilities.

    Raises
    ------
    ResultsError
        If they are of different images.
    """
    first = predictions[0]
    if any(not np.array_equal(said.image, first.image) or said.classes != first.classes for said in predictions):
        raise ResultsError("regions were tried on different images or classes; run this notebook again from its top")
    scores = np.mean([said.scores for said in predictions], axis=0)
    best = np.array(first.classes)[np.nan_to_num(scores).argmax(axis=1)]
    predicted = np.where(np.isnan(scores).any(axis=1), first.predicted, best)
    backbone = f"{AVERAGED}:{first.backbone.partition(':')[2]}"
    return replace(first, backbone=backbone, scores=scores, predicted=predicted)


def logistic(
    task: Task, cohort: Cohort, features: np.ndarray, backbone: str, seed: int = 0
) -> tuple[Predictions, Predictions]:
    """Multinomial logistic regression on standardised features: probabilities, which can be averaged.

    Parameters
    ----------
    task, cohort
    features : numpy.ndarray
        (len(cohort), d), as `facediag_utils.methods.dtl2.extract` gives them.
    backbone : str
    seed : int
        Of the folds.

    Returns
    -------
    test, out_of_fold : Predictions
        Of the test images; and of the training images, each by a classifier that was trained without its fold.  C is chosen from
        `PENALTIES` by cross-validated log loss on the training images.  Cached by image, features, labels and settings.
    """
    split = splitting.task_split(task, cohort, np.isfinite(features).all(axis=1))
    rows = np.concatenate([np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)])
    labels = split.labels[split.train]

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        yield {"scores": _fitted(task, features[rows], labels, split.groups, seed)[missing]}

    groups = [] if split.groups is None else split.groups.tolist()
    path = row_cache.table_path(
        "logistic", row_cache.digest(features[rows]), labels.tolist(), groups, task.classes, seed, PENALTIES
    )
    scores = row_cache.complete(path, cohort.table["sha256"].iloc[rows].tolist(), compute)["scores"]

    def said(of: TaskSplit, values: np.ndarray) -> Predictions:
        pretraining = registry.get(backbone).pretraining
        return store.from_scores(task, cohort, of, values, Method.LOGISTIC, backbone, pretraining)

    return said(split, scores[len(labels) :]), said(replace(split, test=split.train), scores[: len(labels)])


def _fitted(task: Task, features: np.ndarray, labels: np.ndarray, groups: np.ndarray | None, seed: int) -> np.ndarray:
    """Probabilities, (n, classes): of the training images, which come first and have labels, out of fold; then of the others."""
    known, new = features[: len(labels)], features[len(labels) :]
    with parallel_config(n_jobs=-1):  # the fits of a search, and of the folds, side by side
        found = logistic_regression.search(known, labels, seed, groups)
        held = logistic_regression.out_of_fold(found, known, labels, "predict_proba")
    said = np.concatenate([held, found.predict_proba(new)]) if len(new) else held
    return said[:, [list(found.classes_).index(name) for name in task.classes]]


def of_network(
    network: str, task: Task, cohort: Cohort, faces: Faces, seed: int = 0
) -> dict[str, tuple[Predictions, Predictions]]:
    """The four regions through one pretrained network, and their mean.

    Returns
    -------
    dict of str to (Predictions, Predictions)
        By region, and `AVERAGED`: of the test images, and out of fold of the training images.
    """
    made = {}
    for region in REGIONS:
        name = f"{region}:{network}"
        made[region] = logistic(task, cohort, dtl2.extract(name, cohort, faces), name, seed)
    test, held = zip(*made.values(), strict=True)
    return made | {AVERAGED: (averaged(test), averaged(held))}


def best_region(held: dict[str, float]) -> str:
    """The region with the smallest error on training images; of equal ones the first of `REGIONS`."""
    return min(REGIONS, key=lambda region: held[region])


def error_as_met(tuned: Tuned) -> float:
    """Top-1 error on the training images as they were met in the second half of a training, each before the step that learned
    from it: what there is to choose a region by if no image is left aside."""
    curves = tuned.curves()
    return float(curves[(curves["part"] == "train") & (curves["epoch"] >= tuned.averaged_from)]["top1"].mean())
