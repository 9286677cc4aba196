"""Large blocks are not given back to the system and cleared anew in processes that are started."""

import os
import platform
import subprocess
import sys

import pytest

from facediag_utils.core import memory
from facediag_utils.core.settings import ROOT

CHILD = """
import resource, threading, torch
def work():
    for _ in range(20):
        torch.ones(10_000_000)
def measure():
    work()  # the first ones are asked of the system
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    work()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
thread = threading.Thread(target=measure)
thread.start()
thread.join()
"""
START = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


def faults(code: str, **others: str) -> int:
    """Pages of 4 kB that a process that was started by this code was given for twenty tensors of 40 MB."""
    environment = {name: value for name, value in os.environ.items() if name not in memory.VARIABLES} | others
    command = [sys.executable, "-c", code + START]
    return int(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's variables")
def test_blocks_are_kept_in_all_threads():
    assert faults("import facediag_utils\n") < 5_000 < 100_000 < faults("")


def test_what_the_user_has_set_stays():
    code = "import facediag_utils, os; print(os.environ['MALLOC_ARENA_MAX'])"
    environment = os.environ | {"MALLOC_ARENA_MAX": "4"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "4\n"
