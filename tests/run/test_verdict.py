"""Reproduced or not: a run compared with the record, number by number."""

import shutil

import pandas as pd
import pytest

from facediag_utils.core import settings
from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.settings import ROOT
from facediag_utils.run import verdict

RECORD = ROOT / "results"


@pytest.fixture
def pair(tmp_path):
    """Makes two folders that hold some files of the record and no others: a record, and what a run made that equals it."""

    def holding(*names):
        folders = tmp_path / "record", tmp_path / "results"
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in names:
                shutil.copyfile(RECORD / name, folder / name)
        return folders

    return holding


def changed(pair, name, rows, column, change):
    """One number of one file, changed, and nothing but this file compared."""
    record, results = pair(name)
    table = pd.read_csv(results / name, keep_default_na=False, dtype=str)
    place = next(k for k, row in enumerate(table.to_dict("records")) if rows(row))
    table.loc[place, column] = change(table.loc[place, column])
    table.to_csv(results / name, index=False)
    return verdict.compare(record, results)


def test_the_record_reproduces_itself(pair):
    found = verdict.compare(*pair(*(path.name for path in RECORD.glob("*.csv"))))
    assert (found["outcome"] == verdict.SAME).all() and len(found) > 1000 and list(found) == verdict.COLUMNS
    assert set(found["file"]) >= {"measured_binary.csv", "predictions.csv", "splits_multiclass.csv", "claims.csv"}
    assert verdict.status(found) == 0 and verdict.format_verdict(found).endswith("\nREPRODUCED")


def of(method):
    return lambda row: row["method"] == method


def test_a_number_of_dtl2_must_be_the_same(pair):
    found = changed(pair, "measured_binary.csv", of("DTL2"), "accuracy", lambda x: f"{float(x) - 0.0167:.4f}")
    bad = found[found["outcome"] == verdict.NOT]
    assert len(bad) == 1 and verdict.status(found) == 3
    text = verdict.format_verdict(found)
    assert "not reproduced: measured_binary.csv, binary | DTL2" in text and text.endswith("NOT REPRODUCED")


def test_the_last_digit_of_a_training_must_be_the_same_where_the_libraries_are_pinned(pair):
    for table in ("measured_binary.csv", "measured_multiclass.csv"):
        found = changed(pair, table, of("DTL1"), "accuracy", lambda x: f"{float(x) - 0.0001:.4f}")
        assert (found["outcome"] == verdict.NOT).sum() == 1 and found["tolerance"].isin([0, float("inf")]).all()
    found = changed(pair, "trainings.csv", lambda row: row["epoch"] == "1", "objective", lambda x: f"{x}1")
    assert (found["outcome"] == verdict.NOT).sum() == 1


def test_elsewhere_a_training_may_differ_within_its_tolerance_and_no_further(pair, monkeypatch):
    monkeypatch.setenv(settings.FAST, "1")
    for step, outcome in ((0.05, verdict.WITHIN), (0.4, verdict.NOT)):
        found = changed(
            pair, "measured_multiclass.csv", of("DTL1"), "accuracy", lambda x, s=step: f"{float(x) - s:.4f}"
        )
        assert found["outcome"].value_counts().get(outcome, 0) == 1, outcome


def test_elsewhere_a_training_may_err_on_the_other_side(pair, monkeypatch):
    monkeypatch.setenv(settings.FAST, "1")
    for column, step, outcome in (
        ("sensitivity", 0.7, verdict.WITHIN),
        ("specificity", 0.7, verdict.WITHIN),
        ("specificity", 0.8, verdict.NOT),
        ("accuracy", 0.25, verdict.NOT),
    ):
        found = changed(pair, "measured_binary.csv", of("DTL1"), column, lambda x, s=step: f"{float(x) - s:.4f}")
        row = found[found["row"].str.startswith("binary | DTL1 |") & (found["column"] == column)]
        assert row["outcome"].tolist() == [outcome], (column, step)


def test_another_answer_of_dtl2_is_seen(pair):
    found = changed(pair, "predictions.csv", of("DTL2"), "predicted", lambda _: "nobody")
    assert (found["outcome"] == verdict.NOT).sum() == 1


