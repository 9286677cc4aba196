"""Colour, gloss and relief of the skin, a value a vertex; and where a phenotype changed them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from portraits.assets import Array, normals
from portraits.head import eyeball, regions, rest, smooth_noise, surface
from portraits.person import Person
from portraits.phenotypes import Phenotype
from portraits.pose import Shape

#: Skin albedo (linear RGB) from the lightest to the darkest, at melanin 0, 0.25, 0.5, 0.75, 1.
TONES = np.array(
    [(0.72, 0.48, 0.38), (0.56, 0.34, 0.235), (0.37, 0.20, 0.12), (0.18, 0.088, 0.05), (0.07, 0.034, 0.02)]
)

DEPTH, TURN = 0.4, 30.0  # of `changed_shape`
RECOLOURED, RAISED = 0.12, 0.03  # change of the albedo's square root, nearly, and decimetres of relief: a whole sign


@dataclass(frozen=True)
class Paint:
    """Per vertex of the head's surface: albedo (n, 3), roughness, oil (gloss of a second, smoother layer), relief along
    the normal in decimetres, and how much (0..1) the phenotype's colours and nodules changed it."""

    colour: Array
    roughness: Array
    oil: Array
    relief: Array
    sign: Array


def tone(melanin: Array | float) -> Array:
    """Albedo for melanin in 0..1, interpolated between ``TONES``."""
    steps = np.linspace(0, 1, len(TONES))
    return np.stack([np.interp(melanin, steps, TONES[:, k]) for k in range(3)], axis=-1)


def paint(person: Person, phenotype: Phenotype, severity: float, base: Array) -> Paint:
    """The skin of a person with a phenotype; ``base`` are the base vertices, for the lids' wet margins."""
    part, points = regions(), rest()
    place = np.random.default_rng([person.skin_seed, 2])
    melanin = person.melanin + _melanin(person, np.random.default_rng([person.skin_seed, 1]), place)
    blood = _blood(person, np.random.default_rng([person.skin_seed, 8]))
    smooth, relief = (
        wrinkles(person, np.random.default_rng([person.skin_seed, 9]), furrows)
        for furrows in (0.0, phenotype.furrows * severity)
    )
    pale, nodule, bumps = _lesions(phenotype, severity, np.random.default_rng([person.skin_seed, 12]))
    relief = np.where(nodule > 0.02, np.maximum(relief, 0) + bumps, relief)
    flush = phenotype.redness * severity * (0.6 * part["cheeks"] + 0.4 * part["nose"] + 0.2 * part["front"])
    plain = _tinted(person, melanin, blood)
    # Dark skin shows patches as pale, light skin as reddish.
    marked = flush + 0.45 * nodule + 0.7 * pale * (1 - person.melanin)
    colour = _tinted(person, melanin - pale * (0.12 + 0.42 * person.melanin), blood + marked)
    recoloured = np.abs(colour ** (1 / 2.2) - plain ** (1 / 2.2)).mean(axis=1)
    sign = np.clip(np.maximum(recoloured / RECOLOURED, np.abs(relief - smooth) / RAISED), 0, 1)
    wet = wet_margin(base)
    colour = colour * (1 - 0.6 * wet[:, None]) + 0.6 * wet[:, None] * np.array([0.55, 0.26, 0.23]) * (
        1 - 0.5 * person.melanin
    )
    roughness = 0.5 + 0.04 * smooth_noise(points, 8, place) - 0.12 * part["lips"] - 0.3 * wet
    oil = person.oil * (0.25 + part["nose"] + 0.7 * part["brow_bone"] + 0.4 * part["cheeks"]) + 0.8 * wet
    oil = oil + 0.25 * part["lips"] + 0.2 * nodule
    return Paint(np.clip(colour, 0.004, 0.95), np.clip(roughness, 0.15, 0.75), np.clip(oil, 0, 1), relief, sign)


