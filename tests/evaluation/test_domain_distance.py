"""The proxy A-distance on sets whose distance is known."""

import numpy as np
import pytest

from facediag_utils.evaluation.domain_distance import proxy_a_distance


def cloud(shift: float, seed: int, number: int = 60, length: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(number, length)) + shift


def test_one_set_twice_is_no_distance_and_far_sets_are_two():
    assert proxy_a_distance(cloud(0, 1), cloud(0, 2)).value < 0.6
    far = proxy_a_distance(cloud(0, 1), cloud(5, 2))
    assert far.value == pytest.approx(2) and far.spread == 0 and far.shuffled < 0.6


def test_farther_is_more():
    values = [proxy_a_distance(cloud(0, 1), cloud(shift, 2)).value for shift in (0.05, 0.2, 0.5)]
    assert values == sorted(values) and values[0] < values[2] - 0.5


def test_a_larger_set_does_not_pass_for_a_farther_one():
    """Balanced accuracy: always saying the larger set is right half of the time."""
    assert proxy_a_distance(cloud(0, 1, number=20), cloud(0, 2, number=200)).value < 0.6


def test_same_seed_same_value_and_too_few_images_are_named():
    assert proxy_a_distance(cloud(0, 1), cloud(0.2, 2), seed=3) == proxy_a_distance(cloud(0, 1), cloud(0.2, 2), seed=3)
    with pytest.raises(ValueError, match="60 and 4 images"):
        proxy_a_distance(cloud(0, 1), cloud(0, 2)[:4])
