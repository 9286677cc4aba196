"""From predictions to the numbers of Tables 3-6, each with a 95% interval."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import roc_curve
from statsmodels.stats.proportion import proportion_confint

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import NO_FACE, Task
from facediag_utils.data.paper import CLASSES, FEATURES_AND_SVM, FINE_TUNING
from facediag_utils.data.store import KEY, Method
from facediag_utils.evaluation.interval import Interval, wilson_interval, wilson_share
from facediag_utils.networks import registry

METRICS = ("accuracy", "precision", "sensitivity", "specificity", "f1")  # of two classes (section IV.A)
OF_MANY = ("accuracy", "macro_f1")
DRAWS = 2000  # of the bootstrap


def confusion(predictions: pd.DataFrame, classes: Iterable[str]) -> pd.DataFrame:
    """Counts with predicted classes as rows and actual classes as columns, as in the paper's Figures 4 and 6.

    A row `NO_FACE` is added where test images had none."""
    rows = list(classes)
    if (predictions["predicted"] == NO_FACE).any():
        rows.append(NO_FACE)
    counts = pd.crosstab(predictions["predicted"], predictions["label"], rownames=["predicted"], colnames=["actual"])
    return counts.reindex(index=rows, columns=list(classes), fill_value=0)


def with_intervals(predictions: pd.DataFrame, task: Task) -> dict[str, Interval]:
    """`METRICS` for two classes, else `OF_MANY`, with Wilson's intervals; F1 with the bootstrap's.

    A test image without a face is wrong whatever it was: a patient missed, or a control not cleared."""
    right = (predictions["label"] == predictions["predicted"]).to_numpy()
    found = {"accuracy": wilson_interval(int(right.sum()), len(predictions))}
    if task.positive is not None:
        actual = (predictions["label"] == task.positive).to_numpy()
        said = (predictions["predicted"] == task.positive).to_numpy()
        found["precision"] = wilson_share(actual, said)
        found["sensitivity"] = wilson_share(said, actual)
        found["specificity"] = wilson_share(right, ~actual)
    number = {name: k for k, name in enumerate((*task.classes, NO_FACE))}  # numbers are compared faster than names
    labels, answers = (predictions[column].map(number).to_numpy(np.int8) for column in ("label", "predicted"))
    classes = (0,) if task.positive else range(len(task.classes))
    score = bootstrap(lambda rows: f1(labels[rows], answers[rows], classes), labels)
    return found | {"f1" if task.positive else "macro_f1": score}


def f1(actual: np.ndarray, predicted: np.ndarray, classes: Iterable[str | int]) -> np.ndarray:
    """F1, 2 TP / (2 TP + FP + FN), the mean over classes of each row of labels; NaN for a class that neither is nor is
    said.

    Parameters
    ----------
    actual, predicted : numpy.ndarray
        (draws, n), class names or numbers.
    classes : iterable of str or int
        The positive class, or all of them for the macro average.

    Returns
    -------
    numpy.ndarray
        (draws,), 0..1.
    """
    of_each = []
    for name in classes:
        was, said = actual == name, predicted == name
        total = was.sum(axis=1) + said.sum(axis=1)
        twice = 2.0 * (was & said).sum(axis=1)
        of_each.append(np.divide(twice, total, out=np.full(len(total), np.nan), where=total > 0))
    return np.mean(of_each, axis=0)


def bootstrap(statistic: Callable[[np.ndarray], np.ndarray], labels: np.ndarray, draws: int = DRAWS) -> Interval:
    """A statistic between 0 and 1 with its 95% interval by bootstrap over test images drawn again within each class.

    scipy's bootstrap draws all images alike; here the design (so many images a class) is kept.  Its percentiles are too
    narrow near 1 (of an F1 of 95% from 60 images they hold the truth in 88% of cases), so only the variance is taken
    from the draws: the interval is Wilson's for as many images as would give that variance (Korn and Graubard 1998
    count such effective numbers).

    Parameters
    ----------
    statistic : callable
        From row numbers, int (draws, n), to values (draws,).
    labels : numpy.ndarray
        (n,), class of each row.
    draws : int
    """
    value = float(statistic(np.arange(len(labels))[None])[0])
    if np.isnan(value):
        return Interval(value)
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(labels == name) for name in np.unique(labels)]
    rows = np.concatenate([group[rng.integers(len(group), size=(draws, len(group)))] for group in groups], axis=1)
    return effective_wilson(value, float(np.nanvar(statistic(rows))), len(labels))


def effective_wilson(value: float, variance: float, most: int) -> Interval:
    """A value with Wilson's 95% interval for the number of images that would give a proportion this variance; ``most`` where it is 0."""
    images = value * (1 - value) / variance if variance > 1e-12 else most
    low, high = proportion_confint(value * images, images, method="wilson")
    return Interval(value, float(low), float(high))


def accuracy(predictions: pd.DataFrame) -> Interval:
    """Top-1 accuracy and its Wilson interval."""
    return wilson_interval(int((predictions["label"] == predictions["predicted"]).sum()), len(predictions))


HOW = {
    Method.DTL1: FINE_TUNING,
    Method.DTL1_TEST_EPOCH: f"{FINE_TUNING}, epoch chosen on test",
    Method.FROM_SCRATCH: "from scratch",
    Method.DTL2: FEATURES_AND_SVM,
}


