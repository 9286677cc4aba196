"""Several trainings of one method: from each training's answers to the mean over them, with an interval over images and trainings.

Two things are chance in the accuracy of a trained network: which images are in the test, and how the training went (its seed).
The images are the same for all trainings, so the two are crossed (as persons and items in Cronbach et al. 1972), and the
variance of the mean is the sum of both parts."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

from facediag_utils.core.errors import ResultsError
from facediag_utils.evaluation.interval import Interval

NORMAL = float(student.ppf(0.975, np.inf))


def combined(parts: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """A variance that is the sum of estimated ones, and its degrees of freedom (Satterthwaite 1946).

    Parameters
    ----------
    parts : sequence of (float, int)
        Each variance and its own degrees of freedom.

    Returns
    -------
    variance, degrees : float
        ``degrees`` is infinite where there is no variance.
    """
    total = sum(variance for variance, _ in parts)
    spread = sum(variance**2 / degrees for variance, degrees in parts if degrees > 0)
    return total, total**2 / spread if spread > 0 else np.inf


def between(values: np.ndarray) -> tuple[float, int]:
    """Variance of the mean of several trainings, from how much they differ, and its degrees of freedom; 0 for a single one.

    Parameters
    ----------
    values : numpy.ndarray
        (t,), a number for each training.
    """
    count = len(values)
    return (float(values.var(ddof=1)) / count, count - 1) if count > 1 else (0.0, 0)


def widened(over_images: float, images: int, values: np.ndarray) -> float:
    """The variance that a normal interval needs to be as wide as Student's over images and trainings.

    Three trainings say little of their own variance: Student's quantile for the degrees of freedom of the sum makes up for it.

    Parameters
    ----------
    over_images : float
        Variance of the mean when only the images are drawn again.
    images : int
        How many there are.
    values : numpy.ndarray
        (t,), the number of each training.
    """
    variance, degrees = combined([(over_images, images - 1), between(values)])
    return variance * float(student.ppf(0.975, degrees) / NORMAL) ** 2


def difference(first: np.ndarray, second: np.ndarray) -> tuple[Interval, float]:
    """Mean accuracy of one method less that of another on the same images, with its 95% interval and two-sided p.

    Parameters
    ----------
    first, second : numpy.ndarray
        bool, (t, n): whether each training of a method got each image right; the trainings of one have nothing to do with
        those of the other, the images are the same, in the same order.  A method that is not trained has one row.

    Raises
    ------
    ResultsError
        If the images are not the same number.
    """
    if first.shape[1] != second.shape[1] or not first.shape[1]:
        raise ResultsError(f"{first.shape[1]} and {second.shape[1]} test images: a paired test needs the same ones")
    by_image = first.mean(axis=0) - second.mean(axis=0)
    images = len(by_image)
    parts = [
        (float(by_image.var(ddof=1)) / images, images - 1),
        between(first.mean(axis=1)),
        between(second.mean(axis=1)),
    ]
    return tested(float(by_image.mean()), combined(parts))


def tested(value: float, spread: tuple[float, float]) -> tuple[Interval, float]:
    """A difference, -1..1, with its 95% interval and two-sided p by Student's t; ``spread`` as `combined` gives it."""
    variance, degrees = spread
    if variance <= 0:
        return Interval(value, value, value), 1.0 if value == 0 else 0.0
    reach = float(student.ppf(0.975, degrees)) * variance**0.5
    p = float(2 * student.sf(abs(value) / variance**0.5, degrees))
    return Interval(value, max(-1.0, value - reach), min(1.0, value + reach)), p
