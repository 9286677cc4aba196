"""What regions are worth, on predictions that were planted; and where signs are, on rendered faces."""

import numpy as np
import pandas as pd
import pytest
from made import cohort_of

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Task
from facediag_utils.evaluation import region_results
from facediag_utils.faces import detection
from facediag_utils.networks.records import AVERAGED, REGIONS

TASK = Task("all", "t", ("a", "b", "c"))
NET = "dlib_resnet29"


def planted(good: dict[str, float]) -> pd.DataFrame:
    """Regions (and their mean) that name a share of the images rightly, and rank these above all others."""
    label, parts = np.repeat(TASK.classes, 20), []
    for region, share in good.items():
        right = np.tile(np.arange(20) < 20 * share, 3)
        other = np.roll(label, 20)
        said = np.where(right, label, other)
        scores = {f"score_{name}": np.where(said == name, 0.8, 0.1) for name in TASK.classes}
        key = {"task": "all", "method": "m", "backbone": f"{region}:{NET}", "pretraining": "p", "training": 0}
        images = [f"{k:02d}" for k in range(60)]
        parts.append(pd.DataFrame(key | {"image": images, "label": label, "predicted": said, **scores}))
    return pd.concat(parts, ignore_index=True)


GOOD = {"full": 0.8, "upper": 0.9, "middle": 0.5, "lower": 0.4, AVERAGED: 1.0}


def test_regions_and_their_mean_against_the_one_that_was_chosen():
    other = planted(dict.fromkeys(GOOD, 0.1)).assign(method="other")
    found = region_results.compared(pd.concat([other, planted(GOOD)]), TASK, "m", NET, "full")
    assert list(found.column().index) == [*REGIONS.values(), "mean of the regions"]
    assert [share.value for share in found.column()] == pytest.approx(list(GOOD.values()))
    assert (found.pair.only_first, found.pair.only_second, found.pair.n) == (12, 0, 60)
    assert found.pair.difference.value == pytest.approx(0.2) and found.pair.p == pytest.approx(2 * 0.5**12)
    assert "mean of the regions less full face (best on training images): +20 (" in str(found)
    row = found.row()
    assert (row["network"], row["best"], row["accuracy"], row["n"]) == (NET, "full", 1.0, 60)
    assert row["low"] < row["difference"] < row["high"]


def test_areas_by_region_and_class():
    found = region_results.areas(planted(GOOD), TASK, NET)
    assert list(found) == list(REGIONS) and list(found["lower"]) == list(TASK.classes)
    assert found["upper"]["a"].value > found["full"]["a"].value > found["middle"]["a"].value > found["lower"]["a"].value


def test_the_better_half_and_the_half_with_the_signs():
    shares = pd.DataFrame({"a": [1, 0.7, 0.5, 0.3], "b": [1, 0.2, 0.5, 0.9]}, index=list(REGIONS))
    found = region_results.halves(planted(GOOD), NET, shares, ["a", "b"])
    assert found["signs"].tolist() == pytest.approx([0.4, -0.7])
    assert all(area.low > 0 for area in found["area"]) and (found["p"] < 0.05).all()


def test_where_the_signs_of_rendered_faces_are(bundled):
    rows = np.flatnonzero(bundled.table.groupby("label").cumcount() < 4)
    some = cohort_of(bundled, rows)
    shares = region_results.sign_shares(some, detection.true_faces(some))
    assert list(shares.columns) == [label for label in bundled.classes if label != "control"]
    assert list(shares.index) == list(REGIONS) and (shares.loc["full"] == 1).all()
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    covered = shares.loc["upper"] + shares.loc["lower"]  # they overlap a little and leave nothing of the full face out
    assert ((covered >= 0.99) & (covered < 1.5)).all()


def test_a_mask_comes_to_lie_where_the_face_does(bundled, monkeypatch):
    """A sign painted on the mouth alone is in the lower half and not in the upper."""
    some = cohort_of(bundled, [0, 100, 200])
    points = ground_truth.landmarks(some)

    def on_the_mouth(cohort, row):
        sign = np.zeros((160, 160))
        for x, y in (points[row, 48:] / 2).round().astype(int):
            sign[y, x] = 1.0
        return sign > 0, sign

    monkeypatch.setattr(ground_truth, "sign_mask", on_the_mouth)
    shares = region_results.sign_shares(some, detection.true_faces(some))
    assert shares.loc["lower"].tolist() == pytest.approx([1] * shares.shape[1]) and (shares.loc["upper"] < 0.02).all()
