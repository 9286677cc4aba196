"""The CASIA network: its published table, layer by layer, and what DeepGestalt put between the layers."""

import pytest
import torch
from torch import nn

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks import flops, registry
from facediag_utils.networks.architectures.casia_network import CasiaNetwork

#: Yi et al. 2014, Table 2: name, output (channels, height, width), weights in K = 1,024 as printed.
TABLE = [
    ("conv11", (32, 100, 100), 0.28),
    ("conv12", (64, 100, 100), 18),
    ("conv21", (64, 50, 50), 36),
    ("conv22", (128, 50, 50), 72),
    ("conv31", (96, 25, 25), 108),
    ("conv32", (192, 25, 25), 162),
    ("conv41", (128, 13, 13), 216),
    ("conv42", (256, 13, 13), 288),
    ("conv51", (160, 7, 7), 360),
    ("conv52", (320, 7, 7), 450),
    ("fc6", (10_575,), 3305),
]


@pytest.fixture
def network():
    torch.manual_seed(0)
    return CasiaNetwork()


def test_every_layer_is_that_of_the_table(network):
    for (name, shape, weights), (wanted, output, printed) in zip(flops.layers(network, 100), TABLE, strict=True):
        assert (name, shape) == (wanted, output)
        assert weights / 1024 == pytest.approx(printed, abs=0.005 if printed < 1 else 0.5), name
    assert round(sum(weights for *_, weights in flops.layers(network, 100)) / 1024) == 5015


def test_a_batch_norm_and_a_relu_follow_every_convolution_but_the_last(network):
    norms = {name.removeprefix("norm") for name, layer in network.named_modules() if isinstance(layer, nn.BatchNorm2d)}
    convolutions = {
        name.removeprefix("conv") for name, layer in network.named_modules() if isinstance(layer, nn.Conv2d)
    }
    assert convolutions - norms == {"52"} and len(norms) == 9
    low = {}
    for name, layer in network.named_modules():
        if name.startswith("conv"):
            layer.register_forward_hook(lambda _, x, y, name=name: low.update({name: (x[0].min(), y.min())}))
    with torch.no_grad():
        features = network.eval().features(torch.randn(2, 3, 100, 100))
    assert all(given >= 0 for name, (given, _) in low.items() if name != "conv11")
    assert all(made < 0 for _, made in low.values()) and (features < 0).any()  # the last is not rectified


def test_pooling_is_the_largest_of_two_by_two_with_the_edge_kept_and_a_mean_at_the_end(network):
    made = {}
    for name in ("norm12", "norm32", "conv21", "conv41", "conv52"):
        network.get_submodule(name).register_forward_hook(lambda _, x, y, name=name: made.update({name: (x[0], y)}))
    with torch.no_grad():
        features = network.eval().features(torch.randn(2, 3, 100, 100))
    first, third = made["norm12"][1].relu(), made["norm32"][1].relu()
    assert torch.equal(made["conv21"][0], first.unflatten(2, (50, 2)).unflatten(4, (50, 2)).amax(dim=(3, 5)))
    assert torch.equal(made["conv41"][0][..., -1, -1], third[..., -1, -1])  # 25 is odd: the last stands alone
    assert torch.allclose(features, made["conv52"][1].mean(dim=(2, 3)))


def test_half_of_the_features_are_dropped_while_it_trains(network):
    x = torch.randn(8, 3, 100, 100)
    with torch.no_grad():
        assert ((network.train().features(x) == 0).float().mean() - 0.5).abs() < 0.05
        assert (network.eval().features(x) != 0).all()


def test_it_sees_grey(network):
    x = torch.randn(1, 3, 50, 50)
    with torch.no_grad():
        grey = network.eval().features(x.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1))
        assert torch.allclose(network.features(x), grey, atol=1e-6)
        assert torch.allclose(network.features(x[:, [2, 0, 1]]), grey, atol=1e-6)
    with pytest.raises(ValueError, match="only 'pool5'"):
        network.features(x, "fc6")


def test_a_region_of_the_face_is_a_record_like_any_other():
    whole, lower = registry.get("dlib_resnet29"), registry.get("lower:dlib_resnet29")
    assert (lower.name, lower.crop, lower.title) == ("lower:dlib_resnet29", "lower", "ResNet29 (dlib), lower half")
    assert lower.checksum() == whole.checksum() and lower.macs == whole.macs
    four = registry.get("regions:dlib_resnet29")
    assert four.macs == 4 * whole.macs and four.title == "ResNet29 (dlib), mean of 4 regions"
    assert registry.get("untrained:upper:casia").crop == "upper" and not registry.get("upper:casia").installed
    assert not [name for name in registry.names() if ":" in name]
    for name in ("lower:vgg99", "nose:dlib_resnet29"):
        with pytest.raises(WeightsError, match="known are"):
            registry.get(name)
