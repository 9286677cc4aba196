"""Faces cut out upright at a fixed size: a picture and its landmarks become a face chip (paper, section III.B)."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from facediag_utils.core import parallel
from facediag_utils.core.files import atomic_write, file_lock
from facediag_utils.core.settings import cache_root
from facediag_utils.data.cohort import Cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.faces.detection import Faces
from facediag_utils.faces.regions import ALIGNED_SIDE, BOXES, region_of
from facediag_utils.networks import registry

#: Room left round the landmarks, as a share of their extent on the mean face (dlib's ``padding``).  "tight" is what
#: dlib's network was trained with: brows to chin.  "loose" shows hairline, ears and chin: its side is about 1.3 times
#: that of the detector's box, the margin of the authors of VGGFace2 (Cao et al. 2018); notebook 02 measures it.
PADDING = {"tight": 0.25, "loose": 0.4}

#: Where eyes, tip of the nose and corners of the mouth come to lie in 112 pixels: the template of ArcFace (Deng et al. 2019)
#: and of the networks trained on its crop.
ARCFACE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
_FIVE = (slice(36, 42), slice(42, 48), slice(30, 31), slice(48, 49), slice(54, 55))  # their landmarks, to be averaged
#: Every crop, and what is cached under its name depends on.
CROPS = {**PADDING, "arcface": "five-points", **BOXES}

Kind = tuple[int, str]  # side in pixels, crop


def face_chip(image: np.ndarray, landmarks: np.ndarray, size: int, crop: str = "tight") -> np.ndarray:
    """The face turned upright, scaled and cut out.

    The similarity transform takes the 51 landmarks inside the face to dlib's mean face (least squares), or five points to
    those of ArcFace.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 RGB, (height, width, 3).
    landmarks : numpy.ndarray
        (68, 2), x and y in pixels of the image.
    size : int
        Side of the square result, in pixels: the network's input size.
    crop : str
        One of `CROPS`: see `PADDING`, `ARCFACE` and `facediag_utils.faces.regions.BOXES`.

    Returns
    -------
    numpy.ndarray
        uint8 RGB, (size, size, 3); black where the picture ends, grey in all three channels if the crop is a region.
    """
    import dlib

    if crop in BOXES:
        return region_of(face_chip(image, landmarks, ALIGNED_SIDE, "loose"), crop, size)
    if crop == "arcface":
        found = dlib.dpoints([dlib.dpoint(*landmarks[part].mean(axis=0)) for part in _FIVE])
        wanted = dlib.dpoints([dlib.dpoint(x * size / 112, y * size / 112) for x, y in ARCFACE])
        details = dlib.chip_details(wanted, found, dlib.chip_dims(size, size))
        return dlib.extract_image_chip(np.ascontiguousarray(image), details)
    points = [dlib.point(round(x), round(y)) for x, y in landmarks.tolist()]
    left, top = np.floor(landmarks.min(axis=0)).astype(int)
    right, bottom = np.ceil(landmarks.max(axis=0)).astype(int)
    shape = dlib.full_object_detection(dlib.rectangle(left, top, right, bottom), points)
    return dlib.get_face_chip(np.ascontiguousarray(image), shape, size=size, padding=PADDING[crop])


def chips(cohort: Cohort, faces: Faces, size: int, crop: str, rows: Iterable[int]) -> Iterator[np.ndarray]:
    """Face chips of the given rows, one after another."""
    for row in rows:
        yield face_chip(read_rgb(cohort.table["path"].iloc[row]), faces.landmarks[row], size, crop)


def aligned_chips(cohort: Cohort, faces: Faces, size: int, crop: str) -> np.ndarray:
    """Face chips of all images, in a file that memory maps: memory does not grow with the cohort.

    As opening a picture costs more than cutting, the first call cuts what every installed network takes, and a call for one
    region cuts all of them.  The files are kept until `remove_chips`, which a run calls at its end.

    Returns
    -------
    numpy.ndarray
        uint8, (len(cohort), size, size, 3), mapped; black where there is no face.
    """
    records = [registry.get(name) for name in registry.installed()]
    kinds = {(size, crop), *((record.input_size, record.crop) for record in records)}
    if crop in BOXES:
        kinds = {(size, region) for region in BOXES}
    paths = {kind: _path(cohort, faces, kind) for kind in sorted(kinds)}
    if not paths[size, crop].is_file():
        with file_lock(_folder(cohort.profile.name)):  # another notebook may be at it
            if left := {kind: path for kind, path in paths.items() if not path.is_file()}:
                _cut(cohort, faces, left)
    return np.load(paths[size, crop], mmap_mode="r")


def remove_chips(profile: str) -> None:
    """Remove the face chips of a profile: they show people."""
    shutil.rmtree(_folder(profile), ignore_errors=True)


def _folder(profile: str) -> Path:
    return cache_root() / "chips" / profile


def _path(cohort: Cohort, faces: Faces, kind: Kind) -> Path:
    content = hashlib.sha256("".join(cohort.table["sha256"]).encode() + faces.landmarks.tobytes())
    return _folder(cohort.profile.name) / f"{kind[0]}-{kind[1]}-{_setting(kind[1])}-{content.hexdigest()[:16]}.npy"


def _setting(crop: str) -> str:
    return str(CROPS[crop]).strip("()").replace(", ", "_")


def _cut(cohort: Cohort, faces: Faces, paths: dict[Kind, Path]) -> None:
    kinds = list(paths)
    found = np.flatnonzero(faces.found)
    work = [(cohort.table["path"].iloc[row], faces.landmarks[row], kinds) for row in found]
    with ExitStack() as stack:  # written, not mapped: a full disk is an error here and would be a crash there
        streams = {}
        for kind, path in paths.items():
            streams[kind] = stack.enter_context(stack.enter_context(atomic_write(path)).open("wb"))
            header = {"descr": "|u1", "fortran_order": False, "shape": (len(cohort), kind[0], kind[0], 3)}
            np.lib.format.write_array_header_1_0(streams[kind], header)
        cut = parallel.parallel_map(_chips_of, work, "face chips")
        for row in range(len(cohort)):
            made = next(cut) if faces.found[row] else [bytes(size * size * 3) for size, _ in kinds]
            for kind, chip in zip(kinds, made, strict=True):
                streams[kind].write(chip)


def _chips_of(path: Path, landmarks: np.ndarray, kinds: list[Kind]) -> list[bytes]:
    image = read_rgb(path)
    return [face_chip(image, landmarks, size, crop).tobytes() for size, crop in kinds]
