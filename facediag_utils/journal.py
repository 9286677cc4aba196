"""What a run computed anew and what it found from before: how one sees what a stopped run had to do again.

`facediag_utils.reproduce` names a file in the environment variable ``FACEDIAG_JOURNAL``; whoever computes, in whichever process,
adds a line.  Without it nothing is written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd

VARIABLE = "FACEDIAG_JOURNAL"
COLUMNS = ["what", "table", "computed", "found", "note"]


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
    if path := os.environ.get(VARIABLE):
        line = json.dumps([what, table, computed, found, note]) + "\n"
        with Path(path).open("a", encoding="utf-8") as stream:  # short lines of several processes do not mix
            stream.write(line)


def read(path: Path) -> pd.DataFrame:
    """All lines, a row each."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return pd.DataFrame([json.loads(line) for line in lines], columns=COLUMNS)


def told(lines: pd.DataFrame) -> list[str]:
    """What was computed and what was there, a line a kind; then the notes.

    Several notebooks ask for the same: what the first computed is there for the second, and was not there before."""
    counted = lines[lines["note"] == ""]
    asked = counted.assign(asked=counted["computed"] + counted["found"])
    tables = asked.groupby(["what", "table"], sort=False).agg({"computed": "sum", "asked": "max"})
    kinds = (
        tables.assign(before=(tables["asked"] - tables["computed"]).clip(lower=0)).groupby(level=0, sort=False).sum()
    )
    said = [f"{what}: {row.computed} computed, {row.before} from before" for what, row in kinds.iterrows()]
    return said + lines.loc[lines["note"] != "", "note"].drop_duplicates().tolist()
