"""``make kill``: all of ``make reproduce`` on a small folder, killed at random moments (SIGKILL) until it is killed no more.

Half of the times all its processes are killed, half of the times only the first: its kernels and workers then go on for some
seconds beside the next run.  In the end every table must be, byte for byte, that of a run that was left alone."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
from made import portraits

from facediag_utils.core.files import PARTIAL
from facediag_utils.core.settings import ROOT


def start(folder: Path, home: Path) -> subprocess.Popen[str]:
    environment = os.environ | {
        "FACEDIAG_CACHE": f"{home}/cache",
        "FACEDIAG_OUT": f"{home}/out",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "facediag_utils", "reproduce", "--data", str(folder), "--splits", "20"]
    log = (home / "log").open("a")
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log, text=True)


def tables(home: Path) -> dict[str, bytes]:
    made = {path.name: path.read_bytes() for path in (home / "out" / "runs" / "mine" / "results").glob("[!.]*.csv")}
    assert "predictions.csv" in made, "no tables to compare"
    return made


def whole(folder: Path, home: Path) -> dict[str, bytes]:
    home.mkdir(exist_ok=True)
    if start(folder, home).wait():
        sys.exit(f"failed:\n{(home / 'log').read_text()[-3000:]}")
    return tables(home)


def kill(process: subprocess.Popen[str], everything: bool) -> None:
    """A run's first process, or with it all that it started (kernels are sessions of their own: no group holds them)."""
    started = psutil.Process(process.pid).children(recursive=True) if everything else []
    process.kill()
    for one in started:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20, help="how often it is killed (default: 20)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the moments")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as place:
        folder, begun = portraits(Path(place, "faces")), time.monotonic()
        undisturbed = whole(folder, Path(place, "undisturbed"))
        seconds = time.monotonic() - begun
        home = Path(place, "killed")
        home.mkdir()
        print(f"undisturbed: {seconds:.0f} s, {len(undisturbed)} tables; seed {options.seed}", flush=True)
        hits: list[float] = []
        while len(hits) < options.times:
            process, moment = start(folder, home), chance.uniform(1, seconds)
            with suppress(subprocess.TimeoutExpired):
                process.wait(moment)
            if process.poll() is not None:  # it came to its end: from the beginning
                shutil.rmtree(home)
                home.mkdir()
                continue
            hits.append(moment)
            kill(process, everything=len(hits) % 2 == 1)
        print(f"killed {len(hits)} times, after {', '.join(f'{moment:.0f}' for moment in sorted(hits))} s", flush=True)
        begun = time.monotonic()
        same = whole(folder, home)
        wrong = [name for name in undisturbed | same if undisturbed.get(name) != same.get(name)]
        left = list((home / "out").rglob(f"{PARTIAL}*"))
        log = (home / "log").read_text()
        print(f"left alone at last: {time.monotonic() - begun:.0f} s; tables that differ: {wrong or 'none'}")
        print(f"half-written files left: {len(left)}; damaged cache files met: {log.count('damaged cache file')}")
        sys.exit(1 if wrong or left else 0)


if __name__ == "__main__":
    main()
