"""Paired tests on the same test images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from facediag_utils import comparisons
from facediag_utils.errors import ResultsError

ANSWERS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80).map(np.array)


def answers(both, first, second, neither):
    one = np.repeat([True, True, False, False], [both, first, second, neither])
    other = np.repeat([True, False, True, False], [both, first, second, neither])
    return one, other


def test_agresti_approval_ratings():
    """Agresti, Categorical Data Analysis, 2nd ed., Table 10.1: 794, 150, 86, 570; difference 0.04, 95% (0.021, 0.059)."""
    result = comparisons.paired(*answers(794, 150, 86, 570))
    assert (result.only_first, result.only_second, result.n) == (150, 86, 1600)
    assert (result.difference, result.low, result.high) == pytest.approx((0.04, 0.0214, 0.0586), abs=5e-4)
    assert result.p == pytest.approx(binomtest(86, 236).pvalue)


def test_nine_differing_images_one_against_eight():
    """2 (1 + 9) / 2^9."""
    assert comparisons.paired(*answers(40, 8, 1, 11)).p == pytest.approx(20 / 512)


@given(ANSWERS)
def test_paired_is_antisymmetric_and_in_range(given_answers):
    one, other = given_answers.T
    there, back = comparisons.paired(one, other), comparisons.paired(other, one)
    assert there.difference == pytest.approx(-back.difference) and there.p == pytest.approx(back.p)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)
    assert -1 - 1e-9 <= there.low <= there.difference + 1e-9 and there.difference - 1e-9 <= there.high <= 1 + 1e-9
    assert 0 <= there.p <= 1


def test_identical_methods_do_not_differ():
    one, _ = answers(50, 0, 0, 10)
    result = comparisons.paired(one, one)
    assert (result.difference, result.p) == (0, 1) and result.low <= 0 <= result.high


def test_other_images_are_refused():
    with pytest.raises(ResultsError, match="3 and 4 test images"):
        comparisons.paired(np.ones(3, bool), np.ones(4, bool))


@given(st.integers(0, 10_000))
def test_delong_of_one_method_is_evaluations(seed):
    rng = np.random.default_rng(seed)
    actual = np.repeat([True, False], [12, 15])
    scores = rng.normal(size=(2, 27)).round(1) + actual  # rounded: there are ties
    areas, covariance = comparisons.delong(scores, actual)
    pairs = scores[0][actual][:, None] - scores[0][~actual]
    assert areas[0] == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())
    difference, low, high, p = comparisons.delong_test(scores[0], scores[0], actual)
    assert (difference, low, high, p) == (0, 0, 0, 1)
    assert np.linalg.eigvalsh(covariance).min() > -1e-12


def test_delong_keeps_its_level_and_has_power():
    """No difference: p below 0.05 about one time in twenty; a plain difference: nearly always."""
    rng, actual = np.random.default_rng(0), np.repeat([True, False], 40)
    common = rng.normal(size=(400, 80)) + actual
    p = [comparisons.delong_test(c + rng.normal(size=80), c + rng.normal(size=80), actual)[3] for c in common]
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09
    p = [comparisons.delong_test(c + 2 * actual, rng.normal(size=80), actual)[3] for c in common[:50]]
    assert np.mean(np.array(p) < 0.05) > 0.95


def test_bootstrap_keeps_the_design_and_covers():
    labels = np.repeat(["a", "b"], [30, 30])
    right = np.arange(60) % 10 > 0
    seen = []
    low, high = comparisons.bootstrap(
        lambda rows: seen.append(np.sum(labels[rows] == "a")) or right[rows].mean(), labels
    )
    assert set(seen) == {30} and low < 0.9 < high and 0.1 < high - low < 0.2
