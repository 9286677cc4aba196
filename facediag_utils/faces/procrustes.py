"""Shapes without place, size and turn: generalised Procrustes analysis (Gower 1975; Dryden and Mardia 2016, chapter 7).

scipy's ``procrustes`` takes two shapes; here many are laid upon their mean."""

import numpy as np

ROUNDS = 50  # at most; a handful is enough
STILL = 1e-10  # change of the mean shape, of size 1, below which nothing moves any more


def mean_shape(shapes: np.ndarray) -> np.ndarray:
    """The mean of shapes that are moved, scaled and turned onto it, until it no longer changes.

    Parameters
    ----------
    shapes : numpy.ndarray
        (n, k, 2), training faces only, none NaN.

    Returns
    -------
    numpy.ndarray
        float64, (k, 2): its centre 0, its root of summed squares 1, as upright as the pictures are on average.
    """
    start = _normalised(shapes).mean(axis=0)  # photographs are nearly upright, so their plain mean is a face
    mean = upright = start / np.linalg.norm(start)
    for _ in range(ROUNDS):
        fresh = laid_upon(shapes, mean).mean(axis=0)
        fresh = laid_upon((fresh / np.linalg.norm(fresh))[None], upright)[0]
        if np.abs(fresh - mean).max() < STILL:
            break
        mean = fresh
    return mean


def laid_upon(shapes: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Each shape moved to the mean's centre, scaled to size 1 and turned onto the mean by least squares, never mirrored.

    Parameters
    ----------
    shapes : numpy.ndarray
        (n, k, 2); NaN where there is none.
    mean : numpy.ndarray
        (k, 2), as `mean_shape` gives it.

    Returns
    -------
    numpy.ndarray
        float64, (n, k, 2), NaN where there is none.
    """
    found = np.isfinite(shapes).all(axis=(1, 2))
    # In the plane the best turn has a formula: with points as complex numbers, the direction of sum(conj(z) m).
    numbers = _normalised(shapes[found]) @ np.array([1, 1j])
    turn = (numbers.conj() * (mean @ np.array([1, 1j]))).sum(axis=1, keepdims=True)
    turned = numbers * turn / np.abs(turn)
    laid = np.full(shapes.shape, np.nan)
    laid[found] = np.stack([turned.real, turned.imag], axis=2)
    return laid


def _normalised(shapes: np.ndarray) -> np.ndarray:
    """Centre 0, root of summed squares 1."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    return centred / np.linalg.norm(centred, axis=(1, 2), keepdims=True)
