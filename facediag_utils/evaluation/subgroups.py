"""What could be known without looking at a sign: ancestry, sex, age.

In the paper's Table 2 the classes differ in ancestry; a classifier that sees nothing else is right more often than chance."""

import pandas as pd

from facediag_utils.data.cohort import group_title
from facediag_utils.evaluation.interval import Interval, wilson_interval, written
from facediag_utils.evaluation.metrics import accuracy


def from_group_alone(counts: pd.DataFrame) -> pd.DataFrame:
    """The best anybody can do who knows only the group: the commonest class of each.

    Parameters
    ----------
    counts : pandas.DataFrame
        Images, a row a class and a column a group, as Table 2.

    Returns
    -------
    pandas.DataFrame
        A row a group: the class to say, how many that gets right, of how many.
    """
    return pd.DataFrame({"say": counts.idxmax(), "right": counts.max(), "images": counts.sum()})


def share(groups: pd.DataFrame) -> Interval:
    """Accuracy of `from_group_alone` over all images, with its 95% Wilson interval."""
    return wilson_interval(int(groups["right"].sum()), int(groups["images"].sum()))


def within(predictions: pd.DataFrame, table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Accuracy of one method within each value of a column of the manifest, with 95% Wilson intervals.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of one method and task.
    table : pandas.DataFrame
        The cohort's; numbers (age, severity) are cut into thirds.
    column : str

    Returns
    -------
    pandas.DataFrame
        A row per group: column, group, accuracy (`Interval`), and the accuracy of always saying the group's commonest
        class.
    """
    known = predictions.merge(table[["image", column]], on="image", how="left", validate="one_to_one")
    values = known[column]
    if pd.api.types.is_numeric_dtype(values):
        if column == "severity":
            known, values = known[values > 0], values[values > 0]  # controls have none
        values = pd.qcut(values, 3, duplicates="drop")
    rows = []
    for group, part in known.groupby(values, observed=True):
        commonest = part["label"].value_counts().max() / len(part)
        ends = (written(part[column].agg(end), 2) for end in ("min", "max"))
        shown = " to ".join(ends) if isinstance(group, pd.Interval) else group_title(column, group)
        rows.append({"column": column, "group": shown, "accuracy": accuracy(part), "commonest": commonest})
    return pd.DataFrame(rows)
