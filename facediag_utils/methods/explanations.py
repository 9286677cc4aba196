"""Where in a face does an answer come from?  Heat maps of a contrast: how much a network prefers one class to another.

Every method explains the same number, see `facediag_utils.methods.contrast`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from joblib import Parallel, delayed
from scipy.ndimage import gaussian_filter
from torch import nn
from torch.nn import functional as F

from facediag_utils.core import row_cache
from facediag_utils.core.errors import ExplanationError
from facediag_utils.core.progress import progress_bar
from facediag_utils.data.cohort import Cohort
from facediag_utils.faces.alignment import CROPS, aligned_chips
from facediag_utils.faces.detection import DETECTOR_VERSION, Faces
from facediag_utils.methods.contrast import Contrast, average_face
from facediag_utils.methods.devices import one_thread
from facediag_utils.methods.dtl2 import in_batches
from facediag_utils.methods.trained_model import state_digest
from facediag_utils.networks import registry

SIDE = 64  # of every heat map, in places; the picture of a network is 150 to 260 pixels
LEAST = 7  # places per side that a layer's map must have for Grad-CAM
WINDOW, STRIDE = 1 / 4, 3 / 16  # of occlusion, shares of the picture's side: 25 windows
STEPS = 8  # of the path of integrated gradients
BLUR = SIDE / 32  # standard deviation, in places: gradients of single pixels are grainy


def map_layer(contrast: Contrast, least: int) -> nn.Module:
    """The last layer of a network whose output is a map of at least so many places per side.

    Raises
    ------
    ExplanationError
        If there is none.
    """
    found: list[nn.Module] = []

    def note(layer: nn.Module, _: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor) and output.ndim == 4 and min(output.shape[2:]) >= least:
            found.append(layer)

    hooks = [layer.register_forward_hook(note) for layer in contrast.body.modules()]
    size = contrast.record.input_size
    with torch.inference_mode():
        contrast(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    if not found:
        raise ExplanationError(
            f"{contrast.record.name}: no layer gives a map of {least} places per side; use occlusion"
        )
    return found[-1]


def _output_of(layer: nn.Module, contrast: Contrast, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A layer's output (the last, if it is used twice), and the features, of a network's input."""
    outputs: list[torch.Tensor] = []
    hook = layer.register_forward_hook(lambda *args: outputs.append(args[2].clone()))
    with torch.inference_mode():
        features = contrast.body.features(x, contrast.record.feature_layer)
    hook.remove()
    return outputs[-1], features


