"""Colour, roughness and fine relief of the skin, a value a vertex."""

from __future__ import annotations

import numpy as np

from portraits.assets import Array
from portraits.head import regions, rest, smooth_noise
from portraits.person import Person
from portraits.phenotypes import Phenotype

#: Skin albedo (linear RGB) from the lightest to the darkest, at melanin 0, 0.25, 0.5, 0.75, 1.
TONES = np.array(
    [(0.74, 0.50, 0.40), (0.58, 0.36, 0.26), (0.39, 0.22, 0.14), (0.20, 0.105, 0.065), (0.085, 0.045, 0.03)]
)


def tone(melanin: Array | float) -> Array:
    """Albedo for melanin in 0..1, interpolated between ``TONES``."""
    steps = np.linspace(0, 1, len(TONES))
    return np.stack([np.interp(melanin, steps, TONES[:, k]) for k in range(3)], axis=-1)


def paint(person: Person, phenotype: Phenotype, severity: float) -> tuple[Array, Array, Array]:
    """Albedo (n, 3), roughness (n,) and relief along the normal in decimetres (n,) of the head's surface."""
    rng = np.random.default_rng([person.skin_seed, 1])
    place, part, points = np.random.default_rng([person.skin_seed, 2]), regions(), rest()
    count = len(points)
    mottled = (
        0.02 * smooth_noise(points, 5, rng) + 0.008 * smooth_noise(points, 25, rng) + 0.004 * rng.normal(size=count)
    )
    melanin = person.melanin + mottled + 0.06 * part["under_eye"] + 0.05 * part["lids"]
    melanin += freckles(person, points, place)
    relief = 0.0007 * smooth_noise(points, 45, rng) + 0.00025 * rng.normal(size=count)
    for centre, radius in _spots(place, "front", phenotype.patches, severity, (0.12, 0.3)):
        edge = np.linalg.norm(points - centre, axis=1) + 0.04 * smooth_noise(points, 9, place)
        melanin -= 0.4 * severity * (0.4 + person.melanin) / (1 + np.exp((edge - radius) / 0.025))
    flush = 0.25 + 0.75 * person.redness + phenotype.redness * severity
    blood = flush * (0.5 * part["cheeks"] + 0.55 * part["nose"] + 0.5 * part["ears"]) + 0.06 * smooth_noise(
        points, 4, rng
    )
    nodule = np.zeros(count)
    for centre, radius in _spots(place, "front", phenotype.nodules, severity, (0.04, 0.095)):
        bump = np.exp(-((np.linalg.norm(points - centre, axis=1) / radius) ** 2))
        nodule = np.maximum(nodule, bump)
        relief = np.maximum(relief, 0.5 * radius * bump)
    blood += 0.8 * nodule
    colour = tone(np.clip(melanin, 0, 1)) * np.stack([1 - 0.04 * blood, 1 - 0.24 * blood, 1 - 0.22 * blood], axis=1)
    lip = tone(np.clip(0.12 + 0.75 * person.melanin, 0, 1)) * np.array([0.86, 0.52, 0.52])
    share = 0.75 * part["lips"][:, None]
    colour = colour * (1 - share) + lip * share
    roughness = 0.52 - 0.14 * part["nose"] - 0.12 * part["lips"] + 0.05 * smooth_noise(points, 8, rng)
    return np.clip(colour, 0.004, 0.95), np.clip(roughness, 0.3, 0.7), relief


def freckles(person: Person, points: Array, rng: np.random.Generator) -> Array:
    """Extra melanin of freckles and of a few moles."""
    extra = np.zeros(len(points))
    for number, weight, spread, size in (
        (int(90 * person.freckles), 0.12, "cheeks", 0.013),
        (rng.poisson(0.8), 0.22, "front", 0.011),
    ):
        for centre in _draw_points(rng, spread, number):
            extra += weight * np.exp(-((np.linalg.norm(points - centre, axis=1) / size) ** 2))
    return extra


def _draw_points(rng: np.random.Generator, region: str, number: int) -> Array:
    mask = regions()[region]
    return rest()[rng.choice(len(mask), number, p=mask / mask.sum())]


def _spots(rng: np.random.Generator, region: str, most: int, severity: float, radii: tuple[float, float]):
    """Centres and radii of up to ``most`` spots; how many, and how large, grows with severity."""
    number = int(np.ceil(most * severity * rng.uniform(0.6, 1.0))) if most else 0
    for centre in _draw_points(rng, region, number):
        yield centre, rng.uniform(*radii) * (0.5 + 0.5 * severity)