def _tinted(person: Person, melanin: Array, blood: Array) -> Array:
    """Albedo (n, 3) of skin and lips."""
    warm = np.array([1 + 0.05 * person.undertone, 1.0, 1 - 0.16 * person.undertone])
    pigment = np.clip(melanin, 0, 1)
    colour = tone(pigment) * warm * np.exp(-np.clip(blood, 0, 1.5)[:, None] * [0.06, 0.36, 0.32])
    red = np.array([0.92, 0.55, 0.56]) + pigment[:, None] * [-0.2, 0.08, 0.08]  # brown on dark skin, not pink
    lip = tone(np.clip(0.1 + 0.88 * pigment, 0, 1)) * red * (1 - 0.12 * person.makeup)
    lip[:, 1:] *= 1 - 0.3 * person.makeup
    share = (0.55 + 0.2 * person.lip_contrast) * regions()["lip_colour"][:, None]
    return np.clip(colour * (1 - share) + lip * share, 0.004, 0.95)


def _melanin(person: Person, rng: np.random.Generator, place: np.random.Generator) -> Array:
    part, points = regions(), rest()
    patchy = 0.022 * smooth_noise(points, 5, rng) + 0.012 * smooth_noise(points, 16, rng)
    extra = patchy + 0.03 * person.dark_circles * part["lids"] + 0.09 * person.dark_circles * part["under_eye"]
    extra += 0.03 * (part["front"] - 0.5)  # the face has seen more sun than the neck
    for number, weight, spread, size in (
        (int(160 * person.freckles), 0.10, "cheeks", 0.010),
        (int(60 * person.freckles), 0.08, "front", 0.010),
        (place.poisson(1.4), 0.3, "front", 0.014),  # moles
        (int(14 * np.clip((person.age - 50) / 30, 0, 1) * place.random()), 0.10, "front", 0.035),  # age spots
    ):
        for centre in _draw_points(place, spread, number):
            radius = size * place.uniform(0.6, 1.4)
            extra += weight * np.exp(-((np.linalg.norm(points - centre, axis=1) / radius) ** 2))
    return extra


def _blood(person: Person, rng: np.random.Generator) -> Array:
    part, points = regions(), rest()
    flush = 0.2 + 0.9 * person.redness
    blood = flush * (0.45 * part["cheeks"] + 0.5 * part["nose"] + 0.5 * part["ears"] + 0.25 * part["lids"])
    return blood + 0.2 + 0.07 * smooth_noise(points, 4, rng) + 0.05 * smooth_noise(points, 14, rng)


def _lesions(phenotype: Phenotype, severity: float, place: np.random.Generator) -> tuple[Array, Array, Array]:
    """Paleness (0..1), nodules (0..1) and their height in decimetres."""
    points = rest()
    pale, nodule, bumps = (np.zeros(len(points)) for _ in range(3))
    for centre, radius, strength in _spots(place, "front", phenotype.patches, severity, (0.12, 0.28)):
        edge = np.linalg.norm(points - centre, axis=1) + 0.05 * smooth_noise(points, 7, place)
        pale = np.maximum(pale, 0.34 * strength / (1 + np.exp(np.clip((edge - radius) / 0.05, -30, 30))))
    for centre, radius, strength in _spots(place, "nodular", phenotype.nodules, severity, (0.045, 0.085)):
        bump = strength * np.exp(-((np.linalg.norm(points - centre, axis=1) / radius) ** 2))
        nodule, bumps = np.maximum(nodule, bump), np.maximum(bumps, 0.4 * radius * bump)
    return pale, nodule, bumps


