"""The mesh of one person in one photograph, without and with the signs of a phenotype.

Everything that is not a sign is built on the first: pose, camera, clothes, the way hair falls.  Skin, eyes and strands are
then carried to the second.  So a face at another severity is the same photograph of the same person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from portraits import head
from portraits.assets import Array, base_mesh, head_share, morphed
from portraits.person import Person, added, both_sides
from portraits.phenotypes import Phenotype
from portraits.photograph import Photograph

COLLAR = (5.75, 6.05)  # decimetres: heights on the undeformed mesh over which the signs fade, so that clothes fit all
SHOULDERS, NECK = (5.7, 6.2), 0.55  # decimetres: heights over which shoulders become neck, and half the neck's width
SCALP = (-0.25, -0.05)  # decimetres above the hairline over which they fade, so that hair lies as it lay


@dataclass(frozen=True)
class Shape:
    """Posed base vertices (19158, 3) of a person: ``plain`` without signs, ``signed`` with them."""

    plain: Array
    signed: Array


def rotation(yaw: float, pitch: float, roll: float) -> Array:
    """Rotation matrix (3, 3) for degrees: yaw to the image's right, pitch up, roll to the image's right."""
    y, p, r = np.radians([yaw, -pitch, -roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def posed(vertices: Array, pivot: Array, photograph: Photograph) -> Array:
    """The head turned fully about ``pivot``, the shoulders by a third, the neck in between."""
    share = head_share()[:, None]
    angles = np.array([photograph.yaw, photograph.pitch, photograph.roll])
    body, face = rotation(*(angles * [0.35, 0, 0.1])), rotation(*angles)
    local = vertices - pivot
    return pivot + (1 - share) * (local @ body.T) + share * (local @ face.T)


def sign_weights(person: Person, phenotype: Phenotype, severity: float) -> dict[str, float]:
    """Weights of the morphs that are signs.  They were made for grown faces: on small ones they do too much."""
    strength = severity * float(np.interp(person.age, [6, 18], [0.5, 1.0]))
    weights = {name: weight * strength for name, weight in both_sides(dict(phenotype.morphs)).items()}
    units = f"expression/units/{person.ancestry}/"
    for name, weight in phenotype.expression.items():
        weights[units + name] = weight * strength
    return weights


def narrowed(vertices: Array) -> Array:
    """Shoulders drawn in by a fifth outside of the neck, and lifted a little: the mesh's are those of an athlete."""
    share = 1 - head.smoothstep(base_mesh()[0][:, 1], *SHOULDERS)
    side, result = np.abs(vertices[:, 0]), vertices.copy()
    outside = np.clip(side - NECK, 0, None) * share
    result[:, 0] -= 0.2 * np.sign(vertices[:, 0]) * outside
    result[:, 1] += 0.12 * outside
    return result


@cache
def reach() -> Array:
    """Share (19158,) of the signs' morphs that each base vertex takes: the face's all, none below collar and under hair."""
    points = base_mesh()[0]
    return head.smoothstep(points[:, 1], *COLLAR) * (1 - head.smoothstep(head.above_hairline(points), *SCALP))


def shape(person: Person, phenotype: Phenotype, severity: float, photograph: Photograph) -> Shape:
    """Base vertices with person, expression and pose; and the same with the signs, which end above the collar."""
    units = f"expression/units/{person.ancestry}/"
    face = {units + name: weight for name, weight in photograph.expression.items()}
    plain = narrowed(morphed(added(person.morphs, face)))
    moved = morphed(sign_weights(person, phenotype, severity)) - base_mesh()[0]
    pivot = plain[np.unique(base_mesh()[1]["joint-head"])].mean(axis=0) - [0, 0.7, 0]
    signed = plain + moved * reach()[:, None]
    return Shape(posed(plain, pivot, photograph), posed(signed, pivot, photograph))
