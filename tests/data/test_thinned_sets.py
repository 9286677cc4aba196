"""Training sets that are thinned on purpose: how many images of each class, whose turn it is to be rare, and what stands beside."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facediag_utils.data import splitting


@pytest.mark.parametrize(
    ("most", "classes", "wanted"),
    [
        (40, 5, [40, 20, 10, 5, 5]),
        (40, 6, [40, 20, 10, 5, 5, 5]),
        (40, 2, [40, 5]),
        (40, 3, [40, 20, 5]),
        (3, 4, [3, 2, 2, 2]),
        (16, 1, [2]),
    ],
)
def test_sizes_are_halved_down_to_an_eighth(most, classes, wanted):
    assert splitting.thinned_sizes(most, classes).tolist() == wanted


@given(st.lists(st.integers(3, 60), min_size=2, max_size=7), st.integers(1, 3), st.integers(0, 9))
@settings(max_examples=40)
def test_in_a_rotation_each_class_is_once_at_each_place(of_class, rotations, seed):
    numbers = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(of_class)), of_class))
    sets = splitting.thinned_sets(numbers, rotations, seed)
    sizes = sorted(splitting.thinned_sizes(min(40, min(of_class)), len(of_class)))
    counts = np.array([np.bincount(numbers[mask], minlength=len(of_class)) for mask in sets.thinned])
    for rotation in np.split(counts, rotations):
        assert (np.sort(rotation, axis=0) == np.array(sizes)[:, None]).all()
        assert (np.sort(rotation, axis=1) == sizes).all()
    even = np.array([np.bincount(numbers[mask], minlength=len(of_class)) for mask in sets.even])
    assert (even == round(sum(sizes) / len(sizes))).all() and len(even) == rotations
    assert (np.bincount(numbers[sets.whole[0]]) == sizes[-1]).all()


def test_sets_of_a_rotation_are_nested_those_of_others_are_not_and_a_seed_repeats_them():
    numbers = np.repeat(np.arange(3), 40)
    sets = splitting.thinned_sets(numbers, 2, seed=1)
    for k in range(3):  # of one class
        own = sorted((mask[numbers == k] for mask in sets.thinned[:3]), key=np.sum)
        assert all((small <= large).all() for small, large in pairwise(own))
    few = [mask & (numbers == 0) for mask in sets.thinned if mask[numbers == 0].sum() == 5]
    assert len(few) == 2 and (few[0] != few[1]).any()
    again, other = splitting.thinned_sets(numbers, 2, seed=1), splitting.thinned_sets(numbers, 2, seed=2)
    assert np.array_equal(sets.thinned, again.thinned) and not np.array_equal(sets.thinned, other.thinned)
