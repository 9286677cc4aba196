"""What several photographs of a person are worth: ranked lists, probabilities that can be believed, and when to say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
from scipy.special import softmax
from scipy.stats import norm

from facediag_utils.data.splitting import cross_validation_folds
from facediag_utils.evaluation.interval import DRAWS, Interval, over_people, wilson_interval
from facediag_utils.evaluation.metrics import bootstrap, resampled_variance
from facediag_utils.evaluation.screening import reliability
from facediag_utils.methods.cases import LOGIT, combined

MEASURES = ("top-1", "top-2", "MRR")
MISSED = 0.1  # share of true classes that conformal sets may leave out


def ranks(probabilities: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Place of the true class in the ranked list.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (..., n, classes).
    numbers : numpy.ndarray
        int, (n,), the true classes.

    Returns
    -------
    numpy.ndarray
        float64, (..., n): 1 is the top.  Of equally likely classes the true one is the last; infinite where there is no answer.
    """
    wanted = np.broadcast_to(numbers[:, None], (*probabilities.shape[:-1], 1))
    own = np.take_along_axis(probabilities, wanted, axis=-1)
    place = (probabilities >= own).sum(axis=-1).astype(float)
    return np.where(np.isnan(own[..., 0]), np.inf, place)


def of_each_person(probabilities: np.ndarray, numbers: np.ndarray) -> pd.DataFrame:
    """Whether the true class is at the top, whether it is among the first two, and one over its rank.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (ways to choose photographs, people, classes).
    numbers : numpy.ndarray
        int, (people,), the true classes.

    Returns
    -------
    pandas.DataFrame
        A row per person, columns `MEASURES`, 0..1: means over the ways to choose photographs.
    """
    place = ranks(probabilities, numbers)
    found = {"top-1": place <= 1, "top-2": place <= 2, "MRR": 1 / place}
    return pd.DataFrame({name: values.mean(axis=0) for name, values in found.items()})


def by_count(logits: np.ndarray, numbers: np.ndarray, way: str = LOGIT) -> dict[int, pd.DataFrame]:
    """`of_each_person` by the number of photographs, each the mean over all choices of so many of a person's photographs.

    Parameters
    ----------
    logits : numpy.ndarray
        (people, k, classes).
    numbers : numpy.ndarray
        int, (people,).
    way : str
        How photographs are joined, see `facediag_utils.methods.cases.combined`.
    """
    most = logits.shape[1]
    found = {}
    for count in range(1, most + 1):
        chosen = [list(rows) for rows in combinations(range(most), count)]
        found[count] = of_each_person(np.stack([combined(logits[:, rows], way) for rows in chosen]), numbers)
    return found


def means(values: pd.DataFrame, numbers: np.ndarray) -> dict[str, Interval]:
    """Means over people, each with its 95% interval by bootstrap over people within each class."""

    def mean(each: np.ndarray) -> Interval:
        return bootstrap(lambda rows: each[rows].mean(axis=1), numbers)

    return {name: mean(column.to_numpy(float)) for name, column in values.items()}


def gains(values: pd.DataFrame, less: pd.DataFrame) -> dict[str, Interval]:
    """Mean differences of the same people, each with its 95% interval by bootstrap over people."""
    return {name: over_people(values[name] - less[name]) for name in values}


def chance(classes: int) -> dict[str, float]:
    """`MEASURES` of a list in random order."""
    harmonic = sum(1 / place for place in range(1, classes + 1))
    return {"top-1": 1 / classes, "top-2": min(1.0, 2 / classes), "MRR": harmonic / classes}


