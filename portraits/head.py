"""The refined head and shoulders: its surface, and where lips, lids, scalp, brows ... lie on it.

Regions are found once, on the undeformed mesh (whose face measures: chin y 6.2, mouth 6.6, nose tip 6.9, eyes 7.28,
crown 8.49; x left-right; z 1.5 at the nose root), and go with the vertices through every morph."""

from __future__ import annotations

from functools import cache

import numpy as np

from portraits.assets import Array, Surface, base_mesh, moved_by, refined

LOWEST = 4.3  # decimetres: below this the mesh is cut, well out of the picture


@cache
def surface() -> Surface:
    """Head, neck and chest, refined twice: about 75,000 vertices, roughly one a pixel of a 320-px portrait."""
    vertices, groups = base_mesh()
    body = groups["body"]
    return refined(body[vertices[body][:, :, 1].min(axis=1) > LOWEST], 2)


@cache
def rest() -> Array:
    """Undeformed positions (n, 3) of the surface's vertices."""
    return surface()(base_mesh()[0])


@cache
def eyeball(side: str) -> Surface:
    """The eyeball of side "l" or "r", finely divided."""
    return refined(base_mesh()[1][f"helper-{side}-eye"], 4)


def above_hairline(points: Array) -> Array:
    """How far (decimetres) points of the undeformed mesh lie above the hairline, which is a height that depends on the
    azimuth round the head's axis: forehead, temple, sideburn, above the ear, nape."""
    azimuth = np.degrees(np.arctan2(np.abs(points[:, 0]), points[:, 2] - 0.35))
    return points[:, 1] - np.interp(
        azimuth,
        [0, 18, 32, 45, 58, 66, 74, 82, 96, 108, 122, 150, 180],
        [8.0, 8.0, 7.92, 7.74, 7.46, 7.2, 7.08, 7.42, 7.6, 7.5, 6.95, 6.55, 6.5],
    )


def _moved(*names: str) -> Array:
    return np.clip(surface()(moved_by(*names)), 0, 1)


def smoothstep(x: Array, low: float, high: float) -> Array:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


@cache
def regions() -> dict[str, Array]:
    """Masks in 0..1 on the surface's vertices."""
    x, y, z = rest().T
    lids = [f"eyes/{side}-eye-height{k}-{way}" for side in "lr" for k in (1, 2, 3) for way in ("incr", "decr")]
    ears = _moved("ears/l-ear-wing-incr", "ears/r-ear-wing-incr")  # the morph of their size moves the temples too
    lips = smoothstep(_moved("mouth/mouth-upperlip-volume-incr", "mouth/mouth-lowerlip-volume-incr"), 0.12, 0.45)
    front = smoothstep(z, 0.55, 0.85) * smoothstep(y, 6.15, 6.35) * smoothstep(-y, -8.15, -7.95)
    lid = _moved(*lids)
    line = y - above_hairline(rest())
    shape = np.random.default_rng(0)
    uneven = 0.025 * smooth_noise(rest(), 9, shape) + 0.02 * smooth_noise(rest(), 30, shape)
    scalp = smoothstep(y - line + uneven, -0.07, 0.2) * (ears < 0.05)
    nodular = front * (z > 0.9) * (np.abs(x) < 0.75) * (y < 8.0)
    return {
        "nodular": nodular * (1 - smoothstep(lid, 0.05, 0.2)) * (1 - lips),
        "brow_bone": np.exp(-(((np.abs(x) - 0.1) / 0.35) ** 2) - ((y - 7.75) / 0.2) ** 2) * (z > 0.9),
        "lips": lips,
        "lip_colour": np.maximum(lips, _corners(x, y, z)),
        "lids": lid,
        "cheeks": _moved("cheek/l-cheek-volume-incr", "cheek/r-cheek-volume-incr"),
        "nose": _moved("nose/nose-volume-incr", "nose/nose-point-width-incr"),
        "ears": ears,
        "front": front * (1 - smoothstep(lid, 0.1, 0.3)) * (1 - lips) * (ears < 0.2),
        "scalp": scalp,
        "hairline": y - line,
        "beard": _beard(x, y, z, lips) * (ears < 0.05),
        "under_eye": np.exp(-(((np.abs(x) - 0.31) / 0.17) ** 2) - ((y - 7.1) / 0.07) ** 2) * (z > 1.0),
    }


def _corners(x: Array, y: Array, z: Array) -> Array:
    """Where the lips run out towards the corners of the mouth, which the morphs of their volume leave out."""
    half = np.clip(0.95 * (0.268 - np.abs(x)), -1, 0.06)
    return smoothstep(half - np.abs(y - 6.607), -0.008, 0.02) * (np.abs(x) > 0.15) * (z > 1.3)


def _beard(x: Array, y: Array, z: Array, lips: Array) -> Array:
    side = np.abs(x)
    cheek_line = np.interp(side, [0, 0.2, 0.45, 0.75, 0.95], [6.78, 6.72, 6.5, 6.72, 7.2])
    upper_lip = smoothstep(0.27 - side, 0.0, 0.06) * smoothstep(6.83 - y, 0.0, 0.03) * (y > 6.6)
    zone = np.maximum(smoothstep(cheek_line - y, 0.0, 0.12), upper_lip)
    return zone * smoothstep(y + 0.35 * (z - 1.0), 5.95, 6.15) * (z > 0.25) * (1 - lips) * (side < 0.9)


def smooth_noise(points: Array, frequency: float, rng: np.random.Generator, waves: int = 8) -> Array:
    """A random smooth function of position with unit variance: a sum of plane waves."""
    total = np.zeros(len(points))
    for _ in range(waves):
        total += np.sin(points @ (rng.normal(size=3) * frequency) + rng.uniform(0, 2 * np.pi))
    return total * np.sqrt(2 / waves)
