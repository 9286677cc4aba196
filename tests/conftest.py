"""Shared fixtures: the bundled cohort and what is found in it, computed once a session (and cached by content)."""

from __future__ import annotations

import os

if "PYTEST_XDIST_WORKER" in os.environ:  # a core each: what they start beside themselves would only be in the way
    os.environ |= {"OMP_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1"}

import facediag_utils  # noqa: F401 - pins the libraries before they are loaded

# isort: split
import csv
import hashlib
import sys
from collections.abc import Callable, Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from filelock import FileLock
from joblib.externals.loky import get_reusable_executor
from made import cohort_of, recorded_run
from PIL import Image

from facediag_utils.core import profiles, settings
from facediag_utils.core.profiles import Profile
from facediag_utils.data import cohort
from facediag_utils.faces import detection

hypothesis.settings.register_profile("busy", deadline=None)  # on a busy machine anything may take long
hypothesis.settings.load_profile("busy")

#: Fixtures that need all 350 pictures, or networks: who uses one is left out of `make test-fast`.
DEAR = {"bundled", "bundled_faces", "bundled_features", "few", "recorded", "record_page", "page"}


class NoTorch(MetaPathFinder):
    """Holds the quick tests to it that what only needs names does not load torch."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "torch":
            raise ImportError("a test of `make test-fast` asks for torch: mark it slow, or see who imports it")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("markexpr") == "not slow":
        sys.meta_path.insert(0, NoTorch())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file that is slow as a whole is not even imported: it may ask for torch at its top."""
    if config.getoption("markexpr") != "not slow" or collection_path.suffix != ".py":
        return None
    return True if "\npytestmark = pytest.mark.slow" in collection_path.read_text(encoding="utf-8") else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if DEAR & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("exhaustive"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def bundled() -> cohort.Cohort:
    return cohort.load(profiles.profile("bundled"))


@pytest.fixture(scope="session")
def one_at_a_time() -> FileLock:
    """Of several workers one computes what the cohort costs, and the others wait and read it from the cache."""
    settings.cache_root().mkdir(parents=True, exist_ok=True)
    return FileLock(settings.cache_root() / ".tests.lock")


@pytest.fixture(scope="session")
def bundled_faces(bundled: cohort.Cohort, one_at_a_time: FileLock) -> detection.Faces:
    with one_at_a_time:
        return detection.find_faces(bundled)


@pytest.fixture(scope="session")
def bundled_features(
    bundled: cohort.Cohort, bundled_faces: detection.Faces, one_at_a_time: FileLock
) -> Callable[[str], np.ndarray]:
    """Features of the bundled cohort by the name of a network."""
    from facediag_utils.methods import dtl2

    def extract(network: str) -> np.ndarray:
        with one_at_a_time:
            return dtl2.extract(network, bundled, bundled_faces)

    return extract


@pytest.fixture(scope="session")
def few(bundled: cohort.Cohort, one_at_a_time: FileLock) -> tuple[cohort.Cohort, detection.Faces]:
    """Seven portraits per class, four to train and three to test, and their faces."""
    number = bundled.table.groupby(["label", "split"]).cumcount()
    images = cohort_of(bundled, np.flatnonzero(number < bundled.table["split"].map({"train": 4, "test": 3})))
    with one_at_a_time:
        faces = detection.find_faces(images)
    assert len(images) == 35 and faces.found.all()
    return images, faces


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of the test's own, empty; worker processes of other tests, which know another one, are ended."""
    get_reusable_executor().shutdown(kill_workers=True)
    monkeypatch.setenv("FACEDIAG_CACHE", str(tmp_path / "cache"))
    yield tmp_path / "cache"
    get_reusable_executor().shutdown(kill_workers=True)


@pytest.fixture
def own_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An output folder of the test's own, empty."""
    monkeypatch.setenv("FACEDIAG_OUT", str(tmp_path / "out"))
    return tmp_path / "out"


@pytest.fixture
def recorded(own_output: Path) -> Profile:
    """The bundled cohort with a run of the test's own, which found the numbers and figures of the record."""
    return recorded_run(own_output)


@pytest.fixture(scope="session")
def record_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the record, written once; nobody changes what lies beside it."""
    from facediag_utils.run import report

    with pytest.MonkeyPatch.context() as patch:
        output = tmp_path_factory.mktemp("record")
        patch.setenv("FACEDIAG_OUT", str(output))
        return report.write(recorded_run(output))


class Folder:
    """A data folder that a test builds: pictures of noise and a manifest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.rows: list[dict[str, str]] = []
        self.profile = Profile("test", "this run (test)", root)

    def add(self, name: str, label: str, split: str, pixels: np.ndarray | None = None) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if pixels is None:
            pixels = np.random.default_rng(len(self.rows)).integers(0, 256, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.rows.append({"image": name, "label": label, "split": split, "sha256": digest})
        return path

    def write(self) -> Path:
        path = self.root / "manifest.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, self.rows[0])
            writer.writeheader()
            writer.writerows(self.rows)
        return path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "data")
    for label in ("ill", "well"):
        for number in range(3):
            made.add(f"{label}/{number}.png", label, "test" if number == 2 else "train")
    made.write()
    return made
