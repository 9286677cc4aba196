"""Generalised Procrustes analysis: copies of one shape, and scipy's two shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import procrustes as of_two

from facediag_utils.faces import procrustes


def copies(shape, seed=0, count=7, reach=0.6):
    """A shape moved, scaled and turned."""
    rng = np.random.default_rng(seed)
    turns = rng.uniform(-reach, reach, count)
    matrices = np.stack([[np.cos(turns), -np.sin(turns)], [np.sin(turns), np.cos(turns)]]).transpose(2, 0, 1)
    return shape @ matrices * rng.uniform(0.5, 20, (count, 1, 1)) + rng.normal(size=(count, 1, 2)) * 50


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_copies_of_one_shape_fall_together(seed):
    shape = np.random.default_rng(seed).normal(size=(68, 2))
    shapes = copies(shape, seed)
    mean = procrustes.mean_shape(shapes)
    laid = procrustes.laid_upon(shapes, mean)
    assert laid == pytest.approx(np.repeat(mean[None], len(shapes), axis=0), abs=1e-8)
    assert np.linalg.norm(mean) == pytest.approx(1) and mean.mean(axis=0) == pytest.approx(np.zeros(2), abs=1e-12)


def test_two_shapes_lie_as_scipy_lays_them():
    one, other = np.random.default_rng(2).normal(size=(2, 20, 2))
    other = one + 0.3 * other  # near enough not to be mirrored, which scipy would do
    target, turned, _ = of_two(one, other)
    ours = procrustes.laid_upon(other[None], target)[0]
    assert ours * (ours * target).sum() == pytest.approx(turned)  # scipy scales as well, by the trace


def test_a_mirrored_shape_is_not_mirrored_back():
    shape = np.random.default_rng(3).normal(size=(68, 2))
    mean = procrustes.mean_shape(shape[None])
    back = procrustes.laid_upon((shape * [-1, 1])[None], mean)[0]
    assert np.abs(back - mean).max() > 0.05


def test_the_mean_no_longer_moves():
    shapes = np.random.default_rng(4).normal(size=(68, 2)) + 0.2 * np.random.default_rng(5).normal(size=(9, 68, 2))
    mean = procrustes.mean_shape(copies(shapes[0]) * 0 + shapes[:7])
    again = procrustes.laid_upon(shapes[:7], mean).mean(axis=0)
    assert again / np.linalg.norm(again) == pytest.approx(mean, abs=1e-8)


def test_no_face_gives_no_shape():
    shape = np.random.default_rng(6).normal(size=(1, 68, 2))
    laid = procrustes.laid_upon(np.concatenate([shape, shape * np.nan]), procrustes.mean_shape(shape))
    assert np.isfinite(laid[0]).all() and np.isnan(laid[1]).all()
