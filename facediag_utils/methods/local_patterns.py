"""Texture at landmarks: local binary patterns (Ojala, Pietikäinen and Mäenpää 2002) of the face bent to the mean shape.

A pixel's pattern says which of its eight neighbours are at least as bright as it.  Patterns with at most two changes around the
circle ("uniform": edges, spots, corners) are counted by how many neighbours are bright, all others together: ten numbers, which
do not change when a patch is turned by a step.  On a face bent to the mean shape the patches show the same places in everybody,
and nothing of the shape: that is left to the measures.  scikit-image has these patterns, and triangles that bend; it would be
one more package for the ten lines here and the twenty of `facediag_utils.faces.composite`."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from facediag_utils.core import parallel, row_cache
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.faces.composite import Bending, canvas

SIDE = 224  # pixels of the bent face, about as many as a bundled picture has there
PATCH = 24  # pixels of a patch's side, a little more than the width of an eye
PATTERNS = 10
#: Landmarks, or middles of several, at which a patch lies: brows, corners of the eyes, bridge, tip, wings and base of the nose,
#: philtrum, corners of the mouth, lower lip, chin, cheeks.
CENTRES = (
    *(
        (19,),
        (24,),
        (21, 22),
        (36,),
        (39,),
        (42,),
        (45,),
        (28,),
        (30,),
        (31,),
        (35,),
        (33, 51),
        (48,),
        (54,),
        (57,),
        (8, 57),
    ),
    *((2, 31, 41), (14, 35, 46), (4, 48), (12, 54)),
)
_AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))  # in the order of the circle


def patterns(grey: np.ndarray) -> np.ndarray:
    """The pattern of each pixel but those of the edge.

    Parameters
    ----------
    grey : numpy.ndarray
        (h, w), any type that can be compared.

    Returns
    -------
    numpy.ndarray
        int, (h - 2, w - 2): 0 to 8, how many neighbours are at least as bright if the pattern is uniform, else 9.
    """
    h, w = grey.shape
    middle = grey[1:-1, 1:-1]
    bright = np.stack([grey[1 + y : h - 1 + y, 1 + x : w - 1 + x] >= middle for y, x in _AROUND])
    changes = (bright != np.roll(bright, 1, axis=0)).sum(axis=0)
    return np.where(changes <= 2, bright.sum(axis=0), PATTERNS - 1)


def histograms(grey: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Shares of the patterns in the patches about some places: (len(places), 10), each row sums to 1."""
    found = patterns(grey)
    rows = []
    for x, y in np.round(places).astype(int) - 1 - PATCH // 2:  # patterns begin a pixel in
        patch = found[max(y, 0) : y + PATCH, max(x, 0) : x + PATCH]
        rows.append(np.bincount(patch.ravel(), minlength=PATTERNS) / patch.size)
    return np.stack(rows)


def texture(cohort: Cohort, landmarks: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Histograms of every image with landmarks, cached by content, landmarks and shape.

    Parameters
    ----------
    cohort : Cohort
    landmarks : numpy.ndarray
        (n, 68, 2), pixels; NaN where no face was found.
    shape : numpy.ndarray
        (68, 2), the mean shape, as `facediag_utils.faces.procrustes.mean_shape` gives it.

    Returns
    -------
    numpy.ndarray
        float64, (n, 10 * len(CENTRES)); NaN where no face was found.
    """
    places = np.round(canvas(shape, SIDE), 1)  # the last bits of a mean are no other shape
    rows = np.flatnonzero(np.isfinite(landmarks).all(axis=(1, 2)))

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        work = [(cohort.table["path"].iloc[row], landmarks[row], places) for row in rows[missing]]
        for values in parallel.parallel_map(_of_file, work, "texture"):
            yield {"texture": values[None]}

    path = row_cache.table_path("texture", row_cache.digest(places), row_cache.digest(landmarks), SIDE, PATCH, CENTRES)
    result = np.full((len(cohort), PATTERNS * len(CENTRES)), np.nan)
    if len(rows):
        result[rows] = row_cache.complete(path, list(cohort.table["sha256"].iloc[rows]), compute)["texture"]
    return result


def _of_file(path: Path, landmarks: np.ndarray, places: np.ndarray) -> np.ndarray:
    parallel.require_visible(path)
    face = _bending(tuple(places.ravel().tolist())).bent(read_rgb(path), landmarks)
    grey = np.round(face @ [0.299, 0.587, 0.114])  # whole numbers: last bits decide no comparison
    centres = np.stack([places[list(points)].mean(axis=0) for points in CENTRES])
    return histograms(grey, centres).ravel()


@lru_cache(maxsize=1)
def _bending(places: tuple[float, ...]) -> Bending:
    """Kept while a worker has pictures for it."""
    return Bending(np.reshape(places, (-1, 2)), SIDE)
