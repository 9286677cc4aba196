"""From predictions to the numbers of Tables 3-6, each with a 95% interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import binomtest, norm
from sklearn.metrics import roc_curve
from statsmodels.stats.proportion import proportion_confint

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import Task
from facediag_utils.data.paper import CLASSES, FEATURES_AND_SVM, FINE_TUNING
from facediag_utils.data.store import KEY, NO_FACE
from facediag_utils.networks import registry

METRICS = ("accuracy", "precision", "sensitivity", "specificity", "f1")  # of two classes (section IV.A)
OF_MANY = ("accuracy", "macro_f1")
DRAWS = 2000  # of the bootstrap


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """A proportion and its Wilson score interval (Wilson 1927); NaN for no trials.

    >>> [round(x, 3) for x in proportion(57, 60)]
    [0.95, 0.863, 0.983]
    """
    if trials == 0:
        return (np.nan, np.nan, np.nan)
    interval = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return successes / trials, float(interval.low), float(interval.high)


def confusion(predictions: pd.DataFrame, classes: Iterable[str]) -> pd.DataFrame:
    """Counts with predicted classes as rows and actual classes as columns, as in the paper's Figures 4 and 6.

    A row "no face" is added where test images had none."""
    rows = list(classes)
    if (predictions["predicted"] == NO_FACE).any():
        rows.append(NO_FACE)
    counts = pd.crosstab(predictions["predicted"], predictions["label"])
    return counts.reindex(index=rows, columns=list(classes), fill_value=0).rename_axis(
        index="predicted", columns="actual"
    )


def counts(predictions: pd.DataFrame, task: Task) -> dict[str, tuple[int, int]]:
    """What each proportion is a proportion of: right and all test images, and for two classes the same for precision
    (PPV), sensitivity and specificity.

    A test image without a face is wrong whatever it was: a patient missed, or a control not cleared.
    """
    right = (predictions["label"] == predictions["predicted"]).to_numpy()
    found = {"accuracy": (int(right.sum()), len(predictions))}
    if task.positive is not None:
        actual = (predictions["label"] == task.positive).to_numpy()
        said = (predictions["predicted"] == task.positive).to_numpy()
        found["precision"] = int((actual & right).sum()), int(said.sum())
        found["sensitivity"] = int((actual & right).sum()), int(actual.sum())
        found["specificity"] = int((~actual & right).sum()), int((~actual).sum())
    return found


def with_intervals(predictions: pd.DataFrame, task: Task) -> dict[str, tuple[float, float, float]]:
    """Value and 95% interval of `METRICS` for two classes, else of `OF_MANY`: Wilson's, and the bootstrap's for F1.

    See `counts` for a test image without a face."""
    found = {name: wilson_interval(*of) for name, of in counts(predictions, task).items()}
    number = {name: k for k, name in enumerate((*task.classes, NO_FACE))}  # numbers are compared faster than names
    actual, predicted = (predictions[column].map(number).to_numpy(np.int8) for column in ("label", "predicted"))
    classes = (0,) if task.positive else range(len(task.classes))

    def f1_of(rows: np.ndarray) -> np.ndarray:
        return f1(actual[rows], predicted[rows], classes)

    value = float(f1_of(np.arange(len(actual))[None])[0])
    return found | {"f1" if task.positive else "macro_f1": (value, *bootstrap(f1_of, actual))}


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


def bootstrap(
    statistic: Callable[[np.ndarray], np.ndarray], labels: np.ndarray, seed: int = 0, draws: int = DRAWS
) -> tuple[float, float]:
    """95% interval of a statistic between 0 and 1 by bootstrap over test images drawn again within each class.

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
    seed, draws : int
    """
    value = float(statistic(np.arange(len(labels))[None])[0])
    if np.isnan(value):
        return np.nan, np.nan
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(labels == name) for name in np.unique(labels)]
    rows = np.concatenate([group[rng.integers(len(group), size=(draws, len(group)))] for group in groups], axis=1)
    return effective_wilson(value, float(np.nanvar(statistic(rows))), len(labels))


def effective_wilson(value: float, variance: float, most: int) -> tuple[float, float]:
    """Wilson's 95% interval for the number of images that would give a proportion this variance; ``most`` where it is 0."""
    images = value * (1 - value) / variance if variance > 1e-12 else most
    low, high = proportion_confint(value * images, images, method="wilson")
    return float(low), float(high)


