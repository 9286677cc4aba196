"""Checksums that tell whether two machines compute the same bits: of a few training steps, of features, of dense SIFT.

What is computed on is made of whole random numbers, which are the same everywhere; everything after that is what a run does."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch

from facediag_utils.core import pin
from facediag_utils.methods import dsift, dtl2, regions
from facediag_utils.methods.devices import one_thread
from facediag_utils.methods.recipe import Augmentation, Recipe
from facediag_utils.methods.trained_model import state_digest
from facediag_utils.methods.training import fine_tune
from facediag_utils.networks import registry

DENSE_SIFT = "dense_sift"
ADAM = "adam"
STEPS, CLASSES, LOOKED_AT = 2, 5, 1  # of a training; held-out images
TAKEN = STEPS * Recipe.batch + LOOKED_AT  # pictures
WORDS, CHIPS = 50, 2  # of dense SIFT


def lines(names: Sequence[str] = ()) -> Iterator[str]:
    """What is pinned, then a line a checksum, as they become ready.

    Parameters
    ----------
    names : sequence of str
        Networks of the registry, "dense_sift" or "adam"; by default these two and all networks that are installed.

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
    others = {DENSE_SIFT: dense_sift, ADAM: adam}
    for name in names or (*others, *registry.installed()):
        made = others[name]() if name in others else network(name)
        yield from (f"{name:20} {what:12} {digest}" for what, digest in made)


def network(name: str) -> Iterator[tuple[str, str]]:
    """SHA-256 of a network's weights after `STEPS` steps of the paper's recipe, and of its features."""
    yield "training", _trained(name, Recipe(epochs=1))
    record, body = registry.get(name), registry.load(name).to(memory_format=torch.channels_last)
    chips = _pictures(TAKEN, record.input_size)[: dtl2.BATCH]
    yield "features", _digest(dtl2.features_of(body, record, record.feature_layer, chips))


def adam() -> Iterator[tuple[str, str]]:
    """SHA-256 of a small network's weights after `STEPS` steps by Adam from random weights, as notebook 10 pretrains it.

    Its images are not turned or shifted: QEMU 7.2 gathers wrong numbers where torch resamples a picture."""
    yield "training", _trained("casia_32px", replace(regions.PEOPLE, epochs=1, augmentation=Augmentation()))


def _trained(name: str, recipe: Recipe) -> str:
    chips = _pictures(TAKEN, registry.get(name).input_size)
    training, looked_at = ((rows, rows % CLASSES) for rows in np.split(np.arange(TAKEN), [-LOOKED_AT]))
    with one_thread():  # as in a run
        return state_digest(fine_tune(name, lambda: chips, training, looked_at, CLASSES, recipe).averaged)


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
