"""Strands: scalp hair, eyebrows, eyelashes, beard, each an array (strands, points, 3)."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from portraits.assets import Array, base_mesh
from portraits.head import regions, rest, smooth_noise, surface
from portraits.person import Hair, Person
from portraits.phenotypes import Phenotype

Rng = np.random.Generator


def roots(rng: Rng, vertices: Array, weight: Array, number: int) -> tuple[Array, Array]:
    """Points spread evenly over the surface where ``weight`` (n,) is positive: (triangle corners, barycentric)."""
    triangles = surface().triangles
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) * weight[triangles].mean(axis=1)
    chosen = triangles[rng.choice(len(triangles), number, p=area / area.sum())]
    share = rng.dirichlet([1, 1, 1], number)
    return chosen, share


def at(values: Array, corners: Array, share: Array) -> Array:
    """Values at points given by triangle corners and barycentric shares."""
    return (values[corners] * share[:, :, None]).sum(axis=1)


def unit(vectors: Array) -> Array:
    return vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9)


def scalp_density(hair: Hair, phenotype: Phenotype, severity: float) -> Array:
    """Share of hair left on each vertex of the surface."""
    part, (x, y, z) = regions(), rest().T
    density = part["scalp"].copy()
    if hair.recession:
        forehead = np.clip((z - 0.3) / 0.9, 0, 1) * np.clip((y - 7.7) / 0.3, 0, 1)
        crown = np.exp(-((x / 0.5) ** 2) - ((z - 0.1) / 0.55) ** 2) * (y > 8.0)
        density *= np.clip(1 - 2.2 * hair.recession * np.maximum(forehead, crown), 0, 1)
    return density * (1 - phenotype.hair_loss * severity * np.clip(0.5 + 0.5 * (y - 7.3), 0.4, 1))


def scalp_hair(
    person: Person, phenotype: Phenotype, severity: float, vertices: Array, normal: Array, up: Array
) -> Array:
    """Strands that leave the scalp along the combing direction, bend under gravity and slide over the head.

    Those that end up across the eyes are left out: the people of the cohort wear their hair out of their eyes."""
    hair, rng = person.hair, np.random.default_rng([person.skin_seed, 3])
    density = scalp_density(hair, phenotype, severity)
    number = int(17000 * hair.density * density.sum() / regions()["scalp"].sum())
    if number < 50:
        return np.zeros((0, 4, 3))
    corners, share = roots(rng, vertices, density, number)
    point, out, home = (at(v, corners, share) for v in (vertices, normal, rest()))
    fringe = (hair.fringe > 0) & (home[:, 2] > 0.75) & (np.abs(home[:, 0]) < 0.55) & (home[:, 1] > 7.95)
    length = strand_lengths(hair, home, fringe, rng)
    comb = combing(hair, home, rng)
    lift = {"buzz": 1.5, "short": 0.55, "tied": 0.08, "medium": 0.25, "long": 0.2}[hair.style]
    direction = unit(unit(comb - (comb * out).sum(1, keepdims=True) * out) + lift * out)
    wave = np.stack([smooth_noise(home, 6, rng) for _ in range(3)], axis=1)
    bend = (0.05 + 0.1 * hair.curl) * (wave + 0.6 * rng.normal(size=(number, 3)))
    bend -= (0.75 - 0.45 * hair.curl if hair.length > 0.8 else 0.08) * up
    phase = rng.uniform(0, 2 * np.pi, number) * 0.35 + 2 * wave[:, 0]
    thickness = 0.012 + 0.05 * rng.random(number) * min(1.0, hair.length)
    steps = 20 if hair.length > 0.8 and hair.curl > 0.5 else 12 if hair.length > 0.8 or hair.curl > 0.6 else 6
    # Long hair is pushed off the face, sideways and back; a fringe stays.
    aside = np.stack([np.sign(home[:, 0] + 1e-6), 0 * home[:, 0], -0.7 + 0 * home[:, 0]], axis=1)
    aside *= 0.06 * (~fringe & (hair.length > 0.8))[:, None]
    tree, strands, across = cKDTree(vertices), [point - 0.01 * out, point], np.zeros(number, bool)
    for k in range(steps):
        direction = unit(direction + bend)
        moved = curled(direction, out, phase + (8 + 20 * hair.curl) * k / steps, hair.curl)
        point = point + moved * (length / steps)[:, None]
        point, covers = off_the_face(point, aside, vertices, normal, tree, thickness)
        across |= covers
        strands.append(point)
    return np.stack(strands, axis=1)[~across]


def strand_lengths(hair: Hair, home: Array, fringe: Array, rng: Rng) -> Array:
    """Length of each strand (decimetres): shorter at sides and nape where hair is cut, and in a fringe."""
    length = hair.length * rng.uniform(0.75, 1.1, len(home))
    if hair.style in ("short", "medium"):
        length *= np.interp(home[:, 1], [6.6, 7.4, 8.2], [0.3 if hair.style == "short" else 0.6, 0.6, 1.0])
    return np.where(fringe, np.minimum(length, 0.35 * hair.fringe + 0.1), length)


def curled(direction: Array, out: Array, angle: Array, curl: float) -> Array:
    """The direction of growth wound into a helix round itself, for hair that is not straight."""
    if curl <= 0.25:
        return direction
    side = unit(np.cross(direction, out + 0.01))
    swing = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * np.cross(direction, side)
    return unit(direction + 1.3 * curl * swing)


def combing(hair: Hair, home: Array, rng: Rng) -> Array:
    """Direction in which hair is combed at rest positions (n, 3): from a parting, from the crown, or back."""
    x, y, z = home.T
    if hair.style == "tied":
        return unit(np.stack([-x * 0.6, 0.1 * np.ones_like(y), -np.ones_like(z)], axis=1))
    if hair.length > 0.8:
        away = np.sign(x - hair.part) * np.clip(np.abs(x - hair.part) * 4, 0.4, 1)
        comb = np.stack([away, -0.7 * np.ones_like(y), -0.45 - 0.3 * z], axis=1)
    else:
        crown = np.array([hair.part * 0.4, 8.45, 0.0])
        comb = home - crown + np.array([0.5 * np.sign(hair.part), 0.0, 0.0])
        comb[:, 1] -= 0.2 + 1.5 * (np.abs(x) > 0.6)  # down at the sides
        comb[z > 0.3] += np.array([0.4 * np.sign(hair.part), 0.35, -0.1 if hair.fringe == 0 else 0.4])
    if hair.fringe:
        front = (z > 0.75) & (np.abs(x) < 0.55) & (y > 7.95)
        comb[front] = np.stack([0.4 * np.sign(hair.part) + 0 * x, -0.5 + 0 * y, 1.0 + 0 * z], axis=1)[front]
    return unit(comb + rng.normal(0, 0.08, home.shape))


def off_the_face(
    point: Array, aside: Array, vertices: Array, normal: Array, tree: cKDTree, thickness: Array
) -> tuple[Array, Array]:
    """Strand points moved out of the head and, on the face, aside; and which of them still cover it below the brows."""
    _, near = tree.query(point)
    depth = ((point - vertices[near]) * normal[near]).sum(axis=1)
    point = point + np.clip(thickness - depth, 0, None)[:, None] * normal[near]
    x, y, z = rest()[near].T
    face = (regions()["front"][near] > 0.2) & (y < 7.85) & (depth < 0.6)
    covers = (z > 0.6) & (np.abs(x) < 0.62) & (y < 7.56) & (y > 6.3) & (depth < 0.6)
    return point + face[:, None] * aside, covers


def brows(person: Person, phenotype: Phenotype, severity: float, vertices: Array, normal: Array) -> Array:
    """Eyebrow strands: a band above the eye that thins outwards, growing up and out."""
    rng = np.random.default_rng([person.skin_seed, 4])
    x, y, z = rest().T
    along = np.clip((np.abs(x) - 0.10) / 0.44, 0, 1)  # 0 inner end .. 1 outer end
    arch = rng.uniform(0.03, 0.075)
    centre = 7.485 + arch * np.sin(np.pi * np.clip(along * 0.85, 0, 1)) + 0.02 * along
    half = rng.uniform(0.022, 0.036) * (1.2 if person.sex == "male" else 0.85) * (1.1 - 0.75 * along)
    weight = np.exp(-(((y - centre) / half) ** 2) * 1.5) * (np.abs(x) > 0.10) * (np.abs(x) < 0.55) * (z > 0.8)
    lost = np.clip(phenotype.brow_loss * severity * (0.6 + 0.8 * along), 0, 1)
    weight = weight * (1 - lost)
    number = int(330 * person.hair.brow_density * (1 - phenotype.brow_loss * severity * 0.95))
    if number < 8 or weight.sum() < 1:
        return np.zeros((0, 4, 3))
    corners, share = roots(rng, vertices, weight, number)
    point, out, home = (at(v, corners, share) for v in (vertices, normal, rest()))
    outward = np.clip((np.abs(home[:, 0]) - 0.10) / 0.44, 0, 1)
    direction = np.stack([np.sign(home[:, 0]) * (0.25 + outward), 0.9 - 1.25 * outward, -0.35 * outward], axis=1)
    direction = unit(direction + 0.3 * out + rng.normal(0, 0.12, (number, 3)))
    length = (rng.uniform(0.05, 0.09, number) * (0.9 if person.sex == "female" else 1.1))[:, None]
    return np.stack(
        [point + direction * length * t + out * 0.008 - 0.35 * out * length * t**2 for t in np.linspace(0, 1, 4)],
        axis=1,
    )


def beard(person: Person, vertices: Array, normal: Array, up: Array) -> Array:
    """Stubble or beard strands for ``person.hair.beard`` > 0."""
    if person.hair.beard == 0:
        return np.zeros((0, 3, 3))
    rng = np.random.default_rng([person.skin_seed, 5])
    number = int(2500 if person.hair.beard < 0.5 else 7000)
    corners, share = roots(rng, vertices, regions()["beard"], number)
    point, out = at(vertices, corners, share), at(normal, corners, share)
    length = (0.015 if person.hair.beard < 0.5 else 0.12) * rng.uniform(0.5, 1.2, (number, 1))
    direction = unit(0.5 * out - 0.7 * up + rng.normal(0, 0.25, (number, 3)))
    return np.stack([point + direction * length * t for t in (0, 0.5, 1)], axis=1)


def lashes(person: Person, base: Array) -> Array:
    """Eyelash strands along the base mesh's lash strips, from the lid margin outwards."""
    rng, strands = np.random.default_rng([person.skin_seed, 6]), []
    _, groups = base_mesh()
    rest_base = base_mesh()[0]
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
    return np.concatenate(strands)


def _along(row: Array, place: Array) -> Array:
    return np.stack([np.interp(place * (len(row) - 1), np.arange(len(row)), row[:, k]) for k in range(3)], axis=1)