def class_maps(network: Contrast, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """A linear layer behind global pooling, put to every place instead (a 1x1 convolution): its mean over places is the answer.

    Parameters
    ----------
    network : Contrast
        Whose body is meant.
    x : torch.Tensor
        (n, 3, size, size), as `registry.prepare` gives it.
    weight, bias : torch.Tensor
        (classes, d) and (classes,).

    Returns
    -------
    torch.Tensor
        (n, classes, height, width) of the last map.

    Raises
    ------
    ExplanationError
        If the features are not the mean over the last map.
    """
    last, features = _output_of(map_layer(network, 2), network, x)
    if last.shape[1] != features.shape[1] or not torch.allclose(last.mean(dim=(2, 3)), features, rtol=1e-3, atol=1e-4):
        raise ExplanationError(
            f"{network.record.name}: its features are not the mean of its last map, so there is no class map; use Grad-CAM"
        )
    return F.conv2d(last, weight[:, :, None, None], bias)


def last_maps(network: str, cohort: Cohort, faces: Faces, rows: np.ndarray) -> np.ndarray:
    """The map before the global pooling of a network that has class maps, cached by image, weights and crop.

    Parameters
    ----------
    network : str
        One of `class_map_sides`.
    cohort, faces
    rows : numpy.ndarray
        Rows of the cohort in which a face was found.

    Returns
    -------
    numpy.ndarray
        float32, (len(rows), d, side, side).
    """
    record = registry.get(network)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        chips = aligned_chips(cohort, faces, record.input_size, record.crop)
        blank, batches = _without_head(network), in_batches(rows[missing])
        team = Parallel(n_jobs=-1, prefer="threads", return_as="generator")  # processes would be ended: maps are large
        made = team(delayed(_last_map)(deepcopy(blank), chips[batch]) for batch in batches)  # hooks of its own
        for maps in progress_bar(made, len(batches), f"{record.title}, last map", unit="batch"):
            yield {"maps": maps}

    settings = record.input_size, CROPS[record.crop], record.mean, record.std, DETECTOR_VERSION
    path = row_cache.table_path(f"last_maps/{network}", record.checksum(), *settings)
    return row_cache.complete(path, cohort.table["sha256"].iloc[rows].tolist(), compute)["maps"]


def _last_map(blank: Contrast, chips: np.ndarray) -> np.ndarray:
    """Of a few face chips, by one thread."""
    with one_thread():
        last, _ = _output_of(map_layer(blank, 2), blank, registry.prepare(chips, blank.record))
    return last.contiguous().numpy()


def _without_head(network: str) -> Contrast:
    """A network of which only the body is meant."""
    return Contrast(registry.load(network), network, np.zeros(next(iter(registry.get(network).layers.values()))), 0.0)


def cam(contrast: Contrast, x: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
    """Class activation map (Zhou et al. 2016), exact: its mean over places is the contrast."""
    return class_maps(contrast, x, contrast.head.weight, contrast.head.bias)


def class_map_sides(networks: Iterable[str]) -> dict[str, int]:
    """Of some installed networks those that have class maps, as their features are a global pooling, each with its map's places per
    side; kept by their weights.

    Raises
    ------
    ExplanationError
        If none of them has.
    """
    sides = {name: side for name in networks if (side := _class_map_side(name))}
    if not sides:
        raise ExplanationError(
            "no installed network has features that are the mean of its last map, as CAM needs; `make setup` brings some"
        )
    return sides


def _class_map_side(name: str) -> int:
    """Places per side of a network's class maps, kept by its weights; 0 if it has none."""
    record = registry.get(name)

    def compute(_: list[int]) -> Iterator[row_cache.Rows]:
        blank, side = _without_head(name), 0
        x = torch.rand(1, 3, record.input_size, record.input_size, generator=torch.Generator().manual_seed(0))
        with suppress(ExplanationError):
            side = cam(blank, x, x[0]).shape[2]
        yield {"side": np.array([side])}

    path = row_cache.table_path("class_map_sides", name)
    return int(row_cache.complete(path, [record.checksum()], compute)["side"][0])


def grad_cam(contrast: Contrast, x: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
    """Grad-CAM (Selvaraju et al. 2017) without its ReLU, at the last layer with a map of `LEAST` places per side."""
    from captum.attr import LayerGradCam

    return LayerGradCam(contrast, map_layer(contrast, LEAST)).attribute(x.requires_grad_()).detach()


def occlusion(contrast: Contrast, x: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """How much the contrast falls when a window is covered by the reference face (Zeiler and Fergus 2014), mean over windows."""
    from captum.attr import Occlusion

    window, stride = (max(1, round(part * x.shape[2])) for part in (WINDOW, STRIDE))
    once = (1 + -(-(x.shape[2] - window) // stride)) ** 2
    with torch.inference_mode():  # one face at a time, all its windows at once
        each = [
            Occlusion(contrast).attribute(
                face[None], (3, window, window), (3, stride, stride), reference[None], perturbations_per_eval=once
            )
            for face in x
        ]
    return torch.cat(each).mean(dim=1, keepdim=True)


def integrated_gradients(contrast: Contrast, x: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Gradients along the way from the reference face to this one (Sundararajan et al. 2017): their sum is the difference in contrast."""
    from captum.attr import IntegratedGradients

    found = IntegratedGradients(contrast).attribute(x.requires_grad_(), reference[None], n_steps=STEPS)
    return found.detach().sum(dim=1, keepdim=True)


Method = Callable[[Contrast, torch.Tensor, torch.Tensor], torch.Tensor]
METHODS: dict[str, Method] = {
    "CAM": cam,
    "Grad-CAM": grad_cam,
    "occlusion": occlusion,
    "integrated gradients": integrated_gradients,
}


def heat_maps(method: str, contrast: Contrast, chips: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Heat maps of face chips, all brought to one size; positive where the face speaks for the first class.

    Parameters
    ----------
    method : str
        Of `METHODS`.
    contrast : Contrast
    chips : numpy.ndarray
        uint8, (n, size, size, 3), as the network takes them.
    reference : numpy.ndarray
        uint8, (size, size, 3): the face that covers windows, and from which integrated gradients start; `average_face`.

    Returns
    -------
    numpy.ndarray
        float32, (n, `SIDE`, `SIDE`).
    """
    x, covered = registry.prepare(chips, contrast.record), registry.prepare(reference[None], contrast.record)[0]
    found = METHODS[method](contrast, x, covered)
    if found.shape[2] < SIDE:
        return F.interpolate(found, (SIDE, SIDE), mode="bilinear", align_corners=False)[:, 0].numpy()
    smaller = F.interpolate(found, (SIDE, SIDE), mode="area")[:, 0].numpy()
    return smaller if method != "integrated gradients" else gaussian_filter(smaller, (0, BLUR, BLUR))


def explained(
    method: str, contrast: Contrast, cohort: Cohort, faces: Faces, rows: np.ndarray, reference: np.ndarray
) -> np.ndarray:
    """`heat_maps` of some rows of a cohort, cached by image, network and settings; parameters as there."""
    record, digests = contrast.record, cohort.table["sha256"].iloc[rows].tolist()

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        chips = aligned_chips(cohort, faces, record.input_size, record.crop)
        batches = [rows[missing[k : k + 8]] for k in range(0, len(missing), 8)]
        for batch in progress_bar(batches, len(batches), f"{method}, {record.title}", unit="batch"):
            yield {"maps": heat_maps(method, contrast, np.stack([chips[row] for row in batch]), reference)}

    settings = SIDE, LEAST, WINDOW, STRIDE, STEPS, BLUR, CROPS[record.crop], row_cache.digest(reference)
    path = row_cache.table_path(f"maps/{method}", state_digest(contrast), record.name, *settings)
    return row_cache.complete(path, digests, compute)["maps"] if digests else np.empty((0, SIDE, SIDE), np.float32)


def of_classes(
    methods: Sequence[str],
    contrasts: dict[str, Contrast],
    cohort: Cohort,
    faces: Faces,
    rows: dict[str, np.ndarray],
    second: str,
) -> dict[str, np.ndarray]:
    """Heat maps of faces of several classes, each explained as its own class and not the second one.

    Parameters
    ----------
    methods : sequence of str
    contrasts : dict of str to Contrast
        By class, of one network.
    cohort, faces
    rows : dict of str to numpy.ndarray
        By class, rows of the cohort in which a face was found.
    second : str
        The class that all are compared with; the average of its training faces covers windows.

    Returns
    -------
    dict of str to numpy.ndarray
        By method: float32, (n, `SIDE`, `SIDE`), class after class.
    """
    backbone = next(iter(contrasts.values())).record.name
    reference = average_face(cohort, faces, backbone, second)
    return {
        method: np.concatenate(
            [explained(method, made, cohort, faces, rows[name], reference) for name, made in contrasts.items()]
        )
        for method in methods
    }
