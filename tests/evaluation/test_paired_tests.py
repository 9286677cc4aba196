"""Paired tests on the same test images."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import made
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import Task
from facediag_utils.data.store import Method
from facediag_utils.evaluation import paired_tests

ANSWERS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=80).map(np.array)


def answers(both, first, second, neither):
    one = np.repeat([True, True, False, False], [both, first, second, neither])
    other = np.repeat([True, False, True, False], [both, first, second, neither])
    return one, other


def test_agresti_approval_ratings():
    """Agresti, Categorical Data Analysis, 2nd ed., Table 10.1: 794, 150, 86, 570; difference 0.04, 95% (0.021, 0.059)."""
    result = paired_tests.paired_test(*answers(794, 150, 86, 570))
    assert (result.only_first, result.only_second, result.n) == (150, 86, 1600)
    assert tuple(result.difference) == pytest.approx((0.04, 0.0214, 0.0586), abs=5e-4)
    assert result.p == pytest.approx(binomtest(86, 236).pvalue)


def test_nine_differing_images_one_against_eight():
    """2 (1 + 9) / 2^9."""
    assert paired_tests.paired_test(*answers(40, 8, 1, 11)).p == pytest.approx(20 / 512)


@given(ANSWERS)
def test_paired_is_antisymmetric_and_in_range(given_answers):
    one, other = given_answers.T
    there, back = paired_tests.paired_test(one, other), paired_tests.paired_test(other, one)
    (value, low, high), (back_value, back_low, back_high) = there.difference, back.difference
    assert value == pytest.approx(-back_value) and there.p == pytest.approx(back.p)
    assert (low, high) == pytest.approx((-back_high, -back_low), abs=1e-9)
    assert -1 - 1e-9 <= low <= value + 1e-9 and value - 1e-9 <= high <= 1 + 1e-9
    assert 0 <= there.p <= 1


def test_identical_methods_do_not_differ():
    one, _ = answers(50, 0, 0, 10)
    result = paired_tests.paired_test(one, one)
    assert (result.difference.value, result.p) == (0, 1) and result.difference.low <= 0 <= result.difference.high


def test_other_images_are_refused():
    with pytest.raises(ResultsError, match="3 and 4 test images"):
        paired_tests.paired_test(np.ones(3, bool), np.ones(4, bool))


@given(st.integers(0, 10_000))
def test_delong_of_one_method_is_evaluations(seed):
    rng = np.random.default_rng(seed)
    actual = np.repeat([True, False], [12, 15])
    scores = rng.normal(size=(2, 27)).round(1) + actual  # rounded: there are ties
    areas, covariance = paired_tests.delong(scores, actual)
    pairs = scores[0][actual][:, None] - scores[0][~actual]
    assert areas[0] == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())
    difference, p = paired_tests.delong_test(scores[0], scores[0], actual)
    assert (*difference, p) == (0, 0, 0, 1)
    assert np.linalg.eigvalsh(covariance).min() > -1e-12


def test_delong_keeps_its_level_and_has_power():
    """No difference: p below 0.05 about one time in twenty; a plain difference: nearly always."""
    rng, actual = np.random.default_rng(0), np.repeat([True, False], 40)
    common = rng.normal(size=(400, 80)) + actual
    p = [paired_tests.delong_test(c + rng.normal(size=80), c + rng.normal(size=80), actual)[1] for c in common]
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09
    p = [paired_tests.delong_test(c + 2 * actual, rng.normal(size=80), actual)[1] for c in common[:50]]
    assert np.mean(np.array(p) < 0.05) > 0.95


#: 43 patients with ovarian cancer and an obstruction: albumin, total protein, K-G score, whether surgery helped.  Published
#: in DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837-845, and in the manual of SAS/STAT, PROC LOGISTIC.
OVARIAN = """
3.0 5.8 10 0 3.2 6.3 5 1 3.9 6.8 3 1 2.8 4.8 6 0 3.2 5.8 3 1 0.9 4.0 5 0 2.5 5.7 8 0 1.6 5.6 5 1 3.8 5.7 5 1
3.7 6.7 6 1 3.2 5.4 4 1 3.8 6.6 6 1 4.1 6.6 5 1 3.6 5.7 5 1 4.3 7.0 4 1 3.6 6.7 4 0 2.3 4.4 6 1 4.2 7.6 4 0
4.0 6.6 6 0 3.5 5.8 6 1 3.8 6.8 7 1 3.0 4.7 8 0 4.5 7.4 5 1 3.7 7.4 5 1 3.1 6.6 6 1 4.1 8.2 6 1 4.3 7.0 5 1
4.3 6.5 4 1 3.2 5.1 5 1 2.6 4.7 6 1 3.3 6.8 6 0 1.7 4.0 7 0 3.7 6.1 5 1 3.3 6.3 7 1 4.2 7.7 6 1 3.5 6.2 5 1
2.9 5.7 9 0 2.1 4.8 7 1 2.8 6.2 8 0 4.0 7.0 7 1 3.3 5.7 6 1 3.7 6.9 5 1 3.6 6.6 5 1
"""


def test_delongs_own_patients():
    """Areas 0.7366, 0.6478, 0.7258 with standard errors 0.0927, 0.1000, 0.1028; against the K-G score: albumin 0.0108
    (-0.1761 to 0.1976), p 0.9102; total protein -0.0780 (-0.2830 to 0.1271), p 0.4561 (SAS/STAT)."""
    patients = np.array(OVARIAN.split(), float).reshape(-1, 4)
    helped, scores = patients[:, 3] == 1, patients[:, :3].T * [[1], [1], [-1]]
    areas, covariance = paired_tests.delong(scores, helped)
    assert areas == pytest.approx([0.7366, 0.6478, 0.7258], abs=5e-5)
    assert np.sqrt(np.diag(covariance)) == pytest.approx([0.0927, 0.1000, 0.1028], abs=5e-5)
    albumin, protein = (paired_tests.delong_test(scores[k], scores[2], helped) for k in (0, 1))
    assert (*albumin[0], albumin[1]) == pytest.approx((0.0108, -0.1761, 0.1976, 0.9102), abs=6e-5)
    assert (*protein[0], protein[1]) == pytest.approx((-0.0780, -0.2830, 0.1271, 0.4561), abs=6e-5)


def test_the_interval_of_a_paired_difference_covers():
    """2,000 draws of 60 images, both methods right on 80%, alike on a third: 93-97% of the intervals hold 0."""
    rng, inside = np.random.default_rng(0), 0
    for _ in range(2000):
        first, other, same = rng.random(60) < 0.8, rng.random(60) < 0.8, rng.random(60) < 1 / 3
        difference = paired_tests.paired_test(first, np.where(same, first, other)).difference
        inside += difference.low <= 0 <= difference.high
    assert 0.93 <= inside / 2000 <= 0.97


def test_mcnemar_keeps_its_level():
    rng = np.random.default_rng(0)
    p = [paired_tests.paired_test(*(rng.random((2, 60)) < 0.9)).p for _ in range(2000)]
    assert np.mean(np.array(p) < 0.05) <= 0.05  # exact: at most


@pytest.mark.parametrize("p", [[], [0.03], [0.01, 0.04, 0.03, 0.005], [0.5, 0.02, 0.02, 0.9, 0.001], [1.0, 0.0, 0.4]])
def test_holm_is_that_of_statsmodels(p):
    assert paired_tests.holm(p).tolist() == (list(multipletests(p, method="holm")[1]) if p else [])


TASK = Task("binary", "t", ("ill", "well"))


def scored(seed, shift, count=60, training=0):
    """One method's rows of the store; the ill score higher by ``shift``."""
    label = np.resize(["ill", "well"], count)
    scores = np.random.default_rng(seed).normal(size=count) + shift * (label == "ill")
    image = [f"{k:03d}" for k in range(count)]
    return pd.DataFrame({"image": image, "label": label, "score_ill": scores, "training": training})


