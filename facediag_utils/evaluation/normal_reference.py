"""Not healthy, whatever it is: how far a face lies from healthy ones by all of its features at once, who is noticed by that, and
whether it is the signs that lie far or the person (the healthy twins tell)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.covariance import LedoitWolf
from sklearn.metrics.pairwise import cosine_distances

from facediag_utils.data import splitting
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.evaluation import norms, screening
from facediag_utils.evaluation.interval import Interval, wilson_interval, wilson_share
from facediag_utils.evaluation.paired_tests import holm, paired_test
from facediag_utils.evaluation.roc_analysis import roc
from facediag_utils.methods import strangers

NEAREST = 5  # normal faces, whose mean distance is taken
KINDS = MAHALANOBIS, COSINE = "Mahalanobis distance", f"cosine distance from the {NEAREST} nearest"
LEARNT = "learnt from other diseases"
ALL, WELL = "all ill", "well"  # groups that are no class

Row = dict[str, Any]


def distance(kind: str, normal: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """How far faces lie from normal ones, by features that no regression has corrected.

    Parameters
    ----------
    kind : {"Mahalanobis distance", "cosine distance from the 5 nearest"}
        The first with the covariance of Ledoit and Wolf (2004), which also works with fewer faces than features.
    normal, faces : numpy.ndarray
        (m, d) and (n, d); NaN in the rows of ``faces`` where no face was found.

    Returns
    -------
    numpy.ndarray
        float64, (n,), 0 or more; NaN for a row of NaN.
    """
    there, far = np.isfinite(faces).all(axis=1), np.full(len(faces), np.nan)
    if not there.any():
        return far
    known, new = normal.astype(float), faces[there].astype(float)
    if kind == MAHALANOBIS:
        far[there] = np.sqrt(LedoitWolf().fit(known).mahalanobis(new))
    else:
        far[there] = np.sort(cosine_distances(new, known), axis=1)[:, :NEAREST].mean(axis=1)
    return far


def held_out_distance(kind: str, normal: np.ndarray, seed: int = 0, groups: np.ndarray | None = None) -> np.ndarray:
    """How far each normal face lies from the others, without its fold of five, float64 (m,): to choose a threshold by.

    ``groups``, (m,), are of faces that must not be parted, one person's."""
    same, far = np.zeros(len(normal), int), np.empty(len(normal))
    for rows, left in splitting.cross_validation_folds(same, seed, groups).split(normal, same):
        far[left] = distance(kind, normal[rows], normal[left])
    return far


def limit_for(held_out: np.ndarray, specificity: float) -> float:
    """The lowest distance that leaves so large a share of held-out normal faces, (m,), at it or nearer."""
    return -screening.threshold_for(-held_out, np.full(len(held_out), True), specificity)


def noticed(scores: np.ndarray, groups: Mapping[str, np.ndarray], well: np.ndarray, limit: float) -> list[Row]:
    """How well a score tells the ill from the well, and whom a threshold calls ill.

    Parameters
    ----------
    scores : numpy.ndarray
        (n,), higher for ill; NaN where no face was found: wrong at every threshold.
    groups : mapping of str to numpy.ndarray
        bool, (n,), of the ill.
    well : numpy.ndarray
        bool, (n,).
    limit : float
        Above it a face is called ill; NaN: no threshold is asked for.

    Returns
    -------
    list of dict
        A row per group: ``group``, ``n``, ``area`` (under the ROC curve, against the well; `Interval`, DeLong) and ``called_ill``
        (`Interval`, Wilson); the last row is of the well, without an area.
    """
    rows: list[Row] = []
    for name, ill in groups.items():
        called = _called(scores > limit, ill, limit)
        rows.append({"group": name, "n": int(ill.sum()), "area": _area(scores, ill, well), "called_ill": called})
    lost_too = (scores > limit) | np.isnan(scores)
    called = _called(lost_too, well, limit)
    return [*rows, {"group": WELL, "n": int(well.sum()), "area": Interval(np.nan), "called_ill": called}]


def _area(scores: np.ndarray, ill: np.ndarray, well: np.ndarray) -> Interval:
    among = ill | well
    names = np.where(ill[among], "ill", "well")
    frame = pd.DataFrame({"image": np.arange(among.sum()), "label": names, "score_ill": scores[among]})
    return roc(frame, Task("", "", ("ill", "well"))).area


def _called(called: np.ndarray, among: np.ndarray, limit: float) -> Interval:
    return Interval(np.nan) if np.isnan(limit) else wilson_share(called, among)


@dataclass(frozen=True)
class Reference:
    """Whom faces are compared with, and who is compared: masks over the images of a cohort, bool (n,).

    Attributes
    ----------
    control : str
        The healthy class.
    normal : numpy.ndarray
        Healthy training images in which a face was found.
    well : numpy.ndarray
        Healthy test images.
    groups : dict of str to numpy.ndarray
        Ill test images: `ALL`, then each class that has two or more.
    people : numpy.ndarray
        (n,), who is on each image: nobody is parted between folds.
    """

    control: str
    normal: np.ndarray
    well: np.ndarray
    groups: dict[str, np.ndarray]
    people: np.ndarray


