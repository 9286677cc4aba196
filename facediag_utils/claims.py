"""What the paper claims, as data, and what a run's own predictions say to it.

A claim compares two groups of methods.  On the test images each method of one group meets each of the other by McNemar's
exact test, corrected over all of them by Holm; "supported" needs a difference of the right sign that stands, "not supported"
one of the other sign, and all else is "cannot tell"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests

from facediag_utils.cohort import Task
from facediag_utils.comparisons import paired
from facediag_utils.evaluation import proportion
from facediag_utils.paper import CLINICIANS_ACCURACY
from facediag_utils.results import KEY

LEVEL = 0.05
Chosen = Callable[[pd.Series], bool]


@dataclass(frozen=True)
class Claim:
    """Something the paper says of two kinds of methods.

    Attributes
    ----------
    name, text, where : str
        What is claimed, and the section that claims it.
    better, worse : callable
        Whether a method (a row with task, method, backbone, pretraining) belongs to either side.
    same_backbone : bool
        Only methods on the same network are compared.
    """

    name: str
    text: str
    where: str
    better: Chosen
    worse: Chosen
    same_backbone: bool = False


CLAIMS = (
    Claim(
        "DTL2 over DTL1",
        "features and an SVM are better than fine-tuning",
        "IV.C",
        lambda r: r["method"] == "DTL2",
        lambda r: r["method"] == "DTL1",
        True,
    ),
    Claim(
        "faces over objects",
        "pretraining on faces is better than on ImageNet",
        "IV.A, IV.C",
        lambda r: r["method"] in ("DTL1", "DTL2") and "ImageNet" not in r["pretraining"],
        lambda r: r["method"] in ("DTL1", "DTL2") and "ImageNet" in r["pretraining"],
    ),
    Claim(
        "deep over dense SIFT",
        "deep transfer learning is better than designed features",
        "IV.A, IV.B",
        lambda r: r["method"] in ("DTL1", "DTL2"),
        lambda r: r["backbone"] == "dsift",
    ),
    Claim(
        "pretraining over none",
        "a network trained on few images alone over-fits",
        "I, III.C",
        lambda r: r["method"] == "DTL1",
        lambda r: r["method"] == "From scratch",
        True,
    ),
)


def tested(claim: Claim, predictions: pd.DataFrame, task: Task) -> dict[str, object]:
    """One claim on one task: verdict, and the pair of methods that speaks loudest.

    Returns
    -------
    dict
        claim, task, verdict, comparisons (how many pairs), first, second, difference, low, high, p_holm.
    """
    groups = {
        key: group.sort_values("image") for key, group in predictions[predictions["task"] == task.name].groupby(KEY)
    }
    described = {key: pd.Series(dict(zip(KEY, key, strict=True))) for key in groups}
    pairs = [
        (one, other)
        for one in groups
        for other in groups
        if claim.better(described[one])
        and claim.worse(described[other])
        and (one[2] == other[2] or not claim.same_backbone)
    ]
    row: dict[str, object] = {"claim": claim.name, "where": claim.where, "task": task.name, "comparisons": len(pairs)}
    if not pairs:
        return {**row, "verdict": "cannot tell", "why": "no such methods in this run"}
    right = {key: (group["label"] == group["predicted"]).to_numpy() for key, group in groups.items()}
    found = [paired(right[one], right[other]) for one, other in pairs]
    corrected = multipletests([result.p for result in found], method="holm")[1]
    k = int(np.lexsort((-np.abs([result.difference for result in found]), corrected))[0])
    signs = {np.sign(result.difference) for result, p in zip(found, corrected, strict=True) if p < LEVEL}
    verdict = "supported" if signs == {1.0} else "not supported" if signs == {-1.0} else "cannot tell"
    return {
        **row,
        "verdict": verdict,
        "standing": int((corrected < LEVEL).sum()),
        "first": " ".join(pairs[k][0][1:3]),
        "second": " ".join(pairs[k][1][1:3]),
        "difference": found[k].difference,
        "low": found[k].low,
        "high": found[k].high,
        "p_holm": float(corrected[k]),
    }


def over_clinicians(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Each method's accuracy against the clinicians' 84.5%: exact binomial test and Wilson interval.

    84.5% is an average over readers whose number and answers were not published: its own uncertainty is unknown and taken
    as none here, so these p are too small."""
    rows = []
    for key, group in predictions[predictions["task"] == task.name].groupby(KEY, sort=True):
        right, n = int((group["label"] == group["predicted"]).sum()), len(group)
        accuracy, low, high = proportion(right, n)
        p = binomtest(right, n, CLINICIANS_ACCURACY).pvalue
        rows.append(
            {
                "method": key[1],
                "backbone": key[2],
                "right": right,
                "n": n,
                "accuracy": accuracy,
                "low": low,
                "high": high,
                "p": p,
            }
        )
    table = pd.DataFrame(rows)
    table["p_holm"] = multipletests(table["p"], method="holm")[1]
    return table
