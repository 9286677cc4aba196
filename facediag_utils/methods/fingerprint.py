"""Checksums that tell whether two machines compute the same bits: of a few training steps, of features, of dense SIFT.

What is computed on is made of whole random numbers, which are the same everywhere; everything after that is what a run does."""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from facediag_utils.core import pin
from facediag_utils.methods import dsift, dtl2
from facediag_utils.methods.devices import one_thread
from facediag_utils.methods.recipe import Recipe
from facediag_utils.methods.trained_model import state_digest
from facediag_utils.methods.training import fine_tune
from facediag_utils.networks import registry

DENSE_SIFT = "dense_sift"
STEPS, CLASSES, LOOKED_AT = 2, 5, 1  # of a training; held-out images
WORDS, CHIPS = 50, 2  # of dense SIFT


def lines(names: Sequence[str] = ()) -> Iterator[str]:
    """What is pinned, then a line a checksum, as they become ready.

    Parameters
    ----------
    names : sequence of str
        Networks of the registry, or "dense_sift"; by default it and all networks that are installed.

    Yields
    ------
    str
        Name, what was computed, SHA-256.

    Raises
    ------
    WeightsError
        If a network is not registered, or not installed.
    """
    yield pin.word() or "pinned: these are the checksums of every x86-64 processor with AVX2"
    for name in names or (DENSE_SIFT, *registry.installed()):
        made = dense_sift() if name == DENSE_SIFT else network(name)
        yield from (f"{name:20} {what:12} {digest}" for what, digest in made)


def network(name: str) -> Iterator[tuple[str, str]]:
    """SHA-256 of a network's weights after `STEPS` steps of the paper's recipe, and of its features."""
    record, recipe = registry.get(name), Recipe(epochs=1)
    chips = _pictures(STEPS * recipe.batch + LOOKED_AT, record.input_size)
    numbers = np.arange(len(chips))
    training, looked_at = ((rows, rows % CLASSES) for rows in np.split(numbers, [-LOOKED_AT]))
    with one_thread():  # as in a run
        tuned = fine_tune(name, lambda: chips, training, looked_at, CLASSES, recipe)
    yield "training", state_digest(tuned.averaged)
    body = registry.load(name).to(memory_format=torch.channels_last)
    yield "features", _digest(dtl2.features_of(body, record, record.feature_layer, chips[: dtl2.BATCH]))


def dense_sift() -> Iterator[tuple[str, str]]:
    """SHA-256 of dense SIFT's descriptors of some pictures, of the means of k-means, and of the pictures' bags."""
    described = [dsift.describe(chip) for chip in _pictures(CHIPS, dsift.SIDE)]
    centres = dsift.kmeans(np.concatenate(described).astype(float), WORDS)
    yield "descriptors", _digest(np.stack(described))
    yield "means", _digest(centres)
    yield "bags", _digest(np.stack([dsift.bag(values, centres) for values in described]))


def _pictures(count: int, side: int) -> np.ndarray:
    """uint8 (count, side, side, 3): blocks of eight pixels, as pictures are not noise, and a little noise."""
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 224, (count, side // 8 + 1, side // 8 + 1, 3), dtype=np.uint8)
    large = blocks.repeat(8, axis=1).repeat(8, axis=2)[:, :side, :side]
    return large + rng.integers(0, 32, large.shape, dtype=np.uint8)


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
