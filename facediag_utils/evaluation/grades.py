"""How well grades are told: quadratic weighted kappa, mean error and rank correlation, over people; with the healthy and without."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.stats import t as student

from facediag_utils.core.errors import ResultsError
from facediag_utils.data.cohort import NO_FACE, Cohort, Task
from facediag_utils.data.grades import NO_SIGNS, numbers
from facediag_utils.evaluation.interval import Interval, flat
from facediag_utils.methods.grading import READINGS

DRAWS = 1000  # of a bootstrap of which only the variance is used
OWN, UNREAD = "each its own", "none"  # readings of a difference; a rank correlation takes the shares themselves


@dataclass(frozen=True)
class Graded:
    """True grades, and what a classifier said of them.

    Attributes
    ----------
    actual, predicted : numpy.ndarray
        int, (n,), places of the grades in their order, from 0.
    shares : numpy.ndarray
        float64, (n, grades): what the classifier gave to each grade; a row adds up to 1.
    disease : numpy.ndarray
        str, (n,): people are drawn again within each disease, as so many of each were taken in.
    people : numpy.ndarray
        (n,), who it is: all images of a person are drawn together.
    """

    actual: np.ndarray
    predicted: np.ndarray
    shares: np.ndarray
    disease: np.ndarray
    people: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        """The mean grade, float64 (n,)."""
        return self.shares @ np.arange(self.shares.shape[1])

    def where(self, rows: np.ndarray) -> "Graded":
        """Some of the images, by a mask, bool (n,)."""
        return Graded(*(getattr(self, field.name)[rows] for field in fields(self)))

    def read(self, reading: Callable[[np.ndarray], np.ndarray]) -> "Graded":
        """The same shares with other answers; ``reading`` is one of `facediag_utils.methods.grading.READINGS`."""
        return replace(self, predicted=reading(self.shares))

    def matrix(self, classes: tuple[str, ...]) -> pd.DataFrame:
        """Counts, predicted grades as rows and actual grades as columns."""
        counts = np.zeros((len(classes), len(classes)), int)
        np.add.at(counts, (self.predicted, self.actual), 1)
        return pd.DataFrame(counts, pd.Index(classes, name="predicted"), pd.Index(classes, name="actual"))


def of_rows(rows: pd.DataFrame, images: Cohort, task: Task) -> Graded:
    """One method's predictions, from its rows of the store.

    A test image without a face counts as the wrong grade that is farthest away.

    Parameters
    ----------
    rows : pandas.DataFrame
    images : Cohort
        As `facediag_utils.data.grades.graded` gives it.
    task : Task
    """
    known = images.table.set_index("image").loc[rows["image"]]
    actual = numbers(rows["label"].to_numpy(str), task.classes)
    seen = (rows["predicted"] != NO_FACE).to_numpy()
    last = len(task.classes) - 1
    predicted = np.where(actual > last / 2, 0, last)
    predicted[seen] = numbers(rows["predicted"].to_numpy(str)[seen], task.classes)
    shares = np.eye(len(task.classes))[predicted]
    shares[seen] = rows[[f"score_{name}" for name in task.classes]].to_numpy(float)[seen]
    who = next((name for name in ("group", "subject") if name in known), None)
    people = known[who].to_numpy() if who else np.arange(len(known))
    return Graded(actual, predicted, shares, known["disease"].to_numpy(str), people)


def kappa(given: Graded, weights: np.ndarray) -> np.ndarray:
    """Quadratic weighted kappa (Cohen 1968): 1 for no error, 0 for what chance would agree on.

    Squared disagreement over that expected by chance; with quadratic weights the latter follows from means and variances.

    Parameters
    ----------
    given : Graded
    weights : numpy.ndarray
        (draws, n), how often each image counts.

    Returns
    -------
    numpy.ndarray
        (draws,); NaN where actual and predicted grades are one and the same grade throughout.
    """
    share = weights / weights.sum(axis=1, keepdims=True)
    one, other = given.actual.astype(float), given.predicted.astype(float)
    apart = share @ (one - other) ** 2
    means = share @ one, share @ other
    chance = share @ one**2 + share @ other**2 - 2 * means[0] * means[1]  # mean of (a - b)^2 over all pairs
    return 1 - np.divide(apart, chance, out=np.full(len(apart), np.nan), where=chance > 1e-12)


def error(given: Graded, weights: np.ndarray) -> np.ndarray:
    """Mean absolute error in grades; parameters and result as `kappa`."""
    return weights @ np.abs(given.actual - given.predicted) / weights.sum(axis=1)


def spearman(given: Graded, weights: np.ndarray) -> np.ndarray:
    """Rank correlation of the actual with the expected grade; parameters and result as `kappa`, NaN where one is constant."""
    one, other = _ranks(given.actual, weights), _ranks(given.expected, weights)
    share = weights / weights.sum(axis=1, keepdims=True)
    one, other = (part - (share * part).sum(axis=1, keepdims=True) for part in (one, other))
    size = np.sqrt((share * one**2).sum(axis=1) * (share * other**2).sum(axis=1))
    return np.divide((share * one * other).sum(axis=1), size, out=np.full(len(size), np.nan), where=size > 1e-9)


def _ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mean ranks of the values in each draw, (draws, n), where an image counts as often as its weight says."""
    found, place = np.unique(values, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(found)))
    each = np.add.reduceat(weights[:, order].astype(float), starts, axis=1)
    return (np.cumsum(each, axis=1) - each / 2)[:, place]


