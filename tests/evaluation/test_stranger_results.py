"""Shares over people and galleries: intervals that hold the truth, planted ranks, and what is near by chance."""

import numpy as np
import pytest

from facediag_utils.evaluation import stranger_results
from facediag_utils.evaluation.stranger_results import ALL, BESIDE, FITTED, LEFT_OUT
from facediag_utils.methods.strangers import RAW, RULES, SUPERVISED, TWINS, WHITENED, Design, Retrieved

CLASSES = ("a", "b", "control")


@pytest.fixture
def by():
    """Six training images and four test images of each class."""
    labels = np.tile(np.repeat(CLASSES, [10, 10, 10]), 1)
    number = np.tile(np.arange(10), 3)
    pool = np.flatnonzero(number < 6)
    return Design(CLASSES, labels, pool, number[pool] < 3, np.flatnonzero(number >= 6))


def planted(by, ranks):
    """What was found if the queries' ranks are as a function of kind, what was left out, and label says."""
    found = {}
    for kind in (RAW, WHITENED, SUPERVISED, TWINS):
        for out in ("", *by.strangers):
            of_query = np.array([ranks(kind, out, name) for name in by.labels[by.queries]], np.uint16)
            shape = len(by.sizes), len(RULES), 8, len(by.queries)
            found["net", kind, out] = Retrieved(np.broadcast_to(of_query, shape).copy(), np.zeros((2, 12), int))
    return found


def known_only(kind, out, name):
    """Raw features find everybody second; whitened ones everybody; others only what they were fitted to."""
    return 2 if kind == RAW else 1 if kind == WHITENED or name != out else 3


def test_three_questions_are_kept_apart(by):
    rows = stranger_results.table(planted(by, known_only), by, np.arange(30))
    top = rows[rows["class"] == ALL].set_index(["features", "own", "rule", "gallery"]).sort_index()
    assert by.sizes == [1, 3] and (top["top1"][WHITENED] == 1).all() and (top["top1"][RAW] == 0).all()
    assert (top["top1"][SUPERVISED, LEFT_OUT] == 0).all() and (top["top2"][SUPERVISED, LEFT_OUT] == 0).all()
    assert (top["top1"][SUPERVISED, FITTED] == 1).all() and (top["top1"][TWINS, BESIDE] == 1).all()
    assert top["mrr"][SUPERVISED, LEFT_OUT].iloc[0] == pytest.approx(1 / 3) and (top["top2"][RAW, LEFT_OUT] == 1).all()
    assert FITTED not in top["top1"][RAW].index.get_level_values("own")
    assert (top["n"][RAW, LEFT_OUT] == 8).all() and (top["n"][RAW, BESIDE] == 12).all()
    assert set(rows["class"]) == {ALL, "a", "b"} and (rows.loc[rows["class"] == "a", "n"] == 4).all()
    assert ((rows["top1_low"] <= rows["top1"] + 1e-9) & (rows["top1"] <= rows["top1_high"] + 1e-9)).all()


def test_differences_of_what_was_planted(by):
    rows = (
        stranger_results.differences(planted(by, known_only), by, np.arange(30))
        .set_index(["rule", "first", "second"])
        .sort_index()
    )
    found = rows.loc["nearest", "difference"]
    assert found["whitened, left out", "raw, left out"] == 1
    assert found["supervised, left out", "whitened, left out"] == -1 == found["twins, left out", "twins, fitted"]
    assert found["whitened, left out", "whitened, fitted"] == 0 and rows["n"].unique() == [8]
    same = rows.loc[("nearest", "whitened, left out", "whitened, fitted")]
    assert same["p_holm"] == 1 and (same["low"], same["high"]) == (0, 0)


def test_of_raw_features_alone_there_is_nothing_to_compare(by):
    found = {case: one for case, one in planted(by, known_only).items() if case[1] == RAW}
    rows = stranger_results.differences(found, by, np.arange(30))
    assert rows.empty and {"difference", "p_holm"} <= set(rows.columns)


def crossed(rng, people, draws, mean=0.6):
    """Whether each person is found with each gallery: both matter, and chance."""
    chances = mean + rng.uniform(-0.25, 0.25, people) + rng.uniform(-0.12, 0.12, (draws, 1))
    return (rng.random((draws, people)) < chances).astype(float)


def test_intervals_hold_the_truth():
    """People and galleries are both drawn anew 400 times; 95% of the intervals hold the mean, within what 400 can tell."""
    rng = np.random.default_rng(0)
    labels, people = np.repeat(["a", "b"], 20), np.arange(40)
    shares, less = [], []
    for _ in range(400):
        values = crossed(rng, 40, 20)
        shares.append(stranger_results.share(values, labels, people))
        less.append(stranger_results.difference(values, crossed(rng, 40, 20), labels, people)[0])
    for found, truth in ((shares, 0.6), (less, 0.0)):
        assert 0.92 <= np.mean([low <= truth <= high for _, low, high in found]) <= 0.99


def test_the_same_pictures_twice_are_not_twice_as_many_people():
    values = crossed(np.random.default_rng(1), 30, 10)
    labels, people = np.repeat(["a", "b"], 15), np.arange(30)
    once = stranger_results.share(values, labels, people)
    twice = stranger_results.share(*(np.concatenate([one, one], axis=-1) for one in (values, labels, people)))
    assert tuple(twice) == pytest.approx(tuple(once))
    apart = stranger_results.share(*(np.concatenate([one, one], axis=-1) for one in (values, labels)), np.arange(60))
    assert apart.high - apart.low < 0.9 * (once.high - once.low)
    assert np.isnan(stranger_results.share(values[:, :0], labels[:0], people[:0]).value)


def test_one_gallery_and_one_picture_each_is_a_proportion():
    """Wilson's interval for a share of people, nearly: the variance is estimated with n - 1."""
    hits = (np.arange(40) < 30)[None].astype(float)
    found = stranger_results.share(hits, np.full(40, "a"), np.arange(40))
    assert tuple(found) == pytest.approx((0.75, 0.598, 0.858), abs=0.01)


@pytest.fixture
def near(by):
    """Each query's nearest picture is of its own group, whatever its class."""
    group = np.tile(np.arange(30) % 2, 1)
    found = {}
    for out in ("", *by.strangers):
        nearest = np.array(
            [
                [by.pool[(by.second == half) & (group[by.pool] == group[q])][q % 3] for q in by.queries]
                for half in (0, 1)
            ]
        )
        found["net", RAW, out] = Retrieved(np.ones((2, 2, 4, 12), np.uint16), nearest)
    return found, group


def test_what_is_near_is_the_group_and_not_the_class(by, near):
    found, group = near
    people = np.arange(30)
    of_group = stranger_results.matches(found, by, "net", RAW, group, by.labels, people)
    assert of_group["match"].value == 1 and of_group["p"] < 0.01 and of_group["n"] == 8
    assert of_group["chance"] == pytest.approx(0.5, abs=0.05)
    of_class = stranger_results.matches(found, by, "net", RAW, by.labels, group, people)
    assert of_class["p"] > 0.05
    explained = stranger_results.matches(found, by, "net", RAW, group, group, people)  # nothing can be exchanged
    assert (explained["chance"], explained["p"]) == (1, 1)


def test_a_query_without_a_face_is_near_to_nothing(by, near):
    found, _ = near
    for one in found.values():
        one.nearest[:, 1] = -1
    queries, nearest = stranger_results.nearest_of_strangers(found, by, "net", RAW)
    assert len(queries) == 7 and nearest.shape == (2, 7) and (nearest >= 0).all()
    assert by.queries[1] not in queries
