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
    person: Person, phenotype: Phenotype, severity: float, vertices: Array, normal: Array
) -> tuple[Array, Array]:
    """Strands (n, points, 3) of the whole scalp, and their roots on the undeformed mesh (n, 3).

    Some thousand guides are grown from the scalp; every strand then follows its nearest guides, more closely towards
    its tip, so that hair falls in locks.  Those that end up across the eyes are left out."""
    hair, rng = person.hair, np.random.default_rng([person.skin_seed, 3])
    density = scalp_density(hair, phenotype, severity)
    full = density.sum() / regions()["scalp"].sum()
    number = int((40000 if hair.length > 0.8 else 34000) * (0.7 if hair.curl > 0.6 else 1.0) * hair.density * full)
    if number < 500:
        return np.zeros((0, 4, 3)), np.zeros((0, 3))
    corners, share = roots(rng, vertices, density, max(150, number // 16))
    guides, kept = grown(hair, corners, share, vertices, normal, rng)
    guide_home, guide_out = (at(v, corners, share)[kept] for v in (rest(), normal))
    corners, share = roots(rng, vertices, density, number)
    point, home = at(vertices, corners, share), at(rest(), corners, share)
    strands = locks(hair, guides[kept], guide_home, guide_out, point, home, rng)
    return strands, home


def grown(hair: Hair, corners: Array, share: Array, vertices: Array, normal: Array, rng: Rng) -> tuple[Array, Array]:
    """Guides that leave the scalp along the combing direction, bend under gravity and slide over head and shoulders;
    and which of them keep off the eyes."""
    point, out, home = (at(v, corners, share) for v in (vertices, normal, rest()))
    number = len(point)
    fringe = (hair.fringe > 0) & (home[:, 2] > 0.7) & (np.abs(home[:, 0]) < 0.6) & (home[:, 1] > 7.9)
    length = strand_lengths(hair, home, fringe, rng)
    comb = combing(hair, home, rng)
    coily = max(0.0, hair.curl - 0.6) / 0.4
    lift = {"buzz": 1.2, "short": 0.34, "tied": 0.03, "medium": 0.16, "long": 0.12}[hair.style]
    lift += coily * {"buzz": 0.5, "short": 1.6, "tied": 0.05, "medium": 1.8, "long": 0.9}[hair.style]
    direction = unit(unit(comb - (comb * out).sum(1, keepdims=True) * out) + lift * out)
    wave = np.stack([smooth_noise(home, 4, rng) for _ in range(3)], axis=1)
    steps = 16 if hair.length > 0.8 else 8
    fall = np.array([0.0, (0.75 - 0.6 * coily if hair.length > 0.8 else 0.10 * (1 - coily)), 0.0])
    bend = (0.05 + 0.08 * hair.curl) * (wave + 0.3 * rng.normal(size=(number, 3))) - fall
    thickness = 0.015 + (0.05 + 0.09 * coily) * rng.random(number) * min(1.0, 0.4 + hair.length)
    # Long hair is pushed off the face, sideways and back; a fringe stays.
    aside = np.stack([np.sign(home[:, 0] + 1e-6), 0 * home[:, 0], -0.8 + 0 * home[:, 0]], axis=1)
    aside *= 0.07 * (~fringe & (hair.length > 0.8))[:, None]
    tree, strands, across = cKDTree(vertices), [point - 0.01 * out], np.zeros(number, bool)
    for k in range(steps):
        direction = unit(direction + bend * (8 / steps))
        point = point + direction * (length / steps)[:, None]
        point, covers = off_the_face(point, aside, vertices, normal, tree, thickness * min(1, (k + 1) / 3))
        across |= covers
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
    stray = rng.normal(0, 1, (number, 1, 3)) * (0.03 + 0.05 * hair.frizz) * hair.length**0.7
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


def strand_lengths(hair: Hair, home: Array, fringe: Array, rng: Rng) -> Array:
    """Length of each strand (decimetres): shorter at sides and nape where hair is cut, and in a fringe."""
    length = hair.length * rng.uniform(0.85, 1.05, len(home))
    if hair.style in ("short", "medium"):
        low = hair.sides if hair.style == "short" else 0.6
        length *= np.interp(home[:, 1], [6.6, 7.4, 7.9, 8.2], [low, low, 0.5 + 0.5 * low, 1.0])
    return np.where(fringe, np.minimum(length, 0.35 * hair.fringe + 0.12), np.maximum(length, 0.03))


def combing(hair: Hair, home: Array, rng: Rng) -> Array:
    """Direction in which hair is combed at rest positions (n, 3): from a parting, from the crown, or back."""
    x, y, z = home.T
    side = np.sign(hair.part) if hair.part else 1.0
    if hair.style == "tied":
        return unit(np.stack([-x * 0.6, 0.15 + 0 * y, -np.ones_like(z)], axis=1))
    if hair.length > 0.8:
        away = np.tanh((x - hair.part) * 6)
        comb = np.stack([away, -0.7 + 0 * y, -0.45 - 0.3 * z], axis=1)
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
) -> tuple[Array, Array]:
    """Strand points moved out of the head and, on the face, aside; and which of them still cover it below the brows."""
    _, near = tree.query(point)
    depth = ((point - vertices[near]) * normal[near]).sum(axis=1)
    point = point + np.clip(thickness - depth, 0, None)[:, None] * normal[near]
    x, y, z = rest()[near].T
    face = (regions()["front"][near] > 0.2) & (y < 7.85) & (depth < 0.6)
    covers = (z > 0.6) & (np.abs(x) < 0.62) & (y < 7.56) & (y > 6.3) & (depth < 0.6)
    return point + face[:, None] * aside, covers


def brow_band() -> tuple[Array, Array]:
    """Of each vertex: how far out along the brow it lies (0..1), and whether it is near the brow (0..1)."""
    x, y, z = rest().T
    along = np.clip((np.abs(x) - 0.10) / 0.44, 0, 1)
    near = np.exp(-(((y - 7.51) / 0.06) ** 2)) * (np.abs(x) > 0.10) * (np.abs(x) < 0.55) * (z > 0.8)
    return along, near


def brow_lost(phenotype: Phenotype, severity: float) -> Array:
    """Share of the eyebrow lost at each vertex, more at its outer end."""
    along, near = brow_band()
    return np.clip(phenotype.brow_loss * severity * (0.6 + 0.8 * along), 0, 1) * near


def brows(person: Person, phenotype: Phenotype, severity: float, vertices: Array, normal: Array) -> Array:
    """Eyebrow strands: a band above the eye that thins outwards, growing up and out."""
    rng = np.random.default_rng([person.skin_seed, 4])
    x, y, z = rest().T
    along = brow_band()[0]
    arch = rng.uniform(0.03, 0.075)
    centre = 7.495 + arch * np.sin(np.pi * np.clip(along * 0.8, 0, 1)) - 0.035 * along**2
    half = rng.uniform(0.018, 0.034) * (1.15 if person.sex == "male" else 0.8) * (1.1 - 0.75 * along)
    weight = np.exp(-(((y - centre) / half) ** 2) * 1.5) * (np.abs(x) > 0.10) * (np.abs(x) < 0.55) * (z > 0.8)
    lost = np.clip(phenotype.brow_loss * severity * (0.6 + 0.8 * along), 0, 1)
    weight = weight * (1 - lost)
    number = int(360 * person.hair.brow_density * (1 - phenotype.brow_loss * severity * 0.95))
    if number < 8 or weight.sum() < 1:
        return np.zeros((0, 4, 3))
    corners, share = roots(rng, vertices, weight, number)
    point, out, home = (at(v, corners, share) for v in (vertices, normal, rest()))
    outward = np.clip((np.abs(home[:, 0]) - 0.10) / 0.44, 0, 1)
    direction = np.stack([np.sign(home[:, 0]) * (0.25 + outward), 0.9 - 1.25 * outward, -0.35 * outward], axis=1)
    direction = unit(direction + 0.3 * out + rng.normal(0, 0.12, (number, 3)))
    length = (rng.uniform(0.045, 0.075, number) * (0.9 if person.sex == "female" else 1.1))[:, None]
    return np.stack(
        [point + direction * length * t + out * 0.008 - 0.35 * out * length * t**2 for t in np.linspace(0, 1, 4)],
        axis=1,
    )


def beard(person: Person, vertices: Array, normal: Array) -> Array:
    """Stubble or beard strands for ``person.hair.beard`` > 0."""
    if person.hair.beard == 0:
        return np.zeros((0, 3, 3))
    rng = np.random.default_rng([person.skin_seed, 5])
    number = int(4000 if person.hair.beard < 0.5 else 12000)
    shape = regions()["beard"] * beard_shape(person)
    corners, share = roots(rng, vertices, shape, int(number * min(1.0, shape.sum() / regions()["beard"].sum() + 0.1)))
    point, out = at(vertices, corners, share), at(normal, corners, share)
    length = (0.015 if person.hair.beard < 0.5 else 0.12) * rng.uniform(0.5, 1.2, (len(point), 1))
    down = np.array([0.0, -0.7, 0.0])
    direction = unit(0.5 * out + down + rng.normal(0, 0.25, point.shape))
    return np.stack([point + direction * length * t for t in (0, 0.5, 1)], axis=1)


def beard_shape(person: Person) -> Array:
    """Where the beard is left to grow: everywhere, on chin and lip, or on the lip only."""
    x, y, _ = rest().T
    ragged = 0.02 * smooth_noise(rest(), 12, np.random.default_rng([person.skin_seed, 11]))
    inside = np.clip((0.29 - np.abs(x) + ragged) / 0.06, 0, 1)
    lip, chin = (inside * np.clip((way * (y - 6.66) + 0.02 + ragged) / 0.04, 0, 1) for way in (1, -1))
    everywhere = np.ones(len(x))
    return {"full": everywhere, "goatee": np.maximum(lip, chin), "moustache": lip}[person.hair.beard_shape]


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
