"""Norms: known regressions, and z-scores that mean what they say."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from facediag_utils.core.errors import CohortError
from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Cohort
from facediag_utils.evaluation import norms


def people(count, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": rng.uniform(6, 78, count),
            "sex": rng.choice(["female", "male"], count),
            "ancestry": rng.choice(["african", "asian", "caucasian"], count),
            "yaw": rng.uniform(-18, 18, count),
        }
    )


def measured(table, spread, seed=1):
    """A measure that depends on all that is known, and one that does not."""
    noise = np.random.default_rng(seed).normal(size=(len(table), 2)) * spread
    width = 40 * np.cos(np.radians(table["yaw"])) + 0.1 * table["age"] + 3 * (table["sex"] == "male")
    width += 2.0 * (table["ancestry"] == "asian") - 4 * (table["ancestry"] == "caucasian")
    return pd.DataFrame({"width": width + noise[:, 0], "height": 7 + noise[:, 1]})


def test_z_scores_of_new_healthy_faces_are_standard_normal():
    """Also with few faces of reference: 40, of which the regression takes six coefficients."""
    scores = []
    for seed in range(40):
        table = people(140, seed)
        reference = np.arange(140) < 40
        z = norms.z_scores(measured(table, 2.0, seed), table, reference, norms.covariates(table, reference))
        scores.append(z[~reference].to_numpy())
    scores = np.concatenate(scores)
    # Student's t with 34 degrees of freedom has a standard deviation of 1.03
    assert scores.std() == pytest.approx(1.03, abs=0.04) and abs(scores.mean()) < 0.05


def test_what_is_known_explains_the_measure():
    table = people(60)
    reference = np.arange(60) < 45
    values = measured(table, 1e-3)
    with_all = norms.z_scores(values, table, reference, norms.covariates(table, reference))
    alone = norms.z_scores(values, table, reference, [])
    one_more = values.copy()
    one_more[~reference] += 1.0
    moved = norms.z_scores(one_more, table, reference, norms.covariates(table, reference))
    assert (moved[~reference] - with_all[~reference]).min().min() > 500  # in deviations of a thousandth
    assert alone["width"].abs().max() < 5


def test_without_covariates_it_is_the_textbook_prediction():
    values = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 10.0]})
    reference = np.array([True] * 4 + [False])
    [found] = norms.z_scores(values, pd.DataFrame(index=range(5)), reference, [])["a"].tail(1)
    assert found == pytest.approx((10 - 2.5) / (np.std([1, 2, 3, 4], ddof=1) * np.sqrt(1 + 1 / 4)))


def test_nobody_has_a_norm_for_a_group_without_reference():
    table = people(60)
    table.loc[59, "ancestry"] = "martian"
    reference = np.arange(60) < 40
    z = norms.z_scores(measured(table, 1.0), table, reference, norms.covariates(table, reference))
    assert z.iloc[59].isna().all() and z.iloc[:59].notna().all(axis=None)


def test_ages_in_words_are_groups():
    table = people(60).assign(age=np.where(np.arange(60) % 3, "30-40", "child"))
    reference = np.arange(60) < 40
    z = norms.z_scores(measured(people(60), 1.0), table, reference, ["age"])
    assert z.notna().all(axis=None)
    table.loc[59, "age"] = "old"
    assert norms.z_scores(measured(people(60), 1.0), table, reference, ["age"]).iloc[59].isna().all()


def test_faces_that_were_not_found_are_left_out():
    table, reference = people(60), np.arange(60) < 40
    values = measured(table, 1.0)
    values.iloc[[3, 50]] = np.nan
    z = norms.z_scores(values, table, reference, norms.covariates(table, reference))
    assert z.iloc[[3, 50]].isna().all(axis=None) and z.drop([3, 50]).notna().all(axis=None)


def test_only_what_is_known_of_everybody_is_taken_into_account():
    table, reference = people(60), np.arange(60) < 40
    assert norms.covariates(table, reference) == ["age", "yaw", "sex", "ancestry"]
    assert norms.covariates(table.drop(columns="yaw"), reference) == ["age", "sex", "ancestry"]
    assert norms.covariates(table.assign(age=table["age"].where(table["age"] > 10)), reference) == [
        "yaw",
        "sex",
        "ancestry",
    ]
    assert norms.covariates(table.assign(sex="female"), reference) == ["age", "yaw", "ancestry"]
    assert norms.covariates(table, np.arange(60) < 29) == []  # six coefficients want thirty faces


def test_too_few_faces_are_named():
    table = people(4)
    with pytest.raises(CohortError, match="2 faces of reference for 1 coefficients"):
        norms.z_scores(measured(table, 1.0), table, np.arange(4) < 2, [])


def test_who_is_the_reference(tmp_path):
    def cohort(*classes, positive=None):
        table = pd.DataFrame({"label": np.repeat(classes, 4), "split": ["train", "test"] * 2 * len(classes)})
        return Cohort(replace(Profile("mine", "t", tmp_path), positive=positive), tuple(sorted(classes)), table)

    assert norms.reference_class(cohort("ill", "well")) == "well"
    assert norms.reference_class(cohort("cat", "dog")) == "dog"
    assert norms.reference_class(cohort("cat", "dog", positive="dog")) == "cat"
    assert norms.reference_class(cohort("a", "b", "Healthy")) == "Healthy"
    assert norms.reference_class(cohort("a", "b", "c")) is None
    assert norms.norm_rows(cohort("a", "b", "c")).sum() == 6 and norms.norm_rows(cohort("ill", "well")).sum() == 2
