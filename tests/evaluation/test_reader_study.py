"""The reader study: stored at every click, resumed, compared with a model; the simulated panel; the widget; the sheet."""

import re

import numpy as np
import pandas as pd
import pytest

from facediag_utils.core.errors import ResultsError
from facediag_utils.data import cohort
from facediag_utils.evaluation import reader_study
from facediag_utils.evaluation.interval import wilson_interval
from facediag_utils.figures import reader_sheet, reader_widget
from portraits.readers import simulate


def test_a_reader_stops_and_goes_on(bundled, own_output):
    task = cohort.tasks(bundled)[0]
    study = reader_study.study(bundled, task, "anna")
    assert len(study.order) == 60 and study.order != reader_study.study(bundled, task, "ben").order
    first = study.next()
    study.answer(first, "control", 3)
    with pytest.raises(ResultsError, match="still has to read"):
        study.answer(first, "control", 3)
    again = reader_study.study(bundled, task, "anna")
    assert again.order == study.order and again.next() == study.order[1] and len(again.answers) == 1
    for answer, confidence, word in (("flu", 3, "none of"), ("control", 6, "confidence")):
        with pytest.raises(ResultsError, match=word):
            again.answer(again.next(), answer, confidence)
    with pytest.raises(ResultsError, match="letters"):
        reader_study.study(bundled, task, "../anna")
    for image in study.order[1:]:
        again.answer(image, "control", 1)
    assert again.next() is None
    panel, unfinished = reader_study.panel(bundled, task)
    assert len(panel) == 6 and len(panel["anna"]) == 60 and unfinished == {}
    reader_study.study(bundled, task, "ben").answer(first, "control", 2)
    assert reader_study.panel(bundled, task)[1] == {"ben": 1}


def test_another_files_rows_are_no_answers(own_output, bundled, tmp_path):
    (tmp_path / "x.csv").write_text("image,answer\na,control\n")
    with pytest.raises(ResultsError, match="not a reader's answers"):
        reader_study.read_answers(tmp_path / "x.csv")


def test_the_panel_of_the_notebook_stores_a_click(bundled, own_output):
    study = reader_study.study(bundled, cohort.tasks(bundled)[0], "me")
    picture, choice, sure, button, state = reader_widget.panel(study, bundled).children
    path = bundled.table.set_index("image")["path"]
    assert picture.value == path[study.order[0]].read_bytes() and state.value.startswith("0 of 60 read")
    choice.value, sure.value = "control", 5
    button.click()
    assert study.answers.to_numpy().tolist() == [[study.order[0], "control", 5]]
    assert picture.value == path[study.order[1]].read_bytes() and not button.disabled
    shown = [str(option) for option in choice.options] + [state.value]
    assert not any(study.order[1].split("/")[-1] in text for text in shown)  # blinded
    for image in study.order[1:]:
        study.answer(image, "control", 1)
    button.click()
    assert len(study.answers) == 60
    done = reader_widget.panel(study, bundled).children
    assert done[3].disabled and done[4].value.startswith("60 of 60")


def test_the_study_on_paper(bundled, own_output):
    study = reader_study.study(bundled, cohort.tasks(bundled)[0], "paper")
    assert "0 of 60 faces read" in reader_sheet.exchange(study, bundled)
    page, table = (bundled.profile.run / "reading" / f"binary-paper.{kind}" for kind in ("html", "csv"))
    text = page.read_text()
    assert text.count("<img ") == text.count('alt="face ') == 60 and not re.search(
        r"thalassemia_\d|control_\d|\.jpg", text
    )
    rows = pd.read_csv(table)
    assert list(rows.columns) == reader_study.SHEET and rows["number"].tolist() == list(range(1, 61))
    # as a spreadsheet saves it, with other spellings, and some rows left empty
    table.write_text("number;answer;confidence\n2;Control ;5\n1;d1;1\n3;;\n", encoding="utf-8-sig")
    assert reader_sheet.exchange(study, bundled).startswith("2 answers taken in; 2 of 60 faces read.")
    wanted = [[study.order[1], "control", 5], [study.order[0], "beta_thalassemia", 1]]
    assert study.answers.to_numpy().tolist() == wanted
    assert pd.read_csv(table)["number"].tolist() == list(range(3, 61)) and page.read_text().count("<img ") == 58
    filled = pd.DataFrame({"number": range(3, 61), "answer": "control", "confidence": 1})
    filled.to_csv(table, index=False)
    assert reader_sheet.exchange(study, bundled) == "58 answers taken in; 60 of 60 faces read."
    assert not table.exists() and not page.exists()
    assert len(reader_study.panel(bundled, cohort.tasks(bundled)[0])[0]["paper"]) == 60


def test_what_is_wrong_with_a_sheet_is_told_row_by_row(bundled, own_output, tmp_path):
    study = reader_study.study(bundled, cohort.tasks(bundled)[0], "paper")
    study.answer(study.order[0], "control", 3)
    path = tmp_path / "sheet.csv"
    lines = ["number,answer,confidence", "1,control,3", "61,control,3", "2,flu,3", "3,control,6", "4,control,"]
    path.write_text("\n".join([*lines, "5,control,2", "5,control,2", "6,,"]))
    with pytest.raises(ResultsError) as told:
        study.take_in(path)
    faults = [line.strip() for line in str(told.value).splitlines()[1:]]
    assert [fault.split(":")[0] for fault in faults] == [f"line {k}" for k in (2, 3, 4, 5, 6, 8)]
    words = [
        "already",
        "'61' is none of 1 to 60",
        "'flu' is none of beta",
        "'6' is none of 1",
        "'' is none of 1",
        "already",
    ]
    assert all(word in fault for word, fault in zip(words, faults, strict=True))
    assert len(study.answers) == 1  # nothing of it was stored
    for content in (b"number,answer\n1,control\n", b"", "1;h\xf6her".encode("latin-1")):
        path.write_bytes(content)
        with pytest.raises(ResultsError, match=r"sheet\.csv: (no column|not a readable)"):
            study.take_in(path)


