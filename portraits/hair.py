"""Hair of the scalp, strand by strand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from portraits.assets import Array, normals
from portraits.head import above_hairline, regions, rest, smooth_noise, surface
from portraits.person import Hair, Person
from portraits.phenotypes import Phenotype
from portraits.pose import Shape

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


@dataclass(frozen=True)
class Strands:
    """Strands ``lines`` (n, points, 3); where their roots are on the undeformed mesh, ``home`` (n, 3); whether loss has
    ``left`` each (n,); and how much, 0..1, the signs changed its place (n,).  A lost strand is drawn like the others, so that
    what is drawn after it does not change."""

    lines: Array
    home: Array
    left: Array
    sign: Array


def lost(phenotype: Phenotype, severity: float, home: Array) -> Array:
    """Share of scalp hair lost at points (n, 3) of the undeformed mesh."""
    return phenotype.hair_loss * severity * np.clip(0.5 + 0.5 * (home[:, 1] - 7.3), 0.4, 1)


def survives(loss: Array, threshold: Array) -> Array:
    """Whether each strand is left: a threshold in 0..1 is drawn for it once, whatever the loss."""
    return threshold >= loss


def scalp_density(hair: Hair) -> Array:
    """Share of the scalp's hair on each vertex of the surface, before any loss."""
    part, (x, y, z) = regions(), rest().T
    if not hair.recession:
        return part["scalp"]
    forehead = np.clip((z - 0.3) / 0.9, 0, 1) * np.clip((y - 7.7) / 0.3, 0, 1)
    crown = np.exp(-((x / 0.5) ** 2) - ((z - 0.1) / 0.55) ** 2) * (y > 8.0)
    return part["scalp"] * np.clip(1 - 2.2 * hair.recession * np.maximum(forehead, crown), 0, 1)


