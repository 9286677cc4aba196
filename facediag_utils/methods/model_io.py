"""Trained models in files that hold no code: an SVM as skops (``model.skops``), a network as safetensors (``network.safetensors``).

Reading either executes nothing."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import skops.io
from sklearn.calibration import CalibratedClassifierCV

from facediag_utils.core.errors import ModelError
from facediag_utils.core.files import atomic_write
from facediag_utils.methods.trained_model import FORMAT, Model, ModelInfo
from facediag_utils.networks import registry

SVM, NETWORK = ".skops", ".safetensors"
#: What a calibrated SVM is made of besides the types that skops trusts by itself; all are scikit-learn's, none runs code.
TRUSTED = [
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.model_selection._split.PredefinedSplit",
    "sklearn.model_selection._split.StratifiedKFold",
]
AGAIN = "run `make reproduce` again"


def save(model: Model, path: Path) -> Path:
    """Keep a model in one file, whole or not at all; one that is there is replaced.

    Parameters
    ----------
    model : Model
    path : Path
        Its suffix is put right: ``.skops`` or ``.safetensors``.
    """
    path = path.with_suffix(SVM if model.network is None else NETWORK)
    with atomic_write(path) as partial:
        if model.network is None:
            content = {"about": asdict(model.about), "classifier": model.classifier, "features": model.features}
            skops.io.dump(content, partial)
        else:
            import torch
            from safetensors.torch import save_file

            tensors = {f"network.{name}": value.contiguous() for name, value in model.network.state_dict().items()}
            tensors["features"] = torch.from_numpy(model.features)
            save_file(tensors, partial, metadata={"about": json.dumps(asdict(model.about))})
    return path


def load(path: Path) -> Model:
    """Read a model; the suffix may be left out.

    Raises
    ------
    ModelError
        If there is none, the file is damaged or holds anything but numbers and scikit-learn's own types, or the network's
        weights are not those it was trained with.
    """
    path = next((p for p in (path, Path(f"{path}{SVM}"), Path(f"{path}{NETWORK}")) if p.is_file()), path)
    if not path.is_file():
        raise ModelError(
            f"{path}: no model here; `make reproduce` makes runs/<profile>/results/model{SVM} and network{NETWORK}"
        )
    model = _network(path) if path.suffix == NETWORK else _svm(path)
    if registry.get(model.about.backbone).checksum() != model.about.weights:
        raise ModelError(f"{path}: was trained with other weights of {model.about.backbone} than are installed")
    return model


def _svm(path: Path) -> Model:
    try:
        strange = sorted(set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED))
        content: dict[str, Any] = {} if strange else skops.io.load(path, trusted=TRUSTED)
    except Exception as error:  # a damaged zip or JSON fails in many ways inside skops
        raise ModelError(f"{path}: damaged ({type(error).__name__}: {error}); {AGAIN}") from None
    if strange:
        raise ModelError(f"{path}: holds {', '.join(strange)}, which no model of this package does; it was not loaded")
    match content:
        case {"about": about, "classifier": CalibratedClassifierCV() as classifier, "features": features}:
            return Model(_checked(path, about), features, classifier)
    raise ModelError(f"{path}: not a model of this package; {AGAIN}")


def _network(path: Path) -> Model:
    import torch
    from safetensors import SafetensorError, safe_open

    from facediag_utils.methods.training import Classifier

    try:
        with safe_open(path, "pt") as stored:
            about = json.loads((stored.metadata() or {}).get("about", "null"))
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a dictionary
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path}: damaged ({error}); {AGAIN}") from None
    known = _checked(path, about)
    network = Classifier(known.backbone, len(known.classes), True, torch.Generator())
    try:
        features = tensors.pop("features")
        network.load_state_dict({name.removeprefix("network."): value for name, value in tensors.items()})
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"{path}: its tensors are not those of {known.backbone} ({error}); {AGAIN}") from None
    return Model(known, features.numpy(), network=network.eval())


def _checked(path: Path, about: Any) -> ModelInfo:
    if not isinstance(about, dict):
        raise ModelError(f"{path}: not a model of this package; {AGAIN}")
    if about.get("format") != FORMAT:
        raise ModelError(f"{path}: of another version of this package; {AGAIN}")
    try:
        return ModelInfo(**about)
    except TypeError:
        raise ModelError(f"{path}: not a model of this package; {AGAIN}") from None
