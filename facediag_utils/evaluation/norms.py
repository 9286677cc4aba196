"""How unusual a face is.  A measure of it, for somebody of this age, sex and ancestry, seen from this side: z-scores against a
reference.  All of its features at once: the distance from normal faces.

A ruler needs norms. They are a linear regression of each measure on what is known of the faces of the reference group, and how
far its faces lie from it."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.covariance import LedoitWolf
from sklearn.metrics.pairwise import cosine_distances

from facediag_utils.core.errors import CohortError
from facediag_utils.data import splitting
from facediag_utils.data.cohort import Cohort, Task, healthy_classes, tasks
from facediag_utils.evaluation import screening
from facediag_utils.evaluation.interval import Interval, wilson_interval
from facediag_utils.evaluation.roc_analysis import roc

NUMBERS, GROUPS = ("age", "yaw"), ("sex", "ancestry")
PER_COEFFICIENT = 5  # faces of the reference for each coefficient of the regression, at least
NEAREST = 5  # normal faces, whose mean distance is taken
MAHALANOBIS, COSINE = "Mahalanobis distance", f"cosine distance from the {NEAREST} nearest"


def reference_class(cohort: Cohort) -> str | None:
    """The class that others are compared with: the healthy one, or of two the other; None: everybody else is the reference."""
    healthy = healthy_classes(cohort.classes)
    task: Task = tasks(cohort)[0]
    return healthy[0] if healthy else task.classes[1] if len(cohort.classes) == 2 else None


def norm_rows(cohort: Cohort) -> np.ndarray:
    """The faces that norms are made of, bool (n,): training images of `reference_class`, or all if there is none."""
    control = reference_class(cohort)
    train = (cohort.table["split"] == "train").to_numpy()
    return train if control is None else train & (cohort.table["label"] == control).to_numpy()


def covariates(table: pd.DataFrame, reference: np.ndarray) -> list[str]:
    """What the norms of a reference group, bool (n,), take into account.

    Taken is what is known of every image and differs within the reference; nothing at all if there would be fewer than
    `PER_COEFFICIENT` faces of the reference for a coefficient."""
    known = [
        name
        for name in (*NUMBERS, *GROUPS)
        if name in table and table[name].notna().all() and table.loc[reference, name].nunique() > 1
    ]
    return known if reference.sum() >= PER_COEFFICIENT * _design(table, known).shape[1] else []


def z_scores(values: pd.DataFrame, table: pd.DataFrame, reference: np.ndarray, known: Sequence[str]) -> pd.DataFrame:
    """Distance of each measure from what the reference leads to expect, in standard deviations of a new face's.

    A new face's deviation holds the spread of the reference about its regression and the regression's own uncertainty, so that
    few faces of reference make no face look unusual. The faces of the reference themselves lie too near.

    Parameters
    ----------
    values : pandas.DataFrame
        float64, a row per face, a column per measure; NaN where there was none.
    table : pandas.DataFrame
        Of the same faces, with the columns ``known``.
    reference : numpy.ndarray
        bool, (n,): the faces that the norms are made of.
    known : sequence of str
        As `covariates` gives them.

    Returns
    -------
    pandas.DataFrame
        float64, as ``values``; NaN also for a face of a group that the reference has nobody of.

    Raises
    ------
    CohortError
        If the reference has no more faces with measures than the regression has coefficients.
    """
    design = _design(table, known)
    foreign = np.zeros(len(table), bool)
    for name in filter(partial(_is_group, table), known):
        foreign |= ~table[name].isin(table.loc[reference, name]).to_numpy()
    rows = reference & values.notna().all(axis=1).to_numpy()
    if rows.sum() <= design.shape[1] + 1:
        raise CohortError(
            f"{rows.sum()} faces of reference for {design.shape[1]} coefficients: norms need more; add pictures of the controls"
        )
    result = pd.DataFrame(np.nan, index=values.index, columns=values.columns)
    for name in values:
        expected = sm.OLS(values[name].to_numpy()[rows], design[rows]).fit().get_prediction(design)
        result[name] = (values[name].to_numpy() - expected.predicted_mean) / expected.se_obs
    result[foreign] = np.nan
    return result


def _design(table: pd.DataFrame, known: Sequence[str]) -> np.ndarray:
    """Columns of the regression: 1; age; the cosine of yaw, by which widths shrink in the picture; 0 or 1 for each group but one."""
    columns = [np.ones(len(table))]
    for name in known:
        if _is_group(table, name):
            values = table[name].to_numpy(str)
            columns += [(values == group).astype(float) for group in np.unique(values)[1:]]
        else:
            number = table[name].to_numpy(float)
            columns.append(np.cos(np.radians(number)) if name == "yaw" else number)
    return np.stack(columns, axis=1)


def _is_group(table: pd.DataFrame, name: str) -> bool:
    """Whether people are sorted by it; an age of "30-40" is a group too."""
    return name in GROUPS or not pd.api.types.is_numeric_dtype(table[name])


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


def noticed(
    scores: np.ndarray, groups: Mapping[str, np.ndarray], well: np.ndarray, limit: float
) -> list[dict[str, object]]:
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
    rows: list[dict[str, object]] = []
    for name, ill in groups.items():
        among = ill | well
        frame = pd.DataFrame({"image": np.arange(among.sum()), "label": np.where(ill[among], "ill", "well")})
        area = roc(frame.assign(score_ill=scores[among]), Task("", "", ("ill", "well"))).area
        rows.append(
            {"group": name, "n": int(ill.sum()), "area": area, "called_ill": _called(scores > limit, ill, limit)}
        )
    called = (scores > limit) | np.isnan(scores)
    return [
        *rows,
        {"group": "well", "n": int(well.sum()), "area": Interval(np.nan), "called_ill": _called(called, well, limit)},
    ]


def _called(called: np.ndarray, among: np.ndarray, limit: float) -> Interval:
    return Interval(np.nan) if np.isnan(limit) else wilson_interval(int((called & among).sum()), int(among.sum()))
