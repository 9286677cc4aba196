"""A pytest plugin for nbval: each notebook writes into a folder of its own, below the one that FACEDIAG_OUT names.

So a notebook sees what it made itself, or the record, and never what another one left there: notebooks run in any order and
side by side.  Kernels inherit what this process has pinned (`core.pin`)."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

import facediag_utils  # noqa: F401 - pins the libraries

BASE = Path(os.environ["FACEDIAG_OUT"])
LONGEST = "04_"  # it trains a network


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest notebook first, then those of most cells: what begins last should be short (`--no-loadscope-reorder`)."""
    cells = Counter(item.path for item in items)
    items.sort(key=lambda item: (not item.path.name.startswith(LONGEST), -cells[item.path], item.path))  # a stable sort


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    folder = BASE / item.path.parent.name / item.path.stem
    if os.environ["FACEDIAG_OUT"] != str(folder):  # the first cell: its kernel is about to start
        shutil.rmtree(folder, ignore_errors=True)
        os.environ["FACEDIAG_OUT"] = str(folder)
