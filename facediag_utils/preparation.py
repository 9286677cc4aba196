"""What comes before any training: a folder is read, its faces are found, people looked for on both sides; told, and kept."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from facediag_utils import alignment, cohort, dsf, intake, leaks, results
from facediag_utils.errors import ReproduceError


def prepare(
    path: Path, name: str, of_dsf: bool, positive: str | None, seed: int, thumbnails: bool, hashed: bool
) -> None:
    """Take a folder in, print what was found, and keep that for the report.

    Parameters
    ----------
    path : Path
        A folder of one's own, or (``of_dsf``) the archive of the paper's photographs or its folder.
    name, positive, seed, thumbnails, hashed
        As `facediag_utils.intake.take_in` takes them.
    """
    if of_dsf:
        profile, found = dsf.take_in(path, seed, thumbnails, hashed)
        lines = [intake.told(profile, found), dsf.told(found)]
    else:
        profile, found = intake.take_in(path, name, positive, seed, thumbnails, hashed)
        lines = [intake.told(profile, found)]
    print(*lines, sep="\n", flush=True)
    images = cohort.load(profile)
    pairs = leaks.same_person(images, alignment.find_faces(images))
    results.write_csv(profile.results / "same_person.csv", pairs)
    lines.append(leaks.told(pairs, profile.name))
    print(lines[-1], flush=True)
    intake.note(profile, "\n".join(lines))


def apart(*given: Any) -> None:
    """`prepare` in a process of its own: what it loads and starts is gone when the notebooks begin.

    Raises
    ------
    ReproduceError
        If that process was killed, most likely for want of memory.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        try:
            other.submit(prepare, *given).result()
        except BrokenProcessPool:
            raise ReproduceError("the process that reads the folder was killed; is there enough memory?") from None
