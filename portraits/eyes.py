"""Eyeballs: iris, pupil, limbal ring and veins are painted by angle from the line of sight."""

from __future__ import annotations

import numpy as np

from portraits import blender, head, materials
from portraits.assets import base_mesh
from portraits.hair import unit
from portraits.person import Person
from portraits.photograph import Photograph
from portraits.pose import Shape
from portraits.skin import changed_eye


def add_eye(side: str, person: Person, body: Shape, photograph: Photograph) -> None:
    """The eyeball of side "l" or "r", put into the scene."""
    surface = head.eyeball(side)
    rng = np.random.default_rng([person.skin_seed, 7])
    rest = surface(base_mesh()[0])
    direction = unit(rest - rest.mean(axis=0))
    yaw, pitch = np.radians(photograph.gaze)
    sight = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    angle = np.degrees(np.arccos(np.clip(direction @ sight, -1, 1)))
    white = np.array([0.60, 0.55, 0.50]) * (1 - 0.12 * person.melanin)
    red = np.clip((angle - 34) / 40, 0, 1) * (0.6 + 0.4 * head.smooth_noise(direction, 12, rng)).clip(0, 1.3)
    colour = white * (1 - red[:, None] * [0.05, 0.3, 0.32])
    around = np.arctan2(direction[:, 1], direction[:, 0])
    fibres = 1 + 0.3 * sum(np.sin(k * around + rng.uniform(0, 6)) for k in (17, 29, 41)) / 3
    iris = np.array(person.iris) * (fibres * np.interp(angle, [9, 14, 20], [1.5, 1.25, 0.9]))[:, None]
    iris = iris * (1 - 0.8 * np.clip((angle - 21.5) / 4, 0, 1)[:, None])  # limbal ring
    share = np.clip((26.5 - angle) / 2.5, 0, 1)[:, None]
    colour = colour * (1 - share) + iris * share
    pupil = np.clip((person.pupil - angle) / 1.0, 0, 1)[:, None]
    colour = colour * (1 - pupil) + 0.003 * pupil
    blender.add_mesh(
        f"eye-{side}",
        surface(body.signed),
        surface.quads,
        materials.eye(),
        colour=np.clip(colour, 0.002, 0.9),
        sign=np.full(len(rest), changed_eye(body, side)),
        rest=direction,
    )
