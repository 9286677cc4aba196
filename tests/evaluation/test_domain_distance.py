"""The proxy A-distance on sets whose distance is known, and rank correlation on ranks that are."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from facediag_utils.core import row_cache
from facediag_utils.evaluation.domain_distance import proxy_a_distance, proxy_a_distances, rank_correlation


def cloud(shift: float, seed: int, number: int = 60, length: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(number, length)) + shift


def test_one_set_twice_is_no_distance_and_far_sets_are_two():
    assert proxy_a_distance(cloud(0, 1), cloud(0, 2)).value < 0.6
    far = proxy_a_distance(cloud(0, 1), cloud(5, 2))
    assert far.value == pytest.approx(2) and far.spread == 0 and far.shuffled < 0.6


def test_a_set_and_itself_are_at_distance_0():
    """Every image stands on both sides: whatever a classifier has learnt of one copy is wrong for the other."""
    same = cloud(0, 1)
    assert proxy_a_distance(same, same).value == 0


def test_farther_is_more():
    values = [proxy_a_distance(cloud(0, 1), cloud(shift, 2)).value for shift in (0.05, 0.2, 0.5)]
    assert values == sorted(values) and values[0] < values[2] - 0.5


def test_a_larger_set_does_not_pass_for_a_farther_one():
    """Balanced accuracy: always saying the larger set is right half of the time."""
    assert proxy_a_distance(cloud(0, 1, number=20), cloud(0, 2, number=200)).value < 0.6


def test_same_seed_same_value_and_too_few_images_are_named():
    assert proxy_a_distance(cloud(0, 1), cloud(0.2, 2), seed=3) == proxy_a_distance(cloud(0, 1), cloud(0.2, 2), seed=3)
    with pytest.raises(ValueError, match="60 and 4 images"):
        proxy_a_distance(cloud(0, 1), cloud(0, 2)[:4])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=15))
def test_rank_correlation_is_scipys(pairs):
    first, second = np.array(pairs, float).T
    assume(np.ptp(first) > 0 and np.ptp(second) > 0)
    found = rank_correlation(first, second)
    assert found.value == pytest.approx(spearmanr(first, second).statistic)
    assert -1 <= found.low <= found.high <= 1


def test_rank_correlation_knows_only_the_order():
    values = np.arange(1.0, 11)
    for other, wanted in ((np.exp(values), 1), (-(values**3), -1)):
        assert tuple(rank_correlation(values, other)) == pytest.approx((wanted, wanted, wanted))
    plain = rank_correlation(values, values[::-1] % 4)
    assert plain == rank_correlation(np.log(values), values[::-1] % 4) and plain.low < plain.value < plain.high
    assert np.isnan(rank_correlation(values, np.ones(10)).value) and np.isnan(rank_correlation(*np.eye(2)).value)


@pytest.mark.parametrize("networks", [6, 10])
def test_the_interval_holds_the_truth(networks):
    """Normal pairs of correlation 0.5, whose rank correlation is 6/pi arcsin(0.25) (Kruskal 1958)."""
    truth, held = 6 / np.pi * np.arcsin(0.25), 0
    for k in range(150):
        rng = np.random.default_rng(k)
        first, noise = rng.normal(size=(2, networks))
        held += (found := rank_correlation(first, 0.5 * first + np.sqrt(0.75) * noise)).low <= truth <= found.high
    assert held >= 0.91 * 150  # 0.95 less two standard errors


@pytest.mark.usefixtures("own_cache")
def test_pairs_are_what_each_is_alone_and_are_not_computed_twice(monkeypatch):
    pairs = [(cloud(0, 1), cloud(shift, 2, number=50 + k)) for k, shift in enumerate((0, 0.2, 5))]
    together = proxy_a_distances(pairs, seed=2)
    monkeypatch.setattr(row_cache, "_computed", lambda *_: pytest.fail("computed again"))
    assert [proxy_a_distance(*pair, seed=2) for pair in pairs] == together
