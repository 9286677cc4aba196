"""The search for C against scikit-learn's own, which fits every C."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from facediag_utils.data import splitting
from facediag_utils.methods import svm


def made(seed: int, classes: int, spread: float, length: int) -> tuple[np.ndarray, np.ndarray]:
    rng, numbers = np.random.default_rng(seed), np.repeat(np.arange(classes), 12)
    return np.eye(classes, length)[numbers] + rng.normal(0, spread, (len(numbers), length)), numbers


@settings(max_examples=8)  # each of them fits every C in every fold
@given(
    st.integers(0, 99), st.integers(2, 4), st.floats(0.1, 2), st.sampled_from([5, 40]), st.sampled_from([1e-2, 1, 30])
)
def test_it_finds_what_a_full_grid_finds(seed, classes, spread, length, scale):
    features, numbers = made(seed, classes, spread, length)
    kernel = svm.gram(scale * features)
    folds = splitting.cross_validation_folds(numbers, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        full = GridSearchCV(svm.make_svc("precomputed", classes), {"C": list(svm.PENALTIES)}, cv=folds, refit=False)
        full.fit(kernel, numbers)
    penalty, searched = svm.search_penalty(kernel, numbers, seed)
    assert penalty == full.best_params_["C"]
    for column, key in ((1, "mean_test_score"), (2, "std_test_score")):
        assert [row[column] for row in searched] == pytest.approx(full.cv_results_[key], abs=1e-12)


def test_people_are_not_parted():
    """Each of twenty people is in one class, with three pictures that are all but alike: only who it is can be learnt."""
    rng, people = np.random.default_rng(0), np.repeat(np.arange(20), 3)
    features, numbers = rng.normal(size=(20, 30))[people] + rng.normal(0, 0.01, (60, 30)), people % 2
    together, apart = (
        max(mean for _, mean, _ in svm.search_penalty(svm.gram(features), numbers, 0, groups)[1])
        for groups in (None, people)
    )
    assert together > 0.9 and apart < 0.7


def test_a_penalty_that_is_given_is_not_searched():
    features, numbers = made(0, 3, 0.3, 5)
    fitted = svm.fit(features, np.array(list("abc"))[numbers], 0.1)
    assert (fitted.penalty, fitted.searched) == (0.1, ()) and np.isnan(fitted.accuracy)
