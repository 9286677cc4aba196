"""``make bench``: milliseconds an image of detection and of landmarks, of the features of each installed network beside dlib's
own code, and of a fine-tuning step beside the plain loop and a matrix product."""

from __future__ import annotations

import facediag_utils  # noqa: F401 - pins the libraries before they are loaded

# isort: split
import os
import time
from typing import Any

import dlib
import numpy as np
import torch
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits
from torch.nn import functional as F

from facediag_utils.core import profiles
from facediag_utils.data import cohort
from facediag_utils.data.images import read_rgb
from facediag_utils.faces import alignment, detection
from facediag_utils.methods import dtl2, training
from facediag_utils.networks import flops, registry
from facediag_utils.networks.weights import packaged_file

STEPS = 30  # of a fine-tuning, timed one by one


def fastest(function, repeats: int = 5) -> float:
    """Least seconds of some runs after one that is not counted: the machine's, not its neighbours'."""
    function()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return min(times)


def detection_times(pictures: list[np.ndarray]) -> None:
    """Finding the box as it is done here, HOG on every picture doubled (both on one core, turn about), and landmarks."""

    def timed(function, *arguments):
        started = time.perf_counter()
        return function(*arguments), 1000 * (time.perf_counter() - started)

    doubled, times = dlib.get_frontal_face_detector(), []
    detection.find_face(pictures[0])
    for picture in pictures:
        (_, boxes), ours = timed(detection._detected, picture)
        landmarks = timed(detection._landmarks, picture, boxes[0])[1] if boxes else np.nan
        times.append((ours, landmarks, timed(doubled, picture, 1)[1]))
    for name, method in (("mean", np.nanmean), ("median", np.nanmedian)):
        ours, landmarks, hog = method(times, axis=0)
        print(f"{ours:7.1f}  detection, 320x320 pixels, on one core, {name} of {len(pictures)} pictures")
        print(f"{hog:7.1f}  HOG on the doubled picture: detection here is {hog / ours:.1f} times as fast")
        print(f"{landmarks:7.1f}  landmarks")


def network_time(name: str, images: cohort.Cohort, faces: detection.Faces, rows: np.ndarray) -> float:
    """Seconds an image from face chips to features, as a run computes them: batches side by side, each on one thread."""
    record = registry.get(name)
    network: Any = registry.load(name).to(memory_format=torch.channels_last)
    batch = np.stack(list(alignment.chips(images, faces, record.input_size, record.crop, rows)))
    cores = os.cpu_count() or 1
    call = delayed(dtl2.features_of)(network, record, record.feature_layer, batch)
    return fastest(lambda: Parallel(n_jobs=cores, prefer="threads")([call] * cores)) / cores / len(batch)


def dlib_time(images: cohort.Cohort, faces: detection.Faces, rows: np.ndarray) -> float:
    """Seconds an image of dlib's own code for the descriptor."""
    original = dlib.face_recognition_model_v1(str(packaged_file("dlib_face_recognition_resnet_model_v1.dat")))
    batch = list(alignment.chips(images, faces, 150, "tight", rows))
    return fastest(lambda: [original.compute_face_descriptor(chip) for chip in batch], 2) / len(batch)


def steps_time(name: str, threads: int, plain: bool) -> float:
    """Least seconds an image of a fine-tuning step of ten images, all layers; ``plain`` is in contiguous order."""
    torch.set_num_threads(threads)
    record = registry.get(name)
    network = training.Classifier(name, 5, True, torch.Generator().manual_seed(0)).eval()
    x = registry.prepare(np.zeros((10, record.input_size, record.input_size, 3), np.uint8) + 99, record)
    x = x.contiguous() if plain else x
    network = network if plain else network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-9, momentum=0.9, weight_decay=5e-4)

    def step() -> None:
        loss = F.cross_entropy(network(x), torch.arange(10) % 5)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return fastest(step, STEPS) / 10


def matmul_rate() -> float:
    """Multiply-accumulates a second of numpy's float32 matrix product on one thread, the most that a training could do.

    Not torch's, which is pinned to MKL's slow code for all processors."""
    square = np.ones((2048, 2048), np.float32)
    with threadpool_limits(1):
        return len(square) ** 3 / fastest(lambda: square @ square)


def share_of_matmul(name: str, seconds: float, rate: float) -> float:
    """How much of that rate a fine-tuning step reaches: it costs three forward passes (outputs, gradients of inputs and of
    weights), but for the first layer's input, which needs no gradient."""
    record = registry.get(name)
    network: Any = registry.load(name)
    with flops.counting(network) as counts, torch.inference_mode():
        network.features(torch.zeros(1, 3, record.input_size, record.input_size), record.feature_layer)
    first = next(iter(counts.values()))
    return (3 * sum(counts.values()) - first) / seconds / rate


def fine_tuning(name: str) -> None:
    """The plain loop on all cores, and ours: channels-last, a training a core, and what share of a matrix product's rate that is."""
    cores = os.cpu_count() or 1
    plain = steps_time(name, cores, True)
    print(f"{1000 * plain:7.1f}  {registry.get(name).title}, fine-tuning step, plain loop")
    each = Parallel(n_jobs=cores)(delayed(steps_time)(name, 1, False) for _ in range(cores))
    ours = float(np.mean(each)) / cores
    print(f"{1000 * ours:7.1f}  ours: {plain / ours:.1f} times as fast")
    rate = sum(Parallel(n_jobs=cores)(delayed(matmul_rate)() for _ in range(cores)))
    share = share_of_matmul(name, ours, rate)
    print(f"{share:7.0%}  of the rate of a float32 matrix product here, {2e-9 * rate:.0f} GFLOP/s")


def main() -> None:
    images = cohort.load(profiles.profile("bundled"))
    faces = detection.find_faces(images)
    rows = np.flatnonzero(faces.found)[: dtl2.BATCH]
    print(f"{os.cpu_count()} cores, milliseconds an image")
    detection_times([read_rgb(path) for path in images.table["path"]])
    for name in registry.installed():
        print(f"{1000 * network_time(name, images, faces, rows):7.1f}  {registry.get(name).title}, features")
    print(f"{1000 * dlib_time(images, faces, rows[:8]):7.1f}  ResNet29 by dlib itself, descriptor")
    for name in registry.fine_tuned():
        fine_tuning(name)


if __name__ == "__main__":
    main()
