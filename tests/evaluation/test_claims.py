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
from facediag_utils.networks import registry

TASK = cohort.Task("binary", "t", ("ill", "well"))


GOOD, BAD = np.arange(60) >= 3, np.arange(60) % 2 == 0
BY_NAME = {claim.name: claim for claim in claims.CLAIMS}


def of(backbone, right, method=Method.DTL2, **more):
    return made(right, backbone=backbone, method=method, pretraining=registry.get(backbone).pretraining).assign(**more)


def judged(name, *predictions, tasks=(TASK,)):
    return claims.test_claim(BY_NAME[name], pd.concat(predictions), tasks)


def test_claims_are_supported_refuted_or_open():
    for first, second, verdict in ((GOOD, BAD, "supported"), (BAD, GOOD, "not supported"), (GOOD, GOOD, "cannot tell")):
        [row] = judged("DTL2 over DTL1", made(first), made(second, method=Method.DTL1))
        assert row["verdict"] == verdict and row["comparisons"] == 1
    [row] = judged("DTL2 over DTL1", made(GOOD))
    assert (row["verdict"], row["why"], row["comparisons"]) == ("cannot tell", "no such methods on this task", 0)


def test_every_network_of_faces_meets_every_network_of_objects_by_the_same_method():
    faces = [of(name, GOOD) for name in ("dlib_resnet29", "mobilenet_vggface2", "mobileface")]
    objects = [of(f"efficientnet_lite{k}", BAD) for k in (0, 1, 2)]
    others = [
        of("dlib_resnet29", GOOD, Method.DTL1),
        of("untrained:mobileface", BAD),
        of("dlib_resnet29", BAD, Method.FROM_SCRATCH),
    ]
    [row] = judged("faces over objects", *faces, *objects, *others)
    assert (row["verdict"], row["comparisons"], row["favour"], row["against"]) == ("supported", 9, 9, 0)
    [row] = judged("faces over objects", *faces[:2], of("mobileface", ~GOOD), *objects)
    assert (row["verdict"], row["favour"], row["against"]) == ("cannot tell", 6, 3)
    assert row["why"] == "differences of both signs stand"


def test_holms_correction_is_over_the_pairs_of_all_tasks():
    """A difference whose own p is 0.012 (10 of 11 images) stands alone, and not beside four more pairs of another task."""
    slight = np.ones(60, bool)
    slight[:10] = False
    better = np.ones(60, bool)
    better[10] = False
    one = [of("dlib_resnet29", better), of("efficientnet_lite0", slight)]
    [alone] = judged("faces over objects", *one)
    p = binomtest(1, 11).pvalue
    assert alone["verdict"] == "supported" and alone["p_holm"] == pytest.approx(p)
    other = cohort.Task("second", "t", ("ill", "well"))
    names = ["dlib_resnet29", "mobileface", "efficientnet_lite0", "efficientnet_lite1"]
    rows = judged("faces over objects", *one, *(of(name, GOOD, task="second") for name in names), tasks=(TASK, other))
    assert [row["comparisons"] for row in rows] == [1, 4] and rows[0]["p_holm"] == pytest.approx(5 * p)
    assert [row["verdict"] for row in rows] == ["cannot tell", "cannot tell"]


def test_several_trainings_are_all_heard():
    """One training in three is far better: by that one alone the claim would stand."""
    scratch = [of("dlib_resnet29", BAD, Method.FROM_SCRATCH, training=k) for k in range(3)]
    tuned = [of("dlib_resnet29", right, Method.DTL1, training=k) for k, right in enumerate((GOOD, BAD, BAD))]
    [row] = judged("pretraining over none", *tuned, *scratch)
    assert row["verdict"] == "cannot tell" and row["difference"] == pytest.approx((GOOD.mean() - BAD.mean()) / 3)
    [row] = judged("pretraining over none", tuned[0], scratch[0])
    assert row["verdict"] == "supported"


def test_an_epoch_chosen_on_test_images_and_untrained_copies_take_no_side(tmp_path):
    sift = made(BAD, backbone="dsift", pretraining="none", method=Method.DSIFT_LINEAR)
    chosen = of("dlib_resnet29", GOOD, Method.DTL1_TEST_EPOCH)
    table = claims.table(
        pd.concat([sift, chosen, of("untrained:mobileface", GOOD)]), [TASK], Profile("t", "t", tmp_path)
    )
    assert table["comparisons"].sum() == 0 and set(table["verdict"]) == {"cannot tell"}