def scalp_hair(person: Person, phenotype: Phenotype, severity: float, body: Shape) -> Strands:
    """Strands of the whole scalp, grown on the person without signs, which do not reach under the hair.

    Some thousand guides are grown from the scalp; every strand then follows its nearest guides, more closely towards its
    tip, so that hair falls in locks.  Those that end up across the eyes are left out."""
    hair, rng = person.hair, np.random.default_rng([person.skin_seed, 3])
    vertices = surface()(body.plain)
    normal = normals(vertices, surface().triangles)
    density = scalp_density(hair)
    full = density.sum() / regions()["scalp"].sum()
    number = int((40000 if hair.length > 0.8 else 34000) * (0.7 if hair.curl > 0.6 else 1.0) * hair.density * full)
    if number < 500:
        return Strands(np.zeros((0, 4, 3)), np.zeros((0, 3)), np.zeros(0, bool), np.zeros(0))
    corners, share = roots(rng, vertices, density, max(150, number // 16))
    guides, kept = grown(hair, corners, share, vertices, normal, rng)
    guide_home, guide_out = (at(v, corners, share)[kept] for v in (rest(), normal))
    corners, share = roots(rng, vertices, density, number)
    point, home = at(vertices, corners, share), at(rest(), corners, share)
    lines = locks(hair, guides[kept], guide_home, guide_out, point, home, rng)
    gone = lost(phenotype, severity, home)
    return Strands(lines, home, survives(gone, rng.random(number)), gone)


def grown(hair: Hair, corners: Array, share: Array, vertices: Array, normal: Array, rng: Rng) -> tuple[Array, Array]:
    """Guides that leave the scalp along the combing direction, bend under gravity and slide over head and shoulders;
    and which of them keep off the eyes."""
    point, out, home = (at(v, corners, share) for v in (vertices, normal, rest()))
    number = len(point)
    fringe = (hair.fringe > 0) & (home[:, 2] > 0.7) & (np.abs(home[:, 0]) < 0.6) & (home[:, 1] > 7.9)
    length = strand_lengths(hair, home, fringe, rng)
    comb = combing(hair, home, rng)
    coily = coiled(hair)
    lift = {"buzz": 1.2, "short": 0.34, "tied": 0.03, "medium": 0.08, "long": 0.08}[hair.style]
    lift += coily * {"buzz": 0.5, "short": 1.6, "tied": 0.05, "medium": 1.6, "long": 0.5}[hair.style]
    direction = unit(unit(comb - (comb * out).sum(1, keepdims=True) * out) + lift * out)
    wave = np.stack([smooth_noise(home, 4, rng) for _ in range(3)], axis=1)
    steps = 16 if hair.length > 0.8 else 8
    fall = np.array([0.0, (1.0 - 0.7 * coily if hair.length > 0.8 else 0.10 * (1 - coily)), 0.0])
    bend = (0.05 + 0.08 * hair.curl) * (wave + 0.3 * rng.normal(size=(number, 3))) - fall
    thickness = 0.015 + (0.05 + 0.09 * coily) * rng.random(number) * min(1.0, 0.4 + hair.length)
    # Long hair is pushed off the face, sideways and back; a fringe stays.
    aside = np.stack([0.5 * np.sign(home[:, 0] + 1e-6), 0 * home[:, 0], -0.8 + 0 * home[:, 0]], axis=1)
    aside *= 0.07 * (~fringe & (hair.length > 0.8))[:, None]
    tree, strands, across = cKDTree(vertices), [point - 0.01 * out], np.zeros(number, bool)
    for k in range(steps):
        direction = unit(direction + bend * (8 / steps))
        point = point + direction * (length / steps)[:, None]
        point, covers, bare = off_the_face(point, aside, vertices, normal, tree, thickness * min(1, (k + 1) / 3))
        across |= covers | (bare & ~fringe)
        strands.append(point)
    return np.stack(strands, axis=1), ~across


def locks(hair: Hair, guides: Array, guide_home: Array, guide_out: Array, point: Array, home: Array, rng: Rng) -> Array:
    """Strands that start at ``point`` and follow guides; waves and coils are wound round the way they take."""
    number, steps = len(point), guides.shape[1]
    near = cKDTree(guide_home).query(home, k=3)[1]
    first, others = guides[near[:, 0]], guides[near[:, 1:]].mean(axis=1)
    apart = np.linalg.norm((first - first[:, :1]) - (others - others[:, :1]), axis=2).max(axis=1)
    blend = (0.4 * np.exp(-apart / 0.15))[:, None, None]  # not across a parting
    path = (first - first[:, :1]) * (1 - blend) + (others - others[:, :1]) * blend
    t = np.linspace(0, 1, steps)[None, :, None]
    own = (point - first[:, 0])[:, None]
    clump = rng.uniform(0.3, 0.75, (number, 1, 1)) * hair.clump
    strands = first[:, :1] + path + own * (1 - clump * t**1.3)
    far = np.linalg.norm(path[:, -1], axis=1)[:, None, None]
    stray = rng.normal(0, 1, (number, 1, 3)) * (0.02 + 0.05 * hair.frizz) * np.minimum(far, 2.0) ** 0.8
    strands = strands + stray * t**1.5 * rng.beta(1, 3, (number, 1, 1)) * 2
    shorter = rng.uniform(0.82, 1.0, (number, 1, 1))
    strands = point[:, None] + (strands - point[:, None]) * np.where(t > 0, shorter, 1)
    return wound(hair, strands, near[:, 0], guide_out[near[:, 0]], rng)


def wound(hair: Hair, strands: Array, lock: Array, out: Array, rng: Rng) -> Array:
    """Strands with the waves or coils of their lock."""
    if hair.curl < 0.12:
        return strands
    fine = np.linspace(0, strands.shape[1] - 1, 26 if hair.curl > 0.6 else 18)
    low = np.minimum(fine.astype(int), strands.shape[1] - 2)
    part = (fine - low)[None, :, None]
    strands = strands[:, low] * (1 - part) + strands[:, low + 1] * part
    along = unit(np.gradient(strands, axis=1))
    side = unit(np.cross(along, out[:, None] + 0.02))
    up = np.cross(along, side)
    travelled = np.linalg.norm(np.diff(strands, axis=1, prepend=strands[:, :1]), axis=2).cumsum(axis=1)
    period = np.interp(hair.curl, [0.12, 0.5, 0.7, 1.0], [1.3, 0.6, 0.3, 0.14])
    radius = np.interp(hair.curl, [0.12, 0.5, 0.7, 1.0], [0.03, 0.06, 0.05, 0.03])
    phases = np.random.default_rng(int(rng.integers(2**31))).uniform(0, 2 * np.pi, int(lock.max()) + 1)
    angle = (
        phases[lock][:, None]
        + rng.normal(0, 0.25 + 0.8 * hair.curl, (len(strands), 1))
        + travelled * 2 * np.pi / period
    )
    grow = radius * np.clip(travelled / 0.35, 0.15, 1)[..., None]
    flat = 0.35 if hair.curl < 0.5 else 1.0  # waves lie in a plane, coils do not
    return strands + grow * (np.cos(angle)[..., None] * side + flat * np.sin(angle)[..., None] * up)


def coiled(hair: Hair) -> float:
    """0 for hair that is straight or wavy, to 1 for tight coils."""
    return max(0.0, hair.curl - 0.6) / 0.4


def strand_lengths(hair: Hair, home: Array, fringe: Array, rng: Rng) -> Array:
    """Length of each strand (decimetres): shorter at sides and nape where hair is cut, and in a fringe."""
    shrunk = 1 - 0.5 * coiled(hair) * float(np.clip(hair.length - 0.8, 0, 1))  # coils take up the length of long hair
    length = hair.length * shrunk * rng.uniform(0.72 if hair.style == "medium" else 0.85, 1.05, len(home))
    if hair.style in ("short", "medium"):
        low = hair.sides if hair.style == "short" else 0.6
        length *= np.interp(home[:, 1], [6.6, 7.4, 7.9, 8.2], [low, low, 0.5 + 0.5 * low, 1.0])
    if hair.style in ("short", "buzz"):  # the edge is not as long as the rest, or it would be that of a cap
        length *= np.clip(0.35 + 2.2 * above_hairline(home), 0.35, 1)
    to_brows = np.hypot(home[:, 1] - 7.62, 0.8 * (1.4 - home[:, 2]))  # a fringe is cut level, above the brows
    return np.where(fringe, np.minimum(length, (0.55 + 0.4 * hair.fringe) * to_brows), np.maximum(length, 0.03))


def combing(hair: Hair, home: Array, rng: Rng) -> Array:
    """Direction in which hair is combed at rest positions (n, 3): from a parting, from the crown, or back."""
    x, y, z = home.T
    side = np.sign(hair.part) if hair.part else 1.0
    if hair.style == "tied":
        return unit(np.stack([-x * 0.6, 0.15 + 0 * y, -np.ones_like(z)], axis=1))
    if hair.length > 0.8:
        away = np.where(x < hair.part, -1, 1) * np.maximum(np.abs(np.tanh((x - hair.part) * 6)), 0.7)
        brow = np.clip((z - 0.4) / 0.4, 0, 1) * np.clip((y - 7.6) / 0.3, 0, 1)  # not down on the forehead
        brow = brow * (1 - coiled(hair))
        comb = np.stack([away, -0.7 + 0.55 * brow, -0.45 - 0.3 * z - 0.3 * brow], axis=1)
    else:  # round a whorl behind the crown: forward on top, aside at the front, down at the sides
        top = np.clip((y - 7.75) / 0.4, 0, 1)
        comb = np.stack([0.5 * side + 0.4 * x, -0.1 + 0 * y, 0.8 - 0.5 * (z < -0.2)], axis=1)
        comb = comb * top[:, None] + (1 - top[:, None]) * np.stack([0.15 * x, -1.0 + 0 * y, -0.25 + 0 * z], axis=1)
        front = np.clip((z - 0.45) / 0.4, 0, 1)[:, None] * top[:, None]
        quiff = np.array([0.55 * side, 0.55 * hair.quiff, 0.35 - 0.9 * hair.quiff])
        comb = comb * (1 - front) + front * quiff
    if hair.fringe:
        front = (z > 0.7) & (np.abs(x) < 0.6) & (y > 7.9)
        comb[front] = np.stack([0.35 * side + 0.3 * x, -0.6 + 0 * y, 0.9 + 0 * z], axis=1)[front]
    return unit(comb + rng.normal(0, 0.10, home.shape))


def off_the_face(
    point: Array, aside: Array, vertices: Array, normal: Array, tree: cKDTree, thickness: Array
) -> tuple[Array, Array, Array]:
    """Strand points moved out of the head and, on the face, aside; and which of them still cover it below the brows, and
    the middle of the forehead."""
    _, near = tree.query(point)
    depth = ((point - vertices[near]) * normal[near]).sum(axis=1)
    point = point + np.clip(thickness - depth, 0, None)[:, None] * normal[near]
    x, y, z = rest()[near].T
    face = (regions()["front"][near] > 0.2) & (y < 7.85) & (depth < 0.6)
    covers = (z > 0.6) & (np.abs(x) < 0.62) & (y < 7.56) & (y > 6.3) & (depth < 0.6)
    forehead = (z > 0.9) & (np.abs(x) < 0.42) & (y < 7.91) & (depth < 0.4)
    return point + face[:, None] * aside, covers, forehead
