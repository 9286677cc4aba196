"""How the person was photographed: pose, expression, clothes, lights, background, lens, exposure, noise."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True)
class Light:
    """A soft light at infinity: degrees to the right and up of the camera's view, its width, and its colour."""

    azimuth: float
    elevation: float
    width: float
    radiance: tuple[float, float, float]


@dataclass(frozen=True)
class Photograph:
    """Parameters of one picture; angles in degrees (yaw > 0: the face turns to the image's right)."""

    yaw: float
    pitch: float
    roll: float
    gaze: tuple[float, float]
    expression: dict[str, float]
    collar: str
    cloth: tuple[float, float, float]
    stripe: tuple[float, float, float] | None
    lights: tuple[Light, ...]
    ambient: tuple[float, float, float]
    backdrop: str
    backdrop_seed: int
    focal_mm: float
    frame: float
    shift: tuple[float, float]
    exposure_ev: float
    white_balance: tuple[float, float, float]
    blur_px: float
    noise: float
    vignette: float
    jpeg_quality: int
    sensor_seed: int


def draw_photograph(rng: Rng) -> Photograph:
    """A picture, drawn alike for every class."""
    smile = float(np.clip(abs(rng.normal(0, 0.35)), 0, 0.9))
    expression = {
        "mouth-corner-puller": smile,
        "mouth-open": float(rng.uniform(0.03, 0.18)) if rng.random() < 0.15 else 0.0,
        "mouth-compression": float(rng.uniform(0, 0.35)) if rng.random() < 0.2 else 0.0,
        "eyebrows-left-up": 0.0,
        "eyebrows-right-up": 0.0,
        "eye-left-slit": 0.0,
        "eye-right-slit": 0.0,
    }
    brow, squint = max(0.0, rng.normal(0, 0.25)), 0.4 * smile * rng.random()
    expression["eyebrows-left-up"] = float(brow * rng.uniform(0.8, 1.2))
    expression["eyebrows-right-up"] = float(brow * rng.uniform(0.8, 1.2))
    expression["eye-left-slit"] = expression["eye-right-slit"] = float(squint)
    warm = float(rng.uniform(0, 1))
    tint = np.array([1.0, 0.93 - 0.07 * warm, 0.9 - 0.25 * warm])
    lights = [
        Light(
            azimuth=float(rng.uniform(-48, 48)),
            elevation=float(rng.uniform(10, 55)),
            width=float(rng.uniform(9, 32)),
            radiance=_rgb(tint * rng.uniform(0.7, 1.3)),
        )
    ]
    if rng.random() < 0.6:  # fill light, opposite the first
        lights.append(
            Light(
                azimuth=-lights[0].azimuth + float(rng.normal(0, 20)),
                elevation=float(rng.uniform(-5, 40)),
                width=float(rng.uniform(20, 40)),
                radiance=_rgb(tint[::-1] * rng.uniform(0.15, 0.5)),
            )
        )
    cloth = hsv(rng.random(), rng.beta(1.3, 3), rng.uniform(0.1, 0.75))
    return Photograph(
        yaw=float(np.clip(rng.normal(0, 8.5), -20, 20)),
        pitch=float(np.clip(rng.normal(0, 3.5), -7, 8)),
        roll=float(np.clip(rng.normal(0, 4), -12, 12)),
        gaze=(float(rng.normal(0, 5)), float(rng.normal(0, 3))),
        expression={name: weight for name, weight in expression.items() if weight > 0},
        collar=str(rng.choice(["crew", "vee", "high", "scoop"], p=[0.45, 0.25, 0.15, 0.15])),
        cloth=cloth,
        stripe=hsv(rng.random(), rng.beta(1.3, 4), rng.uniform(0.1, 0.8)) if rng.random() < 0.2 else None,
        lights=tuple(lights),
        ambient=_rgb(np.array([0.9, 0.95, 1.0]) * rng.uniform(0.18, 0.45)),
        backdrop=str(rng.choice(["wall", "room", "greenery", "studio"], p=[0.4, 0.25, 0.15, 0.2])),
        backdrop_seed=int(rng.integers(2**31)),
        focal_mm=float(np.exp(rng.uniform(np.log(35), np.log(85)))),
        frame=float(rng.uniform(1.3, 1.75)),
        shift=(float(rng.normal(0, 0.03)), float(rng.normal(0, 0.03))),
        exposure_ev=float(rng.normal(0, 0.28)),
        white_balance=_rgb(np.exp(rng.normal(0, [0.05, 0.02, 0.07]))),
        blur_px=float(min(0.9, rng.gamma(2.0, 0.18))),
        noise=float(rng.gamma(2.0, 0.0045)),
        vignette=float(rng.beta(1.5, 4)) * 0.5,
        jpeg_quality=int(rng.integers(80, 95)),
        sensor_seed=int(rng.integers(2**31)),
    )


def _rgb(values: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = values.tolist()
    return red, green, blue


def hsv(hue: float, saturation: float, value: float) -> tuple[float, float, float]:
    """Linear RGB of a hue (0..1), saturation and value."""
    return colorsys.hsv_to_rgb(float(hue), float(saturation), float(value) ** 1.6)
