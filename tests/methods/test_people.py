"""Pretraining in small: who takes part, what is learned from whom, and what a training then begins with."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from made import BUNDLED

from facediag_utils.core.errors import CohortError
from facediag_utils.core.profiles import Profile
from facediag_utils.data import cohort
from facediag_utils.data.cohort import Task
from facediag_utils.faces import detection
from facediag_utils.methods import dtl1, people, regions
from facediag_utils.methods.recipe import Recipe
from facediag_utils.methods.training import fine_tune

pytestmark = pytest.mark.slow
NAME = "full:casia_32px"


def copied(rows: pd.DataFrame, folder, **columns) -> None:
    """Some bundled portraits and what is known of them, in a folder of its own."""
    rows = rows.assign(**columns)
    points = pd.read_csv(BUNDLED / "landmarks.csv")
    for image in rows["image"]:
        (folder / image).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(BUNDLED / image, folder / image)
    points[points["image"].isin(rows["image"])].to_csv(folder / "landmarks.csv", index=False)
    rows.to_csv(folder / "manifest.csv", index=False)


@pytest.fixture
def images(tmp_path, own_cache, own_output):
    """Six training and four test people of two classes, and beside them three people in two photographs each."""
    table = pd.read_csv(BUNDLED / "manifest.csv")
    number = table.groupby(["label", "split"]).cumcount()
    two = table["label"].isin(["control", "leprosy"])
    copied(table[two & (number < table["split"].map({"train": 3, "test": 2}))], tmp_path / "data")
    others = table[(table["label"] == "down_syndrome") & (table["split"] == "train")].head(6)
    person = [9_000_000 + k // 2 for k in range(6)]
    copied(others, tmp_path / "data" / "identities", subject=person, label=person, split="test")
    return cohort.load(Profile("people", "t", tmp_path / "data", rendered=True))


@pytest.fixture
def source(images):
    return people.Identification(NAME, *people.never_tested(images), replace(regions.PEOPLE, epochs=2))


def test_no_test_person_takes_part_and_each_is_learned_from_one_photograph(images):
    crowd, faces = people.never_tested(images)
    tested = images.table.loc[images.table["split"] == "test", "subject"].astype(str)
    assert len(crowd.classes) == 9 and not set(tested) & set(crowd.classes)
    train, further = (crowd.table[crowd.table["split"] == part] for part in ("train", "test"))
    assert len(faces.found) == len(crowd) == 12 and faces.found.all()
    assert sorted(train["label"]) == list(crowd.classes) and set(further["label"]) == {"9000000", "9000001", "9000002"}


def test_a_test_person_among_the_identities_is_an_error(images):
    path = images.profile.data / "identities" / "manifest.csv"
    tested = images.table.loc[images.table["split"] == "test", "subject"].iloc[0]
    pd.read_csv(path).assign(subject=tested).to_csv(path, index=False)
    with pytest.raises(CohortError, match=r"1 test people are in identities/ too"):
        people.never_tested(images)


def test_it_learns_first_photographs_and_looks_at_further_ones(source):
    tuned = source.train()
    assert tuned.images == (9, 3) and tuned.epochs == 2 and source.title == "9 rendered people"
    assert source.train().history == tuned.history  # read, not trained again
    assert tuned.averaged.head.out_features == 9


def test_a_training_begins_with_its_weights(source):
    """At a rate of 0 nothing is learned: the convolutions are still those that told people apart."""
    weights = source.weights()
    chips = np.zeros((4, 32, 32, 3), np.uint8)
    given = (np.arange(4), np.array([0, 1, 0, 1]))
    recipe = Recipe(epochs=1, learning_rate=0.0, weight_decay=0.0, pretrained=False)
    begun = fine_tune(NAME, lambda: chips, given, given, 2, recipe, start=source.weights).averaged.body.state_dict()
    plain = fine_tune(NAME, lambda: chips, given, given, 2, recipe).averaged.body.state_dict()
    for name in (name for name in weights if "conv" in name):
        assert torch.equal(begun[name], weights[name]) and not torch.equal(plain[name], weights[name]), name


def test_its_row_says_what_it_began_with(source, images):
    task = Task("all", "t", images.classes)
    faces = detection.true_faces(images)
    recipe = replace(regions.DEEPGESTALT, epochs=1)
    jobs = [dtl1.Job(NAME, task, recipe, start=source), dtl1.Job(NAME, task, recipe)]
    (begun, _), (plain, _) = regions.train(jobs, images, faces)
    assert (begun.method, begun.pretraining) == ("DeepGestalt's recipe, pretrained on people", "9 rendered people")
    assert (plain.method, plain.pretraining) == ("DeepGestalt's recipe", "none")
    assert not np.array_equal(begun.scores, plain.scores)


def test_other_people_recipes_and_seeds_are_other_trainings(source):
    others = [
        replace(source, seed=1),
        replace(source, recipe=regions.PEOPLE),
        replace(source, backbone="lower:casia_32px"),
    ]
    moved = replace(source.faces, landmarks=source.faces.landmarks + 1)
    assert len({one.key for one in (source, *others, replace(source, faces=moved))}) == 5


def test_features_before_and_after(source):
    before = people.embedded(people.untrained(source), NAME, source.people, source.faces)
    after = people.embedded(source.train().averaged, NAME, source.people, source.faces)
    assert before.shape == after.shape == (12, 320) and np.abs(before - after).max() > 1e-3
    assert np.array_equal(before, people.embedded(people.untrained(source), NAME, source.people, source.faces))
