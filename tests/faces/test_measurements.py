"""Measures: known answers on drawn faces, and what must not change them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facediag_utils.faces import measurements

#: For each landmark its mirror image.
MIRROR = [
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65),
]


def drawn(**points):
    """One face, random but for some landmarks: ``p36=(0, 0)``."""
    face = np.random.default_rng(0).normal(size=(68, 2))
    for name, place in points.items():
        face[int(name[1:])] = place
    return face[None]


def measure(name, face):
    return float(measurements.measured(face)[name].iloc[0])


def test_an_eye_half_as_high_as_long():
    left = {"p36": (0, 0), "p39": (4, 0), "p37": (1, -1), "p38": (3, -1), "p40": (3, 1), "p41": (1, 1)}
    right = {"p42": (8, 0), "p45": (12, 0), "p43": (9, -1), "p44": (11, -1), "p46": (11, 1), "p47": (9, 1)}
    face = drawn(**left, **right)
    assert measure("fissure_index", face) == pytest.approx(50)
    assert measure("fissure_canthal", face) == pytest.approx(100)
    assert measure("canthal_index", face) == pytest.approx(100 * 4 / 12)
    assert measure("fissure_slant", face) == pytest.approx(0)
    spread = np.sqrt(((face[0] - face[0].mean(axis=0)) ** 2).sum(axis=1).mean())
    assert measure("palpebral_fissure", face) == pytest.approx(100 * 4 / spread)


def test_left_and_right_are_averaged():
    face = drawn(p39=(0, 0), p36=(-2, 0), p42=(1, 0), p45=(5, 0))
    assert measure("fissure_canthal", face) == pytest.approx(100 * 3 / 1)


def test_outer_corners_that_are_higher_in_the_picture_slant_upwards():
    face = drawn(p36=(0, 0), p39=(4, 4), p42=(8, 4), p45=(12, 0))  # y grows downwards
    assert measure("fissure_slant", face) == pytest.approx(45)
    assert measure("fissure_slant", face * [1, -1]) == pytest.approx(-45)


@settings(deadline=None)
@given(st.integers(0, 50), st.floats(-60, 60), st.floats(0.2, 5), st.floats(-100, 100))
def test_place_size_and_turn_of_the_head_change_nothing(seed, degrees, scale, shift):
    face = np.random.default_rng(seed).normal(size=(2, 68, 2))
    turn = np.radians(degrees)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    before, after = (measurements.measured(points).to_numpy() for points in (face, face @ matrix + shift))
    assert after == pytest.approx(before, rel=1e-6, abs=1e-6)


def test_a_mirrored_face_measures_the_same():
    face = np.random.default_rng(1).normal(size=(3, 68, 2))
    face[:, :17, 0] = np.linspace(-3, 3, 17)  # the sides are where they belong
    face[:, [36, 45], 0] = -2, 2
    mirrored = face[:, MIRROR] * [-1, 1]
    before, after = (measurements.measured(points).to_numpy() for points in (face, mirrored))
    assert after == pytest.approx(before)


def test_a_face_that_was_not_found_has_no_measures():
    values = measurements.measured(np.concatenate([drawn(), np.full((1, 68, 2), np.nan)]))
    assert values.iloc[0].notna().all() and values.iloc[1].isna().all()


def test_the_table_is_sound():
    table = measurements.table()
    assert len({row.name for row in table}) == len({row.title for row in table}) == len(table) >= 30
    for row in table:
        assert row.kind in measurements.UNITS and row.of and (row.kind == "length") == (not row.over)
        for segment in (*row.of, *row.over):
            assert len(segment) == 2 and all(0 <= number < 68 for point in segment for number in point)
        sides = {frozenset(map(frozenset, segment)) for segment in row.of}
        mirrored = {frozenset(frozenset(MIRROR[k] for k in point) for point in segment) for segment in row.of}
        assert sides == mirrored, f"{row.name} measures one side only"
    assert {row.region for row in table} == {"eyes", "nose", "mouth", "face"}
