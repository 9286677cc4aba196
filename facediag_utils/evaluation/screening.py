"""From a test set, half of it ill, to a population in which one of many thousands is."""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from facediag_utils.core.errors import ResultsError
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.metrics import bootstrap

#: The paper's section I: beta-thalassemia 1 in 100,000, hyperthyroidism 0.75%, Down syndrome 1 in 1,000; and its test set.
PREVALENCES = {"half (test set)": 0.5, "0.75% (hyperthyroidism)": 0.0075, "1 in 1,000 (Down syndrome)": 1e-3}
PREVALENCES["1 in 100,000 (beta-thalassemia)"] = 1e-5


@dataclass(frozen=True)
class Point:
    """One setting of a threshold: sensitivity and specificity with their 95% Wilson intervals."""

    threshold: float
    sensitivity: Interval
    specificity: Interval


@dataclass(frozen=True)
class Counts:
    """How many of the ill are called ill and how many are missed; how many of the others are false alarms, and how many cleared."""

    found: int
    missed: int
    false_alarms: int
    cleared: int

    def shares(self) -> dict[str, Interval]:
        """The shares that these counts give, each with its 95% Wilson interval; NaN where nobody is counted."""
        return {
            "sensitivity": wilson_interval(self.found, self.found + self.missed),
            "specificity": wilson_interval(self.cleared, self.cleared + self.false_alarms),
            "PPV": wilson_interval(self.found, self.found + self.false_alarms),
            "NPV": wilson_interval(self.cleared, self.cleared + self.missed),
        }


def threshold_for(scores: np.ndarray, actual: np.ndarray, sensitivity: float = 0.95) -> float:
    """The highest threshold at which at least that share of the ill is found.

    To be chosen on images that are not tested on: out-of-fold scores of the training images.

    Parameters
    ----------
    scores : numpy.ndarray
        (n,), of the positive class.
    actual : numpy.ndarray
        bool, (n,).
    """
    ill = np.sort(scores[actual])[::-1]
    if not len(ill):
        raise ResultsError("no positive image: a threshold for sensitivity cannot be chosen")
    return float(ill[int(np.ceil(sensitivity * len(ill))) - 1])


def thresholds(scores: np.ndarray, most: int = 100) -> np.ndarray:
    """All different settings of a threshold, rising: below all scores, half-way between each two, above all.

    Of more than ``most`` these at equal steps of rank; images without a score (NaN) have no say."""
    known = np.unique(scores[~np.isnan(scores)])
    if not len(known):
        raise ResultsError("no image has a score: there is no threshold to be set")
    between = np.concatenate([known[:1] - 1, (known[1:] + known[:-1]) / 2, known[-1:] + 1])
    return between[np.unique(np.linspace(0, len(between) - 1, min(most, len(between))).round().astype(int))]


def count(scores: np.ndarray, actual: np.ndarray, threshold: float) -> Counts:
    """What becomes of images if those are called ill whose score is at least the threshold; an image without a face has no score
    (NaN) and is wrong."""
    said = np.where(np.isnan(scores), ~actual, scores >= threshold)
    return Counts(*(int(part.sum()) for part in (said & actual, ~said & actual, said & ~actual, ~said & ~actual)))


def point(scores: np.ndarray, actual: np.ndarray, threshold: float) -> Point:
    """Sensitivity and specificity of "ill from this score on", as `count` counts."""
    shares = count(scores, actual, threshold).shares()
    return Point(threshold, shares["sensitivity"], shares["specificity"])


def among(people: int, at: Point, prevalence: float) -> Counts:
    """What to expect of so many people, in whole people: natural frequencies (Gigerenzer and Hoffrage 1995)."""
    ill = round(people * prevalence)
    found, cleared = round(ill * at.sensitivity.value), round((people - ill) * at.specificity.value)
    return Counts(found, ill - found, people - ill - cleared, cleared)


def predictive_values(at: Point, prevalence: float) -> dict[str, Interval]:
    """PPV and NPV at a prevalence (Bayes), each with the range that both Wilson intervals together allow.

    The range takes both bounds at once and is wider than 95%."""

    def ppv(sensitivity: float, specificity: float) -> float:
        true, false = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
        return true / (true + false) if true + false else float("nan")

    def npv(sensitivity: float, specificity: float) -> float:
        true, false = specificity * (1 - prevalence), (1 - sensitivity) * prevalence
        return true / (true + false) if true + false else float("nan")

    (s, s_low, s_high), (c, c_low, c_high) = at.sensitivity, at.specificity
    return {f.__name__.upper(): Interval(f(s, c), f(s_low, c_low), f(s_high, c_high)) for f in (ppv, npv)}


def reliability(probabilities: np.ndarray, actual: np.ndarray, bins: int = 6) -> list[tuple[float, int, int]]:
    """Mean probability, number ill and number of images, in bins of equally many images."""
    parts = np.array_split(np.argsort(probabilities, kind="stable"), bins)
    return [(float(probabilities[p].mean()), int(actual[p].sum()), len(p)) for p in parts if len(p)]


def calibrated(training: np.ndarray, actual: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Probabilities from scores by a logistic curve (Platt 1999) fitted to out-of-fold scores of the training images.

    Platt softened the labels to keep the curve finite; here a slight ridge does.

    Parameters
    ----------
    training : numpy.ndarray
        (m,), out-of-fold scores of the positive class.
    actual : numpy.ndarray
        bool, (m,).
    scores : numpy.ndarray
        (n,), of the test images.

    Returns
    -------
    numpy.ndarray
        (n,), 0..1.
    """
    width = training.std() or 1.0
    curve = LogisticRegression(C=100.0).fit(training[:, None] / width, actual)
    return curve.predict_proba(scores[:, None] / width)[:, 1]


def brier(probabilities: np.ndarray, actual: np.ndarray) -> Interval:
    """Mean squared distance of probabilities from what was the case (Brier 1950) and its 95% bootstrap interval: 0 best,
    0.25 for always saying half."""
    off = (probabilities - actual) ** 2
    return bootstrap(lambda rows: off[rows].mean(axis=1), actual)
