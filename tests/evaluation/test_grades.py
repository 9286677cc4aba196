"""Kappa, error and rank correlation of grades, by other libraries' and by hand; their intervals by simulation."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

from facediag_utils.core.errors import ResultsError
from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import NO_FACE, Cohort, Task
from facediag_utils.evaluation import grades
from facediag_utils.evaluation.grades import Graded


def graded(actual, predicted, shares=None, disease=None, people=None) -> Graded:
    actual, predicted = np.asarray(actual), np.asarray(predicted)
    return Graded(
        actual,
        predicted,
        np.eye(4)[predicted] if shares is None else shares,
        np.full(len(actual), "x") if disease is None else np.asarray(disease),
        np.arange(len(actual)) if people is None else np.asarray(people),
    )


PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=20)


@given(PAIRS, st.integers(0, 100))
def test_statistics_are_those_of_other_libraries(pairs, seed):
    rng = np.random.default_rng(seed)
    actual, predicted = np.array(pairs).T
    shares = rng.dirichlet(np.ones(4), len(actual)).round(1)  # ties are usual
    one = graded(actual, predicted, shares)
    weights = rng.integers(0, 3, size=(2, len(actual)))
    weights[:, 0] = 1
    for row in weights:
        rows = np.repeat(np.arange(len(actual)), row)
        a, p, e = actual[rows], predicted[rows], one.expected[rows]
        if len(set(a)) > 1 or len(set(p)) > 1:
            assert grades.kappa(one, row[None])[0] == pytest.approx(
                cohen_kappa_score(a, p, weights="quadratic", labels=range(4))
            )
        assert grades.error(one, row[None])[0] == pytest.approx(np.abs(a - p).mean())
        if len(set(a)) > 1 and len(set(e)) > 1:
            assert grades.spearman(one, row[None])[0] == pytest.approx(spearmanr(a, e)[0])


def test_known_answers():
    """Three of four right, one off by two: 1 - (4/4) / (mean over the 16 pairs)."""
    one = graded([0, 1, 2, 3], [0, 1, 2, 1])
    chance = np.mean([(a - p) ** 2 for a in [0, 1, 2, 3] for p in [0, 1, 2, 1]])
    found = grades.measured(one)
    assert found["kappa"].value == pytest.approx(1 - 1 / chance)
    assert found["mae"].value == 0.5
    perfect = grades.measured(graded([0, 1, 2, 3] * 5, [0, 1, 2, 3] * 5))
    assert tuple(perfect["kappa"]) == pytest.approx((1, 1, 1), abs=1e-3) and tuple(perfect["mae"]) == (0, 0, 0)
    assert np.isnan(grades.measured(graded([2, 2, 2], [2, 2, 2]))["kappa"].value)
    assert np.isnan(grades.measured(one.where(np.zeros(4, bool)))["kappa"].value)


def test_who_knows_the_ill_and_nothing_more_has_a_high_kappa_and_none_within_the_ill():
    rng = np.random.default_rng(0)
    actual = np.repeat([0, 1, 2, 3], 30)
    blind = grades.who_is_ill(graded(actual, rng.integers(0, 4, 120)))
    assert blind.predicted.tolist() == [0] * 30 + [2] * 90
    assert grades.measured(blind)["kappa"].value > 0.6
    assert tuple(grades.measured(blind.where(actual > 0))["kappa"]) == (0, 0, 0)


def test_intervals_hold_the_truth():
    """Grades and answers cut from two normal numbers with a correlation of 0.5: 200 test sets of 30 faces."""
    rng = np.random.default_rng(0)

    def drawn(size: int) -> Graded:
        z = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=size)
        actual, predicted = (np.digitize(part, [-0.8, 0.0, 0.6]) for part in z.T)
        near = np.clip(z[:, 1] + 1.5, 0, 3)
        return graded(actual, predicted, (1 - np.abs(near[:, None] - np.arange(4))).clip(min=0))

    many = drawn(200_000)
    truth = {name: of(many, np.ones((1, 200_000)))[0] for name, of in grades.STATISTICS.items()}
    held = dict.fromkeys(truth, 0)
    for _ in range(200):
        for name, interval in grades.measured(drawn(30)).items():
            held[name] += interval.low <= truth[name] <= interval.high
    assert all(0.91 <= count / 200 <= 0.99 for count in held.values()), held


def test_images_of_one_person_are_drawn_together_and_each_disease_keeps_its_people():
    one = graded([0, 1, 2, 3, 1, 2], [0, 1, 2, 3, 1, 2], None, list("aaabbb"), [7, 7, 8, 9, 10, 10])
    weights = grades.drawn(one, 200)
    assert (weights[:, 0] == weights[:, 1]).all() and (weights[:, 4] == weights[:, 5]).all()
    assert (weights[:, [0, 2]].sum(axis=1) == 2).all() and (weights[:, [3, 4]].sum(axis=1) == 2).all()
    assert len(np.unique(weights, axis=0)) == 9


def test_copies_of_people_make_no_interval_shorter():
    rng = np.random.default_rng(0)
    actual, predicted = rng.integers(0, 4, (2, 40))
    once = grades.measured(graded(actual, predicted))
    thrice = grades.measured(graded(np.repeat(actual, 3), np.repeat(predicted, 3), people=np.repeat(np.arange(40), 3)))
    assert {name: tuple(one) for name, one in once.items()} == pytest.approx({n: tuple(t) for n, t in thrice.items()})


def test_a_difference_is_of_the_same_faces():
    rng = np.random.default_rng(0)
    actual = rng.integers(0, 4, 80)
    good, bad = graded(actual, (actual + (rng.random(80) < 0.3)).clip(max=3)), graded(actual, rng.permutation(actual))
    assert tuple(grades.difference(good, good)) == (0, 0, 0)
    gain = grades.difference(good, bad)
    assert gain.value == pytest.approx(grades.measured(good)["kappa"].value - grades.measured(bad)["kappa"].value)
    assert 0 < gain.low < gain.value < gain.high
    with pytest.raises(ResultsError, match="not asked about the same images"):
        grades.difference(good, replace(good, actual=actual[::-1]))


def test_differences_by_the_way_of_reading():
    """The second is sure of everything and always right; the first has three shares, of which the median alone is right too."""
    actual = np.array([0, 1, 2, 3] * 5)
    sure = graded(actual, actual)
    split = graded(np.full(20, 1), np.full(20, 0), np.tile([0.4, 0.3, 0.3, 0.0], (20, 1)))
    right = graded(np.full(20, 1), np.full(20, 1))
    found = {("net", "one"): {"all": split, "known": sure}, ("net", "other"): {"all": right, "known": sure}}
    table = grades.differences(found, "one", "other").set_index(["whom", "statistic", "reading"])
    mae = table.loc[("all", "mae"), "value"]
    assert mae.to_dict() == {grades.OWN: 1, "likeliest": 1, "median": 0, "rounded mean": 0}
    assert list(table.loc[("known", "spearman")].index) == [grades.UNREAD] and len(table) == 2 * (4 + 4 + 1)
    assert (table.loc["known", ["value", "low", "high"]] == 0).all(axis=None)
    back = grades.differences(found, "other", "one").set_index(["whom", "statistic", "reading"])
    assert back.loc[("all", "mae"), "value"].to_dict() == {name: -value for name, value in mae.items()}


def test_rows_of_the_store_become_grades():
    task = Task("grades", "t", ("none", "low", "high"))
    names = ["a.jpg", "b.jpg", "c.jpg"]
    table = pd.DataFrame({"image": names[::-1], "disease": ["z", "y", "x"], "group": [3, 2, 1]})
    rows = pd.DataFrame({"image": names, "label": ["none", "high", "low"], "predicted": ["low", NO_FACE, "high"]})
    rows = rows.assign(score_none=[0.5, np.nan, 0.0], score_low=[0.5, np.nan, 0.2], score_high=[0.0, np.nan, 0.8])
    found = grades.of_rows(rows, Cohort(Profile("m", "t", None), task.classes, table), task)
    assert found.actual.tolist() == [0, 2, 1] and found.predicted.tolist() == [1, 0, 2]  # no face: as wrong as can be
    assert found.expected == pytest.approx([0.5, 0, 1.8])
    assert found.disease.tolist() == ["x", "y", "z"] and found.people.tolist() == [1, 2, 3]
    matrix = found.matrix(task.classes)
    assert matrix.loc["none", "high"] == 1 and matrix.to_numpy().sum() == 3 and matrix.index.name == "predicted"


def test_the_table_parts_the_ill_by_disease():
    actual = np.array([0, 0, 1, 2, 3, 1, 2, 3])
    everybody = graded(actual, actual, None, ["well"] * 2 + ["a"] * 3 + ["b"] * 3)
    tasks = {
        "grades": Task("grades", "t", ("none", "low", "middle", "high")),
        "grades_ill": Task("grades_ill", "t", ()),
    }
    found = grades.of_whom({"grades": everybody, "grades_ill": everybody.where(actual > 0)}, tasks)
    assert list(found) == ["everybody", "the ill among them", "the ill, trained on the ill alone"]
    table = grades.table({("net", "method"): found})
    counts = table[table["statistic"] == "kappa"].set_index(["whom", "disease"])["n"].to_dict()
    whole, among, alone = found
    assert counts == {(whole, "all"): 8, (among, "all"): 6, (alone, "all"): 6, (alone, "a"): 3, (alone, "b"): 3}
    assert "the ill among them" not in grades.of_whom(
        {"grades": everybody}, {"grades": Task("grades", "t", ("low", "high"))}
    )
