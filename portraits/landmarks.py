"""Where the 68 landmarks of iBUG 300-W (Sagonas et al. 2013) lie on the head, and in a picture.

The scheme is one of pictures; its points were carried to the undeformed mesh once: where dlib's predictor sees them on
sixteen frontal faces that are not in the cohort (median, then mirrored).  From there they go with the surface through
every morph.  The points of the jaw (0 to 16) are those of a frontal view: in a turned head iBUG's run along the outline,
these stay on the bone."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.spatial import cKDTree

from portraits import head
from portraits.assets import Array

#: Positions on the undeformed mesh (decimetres) of the points on the image's left and in the middle.
PLACES = {
    0: (-0.738, 7.325, 0.589),
    1: (-0.735, 7.139, 0.599),
    2: (-0.685, 6.941, 0.751),
    3: (-0.623, 6.771, 0.906),
    4: (-0.541, 6.604, 1.019),
    5: (-0.451, 6.472, 1.100),
    6: (-0.326, 6.336, 1.224),
    7: (-0.165, 6.211, 1.327),
    8: (0.000, 6.175, 1.383),
    17: (-0.555, 7.455, 1.240),
    18: (-0.449, 7.505, 1.347),
    19: (-0.341, 7.510, 1.418),
    20: (-0.219, 7.504, 1.471),
    21: (-0.107, 7.471, 1.505),
    27: (0.000, 7.317, 1.507),
    28: (0.000, 7.202, 1.531),
    29: (0.000, 7.088, 1.589),
    30: (0.000, 6.974, 1.662),
    31: (-0.127, 6.844, 1.513),
    32: (-0.059, 6.814, 1.550),
    33: (0.000, 6.800, 1.568),
    36: (-0.429, 7.278, 1.343),
    37: (-0.355, 7.330, 1.384),
    38: (-0.267, 7.322, 1.398),
    39: (-0.195, 7.266, 1.367),
    40: (-0.271, 7.245, 1.379),
    41: (-0.361, 7.244, 1.377),
    48: (-0.255, 6.606, 1.415),
    49: (-0.152, 6.673, 1.528),
    50: (-0.063, 6.701, 1.584),
    51: (0.000, 6.685, 1.599),
    57: (0.000, 6.487, 1.529),
    58: (-0.061, 6.494, 1.506),
    59: (-0.153, 6.517, 1.465),
    60: (-0.214, 6.602, 1.419),
    61: (-0.056, 6.620, 1.533),
    62: (0.000, 6.620, 1.521),
    66: (0.000, 6.594, 1.534),
    67: (-0.058, 6.600, 1.513),
}
#: For each of the 68 points, its mirror image.
MIRROR = (
    [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31]
    + [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    + [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
)


@cache
def vertices() -> Array:
    """Indices (68,) of the head surface's vertices nearest to the landmarks."""
    places = [PLACES[k] if k in PLACES else np.array(PLACES[MIRROR[k]]) * [-1, 1, 1] for k in range(68)]
    return cKDTree(head.rest()).query(np.array(places))[1]
