"""Figures of regions: what they draw is what they were given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from facediag_utils.evaluation.interval import Interval
from facediag_utils.figures import face_regions
from facediag_utils.networks.records import REGIONS


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_mean_is_ranked_and_each_region_is_not():
    """Means of 0.5, 0.3 and 0.2, in another order than the classes'."""
    shares = [[0.1, 0.9, 0.0], [0.3, 0.4, 0.3], [0.2, 0.5, 0.3], [0.2, 0.2, 0.6]]
    said = {region: np.array(row) for region, row in zip(REGIONS, shares, strict=True)}
    points = np.random.default_rng(0).uniform(60, 140, (68, 2))
    image = np.full((200, 200, 3), 90, np.uint8)
    figure = face_regions.ranked_list(image, points, 50, said, ["a", "b", "c"], "title")
    below = figure.axes[5:]
    drawn = [[bar.get_width() for bar in axis.patches] for axis in below]
    assert drawn[:4] == [pytest.approx([100 * x for x in row]) for row in shares]
    assert drawn[4] == pytest.approx([50, 30, 20])
    assert [label.get_text() for label in below[4].get_yticklabels()] == ["b", "c", "a"]


@pytest.mark.parametrize("masks", [True, False])
def test_the_table_says_each_area_with_its_interval(masks):
    areas = {r: {c: Interval(0.5 + k / 10, 0.4 + k / 10, 0.6 + k / 10) for c in "ab"} for k, r in enumerate(REGIONS)}
    shares = pd.DataFrame({"a": [1, 0.7, 0.5, 0.3]}, index=list(REGIONS)) if masks else None
    figure = face_regions.region_table(areas, shares, {"a": 30, "b": 9}, "title")
    left = [text.get_text() for text in figure.axes[0].texts]
    assert left == [f"{0.5 + k / 10:.2f}\n{0.4 + k / 10:.2f} to {0.6 + k / 10:.2f}" for k in range(4) for _ in "ab"]
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["a\n(n = 30)", "b\n(n = 9)"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list(REGIONS.values())
    assert len(figure.axes) == 1 + masks
    if masks:
        assert [text.get_text() for text in figure.axes[1].texts] == ["100%", "70%", "50%", "30%"]


def test_many_classes_have_a_row_each():
    names = [f"class {k}" for k in range(9)]
    areas = {r: {c: Interval(k / 10 + n / 100) for n, c in enumerate(names)} for k, r in enumerate(REGIONS)}
    figure = face_regions.region_table(areas, None, dict.fromkeys(names, 7), "title")
    [axis] = figure.axes
    assert [label.get_text() for label in axis.get_yticklabels()] == [f"{name} (n = 7)" for name in names]
    assert [label.get_text() for label in axis.get_xticklabels()] == list(REGIONS.values())
    values = [text.get_text().split("\n")[0] for text in axis.texts]
    assert values == [f"{k / 10 + n / 100:.2f}" for n in range(9) for k in range(4)]


def test_areas_stand_in_words_beside_their_points():
    found = {"before": Interval(0.6, 0.55, 0.65), "after": Interval(0.8, 0.75, 0.85)}
    figure = face_regions.verification_areas(found, "title")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts[:2] == ["0.60 (0.55 to 0.65)", "0.80 (0.75 to 0.85)"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["before", "after"]
