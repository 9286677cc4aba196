"""Looking up strangers: ranks by hand, planted directions, and what a class that is left out must not touch."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import blobs
from scipy.stats import ortho_group
from sklearn.covariance import LedoitWolf

from facediag_utils.core import row_cache
from facediag_utils.data.cohort import NO_FACE, tasks
from facediag_utils.data.store import OF_GALLERIES
from facediag_utils.evaluation import metrics
from facediag_utils.methods import strangers
from facediag_utils.methods.strangers import NEEDED, RAW, RULES, SUPERVISED, TWINS, WHITENED

CLASSES = ("a", "b", "c", "control")


def unit(values):
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def designed(classes=CLASSES, train=24, test=6, seed=0, spread=0.3):
    images, features = blobs(classes, train, test, seed, spread)
    task = tasks(images)[0]
    return images, task, features, strangers.design(task, images, np.isfinite(features).all(axis=1))


def test_ranks_by_hand():
    pool = unit(np.array([[1, 0.0], [0, 1], [1, 1], [-1, 0.2]]))
    galleries = np.array([[[0, 1], [2, 3]]])  # class 0 on both axes, class 1 on the diagonal and behind
    queries = unit(np.array([[1, 0.1], [1, 0.9], [-1, 0.1]]))
    nearest, mean = strangers.ranks(queries, pool, np.array([0, 0, 1]), galleries)
    assert nearest.tolist() == [[1, 2, 1]]  # the diagonal is nearer to the second
    centres = unit(np.array([pool[:2].mean(axis=0), pool[2:].mean(axis=0)]))
    expected = [1 + (queries[k] @ centres[1 - own] >= queries[k] @ centres[own]) for k, own in enumerate((0, 0, 1))]
    assert mean[0].tolist() == expected


def test_classes_that_are_equally_near_come_first():
    pool = np.array([[1.0, 0], [1, 0], [0, 1]])
    found = strangers.ranks(np.array([[1.0, 0]]), pool, np.array([0]), np.array([[[0], [1], [2]]]))
    assert found.tolist() == [[[2]], [[2]]]


@given(st.integers(0, 1000))
def test_ranks_do_not_depend_on_how_features_are_turned(seed):
    rng = np.random.default_rng(seed)
    values, turn = rng.normal(size=(30, 5)), ortho_group.rvs(5, random_state=rng)
    galleries = np.stack([rng.permutation(20).reshape(4, 5)[:, :3] for _ in range(6)])
    own = rng.integers(4, size=10)
    one, other = (strangers.ranks(v[20:], v[:20], own, galleries) for v in (unit(values), unit(7 * values @ turn)))
    assert np.array_equal(one, other) and one.min() >= 1 and one.max() <= 4
    single = strangers.ranks(unit(values)[20:], unit(values)[:20], own, galleries[:, :, :1])
    assert np.array_equal(*single)  # of one picture the mean is the picture


def test_raw_features_are_only_scaled():
    values = np.random.default_rng(0).normal(size=(9, 4))
    assert strangers.fit(RAW, values, np.array([]))(values) == pytest.approx(unit(values))


def test_whitened_faces_vary_alike_in_all_directions():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4000, 6)) @ np.diag([1, 1.5, 2, 2.5, 3, 4]) @ ortho_group.rvs(6, random_state=rng) + 4
    made = strangers.fit(WHITENED, values, np.array([]))
    assert np.cov((values - made.centre) @ made.matrix, rowvar=False) == pytest.approx(np.eye(6), abs=0.02)
    assert np.linalg.norm(made(values), axis=1) == pytest.approx(np.ones(4000))


def test_the_supervised_direction_is_fishers():
    rng = np.random.default_rng(0)
    mixing, labels = np.diag([1.0, 4, 0.5]), np.repeat(["a", "b"], 3000)
    values = rng.normal(size=(6000, 3)) @ mixing + np.outer(labels == "b", [1.0, 1, 1])
    made = strangers.fit(SUPERVISED, values, labels)
    wanted = np.linalg.solve(mixing @ mixing, [1.0, 1, 1])
    found = made.matrix[:, 0]
    assert made.matrix.shape == (3, 1)
    assert abs(found @ wanted) / np.linalg.norm(found) / np.linalg.norm(wanted) > 0.999


def people_and_twins(seed=0, count=300, size=30):
    """People differ most in the first features; disease moves features 20 and 21, and a little all of them."""
    rng = np.random.default_rng(seed)
    well = rng.normal(size=(count, size)) * np.linspace(5, 1, size)
    ill = well + rng.normal(size=(count, size)) * 0.1
    ill[:, 20:22] += rng.normal(size=(count, 2)) * 3
    return ill, well


def test_twins_find_what_disease_moves_and_not_who_it_is(monkeypatch):
    ill, well = people_and_twins()
    monkeypatch.setattr(strangers, "DIRECTIONS", 2)
    made = strangers.fit(TWINS, ill, np.full(300, "a"), well)
    assert made.centre == pytest.approx(well.mean(axis=0))
    strength = np.linalg.norm(made.matrix, axis=1)
    assert made.matrix.shape == (30, 2) and set(np.argsort(strength)[-2:]) == {20, 21}
    assert np.linalg.norm(strength[20:22]) > 0.95 * np.linalg.norm(strength)
    variance = made.matrix.T @ LedoitWolf().fit(well).covariance_ @ made.matrix
    assert variance == pytest.approx(np.eye(2), abs=1e-8)  # people who are well differ alike in what is left


def test_healthy_faces_without_a_twin_are_people_too():
    ill, well = people_and_twins()
    labels = np.repeat(["a", "control"], 150)
    without = np.where((labels == "control")[:, None], np.nan, well)
    made = strangers.fit(TWINS, np.where((labels == "control")[:, None], ill + 100, ill), labels, without)
    assert made.centre == pytest.approx(np.concatenate([well[:150], ill[150:] + 100]).mean(axis=0))
    with pytest.raises(ValueError, match="needs the same people"):
        strangers.fit(TWINS, ill, labels)


def test_halves_part_nobody_and_galleries_are_of_the_other():
    images, task, features, _ = designed()
    groups = np.arange(len(images)) // 3  # three pictures of each person
    grouped = replace(images, table=images.table.assign(group=groups))
    by = strangers.design(task, grouped, np.isfinite(features).all(axis=1))
    assert not set(groups[by.pool[by.second]]) & set(groups[by.pool[~by.second]])
    assert by.least >= 9 and by.sizes[:3] == [1, 3, 5]
    for half in (False, True):
        drawn = by.galleries(5, half)
        assert drawn.shape == (strangers.DRAWS, 4, 5) and (by.second[drawn] == half).all()
        assert all((by.labels[by.pool[drawn[:, k]]] == name).all() for k, name in enumerate(CLASSES))
        assert all(len(set(row)) == 5 for draw in drawn for row in draw.tolist())
        for name in (*by.strangers, ""):
            fitted = by.fitted_on(not half, name)
            assert not set(fitted) & set(by.pool[drawn].ravel()) and name not in by.labels[fitted]
    assert by.strangers == ["a", "b", "c"]  # not the healthy one


@pytest.mark.usefixtures("own_cache")
def test_nothing_is_fitted_on_a_class_that_is_left_out_or_on_the_gallery(monkeypatch):
    _, _, features, by = designed()
    seen, fit = [], strangers.fit

    def noted(kind, values, labels, well=None):
        seen.append((values, labels))
        return fit(kind, values, labels, well)

    monkeypatch.setattr(strangers, "fit", noted)
    found = strangers.retrieve({"net": features}, [SUPERVISED], by)
    assert list(found) == [("net", SUPERVISED, out) for out in ("", "a", "b", "c")]
    for (_, _, out), pair in zip(found, np.array(seen, object).reshape(4, 2, 2), strict=True):
        for values, labels in pair:
            assert set(labels) == set(CLASSES) - {out} and len(values) == 12 * (4 - bool(out))
        both = [{tuple(row) for row in values} for values, _ in pair]
        assert not both[0] & both[1]


@pytest.mark.usefixtures("own_cache")
def test_strangers_that_lie_apart_are_found_and_a_face_that_is_not_found_is_last(monkeypatch):
    _, task, features, _ = designed(spread=0.05)
    images, _, _, _ = designed(spread=0.05)
    lost = int(np.flatnonzero(images.table["split"] == "test")[2])
    features[lost] = np.nan
    by = strangers.design(task, images, np.isfinite(features).all(axis=1))
    found = strangers.retrieve({"net": features}, by.kinds, by)
    gone = by.queries == lost
    for name in by.strangers:
        one = found["net", RAW, name]
        assert one.ranks.shape == (len(by.sizes), len(RULES), 2 * strangers.DRAWS, len(by.queries))
        assert (one.ranks[..., ~gone] == 1).all() and (one.ranks[..., gone] == 5).all()
        assert (one.nearest[:, gone] == -1).all()
        assert (by.labels[one.nearest[:, ~gone]] == by.labels[by.queries[~gone]]).all()
        assert not by.second[np.isin(by.pool, one.nearest[0])].any()  # the first half's pictures
    monkeypatch.setattr(row_cache, "_computed", lambda *_: pytest.fail("computed again"))
    again = strangers.retrieve({"other": features}, [WHITENED], by)
    assert np.array_equal(again["other", WHITENED, "b"].ranks, found["net", WHITENED, "b"].ranks)


@pytest.mark.usefixtures("own_cache")
def test_two_classes_of_few_pictures_have_what_they_can():
    _, _, features, by = designed(("ill", "well"), train=4, test=2)
    assert by.strangers == ["ill"] and by.sizes == [1] and by.kinds == [RAW]
    assert set(strangers.retrieve({"net": features}, by.kinds, by)) == {("net", RAW, out) for out in ("", "ill")}
    more = designed(("ill", "well"), train=2 * NEEDED, test=2)
    assert more[-1].kinds == [RAW, WHITENED]
    assert len(strangers.retrieve({"net": more[2]}, more[-1].kinds, more[-1])) == 4


def test_directions_need_three_classes_that_are_left():
    assert designed(("a", "b", "c"), train=2 * NEEDED)[-1].kinds == [RAW, WHITENED]
    assert designed(train=2 * NEEDED)[-1].kinds == [RAW, WHITENED, SUPERVISED]
    assert designed(train=2 * NEEDED - 1)[-1].kinds == [RAW]


def test_a_gallery_of_all_training_images_as_predictions():
    images, task, features, _ = designed(spread=0.05)
    lost = int(np.flatnonzero(images.table["split"] == "test")[2])
    features[lost] = np.nan
    made = strangers.predictions(task, images, features, "dlib_resnet29")
    assert [said.method for said in made] == list(OF_GALLERIES) and all(said.method.neighbour for said in made)
    for said in made:
        assert metrics.accuracy(said.frame()).count == "23/24"
        assert said.predicted[said.image == images.table["image"].iloc[lost]].tolist() == [NO_FACE]
    pool = unit(features[(images.table["split"] == "train").to_numpy()])
    first = unit(features[images.table["split"] == "test"])[0]
    nearest, mean = (said.scores[0] for said in made)
    assert nearest[0] == pytest.approx((pool[:24] @ first).max())
    assert mean[0] == pytest.approx(unit(pool[:24].mean(axis=0)[None])[0] @ first)


def test_what_other_diseases_teach_of_being_ill():
    """All ill faces share a direction; the class that is left out has it too."""
    _, _, features, by = designed(spread=0.3)
    shared = features - 2 * (by.labels != "control")[:, None] * np.array([1, 1, 1, 0])
    scores = strangers.learned_from_others(shared, by, "a")
    test = by.queries
    assert scores[test[by.labels[test] == "a"]].min() > scores[test[by.labels[test] == "control"]].max()
    changed = np.where((by.labels == "a")[:, None], 99.0, shared)
    known = by.labels != "a"
    assert strangers.learned_from_others(changed, by, "a")[known] == pytest.approx(scores[known])


@pytest.mark.usefixtures("own_cache")
def test_noise_is_not_found_because_it_is_new():
    """Features of more directions than faces, in which no class differs: fitted on the gallery, whitening would know the class that
    was left out by its not having been fitted."""
    _, _, few, by = designed(train=24, test=20)
    noise = np.random.default_rng(0).normal(size=(len(few), 100))
    found = strangers.retrieve({"net": noise}, by.kinds, by)
    for kind in by.kinds:
        first = [found["net", kind, name].ranks[..., by.labels[by.queries] == name] == 1 for name in by.strangers]
        assert np.mean(first) == pytest.approx(0.25, abs=0.06), kind
    assert len({found["net", kind, "a"].ranks.tobytes() for kind in by.kinds}) == 3
