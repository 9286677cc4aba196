"""Tables of the report: cells, sort keys, lines that stay together."""

import pandas as pd

from facediag_utils.data.cohort import Task
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.figures.tables import PAPER
from facediag_utils.run import report_tables


def methods(*data: str) -> pd.DataFrame:
    shares = [wilson_interval(k + 5, 10) for k in range(len(data))]
    flops = ["1.28G", "581M", "9M"][: len(data)]
    names = [f"m{k}" for k in range(len(data))]
    return pd.DataFrame({"Method": names, "Data": list(data), "FLOPs": flops, "Accuracy": shares})


def test_a_line_of_the_paper_stays_above_that_of_the_run():
    table = report_tables.of_methods(methods(PAPER, "this run", "this run"), "Table 3")
    assert [[row[0].text for row in group] for group in table.groups] == [["m0", "m1"], ["m2"]]
    assert [row[-1].best for group in table.groups for row in group] == [False, False, True]  # the paper is out of it
    assert table.columns == ["Method", "Data", "FLOPs", "Accuracy"] and table.caption == "Table 3"


def test_one_word_for_the_data_of_all_lines():
    table = report_tables.of_methods(methods("this run", "this run"), "Table 4")
    assert table.columns == ["Method", "FLOPs", "Accuracy"] and table.caption == "Table 4; this run"


def test_what_columns_are_sorted_by():
    table = report_tables.of_methods(methods("this run", "this run", "this run"), "x")
    keys = [[cell.key for cell in row] for [row] in table.groups]
    assert [float(flops) for _, flops, _ in keys] == [1.28e9, 581e6, 9e6]
    assert [float(share) for *_, share in keys] == [0.5, 0.6, 0.7]
    undefined = pd.DataFrame({"a": ["m"], "b": [Interval(float("nan"))]})
    assert [cell.key for cell in report_tables.of_methods(undefined, "x").groups[0][0]] == ["", ""]


def test_tasks_in_words():
    names = [f"class {k}" for k in range(50)]
    assert report_tables.title(Task("binary", "Detection of x", ("x", "y"))) == "Detection of x, 2 classes"
    assert report_tables.title(Task("all", "anna or ben", ("anna", "ben"))) == "anna or ben"
    assert report_tables.title(Task("all", "All classes", tuple(names))) == "All 50 classes"


def test_a_plain_table_marks_nothing():
    table = report_tables.plain(pd.DataFrame({"file": ["a.csv"], "same": [12]}), "By file")
    [[row]] = table.groups
    assert [(cell.text, cell.best, cell.number) for cell in row] == [("a.csv", False, False), ("12", False, True)]
