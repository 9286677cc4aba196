"""Figures: what is drawn where, and equal figures are equal files."""

import matplotlib

matplotlib.use("Agg")

from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from seaborn.utils import relative_luminance

from facediag_utils.core.profiles import Profile
from facediag_utils.evaluation import domain_distance, roc_analysis, screening
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.figures import curves, pictures, style, uncertainty
from facediag_utils.methods import recipe

MATRIX = pd.DataFrame(
    [[30, 3], [0, 27]], index=["beta_thalassemia", "control"], columns=["beta_thalassemia", "control"]
)


@pytest.fixture(autouse=True)
def closed():
    style.set_style()
    yield
    plt.close("all")


def test_confusion_is_drawn_with_predicted_rows():
    figure = curves.confusion_matrices({"a": MATRIX}, "data")
    axis = figure.axes[0]
    cells = {
        (round(text.get_position()[0] - 0.5), round(text.get_position()[1] - 0.5)): text.get_text()
        for text in axis.texts
    }
    assert cells[1, 0] == "3" and cells[0, 1] == "0"  # (column actual, row predicted)
    assert axis.get_xlabel() == "actual" and axis.get_ylabel() == "predicted"
    assert "95.0% 57/60 (86-98)" in axis.get_title()
    assert [label.get_text() for label in axis.get_xticklabels()] == ["D1\n(n=30)", "N0\n(n=30)"]