def test_last_digits_of_scores_may_differ_elsewhere_only(pair, monkeypatch):
    def move():
        return changed(pair, "predictions.csv", of("DTL2"), "score_control", lambda x: f"{float(x) + 0.0004:.4f}")

    assert (move()["outcome"] == verdict.NOT).sum() == 1
    monkeypatch.setenv(settings.FAST, "1")
    found = move()
    assert found["outcome"].value_counts().to_dict() == {verdict.SAME: len(found) - 1, verdict.WITHIN: 1}


def test_what_is_missing_is_named(pair):
    record, results = pair("claims.csv", "measured_binary.csv")
    (results / "claims.csv").unlink()
    found = verdict.compare(record, results)
    assert (found["file"][found["outcome"] == verdict.MISSING] == "claims.csv").all()
    assert verdict.status(found) == 3 and "found nothing" in verdict.format_verdict(found)


def test_networks_that_are_not_installed_are_said_to_be_the_reason(pair, monkeypatch):
    record, results = pair("measured_binary.csv")
    table = pd.read_csv(results / "measured_binary.csv", keep_default_na=False, dtype=str)
    table[table["backbone"] != "mobileface"].to_csv(results / "measured_binary.csv", index=False)
    found = verdict.compare(record, results)
    monkeypatch.setattr(verdict.registry, "installed", lambda: ["dlib_resnet29"])
    assert (
        "  not installed here: mobileface, which the record has; make weights WEIGHTS=mobileface"
        in verdict.format_verdict(found)
    )
    monkeypatch.setattr(verdict.registry, "installed", lambda: ["dlib_resnet29", "mobileface"])
    assert verdict.status(found) == 3 and "not installed" not in verdict.format_verdict(found)


def test_every_tolerance_says_why():
    rules = pd.read_csv(verdict.Path(verdict.__file__).with_name("tolerances.csv"))
    assert rules["why"][(rules["elsewhere"] > 0) | (rules["tolerance"] > 0)].notna().all()
    assert (rules["tolerance"] <= rules["elsewhere"])[rules["elsewhere"] >= 0].all()


def test_only_the_bundled_cohort_has_a_record(tmp_path):
    from facediag_utils.core.profiles import Profile

    assert verdict.judge(Profile("mine", "t", tmp_path)) is None and verdict.status(None) == 0


def test_an_old_verdict_goes_when_a_run_is_not_compared(own_output):
    from facediag_utils.core.profiles import profile

    run = profile("bundled")
    old = run.run / verdict.VERDICT
    old.parent.mkdir(parents=True)
    old.write_text("of an earlier run")
    assert verdict.judge(run, comparable=False) is None and not old.exists()


def test_only_a_run_that_was_compared_becomes_the_record(recorded, tmp_path, monkeypatch):
    """A run of a part of the notebooks lacks what the others made: as the record it would drop that."""
    for name in ("results", "figures"):
        (tmp_path / "root" / name).mkdir(parents=True)
        (tmp_path / "root" / name / "old.csv").write_text("of the record before")
    monkeypatch.setattr(verdict, "ROOT", tmp_path / "root")
    (recorded.run / "model_card.md").write_text("a card")
    with pytest.raises(ReproduceError, match="no run that came to its end"):
        verdict.record()
    (recorded.run / "report.html").write_text("a page")
    verdict.judge(recorded, comparable=False)
    with pytest.raises(ReproduceError, match=r"a part of the notebooks.* make reproduce without NOTEBOOKS"):
        verdict.record()
    assert len(list((tmp_path / "root").glob("*/*"))) == 2
    verdict.judge(recorded)
    assert "commit them" in verdict.record()
    made = {path.name for path in (tmp_path / "root" / "results").iterdir()}
    assert {"predictions.csv", "model_card.md", "made_with.json"} <= made and "old.csv" not in made


def test_a_run_of_a_part_is_none_of_all_from_its_beginning_on(own_output, monkeypatch):
    """Also if it is broken off, which leaves the report of the run before."""
    from facediag_utils.core.profiles import profile
    from facediag_utils.run import reproduce

    def stopped(*_, **__):
        raise KeyboardInterrupt

    run = profile("bundled")
    run.run.mkdir(parents=True)
    (run.run / verdict.VERDICT).write_text("of an earlier run of all")
    monkeypatch.setattr(reproduce, "reproduce", stopped)
    with pytest.raises(KeyboardInterrupt):
        reproduce.main(run, part=("01", "09"))
    assert not (run.run / verdict.VERDICT).exists()
