"""Tables 3-6: every row of the paper, beside what this run has or lacks."""

import pandas as pd
import pytest

from facediag_utils.core import profiles
from facediag_utils.data import cohort, paper
from facediag_utils.data.store import KEY, Method
from facediag_utils.evaluation import metrics
from facediag_utils.evaluation.interval import wilson_interval
from facediag_utils.figures import tables

BINARY = cohort.Task("binary", "", paper.BINARY)
FIVE = cohort.Task("multiclass", "", tuple(paper.CLASSES))
PROFILE = profiles.profile()


def rows(task: str, method: str, backbone: str, right: int, wrong: int) -> pd.DataFrame:
    pretraining = "none" if backbone == "dsift" else "x"
    line = dict(zip(KEY, (task, method, backbone, pretraining), strict=True))
    half = right // 2
    labels = [("beta_thalassemia", "beta_thalassemia")] * half + [("control", "control")] * (right - half)
    labels += [("control", "beta_thalassemia")] * wrong
    return pd.DataFrame([{**line, "label": label, "predicted": said} for label, said in labels])


STORED = pd.concat(
    [
        rows("binary", Method.DTL1, "dlib_resnet29", 50, 10),
        rows("binary", Method.DTL1_TEST_EPOCH, "dlib_resnet29", 54, 6),
        rows("binary", Method.FROM_SCRATCH, "dlib_resnet29", 30, 30),
        rows("binary", Method.DTL2, "dlib_resnet29", 55, 5),
        rows("binary", Method.DSIFT_LINEAR, "dsift", 40, 20),
        rows("multiclass", Method.DTL2, "resnet50_vggface2_ms1m", 100, 50),
        rows("multiclass", Method.DTL2, "dlib_resnet29", 90, 60),
    ]
)


def test_every_printed_row_is_found_under_its_own_key():
    printed = [*paper.BINARY_ROWS, *paper.MULTICLASS_ROWS]
    assert len({(row.table < 5, tables.key_of(row)) for row in printed}) == len(printed)
    assert [len(tables.rows_of(number)) for number in (3, 4, 5, 6)] == [8, 6, 14, 4]


def test_table_3_has_the_papers_rows_then_this_runs():
    table = tables.side_by_side([3], STORED, BINARY, PROFILE)
    methods = table["", "Method"].tolist()
    assert methods[:3] == ["DSIFT + SVM linear", "DSIFT + SVM chi2", "AlexNet (Fine-tuning)"] and len(methods) == 11
    assert methods[8:] == [
        "ResNet29 (dlib) (Fine-tuning)",
        "ResNet29 (dlib) (Fine-tuning, epoch chosen on test)",
        "ResNet29 (dlib) (from scratch)",
    ]
    ours, theirs = table[PROFILE.title], table["paper (DSF)"]
    assert [cell.count for cell in ours["Accuracy"][8:]] == ["50/60", "54/60", "30/60"]
    assert str(ours["Accuracy"][8]) == "83.3% 50/60 (72-91)" and ours["Accuracy"][1] == "not run"
    assert str(ours["Sensitivity"][8]) == "100.0% 25/25 (87-100)" and str(ours["F1"][8]) == "83.3% (75-89)"
    assert theirs.loc[5].map(str).tolist() == [
        "15.47G",
        "93.3% 56/60 (84-97)",
        *["93.3% 28/30 (79-98)"] * 3,
        "93.3% (84-97)",
    ]
    assert theirs.loc[8].tolist() == [""] * 6 and ours["FLOPs"][8] == "271M"
    assert table["", "Pretrain"].tolist()[8:] == ["3M faces (dlib)", "3M faces (dlib)", "N"]


def test_absent_weights_are_words_and_not_numbers(tmp_path, monkeypatch):
    monkeypatch.setenv("FACEDIAG_WEIGHTS", str(tmp_path))
    table = tables.side_by_side([4], STORED, BINARY, PROFILE)
    ours = dict(
        zip(zip(table["", "Method"], table["", "Pretrain"], strict=True), table[PROFILE.title, "Accuracy"], strict=True)
    )
    svm = "(Feature Extractor + SVM Linear)"
    assert ours[f"VGG16 {svm}", "VGG-Face"] == "weights not installed (make weights WEIGHTS=vgg16_vggface)"
    assert ours[f"AlexNet {svm}", "VGG-Face"] == "weights never published"
    assert str(ours[f"ResNet29 (dlib) {svm}", "3M faces (dlib)"]) == "91.7% 55/60 (82-96)"
    assert table[PROFILE.title, "Accuracy"].map(str).str.contains("/60").sum() == 1


