"""Run a command as if this were another processor: ``python tests/elsewhere.py zen3 make reproduce``.

Libraries ask the processor what it is (CPUID), and choose their code by its maker, vector units and caches.  Here they are told of
another one, so they choose what they would choose there, at the full speed of this processor: a whole run takes minutes, for
which an emulator is far too slow.  Written by hand as no package does it; needs Linux on x86-64, a C compiler, and `unshare`.

What it cannot show: RCPPS and RSQRTPS, an approximate 1/x and 1/sqrt(x), which each maker rounds as he likes.  All other arithmetic is
the same on all processors by IEEE 754.  QEMU computes these two unlike any processor, so tests/methods/test_fingerprint.py uses both.
"""

import argparse
import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "elsewhere"
NAMES = {
    "haswell": "Intel Haswell, 2013",
    "zen": "AMD EPYC of the first generation, 2017",
    "zen3": "AMD EPYC of the third generation, 2021",
    "zen4": "AMD EPYC of the fourth generation, 2022",
}
NEEDS = "needs Linux on a processor with cpuid_fault in /proc/cpuinfo, a C compiler (cc), and unshare allowed to mount"
ANY = "ffffffff"
#: What of /proc/cpuinfo is taken out: libraries read it too. zen4 has what this processor has.
BEYOND = re.compile(r"avx512\w*|amx_\w+|avx_vnni|hle|rtm")
#: The C library asks before any other can be loaded; these are its names.
HIDDEN = (
    "AVX512F",
    "AVX512CD",
    "AVX512BW",
    "AVX512DQ",
    "AVX512VL",
    "AVX512IFMA",
    "AVX512_VBMI",
    "AVX512_VBMI2",
    "AVX512_VNNI",
)


def rules(name: str) -> Iterator[str]:
    """The rules of a processor, as elsewhere.c reads them."""
    with (HERE / "elsewhere.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            if name not in row["processors"].split():
                continue
            for leaf in row["leaf"].split():
                for subleaf in row["subleaf"].replace("*", ANY).split():
                    for register in row["register"]:
                        yield f"{leaf} {subleaf} {'abcd'.index(register)} {row['keep']} {row['add']};"


def library() -> Path:
    """elsewhere.c, compiled once."""
    source = HERE / "elsewhere.c"
    path = CACHE / f"{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}.so"
    if not path.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        made = CACHE / f"{os.getpid()}.so"
        subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
        made.replace(path)
    return path


def cpuinfo(name: str) -> Path:
    """A copy of /proc/cpuinfo without the flags that the processor lacks."""
    text = Path("/proc/cpuinfo").read_text()
    if name != "zen4":
        text = "".join(
            re.sub(r" (\w+)", lambda found: "" if BEYOND.fullmatch(found[1]) else found[0], line)
            if line.startswith("flags")
            else line
            for line in text.splitlines(keepends=True)
        )
    maker = "GenuineIntel" if name == "haswell" else "AuthenticAMD"
    text = re.sub(r"(?m)^(vendor_id\s*: ).*$", rf"\1{maker}", text)
    text = re.sub(r"(?m)^(model name\s*: ).*$", rf"\1{NAMES[name]} (so tests/elsewhere.py says)", text)
    path, made = CACHE / f"{name}.cpuinfo", CACHE / f"{name}.{os.getpid()}"
    made.write_text(text)
    return made.replace(path)


def mounted(path: Path | str) -> list[str]:
    """Beginning of a command line: for that command alone, a file is /proc/cpuinfo."""
    apart = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    return [*apart, "sh", "-c", 'mount --bind "$0" /proc/cpuinfo && exec "$@"', str(path)]


@cache
def able() -> bool:
    """Whether it can be done here: containers often forbid to mount."""
    found = Path("/proc/cpuinfo")
    if not (
        found.is_file() and "cpuid_fault" in found.read_text().split() and all(map(shutil.which, ("cc", "unshare")))
    ):
        return False
    return subprocess.run([*mounted(found), "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def wrapped(name: str, command: list[str]) -> list[str]:
    """The command line that runs a command as on processor `name`.  What it computes is kept below `CACHE`, apart from what was here."""
    told = {"LD_PRELOAD": library(), "ELSEWHERE": "".join(rules(name))}
    told |= {"FACEDIAG_CACHE": CACHE / name, "FACEDIAG_OUT": CACHE / name}
    if name != "zen4":
        told["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=" + ",".join(f"-{feature}" for feature in HIDDEN)
    unset = ["-u", "NPY_DISABLE_CPU_FEATURES"]  # facediag_utils sets it, by what it finds there
    return [*mounted(cpuinfo(name)), "env", *unset, *(f"{key}={value}" for key, value in told.items()), *command]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python tests/elsewhere.py", description="Run a command as if this were another processor."
    )
    parser.add_argument("processor", choices=NAMES, help=", ".join(f"{name}: {word}" for name, word in NAMES.items()))
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if not given.command:
        parser.error("a command is missing, as in: python tests/elsewhere.py zen3 make reproduce")
    if not able():
        parser.error(NEEDS)
    return subprocess.run(wrapped(given.processor, given.command), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
