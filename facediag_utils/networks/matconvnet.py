"""MatConvNet's MATLAB files to numpy: ``python -m facediag_utils.networks.matconvnet <file.mat> <tensors.npz>``.

A network is kept as SimpleNN (a list of layers) or as DagNN (a list of parameters); scipy reads both.
"""

import sys
from pathlib import Path

import numpy as np

Arrays = dict[str, np.ndarray]


def tensors(path: Path) -> Arrays:
    """Filters as (out, in, height, width) and vectors, float32, by MatConvNet's names.

    Parameters
    ----------
    path : Path
        MATLAB file, version 5 to 7.2, with ``layers`` or ``params``, or with them inside ``net``.

    Returns
    -------
    dict of str to numpy.ndarray
        "<layer>.weight" and "<layer>.bias" for SimpleNN, the parameters' own names for DagNN.
    """
    from scipy.io import loadmat

    content = loadmat(path, struct_as_record=False, variable_names=["net", "layers", "params"])
    if "net" in content:
        content = vars(content["net"][0, 0])
    if "params" in content:
        return _dagnn(content["params"])
    if "layers" in content:
        return _simplenn(content["layers"])
    raise ValueError("no network of MatConvNet in it: neither params nor layers")


def _simplenn(layers: np.ndarray) -> Arrays:
    found: Arrays = {}
    for cell in layers.ravel():
        layer = cell[0, 0]
        if str(layer.type[0]) != "conv":  # fully connected layers are convolutions here
            continue
        if hasattr(layer, "weights"):
            filters, biases = layer.weights.ravel()[:2]
        else:  # before MatConvNet 1.0-beta9
            filters, biases = layer.filters, layer.biases
        name = str(layer.name[0])
        found[f"{name}.weight"], found[f"{name}.bias"] = _array(filters), _array(biases)
    return found


def _dagnn(parameters: np.ndarray) -> Arrays:
    return {str(parameter.name[0]): _array(parameter.value) for parameter in parameters.ravel()}


def _array(value: np.ndarray) -> np.ndarray:
    """From MATLAB's (height, width, in, out) to PyTorch's (out, in, height, width); vectors flat."""
    if value.ndim == 4:
        value = value.transpose(3, 2, 0, 1)
    elif 1 in value.shape:
        value = value.ravel()
    return np.ascontiguousarray(value, dtype=np.float32)


if __name__ == "__main__":
    np.savez(sys.argv[2], **tensors(Path(sys.argv[1])))  # type: ignore[arg-type]  # arrays, not flags
