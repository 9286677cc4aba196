"""Published weights: every format read down to equal features, and everything else refused without being executed."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from published import (
    caffe_resnet50,
    caffe_senet50,
    dag_names,
    pooled,
    random_weights,
    senet_pickle_names,
    state_dict,
    vgg16,
    write_dagnn,
    write_pkl,
    write_pth,
    write_simplenn,
)
from scipy.io import savemat

from facediag_utils.core.errors import WeightsError
from facediag_utils.core.files import file_digest
from facediag_utils.networks import formats, registry, weights
from facediag_utils.networks.architectures import paper_networks, timm_networks


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of weights."""
    monkeypatch.setenv("FACEDIAG_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def picture(side: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(seed))


@torch.inference_mode()
def features(name: str) -> torch.Tensor:
    """What the registry's network makes of `picture`, its weights loaded from the folder."""
    record = registry.get(name)
    return registry.load(name).features(picture(record.input_size), record.feature_layer)


@pytest.fixture
def narrow(monkeypatch) -> int:
    """Fewer units in the fully connected layers of the paper's networks, which are nine tenths of their files."""
    monkeypatch.setattr(paper_networks, "UNITS", 64)
    return 64


def few_classes(name: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a record be of weights for few classes: the last layer is large, and no features come from it."""
    record = registry.get(name)
    monkeypatch.setitem(registry.published(), name, replace(record, options=record.options | {"classes": 7}))
    return 7


def published(name: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this file be the one that was published for a network."""
    file = weights.WeightsFile(path.name, digest=f"sha256:{file_digest(path)}")
    monkeypatch.setitem(registry.published(), name, replace(registry.get(name), files=(file,)))


def assert_same(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    assert ours.shape == theirs.shape and theirs.abs().max() > 0.1
    assert torch.allclose(ours, theirs, atol=1e-4 * float(theirs.abs().max()))


class TestRoundTrips:
    """A file as published, written by another library where one has the network -> the same features."""

    @pytest.mark.parametrize(
        ("name", "kind"), [("resnet50_vggface2", "dag.pth"), ("resnet50_vggface2_ms1m", "weight.pkl")]
    )
    def test_resnet50_on_vggface2(self, folder, name, kind, monkeypatch):
        network = caffe_resnet50(few_classes(name, monkeypatch))
        state, path = state_dict(network, old=True), folder / f"resnet50_{'ft' if 'ms1m' in name else 'scratch'}_{kind}"
        write_pth(dag_names(state), path) if kind == "dag.pth" else write_pkl(state, path)
        with torch.inference_mode():
            assert_same(features(name), pooled(network, picture(224)))

    @pytest.mark.parametrize("kind", ["dag.pth", "weight.pkl"])
    def test_senet50_on_vggface2(self, folder, kind, monkeypatch):
        network = caffe_senet50(few_classes("senet50_vggface2_ms1m", monkeypatch))
        state = senet_pickle_names(state_dict(network, old=True))
        path = folder / f"senet50_ft_{kind}"
        write_pth(dag_names(state), path) if kind == "dag.pth" else write_pkl(state, path)
        with torch.inference_mode():
            theirs = network.forward_head(network.forward_features(picture(224)), pre_logits=True)
            assert_same(features("senet50_vggface2_ms1m"), theirs)

    def test_resnet50_of_matconvnet(self, folder):
        """Caffe's first convolution has a bias, torchvision's has none: the norm's mean takes it."""
        network, bias = caffe_resnet50(1000), torch.linspace(-1, 1, 64)
        write_dagnn(network, folder / "imagenet-resnet-50-dag.mat", bias)
        network.conv1.bias = torch.nn.Parameter(bias)
        with torch.inference_mode():
            assert_same(features("resnet50_imagenet"), pooled(network, picture(224)))

    def test_vgg_face_of_matconvnet(self, folder, narrow, monkeypatch):
        name = "vgg16_vggface"
        network = vgg16(few_classes(name, monkeypatch), narrow)
        convolutions = [layer for layer in network.features if isinstance(layer, torch.nn.Conv2d)]
        names = [f"conv{stage}_{k}" for stage, depth in enumerate((2, 2, 3, 3, 3), 1) for k in range(1, depth + 1)]
        layers = {key: (layer.weight, layer.bias) for key, layer in zip(names, convolutions, strict=True)}
        for key, place, size in (("fc6", 0, 7), ("fc7", 3, 1), ("fc8", 6, 1)):
            layer = network.classifier[place]
            layers[key] = (layer.weight.reshape(layer.out_features, -1, size, size), layer.bias)
        file = registry.get(name).files[-1]
        write_simplenn(layers, folder / file.name)
        with pytest.raises(WeightsError, match="not the published file"):  # random values are not
            features(name)
        published(name, folder / file.name, monkeypatch)
        network.classifier[-1] = torch.nn.Identity()
        with torch.inference_mode():
            assert_same(features(name), network(picture(224)))

    def test_vgg_face_dag(self, folder, narrow, monkeypatch):
        network = vgg16(few_classes("vgg16_vggface", monkeypatch), narrow)
        ours = list(registry.build(registry.get("vgg16_vggface")).state_dict())
        write_pth(dict(zip(ours, state_dict(network).values(), strict=True)), folder / "vgg_face_dag.pth")
        network.classifier[-1] = torch.nn.Identity()
        with torch.inference_mode():
            assert_same(features("vgg16_vggface"), network(picture(224)))

    @pytest.mark.parametrize("old", [False, True])
    def test_alexnet_of_matconvnet(self, folder, narrow, old):
        """No library has the two-group AlexNet: its own reading writes the file."""
        network = random_weights(lambda: registry.build(registry.get("alexnet_imagenet")))
        layers = {}
        for key, layer in network.named_children():
            size = {"fc6": 6}.get(key, 1)
            weight = (
                layer.weight if layer.weight.dim() == 4 else layer.weight.reshape(len(layer.weight), -1, size, size)
            )
            layers[key] = (weight, layer.bias)
        write_simplenn(layers, folder / "imagenet-caffe-alex.mat", old=old)
        with torch.inference_mode():
            assert_same(features("alexnet_imagenet"), network.features(picture(227)))

    @pytest.mark.parametrize("kind", ["alexnet", "resnet50"])
    def test_torchvisions_own(self, folder, kind, monkeypatch):
        """As large as published, AlexNet with its 60 million parameters."""
        record, network = (
            registry.get(f"{kind}_torchvision"),
            random_weights(lambda: torchvision.models.get_model(kind)),
        )
        torch.save(network.state_dict(), folder / record.files[0].name)
        with pytest.raises(WeightsError, match="its sha256 does not begin with"):
            registry.load(record.name)
        published(record.name, folder / record.files[0].name, monkeypatch)
        with torch.inference_mode():
            if kind == "resnet50":
                theirs = pooled(network, picture(224))
            else:
                network.classifier[-1] = torch.nn.Identity()
                theirs = network(picture(224))
            assert_same(features(record.name), theirs)

    def test_any_network_of_timm(self, folder):
        import timm

        name = "timm:resnet18.a1_in1k"
        network = random_weights(lambda: timm.create_model("resnet18"))
        record = registry.get(name)
        assert not record.installed and record.missing.endswith(f"(make weights WEIGHTS={name})")
        torch.save(network.state_dict(), folder / "timm-resnet18.a1_in1k.pth")
        with torch.inference_mode():
            assert_same(features(name), network.forward_head(network.forward_features(picture(224)), pre_logits=True))
        assert record.parameters == sum(p.numel() for p in network.parameters()) == 11_689_512
        assert record.mean == pytest.approx((123.675, 116.28, 103.53)) and record.licence == "apache-2.0"
        with pytest.raises(WeightsError, match=r"no such pretrained network; some near it: .*resnet18"):
            registry.get("timm:resnet18.nobody")


def small_state() -> dict[str, torch.Tensor]:
    return {"weight": torch.arange(6.0).reshape(2, 3), "bias": torch.tensor([0.5, -0.5])}


def written(path):
    """A small network's file in the format that the suffix says."""
    state = small_state()
    if path.suffix == ".pth":
        torch.save(state, path)
    elif path.suffix == ".pkl":
        write_pkl(state, path)
    else:
        parameters = np.zeros((1, 2), dtype=[("name", object), ("value", object)])
        for k, (name, value) in enumerate(state.items()):
            parameters[0, k] = (name, value.numpy())
        savemat(path, {"params": parameters})
    return path


FORMATS = ["w.pth", "w.pkl", "w.mat"]


class Harmful:
    """Unpickled without care, it leaves a file behind."""

    def __init__(self, trace) -> None:
        self.trace = trace

    def __reduce__(self):
        return (os.mkdir, (str(self.trace),))


class TestRefusals:
    @pytest.mark.parametrize("name", FORMATS)
    def test_what_is_whole_is_read(self, tmp_path, name):
        network = torch.nn.Linear(3, 2)
        formats.fill(network, written(tmp_path / name))
        assert torch.equal(network.weight, small_state()["weight"]) and network.bias.tolist() == [0.5, -0.5]

    @pytest.mark.parametrize("name", FORMATS)
    @pytest.mark.parametrize("kept", [0, 40, 0.5, 0.95])
    def test_truncated(self, tmp_path, name, kept):
        path = written(tmp_path / name)
        whole = path.read_bytes()
        path.write_bytes(whole[: kept if isinstance(kept, int) else int(kept * len(whole))])
        with pytest.raises(WeightsError, match=name):
            formats.fill(torch.nn.Linear(3, 2), path)

    @pytest.mark.parametrize("name", FORMATS)
    def test_not_weights_at_all(self, tmp_path, name):
        path = tmp_path / name
        path.write_text("<html>404 not found</html>")
        with pytest.raises(WeightsError, match=name):
            formats.read(path)

    @pytest.mark.parametrize("name", FORMATS)
    @pytest.mark.parametrize("number", range(8))
    def test_random_damage_is_read_or_refused_and_nothing_else(self, tmp_path, name, number):
        """Flipped bytes give other numbers or a WeightsError, never another exception."""
        path = written(tmp_path / name)
        rng = np.random.default_rng(number)
        whole = bytearray(path.read_bytes())
        for place in rng.integers(0, len(whole), 30):
            whole[place] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(whole))
        try:
            formats.fill(torch.nn.Linear(3, 2), path)
        except WeightsError as error:
            assert name in str(error)

    @pytest.mark.parametrize("name", ["w.pth", "w.pkl"])
    def test_code_in_a_file_is_not_run(self, tmp_path, name):
        path, trace = tmp_path / name, tmp_path / "trace"
        content = {"weight": Harmful(trace), "bias": np.zeros(2)}
        torch.save(content, path) if path.suffix == ".pth" else path.write_bytes(pickle.dumps(content))
        with pytest.raises(WeightsError, match=name):
            formats.read(path)
        assert not trace.exists()
        pickle.loads(pickle.dumps(Harmful(trace)))
        assert trace.exists()  # it would have been

    @pytest.mark.parametrize(
        "content",
        [
            b"cos\nsystem\n(S'true'\ntR.",
            b"c__builtin__\neval\n(S'1'\ntR.",
            b"cnumpy.core.multiarray\nscalar\n(I1\nI2\ntR.",
            b"cnumpy\nload\n(S'x'\ntR.",
            b"c_codecs\nencode\n(S'x'\nS'zip'\ntR.",
            b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I999999999999\ntS'b'\ntR.",
            b"ccollections\nOrderedDict\n(tR.",
            b"Pid\n.",
        ],
    )
    def test_pickles_that_ask_for_more_than_arrays(self, tmp_path, content):
        path = tmp_path / "w.pkl"
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=r"w\.pkl"):
            formats.read(path)

    def test_arrays_of_objects(self, tmp_path):
        path = tmp_path / "w.pkl"
        path.write_bytes(pickle.dumps({"weight": np.array([{"a": 1}], dtype=object)}, protocol=2))
        with pytest.raises(WeightsError, match="'weight' is not an array of numbers"):
            formats.read(path)

    @pytest.mark.parametrize("protocol", [2, 3, 4])
    def test_arrays_of_any_pickle_protocol(self, tmp_path, protocol):
        values = {"a": np.arange(5, dtype=np.float32), "b": np.ones((2, 2), order="F")}
        (tmp_path / "w.pkl").write_bytes(pickle.dumps(values, protocol=protocol))
        found = formats.read(tmp_path / "w.pkl")
        assert found["a"].tolist() == [0, 1, 2, 3, 4] and found["b"].shape == (2, 2)

    def test_what_is_wrong_is_named(self, tmp_path):
        for change, words in (
            ({"weight": torch.zeros(3, 3)}, r"weight has shape \(3, 3\), \(2, 3\) expected"),
            ({"bias": None}, "bias is missing"),
            ({"more": torch.zeros(1)}, "more does not belong to it"),
            ({"bias": torch.tensor([1.0, float("nan")])}, "bias has values that are not numbers"),
        ):
            state = {name: value for name, value in {**small_state(), **change}.items() if value is not None}
            torch.save(state, tmp_path / "w.pth")
            with pytest.raises(WeightsError, match=rf"w\.pth: not the weights of Linear: {words}"):
                formats.fill(torch.nn.Linear(3, 2), tmp_path / "w.pth")

    def test_formats_that_are_not_read(self, tmp_path):
        (tmp_path / "VGG_FACE.t7").write_bytes(b"x")
        with pytest.raises(WeightsError, match=r"format '\.t7' are not read; use one of \.pth, \.pkl, \.mat, \.bin"):
            formats.read(tmp_path / "VGG_FACE.t7")
        header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
        (tmp_path / "w.mat").write_bytes(header + bytes(400))
        with pytest.raises(WeightsError, match=r"w\.mat"):
            formats.read(tmp_path / "w.mat")

    def test_matlab_file_of_something_else(self, tmp_path):
        savemat(tmp_path / "w.mat", {"x": np.ones(3)})
        with pytest.raises(WeightsError, match=r"w\.mat"):
            formats.read(tmp_path / "w.mat")

    def test_another_networks_matlab_file(self, folder):
        write_simplenn({"conv9": (torch.zeros(4, 3, 3, 3), torch.zeros(4))}, folder / "imagenet-resnet-50-dag.mat")
        with pytest.raises(WeightsError, match=r"imagenet-resnet-50-dag\.mat: not the weights of ResNet50"):
            registry.load("resnet50_imagenet")


class TestInstalled:
    NAME = "timm-resnet18.a1_in1k.pth"

    def file(self, digest=""):
        return weights.WeightsFile(self.NAME, digest=digest)

    def test_absent_weights_are_said_to_be_absent(self, folder):
        record = registry.get("vgg16_vggface")
        assert record.missing == "weights not installed (make weights WEIGHTS=vgg16_vggface)"
        assert registry.fine_tuned() == ["dlib_resnet29"]  # pip brings them
        assert set(registry.installed()) >= set(registry.fine_tuned())
        with pytest.raises(WeightsError, match=r"vgg_face_dag\.pth or .*vgg-face\.mat by hand"):
            registry.load("vgg16_vggface")

    @pytest.mark.parametrize("name", ["alexnet_vggface", "resnet50_vggface"])
    def test_unpublished_weights_name_what_comes_nearest(self, name):
        assert registry.get(name).missing == "weights never published"
        with pytest.raises(WeightsError, match="never published; nearest"):
            registry.load(name)

    def test_first_use_is_recorded_and_later_changes_refused(self, folder):
        path = written(folder / self.NAME)
        digest = weights.identified(self.file())
        assert (folder / "SHA256SUMS").read_text() == f"{digest}  {self.NAME}\n"
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
        assert weights.identified(self.file()) == digest
        path.write_bytes(path.read_bytes() + b" ")
        with pytest.raises(WeightsError, match="has changed since its first use"):
            weights.identified(self.file())
        (folder / "SHA256SUMS").unlink()
        assert weights.identified(self.file()) != digest

    @pytest.mark.parametrize("digest", ["sha256:ba7816bf", "md5:900150983cd24fb0d6963f7d28e17f72"])
    def test_published_checksums(self, folder, digest):
        (folder / self.NAME).write_bytes(b"abc")  # FIPS 180-2, example B.1; RFC 1321, appendix A.5
        assert weights.identified(self.file(digest)).startswith("ba7816bf8f01cfea")
        (folder / self.NAME).write_bytes(b"abd")
        with pytest.raises(WeightsError, match="not the published file"):
            weights.identified(self.file(digest))

    def test_timm_is_not_needed(self):
        code = "import sys; sys.modules['timm'] = None\nfrom facediag_utils.networks import registry\nregistry.load('dlib_resnet29')\n"
        code += "try: registry.get('timm:resnet18')\nexcept Exception as error: print(error)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert "timm is not installed" in done.stdout

    def test_timm_names_are_looked_up_once(self):
        assert registry.get("timm:resnet18.a1_in1k") is registry.get("timm:resnet18.a1_in1k")
        assert timm_networks.record("timm:resnet18.a1_in1k").layers == {"pooled": 512}
