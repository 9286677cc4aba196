"""Features and SVM: known answers, and independence of what must not matter."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made import blobs, cohort_of, rows_of

from facediag_utils.core.errors import CohortError, WeightsError
from facediag_utils.core.settings import ROOT
from facediag_utils.data import cohort, splitting, store
from facediag_utils.data.cohort import Cohort, Task
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2, svm
from facediag_utils.methods.devices import one_thread
from facediag_utils.networks import registry

TASK = Task("binary", "t", ("ill", "well"))


def test_separate_classes_are_told_apart():
    images, features = blobs(spread=0.05)
    predictions, fitted = dtl2.run(TASK, images, features, "dlib_resnet29")
    assert (predictions.predicted == predictions.label).all() and len(predictions.image) == 20
    assert fitted.penalty in svm.PENALTIES and len(fitted.searched) == len(svm.PENALTIES)


def test_the_smallest_of_the_best_penalties_is_taken():
    images, features = blobs(spread=0.05)
    _, fitted = dtl2.run(TASK, images, features, "dlib_resnet29")
    best = max(mean for _, mean, _ in fitted.searched)
    assert fitted.penalty == min(c for c, mean, _ in fitted.searched if mean == best)


def test_test_images_do_not_reach_the_training():
    images, features = blobs(spread=0.6)
    changed = features.copy()
    test = (images.table["split"] == "test").to_numpy()
    changed[test] = np.random.default_rng(9).normal(5, 3, changed[test].shape)
    _, one = dtl2.run(TASK, images, features, "dlib_resnet29")
    _, two = dtl2.run(TASK, images, changed, "dlib_resnet29")
    assert one.penalty == two.penalty and np.array_equal(one.svm.coef_, two.svm.coef_)


@pytest.mark.parametrize("classes", [("ill", "well"), ("a", "b", "c", "d", "e")])
def test_the_best_score_is_the_prediction_and_columns_follow_the_task(classes):
    images, features = blobs(classes, spread=0.8)
    task = Task("t", "t", classes[::-1])
    predictions, fitted = dtl2.run(task, images, features, "dlib_resnet29", penalty=1.0)
    assert predictions.classes == classes[::-1]
    best = np.array(predictions.classes)[predictions.scores.argmax(axis=1)]
    assert (best == predictions.predicted).all()
    test = (images.table["split"] == "test").to_numpy()
    assert (fitted.svm.predict(features[test]) == predictions.predicted).all()  # libsvm's own word


def test_binary_scores_are_the_signed_distance():
    images, features = blobs(spread=0.5)
    predictions, fitted = dtl2.run(TASK, images, features, "dlib_resnet29", penalty=1.0)
    test = (images.table["split"] == "test").to_numpy()
    distance = features[test] @ fitted.svm.coef_[0] + fitted.svm.intercept_[0]  # towards classes_[1], "well"
    assert predictions.scores[:, 1] == pytest.approx(distance, abs=1e-5)
    assert predictions.scores[:, 0] == pytest.approx(-distance, abs=1e-5)


def test_faces_not_found_are_left_out_of_training_and_wrong_in_testing():
    images, features = blobs(spread=0.05)
    gone = np.zeros(len(images), bool)
    gone[[0, 1, 25, 55]] = True  # two training images of "ill", one test image of each class
    predictions, fitted = dtl2.run(
        TASK, images, np.where(gone[:, None], np.nan, features), "dlib_resnet29", penalty=1.0
    )
    assert len(predictions.image) == 20 and (predictions.predicted == store.NO_FACE).sum() == 2
    assert np.isnan(predictions.scores[predictions.predicted == store.NO_FACE]).all()
    assert fitted.svm.n_features_in_ == 2 and (predictions.predicted == predictions.label).sum() == 18
    assert fitted.svm.shape_fit_[0] == 38


def test_too_few_training_faces_is_an_error_in_words():
    images, features = blobs(train=2)
    with pytest.raises(CohortError, match=r"fewer than 3 training images .*: ill \(2\), well \(2\); add pictures"):
        dtl2.run(TASK, images, features, "dlib_resnet29")


@given(
    sizes=st.lists(st.integers(3, 12), min_size=2, max_size=6),
    shared=st.integers(1, 4),
    seed=st.integers(0, 9),
)
def test_five_folds_leave_every_class_something_to_train_on(sizes, shared, seed):
    """Also where classes are small, and where pictures of one person must not be parted."""
    labels = np.repeat([f"class {k}" for k in range(len(sizes))], sizes)
    people = np.arange(len(labels)) // shared  # somebody may be in two classes
    for groups in (None, people):
        held = [held for _, held in splitting.cross_validation_folds(labels, seed, groups).split(labels, labels)]
        assert len(held) == splitting.FOLDS and sorted(np.concatenate(held)) == list(range(len(labels)))
        for rows in held:
            assert set(np.delete(labels, rows)) == set(labels)


@given(
    people=st.lists(st.integers(2, 6), min_size=3, max_size=6),
    shared=st.integers(2, 4),
    seed=st.integers(0, 9),
)
def test_folds_part_nobody_where_classes_have_two_people(people, shared, seed):
    labels = np.repeat([f"class {k}" for k in range(len(people))], np.array(people) * shared)
    groups = np.arange(len(labels)) // shared
    for rows, held in splitting.cross_validation_folds(labels, seed, groups).split(labels, labels):
        assert not set(groups[rows]) & set(groups[held])


@pytest.mark.parametrize("train", (3, 4))
def test_few_training_faces_are_enough(train):
    images, features = blobs(train=train, spread=0.05)
    predictions, fitted = dtl2.run(TASK, images, features, "dlib_resnet29")
    known = dtl2.out_of_fold(TASK, images, features, "dlib_resnet29", fitted.penalty)
    assert (predictions.predicted == predictions.label).all() and (known.predicted == known.label).all()


def test_unknown_layer(few):
    with pytest.raises(WeightsError, match="pooled, descriptor"):
        dtl2.extract("dlib_resnet29", *few, layer="fc7")


def test_features_do_not_depend_on_order_or_batch(few, own_cache):
    images, faces = few  # more than one batch, the last one short
    forward = dtl2.extract("dlib_resnet29", images, faces)
    for path in own_cache.rglob("*.npz"):
        path.unlink()
    order = np.arange(len(images))[::-1]
    backward = dtl2.extract("dlib_resnet29", cohort_of(images, order), rows_of(faces, order))
    assert len(images) > dtl2.BATCH
    assert np.abs(forward - backward[::-1]).max() < 1e-4
    assert np.isfinite(forward).all()


def test_rows_without_a_face_are_nan(few):
    images, faces = few
    hidden = replace(faces, outcome=np.where(np.arange(35) == 5, detection.NO_FACE, faces.outcome))
    features = dtl2.extract("dlib_resnet29", images, hidden)
    assert np.isnan(features[5]).all() and np.isfinite(features[hidden.found]).all()


SCRIPT = """
import sys
import torch
torch.set_num_threads(2)
from facediag_utils.core import profiles
from facediag_utils.data import cohort, store
from facediag_utils.faces import detection
from facediag_utils.methods import dtl2
images = cohort.load(profiles.profile("bundled"))
images = cohort.Cohort(images.profile, images.classes, images.table[images.table["image"].isin(sys.argv[1:])])
features = dtl2.extract("dlib_resnet29", images, detection.find_faces(images))
for task in cohort.tasks(images):
    store.save(images.profile, dtl2.run(task, images, features, "dlib_resnet29")[0])
