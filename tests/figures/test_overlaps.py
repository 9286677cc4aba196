"""Every figure that takes classes can be read, with two classes and with fifty, whose names have twenty letters."""

from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from made import picture
from matplotlib.figure import Figure
from overlaps import faults

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.data.grades import NO_SIGNS
from facediag_utils.data.paper import BINARY, CLASSES
from facediag_utils.evaluation.domain_distance import Distance
from facediag_utils.evaluation.grades import Graded
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.roc_analysis import Roc
from facediag_utils.evaluation.screening import Counts, Point
from facediag_utils.evaluation.stranger_results import ALL, BESIDE, FITTED, LEFT_OUT
from facediag_utils.faces import measurements
from facediag_utils.faces.detection import ALIGNED, Faces
from facediag_utils.figures import (
    cases,
    curves,
    face_regions,
    grades,
    heat_maps,
    moving,
    pictures,
    strangers,
    style,
    uncertainty,
)
from facediag_utils.figures import measurements as ruler
from facediag_utils.methods.recipe import Tuned
from facediag_utils.methods.strangers import RAW, RULES, STRANGERS, SUPERVISED, TWINS, WHITENED
from facediag_utils.networks.records import REGIONS

LINE = "Detection of so many classes, test images, this run (mine)"
SOME = Interval(0.5, 0.4, 0.6)
PER_CLASS = 6


@pytest.fixture(autouse=True)
def closed():
    style.set_style()
    yield
    plt.close("all")


def names(count: int) -> list[str]:
    """So many names of twenty letters, one with a space and one with an underscore."""
    plain = [f"wmyopathy-syndrome{k:02d}" for k in range(count)]
    return ["cornelia de langes 0", "noonan_costello_syn1", *plain[2:]]


class Data:
    """A cohort with six pictures per class and faces somewhere in them, and numbers for figures."""

    def __init__(self, folder, classes):
        self.classes = classes
        rows = []
        for k, name in enumerate(classes):
            for n in range(PER_CLASS):
                row = {"image": f"{name}/{n}.png", "label": name, "split": "test" if n % 3 == 2 else "train"}
                path = folder / "pictures" / f"{k % 3}{n}.png"
                row |= {"path": path if path.exists() else picture(path, n), "subject": f"{name}{n}"}
                rows.append(row | {"severity": (n + 1) / PER_CLASS, "ancestry": "asian", "sex": "female"})
        self.cohort = Cohort(Profile("mine", "this run (mine)", folder), tuple(classes), pd.DataFrame(rows))
        n = len(rows)
        points = np.broadcast_to(np.random.default_rng(0).uniform((8, 10), (32, 38), (68, 2)), (n, 68, 2))
        texts = [np.full(n, word) for word in (ALIGNED, "HOG", "")]
        self.faces = Faces(texts[0], np.tile([8.0, 10, 32, 38], (n, 1)), points, texts[1], np.ones(n, int), texts[2])
        self.first_rows = list(range(0, n, PER_CLASS))
        self.chip = np.full((16, 16, 3), 100, np.uint8)
        self.counts = dict.fromkeys(classes, 30)

    def titles(self) -> list[str]:
        return [style.class_title(name) for name in self.classes]

    def graded(self) -> Cohort:
        """The same pictures with grades as classes."""
        table = self.cohort.table.assign(disease=self.cohort.table["label"])
        table["label"] = np.resize([NO_SIGNS, "low", "middle", "high"], len(table))
        return Cohort(self.cohort.profile, (NO_SIGNS, "low", "middle", "high"), table.assign(split="train"))


def confusion(data: Data) -> Figure:
    k = len(data.classes)
    counts = 12.7 * np.tri(k, k=2) * np.tri(k, k=2).T + 100 * np.eye(k)  # all cells near the diagonal
    matrix = pd.DataFrame(counts, index=data.classes, columns=data.classes)
    names = [f"EfficientNet-Lite{n} + SVM" for n in range(4 if k < 20 else 1)]
    return curves.confusion_matrices(dict.fromkeys(names, matrix), LINE)


def training(data: Data) -> Figure:
    parts = [(epoch, part) for epoch in range(1, 13) for part in ("train", "validation")]
    history = [{"epoch": e, "part": part, "objective": 3 / e, "top1": 0.9 / e, "top3": 0.5 / e} for e, part in parts]
    one = Tuned((200, 150), averaged_from=7, best_epoch=11, history=history)
    return curves.training_curves({"one": [one], "other": [one, one]}, "test images", len(data.classes), LINE)


