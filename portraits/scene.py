"""One person and one photograph made into a Mitsuba scene, rendered to linear RGB."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import mitsuba as mi
import numpy as np

from portraits import hair as strands
from portraits import head, skin
from portraits.assets import Array, Surface, base_mesh, head_share, morphed, normals, refined
from portraits.backdrop import backdrop
from portraits.person import Person, added, both_sides
from portraits.phenotypes import Phenotype
from portraits.photograph import Photograph

mi.set_variant("scalar_rgb")  # the LLVM variant needs a library that pip does not bring

SAMPLES = 36  # paths a pixel; what is left of their noise looks like a sensor's


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
    signs = {name: weight * severity for name, weight in both_sides(dict(phenotype.morphs)).items()}
    units = f"expression/units/{person.ancestry}/"
    face = {units + name: weight for name, weight in photograph.expression.items()}
    stare = phenotype.scleral_show * severity
    if stare:
        face = added(face, {units + "eye-left-opened-up": stare, units + "eye-right-opened-up": stare})
    return posed(morphed(added(person.morphs, signs, face)), photograph)


@cache
def part(name: str, levels: int) -> Surface:
    return refined(base_mesh()[1][name], levels)


@cache
def cloth() -> Surface:
    """The upper part of the tights helper."""
    vertices, groups = base_mesh()
    tights = groups["helper-tights"]
    return refined(tights[vertices[tights][:, :, 1].min(axis=1) > head.LOWEST], 3)


def neckline(collar: str, rest: Array) -> Array:
    """Height (decimetres, on the undeformed mesh) at which the cloth ends, for points (n, 3) of it."""
    x = np.abs(rest[:, 0])
    front = np.clip((rest[:, 2] - 0.1) / 0.7, 0, 1) * np.clip((1.1 - x) / 0.3, 0, 1)
    return {
        "high": 6.1 - 0.1 * front,
        "crew": 5.9 - 0.3 * front,
        "scoop": 5.85 - front * np.clip(0.8 - 0.9 * x**2, 0.1, 1),
        "vee": 5.9 - front * np.clip(0.95 - 1.5 * x, 0.1, 1),
    }[collar]


def mesh(name: str, vertices: Array, triangles: Array, bsdf: dict, **attributes: Array) -> mi.Mesh:
    """A Mitsuba mesh with smooth normals and per-vertex attributes of 1 or 3 channels."""
    properties = mi.Properties()
    properties["bsdf"] = mi.load_dict(bsdf)
    result = mi.Mesh(name, len(vertices), len(triangles), has_vertex_normals=True, props=properties)
    for key, values in attributes.items():
        channels = 1 if values.ndim == 1 else values.shape[1]
        result.add_attribute(f"vertex_{key}", channels, np.ascontiguousarray(values, np.float32).ravel())
    parameters = mi.traverse(result)
    parameters["vertex_positions"] = vertices.astype(np.float32).ravel()
    parameters["vertex_normals"] = normals(vertices, triangles).astype(np.float32).ravel()
    parameters["faces"] = triangles.astype(np.uint32).ravel()
    parameters.update()
    return result


ATTRIBUTE = {"type": "mesh_attribute", "name": "vertex_color"}


def skin_mesh(person: Person, phenotype: Phenotype, severity: float, vertices: Array) -> mi.Mesh:
    colour, roughness, relief = skin.paint(person, phenotype, severity)
    triangles = head.surface().triangles
    density = strands.scalp_density(person.hair, phenotype, severity)[:, None]
    shade = 0.45 if person.hair.style != "buzz" else 0.6
    colour = colour * (1 - shade * density) + shade * density * 0.3 * strand_colour(person)
    if person.hair.beard:
        colour = colour * (1 - 0.22 * head.regions()["beard"][:, None])
    bsdf = {
        "type": "principled",
        "base_color": ATTRIBUTE,
        "roughness": {"type": "mesh_attribute", "name": "vertex_roughness"},
        "specular": 0.42,
        "sheen": 0.1,
        "flatness": 0.45,
    }
    # Two-sided, as strong morphs of a small chin let the inside of the lower lip come through it.
    bsdf = {"type": "twosided", "nested": bsdf}
    moved = vertices + relief[:, None] * normals(vertices, triangles)
    return mesh("skin", moved, triangles, bsdf, color=colour, roughness=roughness)


def eye_mesh(
    side: str, person: Person, phenotype: Phenotype, severity: float, base: Array, photograph: Photograph
) -> mi.Mesh:
    """An eyeball whose iris, pupil, limbal ring and veins are painted by angle from the line of sight."""
    rng = np.random.default_rng([person.skin_seed, 7 + (side == "r")])
    surface = part(f"helper-{side}-eye", 4)
    rest = surface(base_mesh()[0])
    direction = strands.unit(rest - rest.mean(axis=0))
    yaw, pitch = np.radians(photograph.gaze)
    sight = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    angle = np.degrees(np.arccos(np.clip(direction @ sight, -1, 1)))
    white = np.array([0.72, 0.67, 0.62]) * (1 - 0.05 * person.melanin)
    red = np.clip((angle - 38) / 40, 0, 1) * (0.5 + 0.5 * head.smooth_noise(direction, 12, rng)).clip(0, 1)
    colour = white * (1 - red[:, None] * [0.05, 0.3, 0.3])
    spokes = 1 + 0.25 * np.sin(9 * np.arctan2(direction[:, 1], direction[:, 0]) + rng.uniform(0, 6)) * rng.normal(
        1, 0.3, len(angle)
    )
    iris = np.array(person.iris)[None] * spokes[:, None].clip(0.5, 1.6) * 1.6
    ring = np.clip((angle - 22.5) / 3, 0, 1)[:, None]
    inner = iris * (1 - 0.75 * ring)
    share = np.clip((27 - angle) / 1.5, 0, 1)[:, None]
    colour = colour * (1 - share) + inner * share
    colour = np.where((angle < 9.5)[:, None], 0.004, colour)
    if phenotype.corneal_haze and side == "lr"[person.skin_seed % 2]:
        haze = phenotype.corneal_haze * severity * np.exp(-((angle / 24) ** 2))[:, None]
        colour = colour * (1 - haze) + haze * np.array([0.45, 0.47, 0.5])
    bsdf = {
        "type": "principled",
        "base_color": ATTRIBUTE,
        "roughness": 0.06,
        "specular": 0.6,
        "clearcoat": 1.0,
        "clearcoat_gloss": 0.95,
    }
    return mesh(f"eye-{side}", surface(base), surface.triangles, bsdf, color=colour)


def cloth_mesh(photograph: Photograph, base: Array) -> mi.Mesh:
    rng = np.random.default_rng([photograph.backdrop_seed, 1])
    surface = cloth()
    rest, vertices = surface(base_mesh()[0]), surface(base)
    normal = normals(vertices, surface.triangles)
    vertices = (
        vertices
        + normal * (0.05 + 0.012 * head.smooth_noise(rest, 5, rng) + 0.003 * head.smooth_noise(rest, 25, rng))[:, None]
    )
    colour = np.tile(photograph.cloth, (len(rest), 1))
    if photograph.stripe is not None:
        colour[np.sin(rest[:, 1] * 28) > 0.25] = photograph.stripe
    colour = colour * (1 + 0.02 * rng.normal(size=(len(rest), 1)))
    shown = np.clip((neckline(photograph.collar, rest) - rest[:, 1]) / 0.015 + 0.5, 0, 1)
    bsdf = {
        "type": "mask",
        "opacity": {"type": "mesh_attribute", "name": "vertex_shown"},
        "nested": {"type": "twosided", "nested": {"type": "diffuse", "reflectance": ATTRIBUTE}},
    }
    triangles = surface.triangles[shown[surface.triangles].max(axis=1) > 0]  # unseen cloth would still cast shadows
    return mesh("cloth", vertices, triangles, bsdf, color=np.clip(colour, 0.01, 0.9), shown=shown)


def strand_colour(person: Person) -> Array:
    """Roughly what the hair's pigments look like in bulk (linear RGB), for roots and lashes."""
    absorbed = person.hair.eumelanin * np.array([0.42, 0.70, 1.37]) + person.hair.pheomelanin * np.array(
        [0.19, 0.4, 1.05]
    )
    dyed = np.exp(-1.9 * np.sqrt(absorbed))
    return dyed * (1 - person.hair.grey) + 0.4 * person.hair.grey


