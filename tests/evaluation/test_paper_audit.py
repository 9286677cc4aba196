"""The paper's printed numbers: which counts give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facediag_utils.data import paper
from facediag_utils.evaluation import paper_audit

EACH = st.integers(0, paper.TEST_PER_CLASS)


def test_the_best_row_is_57_of_60():
    """Table 4, VGG16 on VGG-Face: sensitivity 100%, specificity 90%; Figure 4(b) shows the same 30 and 27."""
    best = paper_audit.recover(paper.BINARY_ROWS[11])
    assert (best.true_positive, best.true_negative, best.correct, best.wrong) == (30, 27, 57, ())


def test_two_printed_figures_come_from_no_count():
    """88.8% is 56/63 = 88.89%, cut off instead of rounded; 93.2% lies between 27/30 and 28/30 = 93.33%."""
    found = {paper_audit._name(row): paper_audit.recover(row).wrong for row in paper.BINARY_ROWS}
    assert {name: wrong for name, wrong in found.items() if wrong} == {
        "VGG16 (Feature Extractor + SVM Linear), ImageNet": ("f1",),
        "ResNet50 (Feature Extractor + SVM Linear), ImageNet": ("specificity",),
    }


def test_every_row_has_one_matrix():
    assert all(paper_audit.recover(row).rivals == 0 for row in paper.BINARY_ROWS)


def test_every_multiclass_accuracy_is_so_many_of_150():
    audit = paper_audit.multiclass_audit()
    assert audit["explained"].all() and len(audit) == len(paper.MULTICLASS_ROWS)
    assert audit.set_index("method").loc["DSIFT + SVM Linear", "recovered"].count == "74/150"


@given(EACH, EACH)
def test_what_is_printed_from_counts_is_recovered(hits, rejections):
    figures = {name: round(value, 1) for name, value in paper_audit.percentages(hits, rejections).items()}
    row = paper.Row(3, "m", "a", "N", "1G", **figures)
    if hits == 0 and rejections == paper.TEST_PER_CLASS:  # nobody called ill: precision is not defined
        return
    found = paper_audit.recover(row)
    assert (found.true_positive, found.true_negative, found.wrong) == (hits, rejections, ())


def test_percentages_of_textbook_counts():
    figures = paper_audit.percentages(25, 30)
    assert figures == pytest.approx(
        {"accuracy": 91.67, "precision": 100, "sensitivity": 83.33, "specificity": 100, "f1": 90.91}, abs=0.01
    )


def test_comparisons_survive_only_where_counts_allow():
    """57/60 against 43/60: Fisher's p is 0.0012 and stands; against 56/60 it is 1."""
    table = paper_audit.comparisons(paper.BINARY_ROWS, paper.BINARY_ROWS[11]).set_index("method")
    assert table.loc["DSIFT + SVM Linear", "survives"] and not table.loc["VGG16 (Fine-tuning), VGG-Face", "survives"]
    assert (table["p, Holm"] >= table["p"]).all() and len(table) == 13


def test_hanley_and_mcneils_own_example():
    """Radiology 143 (1982) 29-36: area 0.893 from 51 and 58 images has a standard error of 0.032
    (0.0325 by the formula in which only area and numbers stand)."""
    assert paper_audit.hanley_mcneil(0.893, 51, 58) ** 0.5 == pytest.approx(0.032, abs=1e-3)


def test_figure_5s_areas_have_wide_intervals():
    areas = paper_audit.areas()
    assert list(areas) == list(paper.AUC) and all(a.low < a.value < a.high and a.low < 0.93 for a in areas.values())


def test_the_interval_of_two_proportions_is_newcombes():
    """Statistics in Medicine 17 (1998) 873-890, Table II, example (a), method 10: 56/70 against 48/80, 0.0524 to 0.3339."""
    low, high = paper_audit.confint_proportions_2indep(56, 70, 48, 80, method="newcomb")
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    table = paper_audit.comparisons(paper.BINARY_ROWS, max(paper.BINARY_ROWS, key=lambda row: row.accuracy))
    assert all(found.low < found.value < found.high for found in table["difference"])
