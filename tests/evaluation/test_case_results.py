"""Ranked lists, believed probabilities, silence and sets: known answers, and promises that simulation must keep."""

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from facediag_utils.evaluation import case_results
from facediag_utils.evaluation.interval import flat
from facediag_utils.methods.cases import LOGIT, SOFTMAX


def test_places_in_a_list():
    shares = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.4, 0.2, 0.4], [np.nan] * 3])
    assert case_results.ranks(shares, np.array([0, 1, 0, 2])).tolist() == [1, 2, 2, np.inf]  # a tie is no help
    assert case_results.ranks(np.stack([shares, shares]), np.array([0, 1, 0, 2])).shape == (2, 4)


def test_measures_of_each_person():
    shares = np.array([[[0.6, 0.3, 0.1], [0.6, 0.3, 0.1], [np.nan] * 3], [[0.1, 0.3, 0.6], [0.1, 0.6, 0.3], [0, 0, 1]]])
    found = case_results.of_each_person(shares, np.array([0, 1, 2]))
    assert found["top-1"].tolist() == [0.5, 0.5, 0.5] and found["top-2"].tolist() == [0.5, 1, 0.5]
    assert found["MRR"].tolist() == pytest.approx([(1 + 1 / 3) / 2, 0.75, 0.5])


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_chance_is_the_mean_over_all_orders(classes):
    orders = np.array(list(permutations(range(classes))), float)[:, None]
    found = case_results.of_each_person(orders, np.array([0])).iloc[0]
    assert len(orders) == factorial(classes) and found.to_dict() == pytest.approx(case_results.chance(classes))


def test_chance_of_five_classes():
    """The notes: top-2 .40, MRR .457."""
    assert case_results.chance(5) == pytest.approx({"top-1": 0.2, "top-2": 0.4, "MRR": 0.457}, abs=4e-4)


def test_so_many_photographs_are_chosen_in_every_way():
    """Two photographs name the class (by little and by much), one another by more than the little."""
    logits = np.array([[[1.0, 0.0], [0.0, 2.0], [5.0, 0.0]]])
    found = case_results.by_count(logits, np.array([0]), LOGIT)
    assert {count: each["top-1"].item() for count, each in found.items()} == pytest.approx({1: 2 / 3, 2: 2 / 3, 3: 1})
    assert case_results.by_count(logits, np.array([0]), SOFTMAX)[3]["top-1"].item() == 1
    assert list(case_results.by_count(logits[:, :1], np.array([0]))) == [1]


def test_means_and_gains_have_intervals_over_people():
    rng = np.random.default_rng(0)
    first = pd.DataFrame({"top-1": rng.random(100) < 0.5}).astype(float)
    same, better = case_results.gains(first, first)["top-1"], case_results.gains(first * 0 + 1, first)["top-1"]
    assert tuple(same) == (0, 0, 0) and better.low > 0.35 and better.value == pytest.approx(1 - first["top-1"].mean())
    mean = case_results.means(first, np.repeat([0, 1], 50))["top-1"]
    assert mean.low == pytest.approx(mean.value - 0.1, abs=0.02) and mean.high == pytest.approx(
        mean.value + 0.1, abs=0.02
    )


def test_a_calibration_error_by_hand():
    """Six people, one a bin: the error is the mean distance of the probability from 0 or 1."""
    said, right = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, np.nan]), np.array([0, 1, 1, 0, 1, 1, 0], bool)
    found = case_results.calibration(said, right)
    assert found.error == pytest.approx((0.5 + 0.4 + 0.3 + 0.8 + 0.1 + 0.0) / 6)
    assert found.above.value == pytest.approx(4.5 / 6 - 4 / 6) and sum(n for *_, n in found.points) == 6
    half = case_results.calibration(np.full(6, 0.5), right[:6])
    assert half.by_chance == half.error == 0.5  # whatever happens


def test_true_probabilities_stay_below_the_error_by_chance():
    """In 19 of 20 samples; too loud ones do not, and say more than is right."""
    rng = np.random.default_rng(0)
    passed, loud = [], []
    for _ in range(200):
        said = rng.uniform(0.3, 0.95, 120)
        right = rng.random(120) < said
        found = case_results.calibration(said, right)
        passed.append(found.error <= found.by_chance)
    assert 0.9 <= np.mean(passed) <= 0.99
    loud = case_results.calibration(np.minimum(1, said + 0.25), right)
    assert loud.error > loud.by_chance and loud.above.low > 0.1


