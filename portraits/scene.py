"""One person and one photograph made into a scene, rendered to linear RGB."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from portraits import blender, head, landmarks, materials, skin
from portraits import hair as strands
from portraits.assets import Array, Surface, base_mesh, head_share, morphed, normals, refined
from portraits.backdrop import backdrop
from portraits.clothes import add_clothes
from portraits.person import Person, added, both_sides
from portraits.phenotypes import Phenotype
from portraits.photograph import Photograph


def rotation(yaw: float, pitch: float, roll: float) -> Array:
    """Rotation matrix (3, 3) for degrees: yaw to the image's right, pitch up, roll to the image's right."""
    y, p, r = np.radians([yaw, -pitch, -roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def posed(vertices: Array, photograph: Photograph) -> Array:
    """The head turned fully, the shoulders by a third, the neck in between."""
    pivot = vertices[np.unique(base_mesh()[1]["joint-head"])].mean(axis=0) - [0, 0.7, 0]
    share = head_share()[:, None]
    angles = np.array([photograph.yaw, photograph.pitch, photograph.roll])
    body, face = rotation(*(angles * [0.35, 0, 0.1])), rotation(*angles)
    local = vertices - pivot
    return pivot + (1 - share) * (local @ body.T) + share * (local @ face.T)


def base_vertices(person: Person, phenotype: Phenotype, severity: float, photograph: Photograph) -> Array:
    """Base-mesh vertices with person, phenotype, expression and pose."""
    # The morphs were made for grown faces; on small ones they do too much.
    strength = severity * float(np.interp(person.age, [6, 18], [0.7, 1.0]))
    signs = {name: weight * strength for name, weight in both_sides(dict(phenotype.morphs)).items()}
    units = f"expression/units/{person.ancestry}/"
    face = {units + name: weight for name, weight in photograph.expression.items()}
    stare = phenotype.scleral_show * severity
    if stare:
        face = added(face, {units + "eye-left-opened-up": stare, units + "eye-right-opened-up": stare})
    return posed(morphed(added(person.morphs, signs, face)), photograph)


@cache
def part(name: str, levels: int) -> Surface:
    return refined(base_mesh()[1][name], levels)


@dataclass(frozen=True)
class Camera:
    """A pinhole at ``eye`` that looks along -z, with a square picture of ``size`` pixels."""

    eye: Array
    field_of_view: float
    size: int

    def project(self, points: Array) -> Array:
        """Pixel positions (n, 2), x right and y down, of points (n, 3)."""
        local = np.asarray(points) - self.eye
        flat = local[:, :2] / -local[:, 2:] / np.tan(self.field_of_view / 2)
        return (0.5 + 0.5 * flat * [1, -1]) * self.size


@dataclass(frozen=True)
class Rendered:
    """A portrait before it is developed: linear RGB (size, size, 3) in which 1 is white; where the head is, hair
    included, and how much the phenotype changed it there, both 0..1 (size, size)."""

    image: Array
    head: Array
    sign: Array


def framed(photograph: Photograph, vertices: Array, size: int) -> tuple[Camera, float]:
    """A lens of ``focal_mm`` (36 mm sensor) at the distance that frames the head, and the distance to the eyes."""
    front = vertices[(head.rest()[:, 1] > 6.2) & (head.regions()["hairline"] < 0.6)]
    low, high = front.min(axis=0), vertices[:, 1].max()
    height = high - low[1]
    width = height * photograph.frame
    half = np.arctan(18 / photograph.focal_mm)
    centre = np.array([front[:, 0].mean(), low[1] + 0.47 * height, front[:, 2].mean()])
    centre[:2] += np.array(photograph.shift) * width
    distance = width / 2 / np.tan(half)
    camera = Camera(centre + [0, 0, distance], float(2 * half), size)
    return camera, float(camera.eye[2] - front[:, 2].max() + 0.3)


def project_landmarks(
    person: Person, phenotype: Phenotype, severity: float, photograph: Photograph, size: int = 320
) -> Array:
    """Pixel positions (68, 2) of the landmarks in the portrait that `render` makes."""
    surface = head.surface()(base_vertices(person, phenotype, severity, photograph))
    return framed(photograph, surface, size)[0].project(surface[landmarks.vertices()])


def add_head(person: Person, phenotype: Phenotype, severity: float, base: Array, moved: Array) -> None:
    """Skin, scalp shadow, teeth; ``moved`` (n,) is how much the phenotype's morphs moved each vertex."""
    surface = head.surface()
    vertices, paint = surface(base), skin.paint(person, phenotype, severity, base)
    density = strands.scalp_density(person.hair, phenotype, severity)
    roots = 0.55 * density[:, None]
    colour = paint.colour * (1 - roots) + roots * 0.25 * bulk_colour(person)
    if person.hair.beard:
        shadow = 0.2 * (head.regions()["beard"] * strands.beard_shape(person))[:, None]
        colour = colour * (1 - shadow * [1.0, 0.92, 0.85])
    bald = phenotype.hair_loss * severity * head.regions()["scalp"]
    sign = np.maximum.reduce([paint.sign, moved, bald, strands.brow_lost(phenotype, severity)])
    relief = paint.relief[:, None] * normals(vertices, surface.triangles)
    blender.add_mesh(
        "skin",
        vertices + relief,
        surface.quads,
        materials.skin(),
        colour=colour,
        roughness=paint.roughness,
        oil=paint.oil,
        sign=sign,
        head=surface(head_share()),
        rest=head.rest(),
    )
    white = materials.teeth()
    for row in ("upper", "lower"):
        teeth = part(f"helper-{row}-teeth", 2)
        blender.add_mesh(f"teeth-{row}", teeth(base), teeth.quads, white)


