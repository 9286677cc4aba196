"""Classifiers of landmarks: planted shapes, faces that were not found, and what a test face must not change."""

import numpy as np
import pytest

from facediag_utils.data.cohort import NO_FACE, tasks
from facediag_utils.data.store import DETECTED, OF_LANDMARKS, TRUE, WITHOUT_NETWORK, Method
from facediag_utils.evaluation import metrics
from facediag_utils.methods import landmark_classifiers


@pytest.fixture(scope="module")
def planted(few):
    """One shape with a little noise; the mouth of each class is wider by 6 pixels than that of the one before."""
    images, faces = few
    number = images.table["label"].map({name: k for k, name in enumerate(images.classes)}).to_numpy()
    landmarks = faces.landmarks[0] + np.random.default_rng(0).normal(size=(len(images), 68, 2)) * 0.3
    landmarks[:, 48, 0] -= 3 * number
    landmarks[:, 54, 0] += 3 * number
    return images, landmarks


@pytest.fixture(scope="module")
def answered(planted):
    images, landmarks = planted
    made = landmark_classifiers.run(tasks(images)[-1], images, landmarks)
    return {predictions.method: predictions.frame() for predictions in made}


def test_a_planted_shape_is_learnt(answered):
    assert set(answered) == set(OF_LANDMARKS)
    for method in (Method.MEASURES, Method.SHAPE):
        assert metrics.accuracy(answered[method]).value == 1, method
    assert all(len(frame) == 15 and not frame.isna().any(axis=None) for frame in answered.values())


def test_a_face_that_was_not_found_is_an_error_and_changes_no_other(planted, answered):
    images, landmarks = planted
    lost = int(np.flatnonzero(images.table["split"] == "test")[4])
    without = landmarks.copy()
    without[lost] = np.nan
    for predictions in landmark_classifiers.run(tasks(images)[-1], images, without):
        before, after = answered[predictions.method], predictions.frame()
        gone = (after["image"] == images.table["image"].iloc[lost]).to_numpy()
        assert after.loc[gone, "predicted"].tolist() == [NO_FACE] and gone.sum() == 1
        assert after[~gone].equals(before[~gone])


def test_two_classes(planted):
    images, landmarks = planted
    task = tasks(images)[0]
    for predictions in landmark_classifiers.run(task, images, landmarks, TRUE):
        assert predictions.scores.shape == (6, 2) and predictions.backbone == "true landmarks"
        assert (np.array(task.classes)[predictions.scores.argmax(axis=1)] == predictions.predicted).all()


def test_a_row_of_the_store_has_a_title_and_a_cost():
    for source in (DETECTED, TRUE):
        assert source in WITHOUT_NETWORK
        for method in OF_LANDMARKS:
            title, pretraining, count = metrics.method_title(method, source)
            assert title == metrics.short_title(method, source) == f"{method}, {source}"
            assert pretraining == "N" and 30 < count < 1e6
    assert metrics.short_title(Method.DSIFT_LINEAR, "dsift") == "DSIFT + SVM linear"
