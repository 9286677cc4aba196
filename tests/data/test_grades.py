"""Severities and grades of a manifest become classes that have an order."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from facediag_utils.core.profiles import Profile
from facediag_utils.data import grades
from facediag_utils.data.cohort import Cohort


def cohort_of(table: pd.DataFrame) -> Cohort:
    table = table.assign(image=[f"{k}.jpg" for k in range(len(table))])
    return Cohort(Profile("mine", "t", Path("none")), tuple(sorted(set(table["label"]))), table)


@pytest.fixture
def severe() -> pd.DataFrame:
    """Nine ill training images of severities 0.1 to 0.9, three ill test images, and healthy ones of no stated severity."""
    ill = pd.DataFrame({"label": "gout", "severity": np.arange(1, 10) / 10, "split": "train"})
    tested = pd.DataFrame({"label": "gout", "severity": [0.2, 0.5, 0.8], "split": "test"})
    well = pd.DataFrame({"label": "Healthy", "severity": np.nan, "split": ["train"] * 3 + ["test"]})
    return pd.concat([ill, tested, well], ignore_index=True)


def test_severity_is_cut_at_the_thirds_of_ill_training_images(severe):
    images = grades.graded(cohort_of(severe))
    assert images.classes == ("none", "low", "middle", "high")
    assert grades.cuts(cohort_of(severe)) == pytest.approx((0.1 + 0.8 / 3, 0.1 + 1.6 / 3))
    of_ill = images.table.loc[images.table["disease"] == "gout", "label"].tolist()
    assert of_ill == ["low"] * 3 + ["middle"] * 3 + ["high"] * 3 + ["low", "middle", "high"]
    assert (images.table.loc[images.table["disease"] == "Healthy", "label"] == "none").all()


def test_no_test_image_moves_a_cut(severe):
    moved = severe.assign(severity=severe["severity"].where(severe["split"] == "train", 0.99))
    assert grades.cuts(cohort_of(moved)) == grades.cuts(cohort_of(severe))


def test_images_of_unknown_grade_are_left_out(severe):
    unknown = pd.DataFrame({"label": "gout", "severity": [np.nan, -1.0], "split": "test"})
    images = grades.graded(cohort_of(pd.concat([severe, unknown], ignore_index=True)))
    assert len(images) == len(severe)


def test_a_column_of_grades_is_taken_as_it_is():
    split = (["train"] * 3 + ["test"] * 2) * 4
    table = pd.DataFrame({"label": "gout", "grade": np.repeat([0, 1, 2.5, 7], 5), "severity": 0.3, "split": split})
    images = grades.graded(cohort_of(table))
    assert images.classes == ("none", "grade 1", "grade 2.5", "grade 7")
    assert images.table["label"].tolist() == list(np.repeat(images.classes, 5))


def test_without_enough_grades_there_are_none(severe):
    bare = severe.drop(columns="severity")
    assert grades.graded(cohort_of(bare)) is None
    assert grades.graded(cohort_of(severe.assign(severity=0.0))) is None
    assert grades.graded(cohort_of(bare.assign(grade=(severe["label"] == "gout").astype(float)))) is None
    measure = pd.DataFrame(
        {"label": "gout", "grade": np.repeat(np.arange(11), 4), "split": (["train"] * 3 + ["test"]) * 11}
    )
    assert grades.graded(cohort_of(measure)) is None
    assert len(grades.graded(cohort_of(measure[measure["grade"] < 10])).classes) == 10


def test_a_grade_that_is_not_tested_is_left_out(severe):
    untested = severe[~((severe["split"] == "test") & (severe["severity"] == 0.8))]
    assert grades.graded(cohort_of(untested)).classes == ("none", "low", "middle")


def test_the_ill_have_a_task_of_their_own(severe):
    images = grades.graded(cohort_of(severe))
    assert [task.classes for task in grades.tasks(images)] == [images.classes, images.classes[1:]]
    ill = grades.graded(cohort_of(severe[severe["label"] == "gout"]))
    assert [task.name for task in grades.tasks(ill)] == ["grades"]
    assert grades.numbers(np.array(["high", "none", "low"]), images.classes).tolist() == [3, 0, 1]
