"""The four regions: what lies in each of them."""

import numpy as np
import pytest
from made import rows_of

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.faces import alignment, detection
from facediag_utils.faces.regions import BOXES, region_of, share_inside
from facediag_utils.networks.records import REGIONS

PARTS = {
    "brows": slice(17, 27),
    "eyes": slice(36, 48),
    "tip of the nose": slice(30, 31),
    "mouth": slice(48, 68),
    "chin": slice(7, 10),
}
SEEN = {
    "full": set(PARTS),
    "upper": {"brows", "eyes"},
    "middle": {"brows", "eyes", "tip of the nose"},
    "lower": {"tip of the nose", "mouth", "chin"},
}


def test_regions_are_named_alike_everywhere():
    assert list(BOXES) == list(REGIONS) and set(BOXES) <= set(alignment.CROPS)


def test_each_region_shows_its_parts_of_rendered_faces_and_no_others(bundled):
    """Landmarks painted on black, a part at a time, come to lie in the regions that are named after them."""
    points = ground_truth.landmarks(bundled)[::25]
    for landmarks in points:
        for part, rows in PARTS.items():
            picture = np.zeros((320, 320, 3), np.uint8)
            for x, y in landmarks[rows].round().astype(int):
                picture[y - 2 : y + 3, x - 2 : x + 3] = 255
            lit = {region: alignment.face_chip(picture, landmarks, 100, region).max() > 100 for region in BOXES}
            for region in BOXES:
                if part in SEEN[region]:
                    assert lit[region], (part, region)
                elif (region, part) not in {("upper", "tip of the nose"), ("middle", "mouth")}:  # on the edge
                    assert not lit[region], (part, region)


def test_a_region_is_grey_and_stretched_to_a_square():
    chip = np.zeros((200, 200, 3), np.uint8)
    chip[:90, :, 1] = 200  # green, above the lower half
    for region, bright in (("lower", 0.0), ("upper", 0.9), ("full", 0.5)):
        made = region_of(chip, region, 60)
        assert made.shape == (60, 60, 3) and made.dtype == np.uint8
        assert (made == made[:, :, :1]).all() and (made == made[:, :1]).all()
        assert (made[:, 0, 0] > 60).mean() == pytest.approx(bright, abs=0.03)
    assert region_of(chip, "upper", 60)[0, 0, 0] == pytest.approx(0.587 * 200, abs=1)


def test_shares_of_what_lies_where():
    values = np.zeros((100, 100))
    values[10, 50], values[30, 50], values[80, 50], values[95, 50] = 1, 2, 1, 50  # the last is below the chin
    found = {region: share_inside(values, region) for region in BOXES}
    assert found == {"full": 1.0, "upper": 0.75, "middle": 0.5, "lower": 0.25}
    assert np.isnan(share_inside(np.zeros((100, 100)), "upper"))


def test_all_regions_of_a_size_are_cut_at_once(bundled, bundled_faces, own_cache, monkeypatch):
    faces = rows_of(bundled_faces, np.arange(3))
    images = Cohort(bundled.profile, bundled.classes, bundled.table.iloc[:3].reset_index(drop=True))
    chips = alignment.aligned_chips(images, faces, 50, "lower")
    assert np.array_equal(chips, np.stack(list(alignment.chips(images, faces, 50, "lower", range(3)))))
    assert sorted(path.name.split("-")[1] for path in own_cache.rglob("*.npy")) == sorted(BOXES)
    monkeypatch.setattr(alignment, "_cut", lambda *_: pytest.fail("it was cut again"))
    assert not np.array_equal(alignment.aligned_chips(images, faces, 50, "upper"), chips)


def test_true_faces_are_the_landmarks_of_the_mesh(bundled):
    faces = detection.true_faces(bundled)
    assert faces.found.all() and np.array_equal(faces.landmarks, ground_truth.landmarks(bundled))
    assert (faces.box[:, 2:] > faces.box[:, :2]).all() and set(faces.detector) == {"truth"}
