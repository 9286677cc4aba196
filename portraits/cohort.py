"""The bundled cohort: who is in it (the paper's Table 2), the split, the rendering, the manifest."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
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
COHORT_SEED = 2020
TRIES = 4  # a rendering process that crashes is started again this often without progress


@dataclass(frozen=True)
class Row:
    """One image of the manifest, before it is rendered."""

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
    seed: int


def drawn(seed: int, label: str, ancestry: str) -> tuple[Person, float, Photograph]:
    """Person, severity and photograph of one seed; the three have generators of their own."""
    person = draw_person(np.random.default_rng([seed, 1]), ancestry)
    severity = 0.0 if label == "control" else draw_severity(np.random.default_rng([seed, 2]))
    return person, severity, draw_photograph(np.random.default_rng([seed, 3]))


def test_counts(counts: dict[str, int], total: int) -> dict[str, int]:
    """``total`` test images shared over the ancestries in proportion, by largest remainder."""
    exact = {name: total * count / sum(counts.values()) for name, count in counts.items()}
    result = {name: int(share) for name, share in exact.items()}
    for name in sorted(exact, key=lambda n: (result[n] - exact[n], n))[: total - sum(result.values())]:
        result[name] += 1
    return result


def plan() -> list[Row]:
    """The 350 rows of the manifest in order of class; fixed by ``COHORT_SEED``."""
    rows, seed = [], COHORT_SEED * 1000
    for label, counts in TABLE_2.items():
        rng = np.random.default_rng([COHORT_SEED, list(TABLE_2).index(label)])
        tests = test_counts(counts, TEST)
        members = []
        for ancestry, count in counts.items():
            split = ["test"] * tests[ancestry] + ["train"] * (count - tests[ancestry])
            members += [(ancestry, part) for part in split]
        for number, k in enumerate(rng.permutation(len(members)), 1):
            seed += 1
            ancestry, split = members[k]
            person, severity, photo = drawn(seed, label, ancestry)
            name = f"images/{label}/{label}_{number:02d}.jpg"
            yaw, pitch, roll = (round(angle, 1) for angle in (photo.yaw, photo.pitch, photo.roll))
            rows.append(Row(name, label, split, ancestry, person.sex, person.age, severity, yaw, pitch, roll, seed))
    return rows


def render_row(row: Row, folder: Path) -> None:
    """Render one row and write its JPEG under a temporary name, then rename it."""
    from portraits.develop import develop
    from portraits.scene import render

    person, severity, photo = drawn(row.seed, row.label, row.ancestry)
    path = folder / row.image
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(develop(render(person, PHENOTYPES[row.label], severity, photo), photo))
    partial.replace(path)


def make(folder: Path, limit: int | None = None) -> None:
    """Render what is missing of the cohort with one process a core, then write the manifest.

    A path tracer that crashes takes only its own process with it: that share of the work is begun again."""
    rows = plan()[:limit]
    missing = [k for k, row in enumerate(rows) if not (folder / row.image).exists()]
    with tqdm(total=len(rows), initial=len(rows) - len(missing), unit="image", desc="cohort") as bar:
        idle = 0
        while missing and idle < TRIES:
            _run_workers(folder, missing, rows, bar)
            left = [k for k in missing if not (folder / rows[k].image).exists()]
            idle = idle + 1 if len(left) == len(missing) else 0
            missing = left
    if missing:
        raise SystemExit("portraits: not rendered: " + ", ".join(rows[k].image for k in missing))
    write_manifest(rows, folder)


def _run_workers(folder: Path, missing: list[int], rows: list[Row], bar: tqdm) -> None:
    jobs = min(os.cpu_count() or 1, len(missing))
    command = [sys.executable, "-m", "portraits", "render", "--out", str(folder), "--rows"]
    workers = [subprocess.Popen([*command, *map(str, missing[job::jobs])]) for job in range(jobs)]
    while any(worker.poll() is None for worker in workers):
        time.sleep(0.5)
        bar.update(sum((folder / row.image).exists() for row in rows) - bar.n)
    bar.update(sum((folder / row.image).exists() for row in rows) - bar.n)


def write_manifest(rows: list[Row], folder: Path) -> None:
    """``manifest.csv`` with the SHA-256 of every image."""
    partial = folder / "manifest.csv.part"
    with partial.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, [*asdict(rows[0]), "sha256"], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            digest = hashlib.sha256((folder / row.image).read_bytes()).hexdigest()
            writer.writerow({**asdict(row), "sha256": digest})
    partial.replace(folder / "manifest.csv")