def hair_bsdfs(person: Person) -> list[tuple[dict, float]]:
    """Materials of the strands and the share of strands that have each: the natural colour, a lighter one, grey."""
    natural = {"type": "hair", "eumelanin": person.hair.eumelanin, "pheomelanin": person.hair.pheomelanin}
    lighter = {"type": "hair", "eumelanin": 0.7 * person.hair.eumelanin, "pheomelanin": person.hair.pheomelanin}
    grey = {"type": "hair", "eumelanin": 0.06, "pheomelanin": 0.0}
    coloured = 1 - person.hair.grey
    return [(natural, 0.75 * coloured), (lighter, 0.25 * coloured), (grey, person.hair.grey)]


def curves(folder: Path, name: str, lines: Array, radius: float, bsdf: dict) -> dict:
    """Strands (n, points, 3) as a Mitsuba curve shape, thinning towards their tips."""
    width = np.broadcast_to(radius * np.linspace(1, 0.35, lines.shape[1])[None, :, None], (*lines.shape[:2], 1))
    table = np.concatenate([lines, width], axis=2)
    one = "%.5f %.5f %.5f %.5f\n" * lines.shape[1] + "\n"
    path = folder / f"{name}.txt"
    path.write_text("".join([one % tuple(row) for row in table.reshape(len(table), -1)]))
    return {"type": "linearcurve", "filename": str(path), "bsdf": bsdf}


