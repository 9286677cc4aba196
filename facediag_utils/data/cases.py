"""Cases: test people with several photographs each, as a doctor has several of one patient (Liu et al. 2020)."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from facediag_utils.data import ground_truth
from facediag_utils.data.cohort import Cohort

MOST = 3  # photographs of a person that are used: as many as there are of each rendered test person
LEAST = 10  # people: of fewer no difference could be seen


@dataclass(frozen=True)
class Cases:
    """Test people and their photographs.

    Attributes
    ----------
    photographs : Cohort
        A row per photograph of the test people.
    rows : numpy.ndarray
        int, (people, k): where each person's photographs are in it, the one that the cohort's other results rest on first.
    """

    photographs: Cohort
    rows: np.ndarray

    @property
    def several(self) -> bool:
        """Whether there is more than one photograph per person."""
        return self.rows.shape[1] > 1

    @property
    def first(self) -> Cohort:
        """The first photograph of each person."""
        table = self.photographs.table.iloc[self.rows[:, 0]].reset_index(drop=True)
        return replace(self.photographs, table=table)

    def of(self, values: np.ndarray) -> np.ndarray:
        """What is known of each photograph, (photographs, ...), by person: (people, k, ...)."""
        return values[self.rows]


def gather(cohort: Cohort) -> Cases:
    """The test people of a cohort with their photographs: those in ``cases/`` beside a rendered cohort, else the test images with
    one ``subject`` (and one label) in the manifest.

    Everybody has as many photographs, `MOST` or, if fewer than `LEAST` people have so many, fewer; who has fewer than these is
    left out, and so are further ones.  If there are not even two of `LEAST` people, every test image is a person.

    Parameters
    ----------
    cohort : Cohort

    Returns
    -------
    Cases
        People in the order of the cohort.
    """
    table = cohort.part("test").table
    if cohort.profile.rendered and ground_truth.available(cohort, "cases"):
        table = pd.concat([table, ground_truth.companion(cohort, "cases").table], ignore_index=True)
    person = "image " + table["image"]
    if "subject" in table:
        person = person.where(table["subject"].isna(), "subject " + table["subject"].astype(str))
    groups = [members.to_numpy() for members in table.groupby([table["label"], person], sort=False).groups.values()]
    count = next((k for k in range(MOST, 1, -1) if sum(len(rows) >= k for rows in groups) >= LEAST), 1)
    if count == 1:
        groups = [np.array([row]) for row in range(len(table))]
    rows = np.array([members[:count] for members in groups if len(members) >= count])
    return Cases(replace(cohort, table=table), rows)
