"""Rows that are dear to compute, kept by the content they were computed from.

A table is one ``.npz`` file: ``keys`` (digests of the images) and columns, a row a key.  It is only ever replaced whole
(written beside, then renamed), holds no pickles, and a damaged one is computed again.  Written here because
joblib.Memory keeps a file a call (100,000 for 10,000 images and ten networks) and reads them as pickles.
"""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import numpy as np

from facediag_utils.files import replacing
from facediag_utils.profiles import cache_root

Rows = dict[str, np.ndarray]
SAVE_EVERY = 256  # rows: what a killed run loses at most


def table_path(kind: str, *settings: object) -> Path:
    """File of the table for one kind of result and the settings it depends on."""
    digest = hashlib.sha256(repr(settings).encode()).hexdigest()[:16]
    return cache_root() / kind / f"{digest}.npz"


def complete(path: Path, keys: Sequence[str], compute: Callable[[list[int]], Iterator[Rows]]) -> Rows:
    """Rows for ``keys``, in their order: read from the table at ``path``, the missing ones computed and added.

    Parameters
    ----------
    path : Path
        The table.
    keys : sequence of str
        Content digests; equal keys share a row.
    compute : callable
        Given the positions (in ``keys``) of the missing rows, yields their columns in that order, in batches of any
        size; every column is an array whose first axis is the row.

    Returns
    -------
    dict of str to numpy.ndarray
        Columns with ``len(keys)`` rows.
    """
    known = _read(path)
    have = {key: row for row, key in enumerate(known["keys"])} if known else {}
    first = {key: position for position, key in reversed(list(enumerate(keys)))}
    missing = sorted(position for key, position in first.items() if key not in have)
    pending: list[Rows] = []
    done = 0
    for batch in compute(missing) if missing else ():
        size = len(next(iter(batch.values())))
        pending.append({"keys": np.array([keys[k] for k in missing[done : done + size]]), **batch})
        done += size
        if sum(len(rows["keys"]) for rows in pending) >= SAVE_EVERY or done == len(missing):
            known, pending = _joined([*([known] if known else []), *pending]), []
            _write(path, known)
    if done != len(missing):
        raise RuntimeError(f"{path.name}: {len(missing)} rows asked for, {done} computed")
    have = {key: row for row, key in enumerate(known["keys"])}
    order = [have[key] for key in keys]
    return {name: column[order] for name, column in known.items() if name != "keys"}


def keep_only(keys: Collection[str]) -> int:
    """Remove the rows of all tables whose key is none of these; how many were removed."""
    removed = 0
    for path in sorted(cache_root().rglob("*.npz")):
        rows = _read(path)
        if "keys" not in rows:
            continue
        kept = np.isin(rows["keys"], list(keys))
        removed += int((~kept).sum())
        if not kept.any():
            path.unlink()
        elif not kept.all():
            _write(path, {name: column[kept] for name, column in rows.items()})
    return removed


def _joined(parts: list[Rows]) -> Rows:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _read(path: Path) -> Rows:
    if not path.exists():
        return {}
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            rows = {name: stored[name] for name in stored.files}
        if len({len(column) for column in rows.values()}) != 1:
            raise ValueError("columns of unequal length")
        return rows
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        warnings.warn(f"{path}: damaged cache file ({error}); its content is computed again", stacklevel=3)
        return {}


def _write(path: Path, rows: Rows) -> None:
    with replacing(path) as partial, partial.open("wb") as stream:
        np.savez(stream, **rows)  # type: ignore[arg-type]  # columns, not flags