def test_a_reader_beside_a_model_is_counted_by_hand():
    label = ["ill"] * 30 + ["well"] * 30
    images = [f"{k:02d}" for k in range(60)]
    model = pd.DataFrame({"image": images, "label": label, "predicted": ["ill"] * 33 + ["well"] * 27})
    answers = ["well"] * 6 + ["ill"] * 24 + ["well"] * 30
    reader = pd.DataFrame({"image": images[::-1], "answer": answers[::-1], "confidence": 3})  # in an order of its own
    row = reader_study.compare_with_model({"a": reader}, model).loc["a"]
    assert (row["accuracy"].count, row["n"], row["only_first"], row["only_second"]) == ("54/60", 60, 3, 6)
    assert row["p"] == row["p_holm"] == pytest.approx(2 * (1 + 9 + 36 + 84) / 512)
    nobody = reader_study.compare_with_model({}, model)
    assert len(nobody) == 0 and {"accuracy", "difference", "p_holm"} <= set(nobody.columns)
    assert set(nobody.columns) == set(row.index)
    [(wrong, found)] = reader_study.operating_points({"a": reader}, pd.Series(label, index=images), "ill").values()
    assert wrong == wilson_interval(0, 30) and found == wilson_interval(24, 30)


def test_kappas_of_published_tables():
    """Cohen 1960 as in Wikipedia's grant example: 20, 5, 10, 15 of 50: kappa 0.4; Fleiss 1971's rule for perfect agreement."""
    one = np.repeat(["y", "y", "n", "n"], [20, 5, 10, 15])
    other = np.repeat(["y", "n", "y", "n"], [20, 5, 10, 15])
    images = [str(k) for k in range(50)]
    tables = {n: pd.DataFrame({"image": images, "answer": a, "confidence": 3}) for n, a in (("a", one), ("b", other))}
    pairs, fleiss = reader_study.kappas(tables)
    [row] = pairs.to_dict("records")
    assert row["kappa"].value == pytest.approx(0.4) and row["kappa"].low < 0.2 and 0.6 < row["kappa"].high < 0.7
    assert 0.3 < fleiss.value < 0.4 and fleiss.low < fleiss.value < fleiss.high
    alike, all_alike = reader_study.kappas({"a": tables["a"], "b": tables["a"]})
    assert [kappa.value for kappa in alike["kappa"]] == [1] and tuple(all_alike) == pytest.approx((1, 1, 1))
    assert len(reader_study.kappas({"a": tables["a"]})[0]) == 0 and np.isnan(tuple(reader_study.kappas({})[1])).all()


def test_cohens_interval_of_fleiss_cohen_and_everitt():
    """Psychological Bulletin 72 (1969) 323-327, unweighted: kappa 0.429, standard error 0.054 (200 subjects)."""
    counts = np.array([[53, 5, 2], [11, 14, 5], [1, 6, 3]]) * 2
    one, other = np.nonzero(np.ones((3, 3)))
    answers = [np.repeat(np.array(list("abc"))[k], counts.ravel()) for k in (one, other)]
    images = [str(k) for k in range(200)]
    tables = {str(k): pd.DataFrame({"image": images, "answer": a, "confidence": 3}) for k, a in enumerate(answers)}
    [row] = reader_study.kappas(tables)[0].to_dict("records")
    value, low, high = row["kappa"]
    assert value == pytest.approx(0.429, abs=5e-4)
    assert (high - low) / (2 * 1.96) == pytest.approx(0.054, abs=5e-4)


def test_fleiss_own_kind_of_table():
    """Fourteen raters, ten subjects, five categories: the worked example of Fleiss' kappa that textbooks give, 0.210."""
    counts = ["00 00 00 00 14", "00 02 06 04 02", "00 00 03 05 06", "00 03 09 02 00", "02 02 08 01 01"]
    counts += ["07 07 00 00 00", "03 02 06 03 00", "02 05 03 02 02", "06 05 02 01 00", "00 02 02 03 07"]
    answers = np.array([np.repeat(list("abcde"), [int(n) for n in row.split()]) for row in counts])
    images = [str(k) for k in range(10)]
    tables = {str(k): pd.DataFrame({"image": images, "answer": answers[:, k], "confidence": 3}) for k in range(14)}
    assert reader_study.kappas(tables)[1].value == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize("number", [0, 1])
def test_the_bundled_panel_is_the_simulated_one(bundled, own_output, number):
    task = cohort.tasks(bundled)[number]
    panel, unfinished = reader_study.panel(bundled, task)
    made = simulate(bundled, task, 5, 0.845)
    assert list(panel) == list(made) and not unfinished
    for name, answers in made.items():
        pd.testing.assert_frame_equal(panel[name], answers, check_dtype=False)


def test_the_simulated_panel_is_repeatable_and_near_its_accuracy(bundled):
    task = cohort.tasks(bundled)[1]
    panel = simulate(bundled, task, 5, 0.845)
    label = bundled.table.set_index("image")["label"]
    shares = [(t["answer"].to_numpy() == label[t["image"]].to_numpy()).mean() for t in panel.values()]
    assert abs(np.mean(shares) - 0.845) < 0.06 and all(name.startswith(reader_study.SIMULATED) for name in panel)
    assert panel["simulated-1"].equals(simulate(bundled, task, 5, 0.845)["simulated-1"])
