"""Glasses: frames of plastic or metal round the eyes, without panes."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from portraits import blender, head, materials
from portraits.assets import Array, base_mesh
from portraits.hair import unit
from portraits.photograph import Glasses
from portraits.pose import Shape

AHEAD = 0.24  # decimetres from the middle of the eyeball to the frame


def add_glasses(glasses: Glasses, body: Shape) -> None:
    """Frame, bridge and temples, put into the scene where they sit on the face without signs."""
    left, right = (body.plain[np.unique(base_mesh()[1][f"helper-{side}-eye"])].mean(axis=0) for side in "lr")
    across, apart = unit(left - right), float(np.linalg.norm(left - right))
    width, height = glasses.width * apart, glasses.height * apart
    ears = [_on_head([side * 0.76, 7.36, 0.4], body) for side in (1, -1)]
    back = unit((ears[0] + ears[1]) / 2 - (left + right) / 2)
    up = unit(np.cross(across, back))
    if up[1] < 0:
        up = -up
    forward = -unit(back - (back @ across) * across)
    rims, temples = [], []
    turn = np.linspace(0, 2 * np.pi, 49)
    bend = 2 / glasses.squareness
    x, y = (np.sign(f(turn)) * np.abs(f(turn)) ** bend for f in (np.cos, np.sin))
    for eye, ear, side in ((left, ears[0], 1), (right, ears[1], -1)):
        centre = eye + AHEAD * forward - 0.02 * up + 0.02 * side * across
        rims.append(centre + width * x[:, None] * across + height * y[:, None] * up)
        hinge = centre + side * width * across + 0.3 * height * up
        temples.append(hinge + np.linspace(0, 1, 49)[:, None] * (ear + 0.05 * side * across - hinge))
    inner = [
        rim[np.argmin(np.abs(rim - other.mean(axis=0)).sum(axis=1))]
        for rim, other in zip(rims, rims[::-1], strict=False)
    ]
    t = np.linspace(0, 1, 49)[:, None]
    bridge = inner[0] * (1 - t) + inner[1] * t + 0.05 * np.sin(np.pi * t) * up
    lines = np.stack([*rims, *temples, bridge])
    blender.add_curves("glasses", lines, glasses.thickness, materials.frame(glasses.colour, glasses.metal), tip=1.0)


def _on_head(place: list[float], body: Shape) -> Array:
    """Where a point of the undeformed head has come to."""
    nearest = cKDTree(head.rest()).query(place)[1]
    return head.surface()(body.plain)[nearest]
