"""Far from the healthy: distances by hand, thresholds that keep their promise, and faces beside their twins."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Cohort
from facediag_utils.evaluation import normal_reference
from facediag_utils.methods.strangers import Design


def test_distances_by_hand():
    rng = np.random.default_rng(0)
    normal, faces = rng.normal(size=(60, 4)) * [1, 2, 3, 4] + 5, rng.normal(size=(7, 4)) * 6
    faces[3] = np.nan
    there = np.flatnonzero(np.isfinite(faces[:, 0]))
    far = normal_reference.distance(normal_reference.MAHALANOBIS, normal, faces)
    from sklearn.covariance import ledoit_wolf

    precision = np.linalg.inv(ledoit_wolf(normal)[0])
    off = faces[there] - normal.mean(axis=0)
    assert far[there] == pytest.approx(np.sqrt(np.einsum("ij,jk,ik->i", off, precision, off)))
    cosine = normal_reference.distance(normal_reference.COSINE, normal, faces)
    for row in there:
        each = [1 - face @ faces[row] / np.linalg.norm(face) / np.linalg.norm(faces[row]) for face in normal]
        assert cosine[row] == pytest.approx(np.mean(sorted(each)[: normal_reference.NEAREST]))
    assert (
        np.isnan([far[3], cosine[3]]).all()
        and np.isnan(normal_reference.distance(normal_reference.COSINE, normal, faces[[3]])).all()
    )


@pytest.mark.parametrize("kind", [normal_reference.MAHALANOBIS, normal_reference.COSINE])
def test_a_threshold_from_held_out_faces_keeps_its_promise(kind):
    """Measured from a reference that holds them, normal faces lie nearer than new ones do."""
    called, flattered = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        normal, new = (rng.normal(size=(n, 30)) + 2 for n in (60, 200))
        held = normal_reference.held_out_distance(kind, normal)
        assert len(held) == 60 and np.isfinite(held).all()
        far = normal_reference.distance(kind, normal, new)
        called.append((far > normal_reference.limit_for(held, 0.9)).mean())
        flattered.append(
            (far > normal_reference.limit_for(normal_reference.distance(kind, normal, normal), 0.9)).mean()
        )
    assert np.mean(called) == pytest.approx(0.1, abs=0.035) and np.mean(flattered) > 1.4 * np.mean(called)


def test_the_limit_leaves_the_share_asked_for():
    held = np.arange(40.0)
    assert normal_reference.limit_for(held, 0.95) == 37 and normal_reference.limit_for(held, 1.0) == 39


def test_who_is_noticed():
    scores = np.array([1, 2, 3, 4, 0.5, 1.5, np.nan, np.nan])
    ill = np.array([1, 1, 1, 1, 0, 0, 1, 0], bool)
    [one, well] = normal_reference.noticed(scores, {"ill": ill}, ~ill, 1.6)
    assert (one["n"], one["called_ill"].count, well["group"], well["n"]) == (5, "3/5", "well", 3)
    assert well["called_ill"].count == "1/3" and np.isnan(well["area"].value)  # without a face: wrong
    assert one["area"].value == pytest.approx((4 * 2 - 1) / 15)  # of 5 x 3 pairs; who has no face loses all
    assert np.isnan(normal_reference.noticed(scores, {"ill": ill}, ~ill, np.nan)[0]["called_ill"].value)


CLASSES = ("a", "b", "control")


@pytest.fixture
def known(tmp_path):
    """Ten training and ten test images of each class; healthy faces lie about the origin, of whoever is ill "a" farther."""
    label, number = np.repeat(CLASSES, 20), np.tile(np.arange(20), 3)
    table = pd.DataFrame({"label": label, "split": np.where(number < 10, "train", "test")})
    cohort = Cohort(Profile("mine", "t", tmp_path), CLASSES, table)
    pool = np.flatnonzero(number < 10)
    by = Design(CLASSES, label, pool, number[pool] < 5, np.flatnonzero(number >= 10))
    rng = np.random.default_rng(0)
    people = rng.normal(size=(60, 4))
    shift = np.select([label == "a", label == "b"], [6.0, 0.0])
    return cohort, by, people + shift[:, None] * [1, 0, 0, 0], np.where((label != "control")[:, None], people, np.nan)


def test_the_reference_of_a_cohort(known):
    cohort, by, features, _ = known
    found = np.isfinite(features).all(axis=1) & (np.arange(60) != 40)
    normal = normal_reference.reference(cohort, found, by, np.arange(60))
    assert normal.control == "control" and np.flatnonzero(normal.normal).tolist() == list(range(41, 50))
    assert np.flatnonzero(normal.well).tolist() == list(range(50, 60))
    assert list(normal.groups) == [normal_reference.ALL, "a", "b"]
    assert np.flatnonzero(normal.groups["b"]).tolist() == list(range(30, 40)) and normal.groups["all ill"].sum() == 20
    fewer = replace(by, queries=by.queries[by.queries != 30][:11])  # of b only one is looked up
    assert list(normal_reference.reference(cohort, found, fewer, np.arange(60)).groups) == ["all ill", "a"]
    nobody = replace(cohort, classes=("a", "b", "c"), table=cohort.table.replace("control", "c"))
    assert normal_reference.reference(nobody, found, by, np.arange(60)) is None


def test_no_class_is_dropped_where_there_are_many(tmp_path):
    classes = (*(f"class_{k:02d}" for k in range(30)), "control")
    label, number = np.repeat(classes, 4), np.tile(np.arange(4), 31)
    table = pd.DataFrame({"label": label, "split": np.where(number < 2, "train", "test")})
    by = Design(classes, label, np.flatnonzero(number < 2), number[number < 2] < 1, np.flatnonzero(number >= 2))
    images = Cohort(Profile("mine", "t", tmp_path), classes, table)
    normal = normal_reference.reference(images, np.full(124, True), by, np.arange(124))
    assert list(normal.groups) == [normal_reference.ALL, *classes[:-1]]


def test_the_rows_of_a_reference(known):
    cohort, by, features, _ = known
    normal = normal_reference.reference(cohort, np.full(60, True), by, np.arange(60))
    far = normal_reference.distances({"net": features}, normal, 0.9)
    assert list(far) == [("net", kind) for kind in normal_reference.KINDS]
    one = far["net", normal_reference.MAHALANOBIS]
    alone = normal_reference.distance(normal_reference.MAHALANOBIS, features[40:50], features)
    assert one.scores == pytest.approx(alone) and (one.scores[40:50] <= one.limit).mean() >= 0.9
    rows = pd.DataFrame(normal_reference.rows(far, {"net": features}, by, normal)).set_index(["score", "group"])
    assert rows.loc[(normal_reference.MAHALANOBIS, "a"), "area"].value > 0.95
    assert abs(rows.loc[(normal_reference.MAHALANOBIS, "b"), "area"].value - 0.5) < 0.3
    assert rows.loc[(normal_reference.MAHALANOBIS, "all ill"), "n"] == 20
    assert rows.loc[(normal_reference.LEARNT, "b"), "n"] == 10 and len(rows) == 2 * 4 + 2
    single = replace(by, labels=np.where(by.labels == "b", "a", by.labels))  # one disease teaches nothing of others
    made = normal_reference.rows(far, {"net": features}, single, normal)
    assert {row["score"] for row in made} == set(normal_reference.KINDS)


def test_faces_beside_their_twins(known):
    """The signs of "a" move a face away from its twin, those of "b" are none: the pair is one and the same."""
    cohort, by, features, twins = known
    normal = normal_reference.reference(cohort, np.full(60, True), by, np.arange(60))
    far = normal_reference.distances({"net": features}, normal, 0.9)
    train = np.flatnonzero(cohort.table["split"] == "train")
    row, _ = normal_reference.beside_twins(
        far, {"net": features}, {"net": twins}, np.isin(np.arange(60), train), normal
    )
    assert row["score"] == normal_reference.MAHALANOBIS and row["n"] == 20 and row["farther"].count == "10/20"
    assert row["ill_called"].value - row["twins_called"].value == pytest.approx(row["difference"].value)
    one = far["net", row["score"]]
    called, of_twins = (
        one.scores > one.limit,
        normal_reference.distance(row["score"], features[40:50], twins) > one.limit,
    )
    only = int((called & ~of_twins)[10:20].sum())
    assert row["difference"].value == pytest.approx(only / 20) and only > 5
    # ten pairs differ, all of them one way: p is 2 / 1024; of four p the smallest is multiplied by four
    assert row["p_farther"] <= 4 * 2 / 1024 + 1e-12 and row["p_called"] < 0.1
    assert (row["normal"], row["more"]) == (10, 30) and row["area_more"].value > 0.6


def test_p_of_twins_are_corrected_together():
    made = [{"p_farther": 0.01, "p_called": 0.04}, {"p_farther": 0.02, "p_called": 0.5}]
    first, second = normal_reference._corrected(made)
    assert (first["p_farther"], second["p_farther"]) == pytest.approx((0.04, 0.06))
    assert (first["p_called"], second["p_called"]) == pytest.approx((0.08, 0.5))
