"""Which measures differ between the ill and the healthy, and whether these are the ones that the signs have changed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, ttest_1samp, ttest_ind

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.norms import norm_rows, reference_class

LEVEL = 0.05  # of the false discovery rate
SMALL = 0.2  # standard deviations: Cohen's (1988) small effect; a smaller change of a measure counts as none


def differences(ill: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Every measure of two groups: Welch's t-test (1947), corrected over the measures by Benjamini and Hochberg (1995).

    Parameters
    ----------
    ill, reference : pandas.DataFrame
        z-scores, a row per face, a column per measure; rows with NaN are left out.

    Returns
    -------
    pandas.DataFrame
        A row per measure: ``n`` and ``n_reference`` faces; ``difference`` of the means with its 95% interval ``low``, ``high``;
        ``p``; ``q``, the false discovery rate at which it would be found; ``found``, whether that is below `LEVEL`.
        All but the counts NaN, and nothing found, where a group has fewer than two faces.
    """
    ill, reference = ill.dropna(), reference.dropna()
    made = pd.DataFrame(index=pd.Index(ill.columns, name="measure"))
    made["n"], made["n_reference"] = len(ill), len(reference)
    if min(len(ill), len(reference)) < 2:
        return made.assign(difference=np.nan, low=np.nan, high=np.nan, p=np.nan, q=np.nan, found=False)
    test = ttest_ind(ill.to_numpy(), reference.to_numpy(), equal_var=False)
    bounds = test.confidence_interval()
    made["difference"] = ill.mean() - reference.mean()
    made["low"], made["high"], made["p"] = bounds.low, bounds.high, test.pvalue
    made["q"] = false_discovery_control(test.pvalue)
    return made.assign(found=made["q"] < LEVEL)


def of_each_class(z: pd.DataFrame, cohort: Cohort) -> dict[str, pd.DataFrame]:
    """`differences` of every class from the reference, over the faces that the norms were not made of.

    Parameters
    ----------
    z : pandas.DataFrame
        z-scores of the cohort's images, in its order, by norms of `facediag_utils.evaluation.norms.norm_rows`.
    cohort : Cohort

    Returns
    -------
    dict of str to pandas.DataFrame
        By class.  Without a healthy class the reference is everybody else.
    """
    labels, fresh = cohort.table["label"].to_numpy(str), ~norm_rows(cohort)
    control = reference_class(cohort)
    made = {}
    for name in cohort.classes:
        if name != control:
            others = labels != name if control is None else labels == control
            made[name] = differences(z[fresh & (labels == name)], z[fresh & others])
    return made


def true_changes_of_each_class(
    z: pd.DataFrame, of_twins: pd.DataFrame, cohort: Cohort, twins: Cohort
) -> dict[str, pd.DataFrame]:
    """`true_changes` by disease, from z-scores of the cohort's images and of its twins', each in its order."""
    place = ground_truth.same_people(cohort, twins)
    label = cohort.table["label"].to_numpy(str)[place]
    ill = z.iloc[place].reset_index(drop=True)
    return {name: true_changes(ill[label == name], of_twins[label == name]) for name in dict.fromkeys(label)}


def true_changes(ill: pd.DataFrame, twins: pd.DataFrame) -> pd.DataFrame:
    """What the signs did to each measure: z-scores of ill faces less those of their twins without signs, in the same order.

    Returns
    -------
    pandas.DataFrame
        A row per measure: ``change``, its mean with the 95% interval ``low``, ``high``; ``sign``, whether it is `SMALL` at least.
    """
    change = ill.to_numpy() - twins.to_numpy()
    bounds = ttest_1samp(change, 0).confidence_interval()
    made = pd.DataFrame({"change": change.mean(axis=0), "low": bounds.low, "high": bounds.high}, index=ill.columns)
    return made.rename_axis("measure").assign(sign=made["change"].abs() >= SMALL)


@dataclass(frozen=True)
class Search:
    """How well measures that were found agree with those that were changed; shares with Wilson's intervals."""

    precision: Interval
    recall: Interval


def search(found: pd.DataFrame, truth: pd.DataFrame) -> Search:
    """Of what was found, how much is a sign that goes the same way; of the signs, how many were found so.

    The intervals take measures for independent, which they are not: they are too narrow.

    Parameters
    ----------
    found, truth : pandas.DataFrame
        As `differences` and `true_changes` give them, with the same index.
    """
    truth = truth.loc[found.index]
    right = found["found"] & truth["sign"] & (np.sign(found["difference"]) == np.sign(truth["change"]))
    hits = int(right.sum())
    return Search(wilson_interval(hits, int(found["found"].sum())), wilson_interval(hits, int(truth["sign"].sum())))


def search_all(found: Mapping[str, pd.DataFrame], truth: Mapping[str, pd.DataFrame]) -> Search:
    """`search` over the measures of all diseases together."""
    return search(*(pd.concat({name: tables[name] for name in truth}) for tables in (found, truth)))


def table(of_sources: Mapping[str, Mapping[str, pd.DataFrame]], truth: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """All of it in one table, as a file: class, whose landmarks, measure, then the columns of `differences` and, where it is
    known, the ``change`` that signs made."""
    parts = []
    for source, made in of_sources.items():
        for name, rows in made.items():
            known = truth[name]["change"] if name in truth else np.nan
            parts.append(rows.assign(change=known, landmarks=source, **{"class": name}).reset_index())
    front = ["class", "landmarks", "measure"]
    whole = pd.concat(parts, ignore_index=True)
    return whole[[*front, *(name for name in whole if name not in front)]]


def shown(row: dict) -> str:
    """Difference and interval of a row of `table` in words."""
    return Interval(row["difference"], row["low"], row["high"]).plain(1, "+")
