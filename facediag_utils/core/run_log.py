"""A run: one at a time, and what it computed anew and what it found from before, so that one sees what a stopped run did again.

`run_lock` names a file in the environment variable ``FACEDIAG_RUN_LOG``; whoever computes, in whichever process, adds a line.
Without it nothing is written."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from facediag_utils.core import settings
from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.files import remove_partial_files
from facediag_utils.core.settings import cache_root, output_root

LOG, BARS = ".log", ".bars"  # in the folder of the run
COLUMNS = ["what", "table", "computed", "found", "note"]


@contextmanager
def run_lock(profile_name: str) -> Iterator[None]:
    """While this lasts no other run of the profile begins; what is computed is noted.

    Raises
    ------
    ReproduceError
        If one is going on.
    """
    folder = output_root() / "runs" / profile_name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            remove_partial_files(cache_root())
            remove_partial_files(folder, age=0)
            for variable, name in ((settings.RUN_LOG, LOG), (settings.BARS, BARS)):
                (folder / name).unlink(missing_ok=True)
                os.environ[variable] = str(folder / name)
            yield
    except Timeout:
        raise ReproduceError(
            f"another run of {profile_name!r} is going on; wait for it, or give this one another NAME="
        ) from None
    finally:
        os.environ.pop(settings.RUN_LOG, None)
        os.environ.pop(settings.BARS, None)


def note(what: str, table: str, computed: int, found: int, note: str = "") -> None:
    """Add a line.

    Parameters
    ----------
    what, table : str
        The kind of thing, and which of that kind.
    computed, found : int
        How many were computed, how many were there.
    note : str
        What else is to be told.
    """
    if path := settings.value(settings.RUN_LOG):
        line = json.dumps([what, table, computed, found, note]) + "\n"
        with Path(path).open("a", encoding="utf-8") as stream:  # short lines of several processes do not mix
            stream.write(line)


def read(path: Path) -> pd.DataFrame:
    """All lines, a row each."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return pd.DataFrame([json.loads(line) for line in lines], columns=COLUMNS)


def format_log(lines: pd.DataFrame) -> list[str]:
    """What was computed and what was there, a line a kind; then the notes.

    Several notebooks ask for the same: what the first computed is there for the second, and was not there before."""
    counted = lines[lines["note"] == ""]
    asked = counted.assign(asked=counted["computed"] + counted["found"])
    tables = asked.groupby(["what", "table"], sort=False).agg({"computed": "sum", "asked": "max"})
    tables["before"] = (tables["asked"] - tables["computed"]).clip(lower=0)
    kinds = tables.groupby(level=0, sort=False).sum()
    said = [f"{what}: {row.computed} computed, {row.before} from before" for what, row in kinds.iterrows()]
    return said + lines.loc[lines["note"] != "", "note"].drop_duplicates().tolist()
