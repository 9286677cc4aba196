"""The paper's traditional baseline: dense SIFT, a bag of features, an SVM (section IV; Tables 3 and 5, first rows).

SIFT (Lowe 2004) is computed on a regular grid of the aligned grey face, at fixed scales and upright; k-means words
(fitted on training images only) turn an image's descriptors into a histogram; an SVM compares histograms by one of three
kernels.  The paper names two of these, but neither the number of words nor C: the training images choose both.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics.pairwise import chi2_kernel
from threadpoolctl import threadpool_limits

from facediag_utils.core import parallel, pin, row_cache
from facediag_utils.data import splitting, store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.store import Method, Predictions
from facediag_utils.faces.alignment import PADDING, aligned_chips
from facediag_utils.faces.detection import DETECTOR_VERSION, Faces
from facediag_utils.methods import svm

#: By kernel; "linear" and "chi2" are the paper's.
METHODS = {"linear": Method.DSIFT_LINEAR, "hellinger": Method.DSIFT_HELLINGER, "chi2": Method.DSIFT_CHI2}
SIDE = 224  # pixels of the aligned face, loose crop
STEP = 8  # pixels between grid points
SCALES = (4, 8)  # cv2.KeyPoint.size, pixels; OpenCV describes a patch of 6 times that side, in 4x4 cells
WORDS = (300, 1000, 3000)  # of a vocabulary: the training images choose; of more words the sample would show too little
SAMPLE = 60_000  # training descriptors that k-means sees
CROP = "loose"
_SETTINGS = (SIDE, STEP, SCALES, PADDING[CROP], DETECTOR_VERSION, cv2.__version__)

Vocabularies = dict[int, np.ndarray]  # by number of words: centres, float64 (words, 128)
Bags = dict[int, np.ndarray]  # by number of words: histograms of some images, float64 (n, words)


def grid() -> list[cv2.KeyPoint]:
    """Key points of the grid, all upright (angle 0), every scale at every point."""
    places = range(STEP, SIDE - STEP + 1, STEP)
    return [cv2.KeyPoint(float(x), float(y), float(size), 0.0) for size in SCALES for y in places for x in places]


def describe(chip: np.ndarray, points: np.ndarray | None = None) -> np.ndarray:
    """Dense SIFT descriptors of one aligned face.

    Parameters
    ----------
    chip : numpy.ndarray
        uint8 RGB, (SIDE, SIDE, 3).
    points : numpy.ndarray, optional
        Places in `grid`; default all.

    Returns
    -------
    numpy.ndarray
        uint8, (points, 128): SIFT's values as OpenCV scales them, 0..255.
    """
    cv2.setNumThreads(1)  # the processes hold the cores
    cv2.setUseOptimized(not pin.pinned())  # each vector unit has its own code, with other last bits
    grey, places = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY), grid()
    wanted = places if points is None else [places[k] for k in points]
    _, values = cv2.SIFT_create().compute(grey, wanted)  # type: ignore[attr-defined]
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def vocabularies(cohort: Cohort, faces: Faces, seed: int = 0) -> Vocabularies:
    """k-means centres of a sample of the descriptors of all training images with a face, for each of `WORDS`; cached by
    these images.  Labels have no part in it, so all tasks share them.

    Parameters
    ----------
    cohort, faces
    seed : int
        Of the sample and of k-means.
    """
    rows = np.flatnonzero((cohort.table["split"] == "train") & faces.found)
    names = cohort.table["sha256"].to_numpy(str)
    key = hashlib.sha256("".join(names[rows]).encode()).hexdigest()

    def compute(_: list[int]) -> Iterator[row_cache.Rows]:
        sample = _sample(cohort, faces, rows, seed)
        yield {str(words): kmeans(sample, words, seed)[None] for words in WORDS}

    path = row_cache.table_path("visual_words", WORDS, SAMPLE, seed, *_SETTINGS)
    centres = row_cache.complete(path, [key], compute)
    return {words: centres[str(words)][0] for words in WORDS}


def _sample(cohort: Cohort, faces: Faces, rows: np.ndarray, seed: int) -> np.ndarray:
    """`SAMPLE` descriptors of these images, or all there are, float64 (n, 128), drawn without replacement."""
    points, rng = len(grid()), np.random.default_rng(seed)
    drawn = rng.choice(len(rows) * points, min(SAMPLE, len(rows) * points), replace=False)
    image, point = np.divmod(drawn, points)
    chips = aligned_chips(cohort, faces, SIDE, CROP)
    work = [(chips[row], point[image == k]) for k, row in enumerate(rows)]
    sample = np.empty((len(drawn), 128))  # in double precision distances of whole numbers are exact: machines agree
    for k, found in enumerate(parallel.parallel_map(describe, work, "dense SIFT, sample")):
        sample[image == k] = found
    return sample


def kmeans(sample: np.ndarray, words: int, seed: int = 0) -> np.ndarray:
    """Centres (words, d) of a sample (n, d)."""
    means = MiniBatchKMeans(words, batch_size=4096, n_init=1, max_iter=30, random_state=seed)
    with threadpool_limits(1):  # threads share sums out by their number
        return means.fit(sample).cluster_centers_


def bag(values: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Bag of features: the share of an image's descriptors, (points, 128), nearest to each word; sums to 1."""
    words = centres.astype(np.float32)
    with threadpool_limits(1):  # as in `kmeans`
        nearest = ((words**2).sum(axis=1) / 2 - values.astype(np.float32) @ words.T).argmin(axis=1)
    return np.bincount(nearest, minlength=len(centres)) / len(values)


