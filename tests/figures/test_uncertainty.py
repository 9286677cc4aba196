"""Confounding and screening: known answers and limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import made

from facediag_utils.core.errors import ResultsError
from facediag_utils.data import paper
from facediag_utils.evaluation import screening, subgroups
from facediag_utils.evaluation.interval import Interval


def test_ancestry_alone_in_table_2():
    """Asian: beta-thalassemia (54), caucasian: Down syndrome (48), african: leprosy (21): 123 of 350, chance 70."""
    groups = subgroups.from_group_alone(pd.DataFrame(paper.TABLE_2).T)
    assert groups["say"].to_dict() == {"caucasian": "down_syndrome", "asian": "beta_thalassemia", "african": "leprosy"}
    assert (subgroups.share(groups).value, subgroups.share(groups).count) == (123 / 350, "123/350")
    binary = pd.DataFrame(paper.TABLE_2).T.loc[list(paper.BINARY)]
    assert subgroups.share(subgroups.from_group_alone(binary)).count == "84/140"


def test_accuracy_within_groups_adds_up():
    predictions = made(np.arange(12) % 3 > 0)
    table = pd.DataFrame(
        {"image": predictions["image"], "sex": np.repeat(["f", "m"], 6), "severity": np.linspace(0, 1, 12)}
    )
    by_ancestry = subgroups.within(predictions, table.assign(ancestry="south Asian"), "ancestry")
    assert by_ancestry["group"].tolist() == ["South Asian"]
    by_sex = subgroups.within(predictions, table, "sex")["accuracy"].tolist()
    assert [share.count for share in by_sex] == ["4/6", "4/6"] and all(share.low < share.value for share in by_sex)
    by_severity = subgroups.within(predictions, table, "severity")
    assert sum(int(share.count.split("/")[1]) for share in by_severity["accuracy"]) == 11  # severity 0 is not ill
    assert by_severity["group"].tolist() == ["0.091 to 0.36", "0.45 to 0.64", "0.73 to 1"]  # values that occur


def test_predictive_values_of_the_textbook():
    """Altman and Bland, BMJ 309:102 (1994): sensitivity 0.90, specificity 0.63, prevalence 0.25: PPV 0.45, NPV 0.95."""
    at = screening.Point(0.0, Interval(0.90, 0.8, 1.0), Interval(0.63, 0.5, 0.7))
    values = screening.predictive_values(at, 0.25)
    assert values["PPV"].value == pytest.approx(0.45, abs=0.005)
    assert values["NPV"].value == pytest.approx(0.95, abs=0.005)
    assert values["PPV"].low < values["PPV"].value < values["PPV"].high


def test_perfect_looking_tests_fail_at_the_papers_prevalence():
    at = screening.Point(0.0, Interval(1.0, 0.88, 1.0), Interval(0.9, 0.74, 0.97))  # the paper's best row
    assert screening.predictive_values(at, 0.5)["PPV"].value == pytest.approx(0.909, abs=1e-3)
    assert screening.predictive_values(at, 1e-5)["PPV"].value < 1.1e-4


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=2, max_size=60), st.floats(0.05, 1))
def test_the_threshold_finds_the_share_asked_for(pairs, wanted):
    scores, actual = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    if not actual.any():
        with pytest.raises(ResultsError, match="no positive image"):
            screening.threshold_for(scores, actual, wanted)
        return
    threshold = screening.threshold_for(scores, actual, wanted)
    assert screening.point(scores, actual, threshold).sensitivity.value >= wanted - 1e-9
    assert threshold in scores[actual]


def test_an_image_without_a_face_is_wrong_at_every_threshold():
    """A patient missed, or a control not cleared."""
    scores, actual = np.array([1.0, np.nan, -1.0, np.nan]), np.array([True, True, False, False])
    for threshold in (-9.0, 0.0, 9.0):
        at = screening.point(scores, actual, threshold)
        assert at.sensitivity.value <= 0.5 and at.specificity.value <= 0.5
    assert [share.count for share in (screening.point(scores, actual, 0.0).sensitivity, at.specificity)] == [
        "1/2",
        "1/2",
    ]


def test_reliability_counts_every_image_and_brier_is_known():
    probabilities, actual = np.linspace(0, 1, 30), np.arange(30) > 15
    assert sum(n for *_, n in screening.reliability(probabilities, actual)) == 30
    assert screening.brier(np.full(30, 0.5), actual).value == 0.25
    assert screening.brier(actual.astype(float), actual).value == 0
    value, low, high = screening.brier(np.where(actual, 0.7, 0.4), actual)
    assert value == pytest.approx((14 * 0.09 + 16 * 0.16) / 30) and low < value < high


def test_calibration_finds_the_curve_that_made_the_labels():
    """Labels drawn with log odds 2 s - 1 of a score s."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=20_000)
    truth = 1 / (1 + np.exp(1 - 2 * scores))
    found = screening.calibrated(scores, rng.random(20_000) < truth, scores)
    assert np.abs(found - truth).max() < 0.03


def test_calibration_of_separated_scores_is_finite():
    scores = np.r_[np.zeros(20), np.ones(20)]
    found = screening.calibrated(scores, scores > 0.5, np.array([-1.0, 0.5, 2.0]))
    assert found[0] < 0.01 and found[1] == pytest.approx(0.5, abs=0.01) and found[2] > 0.99
