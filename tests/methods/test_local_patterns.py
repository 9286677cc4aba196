"""Local binary patterns: by definition, and what must not change them."""

import numpy as np
import pytest

from facediag_utils.methods import local_patterns


def by_definition(grey, y, x):
    """Ojala et al. 2002, eq. 9 (riu2), pixel by pixel."""
    ring = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
    bright = [int(grey[y + dy, x + dx] >= grey[y, x]) for dy, dx in ring]
    changes = sum(bright[k] != bright[k - 1] for k in range(8))
    return sum(bright) if changes <= 2 else 9


def test_patterns_are_those_of_the_definition():
    grey = np.random.default_rng(0).integers(0, 5, (14, 17))
    found = local_patterns.patterns(grey)
    assert found.shape == (12, 15) and set(np.unique(found)) <= set(range(10))
    assert all(found[y, x] == by_definition(grey, y + 1, x + 1) for y in range(12) for x in range(15))


def test_flat_spot_and_edge():
    flat = np.zeros((3, 3))
    assert local_patterns.patterns(flat) == [[8]]
    spot = flat.copy()
    spot[1, 1] = 1
    assert local_patterns.patterns(spot) == [[0]]
    edge = flat.copy()
    edge[:, 2] = -1
    assert local_patterns.patterns(edge) == [[5]]
    crossed = np.array([[1, -1, 1], [-1, 0, -1], [1, -1, 1]])
    assert local_patterns.patterns(crossed) == [[9]]


def test_brightness_contrast_and_quarter_turns_change_nothing():
    grey = np.random.default_rng(1).random((40, 40))
    counts = np.bincount(local_patterns.patterns(grey).ravel(), minlength=10)
    for other in (3 * grey + 1, np.exp(grey), np.rot90(grey)):
        assert (np.bincount(local_patterns.patterns(other).ravel(), minlength=10) == counts).all()


def test_histograms_are_of_the_patch():
    grey = np.random.default_rng(2).random((80, 80))
    grey[:, 40:] = 0.5
    left, right = local_patterns.histograms(grey, np.array([[20.0, 40.0], [60.0, 40.0]]))
    assert left.sum() == right.sum() == pytest.approx(1)
    assert right[8] == 1 and left[8] < 0.5


def test_a_patch_at_the_edge_is_smaller():
    grey = np.random.default_rng(3).random((80, 80))
    [row] = local_patterns.histograms(grey, np.array([[1.0, 79.0]]))
    assert row.sum() == pytest.approx(1)
