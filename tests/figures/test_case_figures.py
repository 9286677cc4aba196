"""Figures of cases: what they draw is what they were given."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

from facediag_utils.evaluation.case_results import Calibration
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.figures import cases


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_measures_by_number_of_photographs():
    shares = {count: {"top-1": Interval(count / 10, 0.0, 0.5), "MRR": Interval(0.5)} for count in (1, 2, 3)}
    figure = cases.by_count({"net": shares, "other": shares}, {"top-1": 0.2, "MRR": 0.457}, 30, "title")
    drawn = [line.lines[0] for line in figure.axes[0].containers]
    assert [line.get_ydata().tolist() for line in drawn] == [pytest.approx([10, 20, 30])] * 2
    assert (drawn[0].get_xdata() < drawn[1].get_xdata()).all()  # side by side
    assert [axis.get_title() for axis in figure.axes] == ["top-1, n = 30 people", "MRR, n = 30 people"]
    assert figure.axes[1].lines[-1].get_ydata()[0] == pytest.approx(45.7)


def test_of_two_classes_the_top_two_are_all():
    shares = {1: {"top-1": Interval(0.5), "top-2": Interval(1.0)}}
    figure = cases.by_count({"net": shares}, {"top-1": 0.5, "top-2": 1.0}, 30, "title")
    assert [axis.get_title() for axis in figure.axes] == ["top-1, n = 30 people"]


def test_gains_stand_in_words_beside_their_points():
    ways = {"2 photographs": Interval(0.05, 0.01, 0.09), "copies": Interval(-0.02, -0.06, 0.02)}
    figure = cases.gains({"net": ways, "other": ways}, 30, "title")
    assert [text.get_text() for text in figure.axes[1].texts] == ["+5 (+1 to +9)", "-2 (-6 to +2)"]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == list(ways)
    assert len(cases.gains({"net": ways}, 30, "title").axes) == 1


def test_points_of_the_reliability_diagram():
    one = Calibration([(0.4, 3, 10), (0.8, 9, 10)], Interval(0.0), 0.1, 0.2)
    figure = cases.reliability({1: {"as it is": one}, 2: {"as it is": one, "warmer": one}}, "title")
    assert figure.axes[0].containers[0].lines[0].get_ydata().tolist() == [30, 90]
    assert figure.axes[1].get_title() == "2 photographs\nn = 20 people, 10 per point"
    words = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert words == ["as it is: error 10.0%", "warmer: error 10.0%"]


def test_the_curve_of_silence():
    risk = np.array([0, 0.5, 1 / 3, 0.25])
    figure = cases.risk_coverage({1: (risk, Interval(0.27, 0.1, 0.4)), 3: (risk, Interval(0.2, 0.1, 0.3))}, "title")
    lines, bars = figure.axes[0].lines, figure.axes[0].containers
    assert lines[0].get_xdata().tolist() == [25, 50, 75, 100] and lines[0].get_ydata() == pytest.approx(100 * risk)
    assert lines[1].get_ydata()[0] == 25
    first = [segment[:, 1] for segment in bars[0].lines[2][0].get_segments()]
    wanted = [wilson_interval(errors, given) for errors, given in ((0, 1), (1, 2), (1, 3), (1, 4))]
    assert first == [pytest.approx([100 * share.low, 100 * share.high]) for share in wanted]
    places = [[segment[0, 0] for segment in one.lines[2][0].get_segments()] for one in bars]
    assert (np.array(places[0]) < places[1]).all()  # side by side
    words = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert words == ["1 photograph: area 0.27 (0.10 to 0.40)", "3 photographs: area 0.20 (0.10 to 0.30)"]


def test_pictures_in_rows():
    grey = np.full((8, 8, 3), 90, np.uint8)
    figure = cases.rows_of_pictures({"a": [(grey, "x"), (grey, "y")], "b": [(grey, "z")]}, "title")
    assert [axis.get_xlabel() for axis in figure.axes] == ["x", "y", "z", ""] and figure.axes[2].get_ylabel() == "b"
    assert [len(axis.images) for axis in figure.axes] == [1, 1, 1, 0]
