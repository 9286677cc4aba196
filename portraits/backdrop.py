"""What is behind the person: procedural pictures, out of focus, in linear RGB."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from portraits.assets import Array

SIZE = 160  # pixels a side at which the pictures are made, before they are enlarged to the photograph's size


def backdrop(kind: str, size: int, rng: np.random.Generator) -> Array:
    """A picture (size, size, 3) of one kind: wall, studio, room or greenery."""
    image = {"wall": _wall, "studio": _studio, "room": _room, "greenery": _greenery}[kind](rng)
    return zoom(np.clip(image, 0.01, 1.2), (size / SIZE, size / SIZE, 1), order=1)


def _tint(rng: np.random.Generator, low: float, high: float, spread: float) -> Array:
    return rng.uniform(low, high) * np.exp(rng.normal(0, spread, 3))


def _wall(rng: np.random.Generator) -> Array:
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    shade = 1 + rng.normal(0, 0.25) * x + rng.normal(0, 0.2) * y
    texture = 1 + 0.03 * gaussian_filter(rng.normal(size=(SIZE, SIZE)), 2) * 6
    return _tint(rng, 0.08, 0.75, 0.06) * (shade * texture)[..., None]


def _studio(rng: np.random.Generator) -> Array:
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    glow = np.exp(-((x - rng.normal(0, 0.2)) ** 2 + (y - rng.normal(0, 0.2)) ** 2) / rng.uniform(0.2, 0.8))
    return _tint(rng, 0.04, 0.35, 0.1) + _tint(rng, 0.05, 0.4, 0.06) * glow[..., None]


def _room(rng: np.random.Generator) -> Array:
    image = np.tile(_tint(rng, 0.15, 0.5, 0.06), (SIZE, SIZE, 1))
    for _ in range(rng.integers(6, 16)):  # furniture, frames, windows
        top, left = rng.integers(0, SIZE - 10, 2)
        height, width = rng.integers(8, SIZE // 2, 2)
        image[top : top + height, left : left + width] = _tint(rng, 0.03, 0.8, 0.15)
    blur = rng.uniform(2, 6)
    return np.stack([gaussian_filter(image[..., k], blur) for k in range(3)], axis=-1)


def _greenery(rng: np.random.Generator) -> Array:
    leaves = sum(gaussian_filter(rng.normal(size=(SIZE, SIZE)), s) * s for s in (2, 4, 9))
    light = np.clip(0.5 + 0.35 * leaves / leaves.std(), 0, 2)
    image = light[..., None] * np.array([0.16, 0.24, 0.08]) * np.exp(rng.normal(0, [0.2, 0.1, 0.2]))
    sky = np.clip((np.linspace(rng.uniform(0.2, 1.0), -1, SIZE)) * 1.5, 0, 1)[:, None, None]
    image = image * (1 - sky) + sky * np.array([0.5, 0.58, 0.7])
    blur = rng.uniform(1.5, 4)
    return np.stack([gaussian_filter(image[..., k], blur) for k in range(3)], axis=-1)