Statistic = Callable[[Graded, np.ndarray], np.ndarray]
STATISTICS: dict[str, Statistic] = {"kappa": kappa, "mae": error, "spearman": spearman}
BOUNDED, AT_MOST = ("kappa", "spearman"), 0.9999  # from -1 to 1; nearer to 1 Fisher's scale has no end


def drawn(given: Graded, draws: int = DRAWS) -> np.ndarray:
    """How often each image counts when people are drawn again within each disease, int (draws, n)."""
    _, disease = np.unique(given.disease, return_inverse=True)
    _, person = np.unique(given.people, return_inverse=True)
    return _drawn(disease.tobytes(), person.tobytes(), draws)


@lru_cache(maxsize=16)  # all methods are asked about the same images
def _drawn(disease: bytes, person: bytes, draws: int) -> np.ndarray:
    of, who = (np.frombuffer(part, np.intp) for part in (disease, person))
    rng, weights = np.random.default_rng(0), np.zeros((draws, len(of)), int)
    for number in range(int(of.max()) + 1):
        mine = np.flatnonzero(of == number)
        people = np.unique(who[mine], return_inverse=True)[1]
        size = int(people.max()) + 1
        weights[:, mine] = rng.multinomial(size, np.full(size, 1 / size), size=draws)[:, people]
    return weights


def measured(given: Graded) -> dict[str, Interval]:
    """All `STATISTICS` with their 95% intervals by bootstrap over people.

    The variance is that of the draws; the interval is Student's, for kappa and the rank correlation on Fisher's scale (the inverse
    hyperbolic tangent).  Of 30 faces, percentiles of the draws hold the truth in 90 to 95% of cases, these intervals in 93 to 97%.
    """
    if not len(given.actual):
        return dict.fromkeys(STATISTICS, Interval(np.nan))
    weights, found = drawn(given), {}
    for name, of in STATISTICS.items():
        value, draws = float(of(given, np.ones((1, len(given.actual))))[0]), of(given, weights)
        if name in BOUNDED:
            reach = _reach(np.arctanh(draws.clip(-AT_MOST, AT_MOST)), given)
            middle = np.arctanh(np.clip(value, -AT_MOST, AT_MOST))
            low, high = np.tanh([middle - reach, middle + reach])
        else:
            reach = _reach(draws, given)
            low, high = max(value - reach, 0.0), value + reach
        found[name] = _clean(value, low, high)
    return found


def difference(first: Graded, second: Graded, statistic: str = "kappa") -> Interval:
    """First less second on the same images, with its 95% interval from the same draws of people for both.

    Raises
    ------
    ResultsError
        If they are not the same images.
    """
    if not np.array_equal(first.actual, second.actual) or not np.array_equal(first.people, second.people):
        raise ResultsError("two methods were not asked about the same images; run notebook 14 again")
    of, once, weights = STATISTICS[statistic], np.ones((1, len(first.actual))), drawn(first)
    value = float((of(first, once) - of(second, once))[0])
    reach = _reach(of(first, weights) - of(second, weights), first)
    return _clean(value, value - reach, value + reach)


