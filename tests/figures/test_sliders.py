"""Sliders: the figure and the words follow; nothing is shown where nobody looks."""

import re
from itertools import pairwise

import numpy as np
import pytest
from made import made
from matplotlib import pyplot as plt

from facediag_utils.data.cohort import Task
from facediag_utils.evaluation import screening
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.roc_analysis import roc
from facediag_utils.evaluation.screening import Point, count
from facediag_utils.figures import moving, sliders, style

TASK = Task("binary", "Ill or well", ("ill", "well"))
TEST = Point(0.0, Interval(0.9, 0.8, 0.95), Interval(0.8, 0.7, 0.9))


@pytest.fixture(autouse=True)
def closed():
    style.set_style()
    yield
    plt.close("all")


def test_a_prevalence_in_words_is_counted_by_hand():
    figure, words = moving.at_prevalence(0.1, TEST, "a test")
    assert words == (
        "Prevalence 10%: of 1,000 people 100 are ill. The test calls 270 ill: 90 of them are, 180 are not. "
        "It misses 10. PPV 33.3%, NPV 98.6%."
    )
    drawn = [len(marks.get_offsets()) for marks in figure.axes[0].collections]
    assert drawn[:4] == [90, 10, 180, 720]  # a mark per person


def test_a_threshold_in_words_and_as_a_point():
    scores = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1]
    rows = made([True] * 6, label=["ill", "ill", "ill", "well", "well", "well"]).assign(score_ill=scores)
    actual = (rows["label"] == "ill").to_numpy()
    curve = roc(rows, TASK)
    given = (curve, rows["score_ill"].to_numpy(), actual, TASK, "a test")
    figure, words = moving.at_threshold(0.5, *given)
    assert words.startswith("Threshold 0.500: 3 of 6 test images are called ill. Sensitivity 66.7% 2/3")
    assert "specificity 66.7% 2/3" in words and "PPV 66.7% 2/3" in words and "NPV 66.7% 2/3" in words
    on_curve = set(zip(curve.false_positive.round(9), curve.true_positive.round(9), strict=True))
    for value in scores:
        [x], [y] = moving.at_threshold(value, *given)[0].axes[0].lines[-1].get_data()
        assert (round(x / 100, 9), round(y / 100, 9)) in on_curve
    assert [text.get_text() for text in figure.axes[1].texts] == ["2", "1", "1", "2"]
    assert count(*given[1:3], 0.5).shares()["PPV"].count == "2/3"


def test_each_step_of_a_threshold_moves_one_image():
    rng = np.random.default_rng(0)
    scores, actual = rng.permutation(30) / 7, rng.random(30) < 0.4
    scores[3] = np.nan  # no face: wrong at every threshold
    steps = screening.thresholds(scores)
    counts = [count(scores, actual, value) for value in steps]
    called = [one.found + one.false_alarms for one in counts]
    always = int(not actual[3])
    assert called == [29 + always - k for k in range(30)]
    for before, after in pairwise(counts):
        assert (before.found - after.found, before.false_alarms - after.false_alarms) in {(1, 0), (0, 1)}
        assert after.found + after.missed == actual.sum() and after.false_alarms + after.cleared == (~actual).sum()
    few = screening.thresholds(np.arange(1000.0), most=50)
    assert len(few) == 50 and (few[0], few[-1]) == (-1, 1000) and (np.diff(few) > 0).all()


@pytest.mark.parametrize(("share", "ppv"), [(0.5, 9 / 11), (0.1, 1 / 3), (0.01, 1 / 23)])
def test_ppv_by_hand(share, ppv):
    """Sensitivity 90%, specificity 80%: 450 of 550, 90 of 270 and 9 of 207 alarms are right."""
    assert screening.predictive_values(TEST, share)["PPV"].value == pytest.approx(ppv)
    of_people = screening.among(1000, TEST, share)
    assert of_people.found / (of_people.found + of_people.false_alarms) == pytest.approx(ppv)
    assert sum(vars(of_people).values()) == 1000


def test_the_figure_follows_the_slider():
    pytest.importorskip("ipywidgets")
    every = {"1%": 0.01, "10%": 0.1, "50%": 0.5}
    panel = sliders.panel(
        lambda share: moving.at_prevalence(share, TEST, "a test"), share=sliders.Slider("prevalence", every, 1)
    )
    slider, words, picture = panel.children
    assert slider.description == "prevalence" and slider.label == "10%" and "of 1,000 people 100 are ill" in words.value
    before = picture.value
    slider.value = 0.5
    assert "of 1,000 people 500 are ill" in words.value and picture.value != before
    [alt] = re.findall('alt="(.+?)"', picture.value)
    assert alt in words.value and 'role="status"' in words.value
    assert plt.get_fignums() == []  # nothing is left open, which a notebook would show too


def test_nothing_is_shown_where_nobody_looks(capsys):
    def draw(**_):
        raise AssertionError("drawn")

    assert not sliders.live()
    assert sliders.show(draw, share=sliders.Slider("share", {"1": 1})) is None
    assert capsys.readouterr().out == ""