def confidence(probabilities: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest probability, (n,), NaN without an answer; and whether it is that of the true class, bool (n,)."""
    return probabilities.max(axis=1), ranks(probabilities, numbers) == 1


@dataclass(frozen=True)
class Calibration:
    """Probabilities against what was the case, in bins of equally many people.

    Attributes
    ----------
    points : list of (float, int, int)
        As `facediag_utils.evaluation.screening.reliability` gives them.
    above : Interval
        Mean probability of the answer less the share of right answers: above 0 more is promised than kept.
    error : float
        Expected calibration error: the mean distance of the two over the bins, weighed by their people.
    by_chance : float
        What 19 of 20 samples of as many people with these probabilities stay below if the probabilities are true: an error below is no
        sign of anything.
    """

    points: list[tuple[float, int, int]]
    above: Interval
    error: float
    by_chance: float


def calibration(probability: np.ndarray, right: np.ndarray) -> Calibration:
    """Whether answers are right as often as they say.

    Parameters
    ----------
    probability : numpy.ndarray
        (n,), of each answer; NaN where there is none, which is left out.
    right : numpy.ndarray
        bool, (n,).

    Notes
    -----
    The error cannot be negative, so that a sample of few people shows one even if every probability is true.  ``by_chance`` is from
    `DRAWS` samples in which it is (consistency resampling, Bröcker and Smith 2007).
    """
    seen = ~np.isnan(probability)
    said, hits = probability[seen], right[seen]
    points = reliability(said, hits)
    parts = np.cumsum([0, *(n for *_, n in points)])
    ordered = np.sort(said, kind="stable")
    draws = np.random.default_rng(0).random((DRAWS, len(ordered))) < ordered
    if_true = sum(np.abs((ordered - draws)[:, a:b].sum(axis=1)) for a, b in pairwise(parts))
    error = sum(abs(n * mean - number) for mean, number, n in points) / len(said)
    above = over_people(pd.Series(said - hits))
    return Calibration(points, above, float(error), float(np.quantile(if_true / len(said), 0.95)))


def recalibrated(logits: np.ndarray, numbers: np.ndarray, seed: int = 0) -> tuple[np.ndarray, float]:
    """Mean logits, divided by a temperature that is fitted to other people with as many photographs: in five folds of the people.

    Parameters
    ----------
    logits : numpy.ndarray
        (people, k, classes).
    numbers : numpy.ndarray
        int, (people,).
    seed : int
        Of the folds.

    Returns
    -------
    probabilities : numpy.ndarray
        (people, classes).
    temperature : float
        Geometric mean over the folds.
    """
    from facediag_utils.methods.trained_model import temperature  # loads torch

    mean = np.log(np.clip(combined(logits), 1e-300, None))
    seen = np.isfinite(mean).all(axis=1)
    probabilities, fitted = np.full_like(mean, np.nan), []
    for rows, left in cross_validation_folds(numbers, seed).split(mean, numbers):
        known = rows[seen[rows]]
        fitted.append(temperature(mean[known], numbers[known]))
        probabilities[left] = softmax(mean[left] / fitted[-1], axis=1)
    return probabilities, float(np.exp(np.mean(np.log(fitted))))


def risks(probability: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Share of errors among the 1, 2, ..., n likeliest answers (El-Yaniv and Wiener 2010).

    Parameters
    ----------
    probability : numpy.ndarray
        (..., n), of each answer; where there is none, NaN: that is the last.
    right : numpy.ndarray
        bool, (..., n).

    Returns
    -------
    numpy.ndarray
        (..., n).
    """
    order = np.argsort(-np.nan_to_num(probability, nan=-1.0), axis=-1, kind="stable")
    wrong = ~np.take_along_axis(right, order, axis=-1)
    return wrong.cumsum(axis=-1) / np.arange(1, right.shape[-1] + 1)


def risk_area(probability: np.ndarray, right: np.ndarray, numbers: np.ndarray) -> Interval:
    """Area under the curve of `risks` (AURC): the mean of the risk over all numbers of answers, 0 best.  Who stays silent by drawing
    lots has the share of errors as area.  95% interval by bootstrap over people within each class, int (n,)."""
    return bootstrap(lambda rows: risks(probability[rows], right[rows]).mean(axis=1), numbers)


def risk_gain(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray], numbers: np.ndarray
) -> Interval:
    """`risk_area` of the first less that of the second, each of them given by `confidence` on the same people, with a 95% interval from
    the variance of the bootstrap."""

    def less(rows: np.ndarray) -> np.ndarray:
        one, other = (risks(probability[rows], right[rows]).mean(axis=1) for probability, right in (first, second))
        return one - other

    value, reach = (
        float(less(np.arange(len(numbers))[None])[0]),
        float(norm.ppf(0.975)) * resampled_variance(less, numbers) ** 0.5,
    )
    return Interval(value, value - reach, value + reach)


def set_threshold(probabilities: np.ndarray, numbers: np.ndarray, missed: float = MISSED) -> float:
    """From which probability on a class belongs to a conformal set (split conformal; Sadinle, Lei and Wasserman 2019).

    If a new image comes from the same source as these, its set lacks the true class with a probability of at most ``missed``, whatever the
    classifier.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (m, classes), of images that the classifier has not learned from.
    numbers : numpy.ndarray
        int, (m,), the true classes.
    missed : float

    Returns
    -------
    float
        0 if there are too few images: then every class belongs to the set.
    """
    of_true = np.sort(probabilities[np.arange(len(numbers)), numbers])[::-1]
    place = int(np.ceil((len(numbers) + 1) * (1 - missed)))
    return float(of_true[place - 1]) if place <= len(of_true) else 0.0


@dataclass(frozen=True)
class Sets:
    """Conformal sets: how often they hold the true class, how many classes they hold, how often one alone; and by class."""

    coverage: Interval
    size: float
    one: Interval
    by_class: Mapping[int, Interval]


def sets(probabilities: np.ndarray, numbers: np.ndarray, threshold: float) -> Sets:
    """The sets of all classes with at least this probability; an image without an answer has an empty one, which misses."""
    inside = probabilities >= threshold
    hit, size = inside[np.arange(len(numbers)), numbers], inside.sum(axis=1)
    shares = {
        int(k): wilson_interval(int(hit[numbers == k].sum()), int((numbers == k).sum())) for k in np.unique(numbers)
    }
    alone = wilson_interval(int((size == 1).sum()), len(size))
    return Sets(wilson_interval(int(hit.sum()), len(hit)), float(size.mean()), alone, shares)


def row(network: str, way: str, count: int, measure: str, value: Interval | float, n: int) -> dict[str, object]:
    """One number, for ``cases.csv``: rows of `facediag_utils.evaluation.interval.flat`."""
    interval = value if isinstance(value, Interval) else Interval(value)
    return {"network": network, "way": way, "photographs": count, "measure": measure, "value": interval, "n": n}
