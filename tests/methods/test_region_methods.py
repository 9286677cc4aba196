"""DeepGestalt's recipe, a network or a classifier a region, and the mean of their probabilities."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made import blobs

from facediag_utils.core.errors import ResultsError
from facediag_utils.data import cohort, store
from facediag_utils.data.cohort import NO_FACE, Cohort, Task
from facediag_utils.data.store import Method, Predictions
from facediag_utils.methods import dtl1, regions
from facediag_utils.methods.recipe import Recipe, Tuned
from facediag_utils.methods.training import Classifier
from facediag_utils.methods.training_state import TrainingState
from facediag_utils.networks.records import AVERAGED, REGIONS

CLASSES = ("ill", "well")
TASK = Task("binary", "t", CLASSES)


def said(region, scores, image=("a", "b", "c"), predicted=None):
    scores = np.array(scores, float)
    best = np.array(CLASSES)[np.nan_to_num(scores).argmax(axis=1)]
    label = np.array(["ill", "well", "ill"])
    named = ("binary", Method.LOGISTIC, f"{region}:dlib_resnet29", "faces", CLASSES)
    return Predictions(*named, np.array(image), label, best if predicted is None else np.array(predicted), scores)


def test_the_recipe_is_the_published_one():
    one = regions.DEEPGESTALT
    assert (one.epochs, one.learning_rate, one.momentum, one.weight_decay) == (500, 5e-3, 0.9, 0.0)
    assert (one.xavier, one.adam, one.pretrained) == (0.3, False, False)
    changes = one.augmentation
    assert (changes.rotation, changes.shift, changes.shear, changes.zoom, changes.flip) == (5, 0.05, 5, 0.05, True)
    people = regions.PEOPLE
    assert (people.epochs, people.learning_rate, people.adam, people.xavier) == (40, 1e-3, True, None)


@pytest.mark.parametrize("scale", [0.3, 1.0])
def test_the_new_layer_begins_with_xaviers_numbers_at_a_scale(scale):
    network = Classifier("casia_32px", 500, False, torch.Generator().manual_seed(0), scale)
    assert float(network.head.weight.detach().std()) == pytest.approx((scale * 2 / (320 + 500)) ** 0.5, rel=0.02)
    assert not network.head.bias.any()


def test_adam_takes_steps_of_its_rate_whatever_the_gradient():
    for gradient in (1e-3, 1e3):
        network = torch.nn.Linear(1, 1, bias=False)
        before = network.weight.item()
        recipe = Recipe(1, learning_rate=0.01, weight_decay=0.0, adam=True)
        state = TrainingState(network, Tuned((1, 1)), recipe, torch.Generator())
        network.weight.grad = torch.full_like(network.weight, gradient)
        state.optimizer.step()
        assert before - network.weight.item() == pytest.approx(0.01, rel=1e-3)


def test_probabilities_are_averaged_and_the_largest_mean_is_the_answer():
    parts = [said("full", [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]), said("upper", [[0.3, 0.7], [0.1, 0.9], [0.9, 0.1]])]
    mean = regions.averaged(parts)
    assert mean.scores == pytest.approx(np.array([[0.6, 0.4], [0.35, 0.65], [0.55, 0.45]]))
    assert mean.predicted.tolist() == ["ill", "well", "ill"] and mean.backbone == f"{AVERAGED}:dlib_resnet29"
    assert mean.method == Method.LOGISTIC and mean.label is parts[0].label


def test_the_mean_of_one_region_four_times_is_that_region():
    one = said("full", [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    mean = regions.averaged([one] * 4)
    assert mean.scores == pytest.approx(one.scores) and (mean.predicted == one.predicted).all()


def test_a_face_that_was_not_found_stays_so():
    gone = [[0.9, 0.1], [np.nan, np.nan], [0.2, 0.8]]
    part = said("full", gone, predicted=["ill", NO_FACE, "well"])
    mean = regions.averaged([part, replace(part, backbone="upper:dlib_resnet29")])
    assert mean.predicted.tolist() == ["ill", NO_FACE, "well"] and np.isnan(mean.scores[1]).all()


def test_regions_of_other_images_are_not_averaged():
    one = said("full", [[0.9, 0.1]] * 3)
    with pytest.raises(ResultsError, match="different images"):
        regions.averaged([one, said("upper", [[0.9, 0.1]] * 3, image=("a", "b", "d"))])


@pytest.mark.parametrize("classes", [CLASSES, ("a", "b", "c", "d")])
def test_logistic_regression_tells_separate_classes_apart(classes, own_cache):
    images, features = blobs(classes, train=10, test=5, spread=0.1)
    task = Task("t", "t", classes[::-1])
    test, held = regions.logistic(task, images, 1000 * features, "full:dlib_resnet29")
    for part, count in ((test, 5), (held, 10)):
        assert (part.predicted == part.label).all() and len(part.image) == count * len(classes)
        assert part.scores.sum(axis=1) == pytest.approx(1) and part.classes == classes[::-1]


def test_labels_of_the_test_images_and_of_the_own_fold_have_no_say(own_cache):
    """Of classes that cannot be told apart, training images are predicted no better than by guessing: each out of its fold."""
    rng = np.random.default_rng(0)
    images, features = blobs(train=60, test=60)
    noise = rng.normal(size=(len(features), 50)).astype(np.float32)
    test, held = regions.logistic(TASK, images, noise, "full:dlib_resnet29")
    assert abs((held.predicted == held.label).mean() - 0.5) < 0.15
    other = images.table.assign(label=np.where(images.table["split"] == "test", "ill", images.table["label"]))
    again, _ = regions.logistic(TASK, Cohort(images.profile, CLASSES, other), noise, "full:dlib_resnet29")
    assert np.array_equal(test.scores, again.scores)


def test_logistic_regression_is_read_where_it_was_fitted_to_the_same(own_cache, monkeypatch):
    images, features = blobs()
    first = regions.logistic(TASK, images, features, "full:dlib_resnet29")
    asked = []
    monkeypatch.setattr(regions, "_fitted", lambda *given: asked.append(given) or np.full((60, 2), 0.5))
    for one, again in zip(first, regions.logistic(TASK, images, features, "full:dlib_resnet29"), strict=True):
        assert np.array_equal(one.scores, again.scores) and np.array_equal(one.image, again.image)
    assert not asked
    for changed in ((features + 1, 0), (features, 1)):
        regions.logistic(TASK, images, changed[0], "full:dlib_resnet29", changed[1])
    assert len(asked) == 2


def test_the_best_region_has_the_smallest_error():
    assert regions.best_region({"full": 0.4, "upper": 0.3, "middle": 0.5, "lower": 0.3}) == "upper"
    rows = [
        {"epoch": k, "part": part, "top1": 0.1 * k + (part == "train")} for k in (1, 2, 3) for part in ("train", "v")
    ]
    assert regions.error_as_met(Tuned((1, 1), averaged_from=2, history=rows)) == pytest.approx(1.25)


def test_a_region_network_each_and_their_mean_go_into_the_store(few, own_cache, own_output):
    images, faces = few
    task = cohort.tasks(images)[-1]
    jobs = regions.jobs("casia_32px", task, replace(regions.DEEPGESTALT, epochs=1))
    assert [job.backbone.partition(":")[0] for job in jobs] == list(REGIONS)
    found = [predictions for predictions, _ in regions.train(jobs, images, faces)]
    mean = regions.averaged(found)
    store.save(images.profile, *found, mean)
    stored = store.load(images.profile, neighbours=True)
    assert stored["backbone"].nunique() == 5 and set(stored["method"]) == {Method.DEEPGESTALT.value}
    assert len(stored) == 5 * 15 and set(stored["pretraining"]) == {"none"}
    assert np.array([one.scores for one in found]).std(axis=0).max() > 0.01  # each sees something else
    assert dtl1._trained(jobs[0], images, faces, 0) and not dtl1._trained(
        replace(jobs[0], training=1), images, faces, 0
    )


def test_four_regions_through_a_network_that_knows_faces(few, own_cache):
    images, faces = few
    found = regions.of_network("dlib_resnet29", cohort.tasks(images)[-1], images, faces)
    assert list(found) == [*REGIONS, AVERAGED]
    scores = np.array([test.scores for test, _ in found.values()])
    assert scores[:4].mean(axis=0) == pytest.approx(scores[4]) and scores[:4].std(axis=0).max() > 0.01
    assert {len(held.image) for _, held in found.values()} == {20}
