"""Splits drawn again, on this machine and on a Dask cluster, and the corrected t-test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp
from sklearn.model_selection import GridSearchCV

from facediag_utils.data import splitting
from facediag_utils.evaluation import resampled_splits
from facediag_utils.methods import svm

pytestmark = pytest.mark.usefixtures("own_cache")  # what another version of the code found must not be believed
RNG = np.random.default_rng(0)
LABELS = np.repeat(list("abc"), 30)
FEATURES = RNG.normal(size=(90, 80)) + 2.5 * np.repeat(np.eye(80)[:3], 30, axis=0)  # wide, as a network's are
TESTED = splitting.draw_splits(LABELS, dict.fromkeys("abc", 10), 8)


def test_splits_have_the_stated_numbers_and_differ():
    tested = splitting.draw_splits(LABELS, {"a": 10, "b": 12, "c": 5}, 20)
    for name, count in (("a", 10), ("b", 12), ("c", 5)):
        assert (tested[:, name == LABELS].sum(axis=1) == count).all()
    assert len(np.unique(tested, axis=0)) == 20
    assert (tested == splitting.draw_splits(LABELS, {"c": 5, "b": 12, "a": 10}, 20)).all()


def test_groups_are_not_parted():
    """Thirty people with three pictures each, some of them in two classes."""
    groups = np.random.default_rng(1).permutation(np.arange(90) // 3)
    tested = splitting.draw_splits(LABELS, {"a": 12, "b": 12, "c": 12}, 20, groups=groups)
    for row in tested:
        assert not set(groups[row]) & set(groups[~row])
        assert all(9 <= (LABELS[row] == name).sum() <= 15 for name in "abc")
    assert len(np.unique(tested, axis=0)) == 20


@pytest.mark.parametrize("names", ["abc", "ab"])
@pytest.mark.parametrize("scale", [1.0, 1e-3])
def test_the_gram_matrix_gives_what_features_give(names, scale):
    """Notebook 05's procedure from features by scikit-learn alone, split by split; small features want a large C."""
    rows = np.isin(LABELS, list(names))
    features, labels, tested = scale * FEATURES[rows], LABELS[rows], TESTED[:, rows]
    plain = []
    for test in tested:
        folds = splitting.cross_validation_folds(labels[~test], 0)
        search = GridSearchCV(svm.make_svc("linear", len(names)), {"C": list(svm.PENALTIES)}, cv=folds)
        plain.append(search.fit(features[~test], labels[~test]).score(features[test], labels[test]))
    kernel = svm.gram(features)
    found = resampled_splits.accuracies({"one": kernel, "two": kernel}, labels, tested)
    assert found["one"].tolist() == found["two"].tolist() == pytest.approx(plain)


def test_the_first_row_is_the_own_split():
    train = ~TESTED[3]
    found = resampled_splits.repeat_split({"a": svm.gram(FEATURES)}, LABELS, train, 5)
    own = resampled_splits.accuracies({"a": svm.gram(FEATURES)}, LABELS, TESTED[3:4])
    assert len(found) == 6 and found["a"][0] == own["a"][0] and found["a"].nunique() > 1


def test_without_correction_it_is_students_test():
    differences = RNG.normal(0.02, 0.05, 30)
    plain = ttest_1samp(differences, 0)
    found = resampled_splits.corrected_t_test(differences, 10**9, 1)
    assert found.p == pytest.approx(plain.pvalue, rel=1e-6)
    assert resampled_splits.corrected_t_test(differences, 40, 30).p > plain.pvalue


def test_no_difference_at_all():
    found = resampled_splits.corrected_t_test(np.zeros(5), 40, 30)
    assert (*found.mean, found.p) == (0, 0, 0, 1)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=40))
def test_p_and_interval_agree(differences):
    found = resampled_splits.corrected_t_test(np.array(differences), 40, 30)
    assert found.mean.low <= found.mean.value <= found.mean.high
    if abs(found.p - 0.05) > 1e-6:
        assert (found.p < 0.05) == (found.mean.low > 0 or found.mean.high < 0)


def test_the_corrected_test_keeps_its_level_and_students_does_not():
    """Two methods that see as much as each other (other halves of like features): of 200 data sets the corrected test
    finds a difference at p < 0.05 in few, Student's in many, as Nadeau and Bengio (2003) found."""
    corrected, plain = [], []
    labels = np.repeat(["a", "b"], 70)
    for k in range(200):
        rng = np.random.default_rng(k)
        features = rng.normal(size=(140, 20)) + 0.25 * (labels == "a")[:, None]
        tested = splitting.draw_splits(labels, {"a": 30, "b": 30}, 15, seed=k)
        differences = np.array(
            [means_rule(features[:, :10], labels, t) - means_rule(features[:, 10:], labels, t) for t in tested]
        )
        corrected.append(resampled_splits.corrected_t_test(differences, 80, 60).p < 0.05)
        plain.append(ttest_1samp(differences, 0).pvalue < 0.05)
    assert np.mean(corrected) < 0.09 < 0.2 < np.mean(plain)  # 0.09: 0.05 and 2.6 standard errors


def means_rule(features, labels, test):
    """Accuracy of the nearest class mean: a classifier quick enough for 6,000 splits."""
    first, second = (features[~test & (labels == name)].mean(axis=0) for name in "ab")
    said = (features[test] - (first + second) / 2) @ (first - second) > 0
    return (said == (labels[test] == "a")).mean()
