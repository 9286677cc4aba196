"""The 40/30 split drawn again, many times: how much of an accuracy is the luck of the draw?

An SVM sees images only through their inner products, so the Gram matrix of all images is computed once a network, and every
split is cut out of it."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import sklearn
from joblib import Parallel, delayed, parallel_config
from scipy.stats import t as student
from sklearn.exceptions import ConvergenceWarning

from facediag_utils.core import parallel, row_cache
from facediag_utils.core.progress import progress_bar
from facediag_utils.data import splitting
from facediag_utils.data.splitting import draw_splits
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.paired_tests import holm
from facediag_utils.methods import svm

CHUNK = 10  # splits a piece of work
MOST = 700  # images that splits are drawn of: Gram matrices grow with the square, the luck of the draw shrinks


def accuracies(
    kernels: dict[str, np.ndarray],
    labels: np.ndarray,
    tested: np.ndarray,
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> pd.DataFrame:
    """Test accuracy of an SVM on each split, its C chosen anew by cross-validation on the split's training images.

    Parameters
    ----------
    kernels : dict of str to numpy.ndarray
        (n, n), of all images, by method.
    labels : numpy.ndarray
        (n,).
    tested : numpy.ndarray
        As `draw_splits` gives them.
    seed : int
        Of the folds.
    groups : numpy.ndarray, optional
        (n,), of images that folds must not part.

    Returns
    -------
    pandas.DataFrame
        A row a split, a column a method, 0..1.
    """
    numbers = np.unique(labels, return_inverse=True)[1]
    work = [(kernel, tested[k : k + CHUNK]) for kernel in kernels.values() for k in range(0, len(tested), CHUNK)]
    digests = {id(kernel): row_cache.digest(kernel) for kernel in kernels.values()}
    keys = [f"{digests[id(kernel)]}-{row_cache.digest(part)}" for kernel, part in work]
    settings = (
        row_cache.digest(numbers),
        seed,
        None if groups is None else row_cache.digest(groups),
        svm.PENALTIES,
        splitting.FOLDS,
    )

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        with parallel.cluster([*kernels.values(), numbers]) as backend, parallel_config(**backend, n_jobs=-1):
            calls = (delayed(_accuracies)(*work[k], numbers, seed, groups) for k in missing)
            done = Parallel(return_as="generator")(calls)
            for part in progress_bar(done, len(missing), "splits", unit="chunk"):
                yield {"accuracy": np.pad(part, (0, CHUNK - len(part)))[None]}

    rows = row_cache.complete(row_cache.table_path("splits", *settings), keys, compute)
    found = rows["accuracy"].reshape(len(kernels), -1)[:, : len(tested)]
    return pd.DataFrame(dict(zip(kernels, found, strict=True)))


def repeat_split(
    kernels: dict[str, np.ndarray],
    labels: np.ndarray,
    train: np.ndarray,
    count: int,
    seed: int = 0,
    groups: np.ndarray | None = None,
) -> pd.DataFrame:
    """A cohort's own split drawn again, with as many test images a class.

    Parameters
    ----------
    kernels, labels
        As `accuracies` takes them.
    train : numpy.ndarray
        bool, (n,), the cohort's own training images.
    count, seed, groups
        As `draw_splits` takes them.

    Returns
    -------
    pandas.DataFrame
        As `accuracies` gives it; row 0 is the cohort's own split.
    """
    share = dict(zip(*(part.tolist() for part in np.unique(labels[~train], return_counts=True)), strict=True))
    tested = np.concatenate([~train[None], draw_splits(labels, share, count, seed, groups)])
    return accuracies(kernels, labels, tested, seed, groups)


def _accuracies(
    kernel: np.ndarray, tested: np.ndarray, numbers: np.ndarray, seed: int, groups: np.ndarray | None
) -> np.ndarray:
    found = []
    quick = sklearn.config_context(assume_finite=True, skip_parameter_validation=True)  # a quarter of the time
    with quick, warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # as in `svm.fit`
        for test in tested:
            inner, labels = kernel[np.ix_(~test, ~test)], numbers[~test]
            machine = svm.make_svc("precomputed", len(np.unique(labels)))
            machine.C, _ = svm.search_penalty(inner, labels, seed, None if groups is None else groups[~test])
            machine.fit(inner, labels)
            found.append((machine.predict(kernel[np.ix_(test, ~test)]) == numbers[test]).mean())
    return np.array(found)


@dataclass(frozen=True)
class Corrected:
    """Mean difference of two methods over splits, its 95% interval, and p, by the corrected resampled t-test."""

    mean: Interval
    p: float


def corrected_t_test(differences: np.ndarray, training: int, testing: int) -> Corrected:
    """Nadeau and Bengio (2003): splits of the same images are not independent; the variance is raised by n2/n1.

    Parameters
    ----------
    differences : numpy.ndarray
        (k,), accuracy of one method less that of the other, split by split.
    training, testing : int
        Images in each part.
    """
    k, mean = len(differences), float(np.mean(differences))
    spread = float(np.var(differences, ddof=1) * (1 / k + testing / training)) ** 0.5
    if spread == 0:
        return Corrected(Interval(mean, mean, mean), 1.0 if mean == 0 else 0.0)
    reach = float(student.ppf(0.975, k - 1)) * spread
    return Corrected(Interval(mean, mean - reach, mean + reach), float(2 * student.sf(abs(mean) / spread, k - 1)))


def compare_methods(found: pd.DataFrame, training: int, testing: int) -> pd.DataFrame:
    """Every two methods by the corrected t-test, p corrected over the table by Holm (1979).

    Parameters
    ----------
    found : pandas.DataFrame
        As `accuracies` gives it.
    training, testing : int
        Images in each part.

    Returns
    -------
    pandas.DataFrame
        A row per pair: first, second, mean (`Interval`), p, p_holm.
    """
    rows = []
    for one, other in combinations(found.columns, 2):
        result = corrected_t_test((found[one] - found[other]).to_numpy(), training, testing)
        rows.append({"first": one, "second": other, **vars(result)})
    table = pd.DataFrame(rows)
    return table.assign(p_holm=holm(table["p"]) if rows else [])
