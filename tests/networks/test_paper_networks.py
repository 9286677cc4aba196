"""The paper's architectures: its own FLOPs column, published parameter counts, and torchvision's twins."""

import pytest
import torch
import torchvision
from published import vgg16
from torch.utils.flop_counter import FlopCounterMode

from facediag_utils.networks import flops, registry
from facediag_utils.networks.architectures import paper_networks
from facediag_utils.networks.architectures.paper_networks import VGG16, AlexNet, ResNet50

#: (network, input side, the paper's FLOPs column, published number of parameters with 1000 classes)
NETWORKS = {
    "AlexNet": (AlexNet, 227, 724e6, 60_965_224),  # the Caffe model of Krizhevsky et al. 2012
    "VGG16": (VGG16, 224, 15.47e9, 138_357_544),  # torchvision prints the same for configuration D
    "ResNet50": (ResNet50, 224, 3.87e9, 25_557_032),
    "SE-ResNet50": (lambda: ResNet50(excitation=True), 224, 3.88e9, 28_088_024),  # timm's legacy_seresnet50
}


@pytest.mark.parametrize("name", NETWORKS)
def test_macs_are_the_papers_within_one_percent(name):
    make, side, printed, _ = NETWORKS[name]
    with torch.device("meta"):
        assert flops.macs(make(), side) == pytest.approx(printed, rel=0.01)


@pytest.mark.parametrize("name", NETWORKS)
def test_parameters_are_as_published(name):
    make, _, _, published = NETWORKS[name]
    with torch.device("meta"):
        assert sum(parameter.numel() for parameter in make().parameters()) == published


@pytest.mark.parametrize("name", ["VGG16", "ResNet50"])
def test_count_agrees_with_torchs_own_counter(name):
    make, side, _, _ = NETWORKS[name]
    with torch.device("meta"):
        network = make().eval()
        with FlopCounterMode(display=False) as counted, torch.no_grad():
            network(torch.zeros(1, 3, side, side))
    assert counted.get_total_flops() == 2 * flops.macs(network, side)


def test_vgg16_is_torchvisions(monkeypatch):
    """Same weights, same logits: only the names differ."""
    monkeypatch.setattr(paper_networks, "UNITS", 64)
    ours, theirs = VGG16().eval(), vgg16(1000, 64)
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(ours(x), theirs(x), atol=1e-5)


def test_resnet_halves_in_the_first_convolution():
    """The Caffe release: cheaper than torchvision's, which halves in the 3x3 one."""
    with torch.device("meta"):
        assert flops.macs(ResNet50(), 224) < flops.macs(torchvision.models.resnet50(), 224) - 2e8
    strides = {
        name: layer.stride[0] for name, layer in ResNet50().named_modules() if isinstance(layer, torch.nn.Conv2d)
    }
    assert [name for name, stride in strides.items() if stride == 2 and "1x1_reduce" in name] == [
        f"conv{k}_1_1x1_reduce" for k in (3, 4, 5)
    ]
    assert not [name for name, stride in strides.items() if stride == 2 and "3x3" in name]


@pytest.mark.parametrize("excitation", [False, True])
def test_resnet_against_a_second_reading_of_the_paper(excitation):
    """Torchvision's bottlenecks with the strides moved are the same function, given the same weights."""
    if excitation:
        gate = ResNet50(classes=7, excitation=True).eval()
        plain = ResNet50(classes=7).eval()
        plain.load_state_dict({k: v for k, v in gate.state_dict().items() if k in plain.state_dict()})
        for name, parameter in gate.named_parameters():
            if "_1x1_up" in name:
                torch.nn.init.constant_(
                    parameter, 30.0 if name.endswith("bias") else 0.0
                )  # sigmoid(30) = 1: open gates
        x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            assert torch.allclose(gate(x), plain(x), atol=1e-4)
        return
    ours, theirs = ResNet50().eval(), torchvision.models.resnet50().eval()
    theirs.maxpool = torch.nn.MaxPool2d(3, stride=2, ceil_mode=True)
    for stage in (theirs.layer2, theirs.layer3, theirs.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    values = [value for name, value in theirs.state_dict().items() if not name.startswith("fc.")]
    mine = [name for name in ours.state_dict() if not name.startswith("classifier")]
    ours.load_state_dict(dict(zip(mine, values, strict=True)), strict=False)
    x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(theirs.fc(ours.features(x)), theirs(x), atol=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_penultimate_features_feed_the_last_layer(name, monkeypatch):
    monkeypatch.setattr(paper_networks, "UNITS", 64)
    make, side, _, _ = NETWORKS[name]
    network = make().eval()
    x = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        features = network.features(x)
        last = (
            network.fc8(features)
            if hasattr(network, "fc8")
            else network.classifier(features[:, :, None, None]).flatten(1)
        )
        assert torch.allclose(last, network(x), atol=1e-5)


def test_milliseconds_need_no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("FACEDIAG_WEIGHTS", str(tmp_path))
    record = registry.get("resnet50_imagenet")
    with torch.device("meta"):
        network = registry.build(record)
    assert not record.installed and flops.milliseconds(network, record.input_size, batch=1) > 0
