"""Grades that have an order: images of a cohort labelled by how marked the signs are, and no longer by what they are signs of."""

from dataclasses import replace

import numpy as np
import pandas as pd

from facediag_utils.data.cohort import Cohort, Task, healthy_classes
from facediag_utils.data.splitting import LEAST_FACES

NO_SIGNS = "none"  # the grade of those who have none
THIRDS = ("low", "middle", "high")  # of those who have some, where a number says how marked they are
LEAST_GRADES = 3  # two have no order that a classifier could miss
MOST_GRADES = 10  # different numbers in a column `grade`, at most: more would be a measure and not grades


def cuts(cohort: Cohort) -> tuple[float, float]:
    """Where a column ``severity`` is cut into `THIRDS`: the thirds of the ill *training* images, so that no test image moves a cut."""
    severity = severity_of(cohort)
    learnt = severity[(cohort.table["split"] == "train").to_numpy() & (severity > 0)]
    low, high = np.quantile(learnt, [1 / 3, 2 / 3]) if len(learnt) else (np.nan, np.nan)
    return float(low), float(high)


def severity_of(cohort: Cohort, column: str = "severity") -> np.ndarray:
    """How marked the signs of every image are, float64 (n,): 0 for healthy classes, NaN where the manifest does not know."""
    well = cohort.table["label"].isin(healthy_classes(cohort.classes)).to_numpy()
    return np.where(well, 0.0, pd.to_numeric(cohort.table[column], errors="coerce").to_numpy(float))


def graded(cohort: Cohort) -> Cohort | None:
    """The same images with grades as their classes, in their order; what was the class is now the column ``disease``.

    A column ``grade`` is taken as it is: its numbers are the grades, and 0 is `NO_SIGNS`.  Otherwise a column ``severity`` is cut into
    `NO_SIGNS` (0) and `THIRDS` (by `cuts`).  Images of unknown grade are left out.

    Returns
    -------
    Cohort or None
        None if there is no such column, or fewer than `LEAST_GRADES` grades have `facediag_utils.data.splitting.LEAST_FACES`
        training images and a test image; grades with fewer are left out.
    """
    column = next((name for name in ("grade", "severity") if name in cohort.table), None)
    if column is None:
        return None
    value = severity_of(cohort, column)
    if column == "severity":
        names = [NO_SIGNS, *THIRDS]
        place = np.where(value > 0, 1 + np.searchsorted(cuts(cohort), value), 0)
    else:
        levels = np.unique(value[np.isfinite(value)])
        if len(levels) > MOST_GRADES:
            return None
        names = [NO_SIGNS if level == 0 else f"grade {level:g}" for level in levels]
        place = np.searchsorted(levels, value).clip(max=max(len(levels) - 1, 0))
    known = np.isfinite(value) & (value >= 0)
    table = cohort.table[known].assign(disease=lambda t: t["label"], label=np.array(names)[place[known]])
    counts = pd.crosstab(table["label"], table["split"]).reindex(columns=["train", "test"], fill_value=0)
    enough = counts.index[(counts["train"] >= LEAST_FACES) & (counts["test"] > 0)]
    classes = tuple(name for name in names if name in enough)
    if len(classes) < LEAST_GRADES:
        return None
    return replace(cohort, classes=classes, table=table[table["label"].isin(classes)].reset_index(drop=True))


def tasks(cohort: Cohort) -> tuple[Task, ...]:
    """Grades of everybody; and of the ill alone, where healthy images and enough other grades are there.

    Parameters
    ----------
    cohort : Cohort
        As `graded` gives it.
    """
    everybody = Task("grades", "Grades of everybody", cohort.classes)
    ill = tuple(name for name in cohort.classes if name != NO_SIGNS)
    if ill == cohort.classes or len(ill) < LEAST_GRADES:
        return (everybody,)
    return everybody, Task("grades_ill", "Grades of the ill alone", ill)


def numbers(labels: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Place of each grade in its order, int (n,), from 0."""
    order = {name: k for k, name in enumerate(classes)}
    return np.array([order[name] for name in labels], int)
