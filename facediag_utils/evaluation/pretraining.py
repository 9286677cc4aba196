"""What pretraining brings: networks beside untrained copies of themselves, and faces that stand for what they were trained on.

The paper explains its result by the similarity of the source domain, faces, and the target domain, patients' faces (section
IV.C, eqs. 1-3).  The photographs that networks were trained on are not here; faces without signs stand for them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort, healthy_classes
from facediag_utils.evaluation.domain_distance import FOLDS, proxy_a_distances, rank_correlation
from facediag_utils.evaluation.interval import Interval
from facediag_utils.evaluation.resampled_splits import corrected_t_test
from facediag_utils.faces.detection import Faces, find_faces
from facediag_utils.methods import dtl2
from facediag_utils.networks import registry
from facediag_utils.networks.records import NOTHING, UNTRAINED


def with_untrained(networks: Iterable[str]) -> list[str]:
    """The networks, and after them an untrained copy of each architecture: of the first network that has it."""
    networks = list(networks)
    first: dict[str, str] = {}
    for name in networks:
        first.setdefault(registry.get(name).architecture, name)
    return networks + [UNTRAINED + name for name in first.values()]


def accuracies(splits: pd.DataFrame, training: int, testing: int) -> pd.DataFrame:
    """Mean accuracies over splits drawn again, with the interval of the corrected resampled t-test.

    Parameters
    ----------
    splits : pandas.DataFrame
        A row a split, a column a network, 0..1; NaN where a network was not tried on a split.
    training, testing : int
        Images in each part of a split.

    Returns
    -------
    pandas.DataFrame
        A row a network: ``title``, ``pretraining``, ``trained_for`` and ``accuracy`` (`Interval`).
    """
    records = [registry.get(name) for name in splits]
    found = {
        "title": [record.title for record in records],
        "pretraining": [record.pretraining for record in records],
        "trained_for": [record.task for record in records],
        "accuracy": [corrected_t_test(splits[name].dropna().to_numpy(), training, testing).mean for name in splits],
    }
    return pd.DataFrame(found, index=splits.columns)


@dataclass(frozen=True)
class Source:
    """Faces without signs, which stand for the faces that a face network was trained on.

    Attributes
    ----------
    title : str
        What they are, with their number.
    people : Cohort or None
        Further people beside the cohort; None if they are images of the cohort itself.
    among : numpy.ndarray
        bool, (n,), the images of the cohort that are of this kind.
    """

    title: str
    people: Cohort | None
    among: np.ndarray


def source_like(cohort: Cohort, faces: Faces) -> Source | None:
    """Rendered people without signs where they come with the cohort, one photograph each: two of one person would be on both
    sides of a fold.  Else the cohort's own class that is called healthy; None where no class is, or it has too few faces."""
    well = healthy_classes(cohort.classes)
    healthy = cohort.table["label"].isin(well).to_numpy()
    if ground_truth.available(cohort, "identities"):
        people = ground_truth.companion(cohort, "identities")
        people = replace(people, table=people.table.drop_duplicates("label", ignore_index=True))
        return Source(f"{len(people)} further people without signs", people, healthy)
    if min((healthy & faces.found).sum(), (~healthy & faces.found).sum()) < FOLDS:
        return None
    return Source(f"the images of {' and '.join(well)}", None, healthy)


def distances(
    source: Source, cohort: Cohort, faces: Faces, rows: np.ndarray, networks: Iterable[str], seed: int = 0
) -> pd.DataFrame:
    """How far the target faces lie from the source-like ones, in the features of each network.

    Parameters
    ----------
    source : Source
        As `source_like` gives it.
    cohort : Cohort
    faces : Faces
        Of the same cohort.
    rows : numpy.ndarray
        Rows of the cohort that are looked at, all with a face.
    networks : iterable of str
    seed : int

    Returns
    -------
    pandas.DataFrame
        A row a network: ``distance`` to the target faces, which are all rows, or those that are not source-like themselves;
        where the source-like faces are further people, ``without_signs`` to the rows of their kind alone. Both are `Distance`.
    """
    among, pairs = source.among[rows], {}
    for name in networks:
        own = dtl2.extract(name, cohort, faces)[rows]
        if source.people is None:
            pairs[name, "distance"] = own[among], own[~among]
            continue
        near = dtl2.extract(name, source.people, find_faces(source.people))
        near = near[np.isfinite(near).all(axis=1)]
        pairs[name, "distance"], pairs[name, "without_signs"] = (near, own), (near, own[among])
    found = proxy_a_distances(list(pairs.values()), seed)
    return pd.Series(dict(zip(pairs, found, strict=True))).unstack(sort=False)


def correlations(table: pd.DataFrame, column: str, seed: int = 0) -> tuple[Interval, Interval]:
    """Rank correlation of accuracy with a column of distances, over all networks, and without the untrained copies.

    ``table`` has the columns of `accuracies` and `distances`."""
    far = np.array([distance.value for distance in table[column]])
    accuracy = np.array([share.value for share in table["accuracy"]])
    trained = (table["trained_for"] != NOTHING).to_numpy()
    return rank_correlation(far, accuracy, seed), rank_correlation(far[trained], accuracy[trained], seed)


def as_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of `accuracies` and `distances` as plain numbers, to be written down; a row a network, named in a column."""
    numbers = table[["title", "pretraining", "trained_for"]].rename_axis("network").reset_index()
    for k, end in enumerate(("", "_low", "_high")):
        numbers[f"accuracy{end}"] = [tuple(share)[k] for share in table["accuracy"]]
    for column in table.columns.intersection(["distance", "without_signs"]):
        for field in ("value", "spread", "shuffled"):
            numbers[f"{column}_{field}"] = [getattr(distance, field) for distance in table[column]]
    return numbers