def distances(data: Data) -> Figure:
    found = {f"network {k}": dict.fromkeys(data.classes[1:], Distance(0.9, 0.1, 0.2)) for k in range(6)}
    return curves.distances(found, [f"{title} (n = 70)" for title in data.titles()[1:]], LINE)


def ancestries(data: Data) -> Figure:
    groups = {"caucasian": 9, "asian": 54, "african": 6}
    return curves.table_bars(pd.DataFrame(groups, index=data.classes), LINE)


def twins(data: Data) -> Figure:
    said = pd.DataFrame({"label": data.classes[:-1], "with_signs": data.classes[:-1], "without": data.classes[1:]})
    return curves.answers_without_signs(said, data.classes, LINE)


def feature_maps(data: Data) -> Figure:
    labels = np.repeat(data.classes, 3)
    points = np.random.default_rng(0).normal(size=(len(labels), 2))
    return curves.feature_maps({f"EfficientNet-Lite{k}": points for k in range(4)}, labels, data.classes, LINE)


def one_feature_map(data: Data) -> Figure:
    points = np.random.default_rng(0).normal(size=(len(data.classes), 2))
    return curves.feature_maps({"ResNet29 (dlib)": points}, np.array(data.classes), data.classes, LINE)


def answers(data: Data) -> Figure:
    from facediag_utils.methods.trained_model import Answer

    shares = np.linspace(1, 0.01, len(data.classes)) / len(data.classes)
    ranked = tuple(zip(data.classes, shares, strict=True))
    said = [Answer(Path("x.png"), "", list(ranked), data.chip)] * 5
    no_face = Answer(Path("x.png"), "no face was found in this picture, or none large enough", [])
    return uncertainty.answers([*said, no_face], [data.classes[0]] * 6, LINE)


def groups(data: Data) -> Figure:
    shares = {f"site: {title}": wilson_interval(9, 21) for title in data.titles()}
    return uncertainty.forest(shares, "accuracy (%), 95% Wilson", LINE, (0.9, "all test images"))


def photographs(data: Data) -> Figure:
    rows = {title: [(data.chip, f"{title} 54%")] * 3 for title in data.titles()[:6]}  # as notebook 13 does
    return cases.rows_of_pictures(rows, LINE)


def by_count(data: Data) -> Figure:
    from facediag_utils.evaluation.case_results import chance

    measures = chance(len(data.classes))
    shares = {count: dict.fromkeys(measures, Interval(0.95, 0.9, 1.0)) for count in (1, 2, 3)}
    return cases.by_count({"ResNet29 (dlib)": shares, "MobileFace": shares}, measures, 150, LINE)


def faces_by_grade(data: Data) -> Figure:
    return grades.faces_by_grade(data.graded(), data.faces, LINE)


def grade_matrices(data: Data) -> Figure:
    one = Graded(np.array([0, 1, 1]), np.array([2, 1, 1]), np.eye(4)[[2, 1, 1]], np.full(3, "x"), np.arange(3))
    panels = {f"way {k}, n = 150\nkappa 0.36 (0.22 to 0.49)": one for k in range(4)}
    return grades.grade_matrices(panels, data.graded().classes, LINE)


def correlations(data: Data) -> Figure:
    ways = {"softmax": SOME, "ridge, rounded": SOME, "proportional odds": SOME, "CORN": SOME}
    found = {f"{title}\n(n = 30)": ways for title in data.titles()}
    return grades.intervals(found, "Spearman, 95% interval", LINE)


def growing_signs(data: Data) -> Figure:
    table = data.cohort.table.rename(columns={"label": "disease"})
    return grades.growing_signs(table.assign(expected=table["severity"]), data.graded().classes, LINE)


def neighbours(data: Data) -> Figure:
    n = len(data.cohort)
    nearest = {RAW: [(PER_CLASS * k) % n for k in range(1, 6)], SUPERVISED: [1, 2, 3, 4, 5]}
    return strangers.neighbours(data.cohort, data.faces, 0, nearest, LINE)