def histograms(cohort: Cohort, faces: Faces, rows: np.ndarray, words: Vocabularies) -> Bags:
    """Bags of features of some images with a face, by each vocabulary; cached by content and words.

    Descriptors (190 kB an image) are made, counted and dropped, a picture at a time."""

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        chips = aligned_chips(cohort, faces, SIDE, CROP)
        work = [(chips[rows[k]], words) for k in missing]
        for bags in parallel.parallel_map(_bags, work, "dense SIFT"):
            yield {str(number): values[None] for number, values in bags.items()}

    digests = [hashlib.sha256(centres.tobytes()).hexdigest() for centres in words.values()]
    path = row_cache.table_path("bags", digests, *_SETTINGS)
    found = row_cache.complete(path, [cohort.table["sha256"].iloc[row] for row in rows], compute)
    return {number: found[str(number)] for number in words}


def _bags(chip: np.ndarray, words: Vocabularies) -> Bags:
    values = describe(chip)
    return {number: bag(values, centres) for number, centres in words.items()}


def kernel_of(kind: str, training: np.ndarray) -> svm.Kernel:
    """A kernel of two sets of histograms, (n, words) and (m, words): one of `METHODS`.

    Each of its values lies between 0 and about 1, so that one grid of C is wide enough for all of them.

    Parameters
    ----------
    kind : {"linear", "hellinger", "chi2"}
        The inner product, as a share of its mean between a training histogram and itself; the inner product of the square
        roots, the kernel of Hellinger's distance (Arandjelovic and Zisserman 2012); exp(-d / mean d) with d = sum (x - y)^2 / (x + y),
        the mean being that of two training histograms (Zhang et al. 2007).
    training : numpy.ndarray
        (k, words), histograms that give those means.
    """
    if kind == "hellinger":
        return lambda one, other: np.sqrt(one) @ np.sqrt(other).T
    if kind == "linear":
        length = (training**2).sum(axis=1).mean()
        return lambda one, other: one @ other.T / length
    few = training[:: -(-len(training) // svm.SEARCHED)]  # a mean needs no matrix of many thousand squared
    distance = -np.log(chi2_kernel(few, gamma=1.0))
    mean = distance[~np.eye(len(distance), dtype=bool)].mean()
    return lambda one, other: chi2_kernel(one, other, gamma=1 / mean)


@dataclass(frozen=True)
class Choice:
    """What the training images chose for one kernel.

    Attributes
    ----------
    words : int
        Of the vocabulary.
    fits : dict of int to svm.Fitted
        The SVM of each vocabulary, with its own C and the cross-validation that chose it.
    """

    words: int
    fits: dict[int, svm.Fitted]

    @property
    def fitted(self) -> svm.Fitted:
        """The SVM of the vocabulary that was chosen."""
        return self.fits[self.words]


def choose(kind: str, bags: Bags, labels: np.ndarray, seed: int = 0, groups: np.ndarray | None = None) -> Choice:
    """Number of words and C by cross-validation on training images; of those that do equally well, the smallest.

    The words were found without labels, but in the images that each fold leaves out too.  That favours no vocabulary much, and
    no test image is looked at.

    Parameters
    ----------
    kind : str
        As `kernel_of` takes it.
    bags : dict of int to numpy.ndarray
        Of the training images.
    labels, seed, groups
        As `svm.fit` takes them.
    """
    fits = {
        words: svm.fit(known, labels, kernel=kernel_of(kind, known), seed=seed, groups=groups)
        for words, known in sorted(bags.items())
    }
    return Choice(max(fits, key=lambda words: fits[words].accuracy), fits)


def run(task: Task, cohort: Cohort, faces: Faces, seed: int = 0) -> dict[str, tuple[Predictions, Choice]]:
    """An SVM per kernel from the task's training images, and its predictions for the test images.

    Parameters
    ----------
    task, cohort, faces
    seed : int
        Of the sample, of k-means and of the folds.

    Returns
    -------
    dict of str to (Predictions, Choice)
        By kernel, see `METHODS`: a row a test image, a face not found being an error, and what was chosen.
    """
    split = splitting.task_split(task, cohort, faces.found)
    train, test = np.flatnonzero(split.train), np.flatnonzero(split.test & split.found)
    words = vocabularies(cohort, faces, seed)
    known, new = (histograms(cohort, faces, rows, words) for rows in (train, test))
    made = {}
    for kind, method in METHODS.items():
        choice = choose(kind, known, split.labels[split.train], seed, split.groups)
        given = svm.scores(choice.fitted, new[choice.words], task.classes)
        made[kind] = store.from_scores(task, cohort, split, given, method, "dsift", "none"), choice
    return made


def operations(words: int = max(WORDS)) -> dict[str, int]:
    """Multiply-accumulates for one image, by part: the counterpart of the paper's 1.28G.

    Gradients and Gaussian windows are put at ten a described pixel, an estimate; comparing every descriptor with every
    word, which is counted, outweighs them.  The paper states neither grid nor vocabulary, so its 1.28G cannot be recomputed, only
    set beside this count.

    Parameters
    ----------
    words : int
        Of the vocabulary; by default of the largest, which is what it costs at most.
    """
    points = len(grid())
    described = sum((6 * size) ** 2 for size in SCALES) * (points // len(SCALES))
    return {"gradients and histograms": 10 * described, "nearest words": points * 128 * words, "linear SVM": words}
