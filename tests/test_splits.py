"""Splits drawn again and the corrected t-test."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp
from sklearn.svm import SVC

from facediag_utils import splits

RNG = np.random.default_rng(0)
LABELS = np.repeat(list("abc"), 30)
FEATURES = RNG.normal(size=(90, 12)) + 0.7 * np.repeat(np.eye(12)[:3], 30, axis=0)


def test_splits_have_the_stated_numbers_and_differ():
    tested = splits.drawn(LABELS, {"a": 10, "b": 12, "c": 5}, 20)
    for name, count in (("a", 10), ("b", 12), ("c", 5)):
        assert (tested[:, name == LABELS].sum(axis=1) == count).all()
    assert len(np.unique(tested, axis=0)) == 20
    assert (tested == splits.drawn(LABELS, {"c": 5, "b": 12, "a": 10}, 20)).all()


def test_the_gram_matrix_gives_what_features_give():
    tested = splits.drawn(LABELS, dict.fromkeys("abc", 10), 8)
    plain = [
        (SVC(kernel="linear", C=0.5).fit(FEATURES[~t], LABELS[~t]).predict(FEATURES[t]) == LABELS[t]).mean()
        for t in tested
    ]
    assert splits.accuracies(splits.gram(FEATURES), LABELS, tested, 0.5, jobs=1) == pytest.approx(plain)


def test_without_correction_it_is_students_test():
    differences = RNG.normal(0.02, 0.05, 30)
    plain = ttest_1samp(differences, 0)
    found = splits.corrected_t_test(differences, 10**9, 1)
    assert found.p == pytest.approx(plain.pvalue, rel=1e-6)
    assert splits.corrected_t_test(differences, 40, 30).p > plain.pvalue


def test_no_difference_at_all():
    found = splits.corrected_t_test(np.zeros(5), 40, 30)
    assert (found.mean, found.low, found.high, found.p) == (0, 0, 0, 1)
