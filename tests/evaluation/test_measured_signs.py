"""Which measures differ: against libraries, on nothing, and on signs that were planted."""

import numpy as np
import pandas as pd
import pytest
from made import cohort_of
from scipy.stats import ttest_ind
from statsmodels.stats.multitest import multipletests

from facediag_utils.evaluation import measured_signs

NAMES = [f"m{k}" for k in range(30)]


def scores(count, shift=0.0, seed=0, names=NAMES):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(count, len(names))) + shift, columns=names)


def test_it_is_welchs_test_with_the_correction_of_benjamini_and_hochberg():
    ill, well = scores(40, np.linspace(-1, 1, 30)), 2 * scores(15, seed=1)
    found = measured_signs.differences(ill, well)
    p = [ttest_ind(ill[name], well[name], equal_var=False).pvalue for name in NAMES]
    assert found["p"].tolist() == pytest.approx(p)
    assert found["q"].tolist() == pytest.approx(multipletests(p, method="fdr_bh")[1].tolist())
    assert found["found"].tolist() == multipletests(p, 0.05, method="fdr_bh")[0].tolist()
    assert found["difference"].tolist() == pytest.approx((ill.mean() - well.mean()).tolist())
    assert ((found["low"] < 0) & (found["high"] > 0) == (found["p"] > 0.05)).all()
    assert (found["n"] == 40).all() and (found["n_reference"] == 15).all()


def test_where_nothing_differs_one_search_in_twenty_finds_something():
    tries = [
        measured_signs.differences(scores(20, seed=k), scores(20, seed=1000 + k))["found"].any() for k in range(400)
    ]
    assert 0.02 < np.mean(tries) < 0.08


def test_a_group_of_one_finds_nothing():
    found = measured_signs.differences(scores(1, 9.0), scores(20))
    assert not found["found"].any() and found["difference"].isna().all() and (found["n"] == 1).all()


def test_faces_without_z_score_do_not_count():
    ill = scores(20, 3.0)
    ill.iloc[0] = np.nan
    assert (measured_signs.differences(ill, scores(20))["n"] == 19).all()


def test_a_twin_says_what_was_changed():
    twins = scores(50)
    ill = twins.assign(m0=twins["m0"] + 1.5, m1=twins["m1"] - 0.3, m2=twins["m2"] + 0.1)
    truth = measured_signs.true_changes(ill + 1e-6 * scores(50, seed=9), twins)
    assert truth["change"][:4].tolist() == pytest.approx([1.5, -0.3, 0.1, 0], abs=1e-5)
    assert truth.index[truth["sign"]].tolist() == ["m0", "m1"]
    assert ((truth["low"] <= truth["change"]) & (truth["change"] <= truth["high"])).all()


def test_precision_and_recall_count_signs_of_the_same_direction():
    names = list("abcdef")
    found = pd.DataFrame(
        {"found": [True, True, True, True, False, False], "difference": [1, 1, -1, 1, 1, 0.0]}, index=names
    )
    truth = pd.DataFrame({"sign": [True, True, True, False, True, False], "change": [1, 1, 1, 0.1, 1, 0]}, index=names)
    made = measured_signs.search(found, truth.iloc[::-1])  # whatever the order
    assert made.precision.count == "2/4" and made.recall.count == "2/4"
    both = measured_signs.search_all({"x": found, "y": found, "z": found}, {"x": truth, "y": truth})
    assert both.precision.count == "4/8" and both.recall.count == "4/8"
    nothing = measured_signs.search(found.assign(found=False), truth)
    assert str(nothing.precision) == "undefined" and nothing.recall.count == "0/4"


def test_planted_signs_are_found():
    change = np.zeros(30)
    change[:10] = 1.5
    found = measured_signs.differences(scores(70, change), scores(30, seed=3))
    truth = pd.DataFrame({"change": change, "sign": change > 0}, index=pd.Index(NAMES, name="measure"))
    made = measured_signs.search(found, truth)
    assert made.recall.value == 1 and made.precision.value > 0.8


@pytest.fixture
def cohort(bundled):
    rows = bundled.table.groupby(["label", "split"]).head(3).index
    return cohort_of(bundled, rows)


def test_every_class_against_the_reference_that_norms_were_not_made_of(cohort):
    z = scores(len(cohort))
    labels = cohort.table["label"].to_numpy()
    z[(labels == "control") & (cohort.table["split"] == "train").to_numpy()] = 1e6  # must not be looked at
    made = measured_signs.of_each_class(z, cohort)
    assert list(made) == [name for name in cohort.classes if name != "control"]
    for rows in made.values():
        assert (rows["n"] == 6).all() and (rows["n_reference"] == 3).all() and rows["difference"].abs().max() < 5


def test_twins_are_matched_by_name(bundled):
    from facediag_utils.data import ground_truth

    twins = ground_truth.companion(bundled, "twins")
    code = {name: k for k, name in enumerate(bundled.table["image"])}
    z = pd.DataFrame({"m": [float(code[name]) for name in bundled.table["image"]]})
    of_twins = pd.DataFrame({"m": [code[name] - 2.0 for name in twins.table["cohort_image"]]})
    jitter = np.random.default_rng(0).normal(size=len(of_twins)) * 1e-9
    made = measured_signs.true_changes_of_each_class(z, of_twins.add(jitter, axis=0), bundled, twins)
    assert set(made) == set(bundled.classes) - {"control"}
    assert all(rows.loc["m", "change"] == pytest.approx(2) and rows.loc["m", "sign"] for rows in made.values())


def test_the_table_holds_it_all():
    rows = measured_signs.differences(scores(20, 1.0), scores(20, seed=5))
    truth = measured_signs.true_changes(scores(9), scores(9, seed=6))
    table = measured_signs.table({"a": {"x": rows, "y": rows}, "b": {"x": rows, "y": rows}}, {"x": truth})
    assert len(table) == 4 * 30 and not table.duplicated(["class", "landmarks", "measure"]).any()
    assert (table["change"].notna() == (table["class"] == "x")).all()
    assert measured_signs.shown({"difference": 1.25, "low": -0.5, "high": 3.0}) == "+1.2 (-0.5 to +3.0)"
