"""``make bench``: milliseconds an image of detection with landmarks, and of each network beside dlib's own code."""

from __future__ import annotations

import time

import dlib
import numpy as np
import torch

from facediag_utils import alignment, backbones, cohort, profiles
from facediag_utils.images import read_rgb


def fastest(function, repeats: int = 5) -> float:
    """Least seconds of some runs after one that is not counted: the machine's, not its neighbours'."""
    function()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return min(times)


def network_time(name: str, images: cohort.Cohort, faces: alignment.Faces, rows: np.ndarray) -> float:
    """Seconds an image from face chips to features, in one batch."""
    record = backbones.get(name)
    network = backbones.load(name).to(memory_format=torch.channels_last)
    batch = np.stack(list(alignment.chips(images, faces, record.input_size, record.crop, rows)))
    with torch.inference_mode():
        return fastest(lambda: network.features(backbones.prepare(batch, record), record.feature_layer)) / len(batch)


def dlib_time(images: cohort.Cohort, faces: alignment.Faces, rows: np.ndarray) -> float:
    """Seconds an image of dlib's own code for the descriptor."""
    original = dlib.face_recognition_model_v1(str(backbones.get("dlib_resnet29").path))
    batch = list(alignment.chips(images, faces, 150, "tight", rows))
    return fastest(lambda: [original.compute_face_descriptor(chip) for chip in batch], 2) / len(batch)


def main() -> None:
    images = cohort.load(profiles.profile("bundled"))
    faces = alignment.find_faces(images)
    rows = np.flatnonzero(faces.found)[:64]
    pictures = [read_rgb(path) for path in images.table["path"].iloc[rows[:16]]]
    seconds = fastest(lambda: [alignment.find_face(picture) for picture in pictures], 2) / len(pictures)
    print(f"{torch.get_num_threads()} threads, milliseconds an image")
    print(f"{1000 * seconds:7.1f}  detection and landmarks, 320x320 pixels, on one core")
    for name in backbones.names():
        print(f"{1000 * network_time(name, images, faces, rows):7.1f}  {backbones.get(name).title}, features")
    print(f"{1000 * dlib_time(images, faces, rows[:8]):7.1f}  ResNet29 by dlib itself, descriptor")


if __name__ == "__main__":
    main()
