"""Any network of timm (R. Wightman), asked for as ``timm:<name>``, where timm is installed."""

from pathlib import Path
from typing import Any

import torch

from facediag_utils.core.errors import WeightsError
from facediag_utils.core.files import atomic_write
from facediag_utils.networks import flops
from facediag_utils.networks.formats import PublishedNetwork
from facediag_utils.networks.records import OBJECTS, Backbone
from facediag_utils.networks.weights import WeightsFile

PREFIX = "timm:"


class TimmNetwork(PublishedNetwork):
    """A timm network; its features are what its last layer gets (``forward_head`` with ``pre_logits``)."""

    part = "network"

    def __init__(self, name: str) -> None:
        super().__init__()
        import timm

        self.network: Any = timm.create_model(name, pretrained=False)

    def features(self, x: torch.Tensor, layer: str = "pooled") -> torch.Tensor:
        """Features (batch, ``num_features``) of layer "pooled"."""
        if layer != "pooled":
            raise ValueError(f"layer {layer!r}: this network has only 'pooled'")
        return self.network.forward_head(self.network.forward_features(x), pre_logits=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)


def record(key: str) -> Backbone:
    """A record made from what timm knows of a network.

    Raises
    ------
    WeightsError
        If timm is not installed, or has no such network with pretrained weights.
    """
    name = key.removeprefix(PREFIX)
    try:
        import timm
    except ImportError:
        raise WeightsError(f"{key}: timm is not installed; pip install timm, or use a registered network") from None
    if name not in timm.list_pretrained() and name not in timm.list_models(pretrained=True):
        near = ", ".join(timm.list_models(f"*{name.split('.')[0][:8]}*", pretrained=True)[:5])
        raise WeightsError(f"{key}: timm has no such pretrained network{f'; some near it: {near}' if near else ''}")
    known: Any = timm.models.get_pretrained_cfg(name)
    with torch.device("meta"):  # shapes without values
        network = TimmNetwork(name)
        macs = flops.macs(network, known.input_size[1])
        with torch.no_grad():
            length = network.features(torch.zeros(1, *known.input_size)).shape[1]
    red, green, blue = (255 * value for value in known.mean)
    spread = tuple(255 * value for value in known.std)
    return Backbone(
        name=key,
        title=network.network.pretrained_cfg["architecture"],
        pretraining=known.tag or "timm",
        task=OBJECTS,
        input_size=known.input_size[1],
        crop="loose",
        mean=(red, green, blue),
        std=(spread[0], spread[1], spread[2]),
        layers={"pooled": length},
        architecture="timm_networks.TimmNetwork",
        options={"name": name},
        files=(WeightsFile(f"timm-{name}.pth"),),
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        macs=macs,
        source=known.origin_url or known.hf_hub_id or "timm",
        licence=known.license or "see timm",
    )


def fetch(record: Backbone) -> Path:
    """Let timm download the weights, and keep them as a state dict among the others.

    Raises
    ------
    WeightsError
        If timm cannot get them.
    """
    import timm

    path = record.files[0].path
    try:
        network: Any = timm.create_model(record.options["name"], pretrained=True)
    except Exception as error:  # of whatever library it downloads with
        raise WeightsError(
            f"{record.name}: timm could not fetch the weights ({str(error).splitlines()[0]}); "
            f"if you have them from elsewhere, place their state dict as {path}"
        ) from None
    with atomic_write(path) as partial:
        torch.save(network.state_dict(), partial)
    return path
