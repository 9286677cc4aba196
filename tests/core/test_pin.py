"""Libraries are pinned before they are loaded, or it is said that they are not."""

import json
import os
import subprocess
import sys

import pytest

from facediag_utils.core import pin, row_cache, settings
from facediag_utils.core.settings import ROOT

SHOW = """
import facediag_utils, json, os, numpy
from facediag_utils.core import pin
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
beyond = [name for name in __cpu_dispatch__ if __cpu_features__[name] and name.startswith("AVX512")]
print(json.dumps([pin.key(), pin.word(), beyond, {name: os.environ.get(name) for name in pin.VARIABLES}]))
"""
needs_avx2 = pytest.mark.skipif(not pin.able(), reason="not an x86-64 processor with AVX2")


def told(code: str, **others: str) -> tuple[list, str]:
    """What `SHOW` prints after some code, in a process in which nothing is set yet; and what it says to stderr."""
    ours = (*pin.variables(), settings.FAST)
    environment = {name: value for name, value in os.environ.items() if name not in ours} | others
    command = [sys.executable, "-c", code + SHOW]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout), done.stderr


@needs_avx2
def test_libraries_are_pinned():
    (key, word, beyond, found), said = told("")
    assert (key, word, beyond, found, said) == ("x86-64 avx2", "", [], pin.VARIABLES, "")


@needs_avx2
@pytest.mark.slow
def test_torch_is_pinned():
    code = "import facediag_utils, torch; print(torch.backends.cpu.get_cpu_capability())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "AVX2\n"


@needs_avx2
def test_matrix_products_are_on_one_thread():
    code = "import facediag_utils, numpy; from threadpoolctl import threadpool_info as found; print(*(i['num_threads'] for i in found()))"
    environment = os.environ | {"OMP_NUM_THREADS": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {"1"}


@needs_avx2
def test_fast_lifts_it_and_says_so():
    """Also in a process that was started by one in which they were pinned."""
    (key, word, _, found), said = told("", FACEDIAG_FAST="1", **pin.variables())
    assert key == "not pinned" and set(found.values()) == {None} and said == ""
    assert word.startswith("FACEDIAG_FAST is set: numbers depend on this processor")


@needs_avx2
def test_too_late_is_said():
    (key, word, _, _), said = told("import numpy\n")
    assert key == "not pinned" and word.startswith("numpy was loaded before facediag_utils")
    assert said.count(f"UserWarning: {word}") == 1


@needs_avx2
def test_what_was_inherited_is_not_too_late():
    """A notebook's kernel: it imports numpy first, but the variables were set when it was started."""
    (key, word, _, _), said = told("import numpy\n", **pin.variables())
    assert (key, word, said) == ("x86-64 avx2", "", "")


def test_caches_are_apart(monkeypatch):
    one = row_cache.table_path("x", 1)
    monkeypatch.setenv(settings.FAST, "1")
    other = row_cache.table_path("x", 1)
    assert (one != other) == pin.able()


def test_other_processors_are_left_alone(monkeypatch):
    monkeypatch.setattr(pin.platform, "machine", lambda: "aarch64")
    assert not pin.pinned() and pin.word().startswith("This is not an x86-64 processor with AVX2")
    before = dict(os.environ)
    pin.pin()
    assert dict(os.environ) == before