def stranger_rows(data: Data) -> pd.DataFrame:
    owns = [(LEFT_OUT, 30), (FITTED, 30), (BESIDE, 150)]
    keys = [(own, n, kind) for own, n in owns for kind in (RAW, WHITENED, SUPERVISED, TWINS)]
    rows = [
        {"network": "n", "rule": rule, "gallery": size, "own": own, "n": n, "features": kind, "class": name}
        for own, n, kind in keys
        for name in (ALL, *(data.classes[:STRANGERS] if own != BESIDE else ()))
        for rule in (RULES if name == ALL else ["nearest"])
        for size in (1, 3, 5, 10)
    ]
    return pd.DataFrame(rows).assign(top1=0.5, top1_low=0.4, top1_high=0.6)


def by_gallery(data: Data) -> Figure:
    return strangers.by_gallery(stranger_rows(data), {"n": "ResNet29 (dlib)"}, 1 / len(data.classes), LINE)


def by_class(data: Data) -> Figure:
    rows = stranger_rows(data)
    rows = rows[(rows["gallery"] == 3) & (rows["rule"] == "nearest")]
    return strangers.by_class(rows, 1 / len(data.classes), LINE)


def far_from_normal(data: Data) -> Figure:
    scores = {title: np.linspace(14, 28, 30) for title in data.titles()}
    return strangers.far_from_normal(scores, dict.fromkeys(scores, wilson_interval(9, 30)), 23.4, "distance", LINE)


def normal_areas(data: Data) -> Figure:
    keys = [
        (score, net, group)
        for score in ("Mahalanobis distance", "cosine distance")
        for net in "ab"
        for group in data.titles()
    ]
    found = pd.DataFrame(keys, columns=["score", "title", "group"]).assign(area=[SOME] * len(keys))
    return strangers.areas(found, data.titles(), LINE)


def regions(data: Data) -> Figure:
    return face_regions.regions_on_faces(data.cohort, data.faces, data.first_rows, 20)


def ranked_list(data: Data) -> Figure:
    shares = np.linspace(1, 0.01, len(data.classes)) / len(data.classes)
    said = dict.fromkeys(REGIONS, shares)
    return face_regions.ranked_list(data.chip, data.faces.landmarks[0] / 3, 16, said, data.classes, LINE)


def region_table(data: Data) -> Figure:
    areas = {region: dict.fromkeys(data.classes, SOME) for region in REGIONS}
    return face_regions.region_table(areas, None, data.counts, LINE)


def region_table_with_signs(data: Data) -> Figure:
    areas = {region: dict.fromkeys(data.classes, SOME) for region in REGIONS}
    shares = pd.DataFrame(0.5, index=list(REGIONS), columns=data.classes[:-1])
    return face_regions.region_table(areas, shares, data.counts, LINE)


def sign_forest(data: Data) -> Figure:
    measures = [measure.name for measure in measurements.table()]
    columns = {"difference": 0.1, "low": -0.2, "high": 0.4, "found": True, "n": 70, "n_reference": 30, "change": 0.2}
    rows = pd.DataFrame(columns, index=measures)
    found = {name: {"detected landmarks": rows} for name in data.classes}
    return ruler.sign_forest(found, {}, "difference (standard deviations of the reference), 95% interval", LINE)


def composites(data: Data) -> Figure:
    faces = {name: np.full((16, 16, 3), float(k)) for k, name in enumerate(data.classes[:8])}  # as notebook 11 does
    return ruler.composites(faces, data.counts, data.classes[0], {}, LINE)


def mean_shapes(data: Data) -> Figure:
    points = data.faces.landmarks[0]
    return ruler.mean_shapes({name: points + k for k, name in enumerate(data.classes)}, data.counts, points, 4, LINE)


def heat_maps_by_class(data: Data) -> Figure:
    maps = {title: np.ones((4, 4)) for title in data.titles()}
    shown = [heat_maps.Shown(title, data.chip, maps) for title in data.titles()[:4]]  # as notebooks 12 and 15 do
    return heat_maps.maps_over_faces(shown, LINE)


def fall_by_severity(data: Data) -> Figure:
    table = data.cohort.table[["label", "severity"]]
    return heat_maps.fall_by_severity(table.assign(fall=2 * table["severity"]), f"{LINE}\nsecond line")


def threshold(data: Data) -> Figure:
    roc = Roc(np.array([0, 0.5, 1]), np.array([0, 0.7, 1]), SOME, 30, 30)
    two = {-12.345: Counts(30, 0, 28, 2), 3.21: Counts(0, 30, 0, 30)}
    return moving.threshold(roc, two, Task("x", LINE, tuple(data.classes[:2])), LINE)


def prevalence(_: Data) -> Figure:
    return moving.prevalence(Point(0.0, SOME, Interval(0.9, 0.8, 0.95)), [0.123, 0.001], LINE)


