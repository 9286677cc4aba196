"""Reading weights in the formats they are published in, and putting them into a network.

PyTorch state dicts (``.pth``), pickles of numpy arrays (``.pkl``), MatConvNet's MATLAB files (``.mat``) and TensorFlow.js
models (``.bin``, described by the ``.json`` beside it) become a dictionary of tensors in PyTorch's layout.  Nothing in a file is ever executed: ``torch.load`` reads weights only, and a
pickle may build arrays and nothing else.
"""

import os
import pickle
import subprocess
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks import tfjs

Tensors = dict[str, torch.Tensor]
COUNTER = "num_batches_tracked"  # of PyTorch's batch norms; not a weight, absent from older files
LISTED = 5  # names shown in a message


def read(path: Path) -> Tensors:
    """The tensors of a weights file, by the names they have there.

    Parameters
    ----------
    path : Path
        ``.pth``, ``.pkl``, ``.mat`` or ``.bin``.

    Returns
    -------
    dict of str to torch.Tensor
        Convolutions as (out, in, height, width).

    Raises
    ------
    WeightsError
        If the file is damaged, holds anything but numbers, or is of a format that is not read.
    """
    if path.suffix not in READERS:
        raise WeightsError(
            f"{path}: weights in the format {path.suffix!r} are not read; use one of {', '.join(READERS)}"
        )
    try:
        found = READERS[path.suffix](path)
    except WeightsError:
        raise
    except Exception as error:  # by kind of damage: UnpicklingError, EOFError, BadZipFile, KeyError, TypeError ...
        first = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        raise WeightsError(f"{path}: not a readable {path.suffix} file of weights ({first[0]}); get it again") from None
    if not isinstance(found, dict) or not found:
        raise WeightsError(f"{path}: holds no dictionary of tensors; get it again")
    for name, value in found.items():
        if not isinstance(value, torch.Tensor):
            raise WeightsError(f"{path}: {name!r} is not a tensor but {type(value).__name__}; get the file again")
    return found


def fill(network: nn.Module, path: Path, rename: Callable[[Tensors], Tensors] | None = None) -> None:
    """Give a network the weights of a file; every parameter must be there, and nothing else.

    Parameters
    ----------
    network : torch.nn.Module
    path : Path
    rename : callable, optional
        From the names of the file to the network's.

    Raises
    ------
    WeightsError
        Naming what is missing, superfluous, of another shape or not finite.
    """
    given = read(path)
    given = {name: value for name, value in (rename(given) if rename else given).items() if COUNTER not in name}
    wanted = {name: value for name, value in network.state_dict().items() if COUNTER not in name}
    problems = [f"{name} is missing" for name in wanted if name not in given]
    problems += [f"{name} does not belong to it" for name in given if name not in wanted]
    state = {}
    for name in wanted.keys() & given.keys():
        value = _fitted(given[name], wanted[name].shape)
        if value.shape != wanted[name].shape:
            problems.append(f"{name} has shape {tuple(value.shape)}, {tuple(wanted[name].shape)} expected")
        elif not torch.isfinite(value).all():
            problems.append(f"{name} has values that are not numbers")
        state[name] = value
    if problems:
        more = f" and {len(problems) - LISTED} more" if len(problems) > LISTED else ""
        raise WeightsError(
            f"{path}: not the weights of {type(network).__name__}: {'; '.join(sorted(problems)[:LISTED])}{more}"
        )
    network.load_state_dict(state, strict=False)  # all but the counters, as checked above


class PublishedNetwork(nn.Module):
    """A network that takes published weights; ``part`` is the submodule whose names the file has, the whole if empty."""

    part = ""

    def fill(self, path: Path) -> None:
        """Take published weights, in any format that `read` reads.  Raises WeightsError as `fill` does."""
        fill(self.get_submodule(self.part), path, self.rename)

    @staticmethod
    def rename(given: Tensors) -> Tensors:
        """From the names of the file to those of the network."""
        return given


def _fitted(value: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """A fully connected layer and a convolution over the whole map are the same numbers: (out, in) and (out, in, h, w)."""
    if value.dim() == 4 and len(shape) == 2:
        return value.flatten(1)
    if value.dim() == 2 and len(shape) == 4:
        return value[:, :, None, None]
    return value


def _state_dict(path: Path) -> Tensors:
    return torch.load(path, map_location="cpu", weights_only=True)


def _empty_array(kind: type, shape: tuple[int, ...], _code: Any) -> np.ndarray:
    """What numpy's pickles call first: an array of no elements, whose content follows as its state."""
    if kind is not np.ndarray or shape != (0,):
        raise pickle.UnpicklingError("an array that does not begin empty")
    return np.ndarray((0,), np.dtype(np.int8))


def _bytes(text: str, encoding: str) -> bytes:
    """Python 3 writes bytes in protocol 2 as text to be encoded."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"bytes in encoding {encoding!r}")
    return text.encode("latin1")


class _ArraysOnly(pickle.Unpickler):
    """Builds dictionaries of numpy arrays; the name of anything else ends the reading before it is imported."""

    ALLOWED = {  # noqa: RUF012 - never changed
        ("numpy.core.multiarray", "_reconstruct"): _empty_array,
        ("numpy._core.multiarray", "_reconstruct"): _empty_array,
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): _bytes,
        ("collections", "OrderedDict"): OrderedDict,
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no array needs: it may be hostile")
        return self.ALLOWED[module, name]


def _pickle(path: Path) -> Tensors:
    with path.open("rb") as stream:
        loaded = _ArraysOnly(stream, encoding="latin1").load()  # latin1: the published files are Python 2's
    for name, value in loaded.items():
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
            raise WeightsError(f"{path}: {name!r} is not an array of numbers; get the file again")
    return {name: torch.from_numpy(np.array(value)) for name, value in loaded.items()}


def _matconvnet(path: Path) -> Tensors:
    """In a process of its own: scipy's reader can crash on a damaged file, and takes the interpreter with it."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "tensors.npz"
        command = [sys.executable, "-m", "facediag_utils.networks.matconvnet", str(path), str(target)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] if done.returncode > 0 else []
            raise ValueError(reason[0] if reason else "damaged so that reading it crashes")
        with np.load(target, allow_pickle=False) as stored:
            return {name: torch.from_numpy(stored[name]) for name in stored.files}


def _tensorflow_js(path: Path) -> Tensors:
    return {name: torch.from_numpy(value) for name, value in tfjs.tensors(path.with_suffix(".json")).items()}


READERS: dict[str, Callable[[Path], Tensors]] = {
    ".pth": _state_dict,
    ".pkl": _pickle,
    ".mat": _matconvnet,
    ".bin": _tensorflow_js,
}
