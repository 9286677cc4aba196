"""TensorFlow.js models: the same features as their graphs give, and damaged or hostile ones refused."""

import json
import struct

import numpy as np
import pytest
import tfjs_graph
import torch

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks import formats, registry, tfjs

OUTPUTS = {"mobileface": "batchnorm0/add_1", "mobilenet_vggface2": "global_pooling/Mean"}
MADE = {"mobileface": tfjs_graph.mobileface, "mobilenet_vggface2": tfjs_graph.mobilenet}
COLOURS = np.array([103.939, 116.779, 123.68], np.float32)  # blue, green, red


def chips(size: int, count: int = 2) -> np.ndarray:
    """Smooth pictures, so that features differ from those of noise alone: blocks of one colour."""
    blocks = np.random.default_rng(size).integers(0, 256, (count, 7, 7, 3), dtype=np.uint8)
    return blocks.repeat(-(-size // 7), axis=1).repeat(-(-size // 7), axis=2)[:, :size, :size]


def as_the_graph_has_it(name: str, pictures: np.ndarray) -> np.ndarray:
    pictures = pictures.astype(np.float32)
    return pictures if name == "mobileface" else pictures[..., ::-1] - COLOURS


@torch.inference_mode()
def features(network, name: str, pictures: np.ndarray) -> np.ndarray:
    record = registry.get(name)
    return network.features(registry.prepare(pictures, record), record.feature_layer).numpy()


def assert_same(ours: np.ndarray, graphs: np.ndarray) -> None:
    assert ours.shape == graphs.shape and np.abs(graphs[0] - graphs[1]).max() > 0.01 * np.abs(graphs).max()
    assert np.abs(ours - graphs).max() <= 1e-4 * np.abs(graphs).max()


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("name", OUTPUTS)
def test_features_are_those_of_the_graph(name, half, tmp_path):
    """On files of the published form: true names and shapes, random values."""
    path = MADE[name]().write(tmp_path / "model.json", half)
    network = registry.build(registry.get(name)).eval()
    network.fill(path.with_suffix(".bin"))
    pictures = chips(registry.get(name).input_size)
    assert_same(
        features(network, name, pictures), tfjs_graph.evaluate(path, as_the_graph_has_it(name, pictures), OUTPUTS[name])
    )


@pytest.mark.parametrize("name", OUTPUTS)
def test_features_are_those_of_the_published_graph(name):
    record = registry.get(name)
    if not record.installed:
        pytest.skip(record.missing)
    pictures, path = chips(record.input_size), record.file.path.with_suffix(".json")
    assert_same(
        features(registry.load(name), name, pictures),
        tfjs_graph.evaluate(path, as_the_graph_has_it(name, pictures), OUTPUTS[name]),
    )


#: Sums of the four quarters of the first picture's features, and their length: from one machine, on 2026-11-25.
GOLDEN: dict[str, tuple[list[float], float]] = {
    "efficientnet_lite1": ([34.4947, 51.4547, 46.7104, 44.525], 17.92862),
    "efficientnet_lite2": ([29.6258, 18.497, 26.7465, 32.1732], 10.55292),
    "mobilenet_vggface2": ([1.7744, 0.3421, 1.2953, 0.7024], 1.03162),
    "mobileface": ([-66.5563, -17.912, -32.0169, -6.825], 128.30396),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_embeddings(name):
    record = registry.get(name)
    if not record.installed:
        pytest.skip(record.missing)
    [found] = features(registry.load(name), name, chips(record.input_size)[:1])
    quarters, length = GOLDEN[name]
    assert np.linalg.norm(found) == pytest.approx(length, rel=1e-3)
    assert found.reshape(4, -1).sum(axis=1) == pytest.approx(quarters, rel=1e-3, abs=1e-3 * length)


@pytest.mark.parametrize(
    ("name", "constant"),
    [
        ("mobileface", "Maximum_3/x"),
        ("mobileface", "Pad_2/paddings"),
        ("mobileface", "mulscalar0_second"),
        ("mobilenet_vggface2", "conv_dw_3_relu/Cast"),
    ],
)
def test_a_graph_that_computes_something_else_is_refused(name, constant, tmp_path):
    """What is code here is a constant there: with another value the features would be wrong without a word."""
    graph = MADE[name]()
    graph.weights[constant] = graph.weights[constant] + 1
    graph.write(tmp_path / "model.json")
    with pytest.raises(WeightsError, match=rf"model\.bin: not the weights of .*: {constant} does not belong to it"):
        registry.build(registry.get(name)).fill(tmp_path / "model.bin")


def small(folder, shards: int = 1):
    graph = tfjs_graph.Graph()
    graph.add("x", "Placeholder")
    deep = graph.convolve("y", "x", graph.weight("deep", 3, 3, 5, 1), 1, "SAME")
    graph.convolve("z", deep, graph.weight("plain", 2, 3, 5, 4), 1, "SAME")
    graph.weight("matrix", 6, 2)
    graph.constant("counted", [-1, 7], np.int32)
    graph.constant("one", 0.5)
    return graph, graph.write(folder / "model.json", shards=shards)


@pytest.mark.parametrize("shards", [1, 3])
def test_layouts_are_pytorchs(tmp_path, shards):
    graph, path = small(tmp_path, shards)
    found = tfjs.tensors(path)
    assert {name: value.shape for name, value in found.items()} == {
        "deep": (5, 1, 3, 3),
        "plain": (4, 5, 2, 3),
        "matrix": (2, 6),
        "counted": (2,),
        "one": (),
    }
    assert found["deep"][4, 0, 1, 2] == graph.weights["deep"][1, 2, 4, 0]
    assert found["plain"][3, 4, 1, 2] == graph.weights["plain"][1, 2, 4, 3]
    assert found["matrix"][1, 5] == graph.weights["matrix"][5, 1] and found["counted"].tolist() == [-1, 7]


def test_halved_precision_is_read_as_such(tmp_path):
    graph = tfjs_graph.Graph()
    graph.constant("w", [0.1, -2.0, 65504.0])
    path = graph.write(tmp_path / "model.json", half=True)
    assert path.with_suffix(".bin").read_bytes() == struct.pack("<eee", 0.1, -2.0, 65504.0)
    assert tfjs.tensors(path)["w"].tolist() == [0.0999755859375, -2.0, 65504.0]  # IEEE 754, half precision


def changed(change):
    """A damage: `change` gets the model and its first weight."""

    def damage(path):
        model = json.loads(path.read_text())
        change(model, model["weightsManifest"][0]["weights"][0])
        path.write_text(json.dumps(model))

    return damage


def files(*names):
    return changed(lambda model, _: model["weightsManifest"][0].update(paths=list(names)))


def shape(*sizes):
    return changed(lambda _, weight: weight.update(shape=list(sizes)))


def of_bytes(change):
    return lambda path: path.with_suffix(".bin").write_bytes(change(path.with_suffix(".bin").read_bytes()))


DAMAGES = {
    "bytes of weights": [
        of_bytes(lambda b: b[:-1]),
        of_bytes(lambda b: b + b"x"),
        of_bytes(lambda b: b""),
        shape(3, 3, 6, 1),
    ],
    "not beside it": [files("../model.bin"), files("/etc/passwd"), files(".."), files(""), files("a/../model.bin")],
    "is missing": [files("other.bin"), lambda path: path.with_suffix(".bin").unlink()],
    "impossible shape": [shape(-3, -3, 5, 1), shape(0), shape(1.5), shape(True), shape("3"), shape(2**40)],
    "would fill": [shape(2**15, 2**15, 1)],
    "at most four sizes": [shape(1, 1, 1, 1, 45), changed(lambda _, weight: weight.update(shape=45))],
    "is of type": [
        changed(lambda _, weight: weight.update(dtype="string")),
        changed(lambda _, weight: weight.update(quantization={"dtype": "uint8", "scale": 1, "min": 0})),
    ],
    "listed twice": [
        changed(lambda model, weight: model["weightsManifest"][0]["weights"].append(weight)),
        changed(lambda model, _: model["weightsManifest"].append(model["weightsManifest"][0])),
    ],
    "not a readable TensorFlow.js model": [
        lambda path: path.write_text(path.read_text()[:-20]),
        lambda path: path.write_text(""),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        lambda path: path.write_text("[1, 2]"),
        changed(lambda model, _: model.pop("weightsManifest")),
        changed(lambda model, _: model["modelTopology"].update(node=[{"op": "DepthwiseConv2dNative"}])),
        changed(lambda model, _: model.update(weightsManifest=[7])),
        changed(lambda _, weight: weight.pop("dtype")),
        changed(lambda _, weight: weight.update(dtype=["float32"])),
        changed(lambda _, weight: weight.update(name=[1])),
        files(7),
    ],
    "cannot be read": [lambda path: path.unlink()],
}


@pytest.mark.parametrize(("words", "damage"), [(words, one) for words, many in DAMAGES.items() for one in many])
def test_damaged_and_hostile_models_are_refused(words, damage, tmp_path):
    _, path = small(tmp_path)
    damage(path)
    with pytest.raises(WeightsError, match=rf"model\.json: .*{words}"):
        formats.read(path.with_suffix(".bin"))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "inside").mkdir()
    _, path = small(tmp_path / "inside")
    path.with_suffix(".bin").rename(tmp_path / "secret")
    path.with_suffix(".bin").symlink_to(tmp_path / "secret")
    with pytest.raises(WeightsError, match="not beside it"):
        tfjs.tensors(path)


def test_another_networks_model_is_named(tmp_path):
    tfjs_graph.mobileface().write(tmp_path / "model.json")
    with pytest.raises(WeightsError, match=r"model\.bin: not the weights of MobileNetV1"):
        registry.build(registry.get("mobilenet_vggface2")).fill(tmp_path / "model.bin")