def accuracy(predictions: pd.DataFrame) -> tuple[float, float, float]:
    """Top-1 accuracy and its Wilson interval."""
    return wilson_interval(int((predictions["label"] == predictions["predicted"]).sum()), len(predictions))


HOW = {
    "DTL1": FINE_TUNING,
    "DTL1, epoch chosen on test": f"{FINE_TUNING}, epoch chosen on test",
    "From scratch": "from scratch",
    "DTL2": FEATURES_AND_SVM,
}


def method_title(method: str, backbone: str) -> tuple[str, str, int]:
    """How the paper's tables would name a method: its title, its pretraining, its multiply-accumulates an image."""
    if backbone == "dsift":
        from facediag_utils.methods.dsift import operations

        return method, "N", sum(operations().values())
    record = registry.get(backbone)
    pretraining = "N" if method == "From scratch" else record.pretraining
    return f"{record.title} ({HOW[method]})", pretraining, record.macs


def short_title(method: str, backbone: str) -> str:
    """A method in few words: "DTL2, VGG16, VGG-Face"."""
    if backbone == "dsift":
        return method
    record = registry.get(backbone)
    return f"{method}, {record.title}" + ("" if method == "From scratch" else f", {record.pretraining}")


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
        _, method, backbone, pretraining = key
        row: dict[str, object] = {"task": task.name, "method": method, "backbone": backbone, "pretraining": pretraining}
        row["macs"] = method_title(method, backbone)[2]
        row["correct"], row["n"] = counts(group, task)["accuracy"]
        rows.append(row | described(counts(group, task), with_intervals(group, task)))
    if not rows:
        raise ResultsError(f"no predictions for task {task.name!r}; run notebook 05 first")
    return pd.DataFrame(rows)


def described(counted: dict[str, tuple[int, int]], values: dict[str, tuple[float, float, float]]) -> dict[str, object]:
    """Counts and values with their bounds under the names that `measured` gives to its columns."""
    row: dict[str, object] = {f"{name}_count": f"{hits}/{trials}" for name, (hits, trials) in counted.items()}
    for name, (value, low, high) in values.items():
        row[name], row[f"{name}_low"], row[f"{name}_high"] = value, low, high
    return row


@dataclass(frozen=True)
class Roc:
    """A receiver operating characteristic: rates (0..1) at falling thresholds, the area, and its 95% interval."""

    false_positive: np.ndarray
    true_positive: np.ndarray
    area: float
    low: float
    high: float
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
    low, high = area_interval(area, variance, int(min(actual.sum(), (~actual).sum())))
    return Roc(false_positive, true_positive, area, low, high, int(actual.sum()), int((~actual).sum()))


def area_interval(area: float, variance: float, fewest: int) -> tuple[float, float]:
    """95% interval of an area under the curve from its variance, on the logit scale (Pepe 2003, section 5.2): the plain
    one leaves [0, 1] and, at an area of 0.95 of 30 and 30 images, holds the truth in 88% of cases only.

    Where all pairs are ranked alike there is no variance: Wilson's interval for the ``fewest`` images of a class."""
    if variance < 1e-12 or not 0 < area < 1:
        return effective_wilson(area, 0.0, fewest)
    reach = norm.ppf(0.975) * variance**0.5 / (area * (1 - area))
    return float(expit(logit(area) - reach)), float(expit(logit(area) + reach))


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
