"""Tables 3-6: the paper's numbers and a run's side by side, each under the name of its data, the best in bold."""

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Task
from facediag_utils.data.paper import BINARY_ROWS, FINE_TUNING, MULTICLASS_ROWS, Row
from facediag_utils.data.store import Method
from facediag_utils.evaluation import metrics, paper_audit
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import METRICS, OF_MANY
from facediag_utils.networks import registry

PAPER = "paper (DSF)"
TEST_IMAGES = {"binary": 60, "multiclass": 150}  # of the paper (sections IV.A and IV.B)
#: Methods of ours that stand in a table because the paper's stands there.
_BESIDE: dict[str, tuple[Method, ...]] = {
    Method.DTL1: (Method.DTL1, Method.DTL1_TEST_EPOCH, Method.FROM_SCRATCH),
    Method.DSIFT_LINEAR: (Method.DSIFT_LINEAR, Method.DSIFT_HELLINGER),
}

Key = tuple[str, str]


def key_of(row: Row) -> Key:
    """Method and network, as the store names them, of a row that the paper printed."""
    if not row.architecture:
        return Method.DSIFT_LINEAR if "Linear" in row.method else Method.DSIFT_CHI2, "dsift"
    pair = (row.architecture, row.pretraining)
    for name in registry.names():
        record = registry.get(name)
        if (record.title, record.pretraining) == pair:
            return (Method.DTL1 if row.method == FINE_TUNING else Method.DTL2), name
    raise KeyError(f"no record of {pair}")


def rows_of(number: int) -> list[Row]:
    """The rows of one of the paper's tables, 3 to 6."""
    return [row for row in (*BINARY_ROWS, *MULTICLASS_ROWS) if row.table == number]


def side_by_side(
    numbers: Iterable[int], stored: pd.DataFrame, task: Task, profile: Profile, measured_only: bool = False
) -> pd.DataFrame:
    """One or more of the paper's tables with a run's numbers beside the paper's.

    Every row the paper printed is there, also where this run has no weights for it, and says so; rows of this run that
    the paper has not (other networks, from scratch) follow.

    Parameters
    ----------
    numbers : iterable of int
        Tables of the paper, 3 to 6.
    stored : pandas.DataFrame
        As `facediag_utils.data.store.load` gives it.
    task : Task
    profile : Profile
        Its title stands above this run's columns.
    measured_only : bool
        Leave out the paper's rows for which this run has no numbers.

    Returns
    -------
    pandas.DataFrame
        Two header lines: the data, and the metric.  Shares are `Interval`, the rest is text.
    """
    papers = {key_of(row): row for number in numbers for row in rows_of(number)}
    methods = {name for method, _ in papers for name in _BESIDE.get(method, (method,))}
    if task.name not in TEST_IMAGES:  # not a task of the paper: this run's rows alone
        papers = {}
    chosen = stored[(stored["task"] == task.name) & stored["method"].isin(methods)]
    ours = {(run["method"], run["backbone"]): run for run in metrics.summarize(chosen, task).to_dict("records")}
    elsewhere = {key_of(row) for row in (*BINARY_ROWS, *MULTICLASS_ROWS)} - set(papers) if papers else set()
    keys = [*papers, *sorted(key for key in ours if key not in papers and key not in elsewhere)]
    if measured_only:
        keys = [key for key in keys if key in ours]
    columns = METRICS if task.positive else OF_MANY
    lines = []
    for key in keys:
        method, pretraining, macs = metrics.method_title(*key)
        line: dict[tuple[str, str], object] = {("", "Method"): method, ("", "Pretrain"): pretraining}
        if papers:
            line |= {(PAPER, name): text for name, text in _printed(papers.get(key), task).items()}
        line[profile.title, "FLOPs"] = shown_macs(macs)
        line |= {(profile.title, name): text for name, text in _measured(ours.get(key), key, columns).items()}
        lines.append(line)
    return pd.DataFrame(lines, columns=pd.MultiIndex.from_tuples(lines[0]) if lines else None)


def of_run(
    stored: pd.DataFrame, tasks: Iterable[Task], profile: Profile, measured_only: bool = False
) -> dict[str, tuple[str, pd.DataFrame]]:
    """The paper's Tables 3 to 6 for its tasks, for another task one table of all methods.

    Parameters
    ----------
    stored, profile, measured_only
        As `side_by_side` takes them.
    tasks : iterable of Task

    Returns
    -------
    dict of str to (str, pandas.DataFrame)
        Caption and table, by the name of a file.
    """
    made = {}
    for task in tasks:
        numbers = {"binary": (3, 4), "multiclass": (5, 6)}.get(task.name, ())
        for number in numbers:
            table = side_by_side([number], stored, task, profile, measured_only)
            made[f"table{number}"] = caption(number, task), table
        if not numbers:
            made[f"table_{task.name}"] = task.title, side_by_side((3, 4, 5, 6), stored, task, profile)
    return made


