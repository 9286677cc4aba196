"""What the paper claims, as data, and what a run's own predictions say to it.

A claim compares two groups of methods.  On the test images each method of one group meets each of the other: by McNemar's
exact test if both were trained once, else by a test over images and trainings (`paired_tests.compare`).  All p of a claim and
task are corrected together by Holm.  "supported" needs a difference of the right sign that stands and none of the other,
"not supported" the reverse, and all else is "cannot tell"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Task
from facediag_utils.data.paper import CLINICIANS_ACCURACY
from facediag_utils.data.store import KEY, Method
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.metrics import short_title
from facediag_utils.evaluation.paired_tests import compare, correctness, holm
from facediag_utils.networks import registry

LEVEL = 0.05
SUPPORTED, NOT_SUPPORTED, CANNOT_TELL = "supported", "not supported", "cannot tell"
CLINICIANS = "DTL2 over clinicians"
COLUMNS = ["claim", "says", "where", "task", "verdict", "why", "comparisons", "favour", "against", "first", "second"]
COLUMNS += ["difference", "low", "high", "p_holm"]
Chosen = Callable[[pd.Series], bool]
Key = tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """Something the paper says of two kinds of methods.

    Attributes
    ----------
    name, says, where : str
        What is claimed, in short and in a sentence, and the section that claims it.
    better, worse : callable
        Whether a method belongs to either side: a row with task, method, backbone, pretraining, and the network's title and
        what it was ``trained_for``.
    same : tuple of str
        Only methods that agree in these are compared.
    """

    name: str
    says: str
    where: str
    better: Chosen
    worse: Chosen
    same: tuple[str, ...] = ()


def _having(**values: str) -> Chosen:
    return lambda row: all(row[field] == value for field, value in values.items())


def _deep(row: pd.Series) -> bool:
    return row["method"] in (Method.DTL1, Method.DTL2)


def _of_objects(row: pd.Series) -> bool:
    return _deep(row) and row["trained_for"] == "object recognition"


def _of_faces(row: pd.Series) -> bool:
    return _deep(row) and row["trained_for"] == "face recognition"


_DTL1, _DTL2, _SCRATCH = (_having(method=method) for method in (Method.DTL1, Method.DTL2, Method.FROM_SCRATCH))
_ONE, _BOTH = (_having(pretraining=name) for name in ("VGGFace2", "VGGFace2 & MS-Celeb-1M"))
_DSIFT, _BEST = _having(backbone="dsift"), _having(backbone="vgg16_vggface", method=Method.DTL2)
CLAIMS = (
    Claim("DTL2 over DTL1", "features and an SVM are better than fine-tuning", "IV.C", _DTL2, _DTL1, ("backbone",)),
    Claim(
        "faces over objects",
        "pretraining on faces is better than on ImageNet",
        "IV.A, IV.C",
        _of_faces,
        _of_objects,
        ("method",),
    ),
    Claim(
        "deep over dense SIFT", "deep transfer learning is better than designed features", "IV.A, IV.B", _deep, _DSIFT
    ),
    Claim(
        "pretraining over none",
        "a network trained on few images alone over-fits",
        "I, III.C",
        _DTL1,
        _SCRATCH,
        ("backbone",),
    ),
    Claim(
        "more face data helps",
        "pretraining on more face data sets is better",
        "IV.B, IV.C",
        _BOTH,
        _ONE,
        ("method", "title"),
    ),
    Claim(
        "VGG-Face is best",
        "VGG16 on VGG-Face, as features, is better than every other method",
        "IV.B",
        _BEST,
        lambda row: row["backbone"] != "vgg16_vggface",
    ),
)


def table(predictions: pd.DataFrame, tasks: Iterable[Task], profile: Profile) -> pd.DataFrame:
    """All claims on all tasks, the clinicians' on the five classes that they were given.

    Parameters
    ----------
    predictions : pandas.DataFrame
        As `facediag_utils.data.store.load` gives them.
    tasks : iterable of Task
    profile : Profile

    Returns
    -------
    pandas.DataFrame
        A row a claim and task, columns `COLUMNS`: the verdict, and the pair of methods that speaks loudest with its
        difference of accuracies, 95% interval and corrected p; NaN where there is none.
    """
    tasks = tuple(tasks)
    rows = [test_claim(claim, predictions, task) for claim in CLAIMS for task in tasks]
    rows += [clinicians(predictions, task, profile) for task in tasks if task.name == "multiclass"]
    return pd.DataFrame(rows).reindex(columns=COLUMNS).fillna({"why": "", "first": "", "second": ""})


def test_claim(claim: Claim, predictions: pd.DataFrame, task: Task) -> dict[str, object]:
    """One claim on one task, as a row of `table`."""
    right = correctness(predictions, task)
    pairs = _pairs(claim, {key: _described(key) for key in right})
    row: dict[str, object] = {"claim": claim.name, "says": claim.says, "where": claim.where, "task": task.name}
    row["comparisons"] = len(pairs)
    if not pairs:
        return {**row, "verdict": CANNOT_TELL, "why": "no such methods in this run"}
    found = [compare(right[one], right[other]) for one, other in pairs]
    corrected = holm([result.p for result in found])
    k = int(np.lexsort((-np.abs([result.difference.value for result in found]), corrected))[0])
    standing = [result.difference.value for result, p in zip(found, corrected, strict=True) if p < LEVEL]
    favour, against = sum(value > 0 for value in standing), sum(value < 0 for value in standing)
    verdict = SUPPORTED if favour and not against else NOT_SUPPORTED if against and not favour else CANNOT_TELL
    why = "" if verdict != CANNOT_TELL else "differences of both signs stand" if favour else "no difference stands"
    return {
        **row,
        "verdict": verdict,
        "why": why,
        "favour": favour,
        "against": against,
        "first": short_title(*pairs[k][0][1:3]),
        "second": short_title(*pairs[k][1][1:3]),
        **dict(zip(("difference", "low", "high"), found[k].difference, strict=True)),
        "p_holm": float(corrected[k]),
    }


def _pairs(claim: Claim, known: dict[Key, pd.Series]) -> list[tuple[Key, Key]]:
    better, worse = ([key for key, row in known.items() if side(row)] for side in (claim.better, claim.worse))
    same = list(claim.same)
    return [(one, other) for one, other in product(better, worse) if known[one][same].equals(known[other][same])]


def _described(key: Key) -> pd.Series:
    row = pd.Series(dict(zip(KEY, key, strict=True)))
    record = None if row["backbone"] == "dsift" else registry.get(row["backbone"])
    row["title"], row["trained_for"] = (record.title, record.task) if record else (row["backbone"], "")
    return row


def format_effect(row: dict) -> str:
    """Difference, interval and p of a row of `table` in words; empty where there are none."""
    if pd.isna(row["difference"]):
        return ""
    p = f"p = {row['p_holm']:.3f}" if row["p_holm"] >= 0.001 else "p < 0.001"
    return f"{Interval(row['difference'], row['low'], row['high']).points()}, {p}"


def clinicians(predictions: pd.DataFrame, task: Task, profile: Profile) -> dict[str, object]:
    """The claim that features and an SVM are better than the paper's clinicians (section IV.B), as a row of `table`."""
    row: dict[str, object] = {"claim": CLINICIANS, "where": "IV.B", "task": task.name, "verdict": CANNOT_TELL}
    row["says"] = "features and an SVM are better than clinicians"
    met = compare_with_clinicians(predictions[predictions["method"] == Method.DTL2], task)
    best = max(met.to_dict("records"), key=lambda row: row["accuracy"].value)
    stands = met["p_holm"] < LEVEL
    better = np.array([share.value > CLINICIANS_ACCURACY for share in met["accuracy"]])
    row |= {"comparisons": len(met), "favour": int((stands & better).sum()), "against": int((stands & ~better).sum())}
    row |= {"first": best["name"], "second": "clinicians (paper, DSF)", "p_holm": best["p_holm"]}
    differences = (share - CLINICIANS_ACCURACY for share in best["accuracy"])
    row |= dict(zip(("difference", "low", "high"), differences, strict=True))
    if profile.rendered:
        return {**row, "why": "clinicians read photographs, these faces are rendered"}
    if best["p_holm"] >= LEVEL:
        return {**row, "why": "no difference stands"}
    verdict = SUPPORTED if best["accuracy"].value > CLINICIANS_ACCURACY else NOT_SUPPORTED
    return {**row, "verdict": verdict, "why": "84.5% taken as exact, which it is not"}


def compare_with_clinicians(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Each method's accuracy against the clinicians' 84.5%: exact binomial test and Wilson interval.

    84.5% is an average over readers whose number and answers were not published: its own uncertainty is unknown and taken
    as none here, so these p are too small."""
    rows = []
    for key, group in predictions[predictions["task"] == task.name].groupby(KEY, sort=True):
        right, n = int((group["label"] == group["predicted"]).sum()), len(group)
        p = binomtest(right, n, CLINICIANS_ACCURACY).pvalue
        rows.append({"name": short_title(key[1], key[2]), "accuracy": wilson_interval(right, n), "p": p})
    met = pd.DataFrame(rows)
    return met.assign(p_holm=holm(met["p"]))