def severity(data: Data) -> Figure:
    from facediag_utils.methods.trained_model import Answer

    said = Answer(Path("x.png"), "", [(name, 1 / len(data.classes)) for name in data.classes], data.chip)
    refused = Answer(Path("x.png"), "far from every training face (a little farther than any of them)", [], data.chip)
    levels = dict.fromkeys((0, 0.25, 0.5, 0.75), said) | {1: refused}
    return moving.severity({f"{title}, person 1": levels for title in data.titles()[:4]}, data.classes, LINE)


def covered(data: Data) -> Figure:
    from facediag_utils.methods.contrast import Covered

    places = {f"{k}% from the top": Covered(data.chip, (4, 4, 4), -12.3) for k in (0, 19, 38, 56, 75)}
    return moving.covered(
        {"the average face": places, "grey": places}, 12.3, f"DTL2, {LINE}: {data.titles()[0]} less x"
    )


def face_grid(data: Data) -> Figure:
    return pictures.face_grid(data.cohort, per_class=6, side=20)


def severity_rows(data: Data) -> Figure:
    return pictures.severity_rows(data.cohort, per_class=6, side=20)


def contact_sheet(data: Data) -> Figure:
    return pictures.contact_sheet(data.cohort, side=20)


def alignment_steps(data: Data) -> Figure:
    return pictures.alignment_steps(data.cohort, data.faces, data.first_rows, 20)


def mean_faces(data: Data) -> Figure:
    return pictures.mean_faces(dict.fromkeys(data.classes, data.chip[None]), LINE)


DRAWN: list[Callable[[Data], Figure]] = [
    *(confusion, training, feature_maps, one_feature_map, groups, photographs, by_count),
    *(faces_by_grade, grade_matrices, correlations, neighbours, by_gallery, by_class, far_from_normal, normal_areas),
    *(regions, ranked_list, region_table, sign_forest, composites, mean_shapes, heat_maps_by_class),
    *(face_grid, contact_sheet, alignment_steps, mean_faces),
    pytest.param(answers, marks=pytest.mark.slow),  # loads torch
]
#: Only the rendered cohort, or the paper's photographs, have these: no other classes than the paper's.
OF_THE_PAPER = [ancestries, distances, twins, growing_signs, fall_by_severity, region_table_with_signs, severity_rows]


#: The fewest, some and the most; those between them in `make test-all`.
COUNTS = [2, 8, pytest.param(50, marks=pytest.mark.slow)]
COUNTS += [pytest.param(count, marks=pytest.mark.exhaustive) for count in (3, 5, 20)]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("draw", DRAWN)
def test_all_texts_can_be_read(draw, count, tmp_path):
    assert faults(draw(Data(tmp_path, names(count)))) == []


@pytest.mark.parametrize("classes", [BINARY, tuple(CLASSES)])
@pytest.mark.parametrize("draw", [confusion, region_table, face_grid, *OF_THE_PAPER])
def test_and_with_the_papers_classes(draw, classes, tmp_path):
    assert faults(draw(Data(tmp_path, classes))) == []


#: They take two classes, or one of many, or are of the rendered cohort.
MOVED = [(threshold, names(2)), (prevalence, names(2))]
MOVED += [pytest.param(*moved, marks=pytest.mark.slow) for moved in ((covered, names(2)), (severity, tuple(CLASSES)))]


@pytest.mark.parametrize(("draw", "classes"), MOVED)
def test_what_sliders_move_can_be_read(draw, classes, tmp_path):
    assert faults(draw(Data(tmp_path, classes))) == []


def test_what_cannot_be_read_is_found():
    figure, axis = plt.subplots(figsize=(3, 2))
    axis.text(0.2, 0.5, "one text")
    assert faults(figure) == []
    axis.text(0.25, 0.5, "another")
    assert faults(figure) == ["overlap: 'one text' and 'another'"]
    axis.texts[-1].set_visible(False)
    axis.text(0.2, 0.8, "small", fontsize=5.5)
    assert faults(figure) == ["5.5 points: 'small'"]
    axis.texts[-1].set(text="outside", fontsize=9, x=2, in_layout=False)
    assert faults(figure) == ["cut off: 'outside'"]
    axis.texts[-1].set(text="")
    figure.set_figwidth(22)
    assert len(faults(figure)) == 1 and faults(figure)[0].endswith("inches wide")
