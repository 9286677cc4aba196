"""A command that works for a page: a process of its own, one per data set, which outlives the page that began it.

Whatever page shows the data set finds it by two files in its run's folder, so a page that is closed and opened again goes on
showing it.  Its caches and checkpoints are those of the command line: what it has computed is never lost."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from facediag_utils.core import run_log
from facediag_utils.core.errors import AppError
from facediag_utils.core.files import write_text
from facediag_utils.core.profiles import Profile
from facediag_utils.core.progress import latest_progress
from facediag_utils.core.settings import ROOT, output_root

JOB, SAID = ".job", ".job.log"
_begun: dict[Path, subprocess.Popen] = {}  # by this process, which has to take note of their ends


def start(profile: Profile, command: str, *arguments: str) -> None:
    """Begin ``python -m facediag_utils <command>``.

    Raises
    ------
    AppError
        If one is at work for the same data set.
    """
    if running(profile):
        raise AppError(f"{profile.name}: {running(profile)} is going on; wait for it, or stop it")
    profile.run.mkdir(parents=True, exist_ok=True)
    (profile.run / run_log.BARS).unlink(missing_ok=True)
    with (profile.run / SAID).open("w", encoding="utf-8") as said:
        words = [sys.executable, "-m", "facediag_utils", command, *arguments]
        process = subprocess.Popen(words, cwd=ROOT, stdout=said, stderr=said, start_new_session=True)
    _begun[profile.run] = process
    known = {"pid": process.pid, "created": psutil.Process(process.pid).create_time()}
    known |= {"command": command, "arguments": arguments}
    write_text(profile.run / JOB, json.dumps(known))


def running(profile: Profile) -> str:
    """The command that is at work; empty if none is."""
    if profile.run in _begun:
        _begun[profile.run].poll()
    known = _known(profile.run / JOB)
    return str(known["command"]) if _process(known) else ""


def arguments(profile: Profile) -> list[str]:
    """What the last command was given."""
    known = _known(profile.run / JOB).get("arguments", [])
    return known if isinstance(known, list) else []


def progress(profile: Profile) -> tuple[float, str]:
    """How far it is, 0..1, and in words with the time left: what its newest bar says."""
    said = latest_progress(profile.run / run_log.BARS)
    done = re.search(r": (\d+)/(\d+)", said)
    return (int(done[1]) / max(1, int(done[2])) if done else 0.0), said


def failure(profile: Profile) -> str:
    """Why the last one ended early, in the words of the command line; empty if it did not."""
    path = profile.run / SAID
    said = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if "\nfacediag: " in said:
        return said.split("\nfacediag: ", 1)[1].strip()
    if "Traceback (most recent call last)" in said:
        return f"an error of this package: {said.strip().splitlines()[-1]} (all of it: {path})"
    return ""


def stop(profile: Profile) -> None:
    """Ask the one at work to end: a fine-tuning after its epoch, with what it has learned; others at once."""
    if process := _process(_known(profile.run / JOB)):
        process.send_signal(signal.SIGTERM)


def stop_all() -> None:
    """End all of them at once."""
    for path in (output_root() / "runs").glob(f"*/{JOB}"):
        if process := _process(_known(path)):
            process.kill()


def _known(path: Path) -> dict[str, object]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _process(known: dict[str, object]) -> psutil.Process | None:
    """The process that was begun, if it is alive: another may have got its number since."""
    try:
        process = psutil.Process(int(str(known["pid"])))
        alive = process.create_time() == known["created"] and process.status() != psutil.STATUS_ZOMBIE
    except (KeyError, psutil.NoSuchProcess):
        return None
    return process if alive else None