def _clean(*values: float) -> Interval:
    """Without the last bits, which make a zero look negative."""
    value, low, high = (round(float(one), 9) + 0.0 for one in values)
    return Interval(value, low, high)


def _reach(draws: np.ndarray, given: Graded) -> float:
    """Half of a 95% interval; draws of few people vary too little, as a variance does that is divided by n."""
    groups = pd.DataFrame({"disease": given.disease, "people": given.people}).drop_duplicates()["disease"]
    people, free = len(groups), len(groups) - groups.nunique()
    if free < 1 or not np.isfinite(draws).any():
        return np.nan
    return float(student.ppf(0.975, free) * np.nanstd(draws) * (people / free) ** 0.5)


def of_whom(given: Mapping[str, Graded], tasks: Mapping[str, Task]) -> dict[str, Graded]:
    """By words: everybody, the ill of these, and the ill alone, for whom a classifier of their own was trained.

    Parameters
    ----------
    given : mapping of str to Graded
        One method's answers by task, as `facediag_utils.data.grades.tasks` names them.
    tasks : mapping of str to Task
        These, by their names.
    """
    found = {"everybody": given["grades"]}
    if NO_SIGNS in tasks["grades"].classes:
        found["the ill among them"] = given["grades"].where(given["grades"].actual > 0)
    if "grades_ill" in given:
        found["the ill, trained on the ill alone"] = given["grades_ill"]
    return found


def who_is_ill(given: Graded) -> Graded:
    """What somebody would say who knows exactly who is ill, and calls each of them the middle grade."""
    middle = given.shares.shape[1] // 2
    said = np.where(given.actual > 0, middle, 0)
    return replace(given, predicted=said, shares=np.eye(given.shares.shape[1])[said])


def table(found: Mapping[tuple[str, str], Mapping[str, Graded]]) -> pd.DataFrame:
    """All `STATISTICS`, as rows of ``grades.csv``.

    Parameters
    ----------
    found : mapping of (str, str) to mapping of str to Graded
        By network and method: as `of_whom` gives them.

    Returns
    -------
    pandas.DataFrame
        Columns network, method, whom, disease ("all"; of the last of whom each disease too), n (images), statistic, value, low, high.
    """
    rows = []
    for (network, method), by_whom in found.items():
        for whom, given in by_whom.items():
            diseases = sorted(set(given.disease)) if whom == list(by_whom)[-1] else []
            parts = {"all": given} | {name: given.where(given.disease == name) for name in diseases}
            for disease, part in parts.items():
                row = {"network": network, "method": method, "whom": whom, "disease": disease, "n": len(part.actual)}
                rows += [row | {"statistic": name, "value": value} for name, value in measured(part).items()]
    return flat(rows)


def differences(found: Mapping[tuple[str, str], Mapping[str, Graded]], first: str, second: str) -> pd.DataFrame:
    """One method less another on the same images, by statistic and by the way in which answers are read from both methods' shares.

    Parameters
    ----------
    found
        As `table` takes it.
    first, second : str
        Methods.

    Returns
    -------
    pandas.DataFrame
        Rows of ``grades_differences.csv``: network, whom, statistic, reading (`OWN`: each method's own answers; `READINGS`; `UNREAD`),
        value, low, high.
    """
    rows = []
    for network in dict.fromkeys(name for name, _ in found):
        for whom, one in found[network, first].items():
            other = found[network, second][whom]
            pairs = {OWN: (one, other)} | {how: (one.read(read), other.read(read)) for how, read in READINGS.items()}
            for statistic in STATISTICS:
                of_each = pairs if statistic != "spearman" else {UNREAD: pairs[OWN]}
                for reading, pair in of_each.items():
                    row = {"network": network, "whom": whom, "statistic": statistic, "reading": reading}
                    rows.append(row | {"value": difference(*pair, statistic)})
    return flat(rows)
