"""Networks beside their untrained copies, faces that stand for the source, and distances that are known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made import cohort_of, rows_of

from facediag_utils.data.cohort import Cohort
from facediag_utils.evaluation import pretraining
from facediag_utils.evaluation.domain_distance import Distance
from facediag_utils.evaluation.interval import Interval
from facediag_utils.networks.records import FACES, NOTHING, OBJECTS

NETWORK = "dlib_resnet29"


def test_each_architecture_has_one_untrained_copy():
    found = pretraining.with_untrained([NETWORK, "efficientnet_lite2", "efficientnet_lite1", "vgg16_vggface"])
    assert found[:4] == [NETWORK, "efficientnet_lite2", "efficientnet_lite1", "vgg16_vggface"]
    assert found[4:] == ["untrained:dlib_resnet29", "untrained:efficientnet_lite2", "untrained:vgg16_vggface"]


def test_accuracies_are_means_with_the_corrected_interval():
    splits = pd.DataFrame({NETWORK: [0.5, 0.6, 0.7], f"untrained:{NETWORK}": 0.2})
    found = pretraining.accuracies(splits, 40, 30)
    assert found["trained_for"].tolist() == [FACES, NOTHING] and found.index.tolist() == list(splits)
    assert found["accuracy"].iloc[0].value == pytest.approx(0.6) and found["accuracy"].iloc[0].low < 0.5
    assert tuple(found["accuracy"].iloc[1]) == pytest.approx((0.2, 0.2, 0.2))


def test_further_people_stand_for_the_source_in_one_photograph_each(bundled, bundled_faces):
    source = pretraining.source_like(bundled, bundled_faces)
    assert source.people is not None and source.people.table["label"].is_unique
    assert source.title == f"{len(source.people)} further people without signs" and len(source.people) > 50
    assert source.among.sum() == (bundled.table["label"] == "control").sum() > 0


def of_ones_own(few, labels, rows):
    """The cohort of some rows under other labels, with no further people beside it."""
    images = cohort_of(few[0], rows)
    table = images.table.assign(label=labels)
    profile = replace(images.profile, data=images.profile.data / "images")
    return Cohort(profile, tuple(sorted(set(labels))), table), rows_of(few[1], rows)


def test_a_class_called_healthy_stands_for_the_source_or_nothing_does(few):
    labels = np.repeat(["Healthy", "ill"], [6, 12])
    source = pretraining.source_like(*of_ones_own(few, labels, np.arange(18)))
    assert source.people is None and source.title == "the images of Healthy"
    assert source.among.tolist() == [True] * 6 + [False] * 12
    for few_or_none in (np.repeat(["one", "other"], 9), np.repeat(["well", "ill"], [4, 14]), np.repeat("well", 18)):
        assert pretraining.source_like(*of_ones_own(few, few_or_none, np.arange(18))) is None


@pytest.mark.parametrize(
    ("well", "ill", "wanted"), [(np.arange(6), np.arange(6), 0), (np.repeat(0, 6), np.repeat(9, 6), 2)]
)
def test_distance_of_equal_faces_is_0_and_of_two_faces_2(few, well, ill, wanted):
    images, faces = of_ones_own(few, np.repeat(["well", "ill"], 6), np.concatenate([well, ill]))
    source = pretraining.source_like(images, faces)
    found = pretraining.distances(source, images, faces, np.arange(12), [NETWORK])
    assert found.index.tolist() == [NETWORK] and found.columns.tolist() == ["distance"]
    assert found.loc[NETWORK, "distance"].value == wanted


TABLE = pd.DataFrame(
    {
        "title": list("abcde"),
        "pretraining": "x",
        "trained_for": [FACES, FACES, OBJECTS, NOTHING, NOTHING],
        "accuracy": [Interval(value, value - 0.1, value + 0.1) for value in (0.9, 0.8, 0.7, 0.2, 0.1)],
        "distance": [Distance(value, 0.1, 0.2) for value in (1.0, 1.1, 1.2, 0.2, 0.1)],
    },
    index=list("vwxyz"),
)


def test_untrained_copies_can_make_the_correlation():
    """Nearer is better among the trained ones; the untrained, which see nothing, are nearest and worst."""
    every, trained = pretraining.correlations(TABLE, "distance")
    assert trained.value == pytest.approx(-1) and every.value == pytest.approx(0.6)  # 1 - 6 (4 + 4) / (5 (25 - 1))


def test_numbers_are_written_down():
    numbers = pretraining.as_numbers(TABLE)
    assert numbers["network"].tolist() == list("vwxyz") and numbers["accuracy_low"].iloc[0] == pytest.approx(0.8)
    assert numbers["distance_shuffled"].tolist() == [0.2] * 5 and "without_signs_value" not in numbers
    plain = pretraining.as_numbers(TABLE.drop(columns="distance"))
    assert plain.columns.tolist()[-3:] == ["accuracy", "accuracy_low", "accuracy_high"]