def hair_shapes(
    folder: Path, person: Person, phenotype: Phenotype, severity: float, base: Array, vertices: Array
) -> dict:
    """Every strand of the picture, as named Mitsuba shapes."""
    normal = normals(vertices, head.surface().triangles)
    up = np.array([0.0, 1.0, 0.0])
    scalp = strands.scalp_hair(person, phenotype, severity, vertices, normal, up)
    shuffled = np.random.default_rng([person.skin_seed, 9]).permutation(len(scalp))
    shapes, start = {}, 0
    for k, (bsdf, share) in enumerate(hair_bsdfs(person)):
        rows = shuffled[start : start + int(round(share * len(scalp)))]
        start += len(rows)
        if len(rows):
            shapes[f"hair{k}"] = curves(folder, f"hair{k}", scalp[rows], 0.0042, bsdf)
    plain = {"type": "diffuse", "reflectance": {"type": "rgb", "value": list(0.7 * strand_colour(person))}}
    dark = {"type": "diffuse", "reflectance": {"type": "rgb", "value": list(0.15 * strand_colour(person) + 0.006)}}
    for name, lines, radius, bsdf in (
        ("brows", strands.brows(person, phenotype, severity, vertices, normal), 0.0026, plain),
        ("beard", strands.beard(person, vertices, normal, up), 0.0024, plain),
        ("lashes", strands.lashes(person, base), 0.0016, dark),
    ):
        if len(lines):
            shapes[name] = curves(folder, name, lines, radius, bsdf)
    return shapes


def environment(photograph: Photograph) -> Array:
    """Light from all sides as a latitude-longitude picture (32, 64, 3): ambient and soft lights, no lamp in view."""
    rows, columns = 32, 64
    theta = (np.arange(rows) + 0.5) / rows * np.pi
    phi = (np.arange(columns) + 0.5) / columns * 2 * np.pi
    x, y, z = (
        np.sin(theta)[:, None] * np.sin(phi),
        np.cos(theta)[:, None] + 0 * phi,
        -np.sin(theta)[:, None] * np.cos(phi),
    )
    light = np.array(photograph.ambient) * (0.75 + 0.45 * y)[..., None]
    for lamp in photograph.lights:
        a, e = np.radians([lamp.azimuth, lamp.elevation])
        cosine = x * np.sin(a) * np.cos(e) + y * np.sin(e) + z * np.cos(a) * np.cos(e)
        away = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
        lobe = np.exp(-((away / lamp.width) ** 2))
        light = light + lobe[..., None] * np.array(lamp.radiance) * (40 / lamp.width) ** 2
    return light