def reference(images: Cohort, found: np.ndarray, by: strangers.Design, people: np.ndarray) -> Reference | None:
    """The reference of a cohort, of whose images ``found``, bool (n,), have a face; None if no class is healthy.

    Its test images are those that are looked up, ``by.queries``; ``people``, (n,), says who is on each image."""
    control = norms.reference_class(images)
    if control is None:
        return None
    tested = np.isin(np.arange(len(images)), by.queries)
    groups = {ALL: tested & (by.labels != control)}
    for name in by.classes:
        mine = tested & (by.labels == name)
        if name != control and mine.sum() > 1:
            groups[name] = mine
    return Reference(control, norms.norm_rows(images) & found, tested & (by.labels == control), groups, people)


@dataclass(frozen=True)
class Far:
    """How far each image lies from the normal ones, float64 (n,), and the distance above which a face is called ill."""

    scores: np.ndarray
    limit: float


def distances(
    features: Mapping[str, np.ndarray], normal: Reference, specificity: float, seed: int = 0
) -> dict[tuple[str, str], Far]:
    """By network and kind of distance, `Far`; its limit leaves the share ``specificity`` of the held-out normal faces alone."""
    found = {}
    for (network, values), kind in product(features.items(), KINDS):
        known = values[normal.normal]
        held = held_out_distance(kind, known, seed, normal.people[normal.normal])
        found[network, kind] = Far(distance(kind, known, values), limit_for(held, specificity))
    return found


def rows(
    far: Mapping[tuple[str, str], Far],
    features: Mapping[str, np.ndarray],
    by: strangers.Design,
    normal: Reference,
) -> list[Row]:
    """All numbers of ``normal_reference.csv``: `noticed` by each distance, and each class by what the others have taught (`LEARNT`).

    Parameters
    ----------
    far
        As `distances` gives it.
    features : mapping of str to numpy.ndarray
        By network, (n, d).
    by
        The design whose classes are left out in turn; of a single one nothing is taught.
    normal : Reference
    """
    made: list[Row] = []
    for (network, kind), one in far.items():
        of_each = noticed(one.scores, normal.groups, normal.well, one.limit)
        made += [{"network": network, "score": kind, **row} for row in of_each]
    taught = [name for name in by.strangers if name in normal.groups] if len(by.strangers) > 1 else []
    for network, out in product(features, taught):
        learnt = strangers.learned_from_others(features[network], by, out)
        of_class = noticed(learnt, {out: normal.groups[out]}, normal.well, np.nan)[0]
        made.append({"network": network, "score": LEARNT, **of_class})
    return made


def beside_twins(
    far: Mapping[tuple[str, str], Far],
    features: Mapping[str, np.ndarray],
    well: Mapping[str, np.ndarray],
    training: np.ndarray,
    normal: Reference,
) -> list[Row]:
    """Whether it is the signs that lie far, or the person: ill test faces beside their healthy twins, in pairs.

    Parameters
    ----------
    far, features, normal
        As `rows` takes them.
    well : mapping of str to numpy.ndarray
        By network, (n, d), features of each image's twin; NaN where it has none or no face was found in it.
    training : numpy.ndarray
        bool, (n,): training images, whose twins are further normal faces.

    Returns
    -------
    list of dict
        Rows of ``normal_twins.csv``, one per network and kind of distance: ``n`` pairs; ``farther``, the share of ill faces that lie
        farther than their twins, with ``p_farther`` of the exact sign test; ``ill_called`` and ``twins_called``, the shares above the
        limit, and their ``difference`` with ``p_called`` of McNemar's exact test; ``area`` of `ALL` against the well, and
        ``area_more`` with the twins of the training images as further normal faces, ``normal`` and ``more`` being how many there are.
        Both p are corrected by Holm (1979), over both tests of all rows.
    """
    made: list[Row] = []
    for (network, kind), one in far.items():
        values, twins = features[network], well[network]
        known = values[normal.normal]
        of_twins = distance(kind, known, twins)
        pairs = normal.groups[ALL] & np.isfinite(of_twins) & np.isfinite(one.scores)
        row: Row = {"network": network, "score": kind, **_in_pairs(one.scores[pairs], of_twins[pairs], one.limit)}
        more = np.concatenate([known, twins[training & np.isfinite(twins).all(axis=1)]])
        wider = distance(kind, more, values)
        row["area"], row["area_more"] = (_area(far, normal.groups[ALL], normal.well) for far in (one.scores, wider))
        made.append(row | {"normal": len(known), "more": len(more)})
    return _corrected(made)


def _in_pairs(ill: np.ndarray, twins: np.ndarray, limit: float) -> Row:
    """Distances of ill faces and of their twins, (n,) each, as `beside_twins` says."""
    n, nearer, farther = len(ill), int((ill < twins).sum()), int((ill > twins).sum())
    of_sign = binomtest(farther, farther + nearer).pvalue if farther + nearer else 1.0
    row: Row = {"n": n, "farther": wilson_interval(farther, n), "p_farther": of_sign}
    for name, scores in (("ill_called", ill), ("twins_called", twins)):
        row[name] = wilson_interval(int((scores > limit).sum()), n)
    called = paired_test(ill > limit, twins > limit)
    return row | {"difference": called.difference, "p_called": called.p}


def _corrected(made: list[Row]) -> list[Row]:
    """All p of the rows, of both tests, by Holm."""
    names = ("p_farther", "p_called")
    p = holm([row[name] for row in made for name in names]).reshape(-1, len(names))
    return [row | dict(zip(names, map(float, of_row), strict=True)) for row, of_row in zip(made, p, strict=True)]
