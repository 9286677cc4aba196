"""Reproduced or not: a run of the bundled cohort against the record, number by number.

The record is what is committed, ``results/`` and ``figures/``.  Where the libraries are pinned (`facediag_utils.core.pin`) every
number has to be the same, to all digits.  Elsewhere ``tolerances.csv`` says which may differ, by how much and why; what is made from
these by arithmetic alone (tables, paired tests) is not compared again."""

import json
import platform
import shutil
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from facediag_utils.core import pin
from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.files import atomic_write, write_text
from facediag_utils.core.profiles import Profile, profile
from facediag_utils.core.settings import ROOT
from facediag_utils.data.store import KEY, ROW, write_csv
from facediag_utils.networks import registry

SAME, WITHIN, NOT, MISSING = "same", "within tolerance", "not reproduced", "missing"
REPRODUCED, NOT_REPRODUCED = 0, 3  # exit status
VERDICT, CRATE = "reproduced.csv", "ro-crate-metadata.json"  # in the folder of the run
COLUMNS = ["file", "row", "column", "recorded", "found", "tolerance", "outcome", "why"]
#: Files that are compared, and the columns that name their rows (none: rows are numbered).
COMPARED = {
    "measured_*.csv": KEY,
    "predictions.csv": ROW,
    "out_of_fold.csv": ROW,
    "measures.csv": ["class", "landmarks", "measure"],
    "splits_*.csv": [],
    "pretraining.csv": ["network"],
    "explanations.csv": ["face", "network", "method", "measure"],
    "cases.csv": ["network", "way", "photographs", "measure"],
    "imbalance.csv": ["network", "way", "measure"],
    "strangers.csv": ["network", "features", "rule", "gallery", "own", "class"],
    "strangers_pairs.csv": ["network", "rule", "first", "second"],
    "strangers_matches.csv": ["network", "features", "alike"],
    "normal_reference.csv": ["network", "score", "group"],
    "normal_twins.csv": ["network", "score"],
    "trainings.csv": [],
    "grades.csv": ["network", "method", "whom", "disease", "statistic"],
    "grades_differences.csv": ["network", "whom", "statistic", "reading"],
    "claims.csv": ["claim", "task"],
}
PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "pandas", "opencv-python-headless", "dlib-bin")


