"""Several photographs, one answer: known answers, what no way of joining may change, and copies that are no photographs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made import blobs
from scipy.special import softmax

from facediag_utils.data import store
from facediag_utils.data.cases import Cases
from facediag_utils.data.cohort import NO_FACE, Task
from facediag_utils.data.store import Method
from facediag_utils.methods import cases
from facediag_utils.methods.cases import LOGIT, SOFTMAX, WAYS, combined

CLASSES = ("ill", "well")
LOGITS = arrays(float, (3, 4, 5), elements=st.floats(-20, 20))


def test_two_photographs_that_disagree():
    """Odds of e^4 against odds of e^-1: logits (4, 0) and (0, 1) have the mean (2, 0.5)."""
    logits = np.array([[[4.0, 0.0], [0.0, 1.0]]])
    e = np.exp
    assert combined(logits, LOGIT)[0, 0] == pytest.approx(e(2) / (e(2) + e(0.5)))
    assert combined(logits, SOFTMAX)[0, 0] == pytest.approx((e(4) / (e(4) + 1) + 1 / (1 + e(1))) / 2)
    assert combined(logits, LOGIT, temperature=2)[0, 0] == pytest.approx(e(1) / (e(1) + e(0.25)))
    assert combined(logits, SOFTMAX, 2)[0, 0] == pytest.approx((e(2) / (e(2) + 1) + 1 / (1 + e(0.5))) / 2)


@pytest.mark.parametrize("way", WAYS)
@given(LOGITS)
def test_what_no_way_changes(way, logits):
    joined = combined(logits, way)
    assert joined.sum(axis=1) == pytest.approx(1) and (joined >= 0).all()
    assert combined(logits[:, ::-1], way) == pytest.approx(joined)  # their order
    assert combined(np.concatenate([logits, logits], axis=1), way) == pytest.approx(joined)  # each of them twice
    assert combined(logits[:, :1], way) == pytest.approx(softmax(logits[:, 0], axis=1))  # of one, its own
    assert combined(logits + 7, way) == pytest.approx(joined)  # logits have no zero
    lost = np.concatenate([logits, np.full((3, 2, 5), np.nan)], axis=1)
    assert combined(lost, way) == pytest.approx(joined)  # no face, no say


@pytest.mark.parametrize("way", WAYS)
def test_without_any_face_there_is_no_answer(way):
    logits = np.zeros((2, 3, 4))
    logits[1] = np.nan
    assert np.isnan(combined(logits, way)).tolist() == [[False] * 4, [True] * 4]


@pytest.mark.parametrize("classes", [CLASSES, ("c", "a", "b")])
def test_the_mean_feature_is_the_mean_logit(classes):
    images, features = blobs(classes)
    head = cases.fit(Task("t", "t", classes), images, features)
    several = np.random.default_rng(0).normal(size=(7, 3, len(classes))).astype(np.float32)
    assert head.logits(several.mean(axis=1)) == pytest.approx(head.logits(several).mean(axis=1), abs=1e-4)
    assert head.logits(several).shape == (7, 3, len(classes))
    assert softmax(head.logits(several[0]), axis=1) == pytest.approx(head.pipeline.predict_proba(several[0]), abs=1e-6)


def test_classes_stand_in_the_order_of_the_task():
    images, features = blobs(spread=0.1)
    for classes in (CLASSES, CLASSES[::-1]):
        head = cases.fit(Task("t", "t", classes), images, features)
        assert (head.held.argmax(axis=1) == head.numbers).all()
        ill = head.logits(np.array([[1.0, 0.0], [np.nan, 0.0]]))
        assert classes[ill[0].argmax()] == "ill" and np.isnan(ill[1]).all()


def test_training_images_are_judged_out_of_fold():
    """Noise in which each image is its own class to learn: out of fold no better than guessing, else nearly always right."""
    images, _ = blobs(train=60, test=5)
    noise = np.random.default_rng(0).normal(size=(130, 300)).astype(np.float32)
    head = cases.fit(Task("t", "t", CLASSES), images, noise)
    learned = head.logits(noise[(images.table["split"] == "train").to_numpy()])
    assert abs((head.held.argmax(axis=1) == head.numbers).mean() - 0.5) < 0.2
    assert (learned.argmax(axis=1) == head.numbers).mean() > 0.9


def test_copies_are_changed_a_little_and_each_picture_alike():
    rng = np.random.default_rng(0)
    smooth = np.kron(rng.integers(60, 200, (2, 4, 4, 3)), np.ones((1, 16, 16, 1))).astype(np.uint8)
    copies = cases.frames(smooth, 5)
    assert copies.shape == (2, 5, 64, 64, 3) and copies.dtype == np.uint8
    assert np.array_equal(copies[1], cases.frames(smooth[1:], 5)[0])  # whatever stands before it
    assert not np.array_equal(copies, cases.frames(smooth, 5, seed=1))
    apart = np.abs(copies.astype(int) - smooth[:, None]).mean(axis=(2, 3, 4))
    assert (apart > 0.5).all() and (apart < 40).all() and len(set(apart[0].round(3))) == 5
    grey = cases.frames(np.full((1, 32, 32, 3), 100, np.uint8), 40)[0].reshape(40, -1)
    assert (grey == grey[:, :1]).all() and grey.min() >= 90 and grey.max() <= 110 and np.ptp(grey) > 10


def test_features_of_copies_are_kept(few, own_cache, monkeypatch):
    images, faces = few
    test = np.flatnonzero(images.table["split"] == "test")
    people = Cases(images, test[::-1].reshape(5, 3), test[::3])  # of each person three photographs, in another order
    lost = replace(faces, outcome=np.where(np.arange(len(images)) == test[0], "no face", faces.outcome))
    found = cases.frame_features("dlib_resnet29", people, lost, 2)
    flat = found.reshape(15, 2, 256)
    assert found.shape == (5, 3, 2, 256) and np.isnan(flat[-1]).all() and np.isfinite(flat[:-1]).all()
    assert (np.abs(flat[:-1, 0] - flat[:-1, 1]).max(axis=1) > 1e-3).all()
    alone = cases.frame_features("dlib_resnet29", Cases(images, test[1:4, None], test[1:4]), lost, 2)
    assert np.array_equal(alone[:, 0], flat[::-1][1:4])  # each photograph by itself, whosever it is
    monkeypatch.setattr(cases, "frames", lambda *_: pytest.fail("computed again"))
    assert np.array_equal(cases.frame_features("dlib_resnet29", people, lost, 2), found, equal_nan=True)


def test_answers_go_into_the_store_by_person(own_output):
    images, _ = blobs(train=3, test=2)
    test = np.flatnonzero(images.table["split"] == "test")
    people = Cases(images, test[:, None], test)
    shares = np.array([[0.9, 0.1], [np.nan, np.nan], [0.4, 0.6], [0.7, 0.3]])
    said = cases.predictions(Task("t", "t", CLASSES), people, shares, Method.CASES_LOGIT, "dlib_resnet29")
    assert said.predicted.tolist() == ["ill", NO_FACE, "well", "ill"]
    assert said.label.tolist() == ["ill", "ill", "well", "well"] and said.image[0] == "ill/3"
    store.save(images.profile, said)
    assert len(store.load(images.profile, neighbours=True)) == 4 and said.method.neighbour and not said.method.trained
