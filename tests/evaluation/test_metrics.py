"""Metrics against published examples and the paper's own confusion matrix."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import binom, norm
from sklearn.metrics import f1_score

from facediag_utils.core.errors import ResultsError
from facediag_utils.data import paper
from facediag_utils.data.cohort import NO_FACE, Task
from facediag_utils.data.store import Method
from facediag_utils.evaluation import metrics, roc_analysis, trainings
from facediag_utils.evaluation.interval import wilson_interval

BINARY = Task("binary", "t", ("beta_thalassemia", "control"))
FIVE = Task("multiclass", "t", tuple(paper.CLASSES))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),  # R. Newcombe, Statistics in Medicine 17 (1998) 857-872, Table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_of_newcombe_1998(successes, trials, low, high):
    value, found_low, found_high = wilson_interval(successes, trials)
    assert value == successes / trials
    assert (found_low, found_high) == pytest.approx((low, high), abs=6e-5)


@given(trials=st.integers(1, 500), data=st.data())
def test_interval_holds_the_estimate_and_mirrors(trials, data):
    successes = data.draw(st.integers(0, trials))
    value, low, high = wilson_interval(successes, trials)
    assert -1e-12 <= low <= value + 1e-12 and value - 1e-12 <= high <= 1 + 1e-12
    _, mirrored_low, mirrored_high = wilson_interval(trials - successes, trials)
    assert (1 - mirrored_high, 1 - mirrored_low) == pytest.approx((low, high), abs=1e-9)


def test_no_trials_is_undefined():
    assert np.isnan(tuple(wilson_interval(0, 0))).all()


def frame(pairs, task="binary"):
    """Predictions from (actual, predicted, how often)."""
    actual = [a for a, _, n in pairs for _ in range(n)]
    predicted = [p for _, p, n in pairs for _ in range(n)]
    names = {"task": task, "method": Method.DTL2, "backbone": "dlib_resnet29", "pretraining": "x"}
    return pd.DataFrame({**names, "image": range(len(actual)), "label": actual, "predicted": predicted})


#: Figure 4(b) of the paper, described in its text: all 30 patients found, 3 of 30 controls taken for patients.
FIGURE_4B = [
    ("beta_thalassemia", "beta_thalassemia", 30),
    ("control", "control", 27),
    ("control", "beta_thalassemia", 3),
]


def test_the_papers_best_matrix_gives_the_papers_best_row():
    found = metrics.with_intervals(frame(FIGURE_4B), BINARY)
    row = next(r for r in paper.BINARY_ROWS if (r.table, r.architecture, r.pretraining) == (4, "VGG16", "VGG-Face"))
    for name in metrics.METRICS:
        assert 100 * found[name].value == pytest.approx(getattr(row, name), abs=0.05), name


def test_rows_are_predicted_and_columns_actual():
    matrix = metrics.confusion(frame(FIGURE_4B), BINARY.classes)
    assert matrix.loc["beta_thalassemia", "control"] == 3 and matrix.loc["control", "beta_thalassemia"] == 0
    assert matrix.to_numpy().sum() == 60 and matrix.index.name == "predicted" and matrix.columns.name == "actual"


def test_a_face_not_found_is_an_error_of_either_kind():
    pairs = [
        ("beta_thalassemia", "beta_thalassemia", 9),
        ("beta_thalassemia", NO_FACE, 1),
        ("control", "control", 8),
        ("control", NO_FACE, 2),
    ]
    found = metrics.with_intervals(frame(pairs), BINARY)
    assert (
        found["accuracy"].value == 17 / 20 and found["sensitivity"].value == 0.9 and found["specificity"].value == 0.8
    )
    assert found["precision"].value == 1.0 and found["f1"].value == pytest.approx(2 * 0.9 / 1.9)
    matrix = metrics.confusion(frame(pairs), BINARY.classes)
    assert matrix.loc[NO_FACE].tolist() == [1, 2] and matrix.to_numpy().sum() == 20


def test_nothing_called_positive():
    found = metrics.with_intervals(frame([("beta_thalassemia", "control", 5), ("control", "control", 5)]), BINARY)
    assert np.isnan(found["precision"].value) and found["f1"].value == 0.0 and found["specificity"].value == 1.0


def test_macro_f1_is_scikit_learns():
    rng = np.random.default_rng(0)
    actual = np.repeat(FIVE.classes, 30)
    predicted = np.where(rng.random(150) < 0.7, actual, rng.choice(FIVE.classes, 150))
    value, low, high = metrics.with_intervals(
        frame(list(zip(actual, predicted, [1] * 150, strict=True)), "multiclass"), FIVE
    )["macro_f1"]
    assert value == pytest.approx(f1_score(actual, predicted, average="macro"))
    assert low < value < high and 0.1 < high - low < 0.2


def test_f1_of_a_class_that_neither_is_nor_is_said_is_undefined():
    label = np.array([["a", "b"]])
    assert np.isnan(metrics.f1(label, label, ["c"])).all() and metrics.f1(label, label, ["a", "b"]) == [1.0]


def test_bootstrap_keeps_the_design_and_covers():
    labels, right, seen = np.repeat(["a", "b"], [30, 30]), np.arange(60) % 10 > 0, set()

    def share(rows):
        if rows.shape == (metrics.DRAWS, 60):
            seen.update((labels[rows] == "a").sum(axis=1))
        return right[rows].mean(axis=1)

    found = metrics.bootstrap(share, labels)
    assert seen == {30} and tuple(found) == pytest.approx(tuple(wilson_interval(54, 60)), abs=0.01)
    assert tuple(metrics.bootstrap(lambda rows: np.ones(len(rows)), labels)) == pytest.approx(
        tuple(wilson_interval(60, 60))
    )


def drawn(kind, rng):
    """One set of 60 test images of a method with sensitivity, specificity and F1, or area, of 0.95; the interval found."""
    labels = np.repeat(["a", "b"], 30)
    if kind == "area":
        apart = norm.ppf(0.95) * 2**0.5
        given = scored(rng.normal(apart, 1, 30), rng.normal(0, 1, 30))
        return roc_analysis.roc(given, BINARY).area
    right = rng.random(60) < 0.95
    if kind == "accuracy":
        return wilson_interval(int(right.sum()), 60)
    predicted = np.where(right, labels, labels[::-1])
    classes = ["a"] if kind == "F1" else ["a", "b"]
    return metrics.bootstrap(lambda rows: metrics.f1(labels[rows], predicted[rows], classes), labels, draws=400)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["accuracy", "F1", "macro F1", "area"])
def test_intervals_of_60_images_at_95_per_cent_cover(kind):
    """About 93-97% of 2,000 95% intervals hold the truth.  Wilson's own upper end is 97.0%, see the next test;
    2,000 draws add 0.4 points of chance."""
    rng = np.random.default_rng(0)
    inside = [low <= 0.95 <= high for _, low, high in (drawn(kind, rng) for _ in range(2000))]
    assert 0.93 <= np.mean(inside) <= 0.98


def test_wilsons_exact_coverage_at_60_images_and_95_per_cent():
    """No simulation: the probability of every count at which the interval holds 0.95."""
    counts = np.arange(61)
    inside = [low <= 0.95 <= high for _, low, high in (wilson_interval(int(k), 60) for k in counts)]
    assert binom.pmf(counts[inside], 60, 0.95).sum() == pytest.approx(0.9703, abs=5e-5)


def test_measured_counts():
    ours = metrics.summarize(frame(FIGURE_4B), BINARY)
    assert ours.loc[0, ["n", "correct"]].tolist() == [60, 57]
    assert ours.loc[0, "accuracy_low"] == pytest.approx(0.8630, abs=5e-4)
    with pytest.raises(ResultsError, match="no predictions"):
        metrics.summarize(frame(FIGURE_4B), FIVE)


def scored(positive: list[float], negative: list[float]) -> pd.DataFrame:
    labels = ["beta_thalassemia"] * len(positive) + ["control"] * len(negative)
    scores = [*positive, *negative]
    return pd.DataFrame({"image": range(len(scores)), "label": labels, "score_beta_thalassemia": scores})


def test_area_of_known_rankings():
    assert roc_analysis.roc(scored([3, 4], [1, 2]), BINARY).area.value == 1
    assert roc_analysis.roc(scored([1, 2], [3, 4]), BINARY).area.value == 0
    assert roc_analysis.roc(scored([1, 3], [2, 2]), BINARY).area.value == 0.5
    assert roc_analysis.roc(scored([2, 2], [2, 2]), BINARY).area.value == 0.5  # ties count half


def test_the_area_of_a_perfect_ranking_has_an_interval():
    found = roc_analysis.roc(scored(np.arange(30, 60), np.arange(30)), BINARY)
    assert tuple(found.area) == pytest.approx(tuple(wilson_interval(30, 30))) and found.area.high == 1


@given(st.lists(st.integers(0, 20), min_size=2, max_size=30), st.lists(st.integers(0, 20), min_size=2, max_size=30))
def test_area_is_that_of_the_drawn_curve(positive, negative):
    found = roc_analysis.roc(scored(positive, negative), BINARY)
    assert found.area.value == pytest.approx(np.trapezoid(found.true_positive, found.false_positive))
    assert 0 <= found.area.low <= found.area.value <= found.area.high <= 1
    assert (found.positives, found.negatives) == (len(positive), len(negative))


def test_delongs_interval_covers_as_often_as_it_says():
    """Normal scores one standard deviation apart: the true area is Phi(1 / sqrt 2) = 0.760."""
    rng, inside = np.random.default_rng(0), 0
    for _ in range(300):
        area = roc_analysis.roc(scored(rng.normal(1, 1, 40), rng.normal(0, 1, 40)), BINARY).area
        inside += area.low <= 0.7602 <= area.high
    assert 0.91 < inside / 300 < 0.985


def test_a_face_not_found_is_wrong_at_every_threshold():
    lost = roc_analysis.roc(scored([3, np.nan], [1, 2]), BINARY)
    assert lost.area.value == 0.5
    assert roc_analysis.roc(scored([3, 4], [1, np.nan]), BINARY).area.value == 0.5


def test_a_roc_needs_two_classes():
    with pytest.raises(ResultsError, match="needs two"):
        roc_analysis.roc(frame([("leprosy", "leprosy", 1)], "multiclass"), FIVE)


LABEL = np.repeat(["beta_thalassemia", "control"], 30)


def hits(rng, runs=3, between=0.5):
    """Whether each training got each image right, (runs, 60): images are easier or harder, trainings better or worse."""
    chance = expit(1.0 + rng.normal(size=len(LABEL))[None] + between * rng.normal(size=runs)[:, None])
    return rng.random(chance.shape) < chance


def several(right):
    """Predictions of a network that was trained several times, from `hits`."""
    other = np.where(LABEL == "control", "beta_thalassemia", "control")
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "task": "binary",
                    "method": "DTL1",
                    "backbone": "dlib_resnet29",
                    "pretraining": "x",
                    "training": k,
                    "image": [f"{n:02d}" for n in range(len(LABEL))],
                    "label": LABEL,
                    "predicted": np.where(one, LABEL, other),
                    "score_beta_thalassemia": np.where(one == (LABEL != "control"), 1.0, -1.0),
                }
            )
            for k, one in enumerate(right)
        ],
        ignore_index=True,
    )


def test_of_several_trainings_the_mean_is_told():
    given = several(hits(np.random.default_rng(0)))
    found = metrics.with_intervals(given, BINARY)
    each = [metrics.with_intervals(rows, BINARY) for _, rows in given.groupby("training")]
    for name in metrics.METRICS:
        assert found[name].value == pytest.approx(np.mean([one[name].value for one in each])), name
        assert found[name].low < found[name].value < found[name].high
    assert metrics.accuracy(given) == found["accuracy"]
    row = metrics.summarize(given, BINARY).loc[0]
    assert (row["n"], row["trainings"]) == (60, 3) and row["correct"] == pytest.approx(60 * found["accuracy"].value)
    matrix = metrics.confusion(given, BINARY.classes)
    assert matrix.to_numpy().sum() == pytest.approx(60) and np.trace(matrix) == pytest.approx(row["correct"])
    area = roc_analysis.roc(given, BINARY).area
    assert area.value == pytest.approx(
        np.mean([roc_analysis.roc(r, BINARY).area.value for _, r in given.groupby("training")])
    )


def test_of_equal_trainings_the_interval_is_near_that_of_one():
    one = several(hits(np.random.default_rng(1), runs=1))
    thrice = pd.concat([one.assign(training=k) for k in range(3)], ignore_index=True)
    alone, all_of_them = (metrics.accuracy(rows) for rows in (one, thrice))
    assert tuple(all_of_them) == pytest.approx(tuple(alone), abs=0.02)


def by_formula(right):
    """The interval of accuracy over images and trainings; within a class the variance over images is known without draws."""
    of_images, n = right.mean(axis=0), len(LABEL)
    over_images = sum(len(part) * part.var() for part in (of_images[:30], of_images[30:])) / n**2
    variance = trainings.widened(over_images, n, right.mean(axis=1))
    return metrics.effective_wilson(right.mean(), variance, n)


def test_the_bootstrap_over_images_is_that_of_the_formula():
    for seed in range(3):
        right = hits(np.random.default_rng(seed))
        assert tuple(metrics.accuracy(several(right))) == pytest.approx(tuple(by_formula(right)), abs=0.006)


def test_the_interval_over_trainings_holds_the_truth():
    """In 95 of 100 cases, and in far fewer if the trainings' own scatter were left out."""
    rng, cases = np.random.default_rng(2), 600
    population = rng.normal(size=200_000) + 0.6 * rng.normal(size=200_000)
    truth = expit(1.0 + population).mean()
    held = alone = 0
    for _ in range(cases):
        right = hits(rng, between=0.6)
        _, low, high = by_formula(right)
        held += low <= truth <= high
        _, low, high = wilson_interval(int(right[0].sum()), len(LABEL))
        alone += low <= truth <= high
    assert 0.98 > held / cases > 0.92 > alone / cases
