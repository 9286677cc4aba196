"""The first table: its numbers and what stands beside them; `test_train` has what is written."""

import pytest
from made import recorded_accuracy

from facediag_utils.core import profiles
from facediag_utils.core.settings import ROOT
from facediag_utils.data import cohort, store
from facediag_utils.data.store import Method
from facediag_utils.run import quick


@pytest.fixture(scope="module")
def answers():
    """What the record has of the two networks."""
    stored = store.read(ROOT / "results" / store.TEST)
    return stored[stored["backbone"].isin(quick.NETWORKS) & (stored["method"] == Method.DTL2)]


def test_the_table_has_intervals_and_the_papers_row_with_its_data(answers):
    *networks, guessing, paper = quick._rows(cohort.load(profiles.profile()), answers)
    assert [row[0] for row in networks] == [
        "DTL2, ResNet29 (dlib), 3M faces (dlib)",
        "DTL2, EfficientNet-Lite0, ImageNet",
    ]
    assert networks[0][2] == str(recorded_accuracy()) and guessing[1:] == ["50.0%", "20.0%"]
    assert paper == ["the paper, photographs: DTL2, VGG16, VGG-Face", "95.0% 57/60 (86-98)", "93.3% 140/150 (88-96)"]
    assert quick._columns([["a", "bc"], ["def", "g"]]) == ["  a    bc", "  def  g"]
