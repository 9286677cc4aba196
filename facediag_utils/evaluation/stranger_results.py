"""How well a disease that nobody trained on is found in a gallery: shares with intervals over people and galleries, what it costs to
be a stranger, and whether disease or ancestry is near."""

from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd
from scipy.stats import norm

from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.metrics import effective_wilson
from facediag_utils.evaluation.paired_tests import holm
from facediag_utils.methods.strangers import RAW, RULES, SUPERVISED, TWINS, WHITENED, Design, Retrieved

Found = Mapping[tuple[str, str, str], Retrieved]  # as `facediag_utils.methods.strangers.retrieve` gives it
ALL = "all"  # the strangers together; no class: a table of classes has another column for it
#: Whose queries: of a class that was left out; of the same class once all are fitted; of the others while one is left out.
OWN = LEFT_OUT, FITTED, BESIDE = "left out", "fitted", "fitted, beside a class that is left out"
PERMUTATIONS = 2000
#: What is compared in pairs: one kind of features with another, of strangers; and a stranger with itself once it is known.
PAIRS = ((WHITENED, RAW), (SUPERVISED, WHITENED), (TWINS, WHITENED))


def ranks_of(
    found: Found, by: Design, network: str, kind: str, rule: str, size: int, own: str = LEFT_OUT
) -> tuple[np.ndarray, np.ndarray]:
    """Ranks of queries, the classes being left out in turn.

    Parameters
    ----------
    found, by
        What was found, and by which design.
    network, kind, rule, size
        Which features, projection, rule and pictures per class.
    own : {"left out", "fitted", "fitted, beside a class that is left out"}
        What became of the query's own class; with the last a query is there once for each other class that is left out.

    Returns
    -------
    ranks : numpy.ndarray
        uint16, (draws, q).
    rows : numpy.ndarray
        int, (q,), of the cohort.
    """
    labels, parts, rows = by.labels[by.queries], [], []
    for name in by.strangers:
        mine = np.flatnonzero((labels != name) if own == BESIDE else (labels == name))
        retrieved = found[network, kind, "" if own == FITTED else name]
        parts.append(retrieved.ranks[by.sizes.index(size), RULES.index(rule)][:, mine])
        rows.append(by.queries[mine])
    return np.concatenate(parts, axis=1), np.concatenate(rows)


def share(values: np.ndarray, labels: np.ndarray, people: np.ndarray) -> Interval:
    """Mean over galleries and people with its 95% interval: Wilson's for the variance of both.

    Parameters
    ----------
    values : numpy.ndarray
        (draws, q), 0..1: whether each query was right with each gallery.
    labels, people : numpy.ndarray
        (q,): its class, within which people are taken to be drawn, and whose picture it is.
    """
    if not values.size:
        return Interval(np.nan)
    return effective_wilson(float(values.mean()), _variance(values, labels, people), len(np.unique(people)))


def difference(first: np.ndarray, second: np.ndarray, labels: np.ndarray, people: np.ndarray) -> tuple[Interval, float]:
    """`share` of the first less that of the second on the same queries and galleries, with its 95% interval and p (normal)."""
    less = first.astype(float) - second
    value, error = float(less.mean()), _variance(less, labels, people) ** 0.5
    reach = float(norm.ppf(0.975)) * error
    return Interval(value, value - reach, value + reach), float(2 * norm.sf(abs(value) / error)) if error else 1.0


def _variance(values: np.ndarray, labels: np.ndarray, people: np.ndarray) -> float:
    """Of the mean of (draws, q) values whose people and galleries are both drawn (crossed): that over people, within their
    classes, and that over galleries are added."""
    means, who, size = values.mean(axis=0), np.unique(people, return_inverse=True)[1], values.shape[1]
    variance = float(values.mean(axis=1).var(ddof=1)) / len(values) if len(values) > 1 else 0.0
    for name in np.unique(labels):
        mine = labels == name
        off = np.bincount(who[mine], means[mine] - means[mine].mean())  # a person counts by the number of pictures
        count = len(np.unique(who[mine]))
        variance += float((off**2).sum()) * count / max(1, count - 1) / size**2
    return variance


def table(found: Found, by: Design, people: np.ndarray) -> pd.DataFrame:
    """All numbers, as rows of ``strangers.csv``.

    Returns
    -------
    pandas.DataFrame
        A row per network, kind of features, rule, pictures per class, what became of the queries' own class, and class (`ALL`: all of
        them); ``n`` people; ``top1``, ``top2`` and ``mrr`` (mean reciprocal rank) with bounds of their 95% intervals, 0..1;
        ``gallery_low`` and ``gallery_high``: top-1 of 95% of the single galleries.
    """
    rows = []
    for network, kind in dict.fromkeys(case[:2] for case in found):
        for rule, size, own in product(RULES, by.sizes, OWN):
            if own == FITTED and kind == RAW:  # nothing is fitted: a class is always as one that was left out
                continue
            ranks, where = ranks_of(found, by, network, kind, rule, size, own)
            labels = by.labels[where]
            for name in (ALL,) if own == BESIDE else (ALL, *by.strangers):
                mine = np.full(len(where), True) if name == ALL else labels == name
                row = {"network": network, "features": kind, "rule": rule, "gallery": size, "own": own, "class": name}
                rows.append(row | _numbers(ranks[:, mine], labels[mine], people[where[mine]]))
    return pd.DataFrame(rows)


