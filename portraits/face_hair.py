"""Brows, beard and lashes, strand by strand."""

from __future__ import annotations

import numpy as np

from portraits.assets import Array, base_mesh, normals
from portraits.hair import Strands, at, roots, survives, unit
from portraits.head import regions, rest, smooth_noise, surface
from portraits.person import Person
from portraits.phenotypes import Phenotype
from portraits.pose import Shape


def along_brow(home: Array) -> Array:
    """How far out along the brow (0..1) points of the undeformed mesh lie."""
    return np.clip((np.abs(home[:, 0]) - 0.10) / 0.44, 0, 1)


def near_brow() -> Array:
    """Whether each vertex is near the brow (0..1)."""
    x, y, z = rest().T
    return np.exp(-(((y - 7.51) / 0.06) ** 2)) * (np.abs(x) > 0.10) * (np.abs(x) < 0.55) * (z > 0.8)


def brow_lost(phenotype: Phenotype, severity: float, home: Array) -> Array:
    """Share of the eyebrow lost at points of the undeformed mesh, more at its outer end."""
    return np.clip(phenotype.brow_loss * severity * (0.3 + 1.1 * along_brow(home)), 0, 1)


def brows(person: Person, phenotype: Phenotype, severity: float, body: Shape) -> Strands:
    """Eyebrow strands: a band above the eye that thins outwards, growing up and out."""
    rng = np.random.default_rng([person.skin_seed, 4])
    x, y, z = rest().T
    along = along_brow(rest())
    arch = rng.uniform(0.03, 0.06)
    centre = 7.495 + arch * np.sin(np.pi * np.clip(along * 0.8, 0, 1)) - 0.035 * along**2
    half = rng.uniform(0.018, 0.027) * (1.1 if person.sex == "male" else 0.8) * (1.1 - 0.7 * along)
    half = half * np.interp(person.age, [6, 16], [0.75, 1.0])
    weight = np.exp(-(((y - centre) / half) ** 2) * 1.5) * (np.abs(x) < 0.55) * (z > 0.8)
    weight = weight * np.clip((np.abs(x) - 0.09) / 0.1, 0, 1) * np.clip((0.57 - np.abs(x)) / 0.12, 0, 1)
    number = int(480 * person.hair.brow_density)
    corners, share = roots(rng, surface()(body.plain), weight, number)
    vertices = surface()(body.signed)
    point, out, home = (at(v, corners, share) for v in (vertices, normals(vertices, surface().triangles), rest()))
    outward = along_brow(home)
    direction = np.stack([np.sign(home[:, 0]) * (0.35 + outward), 0.8 - 1.15 * outward, -0.35 * outward], axis=1)
    direction = unit(direction + 0.25 * out + rng.normal(0, 0.14, (number, 3)))
    length = (rng.uniform(0.045, 0.08, number) * (0.9 if person.sex == "female" else 1.1))[:, None]
    lines = [point + direction * length * t + out * 0.008 - 0.35 * out * length * t**2 for t in np.linspace(0, 1, 4)]
    gone = brow_lost(phenotype, severity, home)
    return Strands(np.stack(lines, axis=1), home, survives(gone, rng.random(number)), gone)


def unlost(lines: Array) -> Strands:
    """Strands that no loss takes and no sign changes."""
    number = len(lines)
    return Strands(lines, np.zeros((number, 3)), np.ones(number, bool), np.zeros(number))


def beard(person: Person, body: Shape) -> Strands:
    """Stubble or beard strands for ``person.hair.beard`` > 0."""
    if person.hair.beard == 0:
        return unlost(np.zeros((0, 3, 3)))
    rng = np.random.default_rng([person.skin_seed, 5])
    number = int(4000 if person.hair.beard < 0.5 else 12000)
    area = regions()["beard"] * beard_shape(person)
    number = int(number * min(1.0, area.sum() / regions()["beard"].sum() + 0.1))
    corners, share = roots(rng, surface()(body.plain), area, number)
    vertices = surface()(body.signed)
    point, out = at(vertices, corners, share), at(normals(vertices, surface().triangles), corners, share)
    length = (0.015 if person.hair.beard < 0.5 else 0.12) * rng.uniform(0.5, 1.2, (len(point), 1))
    length = length * np.where(at(rest(), corners, share)[:, 1:2] > 6.66, 0.45, 1.0)  # a moustache is cut short
    direction = unit(0.5 * out + np.array([0.0, -0.7, 0.0]) + rng.normal(0, 0.25, point.shape))
    return unlost(np.stack([point + direction * length * t for t in (0, 0.5, 1)], axis=1))


def beard_shape(person: Person) -> Array:
    """Where the beard is left to grow: everywhere, on chin and lip, or on the lip only."""
    x, y, _ = rest().T
    ragged = 0.02 * smooth_noise(rest(), 12, np.random.default_rng([person.skin_seed, 11]))
    inside = np.clip((0.29 - np.abs(x) + ragged) / 0.12, 0, 1)
    lip, chin = (inside * np.clip((way * (y - 6.66) + 0.02 + ragged) / 0.04, 0, 1) for way in (1, -1))
    lip = lip * np.clip((6.87 - y + ragged) / 0.12, 0, 1)
    everywhere = np.ones(len(x))
    return {"full": everywhere, "goatee": np.maximum(lip, chin), "moustache": lip}[person.hair.beard_shape]


def lashes(person: Person, body: Shape) -> Strands:
    """Eyelash strands along the base mesh's lash strips, from the lid margin outwards."""
    rng, strands = np.random.default_rng([person.skin_seed, 6]), []
    _, groups = base_mesh()
    base, rest_base = body.signed, base_mesh()[0]
    for side in "lr":
        ball = np.unique(groups[f"helper-{side}-eye"])
        eye, rest_eye = base[ball].mean(axis=0), rest_base[ball].mean(axis=0)
        for strip, number in ((1, 35), (2, 70)):  # lower, upper
            index = np.unique(groups[f"helper-{side}-eyelashes-{strip}"])
            order = index[np.argsort(np.linalg.norm(rest_base[index] - rest_eye, axis=1))]
            third = len(order) // 3
            inner, outer = (base[rows][np.argsort(base[rows][:, 0])] for rows in (order[:third], order[-third:]))
            place = rng.uniform(0.03, 0.97, number)
            low, high = (_along(row, place) for row in (inner, outer))
            bulge = 0.12 * np.linalg.norm(high - low, axis=1, keepdims=True) * unit(low - eye)
            strands.append(np.stack([low, low + 0.5 * (high - low) + bulge, high], axis=1))
    return unlost(np.concatenate(strands))


def _along(row: Array, place: Array) -> Array:
    return np.stack([np.interp(place * (len(row) - 1), np.arange(len(row)), row[:, k]) for k in range(3)], axis=1)
