"""Figures: what is drawn where, and equal figures are equal files."""

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import pytest

from facediag_utils import plots
from facediag_utils.profiles import Profile

MATRIX = pd.DataFrame(
    [[30, 3], [0, 27]], index=["beta_thalassemia", "control"], columns=["beta_thalassemia", "control"]
)


@pytest.fixture(autouse=True)
def closed():
    plots.set_style()
    yield
    plots.plt.close("all")


def test_confusion_is_drawn_with_predicted_rows():
    figure = plots.confusion_matrices({"a": MATRIX}, "data")
    axis = figure.axes[0]
    cells = {
        (round(text.get_position()[0] - 0.5), round(text.get_position()[1] - 0.5)): text.get_text()
        for text in axis.texts
    }
    assert cells[1, 0] == "3" and cells[0, 1] == "0"  # (column actual, row predicted)
    assert axis.get_xlabel() == "actual" and axis.get_ylabel() == "predicted"
    assert "57 of 60 right: 95.0% (86-98)" in axis.get_title()
    assert [label.get_text() for label in axis.get_xticklabels()] == ["D1\n(n=30)", "N0\n(n=30)"]


def test_equal_figures_are_equal_files(own_output, tmp_path):
    profile = Profile("t", "t", tmp_path)
    written = []
    for _ in range(2):
        plots.save(plots.confusion_matrices({"a": MATRIX}, "data"), profile, "x")
        written.append([path.read_bytes() for path in plots.figure_paths(profile)])
    assert written[0] == written[1] and len(written[0]) == 2
    assert {path.name for path in profile.figures.iterdir()} == {"x.png", "x.svg"}


def test_classes_differ_in_marker_and_in_grey():
    axis = plots.feature_maps({"n": np.zeros((5, 2))}, np.array(list("abcde")), list("abcde"), "t").axes[0]
    assert len({collection.get_paths()[0].vertices.tobytes() for collection in axis.collections}) == 5
    assert len(set(plots.COLOURS)) == len(plots.COLOURS) == len(plots.MARKERS)


def test_grids_label_their_rows(bundled):
    for figure in (plots.face_grid(bundled, per_class=2), plots.severity_rows(bundled, per_class=2)):
        labels = [text.get_text() for axis in figure.axes for text in axis.texts]
        assert "D3\nDown syndrome" in labels and "rendered" in figure.get_suptitle()
