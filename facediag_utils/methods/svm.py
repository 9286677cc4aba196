"""The classifier on top of fixed features: a support vector machine (paper, eq. 10), its penalty, its predictions."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVC

from facediag_utils.data.splitting import FOLDS, cross_validation_folds, stratified_subsample

PENALTIES = tuple(10.0**k for k in range(-4, 5))  # the C of eq. (10); the paper gives no value
SEARCHED = 2000  # images that C is searched on, at most: its cost grows with their square
STEPS = 1_000_000  # of libsvm's, at most: classes that overlap much would keep it for hours at a large C

Kernel = Callable[[np.ndarray, np.ndarray], np.ndarray]
Searched = tuple[tuple[float, float, float], ...]


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
    searched: Searched

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
    searched: Searched = ()
    if penalty is None:
        few = stratified_subsample(labels, SEARCHED, seed)
        inner = kernel(features[few], features[few]) if callable(kernel) else gram(features[few])
        numbers = np.unique(labels[few], return_inverse=True)[1]
        penalty, searched = search_penalty(inner, numbers, seed, None if groups is None else groups[few])
    return Fitted(svm.set_params(C=penalty).fit(features, labels), penalty, searched)


def gram(features: np.ndarray) -> np.ndarray:
    """Inner products of all images, float64 (n, n): the linear kernel."""
    wide = features.astype(np.float64)
    return wide @ wide.T


def search_penalty(
    kernel: np.ndarray, numbers: np.ndarray, seed: int = 0, groups: np.ndarray | None = None
) -> tuple[float, Searched]:
    """C by cross-validation: what scikit-learn's GridSearchCV would find, in a fifth of the time, as most C need no fit.

    A coefficient lies between 0 and C.  Where none reaches C, a greater C gives the same machine; where all of them do,
    a smaller C scales all decisions alike, and the predictions stay.

    Parameters
    ----------
    kernel : numpy.ndarray
        (n, n), of the training images.
    numbers : numpy.ndarray
        int, (n,), classes.
    seed, groups
        Of the folds, see `facediag_utils.data.splitting.cross_validation_folds`.

    Returns
    -------
    float
        The smallest of the best.
    tuple of (float, float, float)
        As in `Fitted`.
    """
    right = np.full((len(PENALTIES), FOLDS), np.nan)
    folds = cross_validation_folds(numbers, seed, groups).split(numbers, numbers)
    # checks of every call are a quarter of the time; where classes overlap much, a large C is judged as it stands after `STEPS`
    quick = sklearn.config_context(assume_finite=True, skip_parameter_validation=True)
    with quick, warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for fold, (rows, held) in enumerate(folds):
            right[:, fold] = _fold(kernel[np.ix_(rows, rows)], kernel[np.ix_(held, rows)], numbers[rows], numbers[held])
    means, spreads = right.mean(axis=1), right.std(axis=1)
    searched = tuple(zip(PENALTIES, means.tolist(), spreads.tolist(), strict=True))
    return PENALTIES[int(means.argmax())], searched


def _fold(inner: np.ndarray, across: np.ndarray, learnt: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Accuracy on the images of a fold, by C, (len(PENALTIES),)."""
    right, middle = np.full(len(PENALTIES), np.nan), len(PENALTIES) // 2
    classes = len(np.unique(learnt))
    machine = make_svc("precomputed", classes)
    for k in [*range(middle, -1, -1), *range(middle + 1, len(PENALTIES))]:
        if not np.isnan(right[k]):
            continue
        machine.C = PENALTIES[k]  # set_params would take as long as a small fit
        share = np.abs(machine.fit(inner, learnt).dual_coef_) / machine.C
        right[k] = (machine.predict(across) == held).mean()
        if share.max() < 1 - 1e-9:
            right[k:] = right[k]
        elif share.shape == (classes - 1, len(learnt)) and share.min() > 1 - 1e-9:
            right[: k + 1] = right[k]
    return right


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
