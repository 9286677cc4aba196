"""The classifier on top of fixed features: a support vector machine (paper, eq. 10), its penalty, its predictions."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC

from facediag_utils.data.splitting import cross_validation_folds, stratified_subsample

PENALTIES = tuple(10.0**k for k in range(-4, 5))  # the C of eq. (10); the paper gives no value
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

    @property
    def accuracy(self) -> float:
        """Mean cross-validated accuracy at the C that was chosen; NaN if C was given."""
        return max((mean for _, mean, _ in self.searched), default=float("nan"))


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
        machine, inner = svm, features[few]
        if callable(kernel):  # once, not anew for every C and fold
            machine, inner = make_svc("precomputed", len(set(labels))), kernel(inner, inner)
        chosen = cross_validation_folds(labels[few], seed, None if groups is None else groups[few])
        with warnings.catch_warnings():  # where classes overlap much, a large C is judged as it stands after `STEPS`
            warnings.simplefilter("ignore", ConvergenceWarning)
            search = GridSearchCV(machine, {"C": list(PENALTIES)}, cv=chosen, refit=False).fit(inner, labels[few])
        means, spreads = (search.cv_results_[f"{kind}_test_score"].tolist() for kind in ("mean", "std"))
        searched, penalty = tuple(zip(PENALTIES, means, spreads, strict=True)), float(search.best_params_["C"])
    return Fitted(svm.set_params(C=penalty).fit(features, labels), penalty, searched)


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
    for rows, held in cross_validation_folds(labels, seed, groups).split(features, labels):
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
