"""A pytest plugin for nbval: each notebook writes into a folder of its own, below the one that FACEDIAG_OUT names.

So a notebook sees what it made itself, or the record, and never what another one left there: notebooks run in any order and
side by side.  Kernels inherit what this process has pinned (`core.pin`)."""

import os
import shutil
from pathlib import Path

import pytest

import facediag_utils  # noqa: F401 - pins the libraries

BASE = Path(os.environ["FACEDIAG_OUT"])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    folder = BASE / item.path.parent.name / item.path.stem
    if os.environ["FACEDIAG_OUT"] != str(folder):  # the first cell: its kernel is about to start
        shutil.rmtree(folder, ignore_errors=True)
        os.environ["FACEDIAG_OUT"] = str(folder)
