"""Figures of measures say how many faces, and fill what was found."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from facediag_utils.faces.measurements import measured, table
from facediag_utils.figures import measurements as figures

NAMES = [measure.name for measure in table()]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture
def face():
    angles = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    return np.stack([100 + 60 * np.cos(angles), 100 + 70 * np.sin(angles)], axis=1)


def rows(found):
    difference = np.linspace(-2, 2, len(NAMES))
    made = pd.DataFrame({"difference": difference, "low": difference - 0.4, "high": difference + 0.4}, index=NAMES)
    return made.assign(found=found, n=70, n_reference=30)


def words(figure):
    texts = [text.get_text() for axis in figure.axes for text in (axis.title, *axis.texts)]
    return "\n".join([*texts, *(text.get_text() for text in figure.texts)])


def test_forest_has_counts_signs_and_filled_markers():
    found = np.arange(len(NAMES)) % 3 == 0
    truth = {"a": rows(found)["difference"].to_frame("change")}
    figure = figures.sign_forest({"a": {"x": rows(found), "y": rows(~found)}, "b": {"x": rows(found)}}, truth, "z", "t")
    first, second = figure.axes
    assert "n = 70 against 30" in first.get_title() and len(figure.axes) == 2
    filled = [
        (c.get_facecolors()[:, :3].min(axis=1) < 1).sum()
        for c in first.collections
        if len(c.get_offsets()) == len(NAMES)
    ]
    assert filled == [found.sum(), (~found).sum()]
    assert {line.get_marker() for line in first.lines} >= {"|"} and "|" not in {m.get_marker() for m in second.lines}
    assert len(first.get_yticklabels()) == len(NAMES)


def test_a_face_names_every_measure_with_its_value(face):
    picture = np.full((200, 200, 3), 128, np.uint8)
    values = measured(face[None]).iloc[0] * 0 + 1.5
    said = words(figures.measures_on_face(picture, face, values, "t"))
    assert all(f"{measure.title} +1.5" in said for measure in table())


def test_composites_show_what_there_is():
    faces = {name: np.full((8, 8, 3), value) for name, value in (("a", 100.0), ("b", 90.0), ("well", 80.0))}
    counts = {"a": 5, "b": 6, "well": 7}
    alone = figures.composites(faces, counts, None, {}, "t")
    assert len(alone.axes) == 3 and "n = 7" in words(alone)
    assert len(figures.composites(faces, counts, "well", {}, "t").axes) == 6 + 1  # and a bar of colours
    masks = {name: np.zeros((8, 8)) for name in "ab"}
    assert len(figures.composites(faces, counts, "well", masks, "t").axes) == 9 + 2
    assert figures.face_difference(faces["a"], faces["well"]) == pytest.approx(np.full((8, 8), 20.0))


def test_mean_shapes_are_enlarged(face):
    figure = figures.mean_shapes({"a": face + np.array([1.0, 0.0])}, {"a": 7}, face, 4, "t")
    thick, thin = figure.axes[0].lines[0], figure.axes[0].lines[len(figures.OUTLINES)]
    assert thin.get_xdata() - thick.get_xdata() == pytest.approx(np.full(17, 4.0))
    assert figure.axes[0].yaxis_inverted()
