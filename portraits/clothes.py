"""Clothes: a garment on the shoulders, for some a collar, for some an open jacket over it."""

from __future__ import annotations

from functools import cache

import numpy as np

from portraits import head, materials
from portraits.assets import Array, Surface, base_mesh, normals, refined
from portraits.blender import add_mesh
from portraits.photograph import Garment, Photograph


@cache
def cloth() -> Surface:
    """The upper part of the mesh's tights, without feet and hands."""
    vertices, groups = base_mesh()
    tights = groups["helper-tights"]
    return refined(tights[vertices[tights][:, :, 1].min(axis=1) > head.LOWEST], 3)


def neckline(garment: Garment, rest: Array) -> Array:
    """Height (decimetres, on the undeformed mesh) at which the cloth ends, for points (n, 3) of it."""
    x, deep = np.abs(rest[:, 0]), garment.depth
    front = np.clip((rest[:, 2] - 0.1) / 0.7, 0, 1) * np.clip((1.1 - x) / 0.3, 0, 1)
    return {
        "roll": 6.02 - 0.12 * front,
        "crew": 5.88 - 0.33 * deep * front,
        "scoop": 5.85 - deep * front * np.clip(0.8 - 0.9 * x**2, 0.1, 1),
        "vee": 5.88 - deep * front * np.clip(0.95 - 1.5 * x, 0.1, 1),
        "shirt": 5.92 - deep * front * np.clip(0.6 - 2.2 * x, 0.18, 1),
    }[garment.cut]


def seams(rest: Array) -> Array:
    """How near (0..1) points of the cloth are to the seams of the shoulders and of the sleeves."""
    x, y, z = np.abs(rest[:, 0]), rest[:, 1], rest[:, 2]
    sleeve = x - 1.32 - 0.25 * np.clip(5.45 - y, 0, 1) ** 2 + 0.1 * np.clip(z - 0.1, 0, 1)
    shoulder = np.where((x > 0.5) & (x < 1.4), z - 0.28 + 0.12 * x, 1)
    return np.exp(-((np.minimum(np.abs(sleeve), np.abs(shoulder)) / 0.016) ** 2))


def pattern(garment: Garment, rest: Array, rng: np.random.Generator) -> Array:
    """Colour (n, 3) of the cloth: plain, stripes, checks, dots, or a yoke of another colour."""
    x, y, _ = rest.T
    first, second = np.array(garment.colour), np.array(garment.second)
    across = np.abs(((y * garment.repeat) % 1) - 0.5) < garment.duty / 2
    along = np.abs(((x * garment.repeat) % 1) - 0.5) < garment.duty / 2
    share = {
        "plain": np.zeros(len(x)),
        "stripes": across * 1.0,
        "pinstripes": along * 1.0,
        "checks": 0.5 * across + 0.5 * along,
        "yoke": (y > 5.35) * 1.0,
        "mottled": np.clip(0.4 + 0.5 * head.smooth_noise(rest, 9, rng), 0, 1),
    }[garment.pattern]
    return np.clip(first * (1 - share[:, None]) + second * share[:, None], 0.01, 0.9)


def add_clothes(photograph: Photograph, base: Array) -> None:
    """Everything worn, put into the scene; ``base`` are the posed base vertices."""
    rng = np.random.default_rng([photograph.backdrop_seed, 1])
    _layer("garment", photograph.garment, base, 0.035, rng)
    if photograph.garment.cut == "shirt":
        _collar(photograph.garment, base)
    if photograph.jacket is not None:
        _layer("jacket", photograph.jacket, base, 0.095, rng, photograph.opening)


def _layer(
    name: str, garment: Garment, base: Array, thickness: float, rng: np.random.Generator, opening: float | None = None
) -> None:
    surface = cloth()
    rest, vertices = surface(base_mesh()[0]), surface(base)
    x, y, z = rest.T
    edge = neckline(garment, rest) - y
    if opening is not None:  # lapels: wider towards the neck
        gap = np.abs(x) - opening * np.interp(y, [4.6, 6.0], [0.35, 1.0])
        edge = np.minimum(edge, np.where(z > 0.3, gap, edge))
    shape = np.random.default_rng(0)  # the same for all layers, so that none comes through another
    folds = 0.016 * head.smooth_noise(rest, 3, shape) + 0.010 * head.smooth_noise(rest, 8, shape)
    hem = 0.018 * np.exp(-(((edge - 0.05) / 0.05) ** 2))  # a ribbed or sewn edge stands out
    sewn = seams(rest)
    vertices = vertices + normals(vertices, surface.triangles) * (thickness + folds + hem - 0.012 * sewn)[:, None]
    colour = pattern(garment, rest, rng) * (1 - 0.35 * sewn[:, None])
    colour = np.where((edge < 0.11)[:, None], colour * garment.hem, colour)
    shown = np.clip(edge / 0.015 + 0.5, 0, 1)
    quads = surface.quads[shown[surface.quads].max(axis=1) > 0]  # unseen cloth would still cast shadows
    add_mesh(
        name, vertices, quads, materials.cloth(garment.weave, garment.sheen), colour=colour, shown=shown, rest=rest
    )


def _collar(garment: Garment, base: Array) -> None:
    """A turned-down shirt collar: a strip round the neck, up and over and out to two points."""
    surface, count = head.surface(), 121
    rest, vertices = surface(base_mesh()[0]), surface(base)
    out = normals(vertices, surface.triangles)
    turn = np.radians(np.linspace(14, 346, count))  # 0 is the front, where it stays open
    front = np.clip(np.cos(turn), 0, 1)
    on_neck = np.flatnonzero((rest[:, 1] > 5.5) & (rest[:, 1] < 6.45) & (np.hypot(rest[:, 0], rest[:, 2] - 0.1) < 1.0))
    azimuth = np.arctan2(rest[on_neck, 0], rest[on_neck, 2] - 0.1) % (2 * np.pi)
    rows = []
    size = garment.collar
    for height, away in ((5.86, 0.02), (6.0, 0.04), (6.04, 0.065), (5.99, 0.09), (5.82, 0.13), (5.74, 0.15)):
        level = 5.86 + (height - 5.86) * size - (0.1 + 0.2 * garment.depth) * front
        level = level - (0.22 * size * front**6 if away > 0.12 else 0)
        gap = (azimuth[None] - turn[:, None] + np.pi) % (2 * np.pi) - np.pi
        near = on_neck[np.argmin((0.5 * gap) ** 2 + (rest[on_neck, 1][None] - level[:, None]) ** 2, axis=1)]
        rows.append(_smoothed(vertices[near] + away * _smoothed(out[near])))
    strip = np.stack(rows)
    index = np.arange(strip.shape[0] * count).reshape(-1, count)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1).reshape(-1, 4)
    points = strip.reshape(-1, 3)
    flat = np.stack(
        [np.tile(np.linspace(-2, 2, count), len(rows)), np.repeat(np.arange(len(rows)), count) * 0.1, 0 * points[:, 0]],
        axis=1,
    )
    colour = np.tile(np.array(garment.colour) * garment.hem, (len(points), 1))
    material = materials.cloth(garment.weave, garment.sheen)
    add_mesh("collar", points, quads, material, colour=colour, shown=np.ones(len(points)), rest=flat)


def _smoothed(row: Array, width: int = 7) -> Array:
    kernel = np.ones(width) / width
    padded = np.pad(row, ((width // 2, width // 2), (0, 0)), mode="edge")
    return np.stack([np.convolve(padded[:, k], kernel, mode="valid") for k in range(row.shape[1])], axis=1)
