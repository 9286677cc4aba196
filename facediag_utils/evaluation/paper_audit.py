"""The paper's own numbers audited: which counts of test images give them, and how sure they are.

Tables 3 and 4 print five percentages a row for 30 + 30 test images.  Only whole images can be right, so a row comes from
one of 31 x 31 confusion matrices; a figure that the best of them does not give is a misprint, or was rounded otherwise."""

from dataclasses import dataclass
from functools import cache
from itertools import product

import pandas as pd
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from facediag_utils.data.cohort import Task
from facediag_utils.data.paper import AUC, BINARY_ROWS, MULTICLASS_ROWS, TEST_PER_CLASS, Row
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.metrics import METRICS, with_intervals
from facediag_utils.evaluation.paired_tests import holm
from facediag_utils.evaluation.roc_analysis import area_interval

TESTS_OF_FIVE = 5 * TEST_PER_CLASS


@dataclass(frozen=True)
class Recovered:
    """The confusion matrix behind a printed row.

    Attributes
    ----------
    row : Row
    true_positive, true_negative : int
        Of 30 each.
    wrong : tuple of str
        Printed figures that this matrix does not give.
    rivals : int
        Other matrices that explain as many figures.
    """

    row: Row
    true_positive: int
    true_negative: int
    wrong: tuple[str, ...]
    rivals: int

    @property
    def correct(self) -> int:
        return self.true_positive + self.true_negative


def percentages(true_positive: int, true_negative: int, each: int = TEST_PER_CLASS) -> dict[str, float]:
    """The five figures of Tables 3 and 4 (section IV.A), per cent, for ``each`` positives and as many negatives."""
    false_positive, missed = each - true_negative, each - true_positive
    said = true_positive + false_positive
    return {
        "accuracy": 100 * (true_positive + true_negative) / (2 * each),
        "precision": 100 * true_positive / said if said else float("nan"),
        "sensitivity": 100 * true_positive / each,
        "specificity": 100 * true_negative / each,
        "f1": 100 * 2 * true_positive / (2 * true_positive + false_positive + missed) if said or true_positive else 0.0,
    }


@cache
def recover(row: Row) -> Recovered:
    """The confusion matrix that gives most of a row's printed figures (to the one decimal printed).

    Of matrices that explain as many figures the one with the least total deviation is taken."""
    found = []
    for hits, rejections in product(range(TEST_PER_CLASS + 1), repeat=2):
        figures = percentages(hits, rejections)
        away = {name: abs(figures[name] - getattr(row, name)) for name in METRICS}
        wrong = tuple(name for name, distance in away.items() if not distance <= 0.05 + 1e-9)
        found.append((len(wrong), sum(away.values()), hits, rejections, wrong))
    fewest, _, hits, rejections, wrong = min(found)
    return Recovered(row, hits, rejections, wrong, sum(entry[0] == fewest for entry in found) - 1)


def intervals_of(row: Row) -> dict[str, Interval]:
    """What `facediag_utils.evaluation.metrics.with_intervals` would say of a printed row."""
    if row in MULTICLASS_ROWS:
        right = round(row.accuracy / 100 * TESTS_OF_FIVE)
        return {"accuracy": wilson_interval(right, TESTS_OF_FIVE)}
    found = recover(row)
    hits, misses = found.true_positive, TEST_PER_CLASS - found.true_positive
    said = ["ill"] * hits + ["well"] * (misses + found.true_negative) + ["ill"] * (TEST_PER_CLASS - found.true_negative)
    predictions = pd.DataFrame({"label": ["ill"] * TEST_PER_CLASS + ["well"] * TEST_PER_CLASS, "predicted": said})
    return with_intervals(predictions, Task("binary", "", ("ill", "well")))


def binary_audit() -> pd.DataFrame:
    """Tables 3 and 4: counts recovered with 95% Wilson intervals, and what no count gives."""
    rows = []
    for row in BINARY_ROWS:
        found = recover(row)
        given = percentages(found.true_positive, found.true_negative)
        shown = ", ".join(f"{name} {getattr(row, name)} (is {given[name]:.1f})" for name in found.wrong)
        line = {**_printed(row), "recovered": wilson_interval(found.correct, 2 * TEST_PER_CLASS)}
        line["sensitivity"] = wilson_interval(found.true_positive, TEST_PER_CLASS)
        line["specificity"] = wilson_interval(found.true_negative, TEST_PER_CLASS)
        rows.append(line | {"not explained": shown or "-"})
    return pd.DataFrame(rows)


def multiclass_audit() -> pd.DataFrame:
    """Tables 5 and 6: the number right of 150, with its 95% Wilson interval, and whether it gives the printed accuracy."""
    rows = []
    for row in MULTICLASS_ROWS:
        right = round(row.accuracy / 100 * TESTS_OF_FIVE)
        exact = abs(100 * right / TESTS_OF_FIVE - row.accuracy) <= 0.05 + 1e-9
        rows.append({**_printed(row), "recovered": wilson_interval(right, TESTS_OF_FIVE), "explained": exact})
    return pd.DataFrame(rows)


def areas() -> dict[str, Interval]:
    """The areas that Figure 5 prints, with 95% intervals as far as numbers of images allow (`hanley_mcneil`)."""
    n = TEST_PER_CLASS
    return {name: area_interval(area, hanley_mcneil(area, n, n), n) for name, area in AUC.items()}


def hanley_mcneil(area: float, positives: int, negatives: int) -> float:
    """Variance of an area under the curve from nothing but its value and the counts (Hanley and McNeil 1982)."""
    one, other = area / (2 - area), 2 * area**2 / (1 + area)
    spread = (positives - 1) * (one - area**2) + (negatives - 1) * (other - area**2)
    return (area * (1 - area) + spread) / (positives * negatives)


def comparisons(rows: tuple[Row, ...], best: Row) -> pd.DataFrame:
    """The best printed row against each other, as far as counts without pairs allow: Fisher's exact test, Holm-corrected,
    and Newcombe's (1998) 95% interval of the difference.

    Methods were tried on the same images, so a paired test would be sharper; the pairs were not published.

    Parameters
    ----------
    rows : tuple of Row
        Of one task.
    best : Row
        The row the paper calls best.
    """
    trials = 2 * TEST_PER_CLASS if best in BINARY_ROWS else TESTS_OF_FIVE
    others = [row for row in rows if row != best]
    mine, theirs = round(best.accuracy / 100 * trials), [round(row.accuracy / 100 * trials) for row in others]
    table = pd.DataFrame({"method": map(_name, others), "right": [f"{right}/{trials}" for right in theirs]})
    table["difference"] = [
        Interval((mine - right) / trials, *confint_proportions_2indep(mine, trials, right, trials, method="newcomb"))
        for right in theirs
    ]
    table["p"] = [fisher_exact([[mine, trials - mine], [right, trials - right]]).pvalue for right in theirs]
    table["p, Holm"] = holm(table["p"])
    return table.assign(survives=table["p, Holm"] < 0.05)


def _printed(row: Row) -> dict[str, object]:
    return {"table": row.table, "method": _name(row), "accuracy": row.accuracy}


def _name(row: Row) -> str:
    return f"{row.architecture} ({row.method}), {row.pretraining}" if row.architecture else row.method
