"""The same bits on every x86-64 processor with AVX2: what is pinned before numpy and torch are loaded.

The libraries add numbers up in an order that depends on the maker, the model, the vector unit and the cores of the processor,
and a training magnifies the last bits of these sums.  Each library has a variable that forbids what not every such processor has;
most of them are read when the library is loaded.  `pin` sets them, so it comes first of all (``facediag_utils/__init__.py``), and
processes that are started inherit them.  Not reached: Arm, accelerators, processors without AVX2, and functions of MKL that begin with
an approximate instruction (torch's ``sqrt``, ``atan``, ``log2``, ``log10``, and ``log`` of float64): ruff forbids those here.
"""

import os
import platform
import sys
import warnings
from functools import cache
from pathlib import Path

from facediag_utils.core import settings

#: Each library's most that all processors with AVX2 do alike.  MKL has other AVX2 code for AMD than for Intel, hence COMPATIBLE.
VARIABLES = {
    "ATEN_CPU_CAPABILITY": "avx2",  # torch's own loops
    "ONEDNN_MAX_CPU_ISA": "AVX2",  # torch's convolutions
    "MKL_CBWR": "COMPATIBLE",  # torch's matrix products
    "OPENBLAS_CORETYPE": "Haswell",  # numpy's and scipy's matrix products
    "OPENBLAS_NUM_THREADS": "1",  # several share sums out by their number; products are small here
}
#: numpy's names of what is beyond AVX2, and a flag of /proc/cpuinfo for each: numpy warns of what is not there to be disabled.
NUMPY = {
    "AVX512F": "avx512f",
    "AVX512CD": "avx512cd",
    "AVX512_SKX": "avx512dq",
    "AVX512_CLX": "avx512_vnni",
    "AVX512_CNL": "avx512vbmi",
    "AVX512_ICL": "avx512_bitalg",
    "AVX512_SPR": "avx512_fp16",
}
LIBRARIES = ("numpy", "torch")
_early: list[str] = []  # libraries that were loaded before they could be pinned


def pin() -> None:
    """Set the variables, or take them back where ``FACEDIAG_FAST`` is set; warns if a library was loaded before."""
    wanted = variables()
    if settings.value(settings.FAST):
        for name in [name for name, value in wanted.items() if os.environ.get(name) == value]:
            del os.environ[name]
    elif able() and any(os.environ.get(name) != value for name, value in wanted.items()):
        os.environ.update(wanted)
        _early.extend(library for library in LIBRARIES if library in sys.modules)
        if _early:
            warnings.warn(word(), stacklevel=2)


def variables() -> dict[str, str]:
    """What is set on this processor."""
    beyond = " ".join(name for name, flag in NUMPY.items() if flag in _flags())
    return VARIABLES | ({"NPY_DISABLE_CPU_FEATURES": beyond} if beyond else {})


def able() -> bool:
    """Whether this is a processor on which pinned libraries give the bits of all others."""
    return platform.machine() == "x86_64" and {"avx2", "fma"} <= _flags()


def pinned() -> bool:
    """Whether the numbers of this process are those of every x86-64 processor with AVX2."""
    return able() and not _early and not settings.value(settings.FAST)


def key() -> str:
    """For names of caches: what was computed pinned is never mixed with what was not."""
    return "x86-64 avx2" if pinned() else "not pinned"


def word() -> str:
    """A sentence for people if numbers may differ from those of the record; empty if not."""
    if settings.value(settings.FAST):
        return f"{settings.FAST} is set: numbers depend on this processor, and will differ from those of others."
    if not able():
        return "This is not an x86-64 processor with AVX2: numbers of trainings will differ from those of the record."
    if _early:
        late = " and ".join(_early)
        return (
            f"{late} was loaded before facediag_utils: numbers depend on this processor. Import facediag_utils first, "
            "or begin with `make lab`."
        )
    return ""


@cache
def _flags() -> frozenset[str]:
    """What Linux says that this processor has; nothing on other systems."""
    path = Path("/proc/cpuinfo")
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            for line in lines:  # of the first core: on a large machine the file is long
                if line.startswith("flags"):
                    return frozenset(line.split())
    return frozenset()
