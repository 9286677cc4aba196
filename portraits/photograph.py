"""How the person was photographed: pose, expression, clothes, lights, background, lens, exposure, noise."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True)
class Light:
    """A light at infinity: degrees to the right and up of the camera's view, its half width and half height in degrees
    (a window, a lamp, a bright sky), and its colour."""

    azimuth: float
    elevation: float
    width: float
    height: float
    radiance: tuple[float, float, float]


@dataclass(frozen=True)
class Garment:
    """One piece of clothing; ``depth`` of its neckline and size of its ``collar`` are factors, ``hem`` darkens or lightens its
    edge, ``repeat`` is in stripes a decimetre."""

    cut: str
    depth: float
    collar: float
    weave: str
    pattern: str
    colour: tuple[float, float, float]
    second: tuple[float, float, float]
    repeat: float
    duty: float
    hem: float
    sheen: float


@dataclass(frozen=True)
class Glasses:
    """A frame: half width and half height of a rim as shares of the distance between the eyes, from round (2) to square (5),
    thickness in decimetres."""

    width: float
    height: float
    squareness: float
    thickness: float
    colour: tuple[float, float, float]
    metal: bool


@dataclass(frozen=True)
class Photograph:
    """Parameters of one picture; angles in degrees (yaw > 0: the face turns to the image's right)."""

    yaw: float
    pitch: float
    roll: float
    gaze: tuple[float, float]
    expression: dict[str, float]
    garment: Garment
    jacket: Garment | None
    opening: float
    glasses: Glasses | None
    lights: tuple[Light, ...]
    ambient: tuple[float, float, float]
    backdrop: str
    backdrop_seed: int
    focal_mm: float
    fstop: float
    frame: float
    shift: tuple[float, float]
    exposure_ev: float
    contrast: float
    white_balance: tuple[float, float, float]
    blur_px: float
    motion_px: tuple[float, float]
    resolution: float
    noise: float
    vignette: float
    jpeg_quality: int
    sensor_seed: int


def draw_photograph(rng: Rng) -> Photograph:
    """A picture, drawn alike for every class."""
    lights, ambient = draw_lights(rng)
    cut = str(rng.choice(["crew", "vee", "roll", "scoop", "shirt"], p=[0.35, 0.17, 0.08, 0.16, 0.24]))
    blurred = rng.random() < 0.12
    turn = rng.uniform(0, np.pi)
    motion = rng.uniform(0.5, 1.8) if rng.random() < 0.1 else 0.0
    return Photograph(
        yaw=float(np.clip(rng.normal(0, 8), -18, 18)),
        pitch=float(np.clip(rng.normal(0, 3.5), -7, 8)),
        roll=float(np.clip(rng.normal(0, 4), -12, 12)),
        gaze=(float(np.clip(rng.normal(0, 4), -8, 8)), float(np.clip(rng.normal(0, 1.5), -3, 3))),
        expression=draw_expression(rng),
        garment=draw_garment(rng, cut),
        jacket=draw_garment(rng, str(rng.choice(["crew", "vee"]))) if rng.random() < 0.3 else None,
        opening=float(rng.uniform(0.35, 0.75)),
        glasses=draw_glasses(rng) if rng.random() < 0.1 else None,
        lights=lights,
        ambient=ambient,
        backdrop=str(rng.choice(["wall", "studio", "room", "greenery", "street"], p=[0.36, 0.2, 0.2, 0.12, 0.12])),
        backdrop_seed=int(rng.integers(2**31)),
        focal_mm=float(np.exp(rng.uniform(np.log(60), np.log(120)))),
        fstop=float(np.exp(rng.uniform(np.log(4), np.log(16)))),
        frame=float(rng.uniform(1.22, 1.65)),
        shift=(float(rng.normal(0, 0.03)), float(rng.normal(0, 0.03))),
        exposure_ev=float(np.clip(rng.normal(0, 0.3), -0.7, 0.7)),
        contrast=float(rng.normal(1.08, 0.1)),
        white_balance=_rgb(np.exp(rng.normal(0, [0.06, 0.02, 0.08]))),
        blur_px=float(rng.uniform(0.9, 1.5) if blurred else min(0.8, rng.gamma(2.0, 0.15))),
        motion_px=(float(motion * np.cos(turn)), float(motion * np.sin(turn))),
        resolution=float(rng.uniform(0.4, 0.75)) if rng.random() < 0.18 else 1.0,
        noise=float(rng.gamma(2.0, 0.006)),
        vignette=float(rng.beta(1.5, 4)) * 0.6,
        jpeg_quality=int(rng.integers(72, 95)),
        sensor_seed=int(rng.integers(2**31)),
    )


def draw_expression(rng: Rng) -> dict[str, float]:
    """Weights of the expression units: mostly a closed mouth at rest or a slight smile."""
    smile = float(np.clip(rng.normal(0.15, 0.17), 0, 0.45))
    brow, squint = max(0.0, float(rng.normal(0, 0.2))), 0.5 * smile * float(rng.random())
    units = {
        "mouth-corner-puller": smile,
        "mouth-compression": float(rng.uniform(0, 0.12)) if rng.random() < 0.2 else 0.0,
        "mouth-depression": float(rng.uniform(0, 0.12)) if rng.random() < 0.15 else 0.0,
        "eyebrows-left-up": brow * float(rng.uniform(0.8, 1.2)),
        "eyebrows-right-up": brow * float(rng.uniform(0.8, 1.2)),
        "eye-left-slit": squint,
        "eye-right-slit": squint,
        "eye-left-closure": 0.0,
        "eye-right-closure": 0.0,
    }
    lids = max(0.0, float(rng.normal(0.0, 0.05)))  # upper lids at rest are never quite fully raised
    units["eye-left-closure"] = units["eye-right-closure"] = lids
    return {name: weight for name, weight in units.items() if weight > 0}


def draw_garment(rng: Rng, cut: str) -> Garment:
    """One piece of clothing; muted colours are commoner than bright ones."""
    kind = str(
        rng.choice(
            ["plain", "stripes", "pinstripes", "checks", "yoke", "mottled"], p=[0.58, 0.12, 0.08, 0.1, 0.04, 0.08]
        )
    )
    colour = hsv(rng.random(), rng.beta(1.1, 3.2), rng.uniform(0.06, 0.85))
    return Garment(
        cut=cut,
        depth=float(rng.uniform(0.55, 1.25)),
        collar=float(rng.uniform(0.7, 1.25)),
        weave=str(rng.choice(["jersey", "knit", "woven", "denim"], p=[0.4, 0.2, 0.3, 0.1])),
        pattern=kind,
        colour=colour,
        second=hsv(rng.random(), rng.beta(1.1, 3.2), rng.uniform(0.06, 0.9)),
        repeat=float(np.exp(rng.uniform(np.log(1.5), np.log(6)))),
        duty=float(rng.uniform(0.25, 0.6)),
        hem=float(rng.choice([1.0, 0.8, 0.55, 1.15], p=[0.5, 0.2, 0.15, 0.15])),
        sheen=float(rng.uniform(0, 0.4)),
    )


def draw_glasses(rng: Rng) -> Glasses:
    """A frame of dark or coloured plastic, or of thin metal."""
    metal = bool(rng.random() < 0.4)
    return Glasses(
        width=float(rng.uniform(0.36, 0.42)),
        height=float(rng.uniform(0.25, 0.34)),
        squareness=float(rng.uniform(2, 4.5)),
        thickness=float(rng.uniform(0.006, 0.010) if metal else rng.uniform(0.010, 0.020)),
        colour=hsv(rng.random(), rng.beta(1, 2), rng.uniform(0.5, 0.9) if metal else rng.uniform(0.05, 0.45)),
        metal=metal,
    )


def draw_lights(rng: Rng) -> tuple[tuple[Light, ...], tuple[float, float, float]]:
    """One to three lights and what comes from all around: from a window in a dark room to an overcast street."""
    warm = float(rng.uniform(0, 1))
    tint = np.array([1.0, 0.95 - 0.08 * warm, 0.92 - 0.25 * warm])
    key = Light(
        azimuth=float(rng.uniform(-48, 48)),
        elevation=float(rng.uniform(8, 55)),
        width=float(np.exp(rng.uniform(np.log(9), np.log(35)))),
        height=float(np.exp(rng.uniform(np.log(9), np.log(35)))),
        radiance=_rgb(tint * rng.uniform(0.7, 1.3)),
    )
    lights = [key]
    if rng.random() < 0.55:  # a fill, from the other side
        radiance = _rgb(tint[::-1] * rng.uniform(0.12, 0.5))
        azimuth = float(-key.azimuth + rng.normal(0, 20))
        elevation = float(rng.uniform(-5, 40))
        width, height = rng.uniform(15, 35, 2).tolist()
        lights.append(Light(azimuth, elevation, width, height, radiance))
    if rng.random() < 0.3:  # from behind, on hair and shoulders
        side = float(rng.choice([-1, 1]) * rng.uniform(110, 150))
        radiance = _rgb(np.ones(3) * rng.uniform(0.3, 1.2))
        elevation = float(rng.uniform(15, 50))
        width, height = rng.uniform(8, 20, 2).tolist()
        lights.append(Light(side, elevation, width, height, radiance))
    return tuple(lights), _rgb(np.array([0.92, 0.96, 1.0]) * np.exp(rng.uniform(np.log(0.2), np.log(0.7))))


def _rgb(values: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = values.tolist()
    return red, green, blue


def hsv(hue: float, saturation: float, value: float) -> tuple[float, float, float]:
    """Linear RGB of a hue (0..1), saturation and value."""
    return colorsys.hsv_to_rgb(float(hue), float(saturation), float(value) ** 1.8)
