"""The planned images rendered: worker processes, files that are written whole, manifests and landmarks."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from portraits.plan import SETS, Row, Set, drawn, phenotype

TRIES = 4  # a rendering process that crashes is started again this often without progress
MASK_SIZE = 160  # pixels a side


def mask_path(image: str) -> str:
    """Where the mask of an image lies."""
    return f"masks/{Path(image).stem}.png"


def region_path(image: str) -> str:
    """Where the regions of an image lie."""
    return f"regions/{Path(image).stem}.png"


def render_row(row: Row, folder: Path, kind: Set) -> None:
    """Render one row; its mask and regions are written before its JPEG, so that an image that is there is complete."""
    from portraits.develop import develop
    from portraits.scene import render

    person, severity, photo = drawn(row)
    rendered = render(person, phenotype(row), severity, photo, kind.size)
    if kind.masks:
        _write(folder / mask_path(row.image), mask(rendered.head, rendered.sign))
        _write(folder / region_path(row.image), regions(rendered.person, rendered.head, rendered.hair))
    _write(folder / row.image, develop(rendered.image, photo))


def mask(head: np.ndarray, sign: np.ndarray) -> bytes:
    """PNG (`MASK_SIZE` a side, 8 bit): 0 off the head; on it 15 to 255 in steps of 15, by how much the phenotype
    changed the place."""
    small_head, small_sign = (_small(part) for part in (head, sign))
    return _png(np.where(small_head > 0.5, 15 + 15 * np.round(16 * np.clip(small_sign, 0, 1)), 0))


def regions(person: np.ndarray, head: np.ndarray, hair: np.ndarray) -> bytes:
    """PNG (`MASK_SIZE` a side, 8 bit): 0 background, 80 clothes, 160 skin and eyes, 240 hair, by what covers a pixel most."""
    person, head, hair = (_small(part) for part in (person, head, hair))
    shares = np.stack([1 - person, np.clip(person - head, 0, 1), np.clip(head - hair, 0, 1), hair])
    return _png(80 * shares.argmax(axis=0))


def _small(part: np.ndarray) -> np.ndarray:
    side = part.shape[0] // MASK_SIZE
    return part.reshape(MASK_SIZE, side, MASK_SIZE, side).mean(axis=(1, 3))


def _png(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(data)
    partial.replace(path)


def make(folder: Path, names: Sequence[str] = tuple(SETS), limit: int | None = None) -> None:
    """Render what is missing of the sets with one process a core, then write manifests and landmarks.

    A renderer that crashes takes only its own process with it: that share of the work is begun again."""
    for name in names:
        rows = SETS[name].rows()[:limit]
        render_all(folder, name, rows, range(len(rows)))
        write_manifest(rows, folder / name)
        write_landmarks(rows, folder / name, SETS[name].size)


def render_all(folder: Path, name: str, rows: list[Row], wanted: Sequence[int]) -> None:
    """Render the wanted rows of a set that are not there yet."""

    def missing() -> list[int]:
        return [k for k in wanted if not (folder / name / rows[k].image).exists()]

    left, idle = missing(), 0
    with tqdm(total=len(wanted), initial=len(wanted) - len(left), unit="image", desc=name) as bar:
        while left and idle < TRIES:
            workers = _workers(folder, name, left)
            try:
                while any(worker.poll() is None for worker in workers):
                    time.sleep(0.5)
                    bar.update(len(wanted) - len(missing()) - bar.n)
            finally:  # when this process is stopped, they are
                for worker in workers:
                    worker.terminate()
            before, left = left, missing()
            bar.update(len(wanted) - len(left) - bar.n)
            idle = idle + 1 if len(left) == len(before) else 0
    if left:
        raise SystemExit("portraits: not rendered: " + ", ".join(rows[k].image for k in left))


def _workers(folder: Path, name: str, left: list[int]) -> list[subprocess.Popen]:
    jobs = min(os.cpu_count() or 1, len(left))
    command = [sys.executable, "-m", "portraits", "render", "--to", str(folder), "--set", name, "--rows"]
    # In mixed order, so that a run that is stopped leaves a cross-section to look at.
    order = np.random.default_rng(0).permutation(left).tolist()
    return [subprocess.Popen([*command, *map(str, order[job::jobs])], stdout=subprocess.DEVNULL) for job in range(jobs)]


def write_manifest(rows: list[Row], folder: Path) -> None:
    """``manifest.csv`` with the SHA-256 of every image; ``cohort_image`` only where a set has it."""
    records = []
    for row in rows:
        record = asdict(row)
        if not row.cohort_image:
            del record["cohort_image"]
        records.append({**record, "sha256": hashlib.sha256((folder / row.image).read_bytes()).hexdigest()})
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    _write(folder / "manifest.csv", stream.getvalue().encode())


def write_landmarks(rows: list[Row], folder: Path, size: int) -> None:
    """``landmarks.csv``: x0, y0 ... x67, y67 of every image in pixels, projected from the mesh."""
    from portraits.camera import project_landmarks

    lines = ["image," + ",".join(f"x{k},y{k}" for k in range(68))]
    for row in rows:
        person, severity, photo = drawn(row)
        points = project_landmarks(person, phenotype(row), severity, photo, size)
        lines.append(row.image + "," + ",".join(f"{value:.1f}" for value in points.ravel()))
    _write(folder / "landmarks.csv", ("\n".join(lines) + "\n").encode())
