"""The paper's traditional baseline: dense SIFT, a bag of features, an SVM (section IV; Tables 3 and 5, first rows).

SIFT (Lowe 2004) is computed on a regular grid of the aligned grey face, at fixed scales and upright; k-means words
(fitted on training images only) turn an image's descriptors into a histogram; the SVM is linear, or has the exponential
chi-squared kernel exp(-d / mean d) with d = sum (x - y)^2 / (x + y) (Zhang et al. 2007).
"""

import hashlib
from collections.abc import Iterator

import cv2
import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics.pairwise import chi2_kernel, pairwise_distances_argmin
from threadpoolctl import threadpool_limits

from facediag_utils.core import parallel, pin, row_cache
from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.alignment import PADDING, aligned_chips
from facediag_utils.faces.detection import DETECTOR_VERSION, Faces
from facediag_utils.methods import svm

METHODS = {"linear": Method.DSIFT_LINEAR, "chi2": Method.DSIFT_CHI2}
SIDE = 224  # pixels of the aligned face, loose crop
STEP = 8  # pixels between grid points
SCALES = (4, 8)  # cv2.KeyPoint.size, pixels; OpenCV describes a patch of 6 times that side, in 4x4 cells
WORDS = 300  # of the vocabulary
SAMPLE = 60_000  # training descriptors that k-means sees
CROP = "loose"
_SETTINGS = (SIDE, STEP, SCALES, PADDING[CROP], DETECTOR_VERSION, cv2.__version__)


def grid() -> list[cv2.KeyPoint]:
    """Key points of the grid, all upright (angle 0), every scale at every point."""
    places = range(STEP, SIDE - STEP + 1, STEP)
    return [cv2.KeyPoint(float(x), float(y), float(size), 0.0) for size in SCALES for y in places for x in places]


def describe(chip: np.ndarray) -> np.ndarray:
    """Dense SIFT descriptors of one aligned face.

    Parameters
    ----------
    chip : numpy.ndarray
        uint8 RGB, (SIDE, SIDE, 3).

    Returns
    -------
    numpy.ndarray
        uint8, (points, 128): SIFT's values as OpenCV scales them, 0..255.
    """
    cv2.setNumThreads(1)  # the processes hold the cores
    cv2.setUseOptimized(not pin.pinned())  # each vector unit has its own code, with other last bits
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    _, values = cv2.SIFT_create().compute(grey, grid())  # type: ignore[attr-defined]
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def _some(chip: np.ndarray, points: np.ndarray) -> np.ndarray:
    return describe(chip)[points]


