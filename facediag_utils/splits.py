"""The 40/30 split drawn again, many times: how much of an accuracy is the luck of the draw?

An SVM sees images only through their inner products, so the Gram matrix of all images is computed once a network, and every
split is cut out of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed, parallel_config
from scipy.stats import t as student
from sklearn.svm import SVC

CHUNK = 25  # splits a piece of work


def drawn(labels: np.ndarray, test_share: dict[str, int], count: int, seed: int = 0) -> np.ndarray:
    """Random splits with fixed numbers of test images a class.

    Parameters
    ----------
    labels : numpy.ndarray
        (n,), class names.
    test_share : dict
        Test images of each class.
    count, seed : int

    Returns
    -------
    numpy.ndarray
        bool, (count, n): True where an image is tested.
    """
    rng = np.random.default_rng(seed)
    tested = np.zeros((count, len(labels)), bool)
    for row in tested:
        for name in sorted(test_share):
            row[rng.permutation(np.flatnonzero(labels == name))[: test_share[name]]] = True
    return tested


def gram(features: np.ndarray) -> np.ndarray:
    """Inner products of all images, float64 (n, n): the linear kernel."""
    wide = features.astype(np.float64)
    return wide @ wide.T


def accuracies(
    kernel: np.ndarray, labels: np.ndarray, tested: np.ndarray, penalty: float, jobs: int = -1
) -> np.ndarray:
    """Test accuracy of an SVM on each split, (count,).

    Parameters
    ----------
    kernel : numpy.ndarray
        (n, n), of all images.
    labels : numpy.ndarray
        (n,).
    tested : numpy.ndarray
        As `drawn` gives them.
    penalty : float
        C, the same for all splits.
    jobs : int
        Processes on this machine; with ``DASK`` set to a scheduler's address its workers do the work.
    """
    numbers = np.unique(labels, return_inverse=True)[1]
    with cluster() as backend, parallel_config(**backend, n_jobs=jobs):
        parts = Parallel()(
            delayed(_accuracies)(kernel, numbers, tested[k : k + CHUNK], penalty) for k in range(0, len(tested), CHUNK)
        )
    return np.concatenate(parts)


def _accuracies(kernel: np.ndarray, numbers: np.ndarray, tested: np.ndarray, penalty: float) -> np.ndarray:
    found = []
    for test in tested:
        rows, others = np.flatnonzero(~test), np.flatnonzero(test)
        svm = SVC(kernel="precomputed", C=penalty).fit(kernel[np.ix_(rows, rows)], numbers[rows])
        found.append((svm.predict(kernel[np.ix_(others, rows)]) == numbers[others]).mean())
    return np.array(found)


@contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """joblib's settings: its own processes, or a Dask cluster if the environment variable DASK names one."""
    address = os.environ.get("DASK", "")
    if not address:
        yield {"backend": "loky"}
        return
    from distributed import Client

    with Client(address):
        yield {"backend": "dask"}


@dataclass(frozen=True)
class Corrected:
    """Mean difference of two methods over splits, its 95% interval, and p, by the corrected resampled t-test."""

    mean: float
    low: float
    high: float
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
        return Corrected(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    reach = float(student.ppf(0.975, k - 1)) * spread
    return Corrected(mean, mean - reach, mean + reach, float(2 * student.sf(abs(mean) / spread, k - 1)))