@pytest.mark.parametrize("colours", ["Blues", "Oranges", "PuOr_r"])
def test_letters_on_a_heat_map_can_be_read_on_every_ground(colours):
    """WCAG 2 asks for a contrast of 4.5; seaborn's own letters go down to 2.3.  A cell without a value has none."""
    values = pd.DataFrame(np.append(np.linspace(0, 1, 99), np.nan).reshape(10, 10))
    axis = plt.figure().subplots()
    style.heatmap(values, axis, annot=True, cmap=colours, cbar=False)
    assert len(axis.texts) == 99
    for text, value in zip(axis.texts, values.to_numpy().flat, strict=False):
        light, dark = sorted(map(relative_luminance, (plt.get_cmap(colours)(value), text.get_color())), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 4.5


def test_equal_figures_are_equal_files(own_output, tmp_path):
    profile = Profile("t", "t", tmp_path)
    written = []
    for _ in range(2):
        style.save(curves.confusion_matrices({"a": MATRIX}, "data"), profile, "x")
        written.append([path.read_bytes() for path in style.figure_paths(profile)])
    assert written[0] == written[1] and len(written[0]) == 2
    assert {path.name for path in profile.figures.iterdir()} == {"x.png", "x.svg"}


@pytest.mark.parametrize("names, turned", [(["D1", "N0"], 0), (["a name that is long", "b"], 90)])
def test_long_names_stand_upright_below_a_matrix(names, turned):
    matrix = pd.DataFrame([[30, 3], [0, 27]], index=names, columns=names)
    labels = curves.confusion_matrices({"a": matrix}, "data").axes[0].get_xticklabels()
    assert [label.get_rotation() for label in labels] == [turned] * 2
    between = " " if turned else "\n"
    assert [label.get_text() for label in labels] == [f"{name}{between}(n=30)" for name in names]


@pytest.mark.parametrize("caption", ["", "Table 5 & <our> run: 70 → 90%"])
def test_a_caption_is_kept_in_the_file(caption, own_output, tmp_path):
    profile = Profile("t", "t", tmp_path)
    style.save(plt.figure(), profile, "x", caption)
    assert [style.read_caption(path) for path in style.figure_paths(profile)] == [caption or "x"] * 2


def titled_pictures(layout):
    """Pictures below a title that is wider than they are, so that the page has to be wider."""
    figure, axes = plt.subplots(2, 4, figsize=(4, 3), layout=layout)
    for axis in axes.flat:
        axis.imshow(np.arange(100).reshape(10, 10))
    axes[0, 0].set_ylabel("a label")
    figure.suptitle("a title that is wider than the pictures and wider than the figure too")
    return figure


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_what_is_saved_is_as_large_as_what_is_drawn(layout, own_output, tmp_path):
    """The page is found once for PNG and SVG: the pixels are those of ``bbox_inches="tight"``, SVG is as large to a point."""
    figure, wanted = (titled_pictures(layout) for _ in range(2))
    profile = Profile("t", "t", tmp_path)
    style.save(figure, profile, "x")
    for suffix in ("png", "svg"):
        wanted.savefig(tmp_path / f"tight.{suffix}", bbox_inches="tight")
    saved, tight = (np.asarray(Image.open(path)) for path in (profile.figures / "x.png", tmp_path / "tight.png"))
    assert np.array_equal(saved, tight)
    pages = [
        ElementTree.parse(path).getroot().get("viewBox") for path in (profile.figures / "x.svg", tmp_path / "tight.svg")
    ]
    saved, tight = (np.array(page.split(), float) for page in pages)
    assert saved == pytest.approx(tight, abs=1.5) and saved[2] > 72 * figure.get_figwidth()


def test_what_a_figure_has_no_room_for_is_counted():
    assert style.first_of("abc", 3) == (["a", "b", "c"], "")
    assert style.first_of("abcd", 3) == (["a", "b", "c"], "; the first 3 of 4 classes")
    assert style.first_of("abcd", 1, "maps") == (["a"], "; the first 1 of 4 maps")


def test_names_as_a_person_reads_them():
    assert [style.short_class(name) for name in ("leprosy", "my_own", "[no face]")] == ["D4", "my own", "[no face]"]
    assert [style.named_class(name) for name in ("leprosy", "my_own")] == ["D4 Leprosy", "my own"]


@pytest.mark.parametrize("count, columns", [(2, 2), (50, 4)])
def test_a_legend_has_columns_for_the_width(count, columns):
    figure, axis = plt.subplots(figsize=(10, 3))
    names = [f"a name of twenty let{k:02d}" for k in range(count)]
    style.legend_below(figure, [axis.plot([])[0] for _ in names], names)
    [legend] = figure.legends
    assert legend._ncols == columns
    figure.draw_without_rendering()
    assert legend.get_window_extent().y1 <= 1 and legend.get_window_extent().width < figure.bbox.width


def test_classes_differ_in_marker_and_in_grey():
    axis = curves.feature_maps({"n": np.zeros((5, 2))}, np.array(list("abcde")), list("abcde"), "t").axes[0]
    assert len({collection.get_paths()[0].vertices.tobytes() for collection in axis.collections}) == 5
    assert len(set(style.COLOURS)) == len(style.COLOURS) == len(style.MARKERS)


def test_fifty_classes():
    names = [f"class {k}" for k in range(50)]
    axis = curves.feature_maps({"n": np.zeros((50, 2))}, np.array(names), names, "t").axes[0]
    looks = {(part.get_paths()[0].vertices.tobytes(), part.get_facecolor().tobytes()) for part in axis.collections}
    assert len(looks) == 50
    matrix = pd.DataFrame(np.diag(np.arange(1, 51)), index=names, columns=names)
    figure = curves.confusion_matrices({"a": matrix}, "data")
    assert max(figure.get_size_inches()) < 20
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert len(figure.axes[0].get_xticklabels()) == 50 and sorted(filter(None, shown), key=int)[-1] == "50"
    assert shown.count("") == 50 * 49
    faces = pictures.mean_faces({name: np.zeros((2, 8, 8, 3), np.uint8) for name in names[:23]}, "t")
    assert faces.get_size_inches()[0] <= 20 and sum(axis.axison for axis in faces.axes) == 23


def test_grids_label_their_rows(bundled):
    for figure in (pictures.face_grid(bundled, per_class=2), pictures.severity_rows(bundled, per_class=2)):
        labels = [text.get_text() for axis in figure.axes for text in axis.texts]
        assert "D3\nDown syndrome" in labels and "rendered" in figure.get_suptitle()


def trained(scale=1.0, best_epoch=2):
    """A training of three epochs, whose errors are 50, 25 and 17 percent times a scale."""
    history = [
        {"epoch": epoch, "part": part, "objective": 1.0 / epoch, "top1": scale * 0.5 / epoch, "top3": 0.1 / epoch}
        for epoch in (1, 2, 3)
        for part in ("train", "validation")
    ]
    return recipe.Tuned((200, 150), averaged_from=2, best_epoch=best_epoch, history=history)


def test_training_curves_show_what_they_are_given():
    figure = curves.training_curves({"a": [trained()], "b": [trained()]}, "test images", 5, "data")
    assert len(figure.axes) == 6
    axis = figure.axes[1]
    assert axis.lines[0].get_ydata().tolist() == pytest.approx([50, 25, 50 / 3])
    assert axis.lines[2].get_ydata()[0] == 80 and axis.lines[3].get_xdata()[0] == 2
    assert [(shade.get_x(), shade.get_width()) for shade in axis.patches] == [(1.5, 2.0)] and not axis.collections
    legend = [text.get_text() for text in figure.axes[2].get_legend().get_texts()]
    wanted = ["training images (n = 200)", "test images (n = 150)", "guessing", "lowest error on test images"]
    assert legend == [*wanted, "weights are averaged"]
    assert figure.axes[0].get_title(loc="left") == "a"
    assert len(curves.training_curves({"a": [trained()]}, "test images", 2, "data").axes) == 2  # top 3 of two are all


def test_curves_of_several_trainings_are_bands():
    runs = {"a": [trained(), trained(1.2), trained(0.2, best_epoch=3)]}
    figure = curves.training_curves(runs, "test images", 2, "data")
    axis = figure.axes[1]
    assert axis.lines[1].get_ydata().tolist() == pytest.approx([40, 20, 40 / 3])  # the mean of 50, 60 and 10; halves
    corners = axis.collections[1].get_paths()[0].vertices
    assert [sorted(set(corners[corners[:, 0] == epoch, 1].round(6))) for epoch in (1, 2)] == [[10, 60], [5, 30]]
    assert [line.get_xdata()[0] for line in axis.lines[3:]] == [2, 2, 3]
    assert figure.axes[0].get_title(loc="left") == "a: mean and range of 3 trainings"
    assert len(axis.get_legend().get_texts()) == 5


def test_roc_curves_name_area_interval_and_counts():
    roc = roc_analysis.Roc(np.array([0, 0, 1.0]), np.array([0, 0.5, 1.0]), Interval(0.75, 0.6, 0.9), 30, 30)
    figure = curves.roc_curves({"net": {"DTL1": roc, "DTL2": roc}}, "data")
    axis = figure.axes[0]
    assert axis.get_legend().get_texts()[1].get_text() == "DTL2: AUC 0.75 (0.60 to 0.90)"
    assert "30 positive, 30 negative" in axis.get_title()
    assert axis.lines[1].get_ydata().tolist() == [0, 50, 100]
    assert axis.lines[1].get_linestyle() != axis.lines[2].get_linestyle()  # readable in grey


def test_distances_stand_where_they_are():
    distance = domain_distance.Distance(1.2, 0.1, 0.3)
    figure = curves.distances({"net": {"x": distance}, "other": {"x": distance}}, ["x (n = 70)"], "data")
    axis = figure.axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["x (n = 70)"]
    assert {float(line.get_xdata()[0]) for line in axis.lines if len(line.get_xdata()) == 1} >= {1.2, 0.3}


def test_a_forest_writes_counts_and_intervals_beside():
    shares = {"a": wilson_interval(57, 60), "b": wilson_interval(30, 60)}
    axis = uncertainty.forest(shares, "accuracy (%)", "data", (0.845, "clinicians")).axes[0]
    texts = [text.get_text() for text in axis.texts]
    assert "95.0% 57/60 (86-98)" in texts and "clinicians" in texts
    assert axis.lines[-1].get_xdata()[0] == 84.5
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a", "b"]


def test_splits_are_drawn_without_the_own_one():
    """Row 0 is the cohort's own split: it gets the diamond with its Wilson interval, not a place in the violin."""
    frame = pd.DataFrame({"a": [0.95, *np.linspace(0.4, 0.6, 20)]})
    axis = uncertainty.split_distributions({"task": (frame, 60)}, "data").axes[0]
    violin = axis.collections[0].get_paths()[0].vertices[:, 0]
    assert violin.max() == pytest.approx(60) and violin.min() == pytest.approx(40)
    assert "20 splits, n = 60" in axis.get_title()
    [diamond] = [line for line in axis.lines if line.get_marker() == "D"]
    assert diamond.get_xdata().tolist() == [95]


def test_reliability_points_are_what_was_said_and_what_was():
    figure = uncertainty.reliability({"m": [(0.2, 1, 10), (0.9, 9, 10)]}, {"m": Interval(0.1, 0.05, 0.2)}, "data")
    [points] = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert points.get_xydata().tolist() == [[20, 10], [90, 90]]
    assert "Brier 0.10 (0.05 to 0.20), 10 images per point" in figure.axes[0].get_title()


def test_predictive_values_end_at_the_test_sets_own():
    """Sensitivity 1, specificity 0.9: half ill, 10 of 11 alarms are right; 1 in 100,000, one of 10,001."""
    at = screening.Point(0.0, Interval(1.0, 0.9, 1.0), Interval(0.9, 0.7, 0.97))
    axis = uncertainty.predictive_value_curves({"m": at}, "data").axes[0]
    y = axis.lines[0].get_ydata()
    assert y[-1] == pytest.approx(1000 / 11) and y[0] == pytest.approx(100 / 10_001, rel=1e-3)
    [above] = axis.child_axes
    names = dict(zip(above.get_xticks(), (label.get_text() for label in above.get_xticklabels()), strict=True))
    assert names[1e-3] == "1 in 100,000\n(beta-thalassemia)" and len(names) == len(screening.PREVALENCES)


def test_pairs_that_stand_are_framed():
    table = pd.DataFrame({"first": ["a", "a", "b"], "second": ["b", "c", "c"]})
    table = table.assign(difference=[0.3, 0.02, -0.28], p_holm=[0.001, 1.0, 0.2])
    axis = uncertainty.pair_matrix(table, ["a", "b", "c"], "data").axes[0]
    assert sorted((round(p.get_y()), round(p.get_x())) for p in axis.patches) == [(0, 1), (1, 0)]  # (row, column)
    texts = {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in axis.texts}
    assert texts[0, 1] == "+30" and texts[1, 0] == "-30" and texts[2, 1] == "+28"


def test_readers_are_points_with_intervals():
    roc = roc_analysis.Roc(np.array([0, 0, 1.0]), np.array([0, 0.5, 1.0]), Interval(0.75, 0.6, 0.9), 30, 30)
    point = wilson_interval(3, 30), wilson_interval(27, 30)
    axis = uncertainty.readers_on_roc({"m": roc}, {"anna": point}, "data").axes[0]
    [dot] = [line for line in axis.lines if line.get_marker() == "o"]
    assert dot.get_xydata().tolist() == [[10, 90]] and len(axis.collections) == 2
    assert [t.get_text() for t in axis.get_legend().get_texts()] == ["m: AUC 0.75 (0.60 to 0.90)", "anna"]


def test_severity_curve_counts_every_face():
    figure = uncertainty.severity_curve(np.linspace(0.1, 1, 50), np.arange(50) > 9, np.ones(10, bool), "data")
    counts = [text.get_text() for text in figure.axes[0].texts if text.get_text().startswith("n = ")]
    assert counts == ["n = 10"] * 6


@pytest.mark.slow  # loads torch
def test_an_answer_stands_below_its_face_and_the_actual_class():
    from facediag_utils.methods.trained_model import Answer

    chip = np.zeros((8, 8, 3), np.uint8)
    ranked = [(f"class_{k}", score) for k, score in enumerate((0.5, 0.2, 0.15, 0.1, 0.04, 0.01))]
    said = [Answer(Path("x"), "", ranked, chip), Answer(Path("y"), "no face was found", [])]
    figure = uncertainty.answers(said, ["class_1", "leprosy"], "data")
    above, below = figure.axes[:3], figure.axes[3:]
    assert [axis.get_title() for axis in above] == ["actual: class 1", "actual: Leprosy", ""]
    assert [len(axis.images) for axis in above] == [1, 0, 0]
    assert [bar.get_width() for bar in below[0].patches] == pytest.approx([50, 20, 15, 10, 4])
    assert [text.get_text() for text in below[0].texts][:2] == ["class 0  50%", "class 1  20%"]
    assert below[0].get_xlabel().endswith("of the 5 likeliest of 6")
    assert [text.get_text() for text in below[1].texts] == ["no answer:\nno face was found"]
