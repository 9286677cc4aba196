"""One person or two: known areas, and an interval that knows that pairs are not independent."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from facediag_utils.core.errors import ResultsError
from facediag_utils.evaluation.roc_analysis import area_interval
from facediag_utils.evaluation.verification import verification_area


def people(count, spread, seed=0, photographs=2):
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(count), photographs)
    return rng.normal(size=(count, 30))[person] + spread * rng.normal(size=(len(person), 30)), person


def test_people_far_apart_are_told_and_noise_is_not():
    assert verification_area(*people(20, 0.01)).value == 1
    assert verification_area(*people(60, 1e6)).value == pytest.approx(0.5, abs=0.1)


def test_an_area_counted_by_hand():
    """Of three pairs of the same person and twelve of two, on a circle: each of the former against each of the latter."""
    angle = np.radians([0, 10, 30, 70, 90, 175])
    found = verification_area(np.stack([np.cos(angle), np.sin(angle)], axis=1), np.array([0, 0, 1, 1, 2, 2]))
    same, other = [10, 40, 85], [30, 70, 90, 175, 20, 60, 80, 165, 60, 145, 20, 105]
    wins = [a < b for a in same for b in other]
    assert found.value == pytest.approx(np.mean(wins))


def test_the_length_of_features_does_not_matter():
    features, person = people(20, 1.5)
    scaled = features * np.random.default_rng(1).uniform(0.1, 10, (len(person), 1))
    assert verification_area(scaled, person).value == pytest.approx(verification_area(features, person).value)


def test_the_interval_holds_what_other_people_give():
    """Of 40 other sets of 30 people most lie in the interval of one; intervals of pairs taken as independent hold few."""
    truth = np.mean([verification_area(*people(30, 2.0, seed)).value for seed in range(100, 140)])
    found = [verification_area(*people(30, 2.0, seed)) for seed in range(40)]
    assert 34 <= sum(area.low <= truth <= area.high for area in found) <= 40
    assert 0.03 < np.mean([area.high - area.low for area in found]) < 0.25


def test_two_people_are_too_few():
    with pytest.raises(ResultsError, match="three people"):
        verification_area(np.eye(5), np.array([0, 0, 1, 1, 2]))


@hypothesis.given(st.integers(0, 2**32 - 1), st.integers(2, 5))
@hypothesis.settings(max_examples=25)
def test_it_is_scikit_learns_area_and_its_jackknife(seed, values):
    """Features of a few whole numbers, so that many pairs are equally alike."""
    rng = np.random.default_rng(seed)
    person = np.array([0, 0, 1, 1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 6])
    features = rng.integers(1, values + 1, (14, 2)).astype(float)
    found = verification_area(features, person)
    first, second = np.triu_indices(14, 1)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    alike, same = np.einsum("ij,ij->i", unit[first], unit[second]), person[first] == person[second]
    assert found.value == pytest.approx(roc_auc_score(same, alike))
    left = [(person[first] != k) & (person[second] != k) for k in range(7)]
    areas = np.array([roc_auc_score(same[kept], alike[kept]) for kept in left])
    wanted = area_interval(found.value, 6 / 7 * ((areas - areas.mean()) ** 2).sum(), 7)
    np.testing.assert_allclose([*found], [*wanted])
