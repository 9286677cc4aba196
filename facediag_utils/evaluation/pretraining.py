"""What pretraining brings: networks beside untrained copies of themselves, and faces that stand for what they were trained on.

The paper explains its result by the similarity of the source domain, faces, and the target domain, patients' faces (section
IV.C, eqs. 1-3).  The photographs that networks were trained on are not here; faces without signs stand for them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import HEALTHY, Cohort
from facediag_utils.networks import registry
from facediag_utils.networks.records import UNTRAINED


def with_untrained(networks: Iterable[str]) -> list[str]:
    """The networks, and after them an untrained copy of each architecture: of the first network that has it."""
    networks = list(networks)
    first: dict[str, str] = {}
    for name in networks:
        first.setdefault(registry.get(name).architecture, name)
    return networks + [UNTRAINED + name for name in first.values()]


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


def source_like(cohort: Cohort) -> Source | None:
    """Rendered people without signs where they come with the cohort, one photograph each: two of one person would be on both
    sides of a fold.  Else the cohort's own class that is called healthy, and nothing where no class is."""
    among = cohort.table["label"].str.lower().isin(HEALTHY).to_numpy()
    if ground_truth.available(cohort, "identities"):
        people = ground_truth.companion(cohort, "identities")
        people = replace(people, table=people.table.drop_duplicates("label", ignore_index=True))
        return Source(f"{len(people)} further people without signs", people, among)
    if not among.any() or among.all():
        return None
    names = " and ".join(sorted(set(cohort.table["label"][among])))
    return Source(f"{among.sum()} images of class {names}", None, among)
