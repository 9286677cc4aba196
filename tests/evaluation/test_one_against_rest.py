"""Questions of two classes put to the scores of many."""

import numpy as np
import pandas as pd
import pytest

from facediag_utils.data.cohort import NO_FACE, Task
from facediag_utils.evaluation import metrics
from facediag_utils.evaluation.one_against_rest import OTHERS, area_difference, collapsed, questions
from facediag_utils.evaluation.roc_analysis import roc

TASK = Task("all", "t", ("a", "b", "control"))
ROWS = pd.DataFrame(
    {
        "task": "all",
        "method": "m",
        "backbone": "n",
        "pretraining": "p",
        "training": 0,
        "image": list("123456"),
        "label": ["a", "a", "b", "b", "control", "control"],
        "predicted": ["a", "b", "b", NO_FACE, "control", "a"],
        "score_a": [0.6, 0.4, 0.1, np.nan, 0.2, 0.5],
        "score_b": [0.3, 0.5, 0.8, np.nan, 0.1, 0.3],
        "score_control": [0.1, 0.1, 0.1, np.nan, 0.7, 0.2],
    }
)


def test_one_class_against_all_others():
    two, task = collapsed(ROWS, ["a"], "a")
    assert two["label"].tolist() == ["a", "a", OTHERS, OTHERS, OTHERS, OTHERS] and task.positive == "a"
    assert two["predicted"].tolist() == ["a", OTHERS, OTHERS, NO_FACE, OTHERS, "a"]
    found = metrics.with_intervals(two, task)
    assert (found["sensitivity"].count, found["specificity"].count) == ("1/2", "2/4")  # a face not found is not cleared
    assert roc(two, task).area.value == pytest.approx(
        5 / 8
    )  # 0.6 and 0.4 against 0.1, 0.2, 0.5 and one ranked above all


def test_ill_against_control_adds_probabilities_up():
    two, task = collapsed(ROWS, ["a", "b"], "ill")
    assert two["score_ill"].to_numpy() == pytest.approx([0.9, 0.9, 0.9, np.nan, 0.3, 0.8], nan_ok=True)
    assert two[f"score_{OTHERS}"].to_numpy() == pytest.approx([0.1, 0.1, 0.1, np.nan, 0.7, 0.2], nan_ok=True)
    assert metrics.with_intervals(two, task)["sensitivity"].count == "3/4"


def test_which_questions_there_are():
    assert questions(TASK) == {"a": ("a",), "b": ("b",), "ill": ("a", "b")}
    assert questions(Task("t", "t", ("anna", "bert"))) == {"anna": ("anna",), "bert": ("bert",)}
    assert questions(Task("t", "t", ("ill", "Healthy"))) == {"ill": ("ill",)}


def test_a_difference_of_areas_is_of_the_same_images_in_whatever_order():
    better = ROWS.assign(score_a=[0.9, 0.8, 0.1, np.nan, 0.2, 0.3])
    found, p = area_difference(better, ROWS.sample(frac=1, random_state=0), "a")
    assert found.value == pytest.approx(1 - 5 / 6) and 0 < p <= 1
    same, p = area_difference(ROWS, ROWS, "a")
    assert same.value == 0 and p == 1
