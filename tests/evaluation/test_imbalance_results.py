"""Recall, precision and calibration over thinned training sets, on answers that were planted."""

import numpy as np
import pytest

from facediag_utils.evaluation import imbalance_results as results
from facediag_utils.evaluation.imbalance_results import Answers
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import effective_wilson

CLASSES = ("a", "b")
TRUTH = np.array([0, 0, 0, 0, 1, 1])
COUNTS = np.array([[8, 1], [1, 8]])  # a rotation
ONCE = np.ones((1, 6))


def planted(first, second, sure=1.0):
    """Two draws' answers, each so sure."""
    said = np.full((2, 6, 2), 1 - sure)
    for k, named in enumerate((first, second)):
        said[k, np.arange(6), named] = sure
    return Answers(said, TRUTH, COUNTS)


MIXED = planted([0, 0, 0, 1, 0, 0], [0, 1, 1, 1, 1, 1])  # the second class is rare, then the first


def test_recall_and_precision_of_known_answers():
    found = {name: float(value) for name, [value] in results.recalls_and_precisions(MIXED, ONCE, CLASSES).items()}
    assert found["recall, a"] == pytest.approx(4 / 8) and found["recall, b"] == pytest.approx(2 / 4)
    assert found["precision, a"] == pytest.approx(4 / 6) and found["precision, b"] == pytest.approx(2 / 6)
    assert found[results.MACRO_RECALL] == pytest.approx(1 / 2) == found[results.MACRO_PRECISION]
    assert found[results.RAREST] == pytest.approx((0 / 2 + 1 / 4) / 2)  # b in the first draw, a in the second
    assert found[results.COMMONEST] == pytest.approx((3 / 4 + 2 / 2) / 2)


def test_images_count_as_often_as_they_are_drawn():
    weights = np.array([[4.0, 0, 0, 0, 2, 0]])
    found = results.recalls_and_precisions(MIXED, weights, CLASSES)
    assert found["recall, a"] == pytest.approx(1.0) and found["recall, b"] == pytest.approx(0.5)
    assert found["precision, a"] == pytest.approx(8 / 10)


def test_a_class_that_is_never_named_has_no_precision():
    never = results.recalls_and_precisions(planted([0] * 6, [0] * 6), ONCE, CLASSES)
    assert np.isnan(never["precision, b"]).all() and never["recall, b"] == 0 and never["recall, a"] == 1


def test_a_face_that_was_not_found_is_missed_and_says_nothing_of_calibration():
    said = planted([0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1]).said.copy()
    said[:, 0] = np.nan
    gone = Answers(said, TRUTH, COUNTS)
    assert results.recalls_and_precisions(gone, ONCE, CLASSES)["recall, a"] == pytest.approx(3 / 4)
    assert results.calibration(gone, ONCE)[results.BRIER] == 0
    assert results.chance_error(gone) == 0


def test_brier_and_calibration_error_of_known_answers():
    """Always 90% sure, and right in three of four and two of two: Brier by hand, ECE 0.9 - 5/6."""
    found = results.calibration(planted([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], sure=0.9), ONCE)
    assert found[results.BRIER] == pytest.approx((5 * 0.1**2 + 0.9**2) / 6)
    assert found[results.ECE] == pytest.approx(0.9 - 5 / 6)
    # as in training: 8 of a to 1 of b, then 1 to 8
    right = [(8 * 3 / 4 + 1) / 9, (1 * 3 / 4 + 8) / 9]
    assert found[results.ECE + results.AS_TRAINED] == pytest.approx(np.mean([abs(0.9 - share) for share in right]))


def test_as_frequent_as_in_training():
    weights = results.as_trained(TRUTH, np.array([30, 10]))
    assert weights.mean() == pytest.approx(1) and weights[TRUTH == 0].sum() == pytest.approx(
        3 * weights[TRUTH == 1].sum()
    )


def test_bins_hold_every_probability():
    said = np.array([[1.0, 0.0], [0.5, 0.5], [0.45, 0.55], [0.99, 0.01]])
    assert (
        results.bins(said).argmax(axis=1).tolist() == [9, 5, 5, 9]
        and results.bins(said).sum(axis=1).tolist() == [1] * 4
    )


def test_chance_error_is_what_calibrated_answers_show():
    rng = np.random.default_rng(0)
    said = rng.dirichlet([1, 1], size=(40, 150))
    truth = (rng.random((40, 150)) < said[:, :, 1]).astype(int)
    found = [results.calibration(Answers(said[[k]], truth[k], COUNTS[:1]), np.ones((1, 150))) for k in range(40)]
    wanted = np.mean([one[results.ECE][0] for one in found])
    assert results.chance_error(Answers(said, truth[0], COUNTS)) == pytest.approx(wanted, rel=0.1) and wanted > 0.03


