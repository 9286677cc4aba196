"""From predictions to the numbers of Tables 3-6, each with a 95% interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm
from sklearn.metrics import roc_curve

from facediag_utils import backbones
from facediag_utils.cohort import Task
from facediag_utils.errors import ResultsError
from facediag_utils.paper import CLASSES, FEATURES_AND_SVM, FINE_TUNING
from facediag_utils.results import KEY, NO_FACE

METRICS = ("accuracy", "precision", "sensitivity", "specificity", "f1")


def proportion(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float, float]:
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


def binary_metrics(predictions: pd.DataFrame, task: Task) -> dict[str, tuple[float, float, float]]:
    """Accuracy, precision, sensitivity and specificity with Wilson intervals, and F1 without; see `counts`."""
    if task.positive is None:
        raise ResultsError(f"task {task.name!r} has {len(task.classes)} classes; sensitivity needs two")
    of = counts(predictions, task)
    hits, said = of["precision"]
    # Dice form 2 TP / (2 TP + FP + FN): the harmonic mean of precision and sensitivity, defined at TP = 0 too.
    misses = (of["sensitivity"][1] - hits) + (said - hits)
    f1 = 2 * hits / (2 * hits + misses) if hits + misses else np.nan
    return {name: proportion(*of[name]) for name in METRICS if name in of} | {"f1": (f1, np.nan, np.nan)}


def accuracy(predictions: pd.DataFrame) -> tuple[float, float, float]:
    """Top-1 accuracy and its Wilson interval."""
    return proportion(int((predictions["label"] == predictions["predicted"]).sum()), len(predictions))


HOW = {
    "DTL1": FINE_TUNING,
    "DTL1, epoch chosen on test": f"{FINE_TUNING}, epoch chosen on test",
    "From scratch": "from scratch",
    "DTL2": FEATURES_AND_SVM,
}


def named(method: str, backbone: str) -> tuple[str, str, int]:
    """How the paper's tables would name a method: its title, its pretraining, its multiply-accumulates an image."""
    if backbone == "dsift":
        from facediag_utils.dsift import operations

        return method, "N", sum(operations().values())
    record = backbones.get(backbone)
    pretraining = "N" if method == "From scratch" else record.pretraining
    return f"{record.title} ({HOW[method]})", pretraining, record.macs


def measured(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """One row a method: the numbers of this run, with interval bounds and counts.

    Parameters
    ----------
    predictions : pandas.DataFrame
        As `facediag_utils.results.load` gives them.
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
        metrics = binary_metrics(group, task) if task.positive else {"accuracy": accuracy(group)}
        row: dict[str, object] = {"task": task.name, "method": method, "backbone": backbone, "pretraining": pretraining}
        row["macs"] = named(method, backbone)[2]
        row["correct"], row["n"] = counts(group, task)["accuracy"]
        for name, (hits, trials) in counts(group, task).items():
            row[f"{name}_count"] = f"{hits}/{trials}"
        for name, (value, low, high) in metrics.items():
            row[name] = value
            if name != "f1":
                row[f"{name}_low"], row[f"{name}_high"] = low, high
        rows.append(row)
    if not rows:
        raise ResultsError(f"no predictions for task {task.name!r}; run notebook 05 first")
    return pd.DataFrame(rows)


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

    A test image without a face has no score; it is ranked where it is wrong at every threshold.  The interval of the
    area is DeLong's, see `delong`.
    """
    if task.positive is None:
        raise ResultsError(f"task {task.name!r} has {len(task.classes)} classes; a ROC needs two")
    actual = (predictions["label"] == task.positive).to_numpy()
    scores = predictions[f"score_{task.positive}"].to_numpy(dtype=float)
    lowest, highest = np.nanmin(scores) - 1, np.nanmax(scores) + 1
    scores = np.where(np.isnan(scores), np.where(actual, lowest, highest), scores)
    false_positive, true_positive, _ = roc_curve(actual, scores, drop_intermediate=False)
    [area], [[variance]] = (part.tolist() for part in delong(scores[None], actual))
    reach = norm.ppf(0.975) * variance**0.5
    low, high = max(0.0, area - reach), min(1.0, area + reach)
    return Roc(false_positive, true_positive, area, low, high, int(actual.sum()), int((~actual).sum()))


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