def add_eye(
    side: str, person: Person, phenotype: Phenotype, severity: float, base: Array, photograph: Photograph
) -> None:
    """An eyeball whose iris, pupil, limbal ring and shaded rim are painted by angle from the line of sight."""
    surface = head.eyeball(side)
    rng = np.random.default_rng([person.skin_seed, 7])
    rest, vertices = surface(base_mesh()[0]), surface(base)
    direction = strands.unit(rest - rest.mean(axis=0))
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
    sign = np.zeros(len(angle))
    if phenotype.corneal_haze and side == "lr"[person.skin_seed % 2]:
        sign = phenotype.corneal_haze * severity * np.exp(-((angle / 24) ** 2))
        colour = colour * (1 - sign[:, None]) + sign[:, None] * np.array([0.45, 0.47, 0.5])
    blender.add_mesh(
        f"eye-{side}",
        vertices,
        surface.quads,
        materials.eye(),
        colour=np.clip(colour, 0.002, 0.9),
        sign=sign,
        rest=direction,
    )


def bulk_colour(person: Person) -> Array:
    """Roughly what the hair's pigments look like in bulk (linear RGB), for roots."""
    absorbed = person.hair.eumelanin * np.array([0.42, 0.70, 1.37])
    absorbed = absorbed + person.hair.pheomelanin * np.array([0.19, 0.4, 1.05])
    return np.exp(-1.9 * np.sqrt(absorbed)) * (1 - person.hair.grey) + 0.4 * person.hair.grey


def add_hair(person: Person, phenotype: Phenotype, severity: float, base: Array) -> None:
    """Every strand of the picture."""
    hair, rng = person.hair, np.random.default_rng([person.skin_seed, 10])
    vertices = head.surface()(base)
    normal = normals(vertices, head.surface().triangles)
    total = hair.eumelanin + hair.pheomelanin
    material = materials.hair(float(np.clip(hair.pheomelanin / total, 0, 1)))
    scalp, home = strands.scalp_hair(person, phenotype, severity, vertices, normal)
    temples = np.clip(1.6 - home[:, 1] / 8.5 + 0.2 * np.abs(home[:, 0]), 0.5, 1.2)  # grey comes there first
    for name, lines, radius, grey, tint in (
        ("scalp", scalp, 0.0034 + 0.0016 * hair.curl, hair.grey * temples if len(home) else 0.0, 1.0),
        (
            "brows",
            strands.brows(person, phenotype, severity, vertices, normal),
            0.0019,
            0.6 * hair.grey,
            hair.brow_tint,
        ),
        ("beard", strands.beard(person, vertices, normal), 0.0026, min(1.0, 1.2 * hair.grey), 0.9),
        ("lashes", strands.lashes(person, base), 0.0018, 0.0, 1.6),
    ):
        if len(lines):
            pigment = total * tint * rng.lognormal(0, 0.22, len(lines)) + (0.3 if name == "lashes" else 0)
            pigment = np.where(rng.random(len(lines)) < grey, 0.05, pigment)
            blender.add_curves(name, lines, radius, material, melanin=1 - np.exp(-0.83 * pigment))


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


def render(person: Person, phenotype: Phenotype, severity: float, photograph: Photograph, size: int = 320) -> Rendered:
    """Render one portrait (some seconds on one core)."""
    base = base_vertices(person, phenotype, severity, photograph)
    # A shorter neck carries the whole head along; that is no sign of the face.
    carried = Phenotype(
        morphs={name: w for name, w in phenotype.morphs.items() if name.startswith("neck/neck-scale-vert")}
    )
    moved = skin.changed_shape(base, base_vertices(person, carried, severity, photograph))
    light = environment(photograph)
    blender.empty_scene(size, photograph.sensor_seed % 2**31)
    camera, distance = framed(photograph, head.surface()(base), size)
    blender.add_camera(camera.eye.tolist(), camera.field_of_view, distance, photograph.fstop)
    blender.set_environment(light)
    add_head(person, phenotype, severity, base, moved)
    for side in "lr":
        add_eye(side, person, phenotype, severity, base, photograph)
    add_clothes(photograph, base)
    add_hair(person, phenotype, severity, base)
    seen = blender.render(materials.PASSES)
    behind = backdrop(photograph.backdrop, size, np.random.default_rng([photograph.backdrop_seed, 0]))
    picture = seen["image"]
    image = picture[..., :3] * exposure(light, photograph, person) + (1 - picture[..., 3:]) * behind
    return Rendered(image, np.clip(seen["head"], 0, 1), np.clip(seen["sign"], 0, 1))
