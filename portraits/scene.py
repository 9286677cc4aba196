"""One person and one photograph made into a scene, rendered to linear RGB."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from portraits import blender, face_hair, head, materials, skin
from portraits import hair as strands
from portraits.assets import Array, Surface, base_mesh, head_share, normals, refined
from portraits.backdrop import backdrop
from portraits.camera import framed
from portraits.clothes import add_clothes
from portraits.eyes import add_eye
from portraits.glasses import add_glasses
from portraits.lighting import environment, exposure
from portraits.person import Person
from portraits.phenotypes import Phenotype
from portraits.photograph import Photograph
from portraits.pose import Shape, shape


@cache
def part(name: str, levels: int) -> Surface:
    return refined(base_mesh()[1][name], levels)


@dataclass(frozen=True)
class Rendered:
    """A portrait before it is developed: linear RGB (size, size, 3) in which 1 is white; and each 0..1 (size, size): where
    the head is, hair included; where hair of the scalp is; where the person is, clothes included; how much the signs changed a place."""

    image: Array
    head: Array
    hair: Array
    person: Array
    sign: Array


def add_head(person: Person, phenotype: Phenotype, severity: float, body: Shape) -> None:
    """Skin, scalp shadow, teeth."""
    surface = head.surface()
    vertices, paint = surface(body.signed), skin.paint(person, phenotype, severity, body.signed)
    lost = strands.lost(phenotype, severity, head.rest()) * head.regions()["scalp"]
    roots = 0.55 * (strands.scalp_density(person.hair) * (1 - lost))[:, None]
    colour = paint.colour * (1 - roots) + roots * 0.25 * bulk_colour(person)
    if person.hair.beard:
        shadow = 0.2 * (head.regions()["beard"] * face_hair.beard_shape(person))[:, None]
        colour = colour * (1 - shadow * [1.0, 0.92, 0.85])
    brow = face_hair.brow_lost(phenotype, severity, head.rest()) * face_hair.near_brow()
    relief = paint.relief[:, None] * normals(vertices, surface.triangles)
    blender.add_mesh(
        "skin",
        vertices + relief,
        surface.quads,
        materials.skin(),
        colour=colour,
        roughness=paint.roughness,
        oil=paint.oil,
        sign=np.maximum.reduce([paint.sign, skin.changed_shape(body), lost, brow]),
        head=surface(head_share()),
        rest=head.rest(),
    )
    white = materials.teeth()
    for row in ("upper", "lower"):
        teeth = part(f"helper-{row}-teeth", 2)
        blender.add_mesh(f"teeth-{row}", teeth(body.signed), teeth.quads, white)


def bulk_colour(person: Person) -> Array:
    """Roughly what the hair's pigments look like in bulk (linear RGB), for roots."""
    absorbed = person.hair.eumelanin * np.array([0.42, 0.70, 1.37])
    absorbed = absorbed + person.hair.pheomelanin * np.array([0.19, 0.4, 1.05])
    return np.exp(-1.9 * np.sqrt(absorbed)) * (1 - person.hair.grey) + 0.4 * person.hair.grey


def add_hair(person: Person, phenotype: Phenotype, severity: float, body: Shape) -> None:
    """Every strand of the picture; those that are lost are drawn and then left out."""
    hair, rng = person.hair, np.random.default_rng([person.skin_seed, 10])
    total = hair.eumelanin + hair.pheomelanin
    material = materials.hair(float(np.clip(hair.pheomelanin / total, 0, 1)))
    scalp = strands.scalp_hair(person, phenotype, severity, body)
    home = scalp.home
    temples = np.clip(1.6 - home[:, 1] / 8.5 + 0.2 * np.abs(home[:, 0]), 0.5, 1.2)  # grey comes there first
    for name, grown, radius, grey, tint in (
        ("scalp", scalp, 0.0034 + 0.0016 * hair.curl, hair.grey * temples, 1.0),
        ("brows", face_hair.brows(person, phenotype, severity, body), 0.0019, 0.6 * hair.grey, hair.brow_tint),
        ("beard", face_hair.beard(person, body), 0.0026, min(1.0, 1.2 * hair.grey), 0.9),
        ("lashes", face_hair.lashes(person, body), 0.0018, 0.0, 1.6),
    ):
        number = len(grown.lines)
        pigment = total * tint * rng.lognormal(0, 0.22, number) + (0.3 if name == "lashes" else 0)
        pigment = np.where(rng.random(number) < grey, 0.05, pigment)
        values = {"melanin": 1 - np.exp(-0.83 * pigment), "sign": grown.sign, "random": rng.random(number)}
        values["scalp"] = np.full(number, float(name == "scalp"))
        if grown.left.any():
            left = {key: value[grown.left] for key, value in values.items()}
            blender.add_curves(name, grown.lines[grown.left], radius, material, **left)


def render(person: Person, phenotype: Phenotype, severity: float, photograph: Photograph, size: int = 320) -> Rendered:
    """Render one portrait (some seconds on one core)."""
    body = shape(person, phenotype, severity, photograph)
    light = environment(photograph)
    blender.empty_scene(size, photograph.sensor_seed % 2**31)
    blender.add_camera(framed(photograph, body, size), photograph.fstop)
    blender.set_environment(light)
    add_head(person, phenotype, severity, body)
    for side in "lr":
        add_eye(side, person, body, photograph)
    add_clothes(photograph, body.plain)
    if photograph.glasses is not None:
        add_glasses(photograph.glasses, body)
    add_hair(person, phenotype, severity, body)
    seen = blender.render(materials.PASSES)
    behind = backdrop(photograph.backdrop, size, np.random.default_rng([photograph.backdrop_seed, 0]))
    picture = seen.pop("image")
    image = picture[..., :3] * exposure(light, photograph, person) + (1 - picture[..., 3:]) * behind
    parts = {name: np.clip(values, 0, 1) for name, values in seen.items()}
    return Rendered(image, person=np.clip(picture[..., 3], 0, 1), **parts)
