"""Figures of unequally frequent classes: every way has its row or panel, references their own mark."""

import matplotlib.pyplot as plt
import pytest

from facediag_utils.evaluation.interval import Interval
from facediag_utils.figures import imbalance

SOME = Interval(0.4, 0.3, 0.5)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_row_per_way_and_a_panel_per_measure():
    of_way = {"none": SOME, "focal loss": Interval(0.6, 0.5, 0.7), "none, all alike": SOME}
    figure = imbalance.ways({"one": of_way, "other": of_way}, ["none, all alike"], 0.2, "recall", "title")
    assert [axis.get_title() for axis in figure.axes] == ["one", "other"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list(of_way)
    marks = [container[0].get_marker() for container in figure.axes[0].containers]
    assert marks == ["o", "o", "s"]
    assert figure.axes[0].containers[0][0].get_xdata() == pytest.approx([40])
    assert figure.axes[0].containers[1][0].get_xdata() == pytest.approx([60])


def test_a_panel_per_way_with_both_weightings():
    points = [(SOME, 0.5), (Interval(0.9, 0.8, 0.95), 0.8)]
    curves = {name: {"as they are": points, "as in training": points} for name in ("none", "a", "b", "c")}
    figure = imbalance.reliability(curves, dict.fromkeys(curves, "ECE 0.1"), "title")
    assert [axis.get_title() for axis in figure.axes[:4]] == [f"{name}\nECE 0.1" for name in curves]
    assert all(len(axis.containers) == 2 for axis in figure.axes[:4]) and not figure.axes[5].containers
    assert figure.axes[0].containers[0][0].get_xdata() == pytest.approx([50, 80])
    assert figure.axes[0].containers[0][0].get_ydata() == pytest.approx([40, 90])
