"""Light on the scene, and how long the shutter stays open for it."""

from __future__ import annotations

import numpy as np

from portraits import blender, skin
from portraits.assets import Array
from portraits.person import Person
from portraits.photograph import Photograph


def environment(photograph: Photograph) -> Array:
    """Light from all sides as Blender maps it (128, 256, 3): ambient light and soft-edged rectangles."""
    sight = blender.directions(128, 256)
    light = np.array(photograph.ambient) * (0.75 + 0.45 * sight[..., 1])[..., None]
    for lamp in photograph.lights:
        a, e = np.radians([lamp.azimuth, lamp.elevation])
        towards = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
        right = np.array([np.cos(a), 0, -np.sin(a)])
        above = np.cross(towards, right)
        ahead = np.maximum(sight @ towards, 1e-3)
        across, up = (np.degrees(np.arctan((sight @ axis) / ahead)) for axis in (right, above))
        edge = 1.5 + 0.25 * min(lamp.width, lamp.height)
        window = [
            1 / (1 + np.exp(np.clip((np.abs(v) - half) / edge * 3, -30, 30)))
            for v, half in ((across, lamp.width), (up, lamp.height))
        ]
        lobe = window[0] * window[1] * (sight @ towards > 0)
        light = light + lobe[..., None] * np.array(lamp.radiance) * 1200 / (lamp.width * lamp.height)
    return light


def exposure(light: Array, photograph: Photograph, person: Person) -> float:
    """Factor from radiance to a picture in 0..1: set for the light on the face, and in part for the skin."""
    sight = blender.directions(*light.shape[:2])
    solid = np.cos((np.arange(light.shape[0]) + 0.5) / light.shape[0] * np.pi - np.pi / 2)[:, None]
    solid = solid * (np.pi / light.shape[0]) * (2 * np.pi / light.shape[1])
    irradiance = float((light.mean(axis=2) * np.clip(sight[..., 2], 0, None) * solid).sum())
    bright = 0.35 / float(skin.tone(person.melanin).mean())
    return 1.05 * np.pi / irradiance * 2**photograph.exposure_ev * bright**0.4
