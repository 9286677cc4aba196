"""What is rendered: who is in which set (the paper's Table 2), the split, and the seeds from which all else is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from portraits.person import Person, draw_person
from portraits.phenotypes import PHENOTYPES, Phenotype, draw_severity
from portraits.photograph import Photograph, draw_photograph

#: Images by class and ancestry, as counted in the paper's Table 2 (its columns Caucasoid, Mongoloid, Negroid).
TABLE_2 = {
    "beta_thalassemia": {"caucasian": 9, "asian": 54, "african": 7},
    "hyperthyroidism": {"caucasian": 36, "asian": 28, "african": 6},
    "down_syndrome": {"caucasian": 48, "asian": 16, "african": 6},
    "leprosy": {"caucasian": 12, "asian": 37, "african": 21},
    "control": {"caucasian": 21, "asian": 40, "african": 9},
}
TEST = 30  # test images a class; the other 40 are for training (paper, section III.A)
VIEWS = (2, 3)  # further photographs of each test person
PEOPLE = 60  # identities, a third of each ancestry
COHORT_SEED = 2020
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)  # severities of the strip
#: The people of the severity strip: class, ancestry, seed of the person, seed of the photograph.  They are in no other set;
#: the seeds were chosen by looking, for even light, a face turned to the camera, and both sexes and all ages.
STRIP = (
    ("beta_thalassemia", "asian", 14, 411),
    ("beta_thalassemia", "african", 113, 1132),
    ("hyperthyroidism", "caucasian", 221, 1624),
    ("hyperthyroidism", "asian", 307, 1666),
    ("down_syndrome", "caucasian", 406, 2286),
    ("down_syndrome", "african", 517, 2934),
    ("leprosy", "african", 605, 3055),
    ("leprosy", "asian", 708, 3292),
)


@dataclass(frozen=True)
class Row:
    """One image of a manifest, before it is rendered: ``subject`` is the seed of the person, ``seed`` the photograph's,
    ``cohort_image`` the image of the cohort that shows the same person, in the sets where there is one."""

    image: str
    label: str
    split: str
    ancestry: str
    sex: str
    age: float
    severity: float
    yaw: float
    pitch: float
    roll: float
    subject: int
    seed: int
    cohort_image: str = ""


def drawn(row: Row) -> tuple[Person, float, Photograph]:
    """Person, severity and photograph of a row.  Person and photograph have generators of their own, so that a row at another
    severity is the same photograph of the same person."""
    person = draw_person(np.random.default_rng([row.subject, 1]), row.ancestry)
    return person, row.severity, draw_photograph(np.random.default_rng([row.seed, 3]))


def phenotype(row: Row) -> Phenotype:
    """What the label changes in a face; nothing for controls and for people of ``identities``."""
    return PHENOTYPES.get(row.label, PHENOTYPES["control"])


def severity_of(label: str, subject: int) -> float:
    """One draw a person from a generator of its own, for ill people; 0 for all others."""
    ill = label in PHENOTYPES and label != "control"
    return draw_severity(np.random.default_rng([subject, 2])) if ill else 0.0


def _row(image: str, label: str, split: str, ancestry: str, subject: int, seed: int, severity: float) -> Row:
    person = draw_person(np.random.default_rng([subject, 1]), ancestry)
    photo = draw_photograph(np.random.default_rng([seed, 3]))
    yaw, pitch, roll = (round(angle, 1) for angle in (photo.yaw, photo.pitch, photo.roll))
    return Row(image, label, split, ancestry, person.sex, person.age, severity, yaw, pitch, roll, subject, seed)


def apportioned(counts: dict[str, int], total: int) -> dict[str, int]:
    """``total`` test images shared over the ancestries in proportion, by largest remainder."""
    exact = {name: total * count / sum(counts.values()) for name, count in counts.items()}
    result = {name: int(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda n: (result[n] - exact[n], n))[: total - sum(result.values())]:
        result[name] += 1
    return result


@cache
def cohort() -> list[Row]:
    """The 350 rows of the cohort in order of class; fixed by ``COHORT_SEED``."""
    rows, seed = [], COHORT_SEED * 1000
    for label, counts in TABLE_2.items():
        rng = np.random.default_rng([COHORT_SEED, list(TABLE_2).index(label)])
        tests = apportioned(counts, TEST)
        members = []
        for ancestry, count in counts.items():
            split = ["test"] * tests[ancestry] + ["train"] * (count - tests[ancestry])
            members += [(ancestry, part) for part in split]
        for number, k in enumerate(rng.permutation(len(members)), 1):
            seed += 1
            ancestry, split = members[k]
            image = f"images/{label}/{label}_{number:02d}.jpg"
            rows.append(_row(image, label, split, ancestry, seed, seed, severity_of(label, seed)))
    return rows


def twins() -> list[Row]:
    """The 280 ill people of the cohort in the same photographs, without signs: what would be seen if only they were gone."""
    return [
        replace(row, image=f"images/{Path(row.image).name}", label="control", severity=0.0, cohort_image=row.image)
        for row in cohort()
        if row.label != "control"
    ]


@cache
def cases() -> list[Row]:
    """The 300 further photographs: each test person of the cohort twice more, at the same severity, in other clothes, light,
    pose and expression."""
    rows, seed = [], (COHORT_SEED + 2) * 1000
    for first in cohort():
        for view in VIEWS if first.split == "test" else ():
            seed += 1
            image = f"images/{Path(first.image).stem}_{view}.jpg"
            row = _row(image, first.label, "test", first.ancestry, first.subject, seed, first.severity)
            rows.append(replace(row, cohort_image=first.image))
    return rows


def identities() -> list[Row]:
    """The 120 rows of ``identities``: each person twice, in other clothes, light, pose and expression."""
    rows, ancestries = [], list(TABLE_2["control"])
    for number in range(PEOPLE):
        subject = (COHORT_SEED + 1) * 1000 + 10 * number
        for view in (1, 2):
            name = f"person_{number + 1:02d}"
            rows.append(_row(f"{name}_{view}.jpg", name, "test", ancestries[number % 3], subject, subject + view, 0.0))
    return rows


def severity_strip() -> list[Row]:
    """Eight people, each at five severities: 40 rows."""
    return [
        _row(f"{label}_{number % 2 + 1}_{100 * level:03.0f}.jpg", label, "train", ancestry, subject, seed, level)
        for number, (label, ancestry, subject, seed) in enumerate(STRIP)
        for level in LEVELS
    ]


@dataclass(frozen=True)
class Set:
    """Images of a kind: their rows, their pixels a side, and whether masks and regions go with them."""

    rows: Callable[[], list[Row]]
    size: int = 320
    masks: bool = True


#: The sets by the folder they lie in, below data/bundled.
SETS = {
    ".": Set(cohort),
    "twins": Set(twins),
    "cases": Set(cases),
    "identities": Set(identities),
    "severity_strip": Set(severity_strip, size=240, masks=False),
}
