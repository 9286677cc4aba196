"""How unusual a measure of a face is, for somebody of this age, sex and ancestry, seen from this side: z-scores against a reference.

A ruler needs norms. They are a linear regression of each measure on what is known of the faces of the reference group, and how
far its faces lie from it."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import statsmodels.api as sm

from facediag_utils.core.errors import CohortError
from facediag_utils.data.cohort import Cohort, Task, healthy_classes, tasks

NUMBERS, GROUPS = ("age", "yaw"), ("sex", "ancestry")
PER_COEFFICIENT = 5  # faces of the reference for each coefficient of the regression, at least


def reference_class(cohort: Cohort) -> str | None:
    """The class that others are compared with: the healthy one, or of two the other; None: everybody else is the reference."""
    healthy = healthy_classes(cohort.classes)
    task: Task = tasks(cohort)[0]
    return healthy[0] if healthy else task.classes[1] if len(cohort.classes) == 2 else None


def norm_rows(cohort: Cohort) -> np.ndarray:
    """The faces that norms are made of, bool (n,): training images of `reference_class`, or all if there is none."""
    control = reference_class(cohort)
    train = (cohort.table["split"] == "train").to_numpy()
    return train if control is None else train & (cohort.table["label"] == control).to_numpy()


def covariates(table: pd.DataFrame, reference: np.ndarray) -> list[str]:
    """What the norms of a reference group, bool (n,), take into account.

    Taken is what is known of every image and differs within the reference; nothing at all if there would be fewer than
    `PER_COEFFICIENT` faces of the reference for a coefficient."""
    known = [
        name
        for name in (*NUMBERS, *GROUPS)
        if name in table and table[name].notna().all() and table.loc[reference, name].nunique() > 1
    ]
    return known if reference.sum() >= PER_COEFFICIENT * _design(table, known).shape[1] else []


def z_scores(values: pd.DataFrame, table: pd.DataFrame, reference: np.ndarray, known: Sequence[str]) -> pd.DataFrame:
    """Distance of each measure from what the reference leads to expect, in standard deviations of a new face's.

    A new face's deviation holds the spread of the reference about its regression and the regression's own uncertainty, so that
    few faces of reference make no face look unusual. The faces of the reference themselves lie too near.

    Parameters
    ----------
    values : pandas.DataFrame
        float64, a row per face, a column per measure; NaN where there was none.
    table : pandas.DataFrame
        Of the same faces, with the columns ``known``.
    reference : numpy.ndarray
        bool, (n,): the faces that the norms are made of.
    known : sequence of str
        As `covariates` gives them.

    Returns
    -------
    pandas.DataFrame
        float64, as ``values``; NaN also for a face of a group that the reference has nobody of.

    Raises
    ------
    CohortError
        If the reference has no more faces with measures than the regression has coefficients.
    """
    design = _design(table, known)
    foreign = np.zeros(len(table), bool)
    for name in filter(partial(_is_group, table), known):
        foreign |= ~table[name].isin(table.loc[reference, name]).to_numpy()
    rows = reference & values.notna().all(axis=1).to_numpy()
    if rows.sum() <= design.shape[1] + 1:
        raise CohortError(
            f"{rows.sum()} faces of reference for {design.shape[1]} coefficients: norms need more; add pictures of the controls"
        )
    result = pd.DataFrame(np.nan, index=values.index, columns=values.columns)
    for name in values:
        expected = sm.OLS(values[name].to_numpy()[rows], design[rows]).fit().get_prediction(design)
        result[name] = (values[name].to_numpy() - expected.predicted_mean) / expected.se_obs
    result[foreign] = np.nan
    return result


def _design(table: pd.DataFrame, known: Sequence[str]) -> np.ndarray:
    """Columns of the regression: 1; age; the cosine of yaw, by which widths shrink in the picture; 0 or 1 for each group but one."""
    columns = [np.ones(len(table))]
    for name in known:
        if _is_group(table, name):
            values = table[name].to_numpy(str)
            columns += [(values == group).astype(float) for group in np.unique(values)[1:]]
        else:
            number = table[name].to_numpy(float)
            columns.append(np.cos(np.radians(number)) if name == "yaw" else number)
    return np.stack(columns, axis=1)


def _is_group(table: pd.DataFrame, name: str) -> bool:
    """Whether people are sorted by it; an age of "30-40" is a group too."""
    return name in GROUPS or not pd.api.types.is_numeric_dtype(table[name])