def exposure(light: Array, photograph: Photograph, person: Person) -> float:
    """Factor from radiance to a picture in 0..1: set for the light on the face, and in part for the skin."""
    rows, columns = light.shape[:2]
    theta = (np.arange(rows) + 0.5) / rows * np.pi
    facing = np.sin(theta)[:, None] * -np.cos((np.arange(columns) + 0.5) / columns * 2 * np.pi)
    weight = np.clip(facing, 0, 1) * np.sin(theta)[:, None] * (np.pi / rows) * (2 * np.pi / columns)
    irradiance = float((light.mean(axis=2) * weight).sum())
    return (
        0.95 * np.pi / irradiance * 2**photograph.exposure_ev * (0.35 / float(skin.tone(person.melanin).mean())) ** 0.4
    )


def camera(photograph: Photograph, vertices: Array, size: int) -> dict:
    """A lens of ``focal_mm`` (36 mm sensor) at the distance that frames the head; the camera looks along -z."""
    front = vertices[(head.rest()[:, 1] > 6.2) & (head.regions()["hairline"] < 0.6)]
    low, high = front.min(axis=0), vertices[:, 1].max()
    height = high - low[1]
    width = height * photograph.frame
    half = np.arctan(18 / photograph.focal_mm)
    centre = np.array([front[:, 0].mean(), low[1] + 0.47 * height, front[:, 2].mean()])
    centre[:2] += np.array(photograph.shift) * width
    eye = centre + [0, 0, width / 2 / np.tan(half)]
    to_world = mi.ScalarTransform4f().look_at(origin=eye.tolist(), target=centre.tolist(), up=[0, 1, 0])
    return {
        "type": "perspective",
        "fov": float(np.degrees(2 * half)),
        "to_world": to_world,
        "film": {
            "type": "hdrfilm",
            "width": size,
            "height": size,
            "pixel_format": "rgba",
            "rfilter": {"type": "gaussian"},
        },
        "sampler": {"type": "multijitter", "sample_count": SAMPLES},
    }


def render(person: Person, phenotype: Phenotype, severity: float, photograph: Photograph, size: int = 320) -> Array:
    """Linear RGB (size, size, 3), exposed so that 1 is white."""
    base = base_vertices(person, phenotype, severity, photograph)
    vertices = head.surface()(base)
    light = environment(photograph)
    gain = exposure(light, photograph, person)
    teeth = {"type": "principled", "base_color": {"type": "rgb", "value": [0.72, 0.66, 0.56]}, "roughness": 0.3}
    with tempfile.TemporaryDirectory() as folder:
        scene = {
            "type": "scene",
            "integrator": {"type": "path", "max_depth": 4, "hide_emitters": True},
            "sensor": camera(photograph, vertices, size),
            "environment": {"type": "envmap", "bitmap": mi.Bitmap(light.astype(np.float32))},
            "skin": skin_mesh(person, phenotype, severity, vertices),
            "cloth": cloth_mesh(photograph, base),
            **hair_shapes(Path(folder), person, phenotype, severity, base, vertices),
        }
        for side in "lr":
            scene[f"eye_{side}"] = eye_mesh(side, person, phenotype, severity, base, photograph)
        for row in ("upper", "lower"):
            surface = part(f"helper-{row}-teeth", 2)
            scene[f"teeth_{row}"] = mesh(f"teeth-{row}", surface(base), surface.triangles, teeth)
        image = np.array(mi.render(mi.load_dict(scene), seed=photograph.sensor_seed % 2**31))
    behind = backdrop(photograph.backdrop, size, np.random.default_rng([photograph.backdrop_seed, 0]))
    return image[..., :3].astype(float) * gain + (1 - image[..., 3:]) * behind
