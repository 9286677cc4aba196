"""What is behind the person: procedural pictures, out of focus, in linear RGB."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter, zoom
from scipy.signal import fftconvolve

from portraits.assets import Array

SIZE = 160  # pixels a side at which the pictures are made, before they are enlarged to the photograph's size


def backdrop(kind: str, size: int, rng: np.random.Generator) -> Array:
    """A picture (size, size, 3) of one kind: wall, studio, room, street or greenery."""
    image = MAKERS[kind](rng)
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
    """Furniture, frames, shelves, a window: rectangles from large to small, shaded, out of focus."""
    x = np.linspace(-1, 1, SIZE)[None]
    image = np.tile(_tint(rng, 0.12, 0.5, 0.06), (SIZE, SIZE, 1)) * (1 + rng.normal(0, 0.25) * x)[..., None]
    floor = int(SIZE * rng.uniform(0.7, 1.1))
    image[floor:] = _tint(rng, 0.05, 0.3, 0.15)
    for size in (0.5, 0.5, 0.3, 0.3, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1):
        top, left = rng.integers(-10, SIZE - 10, 2)
        height, width = (SIZE * size * rng.uniform(0.4, 1.2, 2)).astype(int) + 2
        image[max(top, 0) : top + height, max(left, 0) : left + width] = _tint(rng, 0.02, 0.5, 0.13)
    if rng.random() < 0.4:
        left, width = rng.integers(0, SIZE), rng.integers(20, 60)
        image[: rng.integers(60, SIZE), left : left + width] = _tint(rng, 0.8, 1.2, 0.05)
    return _defocused(image, rng.uniform(2.5, 7))


def _street(rng: np.random.Generator) -> Array:
    """House fronts with windows, a pavement, points of light."""
    image = np.tile(_tint(rng, 0.35, 0.9, 0.05), (SIZE, SIZE, 1))
    left = -20
    while left < SIZE:
        width, roof = int(rng.integers(30, 80)), int(rng.integers(-20, SIZE // 2))
        front = _tint(rng, 0.08, 0.45, 0.1)
        image[max(roof, 0) :, max(left, 0) : left + width] = front
        for top in range(max(roof, 0) + 8, SIZE - 30, 18):
            for x in range(max(left, 0) + 5, min(left + width, SIZE) - 5, 12):
                image[top : top + 10, x : x + 6] = front * rng.uniform(0.2, 1.6)
        left += width
    image[rng.integers(SIZE - 40, SIZE) :] = _tint(rng, 0.1, 0.35, 0.05)
    for _ in range(rng.integers(0, 12)):
        row, column = rng.integers(0, SIZE, 2)
        image[row : row + 3, column : column + 3] = _tint(rng, 1.5, 6, 0.15)
    return _defocused(image, rng.uniform(2.5, 6))


def _greenery(rng: np.random.Generator) -> Array:
    leaves = sum(gaussian_filter(rng.normal(size=(SIZE, SIZE)), s) * s for s in (2, 4, 9))
    light = np.clip(0.5 + 0.35 * leaves / leaves.std(), 0.05, 2)
    image = light[..., None] * np.array([0.15, 0.21, 0.09]) * np.exp(rng.normal(0, [0.25, 0.1, 0.25]))
    sky = np.clip((np.linspace(rng.uniform(0.0, 1.0), -1, SIZE)) * 1.5 + 0.3 * leaves / leaves.max(), 0, 1)
    sky = sky[..., None] if sky.ndim == 2 else sky[:, None, None]
    image = image * (1 - sky) + sky * np.array([0.55, 0.62, 0.72])
    bright = (rng.random((SIZE, SIZE)) < 0.004)[..., None] * rng.uniform(0.5, 4)
    return _defocused(image + bright * np.array([1, 1, 0.85]), rng.uniform(2, 5))


def _defocused(image: Array, radius: float) -> Array:
    """Blurred by the round opening of a lens."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    padded = np.pad(image, ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
    blurred = [fftconvolve(padded[..., k], disc / disc.sum(), mode="valid") for k in range(3)]
    return gaussian_filter(np.stack(blurred, axis=-1), (1, 1, 0))


MAKERS = {"wall": _wall, "studio": _studio, "room": _room, "street": _street, "greenery": _greenery}
