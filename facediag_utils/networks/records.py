"""What a record of a pretrained network says: what it is, where its weights are, how a picture is prepared for it."""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks.weights import WeightsFile, identified

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FACES, OBJECTS, NOTHING = "face recognition", "object recognition", "nothing"
UNTRAINED = "untrained:"  # before a name: the network with random weights
#: Before a name and a colon: the network sees a part of the face only (Gurovich et al. 2019); `facediag_utils.faces.regions`
#: has the parts.
REGIONS = {"full": "full face", "upper": "upper half", "middle": "ear to ear", "lower": "lower half"}
AVERAGED = "regions"  # likewise: four of them, one per region, whose answers are averaged


@dataclass(frozen=True)
class Backbone:
    """A pretrained network, its weights and how a picture is prepared for it.

    Attributes
    ----------
    name : str
        Key of the registry.
    title, pretraining : str
        As in the paper's tables: architecture and data set of the weights.
    task : {"face recognition", "object recognition", "nothing"}
        What it was trained for.
    input_size : int
        Side of its input, in pixels.
    crop : str
        Which crop of an aligned face it gets, one of `facediag_utils.faces.alignment.CROPS`.
    mean, std : tuple of float
        A channel (RGB, 0..255) goes in as (value - mean) / std.
    layers : dict of str to int
        Feature layers and their lengths; the first is the one before the last fully connected layer, whose output are the
        features of DTL2 (section III.C.2).
    architecture : str
        Module of this package and class in it; the class has ``features(x, layer)`` and ``fill(path)``.
    files : tuple of WeightsFile
        The forms in which the weights are published: the first one that is installed is used.  Empty if they never were.
    parameters, macs : int
        Parameters, and multiply-accumulates of one forward pass (the paper's FLOPs).
    source, licence : str
        Who trained it, and the terms of the weights.
    options : dict
        Arguments of the class, such as the number of classes the published weights have.
    learning_rate : float
        Of fine-tuning (DTL1); the paper's 5e-5 unless training images showed that these weights need another.
    epochs : int
        Of fine-tuning, before they are adapted to the number of images; found on training images too.
    features_only : bool
        By default it is not fine-tuned, so that a run does not take hours; its features are used.
    face_pictures : int
        How many pictures of faces it was trained on, about, by its makers' account; 0 if none, or if that is not stated.
    note : str
        What is not known of the weights; where they were never published, what comes nearest.
    """

    name: str
    title: str
    pretraining: str
    task: str
    input_size: int
    crop: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    layers: dict[str, int]
    architecture: str
    files: tuple[WeightsFile, ...]
    parameters: int
    macs: int
    source: str
    licence: str
    options: dict[str, Any] = field(default_factory=dict)
    learning_rate: float = 5e-5
    epochs: int = 12
    features_only: bool = False
    face_pictures: int = 0
    note: str = ""

    @property
    def file(self) -> WeightsFile | None:
        """The installed weights file, or None."""
        return next((file for file in self.files if file.installed), None)

    @property
    def installed(self) -> bool:
        """Whether the weights are there."""
        return self.file is not None

    @property
    def missing(self) -> str:
        """Empty if the weights are there, else what a table says in place of a number."""
        if self.installed:
            return ""
        if not self.files:
            return "weights never published"
        return f"weights not installed (make weights WEIGHTS={self.name})"

    @property
    def feature_layer(self) -> str:
        """The layer whose output are the features of DTL2."""
        return next(iter(self.layers))

    def checksum(self) -> str:
        """SHA-256 of the weights file, noted at its first use.  Raises WeightsError if it is missing or has changed."""
        if self.file is None:
            places = " or ".join(str(file.path) for file in self.files)
            raise WeightsError(
                f"{self.name}: {self.missing}; " + (f"or place {places} by hand" if places else self.note)
            )
        return identified(self.file)


@dataclass(frozen=True)
class UntrainedBackbone(Backbone):
    """A network with random weights: what its features say is its architecture's and the pictures' own."""

    @property
    def installed(self) -> bool:
        """Always: there is nothing to install."""
        return True

    def checksum(self) -> str:
        """Of what its weights follow from, as if it were their file's."""
        return hashlib.sha256(repr((self.name, self.architecture, self.options)).encode()).hexdigest()


def read_records(path: Path) -> Iterator[Backbone]:
    """The records of a TOML file, a table each, in its order."""
    for name, fields in tomllib.loads(path.read_text(encoding="utf-8")).items():
        files = tuple(WeightsFile(**file) for file in fields.pop("files", ()))
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
        yield Backbone(name=name, files=files, **values)