def test_drawn_weights_keep_the_number_of_each_class():
    weights = results.drawn_weights(TRUTH, draws=200)
    assert (weights[:, :4].sum(axis=1) == 4).all() and (weights[:, 4:].sum(axis=1) == 2).all()
    assert weights.mean(axis=0) == pytest.approx(1, abs=0.2) and weights.std() > 0


def simulated(rng, rotations, images, shift=0.0):
    """Answers whose recall differs by image and by rotation: probabilities are known, 0.6 and ``shift`` more."""
    truth = np.repeat([0, 1], images // 2)
    ease = 0.6 + shift + np.repeat(rng.normal(0, 0.05, rotations), 2)[:, None] + rng.normal(0, 0.15, images)
    right = rng.random((2 * rotations, images)) < ease.clip(0, 1)
    said = np.zeros((2 * rotations, images, 2))
    named = np.where(right, truth, 1 - truth)
    said[np.arange(2 * rotations)[:, None], np.arange(images), named] = 1
    return Answers(said, truth, np.tile(COUNTS, (rotations, 1)))


def test_intervals_hold_the_truth_as_often_as_they_say():
    held = []
    for seed in range(50):
        way = simulated(np.random.default_rng(seed), 4, 60)
        table = results.summary({"none": way, "other": way}, CLASSES, "none")
        [found] = [span for name, span in results.intervals(table, results.MACRO_RECALL).items() if name == "none"]
        held.append(found.low <= 0.6 <= found.high)
    assert np.mean(held) >= 0.9


def test_a_way_that_is_better_is_seen_and_one_that_is_none_is_not():
    rng = np.random.default_rng(0)
    plain = simulated(rng, 5, 100)
    better = Answers(plain.said.copy(), plain.numbers, plain.counts)
    wrong = np.argwhere(plain.predicted != plain.numbers)
    for draw, image in wrong[rng.random(len(wrong)) < 0.5]:
        better.said[draw, image] = better.said[draw, image][::-1]
    table = results.summary({"none": plain, "better": better, "same": plain}, CLASSES, "none")
    less = results.intervals(table, results.MACRO_RECALL, difference=True)
    assert list(less) == ["better", "same"] and less["better"].low > 0.1 and less["same"] == Interval(0.0, 0.0, 0.0)
    both = results.intervals(table, results.MACRO_RECALL)
    assert less["better"].value == pytest.approx(both["better"].value - both["none"].value)
    alone = results.summary({"none": plain, "better": better}, CLASSES, "none")
    one = results.intervals(alone, results.MACRO_RECALL, difference=True)["better"]
    assert one.high - one.low < less["better"].high - less["better"].low  # corrected for fewer


def test_rotations_that_differ_widen_what_images_alone_would_say():
    """Every image is right in three of four draws, so all variance lies between two rotations: 1 and 0.5, one degree of freedom."""
    right, wrong = TRUTH, 1 - TRUTH
    one, other = planted(right, right), planted(right, wrong)
    mixed = Answers(np.concatenate([one.said, other.said]), TRUTH, np.tile(COUNTS, (2, 1)))
    plain = Answers(np.concatenate([one.said, one.said]), TRUTH, np.tile(COUNTS, (2, 1)))
    table = results.summary({"none": plain, "mixed": mixed}, CLASSES, "none")
    less = results.intervals(table, results.MACRO_RECALL, difference=True)["mixed"]
    assert less.value == pytest.approx(-0.25) and less.high - less.value == pytest.approx(12.706 * 0.25, rel=1e-3)
    found = results.intervals(table, results.MACRO_RECALL)["mixed"]
    wanted = effective_wilson(0.75, (0.25 * 12.706 / 1.96) ** 2, len(TRUTH))
    assert tuple(found) == pytest.approx(tuple(wanted), abs=1e-3)


def test_more_rotations_make_narrower_intervals():
    rng = np.random.default_rng(1)
    way = simulated(rng, 12, 60)
    few = Answers(way.said[:4], way.numbers, way.counts[:4])
    width = {}
    for name, one in (("few", few), ("many", way)):
        table = results.summary({"none": one, "other": one}, CLASSES, "none")
        found = results.intervals(table, results.MACRO_RECALL)["none"]
        width[name] = found.high - found.low
    assert width["many"] < width["few"]


def test_reliability_of_known_answers():
    """Half sure and right in half; sure and right always."""
    said = np.zeros((2, 8, 2))
    said[0], said[1] = [0.5, 0.5 - 1e-9], [0.1, 0.9]
    truth = np.array([0, 1] * 4)
    said[1, truth == 0] = [0.9, 0.1]
    answers = Answers(said, truth, COUNTS)
    (half, low), (whole, high) = results.reliability(answers, trained=False, points=2)
    assert (half.value, low) == (pytest.approx(0.5), pytest.approx(0.5))
    assert (whole.value, high) == (pytest.approx(1.0), pytest.approx(0.9))
    (weighted, _), _ = results.reliability(answers, trained=True, points=2)
    assert weighted.value == pytest.approx(8 / 9) and weighted.low < 8 / 9 <= weighted.high
