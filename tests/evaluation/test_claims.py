"""The paper's claims put to predictions."""

import numpy as np
import pandas as pd
import pytest
from made import made
from scipy.stats import binomtest

from facediag_utils.core import profiles
from facediag_utils.core.profiles import Profile
from facediag_utils.data import cohort, store
from facediag_utils.data.store import Method
from facediag_utils.evaluation import claims

TASK = cohort.Task("binary", "t", ("ill", "well"))


def test_claims_are_supported_refuted_or_open():
    good, bad = np.arange(60) >= 3, np.arange(60) % 2 == 0
    claim = claims.CLAIMS[0]
    for first, second, verdict in ((good, bad, "supported"), (bad, good, "not supported"), (good, good, "cannot tell")):
        predictions = pd.concat([made(first), made(second, method=Method.DTL1)])
        row = claims.test_claim(claim, predictions, TASK)
        assert row["verdict"] == verdict and row["comparisons"] == 1
    assert claims.test_claim(claim, made(good), TASK)["verdict"] == "cannot tell"


def test_clinicians_are_met_by_an_exact_binomial_test():
    row = claims.compare_with_clinicians(made(np.arange(60) >= 3), TASK).iloc[0]
    assert row["p"] == pytest.approx(binomtest(57, 60, 0.845).pvalue) and row["accuracy"].count == "57/60"


def five(right, **named):
    label = np.resize(["beta_thalassemia", "leprosy", "control"], 150)
    return made(np.arange(150) < right, label, **named).assign(task="multiclass")


@pytest.mark.parametrize(
    ("rendered", "right", "verdict"),
    [(False, 140, "supported"), (False, 130, "cannot tell"), (False, 90, "not supported"), (True, 140, "cannot tell")],
)
def test_the_clinicians_are_a_claim_only_where_photographs_are(rendered, right, verdict, tmp_path):
    """The paper's own 140 and 130 of 150: p = 0.0015 and 0.57 against 84.5%."""
    task = cohort.Task("multiclass", "t", ("beta_thalassemia", "leprosy", "control"))
    row = claims.clinicians(five(right), task, Profile("t", "t", tmp_path, rendered=rendered))
    assert row["verdict"] == verdict and row["difference"] == pytest.approx(right / 150 - 0.845)


def test_more_face_data_meets_the_same_network_only():
    claim = next(claim for claim in claims.CLAIMS if claim.name == "more face data helps")
    all_right, half = np.ones(60, bool), np.arange(60) % 2 == 0
    more = made(all_right, backbone="resnet50_vggface2_ms1m", pretraining="VGGFace2 & MS-Celeb-1M")
    less = made(half, backbone="resnet50_vggface2", pretraining="VGGFace2")
    other = made(half, backbone="senet50_vggface2", pretraining="VGGFace2")
    row = claims.test_claim(claim, pd.concat([more, less, other]), TASK)
    assert (row["verdict"], row["comparisons"], row["favour"], row["against"]) == ("supported", 1, 1, 0)
    assert claims.test_claim(claim, pd.concat([more, other]), TASK)["why"] == "no such methods in this run"


def test_a_stored_run_gives_a_row_a_claim_and_task(bundled):
    stored = store.load(profiles.profile())
    table = claims.table(stored, cohort.tasks(bundled), bundled.profile)
    assert len(table) == 2 * len(claims.CLAIMS) + 1 and list(table.columns) == claims.COLUMNS
    assert set(table["verdict"]) <= {"supported", "not supported", "cannot tell"}
    assert (table["verdict"].eq("cannot tell") == table["why"].ne("")).all()
    kept = pd.read_csv(bundled.profile.record / "claims.csv")
    assert kept[["says", "verdict"]].to_numpy().tolist() == table[["says", "verdict"]].to_numpy().tolist()
    assert table["says"].str.contains("better|over-fits").all()


@pytest.mark.parametrize(
    ("low", "p", "text"), [(-0.004, 0.2, "+5 (+0 to +10), p = 0.200"), (0.01, 1e-5, "+5 (+1 to +10), p < 0.001")]
)
def test_effects_in_words(low, p, text):
    assert claims.format_effect({"difference": 0.05, "low": low, "high": 0.1, "p_holm": p}) == text
    assert claims.format_effect({"difference": np.nan}) == ""
