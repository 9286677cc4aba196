"""Several trainings of a method: known answers, and the coverage and size that the formulas claim, simulated."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from facediag_utils.core.errors import ResultsError
from facediag_utils.evaluation import trainings


def test_of_one_training_each_the_interval_is_students_of_the_differences():
    rng = np.random.default_rng(0)
    first, second = rng.random((1, 60)) < 0.8, rng.random((1, 60)) < 0.6
    found, p = trainings.difference(first, second)
    plain = stats.ttest_rel(first[0].astype(float), second[0].astype(float))
    assert p == pytest.approx(plain.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(plain.confidence_interval()))


def test_trainings_that_differ_make_the_interval_wider():
    right = np.zeros((3, 60), bool)
    right[:, :40] = True
    alike, _ = trainings.difference(right, ~right)
    right[0, 40:50], right[1, 30:40] = True, False  # the same mean, other trainings
    apart, _ = trainings.difference(right, np.zeros((1, 60), bool))
    same, _ = trainings.difference(right[:1] & True, np.zeros((1, 60), bool))
    assert apart.high - apart.low > same.high - same.low and alike.value == pytest.approx(1 / 3)


def test_equal_methods_do_not_differ():
    right = np.ones((3, 10), bool)
    assert trainings.difference(right, right[:1])[1] == 1.0
    assert trainings.difference(right, ~right)[1] == 0.0
    with pytest.raises(ResultsError, match="10 and 9 test images"):
        trainings.difference(right, right[:, :9])


def test_satterthwaite_of_one_part_is_that_part():
    assert trainings.combined([(0.5, 7), (0.0, 0)]) == (0.5, pytest.approx(7))
    assert trainings.combined([(0.0, 3)]) == (0.0, np.inf)
    variance, degrees = trainings.combined([(1.0, 2), (1.0, 2)])
    assert (variance, degrees) == (2.0, pytest.approx(4))


@pytest.mark.parametrize("runs", [2, 3, 5])
def test_the_test_has_its_size_where_trainings_scatter(runs):
    """Two methods that are equally good: at 5%, a difference is found in about 5 of 100 cases; by one training in more."""
    rng, images, cases = np.random.default_rng(runs), 60, 500
    hard = rng.normal(size=(cases, 1, 1, images))
    better = 0.6 * rng.normal(size=(cases, 2, runs, 1))
    right = rng.random((cases, 2, runs, images)) < expit(0.8 + hard + better)
    hits = np.mean([trainings.difference(*pair)[1] < 0.05 for pair in right])
    alone = np.mean([trainings.difference(*pair[:, :1])[1] < 0.05 for pair in right])
    assert 0.02 < hits < 0.075 and alone > 0.12
