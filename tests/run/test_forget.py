"""Nothing of a folder of one's own is left, and nothing else is touched."""

import numpy as np
import pytest
from filelock import FileLock
from made import picture

from facediag_utils.core import profiles, row_cache
from facediag_utils.core.errors import CohortError, ReproduceError
from facediag_utils.data import folder_import
from facediag_utils.run import forget


@pytest.fixture
def two(tmp_path, own_cache, own_output):
    """Two folders that share six pictures, taken in, with results."""
    for name in ("mine", "other"):
        for k in range(24):
            seed = k if k < 6 else k + 100 * (name == "other")
            picture(tmp_path / name / ("anna", "ben")[k % 2] / f"{k:02d}.png", seed)
        profile, _ = folder_import.import_folder(tmp_path / name, name)
        for folder in (profile.results, profile.figures, profile.notebooks, own_cache / "dtl1" / name):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "x").touch()
    return tmp_path


def keys(own_cache):
    """Digests of the pictures that any table knows; the table of digests knows its files by other marks."""
    found = {key for path in own_cache.rglob("*.npz") for key in np.load(path)["keys"].tolist()}
    return {key for key in found if len(key) == 64}


def test_every_trace_of_one_goes_and_the_other_stays(two, own_cache, own_output):
    other = set(folder_import.examine(two / "other").used["sha256"])
    assert len(keys(own_cache)) == 42
    told = forget.forget("mine")
    assert keys(own_cache) == other and told[-1] == "66 cached rows"  # 18 pictures, and marks of 48 files
    assert not list((own_cache / "digests").rglob("*.npz"))
    left = [path for root in (own_cache, own_output) for path in root.rglob("*") if "mine" in path.parts]
    assert left == [] and (own_cache / "dtl1" / "other" / "x").exists()
    assert len(list((two / "mine").rglob("*.png"))) == 24
    with pytest.raises(CohortError, match="'mine' is not known, so there is nothing to remove; known: other"):
        forget.forget("mine")
    assert profiles.profile("other").manifest.is_file()


def test_not_while_a_run_is_going_on(two, own_output):
    with FileLock(own_output / "runs" / "mine" / ".lock"), pytest.raises(ReproduceError, match="another run of 'mine'"):
        forget.forget("mine")
    assert profiles.profile("mine").manifest.is_file()


def test_the_last_one_leaves_no_table(two, own_cache):
    forget.forget("mine")
    forget.forget("other")
    assert not list(own_cache.rglob("*.npz"))


def test_bundled_rows_stay(own_cache, bundled):
    digests = bundled.table["sha256"].tolist()[:3]
    path = row_cache.table_path("faces", "t")
    row_cache.complete(path, [*digests, "0" * 64], lambda missing: iter([{"x": np.arange(len(missing))}]))
    assert row_cache.keep_only(forget._digests(forget._left())) == 1 and keys(own_cache) == set(digests)
    assert forget.forget("bundled")[0].startswith("nothing")
