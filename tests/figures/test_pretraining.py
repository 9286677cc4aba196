"""What pretraining brings, drawn: nothing overlaps, and equal shapes mean equal training."""

import matplotlib

matplotlib.use("Agg")

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from facediag_utils.evaluation.domain_distance import Distance
from facediag_utils.evaluation.interval import Interval
from facediag_utils.figures import pretraining, style


@pytest.fixture(autouse=True)
def closed():
    style.set_style()
    yield
    plt.close("all")


def networks(accuracy, distance=None):
    kinds = [list(pretraining.LOOKS)[k % 3] for k in range(len(accuracy))]
    table = pd.DataFrame({"title": [f"n{k}" for k in range(len(accuracy))], "trained_for": kinds})
    table["accuracy"] = [Interval(value, value - 0.05, value + 0.05) for value in accuracy]
    return table if distance is None else table.assign(distance=[Distance(value, 0.02, 0.1) for value in distance])


def test_networks_are_ranked_within_what_they_were_trained_on():
    figure = pretraining.accuracy_and_distance(networks([0.3, 0.9, 0.5, 0.7]), 0.2, "t")
    [axis] = figure.axes  # no distances, no second panel
    assert [label.get_text() for label in axis.get_yticklabels()] == ["n3  1", "n0  2", "n1  3", "n2  4"]
    legend = [text.get_text() for text in axis.get_legend().get_texts()]
    assert legend == ["guessing", "trained on faces", "trained on objects", "untrained copy"]
    assert len({look["marker"] for look in pretraining.LOOKS.values()}) == 3


@pytest.mark.parametrize("seed", range(6))
def test_numbers_of_points_overlap_neither_each_other_nor_points(seed):
    rng = np.random.default_rng(seed)
    accuracy, distance = 0.5 + rng.normal(0, 0.12, 12), 1 + rng.normal(0, 0.25, 12)
    accuracy[1], distance[1] = accuracy[0] + 0.01, distance[0]  # two that nearly coincide
    figure = pretraining.accuracy_and_distance(networks(accuracy, distance), 0.2, "t", "r")
    figure.canvas.draw()
    axis = figure.axes[1]
    assert sorted(int(text.get_text()) for text in axis.texts) == list(range(1, 13))
    boxes = [Text.get_window_extent(text) for text in axis.texts]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    points = axis.transData.transform(np.stack([distance, 100 * accuracy], axis=1))
    assert not [box for box in boxes for point in points if box.contains(*point)]


def test_a_change_is_a_row_with_its_difference_in_words():
    found = {"crop": {"tight": Interval(0.02, -0.01, 0.05)}, "layer": {"one": Interval(-0.1, -0.2, 0.0)}}
    axis = pretraining.changes(found, "t").axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["crop: tight", "layer: one"]
    assert [text.get_text() for text in axis.texts] == ["+2 (-1 to +5)", "-10 (-20 to +0)"]
    assert axis.lines[0].get_xdata().tolist() == pytest.approx([2, -10])
