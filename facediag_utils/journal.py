"""What a run computed anew and what it found from before: how one sees what a stopped run had to do again.

`facediag_utils.reproduce` names a file in the environment variable ``FACEDIAG_JOURNAL``; whoever computes, in whichever process,
adds a line.  Without it nothing is written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd

VARIABLE = "FACEDIAG_JOURNAL"
COLUMNS = ["what", "computed", "found", "note"]


def note(what: str, computed: int, found: int, note: str = "") -> None:
    """Add a line: how many of something were computed, how many were there."""
    if path := os.environ.get(VARIABLE):
        line = json.dumps([what, computed, found, note]) + "\n"
        with Path(path).open("a", encoding="utf-8") as stream:  # short lines appended by several processes do not mix
            stream.write(line)


def read(path: Path) -> pd.DataFrame:
    """All lines: what, computed, found, note."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return pd.DataFrame([json.loads(line) for line in lines], columns=COLUMNS)


def told(journal: pd.DataFrame) -> list[str]:
    """One line a thing: of what was asked for more than once (by several notebooks) the first answer counts."""
    lines = []
    for what, rows in journal[journal["note"] == ""].groupby("what", sort=False):
        computed = int(rows["computed"].sum())
        found = int((rows["computed"] + rows["found"]).max()) - computed
        lines.append(f"{what}: {computed} computed" + (f", {found} from before" if found > 0 else ""))
    return lines + journal.loc[journal["note"] != "", "note"].drop_duplicates().tolist()
