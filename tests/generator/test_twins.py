"""The bundled twins: between a face and its twin only the signs differ."""

import numpy as np
import pandas as pd
import pytest

from facediag_utils.core.profiles import profile
from facediag_utils.data import ground_truth
from portraits import audit, counterfactual

DATA = profile("bundled").data


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    return counterfactual.measures(DATA)


def test_every_ill_person_has_a_twin(pairs):
    ill = pd.read_csv(DATA / "manifest.csv").query("label != 'control'")
    assert list(pairs["cohort_image"]) == list(ill["image"]) and len(pairs) == 280


@pytest.mark.parametrize(("region", "most"), [("background", 2), ("clothes", 2), ("hair", 4)])
def test_what_is_no_sign_stays(pairs, region, most):
    """Of 255, in the mean over all pairs; and no pair is far off."""
    assert pairs[region].mean() <= most and pairs[region].quantile(0.95) <= 2 * most
    assert pairs[region].notna().mean() > (0.5 if region == "hair" else 0.9)


def test_the_difference_is_where_the_mask_says(pairs):
    assert pairs["correlation"].median() >= 0.6
    assert (pairs.groupby("label")["correlation"].median() > 0.4).all()


def test_a_more_marked_sign_makes_more_of_a_difference(pairs):
    assert pairs["face"].corr(pairs["severity"], method="spearman") > 0.3


def test_twins_bear_no_sign_and_have_landmarks_of_their_own():
    twins = audit.opened(DATA / "twins")
    assert all(ground_truth.sign_mask(twins, row)[1].sum() == 0 for row in range(0, len(twins), 20))
    cohort = audit.opened(DATA)
    with_signs = ground_truth.landmarks(cohort)[ground_truth.same_people(cohort, twins)]
    apart = np.linalg.norm(with_signs - ground_truth.landmarks(twins), axis=2)
    assert (apart.max(axis=1) > 0.2).all() and np.median(apart) < 5
