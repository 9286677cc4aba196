"""Tables 3-6 of a run, the paper's numbers beside its own, each with the name of its data, the best of the run in bold."""

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
from facediag_utils.networks.records import FACES, NOTHING, OBJECTS, UNTRAINED

PAPER = "paper (DSF)"
HEAD = ("Method", "Pretrain", "Data", "FLOPs")
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


def of_the_paper() -> list[str]:
    """Networks of the paper's Tables 3 to 6, by their names in the registry, in the paper's order."""
    names = (key_of(row)[1] for row in (*BINARY_ROWS, *MULTICLASS_ROWS) if row.architecture)
    return list(dict.fromkeys(names))


def rows_of(number: int) -> list[Row]:
    """The rows of one of the paper's tables, 3 to 6."""
    return [row for row in (*BINARY_ROWS, *MULTICLASS_ROWS) if row.table == number]


def side_by_side(numbers: Iterable[int], stored: pd.DataFrame, task: Task, profile: Profile) -> pd.DataFrame:
    """One or more of the paper's tables, made of this run's numbers, with the paper's own above them where it has that row.

    The rows are those that this run has numbers for: first the paper's methods, then others, on networks of faces before
    networks of objects and untrained ones.  `facediag_utils.networks.registry.absent` says what is not there.

    Parameters
    ----------
    numbers : iterable of int
        Tables of the paper, 3 to 6.
    stored : pandas.DataFrame
        As `facediag_utils.data.store.load` gives it.
    task : Task
    profile : Profile
        Its title names this run's data.

    Returns
    -------
    pandas.DataFrame
        Columns `HEAD` and the metrics.  Shares are `Interval`, the rest is text.
    """
    papers = {key_of(row): row for number in numbers for row in rows_of(number)}
    methods = {name for method, _ in papers for name in _BESIDE.get(method, (method,))}
    if task.name not in TEST_IMAGES:  # not a task of the paper: this run's rows alone
        papers = {}
    chosen = stored[(stored["task"] == task.name) & stored["method"].isin(methods)]
    ours = {(run["method"], run["backbone"]): run for run in metrics.summarize(chosen, task).to_dict("records")}
    elsewhere = {key_of(row) for row in (*BINARY_ROWS, *MULTICLASS_ROWS)} - set(papers) if papers else set()
    others = sorted((key for key in ours if key not in papers and key not in elsewhere), key=_place)
    columns = METRICS if task.positive else OF_MANY
    lines: list[dict[str, object]] = []
    for key in [*(key for key in papers if key in ours), *others]:
        method, pretraining, macs = metrics.method_title(*key)
        head = {"Method": method, "Pretrain": pretraining}
        if key in papers:
            lines.append({**head, "Data": PAPER, **_printed(papers[key], task)})
        shares = {_heading(name): metrics.interval_of(ours[key], name) for name in columns}
        lines.append({**head, "Data": profile.title, "FLOPs": shown_macs(macs), **shares})
    return pd.DataFrame(lines, columns=[*HEAD, *map(_heading, columns)]).fillna("")


def _place(key: Key) -> tuple[int, int, int]:
    """Where a row of ours stands: by method, by what its network was trained for, in the registry's order."""
    method, name = key
    trained_for = 0 if name == "dsift" else (FACES, OBJECTS, NOTHING).index(registry.get(name).task)
    known = {name: k for k, name in enumerate(registry.names())}
    return list(Method).index(Method(method)), trained_for, known.get(name.removeprefix(UNTRAINED), len(known))


def printed(number: int, task: Task) -> pd.DataFrame:
    """One of the paper's tables as it stands there, 3 to 6, its shares with the counts behind them and our intervals."""
    lines = []
    for row in rows_of(number):
        method, *_ = metrics.method_title(*key_of(row))
        lines.append({"Method": method, "Pretrain": row.pretraining, **_printed(row, task)})
    return pd.DataFrame(lines)


def of_run(stored: pd.DataFrame, tasks: Iterable[Task], profile: Profile) -> dict[str, tuple[str, pd.DataFrame]]:
    """The paper's Tables 3 to 6 for its tasks, for another task one table of all methods.

    Parameters
    ----------
    stored, profile
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
            made[f"table{number}"] = caption(number, task), side_by_side([number], stored, task, profile)
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


def _printed(row: Row, task: Task) -> dict[str, object]:
    """The paper's cells: its shares as printed, with the counts behind them (see `paper_audit.recover`) and our intervals."""
    found = paper_audit.intervals_of(row)
    names = METRICS if task.positive else METRICS[:1]
    return {"FLOPs": row.flops} | {
        _heading(name): replace(found[name], value=getattr(row, name) / 100) for name in names
    }


def styled(table: pd.DataFrame, caption: str) -> Styler:
    """The table for a notebook or report: the best value of each column of numbers in bold, no row numbers."""
    style = table.style.hide(axis="index").format(_unbroken, escape="html").set_caption(caption)
    style = style.apply(_bold_best, axis=None).set_uuid(re.sub(r"\W+", "-", caption.lower()))
    style.cell_ids = False
    return style.set_table_styles(
        [
            {"selector": "th", "props": "text-align: left; vertical-align: bottom"},
            {"selector": "td", "props": "text-align: left"},
            {"selector": "td:first-child", "props": "min-width: 14em"},
            {"selector": "caption", "props": "text-align: left; font-weight: bold"},
        ]
    )


def _unbroken(cell: object) -> str:
    """An interval's bounds stay on one line."""
    return str(cell).replace("-", "\N{NON-BREAKING HYPHEN}") if isinstance(cell, Interval) else str(cell)


def _bold_best(table: pd.DataFrame) -> pd.DataFrame:
    return best(table).replace({True: "font-weight: bold", False: ""})


def best(table: pd.DataFrame) -> pd.DataFrame:
    """Which cells hold the best share of their column among a run's, bool: an epoch chosen on our test images is out of the contest."""
    fair = ~table.iloc[:, 0].str.endswith(metrics.HOW[Method.DTL1_TEST_EPOCH] + ")")
    if "Data" in table:
        fair &= table["Data"] != PAPER
    numbers = table.map(lambda cell: cell.value if isinstance(cell, Interval) else np.nan)
    return numbers.eq(numbers[fair].max()).where(fair, False)


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
        A row per network; a column that would be empty is left out.
    """
    shown: dict[str, dict[str, None]] = {}  # AlexNet is 723M in Tables 3 and 4, 724M in Table 5
    for row in (*BINARY_ROWS, *MULTICLASS_ROWS):
        shown.setdefault(key_of(row)[1], {})[row.flops] = None
    records = [registry.get(name) for name in networks]
    table = pd.DataFrame(
        {
            "network": [record.title for record in records],
            "pretraining": [record.pretraining for record in records],
            "parameters": [f"{record.parameters / 1e6:.1f}M" for record in records],
            "float32 file": [f"{record.parameters * 4 / 1e6:.0f} MB" for record in records],
            "FLOPs, counted": [shown_macs(record.macs) for record in records],
            "FLOPs, paper": [", ".join(shown.get(record.name, {})) for record in records],
            "ms per image": [
                f"{milliseconds[record.name]:.0f}" if record.name in milliseconds else "" for record in records
            ],
        }
    )
    return table.loc[:, (table != "").any().to_numpy(bool)]
