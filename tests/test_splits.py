"""Splits drawn again, on this machine and on a Dask cluster, and the corrected t-test."""

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from facediag_utils import splits, svm
from facediag_utils.errors import ClusterError

RNG = np.random.default_rng(0)
LABELS = np.repeat(list("abc"), 30)
FEATURES = RNG.normal(size=(90, 12)) + 0.7 * np.repeat(np.eye(12)[:3], 30, axis=0)
TESTED = splits.drawn(LABELS, dict.fromkeys("abc", 10), 8)


def test_splits_have_the_stated_numbers_and_differ():
    tested = splits.drawn(LABELS, {"a": 10, "b": 12, "c": 5}, 20)
    for name, count in (("a", 10), ("b", 12), ("c", 5)):
        assert (tested[:, name == LABELS].sum(axis=1) == count).all()
    assert len(np.unique(tested, axis=0)) == 20
    assert (tested == splits.drawn(LABELS, {"c": 5, "b": 12, "a": 10}, 20)).all()


@pytest.mark.parametrize("names", ["abc", "ab"])
def test_the_gram_matrix_gives_what_features_give(names):
    rows = np.isin(LABELS, list(names))
    features, labels, tested = FEATURES[rows], LABELS[rows], TESTED[:, rows]
    kernel = splits.gram(features)
    plain = [(svm.fit(features[~t], labels[~t], 0.5).svm.predict(features[t]) == labels[t]).mean() for t in tested]
    found = splits.accuracies({"one": kernel, "two": 2 * kernel}, labels, tested, {"one": 0.5, "two": 0.25}, jobs=1)
    assert found["one"].tolist() == pytest.approx(plain) and found["two"].tolist() == pytest.approx(plain)
    train = ~tested[0]
    assert splits.penalty(kernel, labels, train) == svm.fit(features[train], labels[train]).penalty


def test_a_dask_cluster_of_two_workers_gives_the_same(monkeypatch):
    from distributed import LocalCluster
    from distributed.diagnostics.plugin import SchedulerPlugin

    class Workers(SchedulerPlugin):
        seen: ClassVar[set[str]] = set()

        def transition(self, key, start, finish, *args, worker=None, **kwargs):
            if start == "processing" and finish == "memory":
                self.seen.add(worker)

    kernels = {"one": splits.gram(FEATURES), "two": splits.gram(FEATURES[:, :6])}
    tested = splits.drawn(LABELS, dict.fromkeys("abc", 10), 120)
    given = (kernels, LABELS, tested, {"one": 1.0, "two": 0.1})
    here = splits.accuracies(*given)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        monkeypatch.setenv("DASK", cluster.scheduler_address)
        cluster.scheduler.add_plugin(Workers())
        there = splits.accuracies(*given)
    assert there.equals(here) and len(Workers.seen) == 2


def test_no_cluster_where_dask_says(monkeypatch):
    monkeypatch.setenv("DASK", "tcp://127.0.0.1:9")
    monkeypatch.setattr(splits, "CONNECT", 1)
    with pytest.raises(ClusterError, match=r"DASK=tcp://127\.0\.0\.1:9: no scheduler answers"):
        splits.accuracies({"one": splits.gram(FEATURES)}, LABELS, TESTED, {"one": 1.0})


def test_without_correction_it_is_students_test():
    differences = RNG.normal(0.02, 0.05, 30)
    plain = ttest_1samp(differences, 0)
    found = splits.corrected_t_test(differences, 10**9, 1)
    assert found.p == pytest.approx(plain.pvalue, rel=1e-6)
    assert splits.corrected_t_test(differences, 40, 30).p > plain.pvalue


def test_no_difference_at_all():
    found = splits.corrected_t_test(np.zeros(5), 40, 30)
    assert (found.mean, found.low, found.high, found.p) == (0, 0, 0, 1)


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=40))
def test_p_and_interval_agree(differences):
    found = splits.corrected_t_test(np.array(differences), 40, 30)
    assert found.low <= found.mean <= found.high
    if abs(found.p - 0.05) > 1e-6:
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_the_corrected_test_keeps_its_level_and_students_does_not():
    """Two methods that see as much as each other (other halves of like features): of 200 data sets the corrected test
    finds a difference at p < 0.05 in few, Student's in many, as Nadeau and Bengio (2003) found."""
    corrected, plain = [], []
    labels = np.repeat(["a", "b"], 70)
    for k in range(200):
        rng = np.random.default_rng(k)
        features = rng.normal(size=(140, 20)) + 0.25 * (labels == "a")[:, None]
        kernels = {"one": splits.gram(features[:, :10]), "two": splits.gram(features[:, 10:])}
        tested = splits.drawn(labels, {"a": 30, "b": 30}, 15, seed=k)
        found = splits.accuracies(kernels, labels, tested, dict.fromkeys(kernels, 0.1), jobs=1)
        differences = (found["one"] - found["two"]).to_numpy()
        corrected.append(splits.corrected_t_test(differences, 80, 60).p < 0.05)
        plain.append(ttest_1samp(differences, 0).pvalue < 0.05)
    assert np.mean(corrected) < 0.09 < 0.2 < np.mean(plain)  # 0.09: 0.05 and 2.6 standard errors
