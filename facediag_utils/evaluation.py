"""From predictions to the numbers of Tables 3-6, each with a 95% interval."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from facediag_utils import backbones
from facediag_utils.cohort import Task
from facediag_utils.errors import ResultsError
from facediag_utils.paper import CLASSES, FEATURES_AND_SVM, FINE_TUNING, Row
from facediag_utils.results import KEY, NO_FACE


def proportion(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float, float]:
    """A proportion and its Wilson score interval (Wilson 1927); NaN for no trials.

    >>> [round(x, 3) for x in proportion(57, 60)]
    [0.95, 0.863, 0.983]
    """
    if trials == 0:
        return (np.nan, np.nan, np.nan)
    interval = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return successes / trials, float(interval.low), float(interval.high)


def confusion(predictions: pd.DataFrame, classes: Iterable[str]) -> pd.DataFrame:
    """Counts with predicted classes as rows and actual classes as columns, as in the paper's Figures 4 and 6.

    A row "no face" is added where test images had none."""
    rows = list(classes)
    if (predictions["predicted"] == NO_FACE).any():
        rows.append(NO_FACE)
    counts = pd.crosstab(predictions["predicted"], predictions["label"])
    return counts.reindex(index=rows, columns=list(classes), fill_value=0).rename_axis(
        index="predicted", columns="actual"
    )


def binary_metrics(predictions: pd.DataFrame, task: Task) -> dict[str, tuple[float, float, float]]:
    """Accuracy, precision (PPV), sensitivity and specificity with Wilson intervals, and F1 without.

    A test image without a face is wrong whatever it was: a patient missed, or a control not cleared.
    """
    if task.positive is None:
        raise ResultsError(f"task {task.name!r} has {len(task.classes)} classes; sensitivity needs two")
    actual = (predictions["label"] == task.positive).to_numpy()
    right = (predictions["label"] == predictions["predicted"]).to_numpy()
    said = (predictions["predicted"] == task.positive).to_numpy()
    true_positive = int((actual & right).sum())
    true_negative = int((~actual & right).sum())
    precision = proportion(true_positive, int(said.sum()))
    # Dice form 2 TP / (2 TP + FP + FN): the harmonic mean of precision and sensitivity, defined at TP = 0 too.
    misses = int((actual & ~right).sum()) + int((~actual & said).sum())
    f1 = 2 * true_positive / (2 * true_positive + misses) if true_positive + misses else np.nan
    return {
        "accuracy": proportion(int(right.sum()), len(predictions)),
        "precision": precision,
        "sensitivity": proportion(true_positive, int(actual.sum())),
        "specificity": proportion(true_negative, int((~actual).sum())),
        "f1": (f1, np.nan, np.nan),
    }


def accuracy(predictions: pd.DataFrame) -> tuple[float, float, float]:
    """Top-1 accuracy and its Wilson interval."""
    return proportion(int((predictions["label"] == predictions["predicted"]).sum()), len(predictions))


HOW = {"DTL1": FINE_TUNING, "DTL2": FEATURES_AND_SVM}


def named(method: str, backbone: str) -> tuple[str, str, int]:
    """How the paper's tables would name a method: its title, its pretraining, its multiply-accumulates an image."""
    if backbone == "dsift":
        from facediag_utils.dsift import operations

        return method, "N", sum(operations().values())
    record = backbones.get(backbone)
    return f"{record.title} ({HOW[method]})", record.pretraining, record.macs


def measured(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """One row a method: the numbers of this run, with interval bounds and counts.

    Parameters
    ----------
    predictions : pandas.DataFrame
        As `facediag_utils.results.load` gives them.
    task : Task

    Returns
    -------
    pandas.DataFrame
        Columns method, backbone, pretraining, macs, n, correct, then for each metric the value, ``_low``, ``_high``
        (0..1).
    """
    rows = []
    for key, group in predictions[predictions["task"] == task.name].groupby(KEY, sort=True):
        _, method, backbone, pretraining = key
        metrics = binary_metrics(group, task) if task.positive else {"accuracy": accuracy(group)}
        row: dict[str, object] = {"task": task.name, "method": method, "backbone": backbone, "pretraining": pretraining}
        row["macs"] = named(method, backbone)[2]
        row["n"] = len(group)
        row["correct"] = int((group["label"] == group["predicted"]).sum())
        for name, (value, low, high) in metrics.items():
            row[name] = value
            if name != "f1":
                row[f"{name}_low"], row[f"{name}_high"] = low, high
        rows.append(row)
    if not rows:
        raise ResultsError(f"no predictions for task {task.name!r}; run notebook 05 first")
    return pd.DataFrame(rows)


METRICS = ("accuracy", "precision", "sensitivity", "specificity", "f1")


def beside_paper(printed: Iterable[Row], ours: pd.DataFrame, title: str) -> pd.DataFrame:
    """The layout of the paper's tables: its rows (DSF) above, this run's rows below, percentages.

    Parameters
    ----------
    printed : iterable of paper.Row
    ours : pandas.DataFrame
        As `measured` gives it.
    title : str
        What this run's data are, for the column "Data".
    """
    columns = [name for name in METRICS if name in ours]
    rows = []
    for row in printed:
        cells = {name.capitalize(): _percent(getattr(row, name)) for name in columns}
        method = f"{row.architecture} ({row.method})" if row.architecture else row.method
        rows.append({"Data": "paper (DSF)", "Method": method, "Pretrain": row.pretraining, "FLOPs": row.flops, **cells})
    for _, run in ours.iterrows():
        cells = {name.capitalize(): _with_interval(run, name) for name in columns}
        method, pretraining, macs = named(run["method"], run["backbone"])
        rows.append({"Data": title, "Method": method, "Pretrain": pretraining, "FLOPs": f"{macs / 1e6:.0f}M", **cells})
    return pd.DataFrame(rows)


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}%"


def _with_interval(row: pd.Series, name: str) -> str:
    if np.isnan(row[name]):
        return "undefined"
    if f"{name}_low" not in row:
        return f"{100 * row[name]:.1f}%"
    return f"{100 * row[name]:.1f}% ({100 * row[f'{name}_low']:.0f}-{100 * row[f'{name}_high']:.0f})"


def short_names(classes: Iterable[str]) -> list[str]:
    """D1 ... D4, N0 for the paper's classes, else the names themselves."""
    return [CLASSES.get(name, name) for name in classes]
