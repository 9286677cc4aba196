"""Two methods on the same test images: who is right where the other is wrong?

A difference of two accuracies says little by itself; on the same images only those matter on which the methods differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import Task
from facediag_utils.data.store import KEY
from facediag_utils.evaluation import trainings
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import short_title, trainings_of
from facediag_utils.evaluation.roc_analysis import delong, scores_of


@dataclass(frozen=True)
class Paired:
    """Two methods on n images: how many only the first, and only the second, got right (of several trainings, on average);
    the difference of their accuracies (first less second) with its 95% interval; and p."""

    n: int
    only_first: float
    only_second: float
    difference: Interval
    p: float


def compare(first: np.ndarray, second: np.ndarray) -> Paired:
    """Two methods, each trained once or several times: `paired_test` if both were trained once, else a t-test over images and
    trainings, see `facediag_utils.evaluation.trainings.difference`.

    Parameters
    ----------
    first, second : numpy.ndarray
        bool, (trainings, n): whether each training got each image right, the images in the same order.
    """
    if len(first) == len(second) == 1:
        return paired_test(first[0], second[0])
    difference, p = trainings.difference(first, second)
    one, other = first.mean(axis=0), second.mean(axis=0)  # of all pairs of a training here and a training there
    return Paired(first.shape[1], float((one * (1 - other)).sum()), float((other * (1 - one)).sum()), difference, p)


def paired_test(first: np.ndarray, second: np.ndarray) -> Paired:
    """Exact McNemar test (McNemar 1947; the binomial of the discordant images) of two methods.

    Parameters
    ----------
    first, second : numpy.ndarray
        bool, (n,): whether each method got each image right, in the same order.

    Returns
    -------
    Paired
        The interval is Newcombe's (1998, method 10): Wilson's for each accuracy, put together with their correlation.
    """
    if len(first) != len(second) or not len(first):
        raise ResultsError(f"{len(first)} and {len(second)} test images: a paired test needs the same ones")
    table = np.array([[np.sum(one & other) for other in (second, ~second)] for one in (first, ~first)])
    p = float(mcnemar(table, exact=True).pvalue)
    return Paired(len(first), int(table[0, 1]), int(table[1, 0]), paired_interval(table), min(1.0, p))


def paired_interval(table: np.ndarray) -> Interval:
    """The difference of two paired proportions with its 95% interval, Newcombe 1998, method 10 (no kept library has it).

    Parameters
    ----------
    table : numpy.ndarray
        int, (2, 2): rows the first method right and wrong, columns the second.
    """
    n = table.sum()
    first, second = table[0].sum() / n, table[:, 0].sum() / n
    low1, high1 = proportion_confint(table[0].sum(), n, method="wilson")
    low2, high2 = proportion_confint(table[:, 0].sum(), n, method="wilson")
    margins = np.sqrt(float(np.prod(table.sum(axis=0)) * np.prod(table.sum(axis=1))))
    cross = float(table[0, 0] * table[1, 1] - table[0, 1] * table[1, 0])
    if cross > 0:  # continuity correction, as the paper has it
        cross = max(cross - n / 2, 0.0)
    phi = cross / margins if margins else 0.0
    down = (first - low1) ** 2 - 2 * phi * (first - low1) * (high2 - second) + (high2 - second) ** 2
    up = (high1 - first) ** 2 - 2 * phi * (high1 - first) * (second - low2) + (second - low2) ** 2
    difference = float(first - second)
    return Interval(difference, difference - max(down, 0) ** 0.5, difference + max(up, 0) ** 0.5)


def all_pairs(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Every two methods of a task, as `chosen_pairs` compares them."""
    names = [short_title(*key[1:3]) for key in correctness(predictions, task)]
    return chosen_pairs(predictions, task, combinations(names, 2))


