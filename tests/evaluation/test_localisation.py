"""Scores of maps made by hand: a map that equals the mask scores 1, its complement 0."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made import cohort_of, rows_of
from PIL import Image

from facediag_utils.core.errors import ExplanationError
from facediag_utils.evaluation import localisation, true_signs
from facediag_utils.evaluation.interval import over_people
from facediag_utils.evaluation.localisation import MEASURES
from facediag_utils.evaluation.true_signs import Truth
from facediag_utils.faces.alignment import face_chip
from portraits.rendering import mask as written_mask

SIDE = 20


@pytest.fixture
def masks():
    made = np.zeros((3, SIDE, SIDE), bool)
    made[0, 2:7, 3:9], made[1, 10:, 10:], made[2, 0, 0] = True, True, True
    return made


@pytest.mark.parametrize("measure", MEASURES)
def test_the_mask_scores_one_and_its_complement_nothing(masks, measure):
    assert MEASURES[measure](masks.astype(float), masks) == pytest.approx(np.ones(3))
    assert MEASURES[measure](1.0 - masks, masks) == pytest.approx(np.zeros(3))


@pytest.mark.parametrize("measure", MEASURES)
def test_a_map_that_says_nothing_scores_the_size_of_the_mask(masks, measure):
    share = masks.mean(axis=(1, 2))
    found = MEASURES[measure](np.full(masks.shape, 2.0), masks)
    assert found == pytest.approx(np.full(3, 0.5) if measure == "AUC" else share)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_face_without_a_marked_place_has_no_score(measure):
    found = MEASURES[measure](np.random.default_rng(0).normal(size=(1, SIDE, SIDE)), np.zeros((1, SIDE, SIDE), bool))
    assert np.isnan(found).all()
    with pytest.raises(ExplanationError, match="scores need the same"):
        MEASURES[measure](np.zeros((1, 3, 3)), np.zeros((1, 4, 4), bool))


def test_scores_by_hand():
    mask = np.array([[[True, True], [False, False]]])
    values = np.array([[[3.0, 1.0], [2.0, -6.0]]])
    assert localisation.pointing_game(values, mask) == [1]
    assert localisation.relevance_mass(values, mask) == pytest.approx([4 / 6])  # what speaks against does not count
    assert localisation.relevance_rank(values, mask) == [0.5]  # of 3 and 2 one is on the mask
    assert localisation.area(values, mask) == [0.75]  # 3 above 2 and -6; 1 above -6 only
    tied = np.array([[[3.0, 2.0], [2.0, 2.0]]])
    assert localisation.relevance_rank(tied, mask) == pytest.approx([(1 + 1 / 3) / 2])
    assert localisation.relevance_mass(-abs(values), mask) == [0]


def test_areas_do_not_depend_on_the_scale_of_a_map(masks):
    maps = np.random.default_rng(0).normal(size=masks.shape)
    for name in ("pointing game", "relevance rank", "AUC"):
        assert MEASURES[name](np.exp(3 * maps) + 5, masks) == pytest.approx(MEASURES[name](maps, masks))


def test_a_mask_goes_the_way_of_its_picture(few, tmp_path):
    """A white square in a black picture, and a sign at the same place of the mask: both come to lie at the same place."""
    images, faces = few
    picture, head, sign = np.zeros((320, 320, 3), np.uint8), np.ones((320, 320)), np.zeros((320, 320))
    x, y = faces.landmarks[0][30].astype(int) // 2 * 2  # the tip of the nose
    picture[y - 12 : y + 12, x - 20 : x + 20], sign[y - 12 : y + 12, x - 20 : x + 20] = 255, 1
    name = images.table["image"].iloc[0]
    (tmp_path / "masks").mkdir()
    Image.fromarray(picture).save(tmp_path / "face.png")
    (tmp_path / "masks" / f"{name.split('/')[-1].removesuffix('.jpg')}.png").write_bytes(written_mask(head, sign))
    own = cohort_of(images, [0])
    own = replace(own, profile=replace(own.profile, data=tmp_path), table=own.table.assign(path=tmp_path / "face.png"))
    for crop in ("tight", "loose"):
        heads, signs = true_signs.aligned_signs(own, rows_of(faces, [0]), np.array([0]), 64, crop)
        chip = face_chip(picture, faces.landmarks[0], 64, crop)[..., 0] / 255
        assert heads.shape == signs.shape == (1, 64, 64) and signs.max() == 1
        assert abs(signs[0] - chip).mean() < 0.01 and signs.sum() == pytest.approx(chip.sum(), rel=0.05)


def known(signs, labels=("a", "b"), **others):
    """A `Truth` of a few faces, each another person, with two training faces per class."""
    count = len(signs)
    names = np.array([f"{k}.jpg" for k in range(count)])
    given = {"severity": np.linspace(0.2, 1, count), "people": pd.Series(names, names), "heads": np.ones(signs.shape)}
    given |= {"known": np.zeros((2, SIDE, SIDE)), "known_labels": np.array(["a", "b"])}
    return Truth("tight", names, np.array(labels), signs=signs, **given | others)


def test_baselines_look_at_no_network():
    training = np.zeros((4, SIDE, SIDE))
    training[:3, 5:8, 5:8], training[3, 0, 0] = 1, 1
    given = known(np.zeros((2, SIDE, SIDE)), known=training, known_labels=np.array(["a", "a", "a", "b"]))
    maps = true_signs.baselines(given)
    assert tuple(maps) == true_signs.BASELINES and all(made.shape == (2, SIDE, SIDE) for made in maps.values())
    assert (maps["uniform"] > 0).all()  # or there would be no relevance to be spread
    assert np.unravel_index(maps["mean training mask"][1].argmax(), (SIDE, SIDE)) == (5, 5)
    assert np.unravel_index(maps["mean mask of its class"][1].argmax(), (SIDE, SIDE)) == (0, 0)
    bell = maps["centred Gaussian"][0]
    assert bell == pytest.approx(bell[::-1]) and bell == pytest.approx(bell.T) and bell[9, 9] > bell[9, 4] > bell[0, 0]


def test_similar_maps():
    maps = np.random.default_rng(0).normal(size=(3, SIDE, SIDE))
    assert localisation.similarity(maps, np.exp(maps)) == pytest.approx(np.ones(3))
    assert localisation.similarity(maps, -maps) == pytest.approx(-np.ones(3))
    assert abs(localisation.similarity(maps, maps[::-1])[[0, 2]]).max() < 0.2
    assert np.isnan(localisation.similarity(maps, np.zeros_like(maps))).all()


def test_rows_of_scores(masks):
    signs = np.where(masks, 0.7, 0.3)
    signs[2] = 0.4  # nothing marked
    table = localisation.scored(known(signs, ("a", "a", "b")), "net", {"mine": masks.astype(float)})
    assert list(table) == localisation.COLUMNS and set(table["face"]) == {"0.jpg", "1.jpg"}
    assert len(table) == 2 * len(MEASURES) and (table["value"] == 1).all()


def test_masks_of_others():
    """Maps that equal their own class's masks fit those better than the other's."""
    signs = np.zeros((4, SIDE, SIDE))
    signs[:2, :5], signs[2:, -5:] = 1, 1
    given = known(signs, ("a", "a", "b", "b"), severity=np.array([0.2, 0.9, 0.9, 0.2]))
    assert (localisation.of_others(signs, given) < 0.5).all()
    table = localisation.own_and_others({"mine": signs}, given)
    assert table.loc["mine", "own mask"].startswith("1.00 (") and table.loc["mine", "difference"].startswith("+0.6")
    signs[2] = 0  # the marked face of b bears no sign: the marked face of a has nothing to be compared with
    assert np.isnan(localisation.of_others(signs, given)).tolist() == [False, True, False, False]


def test_intervals_are_over_people():
    rng = np.random.default_rng(0)
    values = pd.Series(rng.normal(0.3, 1, 60))
    alone = over_people(values)
    assert alone.low < alone.value < alone.high and alone.value == pytest.approx(values.mean())
    assert alone.high - alone.low == pytest.approx(2 * 1.96 * values.std() / 60**0.5, rel=0.1)
    again = pd.concat([values, values], ignore_index=True)  # every face twice is not twice as many people
    people = pd.Series(np.tile(np.arange(60), 2))
    assert tuple(over_people(again, people)) == pytest.approx(tuple(alone), abs=0.02)
    assert np.isnan(over_people(pd.Series([1.0])).low)


def test_differences_are_paired():
    rng = np.random.default_rng(0)
    names, base = np.array([f"{k}" for k in range(30)]), rng.uniform(0, 0.5, 30)
    near = base + 0.1 + rng.normal(0, 0.01, 30)
    tables = {"net": (names, near), "other": (names[:9], base[:9])}
    mine = pd.concat(
        [
            localisation.rows_of(of, net, "mine", measure, values)
            for net, (of, values) in tables.items()
            for measure in localisation.PRIMARY
        ]
    )
    blind = pd.concat(
        [
            localisation.rows_of(names, "none", rival, measure, base)
            for rival in localisation.RIVALS
            for measure in localisation.PRIMARY
        ]
    )
    found = localisation.differences(mine, blind)
    assert len(found) == 2 * 4 and found["n"].tolist() == [30] * 4 + [9] * 4
    for one in found["difference"][:4]:
        assert (
            one.value == pytest.approx(0.1, abs=0.01) and one.high - one.low < 0.02
        )  # the faces' own differences are gone
    assert {tuple(other) for other in found["difference"][4:]} == {(0, 0, 0)}
    mean = localisation.means(mine, "AUC")["mean"][0]
    assert mean.value == pytest.approx(base.mean() + 0.1, abs=0.01) and mean.high - mean.low > 0.05


def test_what_is_known_of_bundled_faces(few):
    """The signs lie on the head, training faces are of the same classes, and a controls' class would have no signs."""
    images, faces = few
    rows = np.flatnonzero((images.table["split"] == "test") & (images.table["label"] == "leprosy"))
    given = true_signs.truth(images, faces, rows, SIDE, "tight")
    assert given.signs.shape == given.heads.shape == (3, SIDE, SIDE) and given.known.shape == (4, SIDE, SIDE)
    assert set(given.labels) == set(given.known_labels) == {"leprosy"} and (given.severity > 0).all()
    assert given.heads[:, SIDE // 2, SIDE // 2].min() > 0.99 and given.signs[given.heads == 0].max() == 0