def wrinkles(person: Person, rng: np.random.Generator, furrows: float) -> Array:
    """Relief (decimetres): folds that everybody has a little and age deepens, each line with its own depth."""
    x, y, z = rest().T
    age = float(np.interp(person.age, [22, 80], [0, 1])) * person.wrinkles + furrows
    side, relief = np.abs(x), 0.0006 * smooth_noise(rest(), 40, rng)
    front = (z > 0.75) * 1.0

    def groove(distance: Array, width: float, depth: float, window: Array) -> Array:
        return -depth * rng.uniform(0.5, 1.2) * np.exp(-((distance / width) ** 2)) * np.clip(window, 0, 1)

    wave = 0.012 * smooth_noise(rest(), 5, rng)
    for height in 7.66 + 0.095 * np.arange(4) + rng.normal(0, 0.015, 4):  # forehead
        relief += groove(y - height - wave - 0.05 * side**2, 0.016, 0.012 * age, front * (0.6 - side) / 0.15)
    for x0 in (-0.055, 0.06):  # between the brows
        relief += groove(x - x0, 0.014, 0.008 * age, front * (0.11 - np.abs(y - 7.52)) / 0.05)
    angle, away = np.arctan2(y - 7.26, side - 0.5), np.hypot(y - 7.26, side - 0.5)
    for turn in np.radians([-32, -10, 12, 34]) + rng.normal(0, 0.08, 4):  # crow's feet
        window = np.minimum((away - 0.05) / 0.05, (0.26 - away) / 0.08) * (side > 0.5)
        relief += groove((angle - turn) * away, 0.012, 0.009 * age, window)
    fold = np.interp(y, [6.45, 6.6, 6.75, 6.9], [0.32, 0.305, 0.255, 0.19])  # from nose wing past the mouth's corner
    relief += groove(side - fold, 0.028, 0.006 + 0.014 * age, front * np.minimum(y - 6.42, 6.95 - y) / 0.08)
    bag = 7.12 - 0.02 + 0.35 * (side - 0.3) ** 2  # below the lower lid
    relief += groove(y - bag, 0.022, 0.002 + 0.010 * age, front * (0.2 - np.abs(side - 0.3)) / 0.08)
    for height in (5.78, 5.95) + rng.normal(0, 0.03, 2):  # neck
        relief += groove(y - height - 2 * wave, 0.02, 0.008 * age, (z > 0) * (0.75 - side) / 0.2)
    return relief


def wet_margin(base: Array) -> Array:
    """1 where the skin touches an eyeball: the lids' moist rims."""
    vertices = surface()(base)
    wet = np.zeros(len(vertices))
    for side in "lr":
        distance = cKDTree(eyeball(side)(base)).query(vertices, distance_upper_bound=0.05)[0]
        wet = np.maximum(wet, np.clip(1.3 - distance / 0.02, 0, 1))
    return wet


def changed_shape(body: Shape) -> Array:
    """How far (0..1) the signs changed the shape at each vertex, as far as a camera sees it: 1 where it moved by 5 mm, at lids
    and lips, which are a centimetre high and have edges, by 3 mm (depth counts `DEPTH` of that), or where it was turned by
    `TURN` degrees, which changes its light."""
    faces = surface().triangles
    before, after = surface()(body.plain), surface()(body.signed)
    moved = np.linalg.norm((after - before) * [1, 1, DEPTH], axis=1)
    cosine = (normals(before, faces) * normals(after, faces)).sum(axis=1)
    turned = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    reach = 0.05 - 0.02 * np.maximum(regions()["lids"], regions()["lips"])
    return np.clip(np.maximum(moved / reach, turned / TURN), 0, 1)


def changed_eye(body: Shape, side: str) -> float:
    """How much (0..1) the signs changed what is seen of the eye of side "l" or "r": by the ball moved, or the lids about it."""
    moved = surface()(body.signed - body.plain)
    lids = regions()["lids"] * (rest()[:, 0] * (1 if side == "l" else -1) > 0)
    by_lids = np.average(np.linalg.norm(moved, axis=1), weights=lids)
    by_ball = np.linalg.norm(eyeball(side)(body.signed - body.plain), axis=1).mean()
    return float(np.clip(max(by_lids, by_ball) / 0.03, 0, 1))


def _draw_points(rng: np.random.Generator, region: str, number: int) -> Array:
    mask = regions()[region]
    return rest()[rng.choice(len(mask), number, p=mask / mask.sum())]


def _spots(rng: np.random.Generator, region: str, most: int, severity: float, radii: tuple[float, float]):
    """Centre, radius and strength (0..1) of each of ``most`` spots.  Where they lie, and from which severity on each shows,
    is drawn whatever the severity: a person's spots are the same, fewer and fainter, in a milder case."""
    centres, onset = _draw_points(rng, region, most), np.sort(rng.uniform(0, 0.7, most))
    onset[:1] = 0
    for centre, start in zip(centres, onset, strict=True):
        strength = float(np.clip((severity - start) / 0.4, 0, 1))
        yield centre, rng.uniform(*radii) * (0.5 + 0.5 * strength), strength