def test_clinicians_are_met_by_an_exact_binomial_test():
    row = claims.compare_with_clinicians(made(np.arange(60) >= 3), TASK).iloc[0]
    assert row["p"] == pytest.approx(binomtest(57, 60, 0.845).pvalue) and row["accuracy"].count == "57/60"


def test_several_trainings_meet_the_clinicians_too():
    """By the exact test, 9 of 10 images right in each of three trainings would count as 180 images."""
    right = np.arange(60) % 10 > 0
    once = claims.compare_with_clinicians(made(right), TASK).iloc[0]
    alike = pd.concat([made(right, method=Method.DTL1).assign(training=k) for k in range(3)])
    row = claims.compare_with_clinicians(alike, TASK).iloc[0]
    assert row["accuracy"].value == pytest.approx(0.9) and row["accuracy"].count == "54.0/60"
    assert row["p"] == pytest.approx(once["p"], abs=0.2) and row["p"] > 0.05


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


def test_more_face_data_can_be_told_by_one_architecture_only():
    all_right, half = np.ones(60, bool), np.arange(60) % 2 == 0
    more, less = of("resnet50_vggface2_ms1m", all_right), of("resnet50_vggface2", half)
    another, unknown = of("senet50_vggface2", half), of("mobileface", half)
    [row] = judged("more face data helps", more, less, another, unknown)
    assert (row["verdict"], row["comparisons"], row["favour"], row["against"]) == ("supported", 1, 1, 0)
    [row] = judged("more face data helps", of("resnet50_vggface", all_right), less)  # 2.6 million against 3.3
    assert (row["verdict"], row["first"][-8:], row["favour"], row["against"]) == ("not supported", "VGGFace2", 0, 1)
    [row] = judged("more face data helps", more, another, unknown)
    assert (row["verdict"], row["comparisons"], row["favour"]) == ("cannot tell", 1, 1)
    assert row["why"] == "the networks of this run differ in architecture too"
    assert row["difference"] == pytest.approx(0.5) and row["p_holm"] < 0.001
    [row] = judged("more face data helps", another, of("resnet50_vggface2", all_right), unknown)  # the same data
    assert row["why"] == "no such methods on this task"


@pytest.mark.parametrize(
    ("favour", "against", "text"),
    [
        (0, 0, "10 pairs"),
        (4, 0, "4 for it, of 10 pairs"),
        (0, 2, "2 against it, of 10 pairs"),
        (3, 1, "3 for and 1 against it, of 10 pairs"),
    ],
)
def test_pairs_in_words(favour, against, text):
    row = {"claim": "x", "comparisons": 10, "favour": favour, "against": against}
    assert claims.format_pairs(row) == text
    assert claims.format_pairs({**row, "comparisons": 1}).endswith("1 pair") and not claims.format_pairs(
        {**row, "comparisons": 0}
    )


def test_a_stored_run_gives_a_row_a_claim_and_task(bundled):
    stored = store.load(profiles.profile())
    table = claims.table(stored, cohort.tasks(bundled), bundled.profile)
    assert len(table) == 2 * len(claims.CLAIMS) + 1 and list(table.columns) == claims.COLUMNS
    assert set(table["verdict"]) <= {"supported", "not supported", "cannot tell"}
    assert (table["verdict"].eq("cannot tell") == table["why"].ne("")).all()
    kept = pd.read_csv(bundled.profile.record / "claims.csv")
    assert kept[["says", "verdict"]].to_numpy().tolist() == table[["says", "verdict"]].to_numpy().tolist()
    assert table["says"].str.contains("better").all()


@pytest.mark.parametrize(
    ("low", "p", "text"), [(-0.004, 0.2, "+5 (+0 to +10), p = 0.200"), (0.01, 1e-5, "+5 (+1 to +10), p < 0.001")]
)
def test_effects_in_words(low, p, text):
    assert claims.format_effect({"difference": 0.05, "low": low, "high": 0.1, "p_holm": p}) == text
    assert claims.format_effect({"difference": np.nan}) == ""