def _numbers(ranks: np.ndarray, labels: np.ndarray, people: np.ndarray) -> dict[str, float]:
    measures = {"top1": ranks <= 1, "top2": ranks <= 2, "mrr": 1 / ranks}
    row: dict[str, float] = {"n": len(np.unique(people))}
    for name, values in measures.items():
        row |= share(values, labels, people).columns(name)
    low, high = np.quantile((ranks <= 1).mean(axis=1), [0.025, 0.975])
    return row | {"gallery_low": float(low), "gallery_high": float(high)}


def differences(found: Found, by: Design, people: np.ndarray) -> pd.DataFrame:
    """What kinds of features differ in, top-1 with the largest galleries; p corrected over all rows by Holm (1979).

    Returns
    -------
    pandas.DataFrame
        A row per network, rule and pair: ``first``, ``second``, ``difference``, ``low``, ``high``, ``p_holm``, ``n``. `PAIRS` are of
        strangers; "..., left out" less "..., fitted" is what it costs a class to be a stranger.
    """
    rows = []
    for network, rule in product(dict.fromkeys(case[0] for case in found), RULES):
        there = [kind for name, kind, out in found if name == network and not out]
        wanted = [(one, LEFT_OUT, other, LEFT_OUT) for one, other in PAIRS if {one, other} <= set(there)]
        wanted += [(kind, LEFT_OUT, kind, FITTED) for kind in there if kind != RAW]
        for one, own, other, of_other in wanted:
            first, where = ranks_of(found, by, network, one, rule, by.sizes[-1], own)
            second, _ = ranks_of(found, by, network, other, rule, by.sizes[-1], of_other)
            interval, p = difference(first <= 1, second <= 1, by.labels[where], people[where])
            row: dict[str, object] = {
                "network": network,
                "rule": rule,
                "first": f"{one}, {own}",
                "second": f"{other}, {of_other}",
            }
            row |= dict(zip(("difference", "low", "high"), interval, strict=True))
            rows.append({**row, "p": p, "n": len(np.unique(people[where]))})
    made = pd.DataFrame(rows, columns=["network", "rule", "first", "second", "difference", "low", "high", "p", "n"])
    return made.assign(p_holm=holm(made["p"])).drop(columns="p")


def nearest_of_strangers(found: Found, by: Design, network: str, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Queries of the classes left out in turn, int (q,), and what is nearest to each in either half of the pool, (2, q): rows of
    the cohort; without queries that have no face."""
    labels, queries, nearest = by.labels[by.queries], [], []
    for name in by.strangers:
        own = found[network, kind, name].nearest
        mine = (labels == name) & (own >= 0).all(axis=0)
        queries.append(by.queries[mine])
        nearest.append(own[:, mine])
    return np.concatenate(queries), np.concatenate(nearest, axis=1)


def matches(
    found: Found,
    by: Design,
    network: str,
    kind: str,
    values: np.ndarray,
    strata: np.ndarray,
    people: np.ndarray,
    seed: int = 0,
) -> dict[str, object]:
    """How often the picture that is nearest to a stranger is of the same kind (class, ancestry, sex), and how often by chance.

    Parameters
    ----------
    found, by, network, kind
        As `ranks_of` takes them.
    values : numpy.ndarray
        (n,), the kind of each image of the cohort.
    strata : numpy.ndarray
        (n,), what must not explain it: the kinds of the pool are only exchanged between images of one stratum.
    people : numpy.ndarray
        (n,), who is on each image.
    seed : int

    Returns
    -------
    dict
        ``match`` (`Interval`, over people), ``chance`` (mean over `PERMUTATIONS`), ``p`` (one-sided, of the permutation test), ``n``.
    """
    queries, nearest = nearest_of_strangers(found, by, network, kind)
    rng, mixed = np.random.default_rng(seed), np.tile(values[by.pool], (PERMUTATIONS, 1))
    for stratum in np.unique(strata[by.pool]):
        places = np.flatnonzero(strata[by.pool] == stratum)
        mixed[:, places] = rng.permuted(mixed[:, places], axis=1)
    place = np.full(len(values), -1)
    place[by.pool] = np.arange(len(by.pool))
    by_chance = (mixed[:, place[nearest]] == values[queries]).mean(axis=(1, 2))
    same = values[nearest] == values[queries]
    p = (1 + int((by_chance >= same.mean()).sum())) / (1 + PERMUTATIONS)
    match = share(same.mean(axis=0, keepdims=True), by.labels[queries], people[queries])  # both halves are always asked
    return {"match": match, "chance": float(by_chance.mean()), "p": p, "n": len(queries)}
