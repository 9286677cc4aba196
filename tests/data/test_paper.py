"""The printed tables, checked against what the paper says of them elsewhere."""

from facediag_utils.data import paper


def test_table_2_adds_up_to_the_totals_the_paper_prints():
    columns = {name: sum(row[name] for row in paper.TABLE_2.values()) for name in ("caucasian", "asian", "african")}
    assert columns == {"caucasian": 126, "asian": 175, "african": 49}  # last line of Table 2
    assert {sum(row.values()) for row in paper.TABLE_2.values()} == {70}  # section III.A


def test_rows_of_the_tables():
    assert [sum(row.table == n for row in paper.BINARY_ROWS) for n in (3, 4)] == [8, 6]
    assert [sum(row.table == n for row in paper.MULTICLASS_ROWS) for n in (5, 6)] == [14, 4]
    best = max(paper.MULTICLASS_ROWS, key=lambda row: row.accuracy)
    assert (best.architecture, best.pretraining, best.accuracy) == ("VGG16", "VGG-Face", 93.3)


def test_accuracies_of_the_binary_task_are_sixtieths():
    """Section IV.A has 60 test images; every printed accuracy is k/60 to a decimal (five-class ones are k/150)."""
    for rows, trials in ((paper.BINARY_ROWS, 60), (paper.MULTICLASS_ROWS, 150)):
        possible = {round(100 * k / trials, 1) for k in range(trials + 1)}
        assert [row for row in rows if row.accuracy not in possible] == []


def test_classes_and_split():
    assert list(paper.CLASSES.values()) == ["D1", "D2", "D3", "D4", "N0"]
    assert set(paper.TITLES) == set(paper.CLASSES) == set(paper.TABLE_2)
    assert paper.TRAIN_PER_CLASS + paper.TEST_PER_CLASS == 70
