"""The paper's traditional baseline: dense SIFT, a bag of features, an SVM (section IV; Tables 3 and 5, first rows).

SIFT (Lowe 2004) is computed on a regular grid of the aligned grey face, at fixed scales and upright; k-means words
(fitted on training images only) turn an image's descriptors into a histogram; the SVM is linear, or has the exponential
chi-squared kernel exp(-d / mean d) with d = sum (x - y)^2 / (x + y) (Zhang et al. 2007).
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from joblib import Parallel, delayed
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics.pairwise import chi2_kernel, pairwise_distances_argmin
from tqdm import tqdm

from facediag_utils import cache as store
from facediag_utils import svm
from facediag_utils.alignment import DETECTOR_VERSION, PADDING, Faces, face_chip
from facediag_utils.cohort import Cohort, Task
from facediag_utils.images import read_rgb
from facediag_utils.results import Predictions

METHODS = {"linear": "DSIFT + SVM linear", "chi2": "DSIFT + SVM chi2"}
SIDE = 224  # pixels of the aligned face, loose crop
STEP = 8  # pixels between grid points
SCALES = (4, 8)  # cv2.KeyPoint.size, pixels; OpenCV describes a patch of 6 times that side, in 4x4 cells
WORDS = 300  # of the vocabulary
SAMPLE = 60_000  # training descriptors that k-means sees
CROP = "loose"


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
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    _, values = cv2.SIFT_create().compute(grey, grid())  # type: ignore[attr-defined]
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def _describe_file(path, landmarks: np.ndarray) -> np.ndarray:
    cv2.setNumThreads(1)  # the processes hold the cores
    return describe(face_chip(read_rgb(path), landmarks, SIDE, CROP))


def descriptors(cohort: Cohort, faces: Faces, jobs: int = -1) -> np.ndarray:
    """Descriptors of every image with a face, on all cores, cached by content.

    Returns
    -------
    numpy.ndarray
        uint8, (found, points, 128), images with a face in the cohort's order.
    """
    rows = np.flatnonzero(faces.found)
    paths = cohort.table["path"].to_numpy()

    def compute(missing: list[int]) -> Iterator[store.Rows]:
        workers = Parallel(n_jobs=jobs if len(missing) > 8 else 1, return_as="generator")
        made = workers(delayed(_describe_file)(paths[rows[k]], faces.landmarks[rows[k]]) for k in missing)
        for values in tqdm(made, total=len(missing), desc="dense SIFT", unit="image", disable=None):
            yield {"values": values[None]}

    path = store.table_path("dsift", SIDE, STEP, SCALES, PADDING[CROP], DETECTOR_VERSION, cv2.__version__)
    return store.complete(path, [cohort.table["sha256"].iloc[row] for row in rows], compute)["values"]


def vocabulary(training: np.ndarray, words: int = WORDS, seed: int = 0) -> np.ndarray:
    """k-means centres (words, 128) of a sample of the training images' descriptors (n, points, 128)."""
    flat = training.reshape(-1, training.shape[-1])
    rng = np.random.default_rng(seed)
    # In double precision distances of whole numbers are exact, so that machines agree on the first assignments.
    sample = flat[rng.choice(len(flat), min(SAMPLE, len(flat)), replace=False)].astype(np.float64)
    means = MiniBatchKMeans(words, batch_size=4096, n_init=1, max_iter=30, random_state=seed).fit(sample)
    return means.cluster_centers_


def histograms(values: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Bag of features: the share of an image's descriptors nearest to each word, (n, words), rows sum to 1."""
    counts = [
        np.bincount(pairwise_distances_argmin(image.astype(np.float64), centres), minlength=len(centres))
        for image in values
    ]
    return np.stack(counts) / values.shape[1]


def chi2_of(training: np.ndarray) -> svm.Kernel:
    """The exponential chi-squared kernel, its width the mean distance between training histograms."""
    distance = -np.log(chi2_kernel(training, gamma=1.0))
    mean = distance[~np.eye(len(distance), dtype=bool)].mean()

    def kernel(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return chi2_kernel(one, other, gamma=1 / mean)

    return kernel


def run(
    task: Task, cohort: Cohort, faces: Faces, values: np.ndarray, seed: int = 0
) -> dict[str, tuple[Predictions, svm.Fitted]]:
    """Vocabulary and both SVMs from the task's training images, predictions for its test images.

    Parameters
    ----------
    task, cohort, faces
    values : numpy.ndarray
        As `descriptors` gives them.
    seed : int
        Of the sample, of k-means and of the folds.

    Returns
    -------
    dict of str to (Predictions, svm.Fitted)
        For "linear" and "chi2": a row a test image, a face not found being an error, and the SVM.
    """
    split = svm.parts(task, cohort, faces.found)
    train, test = split.train[faces.found], split.test[faces.found]
    centres = vocabulary(values[train], seed=seed)
    known, new = histograms(values[train], centres), histograms(values[test], centres)
    made = {}
    for kind, method in METHODS.items():
        kernel = "linear" if kind == "linear" else chi2_of(known)
        fitted = svm.fit(known, split.labels[split.train], kernel=kernel, seed=seed)
        given = svm.scores(fitted, new, task.classes)
        made[kind] = svm.predictions(task, cohort, split, given, method, "dsift", "none"), fitted
    return made


def operations() -> dict[str, int]:
    """Multiply-accumulates for one image, by part: the counterpart of the paper's 1.28G.

    Gradients and Gaussian windows are put at ten a described pixel, an estimate; comparing every descriptor with every
    word, which is counted, outweighs them.  The paper states neither grid nor vocabulary, so its 1.28G cannot be recomputed, only
    set beside this count.
    """
    points = len(grid())
    described = sum((6 * size) ** 2 for size in SCALES) * (points // len(SCALES))
    return {
        "gradients and histograms": 10 * described,
        "nearest words": points * 128 * WORDS,
        "linear SVM": WORDS,
    }
