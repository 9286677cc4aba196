"""data/bundled is what its datasheet says."""

import csv
import json
from pathlib import Path

import mlcroissant
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import stats

from facediag_utils.core.profiles import profile
from facediag_utils.core.settings import ROOT
from facediag_utils.data import paper
from portraits import croissant
from portraits import plan as generator

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
    listed = {}
    for name, kind in generator.SETS.items():
        listed |= {DATA / name / image: kind.size for image in pd.read_csv(DATA / name / "manifest.csv")["image"]}
    files = {path for path in DATA.rglob("*") if path.is_file() and path.suffix in {".jpg", ".part"}}
    assert files == set(listed) and set(bundled.table["path"]) <= files
    assert len(files) == 350 + 280 + 300 + 120 + 40
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 45e6
    for path, size in listed.items():
        with Image.open(path) as picture:
            assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (size, size))


def test_no_two_images_or_seeds_are_equal(bundled):
    assert bundled.table["sha256"].is_unique and bundled.table["seed"].is_unique


def test_severity_is_zero_for_controls_only(bundled):
    control = bundled.table["label"] == "control"
    assert (bundled.table.loc[control, "severity"] == 0).all()
    assert bundled.table.loc[~control, "severity"].between(0.2, 1).all()
    assert stats.kstest(bundled.table.loc[~control, "severity"], stats.uniform(0.2, 0.8).cdf).pvalue > 0.01


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
    planned = pd.DataFrame([vars(row) for row in generator.SETS[name].rows()])
    stored = pd.read_csv(DATA / name / "manifest.csv")
    assert set(planned) - set(stored) <= {"cohort_image"} and ("cohort_image" in stored) == (name in {"twins", "cases"})
    for column in planned.columns.intersection(stored.columns):
        assert (planned[column].to_numpy() == stored[column].to_numpy()).all(), column


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's, in mlcroissant
def test_croissant_describes_the_manifests():
    dataset = mlcroissant.Dataset(jsonld=DATA / "croissant.json")
    assert not dataset.metadata.issues.errors
    for name, kind in generator.SETS.items():
        records = list(dataset.records("cohort" if name == "." else name))
        assert len(records) == len(kind.rows())


def test_croissant_is_what_the_generator_writes():
    assert json.loads((DATA / "croissant.json").read_text()) == croissant.metadata(DATA)


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
        assert all(0 < weight <= 1.5 for weight in phenotype.morphs.values())
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