def test_areas_of_single_trainings_are_compared_by_delong():
    first, second = scored(0, 1.0), scored(1, 0.5)
    shuffled = first.sample(frac=1, random_state=0)  # rows in another order
    found, p = paired_tests.compare_areas(shuffled, second, TASK)
    actual = (first["label"] == "ill").to_numpy()
    wanted, same = paired_tests.delong_test(first["score_ill"].to_numpy(), second["score_ill"].to_numpy(), actual)
    assert tuple(found) == pytest.approx(tuple(wanted)) and p == pytest.approx(same)


def test_areas_of_several_trainings_hold_how_much_these_differ():
    one = scored(0, 1.0)
    alike = pd.concat([one.assign(training=k) for k in range(3)])
    other = scored(1, 0.5)
    single, _ = paired_tests.compare_areas(one, other, TASK)
    repeated, _ = paired_tests.compare_areas(alike, other, TASK)
    assert repeated.value == pytest.approx(single.value)
    assert (
        single.high - single.low < repeated.high - repeated.low < 1.05 * (single.high - single.low)
    )  # Student's t of 59
    apart = pd.concat([one, one.assign(score_ill=-one["score_ill"], training=1), one.assign(training=2)])
    wide, p = paired_tests.compare_areas(apart, other, TASK)
    assert wide.high - wide.low > 2 * (repeated.high - repeated.low) and p > 0.05
    reverse, same = paired_tests.compare_areas(other, apart, TASK)
    assert (reverse.value, same) == (pytest.approx(-wide.value), pytest.approx(p))


def test_areas_on_other_images_are_not_compared():
    with pytest.raises(ResultsError, match="on the same images only"):
        paired_tests.compare_areas(scored(0, 1.0), scored(1, 0.5, count=58), TASK)


def test_chosen_pairs_are_corrected_for_their_own_number():
    right = np.arange(40) % 4 > 0
    sets = [
        made(right),
        made(np.arange(40) > 19, backbone="mobileface"),
        made(right, method=Method.SHAPE, backbone="detected landmarks"),
    ]
    predictions = pd.concat([rows.assign(training=0) for rows in sets], ignore_index=True)
    task = Task("binary", "t", ("ill", "well"))
    every = paired_tests.all_pairs(predictions, task)
    assert len(every) == 3
    one, other = next((r["first"], r["second"]) for r in every.to_dict("records") if r["p"] < 0.05)
    [alone] = paired_tests.chosen_pairs(predictions, task, [(other, one)]).to_dict("records")
    [within] = every[(every["first"] == one) & (every["second"] == other)].to_dict("records")
    assert alone["p_holm"] == alone["p"] == within["p"] < within["p_holm"]
    assert alone["difference"] == -within["difference"] and alone["only_first"] == within["only_second"]
    assert "Procrustes + LDA, detected landmarks" in {*every["first"], *every["second"]}
    assert paired_tests.chosen_pairs(predictions, task, []).empty
    with pytest.raises(ResultsError, match="no predictions by DTL1, AlexNet"):
        paired_tests.chosen_pairs(predictions, task, [(one, "DTL1, AlexNet")])
