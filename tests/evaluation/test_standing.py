"""Who is right most often, and from whom the same test images tell it apart."""

import numpy as np
import pandas as pd
import pytest
from made import made

from facediag_utils.data.cohort import NO_FACE, Task
from facediag_utils.data.store import Method
from facediag_utils.evaluation.standing import standing

TASK = Task("binary", "Ill or well", ("ill", "well"))
LABEL = np.resize(["ill", "well"], 40)


def method(right: int, **names) -> pd.DataFrame:
    """A method that is right on the first so many of 40 images."""
    return made(np.arange(40) < right, LABEL, **names).assign(training=0)


def test_the_most_accurate_comes_first_and_is_told_apart_where_the_test_says_so():
    """36 and 34 of 40 differ on 2 images (p 0.5), 36 and 10 on 26 (p < 0.001 also times three)."""
    stored = pd.concat(
        [
            method(34),
            method(36, backbone="mobileface", pretraining="faces (not stated)"),
            method(10, method=Method.DSIFT_LINEAR, backbone="dsift", pretraining="none"),
        ]
    )
    found = standing(stored, TASK)
    assert [entry.accuracy.count for entry in found.entries] == ["36/40", "34/40", "10/40"]
    assert [entry.name for entry in found.best] == ["DTL2, MobileFace, faces (not stated)"]
    assert (found.apart, found.images, found.lost) == (1, 40, 0)
    assert found.counts == {"ill": 20, "well": 20} and found.commonest == ("ill", 0.5)


def test_who_chose_the_epoch_on_the_test_images_is_never_the_best():
    stored = pd.concat([method(36, method=Method.DTL1_TEST_EPOCH), method(34, method=Method.DTL1)])
    found = standing(stored, TASK)
    assert [(entry.accuracy.count, entry.fair) for entry in found.entries] == [("36/40", False), ("34/40", True)]
    assert [entry.accuracy.count for entry in found.best] == ["34/40"] and found.apart == 0
    alone = standing(stored[stored["method"] == Method.DTL1_TEST_EPOCH], TASK)
    assert alone.best == [] and len(alone.entries) == 1


def test_of_equally_right_ones_all_are_the_best():
    found = standing(pd.concat([method(30), method(30, backbone="mobileface", pretraining="x")]), TASK)
    assert len(found.best) == 2 and found.apart == 0


@pytest.mark.parametrize("trainings", [1, 3])
def test_among_the_pictures_with_a_face_is_another_number(trainings):
    """41 of 70 and 41 of 42 say different things."""
    rows = made(np.arange(70) < 41, np.resize(["ill", "well"], 70))
    rows.loc[rows.index >= 42, "predicted"] = NO_FACE
    found = standing(pd.concat([rows.assign(training=k) for k in range(trainings)]), TASK)
    [entry] = found.entries
    assert found.lost == 28 and entry.trainings == trainings
    assert entry.accuracy.value == pytest.approx(41 / 70) and entry.with_face.value == pytest.approx(41 / 42)
    assert trainings > 1 or (entry.accuracy.count, entry.with_face.count) == ("41/70", "41/42")


def test_no_face_at_all():
    [entry] = standing(method(0).assign(predicted=NO_FACE), TASK).entries
    assert str(entry.accuracy).startswith("0.0% 0/40") and str(entry.with_face) == "undefined"
