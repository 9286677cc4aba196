"""Metrics against published examples and the paper's own confusion matrix."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facediag_utils import evaluation, paper
from facediag_utils.cohort import Task
from facediag_utils.errors import ResultsError
from facediag_utils.results import NO_FACE

BINARY = Task("binary", "t", ("beta_thalassemia", "control"))
FIVE = Task("multiclass", "t", tuple(paper.CLASSES))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),  # R. Newcombe, Statistics in Medicine 17 (1998) 857-872, Table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_of_newcombe_1998(successes, trials, low, high):
    value, found_low, found_high = evaluation.proportion(successes, trials)
    assert value == successes / trials
    assert (found_low, found_high) == pytest.approx((low, high), abs=6e-5)


@given(trials=st.integers(1, 500), data=st.data())
def test_interval_holds_the_estimate_and_mirrors(trials, data):
    successes = data.draw(st.integers(0, trials))
    value, low, high = evaluation.proportion(successes, trials)
    assert -1e-12 <= low <= value + 1e-12 and value - 1e-12 <= high <= 1 + 1e-12
    _, mirrored_low, mirrored_high = evaluation.proportion(trials - successes, trials)
    assert (1 - mirrored_high, 1 - mirrored_low) == pytest.approx((low, high), abs=1e-9)


def test_no_trials_is_undefined():
    assert np.isnan(evaluation.proportion(0, 0)).all()


def frame(pairs, task="binary"):
    """Predictions from (actual, predicted, how often)."""
    actual = [a for a, _, n in pairs for _ in range(n)]
    predicted = [p for _, p, n in pairs for _ in range(n)]
    names = {"task": task, "method": "DTL2", "backbone": "dlib_resnet29", "pretraining": "x"}
    return pd.DataFrame({**names, "image": range(len(actual)), "label": actual, "predicted": predicted})


#: Figure 4(b) of the paper, described in its text: all 30 patients found, 3 of 30 controls taken for patients.
FIGURE_4B = [
    ("beta_thalassemia", "beta_thalassemia", 30),
    ("control", "control", 27),
    ("control", "beta_thalassemia", 3),
]


def test_the_papers_best_matrix_gives_the_papers_best_row():
    metrics = evaluation.binary_metrics(frame(FIGURE_4B), BINARY)
    row = next(r for r in paper.BINARY_ROWS if (r.table, r.architecture, r.pretraining) == (4, "VGG16", "VGG-Face"))
    for name in evaluation.METRICS:
        assert 100 * metrics[name][0] == pytest.approx(getattr(row, name), abs=0.05), name


def test_rows_are_predicted_and_columns_actual():
    matrix = evaluation.confusion(frame(FIGURE_4B), BINARY.classes)
    assert matrix.loc["beta_thalassemia", "control"] == 3 and matrix.loc["control", "beta_thalassemia"] == 0
    assert matrix.to_numpy().sum() == 60 and matrix.index.name == "predicted" and matrix.columns.name == "actual"


def test_a_face_not_found_is_an_error_of_either_kind():
    pairs = [
        ("beta_thalassemia", "beta_thalassemia", 9),
        ("beta_thalassemia", NO_FACE, 1),
        ("control", "control", 8),
        ("control", NO_FACE, 2),
    ]
    metrics = evaluation.binary_metrics(frame(pairs), BINARY)
    assert metrics["accuracy"][0] == 17 / 20 and metrics["sensitivity"][0] == 0.9 and metrics["specificity"][0] == 0.8
    assert metrics["precision"][0] == 1.0 and metrics["f1"][0] == pytest.approx(2 * 0.9 / 1.9)
    matrix = evaluation.confusion(frame(pairs), BINARY.classes)
    assert matrix.loc[NO_FACE].tolist() == [1, 2] and matrix.to_numpy().sum() == 20


def test_nothing_called_positive():
    metrics = evaluation.binary_metrics(frame([("beta_thalassemia", "control", 5), ("control", "control", 5)]), BINARY)
    assert np.isnan(metrics["precision"][0]) and metrics["f1"][0] == 0.0 and metrics["specificity"][0] == 1.0


def test_sensitivity_needs_two_classes():
    with pytest.raises(ResultsError, match="needs two"):
        evaluation.binary_metrics(frame([("leprosy", "leprosy", 1)], "multiclass"), FIVE)


def test_measured_counts():
    ours = evaluation.measured(frame(FIGURE_4B), BINARY)
    assert ours.loc[0, ["n", "correct"]].tolist() == [60, 57]
    assert ours.loc[0, "accuracy_low"] == pytest.approx(0.8630, abs=5e-4)
    with pytest.raises(ResultsError, match="no predictions"):
        evaluation.measured(frame(FIGURE_4B), FIVE)


def scored(positive: list[float], negative: list[float]) -> pd.DataFrame:
    labels = ["beta_thalassemia"] * len(positive) + ["control"] * len(negative)
    return pd.DataFrame({"label": labels, "score_beta_thalassemia": [*positive, *negative]})


def test_area_of_known_rankings():
    assert evaluation.roc(scored([3, 4], [1, 2]), BINARY).area == 1
    assert evaluation.roc(scored([1, 2], [3, 4]), BINARY).area == 0
    assert evaluation.roc(scored([1, 3], [2, 2]), BINARY).area == 0.5
    assert evaluation.roc(scored([2, 2], [2, 2]), BINARY).area == 0.5  # ties count half


@given(st.lists(st.integers(0, 20), min_size=2, max_size=30), st.lists(st.integers(0, 20), min_size=2, max_size=30))
def test_area_is_that_of_the_drawn_curve(positive, negative):
    found = evaluation.roc(scored(positive, negative), BINARY)
    assert found.area == pytest.approx(np.trapezoid(found.true_positive, found.false_positive))
    assert 0 <= found.low <= found.area <= found.high <= 1
    assert (found.positives, found.negatives) == (len(positive), len(negative))


def test_delongs_interval_covers_as_often_as_it_says():
    """Normal scores one standard deviation apart: the true area is Phi(1 / sqrt 2) = 0.760."""
    rng, inside = np.random.default_rng(0), 0
    for _ in range(300):
        found = evaluation.roc(scored(rng.normal(1, 1, 40), rng.normal(0, 1, 40)), BINARY)
        inside += found.low <= 0.7602 <= found.high
    assert 0.91 < inside / 300 < 0.985


def test_a_face_not_found_is_wrong_at_every_threshold():
    lost = evaluation.roc(scored([3, np.nan], [1, 2]), BINARY)
    assert lost.area == 0.5
    assert evaluation.roc(scored([3, 4], [1, np.nan]), BINARY).area == 0.5


def test_a_roc_needs_two_classes():
    with pytest.raises(ResultsError, match="needs two"):
        evaluation.roc(frame([("leprosy", "leprosy", 1)], "multiclass"), FIVE)
