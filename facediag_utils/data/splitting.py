"""Random splits of images into training and test images, in which nobody is on both sides."""

from __future__ import annotations

import numpy as np


def draw_splits(
    labels: np.ndarray, test_share: dict[str, int], count: int, seed: int = 0, groups: np.ndarray | None = None
) -> np.ndarray:
    """Random splits with fixed numbers of test images a class.

    Parameters
    ----------
    labels : numpy.ndarray
        (n,), class names.
    test_share : dict
        Test images of each class.
    count, seed : int
    groups : numpy.ndarray, optional
        (n,), of images that must not be parted (one person's).  Groups are added until each class has its share, so
        that it may have a few more.

    Returns
    -------
    numpy.ndarray
        bool, (count, n): True where an image is tested.
    """
    rng = np.random.default_rng(seed)
    tested = np.zeros((count, len(labels)), bool)
    if groups is None:
        for row in tested:
            for name in sorted(test_share):
                row[rng.permutation(np.flatnonzero(labels == name))[: test_share[name]]] = True
        return tested
    names, label = np.unique(labels, return_inverse=True)
    found, number = np.unique(groups, return_inverse=True)
    images = np.zeros((len(found), len(names)), int)  # of each group in each class
    np.add.at(images, (number, label), 1)
    classes, share = [np.flatnonzero(row) for row in images], np.array([test_share.get(str(name), 0) for name in names])
    for row in tested:
        reached, taken = np.zeros(len(names), int), np.zeros(len(found), bool)
        for group in rng.permutation(len(found)):
            if (reached[classes[group]] < share[classes[group]]).all():
                reached += images[group]
                taken[group] = True
        row[:] = taken[number]
    return tested


def draw_grouped_split(labels: np.ndarray, test_share: dict[str, int], groups: np.ndarray, seed: int = 0) -> np.ndarray:
    """Of twenty splits the one whose numbers of test images come nearest to those wanted, bool (n,).

    (scikit-learn's StratifiedGroupKFold left classes of ten with three to seven test images.)"""
    tested = draw_splits(labels, test_share, 20, seed, groups)
    missed = sum(np.abs(tested[:, labels == name].sum(axis=1) - share) for name, share in test_share.items())
    return tested[int(np.argmin(missed))]
