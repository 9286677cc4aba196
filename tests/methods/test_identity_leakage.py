"""Sixty people in two photographs each: one in the training set, the other tested."""

import numpy as np
import pandas as pd
import pytest

from facediag_utils.core import profiles
from facediag_utils.core.profiles import Profile
from facediag_utils.data import cohort
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2, identity_leakage


@pytest.fixture(scope="module")
def identities(tmp_path_factory):
    folder = profiles.profile().data / "identities"
    table = pd.read_csv(folder / "manifest.csv", dtype=str)
    table["split"] = np.where(table.groupby("label").cumcount() == 0, "train", "test")
    listed = tmp_path_factory.mktemp("identities") / "manifest.csv"
    table.to_csv(listed, index=False)
    return cohort.load(Profile("identities", "t", folder, listed=listed))


def test_most_people_on_both_sides_are_found(identities):
    pairs = identity_leakage.same_person(identities, detection.find_faces(identities))
    person = identities.table.set_index("image")["label"]
    same = person[pairs["train"]].to_numpy() == person[pairs["test"]].to_numpy()
    assert pairs["test"].is_unique and same.sum() >= 50  # of 60: the nearest training image is the person's other one
    assert same[:40].mean() >= 0.9  # the nearest pairs
    # of 3,540 pairs of two rendered people, who lie nearer than photographed ones
    assert (pairs["near"] - same).sum() <= 60 * 59 * 0.12 and pairs["near"].min() == 1
    # row by row, as numpy alone counts them
    images = identities.table.set_index("image")
    known = pd.DataFrame(
        dtl2.extract(identity_leakage.NETWORK, identities, detection.find_faces(identities), identity_leakage.LAYER),
        index=images.index,
    )
    trained = known[(images["split"] == "train").to_numpy()].dropna()
    for pair in pairs.itertuples():
        distances = np.linalg.norm(trained - known.loc[pair.test], axis=1)
        assert (
            trained.index[distances.argmin()] == pair.train
            and (distances < identity_leakage.DISTANCE).sum() == pair.near
        )
        assert distances.min() == pytest.approx(pair.distance, abs=1e-4)
    assert pairs["distance"].is_monotonic_increasing and pairs["distance"].max() < identity_leakage.DISTANCE
    assert "test images look like the person of a training image" in identity_leakage.format_same_person(pairs, "mine")


def test_people_on_one_side_only(identities):
    only = cohort.Cohort(identities.profile, identities.classes, identities.table.assign(split="train"))
    pairs = identity_leakage.same_person(only, detection.find_faces(only))
    assert len(pairs) == 0 and "nobody seems" in identity_leakage.format_same_person(pairs, "mine")