def method_title(method: str, backbone: str) -> tuple[str, str, int]:
    """How the paper's tables would name a method: its title, its pretraining, its multiply-accumulates an image."""
    if backbone == "dsift":
        from facediag_utils.methods.dsift import operations

        return method, "N", sum(operations().values())
    record = registry.get(backbone)
    pretraining = "N" if method == Method.FROM_SCRATCH else record.pretraining
    return f"{record.title} ({HOW[Method(method)]})", pretraining, record.macs


def short_title(method: str, backbone: str) -> str:
    """A method in few words: "DTL2, VGG16, VGG-Face"."""
    if backbone == "dsift":
        return method
    record = registry.get(backbone)
    return f"{method}, {record.title}" + ("" if method == Method.FROM_SCRATCH else f", {record.pretraining}")


def summarize(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """One row a method: the numbers of this run, with interval bounds and counts.

    Parameters
    ----------
    predictions : pandas.DataFrame
        As `facediag_utils.data.store.load` gives them.
    task : Task

    Returns
    -------
    pandas.DataFrame
        Columns task, method, backbone, pretraining, macs, correct, n, then for each metric ``_count`` ("47/60"), the value,
        ``_low`` and ``_high`` (0..1).
    """
    rows = []
    for key, group in predictions[predictions["task"] == task.name].groupby(KEY, sort=True):
        right = int((group["label"] == group["predicted"]).sum())
        row = dict(zip(KEY, key, strict=True)) | {"macs": method_title(*key[1:3])[2], "correct": right, "n": len(group)}
        for name, found in with_intervals(group, task).items():
            row |= {f"{name}_count": found.count} if found.count else {}
            row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
        rows.append(row)
    if not rows:
        raise ResultsError(f"no predictions for task {task.name!r}; run notebook 05 first")
    return pd.DataFrame(rows)


def interval_of(row: dict, metric: str) -> Interval:
    """A metric of one row of `summarize`."""
    value, low, high = (row.get(f"{metric}{end}", np.nan) for end in ("", "_low", "_high"))
    return Interval(value, low, high, row.get(f"{metric}_count", ""))


@dataclass(frozen=True)
class Roc:
    """A receiver operating characteristic: rates (0..1) at falling thresholds, and the area."""

    false_positive: np.ndarray
    true_positive: np.ndarray
    area: Interval
    positives: int
    negatives: int


def roc(predictions: pd.DataFrame, task: Task) -> Roc:
    """ROC of one method on a binary task, from the positive class's scores (Figure 5).

    A test image without a face has no score; it is ranked where it is wrong at every threshold.  The variance of
    the area is DeLong's, see `delong`, its interval that of `area_interval`.
    """
    if task.positive is None:
        raise ResultsError(f"task {task.name!r} has {len(task.classes)} classes; a ROC needs two")
    actual = (predictions["label"] == task.positive).to_numpy()
    scores = predictions[f"score_{task.positive}"].to_numpy(dtype=float)
    lowest, highest = np.nanmin(scores) - 1, np.nanmax(scores) + 1
    scores = np.where(np.isnan(scores), np.where(actual, lowest, highest), scores)
    false_positive, true_positive, _ = roc_curve(actual, scores, drop_intermediate=False)
    [area], [[variance]] = (part.tolist() for part in delong(scores[None], actual))
    found = area_interval(area, variance, int(min(actual.sum(), (~actual).sum())))
    return Roc(false_positive, true_positive, found, int(actual.sum()), int((~actual).sum()))


def area_interval(area: float, variance: float, fewest: int) -> Interval:
    """An area under the curve with its 95% interval from its variance, on the logit scale (Pepe 2003, section 5.2): the plain
    one leaves [0, 1] and, at an area of 0.95 of 30 and 30 images, holds the truth in 88% of cases only.

    Where all pairs are ranked alike there is no variance: Wilson's interval for the ``fewest`` images of a class."""
    if variance < 1e-12 or not 0 < area < 1:
        return effective_wilson(area, 0.0, fewest)
    reach = norm.ppf(0.975) * variance**0.5 / (area * (1 - area))
    return Interval(area, float(expit(logit(area) - reach)), float(expit(logit(area) + reach)))


def delong(scores: np.ndarray, actual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Areas under k ROC curves on the same images, and their covariance (DeLong, DeLong and Clarke-Pearson 1988), from
    the ranks of each positive among the negatives and the reverse; scikit-learn has none.

    Parameters
    ----------
    scores : numpy.ndarray
        (k, n), of the positive class.
    actual : numpy.ndarray
        bool, (n,).

    Returns
    -------
    areas : numpy.ndarray
        (k,).
    covariance : numpy.ndarray
        (k, k).
    """
    wins = (np.sign(scores[:, actual][:, :, None] - scores[:, ~actual][:, None]) + 1) / 2  # 1, or 1/2 for a tie
    of_positives, of_negatives = wins.mean(axis=2), wins.mean(axis=1)
    covariance = np.atleast_2d(np.cov(of_positives)) / of_positives.shape[1]
    covariance = covariance + np.atleast_2d(np.cov(of_negatives)) / of_negatives.shape[1]
    return wins.mean(axis=(1, 2)), covariance


def short_names(classes: Iterable[str]) -> list[str]:
    """D1 ... D4, N0 for the paper's classes, else the names themselves."""
    return [CLASSES.get(name, name) for name in classes]
