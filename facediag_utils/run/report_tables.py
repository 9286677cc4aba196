"""The tables of the report: the text of each cell, by what a column is sorted, and which lines stay together when it is."""

import re
from dataclasses import dataclass

import pandas as pd

from facediag_utils.data.cohort import Task
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.standing import Standing
from facediag_utils.figures import tables

_UNITS = {"M": 1e6, "G": 1e9}  # of the paper's FLOPs column
Row = list["Cell"]


@dataclass(frozen=True)
class Cell:
    """Text; a sort key where the text is none; whether it is the best of its column, and a number."""

    text: str
    key: str = ""
    best: bool = False
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Groups of lines, which stay together and are sorted by the last of each."""

    caption: str
    columns: list[str]
    groups: list[list[Row]]


def plain(frame: pd.DataFrame, caption: str = "") -> Table:
    """A table of text or counts."""
    return of_methods(frame, caption, pd.DataFrame(False, index=frame.index, columns=frame.columns))


def of_methods(frame: pd.DataFrame, caption: str, best: pd.DataFrame | None = None) -> Table:
    """A table of methods, the best of each column marked; a line of the paper stays above that of the run.

    Where all lines have the same data, the caption names it, and not each line.

    Parameters
    ----------
    frame : pandas.DataFrame
        Methods in the first column; `Interval` or text; perhaps a column "Data", as `tables.side_by_side` gives it.
    caption : str
    best : pandas.DataFrame, optional
        bool, which cells are marked; by default those that `tables.best` marks.
    """
    best = tables.best(frame) if best is None else best
    of_paper = (frame["Data"] == tables.PAPER).to_list() if "Data" in frame else [False] * len(frame)
    if "Data" in frame and frame["Data"].nunique() == 1:
        caption, frame = f"{caption}; {frame['Data'].iloc[0]}", frame.drop(columns="Data")
    groups: list[list[Row]] = []
    values = zip(frame.itertuples(index=False), best[frame.columns].itertuples(index=False), strict=True)
    for k, (line, marks) in enumerate(values):
        if k == 0 or not of_paper[k - 1]:
            groups.append([])
        groups[-1].append([_cell(value, bool(mark)) for value, mark in zip(line, marks, strict=True)])
    return Table(caption, list(frame.columns), groups)


def _cell(value: object, best: bool) -> Cell:
    text = str(value)
    if isinstance(value, Interval):
        return Cell(
            text.replace("-", "\N{NON-BREAKING HYPHEN}"),
            "" if pd.isna(value.value) else f"{value.value:.6f}",
            best,
            number=True,
        )
    if counted := re.fullmatch(r"([\d.]+)([MG])", text):
        return Cell(text, f"{float(counted[1]) * _UNITS[counted[2]]:.0f}", best, number=True)
    return Cell(text, "", best, number=bool(re.fullmatch(r"[+-]?[\d.]+(e[+-]\d+)?", text)))


def accuracies(standing: Standing, data: str) -> Table:
    """Every method of a task: its accuracy over all test pictures and, where some have no face, among those that have one."""
    columns: dict[str, list[object]] = {
        "Method": [entry.title for entry in standing.entries],
        "Pretrain": [entry.pretraining for entry in standing.entries],
        "Accuracy, all test pictures": [entry.accuracy for entry in standing.entries],
    }
    if standing.lost:
        columns["Accuracy, those with a face"] = [entry.with_face for entry in standing.entries]
    columns["Trainings"] = [entry.trainings for entry in standing.entries]
    return of_methods(pd.DataFrame(columns), f"{title(standing.task)}; {data}")


def title(task: Task) -> str:
    """A task in words, with the number of its classes where they are not named."""
    if task.name in tables.TEST_IMAGES:
        return f"{task.title}, {len(task.classes)} classes"
    return task.title if task.positive else f"All {len(task.classes)} classes"
