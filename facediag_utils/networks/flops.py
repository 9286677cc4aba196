"""Multiply-accumulates of one forward pass, by the paper's equations (8) and (9)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def counting(network: nn.Module) -> Iterator[dict[str, int]]:
    """Within the block, every forward pass adds to the yielded counts, a key a layer.

    A convolution costs M^2 K^2 C_in C_out (eq. 8; divided by its groups), a fully connected layer I O.  As in the paper,
    biases, pooling, normalisation and activations are not counted.
    """
    counts: dict[str, int] = {}

    def count(name: str, layer: nn.Module, output: torch.Tensor) -> None:
        if isinstance(layer, nn.Conv2d):
            kernel = layer.kernel_size[0] * layer.kernel_size[1]
            cost = output[0, 0].numel() * kernel * layer.in_channels // layer.groups * layer.out_channels
            counts[name] = counts.get(name, 0) + cost
        elif isinstance(layer, nn.Linear):
            counts[name] = counts.get(name, 0) + output[0].numel() * layer.in_features

    hooks = [
        layer.register_forward_hook(lambda layer, _inputs, output, name=name: count(name, layer, output))
        for name, layer in network.named_modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear))
    ]
    try:
        yield counts
    finally:
        for hook in hooks:
            hook.remove()


def macs(network: nn.Module, side: int) -> int:
    """Multiply-accumulates for one picture of ``side`` pixels (eq. 9).

    A network on torch's "meta" device has shapes and no values: it is counted without being computed."""
    training = network.training
    with torch.no_grad(), counting(network.eval()) as counts:
        network(torch.zeros(1, 3, side, side, device=next(network.parameters()).device))
    network.train(training)
    return sum(counts.values())


def layers(network: nn.Module, side: int) -> list[tuple[str, tuple[int, ...], int]]:
    """Of each convolution and fully connected layer, for one picture of ``side`` pixels: its name, the shape of its output
    (channels, height, width), its weights without biases; in the order of the forward pass."""
    seen = []
    hooks = [
        layer.register_forward_hook(
            lambda layer, _inputs, output, name=name: seen.append((name, tuple(output.shape[1:]), layer.weight.numel()))
        )
        for name, layer in network.named_modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear))
    ]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, side, side, device=next(network.parameters()).device))
    for hook in hooks:
        hook.remove()
    return seen


def milliseconds(network: nn.Module, side: int, batch: int = 2, repeats: int = 2) -> float:
    """Least milliseconds per image of a forward pass on the processor, after one that is not counted.

    The time depends on the architecture and not on the weights: a network on torch's "meta" device is given zeros."""
    if any(parameter.is_meta for parameter in network.parameters()):
        for tensor in network.to_empty(device="cpu").state_dict().values():
            tensor.zero_()
    network = network.eval().to(memory_format=torch.channels_last)
    x = torch.randn(batch, 3, side, side).contiguous(memory_format=torch.channels_last)
    times = []
    with torch.inference_mode():
        for _ in range(repeats + 1):
            started = time.perf_counter()
            network(x)
            times.append(time.perf_counter() - started)
    return 1000 * min(times[1:]) / batch
