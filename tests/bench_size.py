"""``make bench-size``: 350, 1,000, 3,000 and 10,000 pictures: seconds a picture and memory, stage by stage.

The pictures are the bundled ones, turned, mirrored, cut and recoloured: no two files are the same, and every picture has a face
to find as a photograph has.  A picture's copies are one subject.  ``--whole`` runs all of ``make reproduce`` on the largest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from joblib import Parallel, delayed
from PIL import Image, ImageEnhance

from facediag_utils.core.settings import ROOT
from facediag_utils.data.images import read_rgb

SIZES = (350, 1000, 3000, 10_000)
ANEW = ("same person", "dense SIFT")  # done for all pictures each time: other pairs, other words
STAGE = """
import sys, time
from pathlib import Path
import numpy as np
from facediag_utils.faces import alignment, detection
from facediag_utils.networks import registry
from facediag_utils.data import cohort, folder_import
from facediag_utils.methods import dsift, dtl2, identity_leakage
begun = time.perf_counter()
def done(name):
    global begun
    print(name, time.perf_counter() - begun, flush=True)
    begun = time.perf_counter()
profile, found = folder_import.import_folder(Path(sys.argv[1]), "size")
images = cohort.load(profile)
done("pictures")
faces = detection.find_faces(images)
done("faces")
for name in ("dlib_resnet29", "efficientnet_lite0"):
    dtl2.extract(name, images, faces)
    done(registry.get(name).title)
identity_leakage.same_person(images, faces)
done("same person")
rows = np.flatnonzero(faces.found)
dsift.histograms(images, faces, rows, dsift.vocabularies(images, faces))
done("dense SIFT")
"""


def variant(source: Path, path: Path, seed: int) -> None:
    """A bundled portrait turned, mirrored, cut and recoloured."""
    rng = np.random.default_rng(seed)
    picture = Image.fromarray(read_rgb(source))
    if rng.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    picture = picture.rotate(
        rng.uniform(-12, 12), Image.Resampling.BICUBIC, fillcolor=tuple(rng.integers(0, 256, 3).tolist())
    )
    side = rng.uniform(0.8, 1.0) * min(picture.size)
    left, top = (rng.uniform(0, length - side) for length in picture.size)
    picture = picture.resize((480, 480), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
    for change in (ImageEnhance.Brightness, ImageEnhance.Color, ImageEnhance.Contrast):
        picture = change(picture).enhance(rng.uniform(0.7, 1.3))
    picture.save(path, quality=90)


def make(folder: Path, count: int) -> None:
    """A folder of ``count`` variants with a manifest; those that are there are kept."""
    source = pd.read_csv(ROOT / "data" / "bundled" / "manifest.csv")
    rows = [(f"{k:05d}.jpg", *source.iloc[k % len(source)][["image", "label"]]) for k in range(count)]
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    new = [(k, row) for k, row in enumerate(rows) if not (folder / "pictures" / row[0]).exists()]
    Parallel(n_jobs=-1)(
        delayed(variant)(ROOT / "data" / "bundled" / row[1], folder / "pictures" / row[0], k) for k, row in new
    )
    # Names of classes that are not the paper's: what is made here are no patients, nor the bundled cohort.
    table = pd.DataFrame([(f"pictures/{name}", f"class {label[0]}", image) for name, image, label in rows])
    table.to_csv(folder / "manifest.csv", index=False, header=["image", "label", "subject"])


class Memory(threading.Thread):
    """The most memory that a process and its children hold at once, in GiB: of their own or shared, without mapped files."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.most = psutil.Process(process), 0.0
        self.start()

    def run(self) -> None:
        while self.process.is_running():
            try:
                family = [self.process, *self.process.children(recursive=True)]
            except psutil.Error:
                return
            self.most = max(self.most, sum(map(held, family)) / 2**20)
            time.sleep(0.5)


def held(process: psutil.Process) -> int:
    """kB of a process's own and shared memory, its part of what is shared."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float, str]:
    """Seconds, GiB and what was printed."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    memory = Memory(process.pid)
    printed, _ = process.communicate()
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - begun, memory.most, printed


def grow(place: Path, sizes: list[int], environment: dict[str, str]) -> None:
    """The stages before any training, the folder growing: what is new is computed, what is there is found."""
    before = 0
    for size in sorted(sizes):
        make(place / "faces", size)
        seconds, memory, printed = timed([sys.executable, "-c", STAGE, str(place / "faces")], environment)
        stages = [line.rsplit(" ", 1) for line in printed.splitlines()]
        each = [
            f"{name} {1000 * float(value) / (size - (0 if name in ANEW else before)):.1f}" for name, value in stages
        ]
        print(
            f"{size:6}: {size - before} new in {seconds:.0f} s, {memory:.2f} GiB; ms each: {', '.join(each)}",
            flush=True,
        )
        before = size


def whole(place: Path, environment: dict[str, str]) -> None:
    """All of make reproduce on the folder as it is."""
    own = ["-m", "facediag_utils", "reproduce", "--data", str(place / "faces"), "--name", "size"]
    seconds, memory, printed = timed([sys.executable, *own], environment)
    print(printed, f"all of make reproduce: {seconds / 60:.0f} min, {memory:.2f} GiB", sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--whole", action="store_true", help="then all of make reproduce on the largest folder")
    parser.add_argument("--at", type=Path, help="folder to work in, which is kept (default: a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (options.at or Path(temporary)).resolve()
        paths = {"FACEDIAG_CACHE": str(place / "cache"), "FACEDIAG_OUT": str(place), "PYTHONPATH": str(ROOT)}
        environment = os.environ | paths
        grow(place, options.sizes, environment)
        if options.whole:
            whole(place, environment)


if __name__ == "__main__":
    main()
