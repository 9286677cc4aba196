from pathlib import Path
p=Path("facediag_utils/evaluation/claims.py"); s=p.read_text()
a=s.index('"""What the paper'); b=s.index("import numpy")
s='''"""What the paper claims, as data, and what a run's own predictions say to it.

A claim compares two groups of methods.  On the test images each method of one group meets each of the other: by McNemar's
exact test if both were trained once, else by a test over images and trainings (`paired_tests.compare`).  All p of a claim,
of all tasks, are corrected together by Holm.  "supported" needs a difference of the right sign that stands and none of the
other, "not supported" the reverse, and all else is "cannot tell"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

'''+s[b:]
a=s.index("Chosen = "); b=s.index("def table(")
s=s[:a]+'''Chosen = Callable[[pd.Series], bool]
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
        Whether a method belongs to either side: a row with task, method, backbone, pretraining, and the network's title,
        what it was ``trained_for``, and its ``face_pictures``, 0 if their number is not known.
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


def _deep(row: pd.Series) -> bool:
    """Deep transfer learning: the network was trained on something before."""
    return row["method"] in (Method.DTL1, Method.DTL2) and row["trained_for"] != NOTHING


def _of_objects(row: pd.Series) -> bool:
    return _deep(row) and row["trained_for"] == OBJECTS


def _of_faces(row: pd.Series) -> bool:
    return _deep(row) and row["trained_for"] == FACES


def _of_known_faces(row: pd.Series) -> bool:
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
        "a network trained on few images alone over-fits",
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


'''+s[b:]
a=s.index("    tasks = tuple(tasks)"); b=s.index("def format_effect(")
s=s[:a]+'''    tasks = tuple(tasks)
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
        return {"verdict": CANNOT_TELL, "why": "no such methods in this run", "comparisons": 0}
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


def _pairs(claim: Claim, known: dict[Key, pd.Series]) -> tuple[list[Pair], bool]:
    """The pairs of a claim, and whether they differ in what it is about alone: if none does, all are taken."""
    better, worse = ([key for key, row in known.items() if side(row)] for side in (claim.better, claim.worse))
    pairs = [pair for pair in product(better, worse) if _agree(claim.same, *(known[key] for key in pair))]
    if claim.more:
        pairs = [(one, other) for one, other in pairs if known[one][claim.more] > known[other][claim.more]]
    alone = [pair for pair in pairs if _agree(claim.alone, *(known[key] for key in pair))]
    return alone or pairs, bool(alone)


def _agree(fields: Iterable[str], one: pd.Series, other: pd.Series) -> bool:
    return all(one[field] == other[field] for field in fields)


def _described(key: Key) -> pd.Series:
    row = pd.Series(dict(zip(KEY, key, strict=True)), dtype=object)
    record = None if row["backbone"] == "dsift" else registry.get(row["backbone"])
    row["title"], row["trained_for"] = (record.title, record.task) if record else (row["backbone"], NOTHING)
    row["face_pictures"] = record.face_pictures if record else 0
    return row


def format_pairs(row: dict) -> str:
    """How many pairs of methods a row of `table` rests on, and how many of their differences stand, in words."""
    if not row["comparisons"]:
        return ""
    pairs = f"{row['comparisons']} pair" + "s" * (row["comparisons"] != 1)
    stand = [f"{row[side]:.0f} {word}" for side, word in (("favour", "for"), ("against", "against")) if row[side]]
    return f"{' and '.join(stand)} it, of {pairs}" if stand else pairs


'''+s[b:]
s=s.replace('''    met = compare_with_clinicians(predictions[predictions["method"] == Method.DTL2], task)
''','''    met = compare_with_clinicians(predictions[predictions["method"] == Method.DTL2], task)
''')
a=s.index("def compare_with_clinicians(")
s=s[:a]+'''def compare_with_clinicians(predictions: pd.DataFrame, task: Task) -> pd.DataFrame:
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
'''
s=s.replace('''from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.metrics import short_title
from facediag_utils.evaluation.paired_tests import compare, correctness, holm
from facediag_utils.networks import registry
''','''from facediag_utils.evaluation import trainings
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import accuracy, short_title
from facediag_utils.evaluation.paired_tests import Paired, compare, correctness, holm
from facediag_utils.networks import registry
from facediag_utils.networks.records import FACES, NOTHING, OBJECTS
''')
p.write_text(s)
