"""The classifier on top of fixed features: a support vector machine (paper, eq. 10), its penalty, its predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.svm import SVC

from facediag_utils.cohort import Cohort, Task
from facediag_utils.errors import CohortError
from facediag_utils.results import NO_FACE, Predictions

PENALTIES = tuple(10.0**k for k in range(-4, 5))  # the C of eq. (10); the paper gives no value
FOLDS = 5

Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Fitted:
    """A trained SVM, the penalty it was given and the cross-validation that chose it.

    Attributes
    ----------
    svm : sklearn.svm.SVC
    penalty : float
        C of eq. (10).
    searched : tuple of (float, float, float)
        Penalty, its mean cross-validated accuracy on the training images and the standard deviation over folds; empty
        if C was given.
    """

    svm: SVC
    penalty: float
    searched: tuple[tuple[float, float, float], ...]


def new(kernel: str | Kernel, classes: int) -> SVC:
    """An untrained SVM: one-vs-one voting inside libsvm, ties broken so that the class predicted has the best score."""
    return SVC(kernel=kernel, decision_function_shape="ovr", break_ties=classes > 2)


def fit(
    features: np.ndarray,
    labels: np.ndarray,
    penalty: float | None = None,
    kernel: str | Kernel = "linear",
    seed: int = 0,
) -> Fitted:
    """An SVM by libsvm's SMO on the features as they are.

    Parameters
    ----------
    features : numpy.ndarray
        (n, d), training images only.
    labels : numpy.ndarray
        (n,), class names.
    penalty : float, optional
        C; by default chosen from `PENALTIES` by 5-fold cross-validation on these images: the smallest of the best.
    kernel : str or callable
        "linear"; a function of two feature matrices that gives their kernel matrix; or "precomputed", and ``features``
        is that matrix.
    seed : int
        Of the folds.

    Returns
    -------
    Fitted
    """
    svm = new(kernel, len(set(labels)))
    if penalty is not None:
        return Fitted(svm.set_params(C=penalty).fit(features, labels), penalty, ())
    search = GridSearchCV(svm, {"C": list(PENALTIES)}, cv=folds(seed)).fit(features, labels)
    means, spreads = (search.cv_results_[f"{kind}_test_score"].tolist() for kind in ("mean", "std"))
    searched = tuple(zip(PENALTIES, means, spreads, strict=True))
    return Fitted(search.best_estimator_, float(search.best_params_["C"]), searched)


def folds(seed: int) -> StratifiedKFold:
    """The folds of the training images."""
    return StratifiedKFold(FOLDS, shuffle=True, random_state=seed)


def out_of_fold(
    features: np.ndarray, labels: np.ndarray, penalty: float, classes: tuple[str, ...], seed: int = 0
) -> np.ndarray:
    """Scores, as `scores` gives them, of the training images, each from an SVM that was trained without its fold.

    What is chosen on them (a threshold, probabilities) is chosen without the test images."""
    given = np.empty((len(labels), len(classes)))
    for rows, held in folds(seed).split(features, labels):
        given[held] = scores(fit(features[rows], labels[rows], penalty), features[held], classes)
    return given


def scores(fitted: Fitted, features: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Signed distances (binary: -d and d) or one-vs-rest scores, (n, classes), columns in the order of ``classes``."""
    if not len(features):
        return np.empty((0, len(classes)))
    values = fitted.svm.decision_function(features)
    if values.ndim == 1:  # distance towards svm.classes_[1]
        values = np.stack([-values, values], axis=1)
    order = [list(fitted.svm.classes_).index(name) for name in classes]
    return values[:, order]


@dataclass(frozen=True)
class Parts:
    """Which rows of a cohort train and test a task (boolean masks over the cohort), and every row's label."""

    train: np.ndarray
    test: np.ndarray
    found: np.ndarray
    labels: np.ndarray


def parts(task: Task, cohort: Cohort, found: np.ndarray) -> Parts:
    """Training rows are those with a face; test rows are all, as a face that is not found counts as an error.

    Raises
    ------
    CohortError
        If a class has fewer training faces than cross-validation has folds.
    """
    table = cohort.table
    member = table["label"].isin(task.classes).to_numpy()
    labels = table["label"].to_numpy(dtype=str)
    train = member & found & (table["split"] == "train").to_numpy()
    counts = {name: int((labels[train] == name).sum()) for name in task.classes}
    if min(counts.values()) < FOLDS:
        raise CohortError(f"{cohort.profile.data}: training images with a face are too few for {FOLDS} folds: {counts}")
    return Parts(train, member & (table["split"] == "test").to_numpy(), found, labels)


def predictions(
    task: Task, cohort: Cohort, split: Parts, given: np.ndarray, method: str, backbone: str, pretraining: str
) -> Predictions:
    """Predictions of the test rows from scores of those with a face.

    Parameters
    ----------
    task, cohort, split
        As `parts` gives them.
    given : numpy.ndarray
        (k, classes), scores of the k test rows with a face, in the cohort's order.
    method, backbone, pretraining : str
        Columns of the store.
    """
    count = int(split.test.sum())
    seen = split.found[split.test]
    filled = np.full((count, len(task.classes)), np.nan)
    filled[seen] = given
    predicted = np.full(count, NO_FACE, dtype=object)
    predicted[seen] = np.array(task.classes, dtype=object)[given.argmax(axis=1)]
    return Predictions(
        task=task.name,
        method=method,
        backbone=backbone,
        pretraining=pretraining,
        classes=task.classes,
        image=cohort.table["image"].to_numpy(dtype=str)[split.test],
        label=split.labels[split.test],
        predicted=predicted.astype(str),
        scores=filled,
    )
