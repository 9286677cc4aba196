"""The learning curves of a run's trainings, as a table: ``results/trainings.csv``, a row per training, epoch and part."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from facediag_utils.data.store import write_csv
from facediag_utils.methods.recipe import Tuned

FILE = "trainings.csv"
_CURVES = ["epoch", "part", "objective", "top1", "top3"]  # as `Tuned.history` has them


def write(path: Path, trainings: Iterable[tuple[Mapping[str, object], Tuned]]) -> Path:
    """Write the curves of trainings, each with what it is called.

    Parameters
    ----------
    path : Path
    trainings : iterable of (mapping, Tuned)
        Columns that name a training, the same for all of them, and what it has come to.
    """
    parts = []
    for named, tuned in trainings:
        images = dict(zip(("train_images", "validation_images"), tuned.images, strict=True))
        known = {**named, **images, "averaged_from": tuned.averaged_from, "best_epoch": tuned.best_epoch}
        parts.append(tuned.curves()[_CURVES].assign(**known, key=tuned.key)[[*known, *_CURVES, "key"]])
    return write_csv(path, pd.concat(parts, ignore_index=True))


def read(path: Path) -> dict[str, Tuned]:
    """What trainings have come to, by their key; without networks and logits.  Nothing if there is no such file."""
    if not path.is_file():
        return {}
    found = {}
    for key, rows in pd.read_csv(path).groupby("key", sort=False):
        first = rows.iloc[0]
        found[str(key)] = Tuned(
            images=(int(first["train_images"]), int(first["validation_images"])),
            key=str(key),
            averaged_from=int(first["averaged_from"]),
            best_epoch=int(first["best_epoch"]),
            history=[dict(zip(_CURVES, row, strict=True)) for row in rows[_CURVES].itertuples(index=False)],
        )
    return found
