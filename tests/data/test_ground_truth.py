"""Where landmarks and signs are in rendered pictures; and the audit of the bundled images."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from portraits.plan import SETS
from portraits.rendering import mask, mask_path, region_path

MASKED = [name for name, kind in SETS.items() if kind.masks]

from facediag_utils.core.errors import CohortError
from facediag_utils.data import ground_truth
from portraits import audit, leaks


@pytest.fixture(scope="module")
def measures(bundled):
    return audit.measure(bundled.profile.data)


@pytest.mark.exhaustive
def test_every_measure_of_the_audit_is_within_its_bounds(measures):
    assert [m.name for m in measures if not m.met] == []
    bounded = [m.name for m in measures if np.isfinite([m.low, m.high]).any()]
    assert len(bounded) == 20 and not any("DTL2" in name or "SIFT" in name for name in bounded)


@pytest.mark.exhaustive
def test_the_datasheet_holds_the_audit(bundled, measures):
    """Values to 0.02: an SVM's last digits differ between processors."""
    sheet = (bundled.profile.data / "DATASHEET.md").read_text()
    rows = [
        line.split(" | ") for line in sheet.partition(audit.BEGIN)[2].partition(audit.END)[0].splitlines()[3:] if line
    ]
    printed = {cells[0].removeprefix("| "): float(cells[1]) for cells in rows}
    assert printed == pytest.approx({m.name: m.value for m in measures}, abs=0.02)


def test_a_measure_out_of_bounds_is_not_met():
    assert audit.Measure("a", 0.5, low=0.4).met and not audit.Measure("a", 0.5, high=0.4).met
    assert not audit.Measure("a", float("nan"), low=0.0).met
    assert "**no**" in audit.table([audit.Measure("a", 0.5, 0.6, 0.7)])


def test_the_audit_sees_a_leak_that_was_planted(bundled):
    """A class that is always photographed a little darker must be found by the test of colour and contrast."""
    features, labels = leaks.statistics(bundled), bundled.table["label"].to_numpy(str)
    honest = leaks.accuracy(features, labels)
    features[labels == "leprosy", :3] -= 60
    assert leaks.accuracy(features, labels) > honest + 0.05


def test_chance_is_chance():
    rng = np.random.default_rng(0)
    assert leaks.accuracy(rng.normal(size=(350, 5)), np.repeat(list("abcde"), 70)) == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("name", MASKED)
def test_every_image_has_landmarks_and_a_mask(bundled, name):
    cohort = audit.opened(bundled.profile.data / name)
    points = ground_truth.landmarks(cohort)
    assert points.shape == (len(SETS[name].rows()), 68, 2) and (np.ptp(points, axis=1) > 30).all()
    for row, image in enumerate(cohort.table["image"]):
        with Image.open(cohort.profile.data / mask_path(image)) as picture:
            assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (160, 160))
        head, sign = ground_truth.sign_mask(cohort, row)
        middle = points[row, 30] / 2  # the tip of the nose lies on the head
        assert head[tuple(middle[::-1].astype(int))] and 0.02 < head.mean() < 0.97
        assert (sign[~head] == 0).all() and sign.max() <= 1
        with Image.open(cohort.profile.data / region_path(image)) as picture:
            regions = np.asarray(picture)
        assert set(np.unique(regions)) <= {0, 80, 160, 240} and regions.shape == (160, 160)
        assert regions[tuple(middle[::-1].astype(int))] == 160 and ((regions >= 160) == head).mean() > 0.98


def test_signs_are_where_someone_is_ill(bundled):
    severity = bundled.table["severity"]
    changed = np.array([ground_truth.sign_mask(bundled, row)[1].sum() for row in range(len(bundled))])
    assert (changed[severity == 0] == 0).all() and (changed[severity > 0.3] > 0).all()
    ill = (severity > 0).to_numpy()
    assert np.corrcoef(severity[ill], changed[ill])[0, 1] > 0.3


def test_identities_are_pairs_of_the_same_person(bundled):
    people = audit.opened(bundled.profile.data / "identities").table
    assert (people.groupby("label").size() == 2).all() and people["label"].nunique() == 60
    assert (people.groupby("label")[["subject", "sex", "age"]].nunique() == 1).all(axis=None)
    assert (people["severity"] == 0).all() and people["seed"].is_unique
    assert not set(people["subject"]) & set(bundled.table["subject"])


def test_a_mask_read_is_the_mask_written(tmp_path, bundled):
    head, sign = np.zeros((320, 320)), np.zeros((320, 320))
    head[100:200, 80:240], sign[100:150, 80:160] = 1, 0.5
    sign[0:20] = 1  # off the head: not stored
    (tmp_path / "masks").mkdir()
    (tmp_path / "masks" / "a.png").write_bytes(mask(head, sign))
    table = bundled.table.iloc[:1].assign(image="images/x/a.jpg")
    there, how_much = ground_truth.sign_mask(
        replace(bundled, profile=replace(bundled.profile, data=tmp_path), table=table), 0
    )
    assert there.sum() == 50 * 80 and how_much.sum() == pytest.approx(25 * 40 * 0.5)


def test_landmark_error_is_zero_for_the_truth_and_scales():
    true = np.random.default_rng(0).normal(size=(3, 68, 2))
    assert ground_truth.landmark_errors(true, true) == pytest.approx(np.zeros(3))
    true[:, 36], true[:, 45] = (0, 0), (100, 0)
    moved = true + np.array([3, 4])
    assert ground_truth.landmark_errors(moved, true) == pytest.approx(np.full(3, 0.05))


def test_a_companion_is_a_cohort_of_its_own(bundled):
    twins = ground_truth.companion(bundled, "twins")
    assert set(twins.table["label"]) == {"control"} and (twins.table["severity"] == 0).all()
    place = ground_truth.same_people(bundled, twins)
    assert set(place) == set(np.flatnonzero(bundled.table["label"] != "control"))
    assert (bundled.table["subject"].to_numpy()[place] == twins.table["subject"]).all()
    assert ground_truth.available(bundled, "twins") and not ground_truth.available(bundled, "strangers")
    with pytest.raises(CohortError, match="strangers: there is no such folder"):
        ground_truth.companion(bundled, "strangers")


def test_missing_truth_is_named(tmp_path, bundled):
    elsewhere = replace(bundled, profile=replace(bundled.profile, data=tmp_path))
    assert ground_truth.available(bundled) and not ground_truth.available(elsewhere)
    with pytest.raises(CohortError, match=r"landmarks\.csv: not found"):
        ground_truth.landmarks(elsewhere)
    with pytest.raises(CohortError, match="no readable mask"):
        ground_truth.sign_mask(elsewhere, 0)
    (tmp_path / "landmarks.csv").write_text("image,x0\nother.jpg,1\n")
    with pytest.raises(CohortError, match="1 columns of 136, 350 images missing"):
        ground_truth.landmarks(elsewhere)


def test_alignment_scored_by_the_truth(bundled, bundled_faces):
    errors = ground_truth.landmark_errors(bundled_faces.landmarks, ground_truth.landmarks(bundled))
    assert np.nanmedian(errors) < 0.05 and np.nanquantile(errors, 0.95) < 0.1