"""


def predictions_of(images: Cohort, home: Path) -> Path:
    """Made by a process of its own, from the pictures on, with a hash seed of its own."""
    own = {"FACEDIAG_OUT": str(home), "FACEDIAG_CACHE": str(home / "cache"), "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-c", SCRIPT, *images.table["image"]]
    subprocess.run(command, check=True, env=os.environ | own | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "2"})
    return home / "runs" / "bundled" / "results" / "predictions.csv"


def test_neither_hash_seed_nor_threads_change_a_prediction(few, tmp_path, own_cache, own_output):
    """Two threads and hash seed 77 there, one thread and a seed by chance here: the same file."""
    images, faces = few
    with one_thread():
        features = dtl2.extract("dlib_resnet29", images, faces)
    for task in cohort.tasks(images):
        store.save(images.profile, dtl2.run(task, images, features, "dlib_resnet29")[0])
    here = images.profile.results / "predictions.csv"
    assert len(pd.read_csv(here)) == 6 + 15
    assert predictions_of(images, tmp_path / "other").read_bytes() == here.read_bytes()


@pytest.mark.parametrize("name", registry.installed())
@pytest.mark.parametrize("count", [1, 5])
def test_threads_change_no_bit_of_a_feature(name, count):
    """Torch computes some layers of few images by another library where it has one thread, and shares sums out where it has more."""
    record, network = registry.get(name), registry.load(name).to(memory_format=torch.channels_last)
    chips = np.random.default_rng(0).integers(0, 256, (count, record.input_size, record.input_size, 3), dtype=np.uint8)
    threads, found = torch.get_num_threads(), []
    try:
        for number in (1, 2, 3):
            torch.set_num_threads(number)
            found.append(dtl2.features_of(network, record, record.feature_layer, chips).tobytes())
            assert torch.get_num_threads() == number
    finally:
        torch.set_num_threads(threads)
    assert len(set(found)) == 1


@pytest.mark.parametrize("count", [1, 16, 17, 40, 350])
def test_batches_are_even_and_whole(count):
    rows = np.arange(count) + 7
    batches = dtl2.in_batches(rows)
    sizes = [len(batch) for batch in batches]
    assert np.array_equal(np.concatenate(batches), rows)
    assert max(sizes) <= dtl2.BATCH and max(sizes) - min(sizes) <= 1 and (min(sizes) > 1 or count == 1)


@pytest.mark.parametrize("name", ["dlib_resnet29", "efficientnet_lite0"])
def test_committed_predictions_are_reproduced(bundled, bundled_features, name):
    """The store in git is what this code gives; another machine's floats may turn at most two labels a task."""
    stored = pd.read_csv(bundled.profile.record / "predictions.csv")
    features = bundled_features(name)
    for task in cohort.tasks(bundled):
        ours = dtl2.run(task, bundled, features, name)[0].frame().set_index("image")
        kept = store.select(stored, task=task.name, backbone=name, method=store.Method.DTL2).set_index("image")
        assert sorted(kept.index) == sorted(ours.index)
        assert (kept["predicted"] != ours.loc[kept.index, "predicted"]).sum() <= 2
        assert (kept["label"] == ours.loc[kept.index, "label"]).all()


def test_a_network_of_timm_like_any_other(few, own_cache, tmp_path, monkeypatch):
    import timm

    monkeypatch.setenv("FACEDIAG_WEIGHTS", str(tmp_path))
    torch.save(timm.create_model("resnet18").state_dict(), tmp_path / "timm-resnet18.a1_in1k.pth")
    rows = np.arange(6)
    features = dtl2.extract("timm:resnet18.a1_in1k", cohort_of(few[0], rows), rows_of(few[1], rows))
    assert features.shape == (6, 512) and np.isfinite(features).all() and (features.std(axis=0) > 0).any()


def test_answers_name_the_class_of_each_row_and_miss_no_face():
    images, features = blobs()
    _, fitted = dtl2.run(TASK, images, features, "dlib_resnet29", penalty=1.0)
    features[3] = np.nan
    said = dtl2.answers(fitted, features, TASK)
    assert said[3] == cohort.NO_FACE
    assert (np.delete(said, 3) == np.delete(images.table["label"].to_numpy(), 3)).all()
    assert dtl2.answers(fitted, features[3:4], TASK).tolist() == [cohort.NO_FACE]