def compare(record: Path, results: Path) -> pd.DataFrame:
    """Every number of the record beside that of a run.

    Parameters
    ----------
    record, results : Path
        Folders with the files of `COMPARED`.

    Returns
    -------
    pandas.DataFrame
        A row per number, columns `COLUMNS`; text (a predicted class, a verdict) counts as a number.
    """
    allowed = "tolerance" if pin.pinned() else "elsewhere"
    rules = pd.read_csv(Path(__file__).with_name("tolerances.csv")).to_dict("records")
    matches = cache(fnmatchcase)  # the cells of a row ask alike
    rows = []
    for pattern, keys in COMPARED.items():
        for path in sorted(record.glob(pattern)):
            recorded, found = (dict(_cells(folder / path.name, keys)) for folder in (record, results))
            mine = [rule for rule in rules if fnmatchcase(path.name, rule["file"])]
            named = {column for _, column in recorded}
            of_column = {name: [rule for rule in mine if fnmatchcase(name, rule["column"])] for name in named}
            for (row, column), value in recorded.items():
                rule = next(rule for rule in of_column[column] if matches(row, rule["row"]))
                tolerance, said = rule[allowed], found.get((row, column))
                if tolerance >= 0:  # below: made from others, or judged in another file
                    outcome = _outcome(value, said, tolerance)
                    rows.append((path.name, row, column, value, said or "", tolerance, outcome, rule["why"]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _cells(path: Path, keys: list[str]) -> Iterator[tuple[tuple[str, str], str]]:
    if path.is_file():
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for number, cells in enumerate(table.to_dict("records")):
            # A record from before there were several trainings has no column of them: each was the first, 0.
            row = " | ".join(cells.pop(key, "0") for key in keys) if keys else str(number)
            yield from (((row, str(column)), value) for column, value in cells.items())


def _outcome(recorded: str, found: str | None, tolerance: float) -> str:
    if found is None:
        return MISSING
    if found == recorded:
        return SAME
    try:
        near = abs(float(found) - float(recorded)) <= tolerance + 1e-9
    except ValueError:  # text
        near = tolerance == float("inf")
    return WITHIN if near else NOT


def begin(run: Profile) -> None:
    """Remove verdict and description of an earlier run: the report would show them, and `record` would take a new one for whole."""
    for name in (VERDICT, CRATE):
        (run.run / name).unlink(missing_ok=True)


def judge(run: Profile, comparable: bool = True) -> pd.DataFrame | None:
    """`compare` a run with its record and write ``runs/<profile>/reproduced.csv``; neither if it has none or other settings."""
    begin(run)
    if run.record is None or not comparable:
        return None
    found = compare(run.record, run.results)
    write_csv(run.run / VERDICT, found)
    return found


def format_verdict(found: pd.DataFrame, worst: int = 10) -> str:
    """How many numbers are the same, within tolerance, or not; the worst are named."""
    counts = found["outcome"].value_counts()
    lines = [f"compared with the record: {len(found)} numbers, {counts.get(SAME, 0)} the same"]
    lines[0] += f", {counts.get(WITHIN, 0)} within their tolerance, {counts.get(NOT, 0) + counts.get(MISSING, 0)} not"
    bad = found[found["outcome"].isin([NOT, MISSING])]
    for row in bad.head(worst).to_dict("records"):
        lines.append(f"  {row['outcome']}: {row['file']}, {row['row']}, {row['column']}: ")
        lines[-1] += f"recorded {row['recorded']}, found {row['found'] or 'nothing'} (tolerance {row['tolerance']:g})"
    if len(bad) > worst:
        lines.append(f"  and {len(bad) - worst} more: {VERDICT}")
    if absent := _absent(bad):
        lines.append(
            f"  not installed here: {', '.join(absent)}, which the record has; make weights WEIGHTS={absent[0]}"
        )
    lines.append("NOT REPRODUCED" if len(bad) else "REPRODUCED")
    return "\n".join(lines)


def _absent(bad: pd.DataFrame) -> list[str]:
    """Networks whose numbers are missing because they are not installed: without npm, or where its server was not reached."""
    rows = bad.loc[bad["outcome"] == MISSING, "row"].unique()
    named = {part.rpartition(":")[2] for row in rows for part in row.split(" | ")}
    return sorted(named.intersection(registry.names()).difference(registry.installed()))


def status(found: pd.DataFrame | None) -> int:
    """Exit status of a run."""
    good = found is None or found["outcome"].isin([SAME, WITHIN]).all()
    return REPRODUCED if good else NOT_REPRODUCED


def outcome(found: pd.DataFrame | None) -> str:
    """What came of a run, in a line: compared or not, and its exit status."""
    if found is None:
        return f"not compared with a record; exit status {status(found)}"
    counts = found["outcome"].value_counts()
    told = "; ".join(f"{counts.get(kind, 0)} {kind}" for kind in (SAME, WITHIN, NOT, MISSING))
    return f"of {len(found)} numbers of the record: {told}; exit status {status(found)}"


def record() -> str:
    """Make the last run of the bundled cohort the record; says what was written.

    Raises
    ------
    ReproduceError
        If that run did not come to its end, or was none that can be compared: of a part of the notebooks, or with another seed or
        other numbers of splits and trainings.
    """
    run = profile()
    if not (run.run / "report.html").is_file():
        raise ReproduceError(f"{run.run}: no run that came to its end; make reproduce first")
    if not (run.run / VERDICT).is_file():
        raise ReproduceError(
            f"{run.run}: its last run did not come to its end, or was of a part of the notebooks or of other settings, and the record is "
            "of all; run make reproduce without NOTEBOOKS, SEED, SPLITS, TRAININGS first"
        )
    tables = [*run.results.glob("[!.]*.csv"), run.run / "model_card.md"]
    pictures = list(run.figures.glob("[!.]*.*"))
    for folder, files in ((ROOT / "results", tables), (ROOT / "figures", pictures)):
        folder.mkdir(exist_ok=True)
        for path in files:
            with atomic_write(folder / path.name) as partial:
                shutil.copyfile(path, partial)
        for path in folder.iterdir():
            if path.is_file() and path.name not in {file.name for file in files}:
                path.unlink()
    write_text(ROOT / "results" / "made_with.json", json.dumps(_made_with(), indent=1) + "\n")
    return f"results/: {len(tables)} files; figures/: {len(pictures)} files; commit them"


def _made_with() -> dict[str, object]:
    """What a reader needs who gets other numbers: the machine and the versions."""
    path = Path("/proc/cpuinfo")
    told = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    named = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    made = {"date": date.today().isoformat(), "python": platform.python_version(), "machine": platform.machine()}
    return made | {"processor": named[0] if named else "", "packages": {name: version(name) for name in PACKAGES}}
