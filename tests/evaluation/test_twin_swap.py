"""Places of a face replaced by those of its twin."""

import numpy as np
import pandas as pd
import pytest
from made import cohort_of

from facediag_utils.evaluation import twin_swap
from facediag_utils.evaluation.true_signs import Truth

SIZE, SIDE = 30, 10


class Red:
    """A contrast that is the mean of the red channel."""

    def margins(self, chips):
        return chips[..., 0].mean(axis=(1, 2))


@pytest.fixture
def pair():
    """A face with a red patch of a tenth of its places, its twin without, and an order that knows the patch."""
    face, twin = np.zeros((1, SIZE, SIZE, 3), np.uint8), np.zeros((1, SIZE, SIZE, 3), np.uint8)
    face[0, 6:9, :, 0] = 200
    order = np.zeros((1, SIDE, SIDE))
    order[0, 2] = np.arange(SIDE) + 1
    return face, twin, order


def test_all_or_nothing(pair):
    face, twin, order = pair
    twin = twin + 7
    assert np.array_equal(twin_swap.swapped(face, twin, order, 0), face)
    assert np.array_equal(twin_swap.swapped(face, twin, order, 1), twin)


def test_the_most_important_places_go_first(pair):
    face, twin, order = pair
    half = twin_swap.swapped(face, twin, order, 0.05)[0, 6:9, :, 0]
    assert (half[:, :15] == 200).all() and (half[:, 15:] == 0).all()


def test_an_order_that_knows_the_sign_takes_the_answer_away_soonest(pair):
    face, twin, order = pair
    known, blind = (twin_swap.margins(Red(), face, twin, made)[0] for made in (order, -order))
    assert known == pytest.approx([0, 0, 0]) and blind == pytest.approx([20, 20, 20])
    noise = twin_swap.random_order(1, SIDE)
    assert np.array_equal(noise, twin_swap.random_order(1, SIDE)) and noise.shape == (1, SIDE, SIDE)
    assert (twin_swap.margins(Red(), face, twin, noise)[0] > known).all()


def test_a_twin_is_cut_out_by_the_landmarks_of_the_ill_face(few):
    """Put in place of a twin, the picture itself gives the same chip."""
    from facediag_utils.data.images import read_rgb
    from facediag_utils.faces.alignment import face_chip

    images, faces = few
    rows = np.array([1, 3])
    twins = cohort_of(images, rows[::-1])
    twins.table["cohort_image"] = twins.table["image"]
    found = twin_swap.twin_chips(images, faces, rows, twins, 60, "tight")
    wanted = [face_chip(read_rgb(images.table["path"].iloc[row]), faces.landmarks[row], 60, "tight") for row in rows]
    assert np.array_equal(found, np.stack(wanted))


def test_falls_and_who_is_called_ill_no_longer():
    falls = {"map": np.array([[1, 3, 3], [1, 1, 1.0]]), "random": np.array([[0, 1, 2], [0, 1, 1.0]])}
    swaps = twin_swap.Swaps(np.array([2.0, 1.0]), np.array([-1.0, 0.5]), falls)
    signs = np.zeros((2, SIDE, SIDE))
    names = np.array(["0", "1"])
    given = Truth("tight", names, np.array(["a", "b"]), np.ones(2), pd.Series(names, names), *[signs] * 3, names)
    assert twin_swap.compared(swaps, 0.2, ["map"], ["random"], given).iloc[0, 0].startswith("+1.00 (+0.00")
    table = twin_swap.by_class(swaps, given)
    assert table["fall of the margin"].str[:4].tolist() == ["3.00", "0.50"] and table["n"].tolist() == [1, 1]
    assert [text[:6] for text in table["of those above 0, no longer so without signs"]] == ["100.0%", "0.0% 0"]
