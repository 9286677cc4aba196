"""The store of predictions: round trip, replacement, order, and clear words when it is missing or odd."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from facediag_utils.core.errors import NothingYetError, ResultsError
from facediag_utils.core.profiles import Profile
from facediag_utils.core.profiles import profile as profile_of
from facediag_utils.core.settings import ROOT
from facediag_utils.data import store


@pytest.fixture
def profile(own_output, tmp_path):
    return Profile("test", "t", tmp_path)


def made(backbone="net", task="binary", score=0.123456, training=0):
    return store.Predictions(
        task=task,
        method=store.Method.DTL2,
        backbone=backbone,
        pretraining="x",
        classes=("ill", "well"),
        image=np.array(["b.png", "a.png"]),
        label=np.array(["ill", "well"]),
        predicted=np.array(["ill", store.NO_FACE]),
        scores=np.array([[score, -score], [np.nan, np.nan]]),
        training=training,
    )


def test_round_trip(profile):
    path = store.save(profile, made())
    stored = store.load(profile)
    assert stored["image"].tolist() == ["a.png", "b.png"] and stored["predicted"].tolist() == [store.NO_FACE, "ill"]
    assert stored["score_ill"].iloc[1] == 0.1235 and np.isnan(stored["score_ill"].iloc[0])
    assert path.read_bytes() == store.save(profile, made()).read_bytes()


def test_neighbours_alone_are_no_predictions_yet(profile):
    """As after `make reproduce NOTEBOOKS=14`; where there is a record, its predictions are shown instead."""
    store.save(profile, replace(made(), method=store.Method.GRADE_CORN))
    assert len(store.load(profile, neighbours=True)) == 2
    with pytest.raises(NothingYetError, match="no predictions yet"):
        store.load(profile)
    bundled = profile_of()
    store.save(bundled, replace(made(), method=store.Method.GRADE_CORN))
    shown = set(store.load(bundled)["method"])
    assert store.Method.DTL2 in shown and store.Method.GRADE_CORN not in shown


def test_same_key_is_replaced_and_others_stay(profile):
    store.save(profile, made("one"), made("two"))
    store.save(profile, made("two", score=0.9))
    stored = store.load(profile)
    assert len(stored) == 4
    assert stored.groupby("backbone")["score_ill"].max().to_dict() == {"one": 0.1235, "two": 0.9}


def test_all_trainings_of_a_method_are_replaced_together(profile):
    """Of three trainings of an earlier run none stays beside the two of this one."""
    store.save(profile, *(made("one", training=k) for k in range(3)), made("two"))
    stored = store.load(profile)
    assert stored["training"].dtype == int and len(stored) == 8
    assert store.select(stored, backbone="one")["training"].tolist() == [0, 0, 1, 1, 2, 2]
    store.save(profile, made("one", score=0.5, training=1), made("one", score=0.25))
    stored = store.select(store.load(profile), image="b.png").set_index(["backbone", "training"])["score_ill"]
    assert stored.to_dict() == {("one", 0): 0.25, ("one", 1): 0.5, ("two", 0): 0.1235}


def test_a_store_from_before_there_were_several_trainings(profile):
    path = store.save(profile, made("old"))
    pd.read_csv(path).drop(columns="training").to_csv(path, index=False)
    assert store.load(profile)["training"].tolist() == [0, 0]
    store.save(profile, made("new", training=1))
    assert store.load(profile).groupby("backbone")["training"].max().to_dict() == {"new": 1, "old": 0}
    path.write_text(path.read_text().replace(",1,", ",first,"))
    with pytest.raises(ResultsError, match="not readable"):
        store.load(profile)


def test_order_of_saving_does_not_matter(profile):
    store.save(profile, made("one"))
    first = store.save(profile, made("two"), made(task="all")).read_bytes()
    (profile.results / "predictions.csv").unlink()
    store.save(profile, made(task="all"), made("two"))
    assert store.save(profile, made("one")).read_bytes() == first


def test_missing_and_foreign_files(profile):
    with pytest.raises(ResultsError, match="no predictions yet"):
        store.load(profile)
    store.write_csv(profile.results / "predictions.csv", pd.DataFrame({"a": [1]}))
    with pytest.raises(ResultsError, match="no column task"):
        store.load(profile)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(profile):
    path = store.save(profile, made())
    before = path.read_bytes()

    class Unwritable(pd.DataFrame):
        def to_csv(self, target, **_):
            target.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        store.write_csv(path, Unwritable())
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == [".predictions.csv.lock", "predictions.csv"]


WRITER = """
import sys
from pathlib import Path
import numpy as np
from facediag_utils.data import store
from facediag_utils.core.profiles import Profile
one = np.array(["a", "b"])
for k in range(15):
    made = store.Predictions("t", f"{sys.argv[1]}{k}", "n", "p", ("x", "y"), one, one, one, np.zeros((2, 2)))
    store.save(Profile("test", "t", Path()), made)
"""


def test_two_writers_at_once_lose_nothing(profile):
    """Both read the store, add a method and write it: one waits for the other."""
    both = [subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=ROOT) for name in ("left", "right")]
    assert [process.wait() for process in both] == [0, 0]
    stored = store.load(profile)
    assert len(stored) == 60 and stored["method"].nunique() == 30


def test_neighbouring_systems_are_kept_and_asked_for_by_name(profile):
    """The paper's tables and claims are about the paper's methods; what is beside them stays when these are saved again."""
    neighbour = replace(made("lower:net"), method=store.Method.LOGISTIC)
    store.save(profile, made(), neighbour)
    store.save(profile, made(score=0.5))
    assert store.load(profile)["method"].tolist() == ["DTL2", "DTL2"]
    everything = store.load(profile, neighbours=True)
    assert everything["method"].value_counts().to_dict() == {"DTL2": 2, "Features + logistic regression": 2}


def test_neighbouring_systems_alone_are_no_predictions_of_the_paper(profile):
    store.save(profile, replace(made("lower:net"), method=store.Method.LOGISTIC))
    with pytest.raises(ResultsError, match="no predictions yet; run `make reproduce`, or notebooks 03 to 05"):
        store.load(profile)
