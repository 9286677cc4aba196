"""The little of Blender that a portrait needs: meshes, curves, materials, lights, a render to numpy arrays.

Everything is made afresh for each picture, so that nothing of the last one is left in the next."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from portraits.assets import Array
from portraits.camera import Camera

SAMPLES = 12  # paths a pixel at most, before the denoiser


def empty_scene(size: int, seed: int) -> None:
    """A scene with nothing in it, to be rendered by Cycles on one core."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.film_transparent = True
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.seed = "CPU", SAMPLES, seed
    cycles.use_adaptive_sampling, cycles.adaptive_threshold, cycles.adaptive_min_samples = True, 0.05, 6
    cycles.use_denoising, cycles.denoiser, cycles.denoising_prefilter = True, "OPENIMAGEDENOISE", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 5, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 4, 8
    cycles.sample_clamp_indirect = 4.0
    scene.cycles_curves.shape = "RIBBONS"


class Material:
    """A node tree, written as nested calls: ``m("Bump", Height=m.attribute("relief"))`` gives the node's first output."""

    def __init__(self, name: str) -> None:
        self.data = bpy.data.materials.new(name)
        self.data.use_nodes = True
        self.tree = self.data.node_tree
        self.tree.nodes.clear()

    def __call__(self, kind: str, output: int | str = 0, settings: dict[str, Any] | None = None, **inputs: Any) -> Any:
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for key, value in (settings or {}).items():
            setattr(node, key, value)
        for key, value in inputs.items():
            self.set(node, key.replace("_", " "), value)
        return node.outputs[output] if node.outputs else node

    def set(self, node: Any, key: str, value: Any) -> None:
        """Link an output to an input, or give the input a value; inputs are found by name, or number as 'i0'."""
        socket = node.inputs[int(key[1:])] if key[0] == "i" and key[1:].isdigit() else node.inputs[key]
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif socket.type == "RGBA":
            socket.default_value = (*value, 1.0) if len(value) == 3 else value
        else:
            socket.default_value = value

    def attribute(self, name: str, output: str = "Fac") -> Any:
        """A value ("Fac"), colour ("Color") or position ("Vector") stored on the vertices."""
        return self("Attribute", output, {"attribute_name": name})

    def math(self, operation: str, a: Any, b: Any = 0.0, c: Any = 0.0) -> Any:
        return self("Math", 0, {"operation": operation}, i0=a, i1=b, i2=c)

    def surface(self, shader: Any, **passes: Any) -> Any:
        """Finish the material: its shader, and values for the extra passes."""
        self("OutputMaterial", Surface=shader)
        for name, value in passes.items():
            self("OutputAOV", settings={"aov_name": name}, Value=value)
        return self.data


def add_mesh(name: str, vertices: Array, faces: Array, material: Any, smooth: bool = True, **attributes: Array) -> None:
    """A mesh with values (n,) or vectors (n, 3) on its vertices."""
    data = bpy.data.meshes.new(name)
    count, corners = len(faces), faces.shape[1]
    data.vertices.add(len(vertices))
    data.loops.add(count * corners)
    data.polygons.add(count)
    data.vertices.foreach_set("co", np.ascontiguousarray(vertices, np.float32).ravel())
    data.loops.foreach_set("vertex_index", np.ascontiguousarray(faces, np.int32).ravel())
    data.polygons.foreach_set("loop_start", np.arange(0, count * corners, corners, dtype=np.int32))
    data.polygons.foreach_set("use_smooth", np.full(count, smooth))
    data.update(calc_edges=True)
    _attributes(data, "POINT", attributes)
    data.materials.append(material)
    _link(name, data)


def add_curves(name: str, lines: Array, radius: float, material: Any, tip: float = 0.4, **attributes: Array) -> None:
    """Strands (n, points, 3), thinning to a share ``tip`` of their radius, with a value (n,) each."""
    data = bpy.data.hair_curves.new(name)
    number, points = lines.shape[:2]
    data.add_curves([points] * number)
    data.points.foreach_set("position", np.ascontiguousarray(lines, np.float32).ravel())
    width = radius * np.linspace(1, tip, points)
    data.attributes.new("radius", "FLOAT", "POINT").data.foreach_set("value", np.tile(width, number).astype(np.float32))
    _attributes(data, "CURVE", attributes)
    data.materials.append(material)
    _link(name, data)


def _attributes(data: Any, domain: str, attributes: dict[str, Array]) -> None:
    for key, values in attributes.items():
        kind, field = ("FLOAT", "value") if values.ndim == 1 else ("FLOAT_VECTOR", "vector")
        layer = data.attributes.new(key, kind, domain)
        layer.data.foreach_set(field, np.ascontiguousarray(values, np.float32).ravel())


def _link(name: str, data: Any) -> Any:
    thing = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def add_camera(camera: Camera, fstop: float) -> None:
    """The camera, looking along -z with y up."""
    data = bpy.data.cameras.new("camera")
    data.angle, data.clip_end = camera.field_of_view, 1000.0
    data.dof.use_dof, data.dof.focus_distance, data.dof.aperture_fstop = True, camera.focus, fstop
    thing = _link("camera", data)
    thing.location = camera.eye.tolist()
    bpy.context.scene.camera = thing


def directions(rows: int, columns: int) -> Array:
    """Unit vectors (rows, columns, 3) of an environment picture's pixels, bottom row first, as Blender maps them."""
    elevation = ((np.arange(rows) + 0.5) / rows - 0.5) * np.pi
    azimuth = -((np.arange(columns) + 0.5) / columns - 0.5) * 2 * np.pi
    flat = np.cos(elevation)[:, None]
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)[:, None] + 0 * azimuth], axis=-1)


def set_environment(light: Array) -> None:
    """Light from all sides, linear RGB (rows, columns, 3) at `directions`; never in view itself."""
    rows, columns = light.shape[:2]
    image = bpy.data.images.new("environment", columns, rows, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(np.concatenate([light, np.ones((rows, columns, 1))], axis=2).astype(np.float32).ravel())
    world = bpy.data.worlds.new("world")
    world.cycles.sampling_method, world.cycles.sample_map_resolution = "MANUAL", columns  # else 2048, over a second
    world.use_nodes = True
    nodes = world.node_tree.nodes
    picture = nodes.new("ShaderNodeTexEnvironment")
    picture.image = image
    world.node_tree.links.new(picture.outputs[0], nodes["Background"].inputs["Color"])
    bpy.context.scene.world = world


def render(passes: Sequence[str]) -> dict[str, Array]:
    """``image``: premultiplied linear RGBA (size, size, 4), top row first; and each extra pass, (size, size)."""
    scene = bpy.context.scene
    for name in passes:
        layer = bpy.context.view_layer.aovs.add()
        layer.name, layer.type = name, "VALUE"
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    layers = tree.nodes.new("CompositorNodeRLayers")
    with tempfile.TemporaryDirectory() as folder:
        files = tree.nodes.new("CompositorNodeOutputFile")
        files.base_path, files.format.file_format = folder, "OPEN_EXR"
        files.format.color_mode, files.format.color_depth = "RGBA", "32"
        files.file_slots.clear()
        for number, name in enumerate(("Image", *passes)):
            files.file_slots.new(name)
            tree.links.new(layers.outputs[name], files.inputs[number])
        bpy.ops.render.render()
        result = {name.lower(): _pixels(next(Path(folder).glob(f"{name}*.exr"))) for name in ("Image", *passes)}
    return {name: values if name == "image" else values[..., 0] for name, values in result.items()}


def _pixels(path: Path) -> Array:
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    values = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)[::-1].astype(float)
