"""What the generator plans, without rendering: counts, seeds, severities; and that severity changes nothing else."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from portraits import face_hair, hair, plan
from portraits.phenotypes import PHENOTYPES


def test_every_set_has_the_stated_rows():
    counts = {name: len(kind.rows()) for name, kind in plan.SETS.items()}
    assert counts == {".": 350, "twins": 280, "cases": 300, "identities": 120, "severity_strip": 40}
    for kind in plan.SETS.values():
        rows = kind.rows()
        assert len({row.image for row in rows}) == len(rows)
        assert len({row.image.rpartition("/")[2] for row in rows}) == len(rows)  # masks are named by it


def test_severity_is_flat_from_0_2_to_1_and_alike_for_all_diseases():
    ill = [row for row in plan.cohort() if row.label != "control"]
    severities = {label: [row.severity for row in ill if row.label == label] for label in {row.label for row in ill}}
    assert stats.kstest([row.severity for row in ill], stats.uniform(0.2, 0.8).cdf).pvalue > 0.01
    assert stats.kruskal(*severities.values()).pvalue > 0.01
    many = [plan.severity_of("leprosy", subject) for subject in range(4000)]
    assert stats.kstest(many, stats.uniform(0.2, 0.8).cdf).pvalue > 0.001
    assert many[:50] == [plan.severity_of("hyperthyroidism", subject) for subject in range(50)]
    assert plan.severity_of("control", 1) == plan.severity_of("person_01", 1) == 0


@pytest.mark.parametrize("number", range(0, 350, 25))
def test_a_row_at_another_severity_is_the_same_photograph_of_the_same_person(number):
    row = plan.cohort()[number]
    person, severity, photo = plan.drawn(row)
    for other in (replace(row, severity=0.0), replace(row, severity=1.0, label="leprosy")):
        assert plan.drawn(other) == (person, other.severity, photo)
    assert severity == row.severity


def test_twins_are_the_ill_without_their_signs():
    ill = {row.image: row for row in plan.cohort() if row.label != "control"}
    twins = plan.twins()
    assert [row.cohort_image for row in twins] == list(ill)
    for twin in twins:
        row = ill[twin.cohort_image]
        assert replace(twin, image=row.image, label=row.label, severity=row.severity, cohort_image="") == row
        assert (twin.label, twin.severity) == ("control", 0)


def test_cases_are_two_more_photographs_of_every_test_person():
    first = {row.image: row for row in plan.cohort() if row.split == "test"}
    cases = plan.cases()
    assert sorted(row.cohort_image for row in cases) == sorted([*first, *first])
    seeds = {row.seed for row in plan.cohort()}
    for case in cases:
        row = first[case.cohort_image]
        for name in ("label", "split", "ancestry", "sex", "age", "severity", "subject"):
            assert getattr(case, name) == getattr(row, name)
        assert case.seed not in seeds
        seeds.add(case.seed)
        (person, _, photo), (same, _, other) = plan.drawn(row), plan.drawn(case)
        assert person == same and photo.garment != other.garment and photo.lights != other.lights


def test_no_person_of_the_identities_or_the_strip_is_in_the_cohort():
    subjects = [{row.subject for row in plan.SETS[name].rows()} for name in (".", "identities", "severity_strip")]
    assert len(set.union(*subjects)) == sum(map(len, subjects)) == 350 + 60 + 8


def test_the_strip_shows_two_people_a_disease_at_five_severities():
    rows = plan.severity_strip()
    people = {row.subject: row for row in rows}
    assert sorted(row.label for row in people.values()) == sorted(2 * [n for n in PHENOTYPES if n != "control"])
    assert len({row.ancestry for row in people.values()}) == 3 and len({row.sex for row in people.values()}) == 2
    for subject in people:
        assert [row.severity for row in rows if row.subject == subject] == list(plan.LEVELS)
        assert len({row.seed for row in rows if row.subject == subject}) == 1


def test_loss_only_takes_strands_away():
    rng = np.random.default_rng(0)
    home = rng.uniform([-0.6, 6.5, -1], [0.6, 8.5, 1.5], (5000, 3))
    threshold = rng.random(len(home))
    for name, lost in (("hyperthyroidism", hair.lost), ("leprosy", face_hair.brow_lost)):
        left = [hair.survives(lost(PHENOTYPES[name], level, home), threshold) for level in np.linspace(0, 1, 11)]
        assert left[0].all()
        for milder, harder in itertools.pairwise(left):
            assert not (harder & ~milder).any()
        assert left[-1].sum() < left[0].sum()


def test_an_upward_slant_lifts_the_outer_corner_of_the_eye():
    """MakeHuman calls the outer corner 1 and the inner 2."""
    slant = {name: weight for name, weight in PHENOTYPES["down_syndrome"].morphs.items() if "corner" in name}
    assert set(slant) == {"eyes/eye-corner1-up", "eyes/eye-corner2-down"}
