"""The bundled images: who is in them (the paper's Table 2), the split, the rendering, the manifests.

Two sets are made: the cohort (350 images, each of another person) and ``identities`` (60 people without phenotype, two
photographs each), by which it is measured whether a network sees the same person twice as one, and two as two."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from portraits.person import Person, draw_person
from portraits.phenotypes import PHENOTYPES, draw_severity
from portraits.photograph import Photograph, draw_photograph

#: Images by class and ancestry, as counted in the paper's Table 2 (its columns Caucasoid, Mongoloid, Negroid).
TABLE_2 = {
    "beta_thalassemia": {"caucasian": 9, "asian": 54, "african": 7},
    "hyperthyroidism": {"caucasian": 36, "asian": 28, "african": 6},
    "down_syndrome": {"caucasian": 48, "asian": 16, "african": 6},
    "leprosy": {"caucasian": 12, "asian": 37, "african": 21},
    "control": {"caucasian": 21, "asian": 40, "african": 9},
}
TEST = 30  # test images a class; the other 40 are for training (paper, section III.A)
PEOPLE = 60  # identities, a third of each ancestry
COHORT_SEED = 2020
TRIES = 4  # a rendering process that crashes is started again this often without progress
MASK_SIZE = 160  # pixels a side


@dataclass(frozen=True)
class Row:
    """One image of a manifest, before it is rendered; ``subject`` is the seed of the person, ``seed`` the photograph's."""

    image: str
    label: str
    split: str
    ancestry: str
    sex: str
    age: float
    severity: float
    yaw: float
    pitch: float
    roll: float
    subject: int
    seed: int


def drawn(row: Row) -> tuple[Person, float, Photograph]:
    """Person, severity and photograph of a row; the three have generators of their own."""
    return drawn_from(row.subject, row.seed, row.label, row.ancestry)


def drawn_from(subject: int, seed: int, label: str, ancestry: str) -> tuple[Person, float, Photograph]:
    person = draw_person(np.random.default_rng([subject, 1]), ancestry)
    ill = label in PHENOTYPES and label != "control"
    severity = draw_severity(np.random.default_rng([subject, 2])) if ill else 0.0
    return person, severity, draw_photograph(np.random.default_rng([seed, 3]))


def _row(image: str, label: str, split: str, ancestry: str, subject: int, seed: int) -> Row:
    person, severity, photo = drawn_from(subject, seed, label, ancestry)
    yaw, pitch, roll = (round(angle, 1) for angle in (photo.yaw, photo.pitch, photo.roll))
    return Row(image, label, split, ancestry, person.sex, person.age, severity, yaw, pitch, roll, subject, seed)


