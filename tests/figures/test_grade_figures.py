"""What stands in the figures of grades."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from facediag_utils.evaluation.grades import Graded
from facediag_utils.evaluation.interval import Interval
from facediag_utils.figures import grades

CLASSES = ("none", "low", "high")


def texts(axis) -> list[str]:
    return [text.get_text() for text in axis.texts]


def test_matrices_have_predicted_rows_and_actual_columns():
    one = Graded(np.array([0, 1, 1]), np.array([2, 1, 1]), np.eye(3)[[2, 1, 1]], np.full(3, "x"), np.arange(3))
    figure = grades.grade_matrices({"A": one, "B": one, "C": one}, CLASSES, "t")
    axis = figure.axes[0]
    assert texts(axis) == ["0", "0", "0", "0", "2", "0", "1", "0", "0"]
    assert (axis.get_ylabel(), axis.get_xlabel()) == ("predicted grade", "actual grade")
    assert [label.get_text() for label in axis.get_xticklabels()] == list(CLASSES)
    plt.close(figure)


def test_every_interval_is_drawn_and_written():
    found = {
        "softmax": {"everybody": Interval(0.4, 0.3, 0.5), "ill": Interval(0.1, -0.1, 0.3)},
        "CORN": {"ill": Interval(0.2, 0.1, 0.3)},
    }
    figure = grades.intervals(found, "kappa", "t", {"blind": 0.7})
    axis = figure.axes[0]
    assert sorted(texts(axis)) == ["0.10 (-0.10 to 0.30)", "0.20 (0.10 to 0.30)", "0.40 (0.30 to 0.50)"]
    assert [label.get_text() for label in axis.get_legend().get_texts()] == ["blind", "everybody", "ill"]
    (low, high), heights = axis.get_ylim(), [text.xy[1] for text in axis.texts]
    assert low < min(heights) and max(heights) < high and len(set(heights)) == 3
    plt.close(figure)


def test_a_line_for_each_person():
    said = pd.DataFrame({"disease": list("aaabbb"), "subject": [1, 1, 2, 3, 3, 3], "severity": [1.0, 0, 0, 0, 0.5, 1]})
    figure = grades.growing_signs(said.assign(expected=np.arange(6) / 3), CLASSES, "t")
    first, second = figure.axes[:2]
    assert len(first.lines) == 2 and len(second.lines) == 1
    assert first.lines[0].get_xdata().tolist() == [0, 1] and first.lines[0].get_ydata()[1] == 0
    assert [label.get_text() for label in first.get_yticklabels()] == list(CLASSES)
    plt.close(figure)
