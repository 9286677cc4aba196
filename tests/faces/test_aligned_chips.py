"""Face chips in a file: cut once, as one by one, and removed when a run ends."""

import numpy as np
import pytest
from made import rows_of

from facediag_utils.data.cohort import Cohort
from facediag_utils.faces import alignment, detection


@pytest.fixture
def some(bundled, bundled_faces, own_cache):
    """Six images, in one of which no face was found."""
    faces = rows_of(bundled_faces, np.arange(6))
    faces.outcome[2] = detection.NO_FACE
    return Cohort(bundled.profile, bundled.classes, bundled.table.iloc[:6].reset_index(drop=True)), faces


def test_they_are_those_of_one_by_one_and_black_without_a_face(some):
    rows = [0, 1, 3, 4, 5]
    for size, crop in ((150, "tight"), (224, "loose"), (112, "arcface")):
        chips = alignment.aligned_chips(*some, size, crop)
        assert isinstance(chips, np.memmap) and chips.shape == (6, size, size, 3) and chips[2].max() == 0
        assert np.array_equal(chips[rows], np.stack(list(alignment.chips(*some, size, crop, rows))))


def test_the_first_call_cuts_for_every_installed_network(some, own_cache, monkeypatch):
    alignment.aligned_chips(*some, 150, "tight")
    monkeypatch.setattr(alignment, "_cut", lambda *_: pytest.fail("it was cut again"))
    alignment.aligned_chips(*some, 150, "tight")
    alignment.aligned_chips(*some, 224, "loose")


def test_five_points_come_where_arcface_has_them():
    """Eyes, nose and corners of a mouth painted on black, turned, enlarged and moved."""
    template = np.array(
        [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
    )
    turn = 2.2 * np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    points = template @ turn.T + [120, 40]
    image = np.zeros((400, 400, 3), np.uint8)
    landmarks = np.zeros((68, 2))
    for part, (x, y) in zip((range(36, 42), range(42, 48), [30], [48], [54]), points, strict=True):
        landmarks[list(part)] = x, y
        landmarks[part[0], 0] -= 4 * (len(part) > 1)  # an eye is its middle, whatever its corners
        landmarks[part[-1], 0] += 4 * (len(part) > 1)
        image[round(y) - 5 : round(y) + 6, round(x) - 5 : round(x) + 6] = 255
    for size in (112, 224):
        chip = alignment.face_chip(image, landmarks, size, "arcface")
        assert chip.shape == (size, size, 3) and chip.dtype == np.uint8
        for x, y in template * size / 112:
            near = chip[round(y) - 12 : round(y) + 13, round(x) - 12 : round(x) + 13, 0].astype(float)
            rows, columns = np.mgrid[-12:13, -12:13]
            assert near.sum() > 0
            middle = (near * columns).sum() / near.sum() + round(x), (near * rows).sum() / near.sum() + round(y)
            assert middle == pytest.approx((x, y), abs=1)


def test_none_stays_behind(some, own_cache):
    alignment.aligned_chips(*some, 150, "tight")
    assert list(own_cache.rglob("*.npy"))
    alignment.remove_chips(some[0].profile.name)
    assert not list(own_cache.rglob("*.npy"))


def test_other_landmarks_or_pictures_are_other_files(some):
    images, faces = some
    chips = alignment.aligned_chips(images, faces, 150, "tight")
    turned = Cohort(images.profile, images.classes, images.table[::-1].reset_index(drop=True))
    other = alignment.aligned_chips(turned, rows_of(faces, np.arange(6)[::-1]), 150, "tight")
    assert np.array_equal(other[::-1], chips)
    faces.landmarks[0] += 9
    assert not np.array_equal(alignment.aligned_chips(images, faces, 150, "tight")[0], chips[0])
