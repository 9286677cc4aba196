"""Writes weights in the formats they are published in: true keys, true shapes, random values.

Where another library has the same architecture, its network writes the file, so that names and layouts are not checked
against our own reading of them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torchvision
from scipy.io import savemat
from torch import nn

WIDTHS = {1: (64, 3), 2: (128, 4), 3: (256, 6), 4: (512, 3)}
DEPTHS = {stage: depth for stage, (_, depth) in WIDTHS.items()}


def random_weights(make: Callable[[], nn.Module], seed: int = 0) -> nn.Module:
    """A network with values of ordinary size, batch norms' statistics included, so that features differ from zero and one
    another.  It is made without values first: those of its class would take longer than the test."""
    with torch.device("meta"):
        network = make().to_empty(device="cpu")
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                fan_in = layer.weight[0].numel()
                layer.weight.uniform_(-1, 1, generator=generator).mul_((6 / fan_in) ** 0.5)
                if layer.bias is not None:
                    layer.bias.uniform_(-0.1, 0.1, generator=generator)
            elif isinstance(layer, nn.BatchNorm2d):
                layer.weight.uniform_(0.5, 1, generator=generator)
                layer.bias.uniform_(-0.2, 0.2, generator=generator)
                layer.running_mean.uniform_(-0.2, 0.2, generator=generator)
                layer.running_var.uniform_(0.5, 2, generator=generator)
                layer.num_batches_tracked.zero_()
    return network.eval()


def caffe_resnet50(classes: int) -> nn.Module:
    """torchvision's ResNet50 with the Caffe release's strides and pooling: the network of the published pickles."""
    network = random_weights(lambda: torchvision.models.resnet50(num_classes=classes))
    network.maxpool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
    for stage in (network.layer2, network.layer3, network.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    return network


def vgg16(classes: int, units: int) -> nn.Module:
    """torchvision's VGG16 with so many units in its fully connected layers."""

    def make() -> nn.Module:
        network = torchvision.models.vgg16(num_classes=classes)
        for place, sizes in ((0, (512 * 7 * 7, units)), (3, (units, units)), (6, (units, classes))):
            network.classifier[place] = nn.Linear(*sizes)
        return network

    return random_weights(make)


