"""Figures of measured things: what they draw is what they were given."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from facediag_utils.data.cohort import NO_FACE
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
