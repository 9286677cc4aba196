"""Who is portrayed: one person, drawn from a random generator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator

#: Morph pairs of the face (towards - / towards +) that tell people apart; weights are drawn from N(0, spread).
SHAPE_PAIRS: dict[str, float] = {
    "head/head-scale-horiz": 0.35,
    "head/head-scale-vert": 0.3,
    "head/head-scale-depth": 0.35,
    "head/head-fat": 0.4,
    "forehead/forehead-nubian": 0.3,
    "forehead/forehead-scale-vert": 0.45,
    "forehead/forehead-temple": 0.35,
    "nose/nose-scale-vert": 0.4,
    "nose/nose-scale-horiz": 0.35,
    "nose/nose-scale-depth": 0.2,
    "nose/nose-volume": 0.22,
    "nose/nose-width1": 0.3,
    "nose/nose-width2": 0.2,
    "nose/nose-width3": 0.4,
    "nose/nose-hump": 0.28,
    "nose/nose-greek": 0.28,
    "nose/nose-flaring": 0.2,
    "nose/nose-nostrils-width": 0.25,
    "nose/nose-point-width": 0.25,
    "nose/nose-septumangle": 0.15,
    "mouth/mouth-scale-horiz": 0.28,
    "mouth/mouth-scale-vert": 0.22,
    "mouth/mouth-scale-depth": 0.2,
    "mouth/mouth-upperlip-height": 0.3,
    "mouth/mouth-lowerlip-height": 0.25,
    "mouth/mouth-upperlip-volume": 0.2,
    "mouth/mouth-lowerlip-volume": 0.2,
    "mouth/mouth-philtrum-volume": 0.25,
    "mouth/mouth-cupidsbow": 0.3,
    "chin/chin-width": 0.5,
    "chin/chin-height": 0.35,
    "chin/chin-prominent": 0.35,
    "chin/chin-prognathism": 0.18,
    "chin/chin-bones": 0.5,
    "chin/chin-cleft": 0.25,
    "chin/chin-jaw-drop": 0.25,
    "neck/neck-scale-horiz": 0.4,
    "eyes/eye-scale": 0.4,
    "eyes/eye-height1": 0.35,
    "eyes/eye-height2": 0.35,
    "eyes/eye-height3": 0.35,
    "eyes/eye-bag": 0.4,
    "cheek/cheek-bones": 0.45,
    "cheek/cheek-inner": 0.45,
    "cheek/cheek-volume": 0.45,
    "ears/ear-scale": 0.4,
    "ears/ear-wing": 0.4,
    "ears/ear-lobe": 0.4,
}
#: Pairs whose two directions are called otherwise than -decr / -incr.
DIRECTED_PAIRS: dict[str, tuple[str, str, float]] = {
    "nose/nose-point": ("down", "up", 0.2),
    "nose/nose-base": ("down", "up", 0.15),
    "nose/nose-curve": ("concave", "convex", 0.2),
    "nose/nose-compression": ("compress", "uncompress", 0.1),
    "mouth/mouth-trans": ("down", "up", 0.22),
    "mouth/mouth-angles": ("down", "up", 0.18),
    "eyebrows/eyebrows-trans": ("down", "up", 0.35),
    "eyebrows/eyebrows-angle": ("down", "up", 0.2),
    "forehead/forehead-trans": ("backward", "forward", 0.3),
    "eyes/eye-trans": ("in", "out", 0.4),
    "eyes/eye-push1": ("in", "out", 0.3),
    "eyes/eye-push2": ("in", "out", 0.3),
    "eyes/eye-corner1": ("down", "up", 0.35),
    "eyes/eye-corner2": ("down", "up", 0.4),
    "eyes/eye-eyefold": ("down", "up", 0.4),
    "eyes/eye-epicanthus": ("out", "in", 0.3),
    "cheek/cheek-trans": ("down", "up", 0.35),
}
HEAD_SHAPES = ("oval", "round", "square", "rectangular", "diamond", "invertedtriangular")
ASYMMETRIES = ("brown-1", "cheek-1", "eye-1", "eye-3", "eye-5", "jaw-1", "jaw-2", "mouth-1", "nose-1", "nose-3")
PAIRED = ("eyes/", "cheek/", "ears/")  # morphs that exist once a side, as l-... and r-...

#: Range of melanin (0 lightest .. 1 darkest skin) within each ancestry.
MELANIN = {"caucasian": (0.02, 0.45), "asian": (0.12, 0.55), "african": (0.55, 0.98)}
#: Natural hair colours as eumelanin and pheomelanin concentrations, with how often each occurs.
HAIR = {
    "caucasian": [
        ((1.6, 0.1), 0.25),
        ((0.8, 0.15), 0.35),
        ((0.35, 0.15), 0.22),
        ((0.12, 0.1), 0.13),
        ((0.12, 0.6), 0.05),
    ],
    "asian": [((2.2, 0.1), 0.75), ((1.3, 0.1), 0.25)],
    "african": [((2.6, 0.1), 0.85), ((1.6, 0.1), 0.15)],
}
IRIS = {  # linear RGB
    "caucasian": [(0.10, 0.14, 0.19), (0.11, 0.12, 0.07), (0.11, 0.065, 0.03), (0.06, 0.03, 0.015)],
    "asian": [(0.05, 0.025, 0.012), (0.08, 0.04, 0.02)],
    "african": [(0.035, 0.018, 0.01), (0.05, 0.025, 0.013)],
}
CURL = {"caucasian": (0.0, 0.55), "asian": (0.0, 0.2), "african": (0.7, 1.0)}


@dataclass(frozen=True)
class Hair:
    """Hair as cut and coloured: lengths in decimetres, ``curl`` 0 straight .. 1 tightly coiled."""

    style: str
    length: float
    curl: float
    part: float
    fringe: float
    recession: float
    density: float
    grey: float
    eumelanin: float
    pheomelanin: float
    sides: float
    quiff: float
    clump: float
    frizz: float
    brow_density: float
    brow_tint: float
    beard: float
    beard_shape: str


@dataclass(frozen=True)
class Person:
    """Parameters of one person without phenotype; ``morphs`` are weights of MakeHuman targets."""

    ancestry: str
    sex: str
    age: float
    morphs: dict[str, float]
    melanin: float
    redness: float
    undertone: float
    freckles: float
    oil: float
    wrinkles: float
    dark_circles: float
    lip_contrast: float
    makeup: float
    skin_seed: int
    hair: Hair
    iris: tuple[float, float, float]
    pupil: float


def both_sides(weights: dict[str, float]) -> dict[str, float]:
    """``eyes/eye-x`` -> ``eyes/l-eye-x`` and ``eyes/r-eye-x``; others as they are."""
    result = {}
    for name, weight in weights.items():
        if name.startswith(PAIRED):
            part, morph = name.split("/")
            result[f"{part}/l-{morph}"] = result[f"{part}/r-{morph}"] = weight
        else:
            result[name] = weight
    return result


def added(*tables: dict[str, float]) -> dict[str, float]:
    """Weights of several tables summed by morph."""
    total: dict[str, float] = {}
    for table in tables:
        for name, weight in table.items():
            total[name] = total.get(name, 0.0) + weight
    return total


def age_morphs(ancestry_share: dict[str, float], sex: str, age: float, build: float) -> dict[str, float]:
    """MakeHuman's macro targets, blended linearly; ``build`` from lean (-1) to heavy (1).

    The child is modelled at about ten years, but with the head of a doll: it is taken for eight, and little of the baby is
    left at six."""
    stages = {  # years, and the share of the stage at each
        "baby": ([1, 8], [1, 0]),
        "child": ([1, 8, 20], [0, 1, 0]),
        "young": ([8, 20, 28, 90], [0, 1, 1, 0]),
        "old": ([28, 90], [0, 1]),
    }
    weights: dict[str, float] = {}
    for stage, table in stages.items():
        share = float(np.interp(age, *table))
        if share > 0:
            body = f"macrodetails/universal-{sex}-{stage}-averagemuscle"
            weights[f"{body}-averageweight"] = share * (1 - abs(build))
            weights[f"{body}-{'max' if build > 0 else 'min'}weight"] = share * abs(build)
            for ancestry, part in ancestry_share.items():
                weights[f"macrodetails/{ancestry}-{sex}-{stage}"] = share * part
    return weights


def draw_age(rng: Rng) -> float:
    """Ages in years: a fifth children (6-14), the rest adults, fewer of the old."""
    return round(float(rng.uniform(6, 14) if rng.random() < 0.2 else 15 + 63 * rng.beta(1.3, 2.0)), 1)


def draw_person(rng: Rng, ancestry: str) -> Person:
    """A person of this ancestry; sex, age and all else are drawn, and alike for every class."""
    sex = str(rng.choice(["female", "male"]))
    age = draw_age(rng)
    other = str(rng.choice([name for name in MELANIN if name != ancestry]))
    mixture = float(rng.uniform(0, 0.15))
    shape = {}
    for name, spread in SHAPE_PAIRS.items():
        weight = float(np.clip(rng.normal(0, spread), -0.9, 0.9))
        shape[f"{name}-{'incr' if weight > 0 else 'decr'}"] = abs(weight)
    for name, (minus, plus, spread) in DIRECTED_PAIRS.items():
        weight = float(np.clip(rng.normal(0, spread), -0.9, 0.9))
        shape[f"{name}-{plus if weight > 0 else minus}"] = abs(weight)
    for name in rng.choice(HEAD_SHAPES, 2, replace=False):
        shape[f"head/head-{name}"] = float(rng.uniform(0, 0.5))
    build = float(np.clip(rng.normal(0, 0.3), -0.6, 0.6))
    wide = float(np.interp(age, [6, 18], [0.55, 0.25]))  # the mesh's mouths are small, children's most, and droop
    differ = 0.7 * float(np.interp(age, [6, 18], [0.6, 1.0]))  # children's faces differ less
    shape = {name: weight * differ for name, weight in shape.items()}
    asymmetry = {
        f"asym/asym-{name}-{rng.choice(['l', 'r'])}": min(0.25, float(abs(rng.normal(0, 0.11))))
        for name in rng.choice(ASYMMETRIES, 5, replace=False)
    }
    low, high = MELANIN[ancestry]
    return Person(
        ancestry=ancestry,
        sex=sex,
        age=age,
        morphs=added(
            age_morphs({ancestry: 1 - mixture, other: mixture}, sex, age, build),
            both_sides(shape),
            asymmetry,
            {"mouth/mouth-scale-horiz-incr": wide, "mouth/mouth-angles-up": 0.3},
        ),
        melanin=float(low + (high - low) * rng.beta(2, 2)),
        redness=float(rng.beta(2, 3)),
        freckles=float(rng.beta(1, 4)) if ancestry == "caucasian" else float(rng.beta(1, 12)),
        undertone=float(rng.normal(0, 1)),
        oil=float(rng.beta(2, 3)),
        wrinkles=float(rng.uniform(0.5, 1.2)),
        dark_circles=float(rng.beta(1.5, 2.5)),
        lip_contrast=float(rng.random()),
        makeup=float(rng.random()) if sex == "female" and age > 16 and rng.random() < 0.4 else 0.0,
        skin_seed=int(rng.integers(2**31)),
        hair=draw_hair(rng, ancestry, sex, age),
        iris=IRIS[ancestry][rng.integers(len(IRIS[ancestry]))],
        pupil=float(rng.uniform(7.5, 12)),
    )


def draw_hair(rng: Rng, ancestry: str, sex: str, age: float) -> Hair:
    """Hair by sex, age and ancestry only."""
    if sex == "female":
        style = str(rng.choice(["long", "medium", "tied", "short"], p=[0.42, 0.3, 0.2, 0.08]))
    else:
        style = str(rng.choice(["short", "buzz", "medium"], p=[0.66, 0.22, 0.12]))
    balding = sex == "male" and age > 28 and rng.random() < 0.35
    length = {
        "buzz": (0.03, 0.08),
        "short": (0.18, 0.45),
        "tied": (0.9, 1.2),
        "medium": (0.9, 1.4),
        "long": (1.7, 2.6),
    }[style]
    shades = HAIR[ancestry]
    colour, _ = shades[rng.choice(len(shades), p=[share for _, share in shades])]
    grey = float(np.clip(rng.normal((age - 45) / 30, 0.2), 0, 1))
    low, high = CURL[ancestry]
    beard = float(rng.choice([0.0, 0.25, 1.0], p=[0.5, 0.35, 0.15])) if sex == "male" and age > 18 else 0.0
    return Hair(
        style=style,
        length=float(rng.uniform(*length)),
        curl=float(rng.uniform(low, high)),
        part=float(rng.uniform(-0.35, 0.35)),
        fringe=float(rng.uniform(0.3, 1.0)) if rng.random() < 0.3 else 0.0,
        recession=float(rng.uniform(0.3, 1.0)) * float(np.interp(age, [28, 60], [0.3, 1])) if balding else 0.0,
        density=float(rng.uniform(0.85, 1.1) * np.interp(age, [40, 80], [1.0, 0.8])),
        grey=grey,
        eumelanin=float(colour[0] * rng.uniform(0.8, 1.25)),
        pheomelanin=float(colour[1]),
        brow_density=float(
            rng.uniform(0.7, 1.2) * (1.0 if sex == "male" else 0.8) * np.interp(age, [3, 15], [0.6, 1.0])
        ),
        brow_tint=float(rng.uniform(0.75, 1.1)),
        sides=float(rng.uniform(0.12, 0.6)),
        quiff=float(rng.beta(1, 1.5)),
        clump=float(rng.uniform(0.5, 1.0)),
        frizz=float(rng.beta(1.5, 3)),
        beard=beard,
        beard_shape=str(rng.choice(["full", "goatee", "moustache"], p=[0.55, 0.25, 0.2])),
    )
