"""The table of computed rows: complete, in order, and never believed when damaged."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facediag_utils.core import row_cache, run_log
from facediag_utils.core import settings as environment


class Computer:
    """Computes a row from its key, and remembers what it was asked for."""

    def __init__(self, keys, batch: int = 3, fail_after: int | None = None):
        self.keys, self.batch, self.fail_after, self.asked = keys, batch, fail_after, []

    def __call__(self, missing):
        for start in range(0, len(missing), self.batch):
            if self.fail_after is not None and start >= self.fail_after:
                raise KeyboardInterrupt
            part = missing[start : start + self.batch]
            self.asked += [self.keys[k] for k in part]
            yield {
                "value": np.array([len(self.keys[k]) for k in part]),
                "text": np.array([self.keys[k] * 2 for k in part]),
            }


names = st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(first=names, second=names, batch=st.integers(1, 7))
def test_rows_come_in_order_and_are_computed_once(tmp_path_factory, first, second, batch):
    path = tmp_path_factory.mktemp("cache") / "t"
    seen: set[str] = set()
    for keys in (first, second, first):
        computer = Computer(keys, batch)
        rows = row_cache.complete(path, keys, computer)
        assert rows["text"].tolist() == [key * 2 for key in keys]
        assert sorted(computer.asked) == sorted(set(keys) - seen)
        seen |= set(keys)


def test_interrupted_run_keeps_what_was_saved(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(row_cache, "SAVE_EVERY", 4)
    keys = [f"k{n:02d}" for n in range(20)]
    with pytest.raises(KeyboardInterrupt):
        row_cache.complete(tmp_path / "t", keys, Computer(keys, batch=2, fail_after=10))
    computer = Computer(keys)
    row_cache.complete(tmp_path / "t", keys, computer)
    assert computer.asked == keys[8:]
    assert len(list((tmp_path / "t").iterdir())) == 4  # parts of 4, 4 and then 12 rows: nothing half-written lies about


@pytest.mark.parametrize(
    "damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"text", lambda b: b[:200] + b[260:]]
)
def test_damaged_part_is_removed_and_its_rows_are_computed_again(tmp_path: Path, damage):
    path, keys = tmp_path / "t", ["a", "bb", "ccc"]
    row_cache.complete(path, keys[:2], Computer(keys))
    part = next(path.iterdir())
    row_cache.complete(path, keys, Computer(keys))
    part.write_bytes(damage(part.read_bytes()))
    computer = Computer(keys)
    with pytest.warns(UserWarning, match="damaged cache file"):
        rows = row_cache.complete(path, keys, computer)
    assert computer.asked == ["a", "bb"] and rows["value"].tolist() == [1, 2, 3]
    assert not part.exists() and row_cache.complete(path, keys, Computer([]))["value"].tolist() == [1, 2, 3]


def test_of_two_at_once_the_second_waits_and_computes_only_what_is_left(tmp_path: Path):
    keys, table = list("abcdef"), tmp_path / "t"
    begun, second = threading.Event(), Computer(keys[2:])

    class Slow(Computer):
        def __call__(self, missing):
            begun.set()
            time.sleep(0.2)
            yield from super().__call__(missing)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(row_cache.complete, table, keys[:4], Slow(keys[:4]))
        begun.wait()
        rows = row_cache.complete(table, keys[2:], second)
    assert second.asked == ["e", "f"] and rows["text"].tolist() == ["cc", "dd", "ee", "ff"]
    assert first.result()["text"].tolist() == ["aa", "bb", "cc", "dd"]


def test_adding_rows_leaves_those_that_are_there(tmp_path: Path, monkeypatch):
    """So the cost of a row does not grow with their number."""
    monkeypatch.setattr(row_cache, "SAVE_EVERY", 2)
    keys, seen = [f"k{n}" for n in range(20)], {}
    for count in range(2, 22, 2):
        row_cache.complete(tmp_path / "t", keys[:count], Computer(keys))
        parts = {path: path.stat().st_mtime_ns for path in (tmp_path / "t").iterdir()}
        assert seen.items() <= parts.items() and len(parts) == count // 2
        seen = parts


def test_the_run_log_says_what_was_computed(tmp_path: Path, monkeypatch):
    monkeypatch.setenv(environment.RUN_LOG, str(tmp_path / "log"))
    path, keys = tmp_path / "things" / "t", ["a", "bb", "ccc"]
    row_cache.complete(path, keys[:1], Computer(keys))
    (tmp_path / "log").unlink()  # of the run before
    row_cache.complete(path, keys, Computer(keys))
    row_cache.complete(path, keys, Computer(keys))  # another notebook asks for the same
    assert run_log.format_log(run_log.read(tmp_path / "log")) == ["things: 2 computed, 1 from before"]
    for part in path.iterdir():
        part.write_bytes(b"")
    with pytest.warns(UserWarning):
        row_cache.complete(path, keys, Computer(keys))
    assert any("damaged cache file" in line for line in run_log.format_log(run_log.read(tmp_path / "log")))
    monkeypatch.delenv(environment.RUN_LOG)
    assert run_log.format_log(run_log.read(tmp_path / "none")) == []


def test_nothing_asked_for_is_columns_without_rows(tmp_path: Path):
    row_cache.complete(tmp_path / "t", ["a"], Computer(["a"]))
    rows = row_cache.complete(tmp_path / "t", [], Computer([]))
    assert {name: len(column) for name, column in rows.items()} == {"value": 0, "text": 0}


def test_settings_have_tables_of_their_own(own_cache: Path):
    assert row_cache.table_path("x", 1, "a") != row_cache.table_path("x", 1, "b")
    assert row_cache.table_path("x", 1, "a") == row_cache.table_path("x", 1, "a")
    assert row_cache.table_path("x", 1).is_relative_to(own_cache)


def test_a_computer_that_stops_early_is_found_out(tmp_path: Path):
    with pytest.raises(RuntimeError, match="2 rows asked for, 0 computed"):
        row_cache.complete(tmp_path / "t", ["a", "b"], lambda missing: iter(()))
