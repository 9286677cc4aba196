"""Composite faces: where landmarks come to lie, and averages of copies."""

import numpy as np
import pytest

from facediag_utils.faces import composite, procrustes


@pytest.fixture
def places():
    """A face-like shape on the canvas."""
    shape = np.random.default_rng(0).normal(size=(68, 2))
    return composite.canvas(procrustes.mean_shape(shape[None]))


def test_a_picture_of_the_wanted_shape_stays_as_it_is(places):
    picture = np.random.default_rng(1).integers(0, 256, (composite.SIDE, composite.SIDE, 3)).astype(np.uint8)
    assert composite.Bending(places).bent(picture, places) == pytest.approx(picture.astype(float), abs=1e-6)


def test_landmarks_come_to_lie_at_their_places():
    """A picture of its own coordinates says where each pixel was taken from; places at whole pixels are met exactly."""
    x, y = np.meshgrid(np.arange(20, 140, 15), np.arange(20, 160, 15))
    places = np.stack([x.ravel(), y.ravel()], axis=1)[:68].astype(float)
    landmarks = 0.9 * places + np.random.default_rng(3).uniform(-3, 3, places.shape) + [30, 20]
    scene = np.stack(np.meshgrid(np.arange(240.0), np.arange(200.0)), axis=2)
    bent = composite.Bending(places).bent(scene, landmarks)
    at = places.astype(int)
    assert bent[at[:, 1], at[:, 0]] == pytest.approx(landmarks)


def test_beyond_the_picture_its_edge_goes_on(places):
    picture = np.full((composite.SIDE, composite.SIDE), 7.0)
    assert composite.Bending(places).bent(picture, places - 500) == pytest.approx(picture)


def test_an_average_is_the_mean_of_all():
    pictures = np.random.default_rng(4).random((5, 8, 8, 3))
    assert composite.average(iter(pictures)) == pytest.approx(pictures.mean(axis=0))


def test_copies_of_one_face_have_that_face_as_composite(places):
    y, x = np.mgrid[:300, :300].astype(float)
    scene = np.sin(x / 9) + np.cos(y / 11)
    shifts = np.array([[40, 60], [60, 30], [100, 90]])
    landmarks = places[None] + shifts[:, None]
    pictures = [np.roll(scene, (dy, dx), axis=(0, 1)) for dx, dy in shifts]
    made = composite.average(composite.all_bent(pictures, landmarks, places))
    assert made == pytest.approx(scene[: composite.SIDE, : composite.SIDE], abs=1e-6)
