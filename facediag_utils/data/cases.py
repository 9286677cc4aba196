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
        int, (people, k): where each person's photographs are in it, in an order that says nothing of them.
    named : numpy.ndarray
        int, (people,): the photograph after which a person is named, a test image of the cohort.
    """

    photographs: Cohort
    rows: np.ndarray
    named: np.ndarray

    @property
    def several(self) -> bool:
        """Whether there is more than one photograph per person."""
        return self.rows.shape[1] > 1

    @property
    def table(self) -> pd.DataFrame:
        """A row per person: that of the image after which it is named."""
        return self.photographs.table.iloc[self.named].reset_index(drop=True)

    def of(self, values: np.ndarray) -> np.ndarray:
        """What is known of each photograph, (photographs, ...), by person: (people, k, ...)."""
        return values[self.rows]


def gather(cohort: Cohort) -> Cases:
    """The test people of a cohort with their photographs: those in ``cases/`` beside a rendered cohort, else the test images with
    one ``subject`` (and one label) in the manifest.

    Everybody has as many photographs, `MOST` or, if fewer than `LEAST` people have so many, fewer; who has fewer than these is
    left out, and so are further ones.  If there are not even two of `LEAST` people, every test image is a person.  A person's
    photographs are put in the order of their SHA-256, which is as good as drawn: those of the cohort and those beside it
    may differ in how hard they are, and what the first one is must not depend on names.

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
    groups = [members.index.to_numpy() for _, members in table.groupby([table["label"], person], sort=False)]
    count = next((k for k in range(MOST, 1, -1) if sum(len(rows) >= k for rows in groups) >= LEAST), 1)
    kept = [rows for rows in groups if len(rows) >= count] if count > 1 else np.arange(len(table))[:, None]
    digests = table["sha256"].to_numpy(str)
    rows = np.array([members[np.argsort(digests[members], kind="stable")][:count] for members in kept])
    return Cases(replace(cohort, table=table), rows, np.array([members[0] for members in kept]))
