"""data/bundled is what its datasheet says."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import stats

from facediag_utils.core.profiles import profile
from facediag_utils.core.settings import ROOT
from facediag_utils.data import paper
from portraits import cohort as generator

DATA = profile("bundled").data
COLUMNS = ["image", "label", "split", "ancestry", "sex", "age", "severity"]
COLUMNS += ["yaw", "pitch", "roll", "subject", "seed", "sha256"]


def test_manifest_has_the_stated_columns():
    with (DATA / "manifest.csv").open() as stream:
        assert next(csv.reader(stream)) == COLUMNS


def test_counts_are_table_2(bundled):
    counts = bundled.table.groupby(["label", "ancestry"]).size()
    assert {label: counts[label].to_dict() for label in paper.TABLE_2} == paper.TABLE_2


def test_split_is_40_to_30_in_proportion_to_ancestry(bundled):
    split = bundled.table.groupby(["label", "split"]).size().unstack()
    assert (split["train"] == 40).all() and (split["test"] == 30).all()
    tests = bundled.table[bundled.table["split"] == "test"].groupby(["label", "ancestry"]).size()
    for label, counts in paper.TABLE_2.items():
        for ancestry, count in counts.items():
            assert abs(tests[label].get(ancestry, 0) - count * 30 / 70) < 1


def test_images_are_small_jpegs_and_all_listed(bundled):
    people = DATA / "identities"
    twice = {people / name for name in pd.read_csv(people / "manifest.csv")["image"]}
    files = {path for path in DATA.rglob("*") if path.is_file() and path.suffix in {".jpg", ".part"}}
    assert files == set(bundled.table["path"]) | twice and len(files) == 350 + 120
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 25e6
    for path in files:
        with Image.open(path) as picture:
            assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (320, 320))


def test_no_two_images_or_seeds_are_equal(bundled):
    assert bundled.table["sha256"].is_unique and bundled.table["seed"].is_unique


def test_severity_is_zero_for_controls_only(bundled):
    control = bundled.table["label"] == "control"
    assert (bundled.table.loc[control, "severity"] == 0).all()
    assert bundled.table.loc[~control, "severity"].between(0, 1, inclusive="neither").all()


@pytest.mark.parametrize("column", ["age", "yaw", "pitch", "roll"])
def test_what_must_not_tell_the_class_does_not(bundled, column):
    """Drawn from one distribution: a Kruskal-Wallis test must not find a difference (at 1 in 1,000)."""
    groups = [group[column].to_numpy() for _, group in bundled.table.groupby("label")]
    assert stats.kruskal(*groups).pvalue > 0.001


def test_sex_and_severity_do_not_tell_the_class(bundled):
    table = pd.crosstab(bundled.table["label"], bundled.table["sex"])
    assert stats.chi2_contingency(table).pvalue > 0.001
    ill = bundled.table[bundled.table["label"] != "control"]
    assert stats.kruskal(*[group["severity"].to_numpy() for _, group in ill.groupby("label")]).pvalue > 0.001


@pytest.mark.parametrize("name", generator.SETS)
def test_manifest_is_what_the_generator_plans(name):
    """Every person, pose and split follows from the seeds in the manifest (the pixels: `python -m portraits compare`)."""
    planned = pd.DataFrame([vars(row) for row in generator.SETS[name]()])
    stored = pd.read_csv(DATA / name / "manifest.csv")[list(planned.columns)]
    for column in planned:
        assert (planned[column].to_numpy() == stored[column].to_numpy()).all(), column


def test_the_generator_has_table_2():
    assert generator.TABLE_2 == paper.TABLE_2


def test_largest_remainder():
    assert generator.apportioned({"a": 9, "b": 54, "c": 7}, 30) == {"a": 4, "b": 23, "c": 3}
    for counts in generator.TABLE_2.values():
        assert sum(generator.apportioned(counts, 30).values()) == 30


def test_phenotypes_are_mirrored_and_within_reach():
    from portraits.person import both_sides, draw_person
    from portraits.phenotypes import PHENOTYPES

    for phenotype in PHENOTYPES.values():
        assert all(0 < weight <= 1 for weight in phenotype.morphs.values())
    assert both_sides({"eyes/eye-x": 1.0, "nose/n": 2.0}) == {"eyes/l-eye-x": 1.0, "eyes/r-eye-x": 1.0, "nose/n": 2.0}
    a, b = (draw_person(np.random.default_rng([7, 1]), "asian") for _ in range(2))
    assert a == b and a != draw_person(np.random.default_rng([8, 1]), "asian")


def test_the_package_never_imports_the_generator():
    for path in Path(ROOT / "facediag_utils").rglob("*.py"):
        assert "portraits" not in [
            word
            for line in path.read_text().splitlines()
            if "import" in line
            for word in line.replace(".", " ").split()
        ], path
