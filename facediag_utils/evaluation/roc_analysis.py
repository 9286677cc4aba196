"""From the scores of a binary task to its receiver operating characteristic and the area under it, with a 95% interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import roc_curve

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import Task
from facediag_utils.evaluation import trainings
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import effective_wilson, trainings_of


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
    the area is DeLong's, see `delong`, its interval that of `area_interval`.  Of several trainings the areas and, at each
    false-positive rate, the true-positive rates are averaged (Fawcett 2006, vertical averaging).
    """
    if task.positive is None:
        raise ResultsError(f"task {task.name!r} has {len(task.classes)} classes; a ROC needs two")
    scores, actual = scores_of(predictions, task)
    curves = [roc_curve(actual, each, drop_intermediate=False)[:2] for each in scores]
    false_positive, true_positive = curves[0] if len(curves) == 1 else _mean_curve(curves)
    areas, covariance = delong(scores, actual)
    variance = (
        trainings.widened(float(covariance.mean()), len(actual), areas) if len(scores) > 1 else float(covariance[0, 0])
    )
    found = area_interval(float(areas.mean()), variance, int(min(actual.sum(), (~actual).sum())))
    return Roc(false_positive, true_positive, found, int(actual.sum()), int((~actual).sum()))


def scores_of(predictions: pd.DataFrame, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Scores of the positive class by one method's trainings, float (trainings, n), and which images are positive, bool (n,),
    the images in the order of their names."""
    runs = trainings_of(predictions.sort_values("image", kind="stable"))
    actual = (runs[0]["label"] == task.positive).to_numpy()
    return np.stack([_ranked(rows[f"score_{task.positive}"].to_numpy(dtype=float), actual) for rows in runs]), actual


def _ranked(scores: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Scores in which an image without one is wrong at every threshold."""
    lowest, highest = np.nanmin(scores) - 1, np.nanmax(scores) + 1
    return np.where(np.isnan(scores), np.where(actual, lowest, highest), scores)


def _mean_curve(curves: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """The mean of step curves: at each false-positive rate that one of them has, the mean of the highest true-positive rates."""
    rates = np.unique(np.concatenate([false for false, _ in curves]))
    reached = [true[np.searchsorted(false, rates, side="right") - 1] for false, true in curves]
    return np.concatenate([[0.0], rates]), np.concatenate([[0.0], np.mean(reached, axis=0)])


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
