"""Maps of features: who is near stays near, and what is known is not computed again."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from facediag_utils.core import row_cache
from facediag_utils.evaluation.feature_map import feature_maps

pytestmark = pytest.mark.usefixtures("own_cache")
GROUP = np.repeat([0, 1, 2], 20)
FEATURES = np.random.default_rng(0).normal(0, 0.3, (60, 30)) + 4 * np.eye(3, 30)[GROUP]


def test_the_nearest_is_of_the_same_group():
    points = feature_maps({"a": FEATURES.astype(np.float32)})["a"]
    far = cdist(points, points)
    np.fill_diagonal(far, np.inf)
    assert points.shape == (60, 2) and (GROUP[far.argmin(axis=1)] == GROUP).all()


def test_maps_are_found_by_content(monkeypatch):
    first = feature_maps({"a": FEATURES, "b": 2 * FEATURES})
    monkeypatch.setattr(row_cache, "_computed", lambda *_: pytest.fail("computed again"))
    again = feature_maps({"c": 2 * FEATURES, "d": FEATURES})
    assert np.array_equal(again["c"], first["b"]) and np.array_equal(again["d"], first["a"])
