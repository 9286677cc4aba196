"""Two classes out of many: one disease against all others, or ill against control, from the scores of all classes.

(Gurovich et al. 2019 put both questions to networks of two classes; here nothing is trained for them.)"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from facediag_utils.data.cohort import NO_FACE, Task, healthy_classes
from facediag_utils.data.store import COLUMNS
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.paired_tests import delong_test

OTHERS = "[others]"  # the negative class; a class cannot be called so, as its folder's name would have to be


def collapsed(predictions: pd.DataFrame, positive: Iterable[str], name: str) -> tuple[pd.DataFrame, Task]:
    """The predictions of a task of many classes as those of one with two.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Of one method, as `facediag_utils.data.store.load` gives them; the scores are probabilities.
    positive : iterable of str
        The classes that become the positive one.
    name : str
        What it is called then.

    Returns
    -------
    predictions : pandas.DataFrame
        The same rows; its score is the sum of the classes'.
    task : Task
        Of two classes, to be given to `metrics.with_intervals` and `roc_analysis.roc`.
    """
    positive = list(positive)
    two = predictions[[column for column in COLUMNS if column in predictions]].copy()
    for column in ("label", "predicted"):
        said = predictions[column]
        two[column] = np.where(said.isin(positive), name, np.where(said == NO_FACE, NO_FACE, OTHERS))
    total = predictions[[f"score_{label}" for label in positive]].sum(axis=1, min_count=1)
    two[f"score_{name}"], two[f"score_{OTHERS}"] = total, 1 - total
    return two, Task(f"{name} against others", f"{name} against all others", (name, OTHERS))


def questions(task: Task) -> dict[str, tuple[str, ...]]:
    """The positive classes of each question of two classes: each class but the healthy one against all others; all of these
    against the healthy one, where there is one."""
    healthy = healthy_classes(task.classes)
    ill = tuple(label for label in task.classes if label not in healthy)
    each: dict[str, tuple[str, ...]] = {label: (label,) for label in ill}
    return each | {"ill": ill} if healthy and len(ill) > 1 else each


def area_difference(first: pd.DataFrame, second: pd.DataFrame, label: str) -> tuple[Interval, float]:
    """Of one class against all others: the area under the ROC curve of one method less that of another on the same images, with
    DeLong's 95% interval and p.  Images without a face are left out."""
    one, other = (rows.sort_values("image") for rows in (first, second))
    scores = np.stack([rows[f"score_{label}"].to_numpy(float) for rows in (one, other)])
    seen = np.isfinite(scores).all(axis=0)
    return delong_test(scores[0, seen], scores[1, seen], (one["label"] == label).to_numpy()[seen])