def pooled(network: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Features of torchvision's ResNet50 before its last layer."""
    last, network.fc = network.fc, nn.Identity()
    try:
        return network(x)
    finally:
        network.fc = last


def caffe_senet50(classes: int) -> nn.Module:
    """timm's port of the Caffe SE-ResNet50."""
    import timm

    return random_weights(lambda: timm.create_model("legacy_seresnet50", num_classes=classes))


def state_dict(network: nn.Module, old: bool = False) -> dict[str, torch.Tensor]:
    """Copies of a network's tensors; ``old`` leaves the counters out, as PyTorch before 0.4.1 did."""
    found = {name: value.detach().clone() for name, value in network.state_dict().items()}
    return {name: value for name, value in found.items() if not (old and "num_batches_tracked" in name)}


def write_pth(state: dict[str, torch.Tensor], path: Path) -> None:
    """S. Albanie's files are of PyTorch 0.3 and 0.4: the format before zip archives."""
    torch.save(state, path, _use_new_zipfile_serialization=False)


def senet_pickle_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """From timm's names to those of the published SE-ResNet50 pickles."""
    changes = {"layer0.": "", "se_module.fc1": "conv4", "se_module.fc2": "conv5", "last_linear": "fc"}
    renamed = {}
    for name, value in state.items():
        for old, new in changes.items():
            name = name.replace(old, new)
        renamed[name] = value
    return renamed


def write_pkl(state: dict[str, torch.Tensor], path: Path) -> None:
    path.write_bytes(pickle.dumps({name: value.numpy() for name, value in state.items()}, protocol=2))


def dag_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """From torchvision's names, or the pickles', to those of the VGGFace2 Caffe models."""
    parts = {"conv1": "1x1_reduce", "bn1": "1x1_reduce_bn", "conv2": "3x3", "bn2": "3x3_bn", "conv3": "1x1_increase"}
    parts |= {"bn3": "1x1_increase_bn", "downsample.0": "1x1_proj", "downsample.1": "1x1_proj_bn"}
    parts |= {"conv4": "1x1_down", "conv5": "1x1_up"}
    heads = {"conv1": "conv1_7x7_s2", "bn1": "conv1_7x7_s2_bn", "fc": "classifier"}
    renamed = {}
    for name, value in state.items():
        layer, kind = name.rsplit(".", 1)
        if layer in heads:
            layer = heads[layer]
        else:
            stage, block, part = layer.split(".", 2)
            layer = f"conv{int(stage[-1]) + 1}_{int(block) + 1}_{parts[part]}"
        value = value[:, :, None, None] if layer == "classifier" and kind == "weight" else value
        renamed[f"{layer}.{kind}"] = value
    return renamed


def matlab(weight: torch.Tensor) -> np.ndarray:
    """(out, in, height, width) as MATLAB's (height, width, in, out)."""
    return weight.detach().numpy().transpose(2, 3, 1, 0)


def write_simplenn(layers: dict[str, tuple[torch.Tensor, torch.Tensor]], path: Path, old: bool = False) -> None:
    """MatConvNet's list of layers: convolutions (fully connected ones too) and others between them."""
    cells = np.empty((1, 2 * len(layers)), dtype=object)
    for k, (name, (weight, bias)) in enumerate(layers.items()):
        arrays = [np.asfortranarray(matlab(weight)), bias.detach().numpy()[:, None]]
        cell = {"name": name, "type": "conv", "stride": np.ones((1, 2)), "pad": np.zeros((1, 4))}
        if old:
            cell |= {"filters": arrays[0], "biases": arrays[1]}
        else:
            pair = np.empty((1, 2), dtype=object)
            pair[0, 0], pair[0, 1] = arrays
            cell["weights"] = pair
        cells[0, 2 * k] = cell
        cells[0, 2 * k + 1] = {"name": f"relu{k}", "type": "relu"}
    meta = {"normalization": {"averageImage": np.zeros((1, 1, 3)), "imageSize": np.array([[224, 224, 3]])}}
    savemat(path, {"layers": cells, "meta": meta})


def write_dagnn(network: nn.Module, path: Path, first_bias: torch.Tensor) -> None:
    """MatConvNet's ImageNet ResNet50: parameters by He et al.'s names, moments as (mean, standard deviation)."""
    found: dict[str, np.ndarray] = {"conv1_bias": first_bias.numpy()[:, None]}

    def add(filter_name: str, bn_name: str, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
        found[f"{filter_name}_filter"] = matlab(convolution.weight)
        found[f"{bn_name}_mult"] = norm.weight.detach().numpy()[:, None]
        found[f"{bn_name}_bias"] = norm.bias.detach().numpy()[:, None]
        deviation = torch.sqrt(norm.running_var + norm.eps)
        found[f"{bn_name}_moments"] = torch.stack([norm.running_mean, deviation], dim=1).numpy()

    add("conv1", "bn_conv1", network.conv1, network.bn1)
    for stage, depth in DEPTHS.items():
        for k in range(depth):
            block, at = network.get_submodule(f"layer{stage}.{k}"), f"{stage + 1}{'abcdef'[k]}"
            for part, number in (("a", 1), ("b", 2), ("c", 3)):
                convolution, norm = getattr(block, f"conv{number}"), getattr(block, f"bn{number}")
                add(f"res{at}_branch2{part}", f"bn{at}_branch2{part}", convolution, norm)
            if block.downsample is not None:
                add(f"res{at}_branch1", f"bn{at}_branch1", *block.downsample)
    found["fc1000_filter"] = matlab(network.fc.weight[:, :, None, None])
    found["fc1000_bias"] = network.fc.bias.detach().numpy()[:, None]
    parameters = np.zeros((1, len(found)), dtype=[("name", object), ("value", object), ("learningRate", object)])
    for k, (name, value) in enumerate(found.items()):
        parameters[0, k] = (name, np.asfortranarray(value, dtype=np.float32), 1.0)
    savemat(path, {"params": parameters, "layers": np.zeros((1, 1), dtype=[("name", object)])})
