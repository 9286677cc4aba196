"""Heat maps as pictures: what is bright, what is outlined, and what stands beside."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from facediag_utils.evaluation.interval import Interval
from facediag_utils.figures import heat_maps

SIDE, SIZE = 16, 64


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_what_is_positive_is_opaque_and_what_is_negative_is_not_drawn():
    heat, chip = np.full((SIDE, SIDE), -1.0), np.full((SIZE, SIZE, 3), 100, np.uint8)
    heat[2:5, 2:5] = 3.0
    axis = plt.figure().add_subplot()
    heat_maps.draw_map(axis, chip, heat, heat)
    shown = axis.images[1]
    assert shown.get_alpha()[12, 12] > 0.8 and shown.get_alpha()[40, 40] == 0
    assert axis.collections  # the outline
    heat_maps.draw_map(axis, chip, np.full((SIDE, SIDE), -1.0))  # nothing is positive
    assert axis.images[-1].get_alpha().max() == 0


def test_a_column_a_map_and_a_row_a_face():
    chip, heat = np.zeros((SIZE, SIZE, 3), np.uint8), np.ones((SIDE, SIDE))
    faces = [heat_maps.Shown("one", chip, {"a": heat, "b": heat}), heat_maps.Shown("other", chip, {"a": heat})]
    figure = heat_maps.maps_over_faces(faces, "title")
    assert [axis.get_title() for axis in figure.axes[:3]] == ["aligned face", "a", "b"]
    assert [axis.get_ylabel() for axis in figure.axes[::3]] == ["one", "other"]
    signed = heat_maps.maps_over_faces([heat_maps.Shown("one", chip, {"a": heat}, heat)], "title")
    assert signed.axes[0].get_title() == "true signs"


def test_scores_swaps_and_sanity():
    some = Interval(0.4, 0.3, 0.5)
    scores = pd.DataFrame({"network": "net", "method": ["mine", "uniform"], "n": [9, 8], "mean": [some, some]})
    swaps = {"mine": [some, some], "random": [some, some]}, (0.1, 0.4), Interval(0.8, 0.7, 0.9)
    figure = heat_maps.scores_and_swaps(scores, ["uniform"], swaps, "title")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["mine, n = 9", "uniform, n = 8"]
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == ["whole twin", "mine", "random"]
    figure = heat_maps.sanity({"Spearman": {"mine": [some, some]}}, ["none", "all"], "title")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["none", "all"]
    severity = [0.2, 0.5, 0.9]
    table = pd.DataFrame(
        {"label": ["a"] * 3 + ["b"] * 3, "severity": 2 * severity, "fall": [0.1, 0.4, 1.0, 0.3, 0.2, 0.1]}
    )
    figure = heat_maps.fall_by_severity(table, "title")
    assert [axis.get_title() for axis in figure.axes] == [
        "a, n = 3\nSpearman 1.00 (1.00 to 1.00)",
        "b, n = 3\nSpearman -1.00 (-1.00 to -1.00)",
    ]
