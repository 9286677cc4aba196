"""Every environment variable that this package reads, and the folders that depend on them: all in this one place."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

OUT = "FACEDIAG_OUT"  # folder in which runs/ is made
CACHE = "FACEDIAG_CACHE"  # folder of what can be computed again
WEIGHTS = "FACEDIAG_WEIGHTS"  # folder of downloaded or hand-placed weights
MIRROR = "FACEDIAG_MIRROR"  # a web folder that has the weights, tried first
DEVICE = "FACEDIAG_DEVICE"  # "cpu", "cuda" or "mps"
RECORDED = "FACEDIAG_RECORDED"  # trainings that the record holds are shown, not done again
FAST = "FACEDIAG_FAST"  # lifts what is pinned for the sake of the same bits everywhere (`core.pin`)
DASK = "DASK"  # address of a Dask scheduler
RUN_LOG = "FACEDIAG_RUN_LOG"  # set by a run: the file of `core.run_log`
BARS = "FACEDIAG_BARS"  # set by a run: a file in which bars are drawn


def value(variable: str) -> str:
    """What a variable says; empty if it is not set."""
    return os.environ.get(variable, "")


def output_root() -> Path:
    """Folder in which ``runs/`` is made: ``FACEDIAG_OUT``, else this repository."""
    return Path(value(OUT) or ROOT)


def cache_root() -> Path:
    """Folder of what can be computed again (landmarks, features): ``FACEDIAG_CACHE``, else ``.cache`` here."""
    return Path(value(CACHE) or ROOT / ".cache")


def weights_root() -> Path:
    """Folder of downloaded or hand-placed weights: ``FACEDIAG_WEIGHTS``, else ``weights`` here."""
    return Path(value(WEIGHTS) or ROOT / "weights")