@pytest.mark.slow
def test_a_temperature_is_found_again_on_others():
    rng = np.random.default_rng(0)
    true = rng.normal(0, 2, (600, 1, 3))
    numbers = (softmax(true[:, 0], axis=1).cumsum(axis=1) < rng.random((600, 1))).sum(axis=1)
    again, level = case_results.recalibrated(3 * true, numbers)
    assert level == pytest.approx(3, rel=0.15) and again == pytest.approx(softmax(true[:, 0], axis=1), abs=0.08)
    lost = true.copy()
    lost[5] = np.nan
    part, _ = case_results.recalibrated(3 * lost, numbers)
    assert np.isnan(part[5]).all() and np.isfinite(np.delete(part, 5, axis=0)).all()
    levels = 3 * (true[:, 0, 0] - true[:, 0, 1]) / np.log(again[:, 0] / again[:, 1])
    assert len(np.unique(levels.round(4))) == 5  # of each fold its own: nobody's answer has a say in it


@pytest.mark.slow
def test_independent_photographs_ask_for_a_lower_temperature():
    """Of k independent ones the mean logit says too little, by the factor k."""
    rng = np.random.default_rng(0)
    numbers = np.repeat([0, 1], 1500)
    signal = np.where(numbers == 0, 1.0, -1.0)[:, None] + rng.normal(0, 1.5, (3000, 3))  # of variance s^2: logit 2x/s^2
    logits = np.stack([signal, -signal], axis=2) / 1.5**2
    levels = [case_results.recalibrated(logits[:, :k], numbers)[1] for k in (1, 2, 3)]
    assert levels == pytest.approx([1, 1 / 2, 1 / 3], rel=0.15)


def test_risks_by_hand():
    found = case_results.risks(np.array([0.9, 0.5, np.nan, 0.7]), np.array([True, True, False, False]))
    assert found.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 2 / 4])


def test_silence_by_lot_has_the_share_of_errors_as_area():
    rng = np.random.default_rng(0)
    right, numbers = rng.random(800) < 0.7, np.zeros(800, int)
    lot = case_results.risk_area(rng.random(800), right, numbers)
    assert lot.value == pytest.approx((~right).mean(), abs=0.03) and lot.low < lot.value < lot.high
    best = case_results.risk_area(right + 0.1 * rng.random(800), right, numbers)
    e = (~right).mean()
    assert best.value == pytest.approx(e + (1 - e) * np.log(1 - e), abs=0.01)  # Geifman, Uziel and El-Yaniv 2019
    less = case_results.risk_gain((right + 0.0, right), (rng.random(800), right), numbers)
    assert less.high < -0.15 and less.value == pytest.approx(best.value - lot.value, abs=0.03)


def test_a_threshold_by_hand():
    """Of nine images at 10%: the least likely true class of all nine; of eight nothing can be said."""
    numbers, of_true = np.zeros(9, int), np.arange(1, 10) / 10
    shares = np.stack([of_true, 1 - of_true], axis=1)
    assert case_results.set_threshold(shares, numbers, 0.1) == pytest.approx(0.1)
    assert case_results.set_threshold(shares, numbers, 0.2) == pytest.approx(0.2)
    assert case_results.set_threshold(shares[:8], numbers[:8], 0.1) == 0


def test_sets_keep_their_promise():
    """Nine of ten hold the true class, on average over training sets and people, however bad the classifier: (m + 1)(1 - missed) is
    whole here, so that the share is exactly that."""
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(3000):
        shares = rng.dirichlet(np.ones(4), 50)
        numbers = rng.integers(0, 4, 50)
        threshold = case_results.set_threshold(shares[:49], numbers[:49], 0.1)
        inside.append(shares[49, numbers[49]] >= threshold)
    assert np.mean(inside) == pytest.approx(0.9, abs=3 * (0.09 / 3000) ** 0.5)


@given(st.floats(0, 1))
def test_sets_by_hand(threshold):
    shares = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [np.nan] * 3])
    found = case_results.sets(shares, np.array([0, 1, 1]), threshold)
    inside = [threshold <= 0.6, threshold <= 0.2, False]
    assert found.coverage.value == pytest.approx(np.mean(inside))
    assert found.size == pytest.approx(sum(share >= threshold for share in (0.6, 0.3, 0.1, 0.2, 0.2, 0.6)) / 3)
    assert found.by_class[0].value == inside[0] and found.by_class[1].value == inside[1] / 2
    assert found.one.count == f"{(0.3 < threshold <= 0.6) + (0.2 < threshold <= 0.6)}/3"


def test_a_row_of_the_table():
    area = case_results.means(pd.DataFrame({"MRR": [1.0, 0.5]}), np.array([0, 1]))["MRR"]
    row = case_results.row("n", LOGIT, 2, "MRR", area, 2)
    size = case_results.row("n", LOGIT, 2, "set size", 1.5, 2)
    table = flat([row, size])
    assert list(table) == ["network", "way", "photographs", "measure", "value", "low", "high", "n"]
    assert table["value"].tolist() == [0.75, 1.5] and table["n"].tolist() == table["photographs"].tolist() == [2, 2]
    assert table["low"].iloc[0] < 0.75 and np.isnan(table["low"].iloc[1])