def apportioned(counts: dict[str, int], total: int) -> dict[str, int]:
    """``total`` test images shared over the ancestries in proportion, by largest remainder."""
    exact = {name: total * count / sum(counts.values()) for name, count in counts.items()}
    result = {name: int(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda n: (result[n] - exact[n], n))[: total - sum(result.values())]:
        result[name] += 1
    return result


def plan() -> list[Row]:
    """The 350 rows of the cohort in order of class; fixed by ``COHORT_SEED``."""
    rows, seed = [], COHORT_SEED * 1000
    for label, counts in TABLE_2.items():
        rng = np.random.default_rng([COHORT_SEED, list(TABLE_2).index(label)])
        tests = apportioned(counts, TEST)
        members = []
        for ancestry, count in counts.items():
            split = ["test"] * tests[ancestry] + ["train"] * (count - tests[ancestry])
            members += [(ancestry, part) for part in split]
        for number, k in enumerate(rng.permutation(len(members)), 1):
            seed += 1
            ancestry, split = members[k]
            rows.append(_row(f"images/{label}/{label}_{number:02d}.jpg", label, split, ancestry, seed, seed))
    return rows


def identities() -> list[Row]:
    """The 120 rows of ``identities``: each person twice, in other clothes, light, pose and expression."""
    rows, ancestries = [], list(TABLE_2["control"])
    for number in range(PEOPLE):
        subject = (COHORT_SEED + 1) * 1000 + 10 * number
        for view in (1, 2):
            name = f"person_{number + 1:02d}"
            rows.append(_row(f"{name}_{view}.jpg", name, "test", ancestries[number % 3], subject, subject + view))
    return rows


#: The sets by the folder they lie in, below data/bundled.
SETS = {".": plan, "identities": identities}


def mask_path(image: str) -> str:
    """Where the mask of an image lies."""
    return f"masks/{Path(image).stem}.png"


def render_row(row: Row, folder: Path) -> None:
    """Render one row and write its mask and its JPEG, each under a temporary name first."""
    from portraits.develop import develop
    from portraits.scene import render

    person, severity, photo = drawn(row)
    rendered = render(person, PHENOTYPES.get(row.label, PHENOTYPES["control"]), severity, photo)
    _write(folder / mask_path(row.image), mask(rendered.head, rendered.sign))
    _write(folder / row.image, develop(rendered.image, photo))


def mask(head: np.ndarray, sign: np.ndarray) -> bytes:
    """PNG (`MASK_SIZE` a side, 8 bit): 0 off the head; on it 15 to 255 in steps of 15, by how much the phenotype
    changed the place."""
    side = head.shape[0] // MASK_SIZE
    small_head, small_sign = (part.reshape(MASK_SIZE, side, MASK_SIZE, side).mean(axis=(1, 3)) for part in (head, sign))
    values = np.where(small_head > 0.5, 15 + 15 * np.round(16 * np.clip(small_sign, 0, 1)), 0)
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(data)
    partial.replace(path)


def make(folder: Path, limit: int | None = None) -> None:
    """Render what is missing of both sets with one process a core, then write manifests and landmarks.

    A renderer that crashes takes only its own process with it: that share of the work is begun again."""
    for name, rows in ((name, listed()[:limit]) for name, listed in SETS.items()):
        missing = [k for k, row in enumerate(rows) if not (folder / name / row.image).exists()]
        with tqdm(total=len(rows), initial=len(rows) - len(missing), unit="image", desc=name) as bar:
            idle = 0
            while missing and idle < TRIES:
                _run_workers(folder, name, missing, rows, bar)
                left = [k for k in missing if not (folder / name / rows[k].image).exists()]
                idle = idle + 1 if len(left) == len(missing) else 0
                missing = left
        if missing:
            raise SystemExit("portraits: not rendered: " + ", ".join(rows[k].image for k in missing))
        write_manifest(rows, folder / name)
        write_landmarks(rows, folder / name)


def _run_workers(folder: Path, name: str, missing: list[int], rows: list[Row], bar: tqdm) -> None:
    jobs = min(os.cpu_count() or 1, len(missing))
    command = [sys.executable, "-m", "portraits", "render", "--out", str(folder), "--set", name, "--rows"]
    # In mixed order, so that a run that is stopped leaves a cross-section to look at.
    missing = np.random.default_rng(0).permutation(missing).tolist()
    workers = [
        subprocess.Popen([*command, *map(str, missing[job::jobs])], stdout=subprocess.DEVNULL) for job in range(jobs)
    ]
    while any(worker.poll() is None for worker in workers):
        time.sleep(0.5)
        bar.update(sum((folder / name / row.image).exists() for row in rows) - bar.n)
    bar.update(sum((folder / name / row.image).exists() for row in rows) - bar.n)


def write_manifest(rows: list[Row], folder: Path) -> None:
    """``manifest.csv`` with the SHA-256 of every image."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [*asdict(rows[0]), "sha256"], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        digest = hashlib.sha256((folder / row.image).read_bytes()).hexdigest()
        writer.writerow({**asdict(row), "sha256": digest})
    _write(folder / "manifest.csv", stream.getvalue().encode())


def write_landmarks(rows: list[Row], folder: Path) -> None:
    """``landmarks.csv``: x0, y0 ... x67, y67 of every image in pixels, projected from the mesh."""
    from portraits.scene import project_landmarks

    lines = ["image," + ",".join(f"x{k},y{k}" for k in range(68))]
    for row in rows:
        person, severity, photo = drawn(row)
        points = project_landmarks(person, PHENOTYPES.get(row.label, PHENOTYPES["control"]), severity, photo)
        lines.append(row.image + "," + ",".join(f"{value:.1f}" for value in points.ravel()))
    _write(folder / "landmarks.csv", ("\n".join(lines) + "\n").encode())
