"""Ways to learn from unequally frequent classes: the loss against other libraries, and what each way does to whom."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F

from facediag_utils.methods import imbalance
from facediag_utils.methods.imbalance import WAYS, Way

COUNTS = np.array([40, 10, 5])
NUMBERS = np.repeat(np.arange(3), COUNTS)


def overlapping(dimensions=6, seed=0, counts=COUNTS):
    """Classes that overlap, with so many images of each."""
    numbers = np.repeat(np.arange(len(counts)), counts)
    noise = np.random.default_rng(seed).normal(size=(len(numbers), dimensions))
    return 3 + 0.7 * (noise + 1.2 * np.eye(dimensions)[numbers]), numbers


def test_weights_of_an_image():
    assert imbalance.class_weights(COUNTS, 0.0).tolist() == [1, 1, 1]
    assert imbalance.class_weights(COUNTS, 1.0) == pytest.approx(1 / COUNTS)
    assert imbalance.class_weights(COUNTS, 0.9999999) * 1e0 == pytest.approx(1 / COUNTS, rel=1e-4)
    one, other = imbalance.class_weights(np.array([1, 2]), 0.9)  # (1 - 0.9) / (1 - 0.9^n), Cui et al. 2019, eq. (4)
    assert one == pytest.approx(1.0) and other == pytest.approx(1 / 1.9)


def test_the_loss_of_known_numbers():
    """Two images with probabilities 1/2 and 1/4 of their class."""
    logits, numbers, counts = np.log([[0.5, 0.5], [0.75, 0.25]]), np.array([0, 1]), np.array([1, 1])
    assert imbalance.loss(logits, numbers, counts, Way())[0] == pytest.approx((np.log(2) + np.log(4)) / 2)
    focal = (0.25 * np.log(2) + 0.75**2 * np.log(4)) / 2  # Lin et al. 2017, eq. (4)
    assert imbalance.loss(logits, numbers, counts, Way(gamma=2))[0] == pytest.approx(focal)
    three = np.array([3, 1])  # of the first class: Menon et al. 2021, eq. (10)
    said = [0.75 * 0.5 / (0.75 * 0.5 + 0.25 * 0.5), 0.25 * 0.25 / (0.25 * 0.25 + 0.75 * 0.75)]
    assert imbalance.loss(logits, numbers, three, Way(tau=1))[0] == pytest.approx(-np.log(said).mean())
    weighted = (np.log(2) / 3 + np.log(4)) / (1 / 3 + 1)
    assert imbalance.loss(logits, numbers, three, Way(beta=1))[0] == pytest.approx(weighted)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_pytorch_agrees_on_loss_and_gradient(way):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(len(NUMBERS), 3, generator=generator, dtype=torch.float64).requires_grad_()
    target, counts = torch.from_numpy(NUMBERS), torch.from_numpy(COUNTS)
    weight = torch.from_numpy(imbalance.class_weights(COUNTS, way.beta).astype(float))
    moved = logits + way.tau * torch.log(counts / counts.sum())
    if way.gamma:
        each = F.cross_entropy(moved, target, reduction="none")
        wanted = ((1 - torch.exp(-each)) ** way.gamma * each).mean()
    else:
        wanted = F.cross_entropy(moved, target, weight)
    wanted.backward()
    value, gradient = imbalance.loss(logits.detach().numpy(), NUMBERS, COUNTS, way)
    assert value == pytest.approx(wanted.item(), rel=1e-6)  # torch's logarithm of a share is float32
    assert gradient == pytest.approx(logits.grad.numpy(), abs=1e-7)


def test_an_image_that_is_certain_breaks_no_loss():
    value, gradient = imbalance.loss(np.array([[1000.0, 0.0]]), np.array([0]), np.array([1, 1]), Way(gamma=0.5))
    assert value == 0 and np.isfinite(gradient).all()


@pytest.mark.parametrize(("way", "weights"), [("none", None), ("inverse frequency", "balanced")])
@pytest.mark.parametrize("dimensions", [6, 100])
def test_scikit_learn_finds_the_same_head(way, weights, dimensions):
    """Also where there are more features than images, and features are far from 0."""
    features, numbers = overlapping(dimensions)
    scaled = features - features.mean(axis=0)
    scaled = scaled / np.sqrt((scaled**2).sum(axis=1).mean())
    reference = LogisticRegression(C=1 / (1e-2 * len(numbers)), class_weight=weights, tol=1e-10, max_iter=5000)
    wanted = reference.fit(scaled, numbers).predict_proba(scaled)
    head = imbalance.fit(features, numbers, 3, WAYS[way], 1e-2)
    assert head.probabilities(features) == pytest.approx(wanted, abs=1e-4)


@given(st.floats(0.1, 50), st.integers(0, 5))
@settings(max_examples=10)
def test_the_unit_of_the_features_and_a_turn_change_nothing(unit, seed):
    features, numbers = overlapping(seed=seed)
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(6, 6)))[0]
    one = imbalance.fit(features, numbers, 3).probabilities(features)
    other = imbalance.fit(unit * features @ turn, numbers, 3).probabilities(unit * features @ turn)
    assert one == pytest.approx(other, abs=1e-4)


def test_balanced_sampling_draws_every_class_as_often():
    rows = imbalance._drawn(NUMBERS, 0)
    assert np.bincount(NUMBERS[rows]).tolist() == [40, 40, 40]
    assert len(set(rows[NUMBERS[rows] == 0])) < 40  # with replacement
    assert rows.tolist() == imbalance._drawn(NUMBERS, 0).tolist() != imbalance._drawn(NUMBERS, 1).tolist()


def test_ways_that_know_of_the_rare_class_find_it_more_often():
    features, numbers = overlapping(seed=3)
    new, truth = overlapping(seed=4, counts=np.array([100, 100, 100]))
    recall = {}
    for name, way in WAYS.items():
        said = imbalance.fit(features, numbers, 3, way).probabilities(new).argmax(axis=1)
        recall[name] = [(said[truth == k] == k).mean() for k in range(3)]
    for name in ("inverse frequency", "effective number", "balanced sampling", "logit adjustment"):
        assert recall[name][2] > recall["none"][2] and recall[name][0] < recall["none"][0], name


def test_equal_classes_make_all_weights_and_the_adjustment_the_same_as_none():
    features, numbers = overlapping(counts=np.array([10, 10, 10]))
    plain = imbalance.fit(features, numbers, 3).probabilities(features)
    for name in ("inverse frequency", "effective number", "logit adjustment"):
        assert imbalance.fit(features, numbers, 3, WAYS[name]).probabilities(features) == pytest.approx(plain, abs=1e-4)


def test_the_penalty_is_small_for_clear_classes_and_large_for_noise(own_cache):
    features, numbers = overlapping(counts=np.array([20, 20]))
    clear, noise = features + 9 * np.eye(6)[numbers], np.random.default_rng(0).normal(size=(40, 30))
    chosen = imbalance.choose_penalty(clear, numbers), imbalance.choose_penalty(noise, numbers)
    assert chosen[0] < 1e-3 < chosen[1] and set(chosen) <= set(imbalance.PENALTIES)
    assert imbalance.choose_penalty(noise, numbers) == chosen[1]  # read


def test_answers_of_each_set_are_kept_and_a_face_that_was_not_found_has_none(own_cache, monkeypatch):
    features, numbers = overlapping()
    new = np.concatenate([features[:3], np.full((1, 6), np.nan)])
    masks = np.ones((3, len(numbers)), bool)
    masks[1, ::2] = False
    given = imbalance.said(masks, features, numbers, new, WAYS["none"], 1e-2)
    assert given.shape == (3, 4, 3) and np.isnan(given[:, 3]).all() and given[:, :3].sum(axis=2) == pytest.approx(1)
    assert np.array_equal(given[0, :3], given[2, :3]) and not np.array_equal(given[0, :3], given[1, :3])
    fitted = imbalance.fit(features[masks[1]], numbers[masks[1]], 3, WAYS["none"], 1e-2).probabilities(new[:3])
    assert given[1, :3] == pytest.approx(fitted)
    monkeypatch.setattr(imbalance, "fit", None)  # what was fitted is read
    assert np.array_equal(given, imbalance.said(masks, features, numbers, new, WAYS["none"], 1e-2), equal_nan=True)
    with pytest.raises(TypeError):
        imbalance.said(masks, features, numbers, new, WAYS["focal loss"], 1e-2)
