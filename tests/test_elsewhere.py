"""Processes that are told of another processor believe it, and are otherwise left alone."""

import os
import signal
import subprocess
import sys

import elsewhere
import pytest

pytestmark = pytest.mark.skipif(not elsewhere.able(), reason=elsewhere.NEEDS)
SHOW = r"""
#include <cpuid.h>
#include <pthread.h>
#include <stdio.h>

static void *show(void *unused) {
    unsigned a, b, c, d, most, maker[4] = {0};
    __cpuid(0, most, maker[0], maker[2], maker[1]);
    __cpuid(1, a, b, c, d);
    unsigned family = (a >> 8 & 15) + (a >> 20 & 255), model = (a >> 4 & 15) | (a >> 12 & 240);
    __cpuid_count(7, 0, a, b, c, d);
    unsigned leaf = maker[0] == signature_AMD_ebx ? 0x8000001d : 4, level2;
    __cpuid_count(leaf, 2, a, level2, c, d);
    printf("%.12s %u %u avx2=%u avx512=%u %u\n", (char *)maker, family, model, b >> 5 & 1, b >> 16 & 1, c);
    return unused;
}

int main(void) {
    pthread_t thread;
    show(0);
    return pthread_create(&thread, 0, show, 0) || pthread_join(thread, 0);
}
"""
KNOWN = {
    "haswell": ["GenuineIntel 6 63 avx2=1 avx512=0 511"],
    "zen": ["AuthenticAMD 23 1 avx2=1 avx512=0 1023"],
    "zen3": ["AuthenticAMD 25 1 avx2=1 avx512=0 1023"],
    "zen4": ["AuthenticAMD 25 17 avx2=1 avx512=0 2047", "AuthenticAMD 25 17 avx2=1 avx512=1 2047"],
}


def told(name: str, *command: str) -> subprocess.CompletedProcess:
    return subprocess.run(elsewhere.wrapped(name, list(command)), capture_output=True, text=True)


@pytest.fixture(scope="module")
def show(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("elsewhere") / "show"
    command = ["cc", "-Wall", "-Werror", "-x", "c", "-", "-o", str(path), "-pthread"]
    subprocess.run(command, input=SHOW, text=True, check=True)
    return str(path)


@pytest.mark.parametrize("name", elsewhere.NAMES)
def test_a_program_its_threads_and_its_children_see_the_other_processor(name, show):
    """By the makers' tables: maker, family, model, and the second cache's sets less one."""
    done = told(name, "sh", "-c", f"{show} && sh -c {show}")
    seen = done.stdout.splitlines()
    assert len(seen) == 4 and len(set(seen)) == 1 and seen[0] in KNOWN[name], done


@pytest.mark.parametrize("name", ["haswell", "zen", "zen3"])
def test_linux_and_numpy_know_nothing_of_avx512(name):
    code = (
        "from numpy._core._multiarray_umath import __cpu_features__ as has; "
        "print([one for one in has if has[one] and 'AVX512' in one], 'avx512' in open('/proc/cpuinfo').read(), has['AVX2'])"
    )
    assert told(name, sys.executable, "-c", code).stdout == "[] False True\n"


def test_what_is_computed_is_kept_apart():
    code = "import os; print(os.environ['FACEDIAG_CACHE'] == os.environ['FACEDIAG_OUT'], os.environ['FACEDIAG_CACHE'])"
    assert told("zen3", sys.executable, "-c", code).stdout == f"True {elsewhere.CACHE / 'zen3'}\n"


def test_the_exit_status_is_the_commands():
    assert told("zen3", "sh", "-c", "exit 3").returncode == 3


@pytest.mark.parametrize("options", [[], ["-X", "faulthandler"]])
def test_other_faults_end_a_process_as_ever(options):
    """faulthandler's own handler is called too."""
    done = told("zen3", sys.executable, *options, "-c", "import ctypes; ctypes.string_at(0)")
    assert done.returncode == -signal.SIGSEGV and ("Segmentation fault" in done.stderr) == bool(options)


def test_wrong_rules_are_named(show):
    told_wrongly = os.environ | {"LD_PRELOAD": str(elsewhere.library()), "ELSEWHERE": "1 2 3;"}
    done = subprocess.run([show], env=told_wrongly, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (125, "elsewhere: no rules, or wrong ones\n")
