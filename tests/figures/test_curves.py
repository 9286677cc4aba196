"""Figures of measured things: what they draw is what they were given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from facediag_utils.data.cohort import NO_FACE
from facediag_utils.evaluation.domain_distance import Distance
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.roc_analysis import Roc
from facediag_utils.figures import curves


def test_answers_without_signs_are_shares_by_disease():
    answers = pd.DataFrame(
        {
            "label": ["a"] * 4 + ["b"] * 2,
            "with_signs": ["a", "a", "a", "control", "b", NO_FACE],
            "without": ["control", "control", "a", "control", "a", "control"],
        }
    )
    figure = curves.answers_without_signs(answers, ["a", "b", "control"], "title")
    drawn = [[[bar.get_width() for bar in bars] for bars in axis.containers] for axis in figure.axes]
    assert drawn[0] == [pytest.approx([75, 0, 25, 0]), pytest.approx([25, 0, 75, 0])]
    assert drawn[1] == [pytest.approx([0, 50, 0, 50]), pytest.approx([50, 0, 50, 0])]
    assert [axis.get_title() for axis in figure.axes] == ["a, n = 4", "b, n = 2"]
    plt.close(figure)


def test_mean_counts_have_a_decimal_and_their_own_accuracy():
    matrix = pd.DataFrame([[2, 1 / 3], [1, 8 / 3]], index=["a", "b"], columns=["a", "b"])
    whole = matrix.round()
    share = Interval(7 / 9, 0.4, 0.95, "4.7/6")
    figure = curves.confusion_matrices({"several": matrix, "one": whole}, "data", {"several": share})
    texts = [[text.get_text() for text in axis.texts] for axis in figure.axes]
    assert texts == [["2", "0.3", "1", "2.7"], ["2", "0", "1", "3"]]
    titles = [axis.get_title() for axis in figure.axes]
    assert titles[0] == f"several\n{share}" and titles[1].startswith("one\n83.3% 5/6 (")
    plt.close(figure)


@pytest.mark.parametrize("networks", [1, 2, 5])
def test_roc_curves_stand_two_a_row(networks):
    line = np.array([0.0, 1.0])
    roc = Roc(line, line, Interval(0.5, 0.4, 0.6), 30, 30)
    figure = curves.roc_curves({f"n{k}": {"DTL1": roc} for k in range(networks)}, "title")
    drawn = [axis for axis in figure.axes if axis.get_title()]
    assert len(drawn) == networks and figure.get_size_inches()[0] == pytest.approx(4.6 * min(networks, 2))
    plt.close(figure)


@pytest.mark.parametrize("networks", [2, 6, 12])
def test_no_two_distances_stand_at_one_height(networks):
    """Each network has a height of its own, also beside those of the next row."""
    found = {f"n{k}": {label: Distance(1.0, 0.1, 0.2) for label in "abc"} for k in range(networks)}
    figure = curves.distances(found, ["a", "b", "c"], "title")
    heights = [line.get_ydata() for line in figure.axes[0].lines if len(line.get_ydata()) == 3]
    of_means = sorted({round(float(y), 6) for ys in heights for y in ys})
    assert len(of_means) == 3 * networks and min(np.diff(of_means)) > 0.9 / (networks + 1)
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == [*found, "hollow: mixed at random"]
    plt.close(figure)