def test_a_row_of_another_table_is_not_repeated():
    """ResNet50 on both data sets stands in Table 6, not among the others of Table 5."""
    five, six = (tables.side_by_side([number], STORED, FIVE, PROFILE) for number in (5, 6))
    assert "VGGFace2 & MS-Celeb-1M" not in set(five["", "Pretrain"])
    assert six[PROFILE.title, "Accuracy"].map(str).str.extract(r"(\d+/150)")[0].tolist()[2::2] == ["100/150", "90/150"]
    assert str(five[PROFILE.title, "Accuracy"].tolist()[-1]) == "60.0% 90/150 (52-67)"


def test_the_papers_counts_follow_from_its_per_cents():
    """Figure 4 (b): 30 of 30 patients found, 3 of 30 controls not cleared; all of Table 4 is whole numbers of 30."""
    table = tables.side_by_side([4], STORED, BINARY, PROFILE)["paper (DSF)"]
    shares = ["95.0% 57/60 (86-98)", "90.9% 30/33 (76-97)", "100.0% 30/30 (89-100)", "90.0% 27/30 (74-97)"]
    assert table.loc[3].map(str).tolist() == ["15.47G", *shares, "95.2% (88-98)"]
    for row in tables.rows_of(4) + tables.rows_of(3):
        cells = tables._printed(row, BINARY)
        for name in metrics.METRICS[:4]:
            share = cells[name.capitalize()]
            hits, trials = map(int, share.count.split("/"))
            # ResNet50 on ImageNet has a printed specificity of 93.2%, where 28 of 30 are 93.3%
            assert 100 * share.value == pytest.approx(100 * hits / trials, abs=0.15), row


def test_the_best_of_each_column_is_bold():
    table = tables.side_by_side([3], STORED, BINARY, PROFILE)
    html = tables.styled(table, "Table 3").to_html()
    assert html == tables.styled(table, "Table 3").to_html()  # no random names in it
    style = tables.styled(table, "Table 3")._compute()
    bold = {(r, c) for (r, c), rules in style.ctx.items() if ("font-weight", "bold") in rules}
    columns = list(table.columns)
    # row 9, whose epoch was chosen on the test images, is better and out of the contest
    assert [r for r, c in bold if columns[c] == (PROFILE.title, "Accuracy")] == [8]
    assert [r for r, c in bold if columns[c] == ("paper (DSF)", "Accuracy")] == [5]
    assert not [c for _, c in bold if columns[c][0] == ""]
    assert "VGGFace2 &amp; MS-Celeb-1M" in tables.styled(tables.side_by_side([6], STORED, FIVE, PROFILE), "x").to_html()


def test_costs_beside_the_papers_column():
    table = tables.costs(["vgg16_vggface", "dlib_resnet29"], {"dlib_resnet29": 3.2})
    assert table["FLOPs, counted"].tolist() == ["15.48G", "271M"] and table["FLOPs, paper"].tolist() == ["15.47G", ""]
    assert table["ms per image"].tolist() == ["", "3"] and table["float32 file"].tolist() == ["580 MB", "22 MB"]


@pytest.mark.parametrize("value, shown", [(723e6, "723M"), (15.47e9, "15.47G"), (999.6e6, "1000M")])
def test_macs_as_the_paper_writes_them(value, shown):
    assert tables.shown_macs(int(value)) == shown


def test_a_task_of_ones_own_has_only_its_own_rows():
    own = STORED[STORED["task"] == "binary"].assign(task="all")
    table = tables.side_by_side([4], own, cohort.Task("all", "", paper.BINARY), PROFILE)
    assert table["", "Method"].tolist() == ["ResNet29 (dlib) (Feature Extractor + SVM Linear)"]


def test_measured_only_leaves_out_rows_without_numbers():
    table = tables.side_by_side([3], STORED, BINARY, PROFILE, measured_only=True)
    whole = tables.side_by_side([3], STORED, BINARY, PROFILE)
    assert table["", "Method"].tolist() == [
        "DSIFT + SVM linear",
        "ResNet29 (dlib) (Fine-tuning)",
        "ResNet29 (dlib) (Fine-tuning, epoch chosen on test)",
        "ResNet29 (dlib) (from scratch)",
    ]
    assert table.equals(whole.iloc[[0, 8, 9, 10]].reset_index(drop=True))
    of_another = STORED[STORED["backbone"] == "resnet50_vggface2_ms1m"]  # which stands in Table 6, not in Table 5
    assert tables.side_by_side([5], of_another, FIVE, PROFILE, measured_only=True).empty


def test_the_best_is_bold_in_a_table_with_one_header():
    frame = pd.DataFrame({"Method": ["a", "b"], "Accuracy": [wilson_interval(30, 60), wilson_interval(31, 60)]})
    assert tables.styled(frame, "t")._compute().ctx == {(1, 1): [("font-weight", "bold")]}