def chosen_pairs(predictions: pd.DataFrame, task: Task, pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Some pairs of methods of a task, p by `compare`, corrected over the table by Holm (1979).

    Parameters
    ----------
    predictions : pandas.DataFrame
        As `facediag_utils.data.store.load` gives them.
    task : Task
    pairs : iterable of (str, str)
        Methods by their `short_title`.

    Returns
    -------
    pandas.DataFrame
        A row per pair: first, second, only_first, only_second, difference, low, high, p, p_holm.

    Raises
    ------
    ResultsError
        If one of them has no predictions.
    """
    right = {short_title(*key[1:3]): hits for key, hits in correctness(predictions, task).items()}
    rows = []
    for one, other in pairs:
        if missing := {one, other} - set(right):
            raise ResultsError(
                f"no predictions by {', '.join(sorted(missing))}; run make reproduce, or its notebook first"
            )
        found = compare(right[one], right[other])
        row = {"first": one, "second": other, "n": found.n}
        row |= {"only_first": found.only_first, "only_second": found.only_second}
        row |= dict(zip(("difference", "low", "high"), found.difference, strict=True))
        rows.append({**row, "p": found.p})
    table = pd.DataFrame(rows)
    return table.assign(p_holm=holm(table["p"]) if rows else [])


def correctness(predictions: pd.DataFrame, task: Task) -> dict[tuple[str, ...], np.ndarray]:
    """Whether each training of each method got each test image right.

    Returns
    -------
    dict
        By the method's `KEY`: bool, (trainings, n), the images in the order of their names.

    Raises
    ------
    ResultsError
        If the methods, or the trainings of one, were not tried on the same images.
    """
    rows = predictions[predictions["task"] == task.name]
    right, images = {}, set()
    for key, group in rows.groupby(KEY, sort=True):
        runs = trainings_of(group.sort_values("image"))
        right[key] = [(run["label"] == run["predicted"]).to_numpy() for run in runs]
        images |= {tuple(run["image"]) for run in runs}
    if len(images) > 1:
        raise ResultsError(
            f"task {task.name!r}: the methods were not tried on the same images; run make reproduce again"
        )
    return {key: np.stack(hits) for key, hits in right.items()}


def compare_areas(first: pd.DataFrame, second: pd.DataFrame, task: Task) -> tuple[Interval, float]:
    """Two methods' areas under the ROC curve on the same images: first less second, with its 95% interval, and p.

    `delong_test` if both were trained once, else a t-test over images and trainings: DeLong's variance of the difference of
    mean areas and the variances between trainings are added, as `facediag_utils.evaluation.trainings.difference` does.

    Parameters
    ----------
    first, second : pandas.DataFrame
        Rows of the store, all trainings of one method each.
    task : Task
        Of two classes.

    Raises
    ------
    ResultsError
        If the methods were not tried on the same images.
    """
    (one, actual), (other, also) = (scores_of(rows, task) for rows in (first, second))
    if set(first["image"]) != set(second["image"]) or not np.array_equal(actual, also):
        raise ResultsError(f"task {task.name!r}: two areas are compared on the same images only")
    if len(one) == len(other) == 1:
        return delong_test(one[0], other[0], actual)
    areas, covariance = delong(np.concatenate([one, other]), actual)
    weights = np.repeat([1 / len(one), -1 / len(other)], [len(one), len(other)])
    difference = float(weights @ areas)
    over_images = float(weights @ covariance @ weights), len(actual) - 1
    between = (trainings.between(each) for each in (areas[: len(one)], areas[len(one) :]))
    return trainings.tested(difference, trainings.combined([over_images, *between]))


def delong_test(first: np.ndarray, second: np.ndarray, actual: np.ndarray) -> tuple[Interval, float]:
    """Difference of two areas on the same images with its 95% interval, and the two-sided p (1 for equal scores)."""
    areas, covariance = delong(np.stack([first, second]), actual)
    difference = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    if variance < 1e-12:
        return Interval(difference, difference, difference), 1.0 if abs(difference) < 1e-12 else 0.0
    reach, p = float(norm.ppf(0.975)) * variance**0.5, float(2 * norm.sf(abs(difference) / variance**0.5))
    return Interval(difference, difference - reach, difference + reach), p


def holm(p: Sequence[float] | pd.Series) -> np.ndarray:
    """p-values corrected for their number (Holm 1979).

    Written here because statsmodels' ``multipletests`` collects the garbage of the whole process at each call: 0.1 s."""
    values = np.asarray(p, dtype=float)
    order = values.argsort(kind="stable")
    corrected = np.empty_like(values)
    corrected[order] = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)).clip(max=1)
    return corrected
