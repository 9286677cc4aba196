"""The figure at the top of the report, and figures in words."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from made import made

from facediag_utils.core.settings import ROOT
from facediag_utils.data.cohort import Task
from facediag_utils.data.store import Method
from facediag_utils.evaluation.standing import standing
from facediag_utils.figures import overview, style
from facediag_utils.figures.descriptions import describe


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_each_method_stands_at_its_accuracy_the_best_above():
    right = np.arange(40)
    stored = pd.concat([made(right < 30), made(right < 36, method=Method.DTL1_TEST_EPOCH)])
    figure = overview.accuracies(standing(stored, Task("binary", "x", ("ill", "well"))), "x, n = 40\nthis run (test)")
    [axis] = figure.axes
    points = [line for line in axis.lines if len(line.get_xdata()) == 1 and line.get_marker() == "o"]
    assert [float(point.get_xdata()[0]) for point in points] == pytest.approx([90, 75])
    assert [point.get_markerfacecolor() for point in points] == ["white", style.COLOURS[0]]  # hollow: chosen on test
    said = [text.get_text() for text in axis.texts]
    assert said[1].startswith("90.0% (") and said[2:] == ["DTL2, ResNet29 (dlib), 3M faces (dlib)", "75.0% (60-86)"]
    assert "dashed: always the same class, 50%" in axis.get_xlabel()


def drawn(folder, formats=("png", "svg")):
    figure, axes = plt.subplots(1, 2)
    for axis, name in zip(axes, ("first & <one>", "other"), strict=True):
        axis.plot([0, 1], [1, 0], label=name)
        axis.set(xlabel="false positives (%)", ylabel="true\npositives (%)")
        axis.legend()
    figure.suptitle("Ill or well, n = 40")
    style.save(figure, folder.profile, "05_x", "How often each is right", formats)
    return folder.profile.figures / f"05_x.{formats[-1]}"


def test_a_chart_in_words(folder, own_output):
    style.set_style()
    assert describe(drawn(folder), "this run (test)") == (
        "Chart of 2 panels: How often each is right. Title: Ill or well, n = 40. Horizontally: false positives (%). "
        "Vertically: true positives (%). Legend: first & <one>; other. Data: this run (test)."
    )


def test_pictures_of_faces_in_words(folder, own_output):
    said = describe(drawn(folder, ["png"]), "this run (test)")
    assert said == "Pictures of faces: How often each is right. Data: this run (test)."


def test_a_long_legend_is_cut_short_and_says_so(folder, own_output):
    style.set_style()
    figure, axis = plt.subplots()
    for k in range(12):
        axis.plot([0, 1], label=f"class {k:02d}")
    axis.legend()
    style.save(figure, folder.profile, "01_x", "Is it so?")
    said = describe(folder.profile.figures / "01_x.svg", "x")
    assert said.startswith("Chart: Is it so? Legend: class 00; ") and said.endswith("class 07; and 4 more. Data: x.")


def test_a_legend_of_all_panels(folder, own_output):
    style.set_style()
    figure, axis = plt.subplots()
    figure.legend(axis.plot([0, 1]), ["below"])
    style.save(figure, folder.profile, "01_x", "Is it so?")
    assert describe(folder.profile.figures / "01_x.svg", "x") == "Chart: Is it so? Legend: below. Data: x."


def test_the_record_s_figures_are_described():
    for path in sorted((ROOT / "figures").glob("*.svg")):
        said = describe(path, "this run")
        assert said.startswith("Chart") and len(said) > 60 and path.stem not in said
        assert "  " not in said and ".." not in said and "?." not in said
