"""The classifier on top of fixed features: a support vector machine (paper, eq. 10), its penalty, its predictions."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, PredefinedSplit, StratifiedKFold
from sklearn.svm import SVC

from facediag_utils.core.errors import CohortError
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.store import NO_FACE, Predictions

PENALTIES = tuple(10.0**k for k in range(-4, 5))  # the C of eq. (10); the paper gives no value
FOLDS = 5
LEAST = 3  # training faces of a class: the others must teach it when one is held out
SEARCHED = 2000  # images that C is searched on, at most: its cost grows with their square
STEPS = 1_000_000  # of libsvm's, at most: classes that overlap much would keep it for hours at a large C

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


def make_svc(kernel: str | Kernel, classes: int) -> SVC:
    """An untrained SVM: one-vs-one voting inside libsvm, ties broken so that the class predicted has the best score."""
    return SVC(kernel=kernel, decision_function_shape="ovr", break_ties=classes > 2, max_iter=STEPS)


def fit(
    features: np.ndarray,
    labels: np.ndarray,
    penalty: float | None = None,
    kernel: str | Kernel = "linear",
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> Fitted:
    """An SVM by libsvm's SMO on the features as they are.

    Parameters
    ----------
    features : numpy.ndarray
        (n, d), training images only.
    labels : numpy.ndarray
        (n,), class names.
    penalty : float, optional
        C; by default chosen from `PENALTIES` by 5-fold cross-validation on these images, or on `SEARCHED` of them: the
        smallest of the best.
    kernel : str or callable
        "linear", or a function of two feature matrices that gives their kernel matrix.
    seed : int
        Of the folds.
    groups : numpy.ndarray, optional
        (n,), of images that must not be parted by folds.

    Returns
    -------
    Fitted
    """
    svm = make_svc(kernel, len(set(labels)))
    searched: tuple[tuple[float, float, float], ...] = ()
    if penalty is None:
        few = stratified_subsample(labels, SEARCHED, seed)
        chosen = folds(labels[few], seed, None if groups is None else groups[few])
        with warnings.catch_warnings():  # where classes overlap much, a large C is judged as it stands after `STEPS`
            warnings.simplefilter("ignore", ConvergenceWarning)
            search = GridSearchCV(svm, {"C": list(PENALTIES)}, cv=chosen, refit=False).fit(features[few], labels[few])
        means, spreads = (search.cv_results_[f"{kind}_test_score"].tolist() for kind in ("mean", "std"))
        searched, penalty = tuple(zip(PENALTIES, means, spreads, strict=True)), float(search.best_params_["C"])
    return Fitted(svm.set_params(C=penalty).fit(features, labels), penalty, searched)


def stratified_subsample(labels: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Positions of at most about ``most`` images, each class by its share (but `FOLDS` at least); all if there are fewer."""
    if len(labels) <= most:
        return np.arange(len(labels))
    rng, kept = np.random.default_rng(seed), []
    for name in np.unique(labels):
        members = np.flatnonzero(labels == name)
        kept.append(rng.permutation(members)[: max(FOLDS, round(most * len(members) / len(labels)))])
    return np.sort(np.concatenate(kept))


def folds(labels: np.ndarray, seed: int, groups: np.ndarray | None = None) -> StratifiedKFold | PredefinedSplit:
    """The five folds of training images, each class in two of them at least.

    Images of one group fall into one fold, where that leaves every class something to train on."""
    if groups is not None and len(np.unique(groups)) < len(labels):
        fold = assign_group_folds(labels, groups, seed)
        if len(set(fold)) == FOLDS and all(len(set(fold[labels == name])) > 1 for name in np.unique(labels)):
            return PredefinedSplit(fold)
    if np.unique(labels, return_counts=True)[1].min() < FOLDS:
        return PredefinedSplit(assign_group_folds(labels, np.arange(len(labels)), seed))
    return StratifiedKFold(FOLDS, shuffle=True, random_state=seed)


def assign_group_folds(labels: np.ndarray, groups: np.ndarray, seed: int) -> np.ndarray:
    """Numbers of folds, (n,): groups are dealt out one after another, the large ones of each class first.

    (scikit-learn's StratifiedGroupKFold balances better and takes a thousand times as long, which hundreds of splits
    cannot afford.)"""
    found, first, number, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    mixed = np.random.default_rng(seed).permutation(len(found))
    order = mixed[np.lexsort((-sizes[mixed], labels[first][mixed]))]  # class by class, so that each gets its share
    fold = np.empty(len(found), int)
    fold[order] = np.arange(len(found)) % FOLDS
    return fold[number]


def out_of_fold(
    features: np.ndarray,
    labels: np.ndarray,
    penalty: float,
    classes: tuple[str, ...],
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Scores, as `scores` gives them, of the training images, each from an SVM that was trained without its fold.

    What is chosen on them (a threshold, probabilities) is chosen without the test images."""
    given = np.empty((len(labels), len(classes)))
    for rows, held in folds(labels, seed, groups).split(features, labels):
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
class TaskSplit:
    """Which rows of a cohort train and test a task (boolean masks over the cohort), and every row's label.

    ``groups`` are of the training rows, numbers of images that must not be parted, if the cohort knows any."""

    train: np.ndarray
    test: np.ndarray
    found: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None = None


def task_split(task: Task, cohort: Cohort, found: np.ndarray) -> TaskSplit:
    """Training rows are those with a face; test rows are all, as a face that is not found counts as an error.

    Raises
    ------
    CohortError
        If a class has fewer than `LEAST` training faces.
    """
    table = cohort.table
    member = table["label"].isin(task.classes).to_numpy()
    labels = table["label"].to_numpy(dtype=str)
    train = member & found & (table["split"] == "train").to_numpy()
    counts = {name: int((labels[train] == name).sum()) for name in task.classes}
    few = [f"{name} ({count})" for name, count in counts.items() if count < LEAST]
    if few:
        raise CohortError(
            f"{cohort.profile.data}: fewer than {LEAST} training images in which a face was found: "
            f"{', '.join(few)}; add pictures of these classes, or take the classes out"
        )
    groups = table["group"].to_numpy()[train] if "group" in table else None
    return TaskSplit(train, member & (table["split"] == "test").to_numpy(), found, labels, groups)


def predictions(
    task: Task, cohort: Cohort, split: TaskSplit, given: np.ndarray, method: str, backbone: str, pretraining: str
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
