"""TensorFlow.js graph models read, computed and written by numpy alone, apart from the package's own reading of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np

Arrays = dict[str, np.ndarray]
KINDS = {"float32": np.float32, "float16": np.float16, "int32": np.int32}


def text(value: str) -> dict:
    return {"s": base64.b64encode(value.encode()).decode()}


def read(path: Path) -> tuple[dict[str, dict], Arrays]:
    """Nodes and weights, by name, each weight in the file's own layout."""
    model = json.loads(path.read_text())
    weights: Arrays = {}
    for group in model["weightsManifest"]:
        data = b"".join((path.parent / name).read_bytes() for name in group["paths"])
        for one in group["weights"]:
            kind = np.dtype(KINDS[one.get("quantization", {}).get("dtype", one["dtype"])])
            count = int(np.prod(one["shape"]))
            weights[one["name"]] = np.frombuffer(data[: count * kind.itemsize], kind).reshape(one["shape"])
            data = data[count * kind.itemsize :]
        assert not data
    return {node["name"]: node for node in model["modelTopology"]["node"]}, weights


def convolution(x: np.ndarray, weight: np.ndarray, node: dict) -> np.ndarray:
    """x (batch, height, width, channels), a square weight (height, width, in, out or 1)."""
    stride = int(node["attr"]["strides"]["list"]["i"][1])
    size = weight.shape[0]
    if base64.b64decode(node["attr"]["padding"]["s"]) == b"SAME":
        side = x.shape[1]
        total = max((-(-side // stride) - 1) * stride + size - side, 0)
        x = np.pad(x, ((0, 0), *((total // 2, total - total // 2),) * 2, (0, 0)))
    count = (x.shape[1] - size) // stride + 1
    result = np.float32(0)
    for i in range(size):
        for j in range(size):
            part = x[:, i : i + stride * (count - 1) + 1 : stride, j : j + stride * (count - 1) + 1 : stride]
            deep = node["op"] == "DepthwiseConv2dNative"
            result = result + (part * weight[i, j, :, 0] if deep else part @ weight[i, j])
    return result


OPERATIONS = {
    "Add": np.add,
    "AddV2": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Maximum": np.maximum,
    "Minimum": np.minimum,
    "Relu": lambda x: np.maximum(x, 0),
    "Pad": np.pad,
    "Reshape": lambda x, shape: x.reshape(tuple(shape)),
    "MatMul": np.matmul,
    "Mean": lambda x, axes: x.mean(axis=tuple(axes)),
}


def evaluate(path: Path, pictures: np.ndarray, output: str) -> np.ndarray:
    """What the graph makes of pictures, float32 (batch, height, width, 3)."""
    nodes, weights = read(path)
    values: Arrays = {
        name: weight.astype(np.float32) if weight.dtype.kind == "f" else weight for name, weight in weights.items()
    }

    def of(name: str) -> np.ndarray:
        if name not in values:
            node = nodes[name]
            if node["op"] == "Placeholder":
                return pictures
            given = [of(one) for one in node["input"]]
            if node["op"] in ("Conv2D", "DepthwiseConv2dNative"):
                values[name] = convolution(*given, node)
            else:
                values[name] = OPERATIONS[node["op"]](*given)
        return values[name]

    return of(output)


class Graph:
    """A graph that a test writes, node by node, with random weights."""

    def __init__(self, seed: int = 0) -> None:
        self.nodes: list[dict] = []
        self.weights: Arrays = {}
        self.draw = np.random.default_rng(seed)

    def weight(self, name: str, *shape: int, low: float = -1, high: float = 1) -> str:
        return self.constant(name, self.draw.uniform(low, high, shape).astype(np.float32))

    def constant(self, name: str, value: object, kind: type = np.float32) -> str:
        self.weights[name] = np.asarray(value, kind)
        self.nodes.append({"name": name, "op": "Const"})
        return name

    def add(self, name: str, op: str, *inputs: str, **attributes: object) -> str:
        self.nodes.append({"name": name, "op": op, "input": list(inputs), "attr": attributes})
        return name

    def convolve(self, name: str, x: str, weight: str, stride: int, padding: str) -> str:
        deep = self.weights[weight].shape[3] == 1
        strides = {"list": {"i": ["1", str(stride), str(stride), "1"]}}
        op = "DepthwiseConv2dNative" if deep else "Conv2D"
        return self.add(name, op, x, weight, strides=strides, padding=text(padding))

    def write(self, path: Path, half: bool = False, shards: int = 1) -> Path:
        """The ``.json``, and the values in one file of the same name or in several."""
        listed, data = [], b""
        for name, value in self.weights.items():
            one: dict = {"name": name, "shape": list(value.shape), "dtype": value.dtype.name}
            if half and value.dtype == np.float32:
                one["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
                value = value.astype(np.float16)
            listed.append(one)
            data += value.tobytes()
        names = [f"{path.stem}.bin"] if shards == 1 else [f"shard{k}of{shards}.bin" for k in range(1, shards + 1)]
        edges = np.linspace(0, len(data), shards + 1).astype(int)
        for name, start, end in zip(names, edges[:-1], edges[1:], strict=True):
            (path.parent / name).write_bytes(data[start:end])
        manifest = [{"paths": names, "weights": listed}]
        model = {"format": "graph-model", "modelTopology": {"node": self.nodes}, "weightsManifest": manifest}
        path.write_text(json.dumps(model))
        return path


def mobileface() -> Graph:
    """MobileFace as the package has it: nodes and names of `mobileface.json`."""
    graph, count = Graph(), 0
    graph.add("data", "Placeholder")
    x = graph.add("sub", "Sub", "data", graph.constant("minusscalar0_second", [127.5]))
    x = graph.add("mul", "Mul", x, graph.constant("mulscalar0_second", [0.0078125]))

    def numbered(name: str, k: int) -> str:
        return f"{name}_{k}" if k else name

    def convolve(name: str, x: str, shape: tuple[int, ...], stride: int) -> str:
        bound = (6 / (shape[0] * shape[1] * (1 if shape[3] == 1 else shape[2]))) ** 0.5
        weight = graph.weight(name, *shape, low=-bound, high=bound)
        if shape[0] == 3:
            pad = f"padded/{name}"
            places = graph.constant(
                numbered("Pad", sum("Pad" in n for n in graph.weights)) + "/paddings",
                [[0, 0], [1, 1], [1, 1], [0, 0]],
                np.int32,
            )
            x = graph.add(pad, "Pad", x, places)
        return graph.convolve(f"out/{name}", x, weight, stride, "VALID")

    def prelu(name: str, x: str, width: int) -> str:
        nonlocal count
        high = graph.add(f"high/{name}", "Maximum", graph.constant(numbered("Maximum", count) + "/x", 0.0), x)
        low = graph.add(f"low/{name}", "Minimum", graph.constant(numbered("Minimum", count) + "/x", 0.0), x)
        count += 1
        scaled = graph.add(f"scaled/{name}", "Mul", graph.weight(name, width, low=0, high=0.5), low)
        return graph.add(f"out/{name}", "AddV2", high, scaled)

    x = prelu("prelu1_gamma", convolve("conv1_weight", x, (3, 3, 3, 32), 2), 32)
    channels = 32
    for k, width in enumerate((32, 32, 64, 128), 1):
        unit = f"stage{k}_unit1"
        x = convolve(f"{unit}_conv0_0_weight", x, (1, 1, channels, width), 1)
        x = start = prelu(f"{unit}_prelu0_gamma", convolve(f"{unit}_conv0_1_df", x, (3, 3, width, 1), 2), width)
        for j in (1, 2):
            x = prelu(f"{unit}_prelu{j}_gamma", convolve(f"{unit}_conv{j}_df", x, (3, 3, width, 1), 1), width)
        x, channels = graph.add(f"sum{k}", "AddV2", x, start), width
    x = graph.add("flatten/Reshape", "Reshape", x, graph.constant("flatten/Const", [-1, 2048], np.int32))
    x = graph.add("dense/MatMul", "MatMul", x, graph.weight("dense/kernel", 2048, 256, low=-0.05, high=0.05))
    x = graph.add("batchnorm0/mul_1", "Mul", x, graph.weight("batchnorm0/mul", 256, low=0.5))
    graph.add("batchnorm0/add_1", "AddV2", x, graph.weight("batchnorm0/sub", 256))
    return graph


def mobilenet() -> Graph:
    """MobileNet v1 as the package has it: nodes and names of `faceres.json`, one weight of its unused heads among them."""
    graph = Graph()

    def layer(name: str, x: str, shape: tuple[int, ...], stride: int) -> str:
        deep = shape[3] == 1
        bound = (6 / (shape[0] * shape[1] * (1 if deep else shape[2]))) ** 0.5
        kernel = f"{name}/depthwise_kernel" if deep else f"{name}/convolution/merged_input"
        kernel = graph.weight(kernel, *shape, low=-bound, high=bound)
        norm, width = f"{name}_bn/batchnorm_1", shape[2] if deep else shape[3]
        x = graph.convolve(f"{name}/depthwise" if deep else f"{norm}/mul_1", x, kernel, stride, "SAME")
        if deep:
            x = graph.add(f"{norm}/mul_1", "Mul", x, graph.weight(f"{norm}/mul", width, low=0.5, high=1.5))
        x = graph.add(f"{norm}/add_1", "Add", x, graph.weight(f"{norm}/sub", width, low=-0.2, high=0.2))
        x = graph.add(f"{name}_relu/Relu", "Relu", x)
        x = graph.add(f"{name}_relu/clip_by_value/Minimum", "Minimum", x, graph.constant(f"{name}_relu/Cast", 6.0))
        return graph.add(f"{name}_relu/clip_by_value", "Maximum", x, graph.constant(f"{name}_relu/Const_1", 0.0))

    x = layer("conv1", graph.add("input_1", "Placeholder"), (3, 3, 3, 32), 2)
    graph.weights["conv1/convolution/merged_input"] /= 64  # colours are not scaled
    channels = 32
    widths = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
    for k, width in enumerate(widths, 1):
        x = layer(f"conv_dw_{k}", x, (3, 3, channels, 1), 2 if k in (2, 4, 6, 12) else 1)
        x, channels = layer(f"conv_pw_{k}", x, (1, 1, channels, width), 1), width
    graph.add(
        "global_pooling/Mean", "Mean", x, graph.constant("global_pooling/Mean/reduction_indices", [1, 2], np.int32)
    )
    graph.weight("feats/kernel", 1024, 256)
    return graph
