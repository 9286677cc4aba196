"""Confounding, screening, readers, claims: known answers and limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facediag_utils import claims, cohort, confounding, paper, readers, screening
from facediag_utils.errors import ResultsError

TASK = cohort.Task("binary", "t", ("ill", "well"))


def test_ancestry_alone_in_table_2():
    """Asian: beta-thalassemia (54), caucasian: Down syndrome (48), african: leprosy (21): 123 of 350, chance 70."""
    groups = confounding.from_group_alone(pd.DataFrame(paper.TABLE_2).T)
    assert groups["say"].to_dict() == {"caucasian": "down_syndrome", "asian": "beta_thalassemia", "african": "leprosy"}
    assert confounding.share(groups) == (123 / 350, 123, 350)
    binary = pd.DataFrame(paper.TABLE_2).T.loc[list(paper.BINARY)]
    assert confounding.share(confounding.from_group_alone(binary)) == (84 / 140, 84, 140)


def made(right, label=None, method="DTL2", backbone="dlib_resnet29", pretraining="3M faces"):
    label = np.resize(["ill", "well"], len(right)) if label is None else label
    other = np.where(label == "ill", "well", "ill")
    return pd.DataFrame(
        {"task": "binary", "method": method, "backbone": backbone, "pretraining": pretraining}
        | {"image": [f"{k:03d}" for k in range(len(right))], "label": label, "predicted": np.where(right, label, other)}
    )


def test_accuracy_within_groups_adds_up():
    predictions = made(np.arange(12) % 3 > 0)
    table = pd.DataFrame(
        {"image": predictions["image"], "sex": np.repeat(["f", "m"], 6), "severity": np.linspace(0, 1, 12)}
    )
    by_sex = confounding.within(predictions, table, "sex")
    assert by_sex["right"].sum() == 8 and by_sex["n"].tolist() == [6, 6] and (by_sex["low"] < by_sex["accuracy"]).all()
    assert confounding.within(predictions, table, "severity")["n"].sum() == 11  # severity 0 is not ill


def test_predictive_values_of_the_textbook():
    """Altman and Bland, BMJ 309:102 (1994): sensitivity 0.90, specificity 0.63, prevalence 0.25: PPV 0.45, NPV 0.95."""
    at = screening.Point(0.0, (0.90, 0.8, 1.0), (0.63, 0.5, 0.7))
    values = screening.predictive_values(at, 0.25)
    assert values["PPV"][0] == pytest.approx(0.45, abs=0.005) and values["NPV"][0] == pytest.approx(0.95, abs=0.005)
    assert values["PPV"][1] < values["PPV"][0] < values["PPV"][2]


def test_perfect_looking_tests_fail_at_the_papers_prevalence():
    at = screening.Point(0.0, (1.0, 0.88, 1.0), (0.9, 0.74, 0.97))  # the paper's best row
    assert screening.predictive_values(at, 0.5)["PPV"][0] == pytest.approx(0.909, abs=1e-3)
    assert screening.predictive_values(at, 1e-5)["PPV"][0] < 1.1e-4


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=2, max_size=60), st.floats(0.05, 1))
def test_the_threshold_finds_the_share_asked_for(pairs, wanted):
    scores, actual = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    if not actual.any():
        with pytest.raises(ResultsError, match="no positive image"):
            screening.threshold_for(scores, actual, wanted)
        return
    threshold = screening.threshold_for(scores, actual, wanted)
    assert screening.point(scores, actual, threshold).sensitivity[0] >= wanted - 1e-9
    assert threshold in scores[actual]


def test_reliability_counts_every_image_and_brier_is_known():
    probabilities, actual = np.linspace(0, 1, 30), np.arange(30) > 15
    assert sum(n for *_, n in screening.reliability(probabilities, actual)) == 30
    assert (
        screening.brier(np.full(30, 0.5), actual)[0] == 0.25 and screening.brier(actual.astype(float), actual)[0] == 0
    )
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
    assert found[0] < 0.01 and found[1] == pytest.approx(0.5, abs=1e-3) and found[2] > 0.99


def test_a_reader_stops_and_goes_on(bundled, tmp_path):
    from dataclasses import replace

    from facediag_utils.profiles import Profile

    class Here(Profile):
        @property
        def results(self):
            return tmp_path

    here = replace(bundled, profile=Here("t", "t", bundled.profile.data))
    task = cohort.tasks(bundled)[0]
    study = readers.study(here, task, "anna")
    assert len(study.order) == 60 and study.order != readers.study(here, task, "ben").order
    first = study.next()
    study.answer(first, "control", 3)
    with pytest.raises(ResultsError, match="still has to read"):
        study.answer(first, "control", 3)
    again = readers.study(here, task, "anna")
    assert again.order == study.order and again.next() == study.order[1] and len(again.answers) == 1
    for answer, confidence, word in (("flu", 3, "none of"), ("control", 6, "confidence")):
        with pytest.raises(ResultsError, match=word):
            again.answer(again.next(), answer, confidence)
    with pytest.raises(ResultsError, match="letters"):
        readers.study(here, task, "../anna")
    for image in study.order[1:]:
        again.answer(image, "control", 1)
    assert again.next() is None


def test_kappas_of_published_tables():
    """Cohen 1960 as in Wikipedia's grant example: 20, 5, 10, 15 of 50: kappa 0.4; Fleiss 1971's rule for perfect agreement."""
    one = np.repeat(["y", "y", "n", "n"], [20, 5, 10, 15])
    other = np.repeat(["y", "n", "y", "n"], [20, 5, 10, 15])
    images = [str(k) for k in range(50)]
    tables = {n: pd.DataFrame({"image": images, "answer": a, "confidence": 3}) for n, a in (("a", one), ("b", other))}
    pairs, fleiss = readers.kappas(tables)
    assert pairs.loc["a", "b"] == pytest.approx(0.4) and 0.3 < fleiss < 0.4
    assert readers.kappas({"a": tables["a"], "b": tables["a"]})[1] == pytest.approx(1)


def test_the_simulated_panel_is_repeatable_and_near_its_accuracy(bundled):
    task = cohort.tasks(bundled)[1]
    panel = readers.simulate(bundled, task, 5, 0.845)
    label = bundled.table.set_index("image")["label"]
    shares = [(t["answer"].to_numpy() == label[t["image"]].to_numpy()).mean() for t in panel.values()]
    assert abs(np.mean(shares) - 0.845) < 0.06 and all(name.startswith(readers.SIMULATED) for name in panel)
    assert panel["simulated-1"].equals(readers.simulate(bundled, task, 5, 0.845)["simulated-1"])


def test_claims_are_supported_refuted_or_open():
    good, bad = np.arange(60) >= 3, np.arange(60) % 2 == 0
    claim = claims.CLAIMS[0]
    for first, second, verdict in ((good, bad, "supported"), (bad, good, "not supported"), (good, good, "cannot tell")):
        predictions = pd.concat([made(first), made(second, method="DTL1")])
        row = claims.tested(claim, predictions, TASK)
        assert row["verdict"] == verdict and row["comparisons"] == 1
    assert claims.tested(claim, made(good), TASK)["verdict"] == "cannot tell"


def test_clinicians_are_met_by_an_exact_binomial_test():
    from scipy.stats import binomtest

    row = claims.over_clinicians(made(np.arange(60) >= 3), TASK).iloc[0]
    assert row["p"] == pytest.approx(binomtest(57, 60, 0.845).pvalue) and (row["right"], row["n"]) == (57, 60)