def _bag(chip: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return bag(describe(chip), centres)


def vocabulary(cohort: Cohort, faces: Faces, rows: np.ndarray, words: int | None = None, seed: int = 0) -> np.ndarray:
    """k-means centres of a sample of some images' descriptors; cached by these images.

    Parameters
    ----------
    cohort, faces
    rows : numpy.ndarray
        Positions of training images with a face.
    words : int, optional
        Default `WORDS`.
    seed : int
        Of the sample and of k-means.

    Returns
    -------
    numpy.ndarray
        float64, (words, 128).
    """
    words = words or WORDS
    names = cohort.table["sha256"].to_numpy(str)
    key = hashlib.sha256("".join(names[rows]).encode()).hexdigest()

    def compute(_: list[int]) -> Iterator[row_cache.Rows]:
        points, rng = len(grid()), np.random.default_rng(seed)
        drawn = rng.choice(len(rows) * points, min(SAMPLE, len(rows) * points), replace=False)
        image, point = np.divmod(drawn, points)
        chips = aligned_chips(cohort, faces, SIDE, CROP)
        wanted = [(chips[row], point[image == k]) for k, row in enumerate(rows)]
        sample = np.empty((len(drawn), 128))  # in double precision distances of whole numbers are exact: machines agree
        for k, found in enumerate(parallel.parallel_map(_some, wanted, "dense SIFT, sample")):
            sample[image == k] = found
        yield {"centres": kmeans(sample, words, seed)[None]}

    path = row_cache.table_path("visual_words", words, SAMPLE, seed, *_SETTINGS)
    return row_cache.complete(path, [key], compute)["centres"][0]


def kmeans(sample: np.ndarray, words: int, seed: int = 0) -> np.ndarray:
    """Centres (words, d) of a sample (n, d)."""
    means = MiniBatchKMeans(words, batch_size=4096, n_init=1, max_iter=30, random_state=seed)
    with threadpool_limits(1):  # threads share sums out by their number
        return means.fit(sample).cluster_centers_


def bag(values: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Bag of features: the share of an image's descriptors, (points, 128), nearest to each word; sums to 1."""
    with threadpool_limits(1):  # as in `kmeans`
        nearest = pairwise_distances_argmin(values.astype(np.float64), centres)
    return np.bincount(nearest, minlength=len(centres)) / len(values)


def histograms(cohort: Cohort, faces: Faces, rows: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Bags of features of some images with a face, float64 (n, words); cached by content and words.

    Descriptors (190 kB an image) are made, counted and dropped, a picture at a time."""

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        chips = aligned_chips(cohort, faces, SIDE, CROP)
        work = [(chips[rows[k]], centres) for k in missing]
        for values in parallel.parallel_map(_bag, work, "dense SIFT"):
            yield {"bag": values[None]}

    path = row_cache.table_path("bags", hashlib.sha256(centres.tobytes()).hexdigest(), *_SETTINGS)
    return row_cache.complete(path, [cohort.table["sha256"].iloc[row] for row in rows], compute)["bag"]


def chi2_of(training: np.ndarray) -> svm.Kernel:
    """The exponential chi-squared kernel, its width the mean distance between training histograms."""
    few = training[:: -(-len(training) // svm.SEARCHED)]  # a mean needs no matrix of many thousand squared
    distance = -np.log(chi2_kernel(few, gamma=1.0))
    mean = distance[~np.eye(len(distance), dtype=bool)].mean()

    def kernel(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return chi2_kernel(one, other, gamma=1 / mean)

    return kernel


def run(task: Task, cohort: Cohort, faces: Faces, seed: int = 0) -> dict[str, tuple[Predictions, svm.Fitted]]:
    """Vocabulary and both SVMs from the task's training images, predictions for its test images.

    Parameters
    ----------
    task, cohort, faces
    seed : int
        Of the sample, of k-means and of the folds.

    Returns
    -------
    dict of str to (Predictions, svm.Fitted)
        For "linear" and "chi2": a row a test image, a face not found being an error, and the SVM.
    """
    split = splitting.task_split(task, cohort, faces.found)
    train, test = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
    centres = vocabulary(cohort, faces, train, seed=seed)
    known, new = (histograms(cohort, faces, rows, centres) for rows in (train, test))
    made = {}
    for kind, method in METHODS.items():
        kernel = "linear" if kind == "linear" else chi2_of(known)
        fitted = svm.fit(known, split.labels[split.train], kernel=kernel, seed=seed, groups=split.groups)
        given = svm.scores(fitted, new, task.classes)
        made[kind] = store.from_scores(task, cohort, split, given, method, "dsift", "none"), fitted
    return made


def operations() -> dict[str, int]:
    """Multiply-accumulates for one image, by part: the counterpart of the paper's 1.28G.

    Gradients and Gaussian windows are put at ten a described pixel, an estimate; comparing every descriptor with every
    word, which is counted, outweighs them.  The paper states neither grid nor vocabulary, so its 1.28G cannot be recomputed, only
    set beside this count.
    """
    points = len(grid())
    described = sum((6 * size) ** 2 for size in SCALES) * (points // len(SCALES))
    return {"gradients and histograms": 10 * described, "nearest words": points * 128 * WORDS, "linear SVM": WORDS}