def caption(number: int, task: Task) -> str:
    """ "Table 3. ..." where the paper has such a table, else the task's title."""
    return f"Table {number}. {task.title}" if task.name in TEST_IMAGES else task.title


def shown_macs(macs: int) -> str:
    """As the paper's FLOPs column: 723M, 15.47G."""
    return f"{macs / 1e9:.2f}G" if macs >= 1e9 else f"{macs / 1e6:.0f}M"


def _heading(metric: str) -> str:
    return {"f1": "F1", "macro_f1": "Macro F1"}.get(metric, metric.capitalize())


def _printed(row: Row | None, task: Task) -> dict[str, object]:
    """The paper's cells: its shares as printed, with the counts behind them (see `paper_audit.recover`) and our intervals."""
    names = METRICS if task.positive else METRICS[:1]
    if row is None:
        return dict.fromkeys(("FLOPs", *(_heading(name) for name in names)), "")
    found = paper_audit.intervals_of(row)
    cells = {_heading(name): replace(found[name], value=getattr(row, name) / 100) for name in names}
    return {"FLOPs": row.flops, **cells}


def _measured(run: dict | None, key: Key, columns: tuple[str, ...]) -> dict[str, object]:
    if run is None:
        cells: dict[str, object] = dict.fromkeys((_heading(name) for name in columns), "")
        return cells | {"Accuracy": (key[1] != "dsift" and registry.get(key[1]).missing) or "not run"}
    return {_heading(name): metrics.interval_of(run, name) for name in columns}


def styled(table: pd.DataFrame, caption: str) -> Styler:
    """The table for a notebook or report: the best value of each column of numbers in bold, no row numbers."""
    style = table.style.hide(axis="index").format(escape="html").set_caption(caption)
    style = style.apply(_bold_best, axis=None).set_uuid(re.sub(r"\W+", "-", caption.lower()))
    style.cell_ids = False
    return style.set_table_styles(
        [
            {"selector": "th", "props": "text-align: left; vertical-align: bottom"},
            {"selector": "td", "props": "text-align: left"},
            {"selector": "td:first-child", "props": "min-width: 17em"},
            {"selector": "caption", "props": "text-align: left; font-weight: bold"},
        ]
    )


def _bold_best(table: pd.DataFrame) -> pd.DataFrame:
    """Which cells are bold: the best share of each column, an epoch chosen on our test images out of the contest."""
    fair = ~table.iloc[:, 0].str.endswith(metrics.HOW[Method.DTL1_TEST_EPOCH] + ")")
    numbers = table.map(lambda cell: cell.value if isinstance(cell, Interval) else np.nan)
    return numbers.eq(numbers[fair].max()).where(fair, False).replace({True: "font-weight: bold", False: ""})


def costs(networks: Iterable[str], milliseconds: dict[str, float]) -> pd.DataFrame:
    """What a picture costs each network, beside the paper's FLOPs column (equations 8 and 9).

    Parameters
    ----------
    networks : iterable of str
    milliseconds : dict of str to float
        Measured on this machine, for those networks where it was.

    Returns
    -------
    pandas.DataFrame
    """
    shown: dict[str, dict[str, None]] = {}  # AlexNet is 723M in Tables 3 and 4, 724M in Table 5
    for row in (*BINARY_ROWS, *MULTICLASS_ROWS):
        shown.setdefault(key_of(row)[1], {})[row.flops] = None
    records = [registry.get(name) for name in networks]
    return pd.DataFrame(
        {
            "network": [record.title for record in records],
            "pretraining": [record.pretraining for record in records],
            "parameters": [f"{record.parameters / 1e6:.1f}M" for record in records],
            "float32 file": [f"{record.parameters * 4 / 1e6:.0f} MB" for record in records],
            "FLOPs, counted": [shown_macs(record.macs) for record in records],
            "FLOPs, paper": [", ".join(shown.get(record.name, {})) for record in records],
            "ms per image": [f"{milliseconds[n]:.0f}" if n in milliseconds else "" for n in networks],
            "weights": [record.missing or "installed" for record in records],
        }
    )
