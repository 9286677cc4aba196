"""What the paper claims, as data, and what a run's own predictions say to it.

A claim compares two groups of methods.  On the test images each method of one group meets each of the other: by McNemar's
exact test if both were trained once, else by a test over images and trainings (`paired_tests.compare`).  All p of a claim,
of all tasks, are corrected together by Holm.  "supported" needs a difference of the right sign that stands and none of the
other, "not supported" the reverse, and all else is "cannot tell"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Task
from facediag_utils.data.paper import CLINICIANS_ACCURACY
from facediag_utils.data.store import KEY, Method
from facediag_utils.evaluation import trainings
from facediag_utils.evaluation.interval import Interval, written_p
from facediag_utils.evaluation.metrics import accuracy, short_title
from facediag_utils.evaluation.paired_tests import Paired, compare, correctness, holm
from facediag_utils.networks import registry
from facediag_utils.networks.records import FACES, NOTHING, OBJECTS

LEVEL = 0.05
SUPPORTED, NOT_SUPPORTED, CANNOT_TELL = "supported", "not supported", "cannot tell"
CLINICIANS = "DTL2 over clinicians"
COLUMNS = ["claim", "says", "where", "task", "verdict", "why", "comparisons", "favour", "against", "first", "second"]
COLUMNS += ["difference", "low", "high", "p_holm"]
Described = dict[str, Any]  # of a method: task, method, backbone, pretraining, and what its network is
Chosen = Callable[[Described], bool]
Key = tuple[str, ...]
Pair = tuple[Key, Key]


@dataclass(frozen=True)
class Claim:
    """Something the paper says of two kinds of methods.

    Attributes
    ----------
    name, says, where : str
        What is claimed, in short and in a sentence, and the section that claims it.
    better, worse : callable
        Whether a method belongs to either side, by its task, method, backbone, pretraining, and the network's title, what it
        was ``trained_for``, and its ``face_pictures``, 0 if their number is not known.
    same : tuple of str
        Only methods that agree in these are compared.
    more : str
        Of this the better side must have more, if it is given.
    alone : tuple of str
        In these a pair must agree, too, for its difference to speak for the claim.  If no pair does, the others are tested
        all the same, and their verdict is "cannot tell".
    """

    name: str
    says: str
    where: str
    better: Chosen
    worse: Chosen
    same: tuple[str, ...] = ()
    more: str = ""
    alone: tuple[str, ...] = ()


def _having(**values: str) -> Chosen:
    return lambda row: all(row[field] == value for field, value in values.items())


def _deep(row: Described) -> bool:
    """Deep transfer learning: the network was trained on something before."""
    return row["method"] in (Method.DTL1, Method.DTL2) and row["trained_for"] != NOTHING


def _of_objects(row: Described) -> bool:
    return _deep(row) and row["trained_for"] == OBJECTS


def _of_faces(row: Described) -> bool:
    return _deep(row) and row["trained_for"] == FACES


def _of_known_faces(row: Described) -> bool:
    return _of_faces(row) and row["face_pictures"] > 0


_DTL1, _DTL2, _SCRATCH = (_having(method=method) for method in (Method.DTL1, Method.DTL2, Method.FROM_SCRATCH))
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
        "a pretrained network is better than one trained on few images alone",
        "I, III.C",
        _DTL1,
        _SCRATCH,
        ("backbone",),
    ),
    Claim(
        "more face data helps",
        "pretraining on more face data is better",
        "IV.B, IV.C",
        _of_known_faces,
        _of_known_faces,
        ("method",),
        more="face_pictures",
        alone=("title",),
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
    fair = predictions[predictions["method"] != Method.DTL1_TEST_EPOCH]  # no test makes up for that choice
    rows = [row for claim in CLAIMS for row in test_claim(claim, fair, tasks)]
    rows += [clinicians(fair, task, profile) for task in tasks if task.name == "multiclass"]
    return pd.DataFrame(rows).reindex(columns=COLUMNS).fillna({"why": "", "first": "", "second": ""})


def test_claim(claim: Claim, predictions: pd.DataFrame, tasks: Iterable[Task]) -> list[dict[str, object]]:
    """One claim on several tasks, a row of `table` each; p corrected over the pairs of all of them."""
    rows: list[dict[str, object]] = []
    met: list[tuple[list[Pair], list[Paired], bool]] = []
    for task in tasks:
        right = correctness(predictions, task)
        pairs, decisive = _pairs(claim, {key: _described(key) for key in right})
        met.append((pairs, [compare(right[one], right[other]) for one, other in pairs], decisive))
        rows.append({"claim": claim.name, "says": claim.says, "where": claim.where, "task": task.name})
    corrected = iter(holm([result.p for _, found, _ in met for result in found]))
    for row, (pairs, found, decisive) in zip(rows, met, strict=True):
        row |= _judged(pairs, found, np.array([next(corrected) for _ in found]), decisive)
    return rows


def _judged(pairs: list[Pair], found: list[Paired], corrected: np.ndarray, decisive: bool) -> dict[str, object]:
    """Verdict, counts and the pair that speaks loudest; ``decisive`` if the pairs differ in what is claimed alone."""
    if not pairs:
        none = dict.fromkeys(("comparisons", "favour", "against"), 0)
        return {"verdict": CANNOT_TELL, "why": "no such methods on this task", **none}
    differences = np.array([result.difference.value for result in found])
    loudest = int(np.lexsort((-np.abs(differences), corrected))[0])
    stands = corrected < LEVEL
    favour, against = int((stands & (differences > 0)).sum()), int((stands & (differences < 0)).sum())
    verdict = SUPPORTED if favour and not against else NOT_SUPPORTED if against and not favour else CANNOT_TELL
    why = "" if verdict != CANNOT_TELL else "differences of both signs stand" if favour else "no difference stands"
    if not decisive:
        verdict, why = CANNOT_TELL, "the networks of this run differ in architecture too"
    row = {"verdict": verdict, "why": why, "comparisons": len(pairs), "favour": favour, "against": against}
    row |= {side: short_title(*key[1:3]) for side, key in zip(("first", "second"), pairs[loudest], strict=True)}
    row |= dict(zip(("difference", "low", "high"), found[loudest].difference, strict=True))
    return row | {"p_holm": float(corrected[loudest])}


def _pairs(claim: Claim, known: dict[Key, Described]) -> tuple[list[Pair], bool]:
    """The pairs of a claim, and whether they differ in what it is about alone: if none does, all are taken."""
    better, worse = ([key for key, row in known.items() if side(row)] for side in (claim.better, claim.worse))
    pairs = [pair for pair in product(better, worse) if _agree(claim.same, *(known[key] for key in pair))]
    if claim.more:
        pairs = [(one, other) for one, other in pairs if known[one][claim.more] > known[other][claim.more]]
    alone = [pair for pair in pairs if _agree(claim.alone, *(known[key] for key in pair))]
    return alone or pairs, bool(alone)


def _agree(fields: Iterable[str], one: Described, other: Described) -> bool:
    return all(one[field] == other[field] for field in fields)


def _described(key: Key) -> Described:
    record = None if key[KEY.index("backbone")] == "dsift" else registry.get(key[KEY.index("backbone")])
    of_network = (record.title, record.task, record.face_pictures) if record else ("dense SIFT", NOTHING, 0)
    return dict(zip((*KEY, "title", "trained_for", "face_pictures"), (*key, *of_network), strict=True))


def format_pairs(row: dict) -> str:
    """How many pairs of methods a row of `table` rests on, and how many of their differences stand; empty where none met."""
    if not row["comparisons"] or row["claim"] == CLINICIANS:
        return ""
    pairs = f"{row['comparisons']} pair" + "s" * (row["comparisons"] != 1)
    stand = [f"{row[side]} {word}" for side, word in (("favour", "for"), ("against", "against")) if row[side]]
    return f"{' and '.join(stand)} it, of {pairs}" if stand else pairs


def format_effect(row: dict) -> str:
    """Difference, interval and p of a row of `table` in words; empty where there are none."""
    if pd.isna(row["difference"]):
        return ""
    difference = Interval(row["difference"], row["low"], row["high"])
    return f"{difference.points()}, p {written_p(row['p_holm'], '= ')}"


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
    """Each method's accuracy against the clinicians' 84.5%, with its interval: exact binomial test, or if the method was
    trained several times a t-test over images and trainings, see `facediag_utils.evaluation.trainings.difference`.

    84.5% is an average over readers whose number and answers were not published: its own uncertainty is unknown and taken
    as none here, so these p are too small."""
    rows = []
    for key, right in correctness(predictions, task).items():
        if len(right) == 1:
            p = binomtest(int(right.sum()), right.size, CLINICIANS_ACCURACY).pvalue
        else:
            p = trainings.difference(right, np.full((1, right.shape[1]), CLINICIANS_ACCURACY))[1]
        answers = predictions[(predictions[KEY] == key).all(axis=1)]
        rows.append({"name": short_title(key[1], key[2]), "accuracy": accuracy(answers), "p": p})
    met = pd.DataFrame(rows)
    return met.assign(p_holm=holm(met["p"]))
