"""TensorFlow.js graph models to numpy: a ``.json`` with the graph and a list of weights, and files with their values.

The values stand one after another, little-endian, in the files that the list names; large models have several.  Nothing
in a model is executed: the graph is read only to tell depthwise convolutions from others.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from facediag_utils.core.errors import WeightsError

Arrays = dict[str, np.ndarray]

STORED = {"float32": "<f4", "float16": "<f2", "int32": "<i4"}
LARGEST_TEXT, LARGEST_WEIGHTS = 16 << 20, 1 << 30  # bytes; the networks used here have a hundredth of it


def tensors(path: Path) -> Arrays:
    """The weights of a graph model, by their names in it.

    Parameters
    ----------
    path : Path
        The ``.json``; the files with the values stand beside it.

    Returns
    -------
    dict of str to numpy.ndarray
        float32, or int32 for what the graph counts with.  Convolutions as (out, in, height, width), depthwise ones as
        (channels, 1, height, width), matrices as (out, in).

    Raises
    ------
    WeightsError
        If a file is missing, damaged, longer or shorter than the list says, or of a form that is not read.
    """
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise ValueError("it is too long for a description of a network")
        model = json.loads(path.read_text(encoding="utf-8"))
        nodes = model["modelTopology"]["node"]
        depthwise = {node["input"][1] for node in nodes if node["op"] == "DepthwiseConv2dNative"}
        found: Arrays = {}
        for group in model["weightsManifest"]:
            given = _group(path.parent, group["paths"], group["weights"])
            if again := given.keys() & found.keys():
                raise ValueError(f"{min(again)!r} is listed twice")
            found |= given
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error.strerror}); get it again") from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        words = f"{type(error).__name__}: {error}".removeprefix("ValueError: ")
        raise WeightsError(f"{path}: not a readable TensorFlow.js model ({words}); get it again") from None
    return {name: _as_in_torch(value, name in depthwise) for name, value in found.items()}


def _group(folder: Path, files: list[str], weights: list[dict[str, Any]]) -> Arrays:
    shapes = {weight["name"]: _shape(weight) for weight in weights}
    if len(shapes) != len(weights):
        raise ValueError("a weight is listed twice")
    kinds = [_kind(weight) for weight in weights]
    sizes = [math.prod(shape) * kind.itemsize for shape, kind in zip(shapes.values(), kinds, strict=True)]
    if sum(sizes) > LARGEST_WEIGHTS:
        raise ValueError(f"its weights would fill {sum(sizes)} bytes")
    paths = [_beside(folder, name) for name in files]
    there = sum(path.stat().st_size for path in paths)
    if there != sum(sizes):  # before anything of it is read
        raise ValueError(f"{', '.join(files)}: {there} bytes of weights, {sum(sizes)} expected")
    data, at, found = b"".join(path.read_bytes() for path in paths), 0, {}
    for (name, shape), kind, size in zip(shapes.items(), kinds, sizes, strict=True):
        values = np.frombuffer(data, kind, math.prod(shape), at).reshape(shape)
        found[name], at = values.astype(np.float32 if kind.kind == "f" else np.int32), at + size
    return found


def _shape(weight: dict[str, Any]) -> tuple[int, ...]:
    shape = weight["shape"]
    if not isinstance(weight["name"], str) or not isinstance(shape, list) or len(shape) > 4:
        raise ValueError(f"{weight['name']!r} has no shape of at most four sizes")
    if not all(type(size) is int and 1 <= size <= LARGEST_WEIGHTS for size in shape):
        raise ValueError(f"{weight['name']!r} has the impossible shape {shape}")
    return tuple(shape)


def _kind(weight: dict[str, Any]) -> np.dtype:
    """The type of the values in the file: halved precision is named beside the type that they stand for."""
    name = weight.get("quantization", weight)["dtype"]
    if name not in STORED:
        raise ValueError(f"{weight['name']!r} is of type {name!r}; read are {', '.join(STORED)}")
    return np.dtype(STORED[name])


def _beside(folder: Path, name: str) -> Path:
    """A file of weights, which must be in the model's own folder."""
    path = folder / name
    if Path(name).name != name or path.resolve().parent != folder.resolve():
        raise ValueError(f"it asks for the file {name!r}, which is not beside it: it may be hostile")
    if not path.is_file():
        raise ValueError(f"its file {name!r} is missing")
    return path


def _as_in_torch(value: np.ndarray, depthwise: bool) -> np.ndarray:
    """From TensorFlow's (height, width, in, out), depthwise (height, width, channels, 1), and (in, out)."""
    if value.ndim == 4:
        value = value.transpose(2, 3, 0, 1) if depthwise else value.transpose(3, 2, 0, 1)
    elif value.ndim == 2:
        value = value.T
    return np.ascontiguousarray(value).reshape(value.shape)
