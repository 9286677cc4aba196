"""Work side by side: on this machine and on a cluster, one of whose workers dies on the way."""

import os
import signal
import time

import numpy as np
import pytest

from facediag_utils.core import parallel, settings
from facediag_utils.core.errors import ClusterError
from facediag_utils.core.progress import latest_progress, progress_bar
from facediag_utils.data import duplicates, splitting
from facediag_utils.evaluation import resampled_splits
from facediag_utils.faces import detection
from facediag_utils.methods import dsift, dtl2, svm


def triple(number):
    return 3 * number


def test_in_order_and_all_of_them(all_cores):
    for count in (0, 3, 50):
        assert list(parallel.parallel_map(triple, [(k,) for k in range(count)], "numbers")) == [
            3 * k for k in range(count)
        ]


def test_a_bar_in_a_file_for_another_process(tmp_path, monkeypatch):
    path = tmp_path / "bars"
    assert latest_progress(path) == ""
    monkeypatch.setenv(settings.BARS, str(path))
    with progress_bar(None, 10, "epochs", unit="epoch") as bar:
        bar.mininterval = 0
        for _ in range(4):
            time.sleep(0.01)
            bar.update()
        bar.refresh()
        assert latest_progress(path).startswith("epochs: 4/10, ") and latest_progress(path).endswith("left")
    assert latest_progress(path) == ""


@pytest.fixture
def all_cores(monkeypatch):
    """As without the tests' own limit."""
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)


@pytest.fixture(scope="module")
def two_workers():
    """A Dask cluster on this machine."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster


@pytest.mark.slow
def test_splits_are_shared_by_the_workers_of_a_cluster_and_the_same(two_workers, own_cache, monkeypatch):
    from distributed.diagnostics.plugin import SchedulerPlugin

    seen = set()

    class Workers(SchedulerPlugin):
        def transition(self, key, start, finish, *args, worker=None, **kwargs):
            if start == "processing" and finish == "memory":
                seen.add(worker)

    labels = np.repeat(list("abc"), 30)
    features = np.random.default_rng(0).normal(size=(90, 80)) + 2.5 * np.repeat(np.eye(80)[:3], 30, axis=0)
    kernels = {"one": svm.gram(features), "two": svm.gram(features[:, :6])}
    given = (kernels, labels, splitting.draw_splits(labels, dict.fromkeys("abc", 10), 40))
    here = resampled_splits.accuracies(*given)
    monkeypatch.setenv(settings.DASK, two_workers.scheduler_address)
    monkeypatch.setenv("FACEDIAG_CACHE", str(own_cache / "another"))
    two_workers.scheduler.add_plugin(Workers(), name="workers")
    there = resampled_splits.accuracies(*given)
    assert there.equals(here) and len(seen) == 2


@pytest.mark.exhaustive
def test_a_cluster_finds_what_this_machine_finds_though_a_worker_dies(few, two_workers, own_cache, monkeypatch):
    from distributed.diagnostics.plugin import SchedulerPlugin

    class Killer(SchedulerPlugin):
        """Kills a worker when the third piece of work is done."""

        def __init__(self, pid: int) -> None:
            self.pid, self.done = pid, 0

        def transition(self, key, start, finish, *args, **kwargs):
            self.done += finish == "memory"
            if self.done == 3:
                os.kill(self.pid, signal.SIGKILL)
                self.done += 1

    some, here = few
    monkeypatch.setenv(settings.DASK, two_workers.scheduler_address)
    first = [nanny.pid for nanny in two_workers.workers.values()]
    two_workers.scheduler.add_plugin(Killer(first[0]), name="killer")
    there = detection.find_faces(some)
    for _ in range(300):  # until another is started in its place
        second = [nanny.pid for nanny in two_workers.workers.values()]
        if first[0] not in second and None not in second:
            break
        time.sleep(0.1)
    assert first[0] not in second and first[1] in second  # it died, and another was started
    features = dtl2.extract("dlib_resnet29", some, there)
    words = {5: np.eye(5, 128) * 99}
    bags = dsift.histograms(some, there, np.arange(0, 35, 9), words)[5]
    looked = list(parallel.parallel_map(duplicates._look, [(path,) for path in some.table["path"][:20]], "pictures"))
    for name in ("outcome", "landmarks", "box", "count"):
        assert np.array_equal(getattr(there, name), getattr(here, name), equal_nan=name in ("landmarks", "box"))
    monkeypatch.delenv(settings.DASK)
    monkeypatch.setenv("FACEDIAG_CACHE", str(own_cache / "another"))
    assert np.nanmax(np.abs(features - dtl2.extract("dlib_resnet29", some, here))) < 1e-4
    assert np.array_equal(bags, dsift.histograms(some, here, np.arange(0, 35, 9), words)[5])
    for row, path in zip(looked, some.table["path"][:20], strict=True):
        assert np.array_equal(row["hash"], duplicates._look(path)["hash"])


def test_a_picture_that_a_worker_cannot_see_is_no_picture_without_a_face(tmp_path):
    """It would be kept in the cache as one."""
    with pytest.raises(ClusterError, match="needs the folder under one path"):
        detection._find_in_file(tmp_path / "gone.jpg")
    with pytest.raises(ClusterError, match="needs the folder under one path"):
        duplicates._look(tmp_path / "gone.jpg")


def test_no_cluster_where_dask_says(monkeypatch):
    monkeypatch.setenv(settings.DASK, "tcp://127.0.0.1:9")
    monkeypatch.setattr(parallel, "CONNECT", 1)
    with pytest.raises(ClusterError, match=r"DASK=tcp://127\.0\.0\.1:9: no scheduler answers"):
        list(parallel.parallel_map(triple, [(1,)], "numbers"))
