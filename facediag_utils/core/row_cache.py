"""Rows that are dear to compute, kept by the content they were computed from.

A table is a folder of parts.  A part is one ``.npz`` file of some rows: ``keys`` (digests of the images) and columns.  It is
written beside, renamed, and never changed: a killed run loses the rows since the last part, of two runs that lack the same
rows the second waits, and adding rows costs the same however many there are.  Parts hold no pickles; a damaged one is removed and its
rows are computed again.  Written here because joblib.Memory keeps a file a call (100,000 for 10,000 images and ten networks)
and reads them as pickles.
"""

import hashlib
import uuid
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from facediag_utils.core import pin, run_log
from facediag_utils.core.files import atomic_write, file_lock
from facediag_utils.core.settings import cache_root

Rows = dict[str, np.ndarray]
SAVE_EVERY = 256  # rows: what a killed run loses at most


def table_path(kind: str, *settings: object) -> Path:
    """Folder of the table for one kind of result and the settings it depends on; another one where nothing is pinned."""
    name = hashlib.sha256(repr((pin.key(), *settings)).encode()).hexdigest()[:16]
    return cache_root() / kind / name


def digest(values: np.ndarray) -> str:
    """Of an array's content, shape and type: a key for rows that are computed from it."""
    kind = repr((values.shape, values.dtype)).encode()
    return hashlib.sha256(kind + np.ascontiguousarray(values).tobytes()).hexdigest()


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
    known = list(_read(path))
    missing = _missing(known, keys)
    if missing:
        with file_lock(path):  # whoever was at this table meanwhile has perhaps computed them
            known = list(_read(path))
            missing = _missing(known, keys)
            known += _computed(path, keys, missing, compute) if missing else []
    run_log.note(path.parent.name, path.name, len(missing), len(set(keys)) - len(missing))
    return _in_order(known, keys)


def _missing(known: list[Rows], keys: Sequence[str]) -> list[int]:
    """Positions of the rows that no part has; of equal keys the first."""
    have = {key for part in known for key in part["keys"].tolist()}
    first = {key: position for position, key in reversed(list(enumerate(keys)))}
    return sorted(position for key, position in first.items() if key not in have)


def _computed(
    path: Path, keys: Sequence[str], missing: list[int], compute: Callable[[list[int]], Iterator[Rows]]
) -> list[Rows]:
    """The missing rows, as parts that have been written."""
    parts: list[Rows] = []
    pending: list[Rows] = []
    done = 0
    with closing(batch for batch in compute(missing)) as batches:  # or a full disk leaves workers waiting
        for batch in batches:
            size = len(next(iter(batch.values())))
            pending.append({"keys": np.array([keys[k] for k in missing[done : done + size]]), **batch})
            done += size
            if sum(len(rows["keys"]) for rows in pending) >= SAVE_EVERY or done == len(missing):
                parts.append(_joined(pending))
                pending = []
                _write(path / f"{uuid.uuid4().hex}.npz", parts[-1])
    if done != len(missing):
        raise RuntimeError(f"{path.name}: {len(missing)} rows asked for, {done} computed")
    return parts


def keep_only(keys: Collection[str]) -> int:
    """Remove the rows of all tables whose key is none of these; how many were removed."""
    removed = 0
    for path in sorted(cache_root().rglob("[!.]*.npz")):  # not those that are being written
        rows = _part(path)
        if "keys" not in rows:
            continue
        kept = np.isin(rows["keys"], list(keys))
        removed += int((~kept).sum())
        if not kept.any():
            path.unlink()
        elif not kept.all():
            _write(path, {name: column[kept] for name, column in rows.items()})
    return removed


def _in_order(parts: list[Rows], keys: Sequence[str]) -> Rows:
    """The rows of these keys; of a key that two runs have added, the first."""
    where = {
        key: (n, row) for n, part in reversed(list(enumerate(parts))) for row, key in enumerate(part["keys"].tolist())
    }
    places = np.array([where[key] for key in keys], int).reshape(-1, 2)
    rows: Rows = {}
    for name in parts[0] if parts else ():
        if name == "keys":
            continue
        column = np.empty((len(keys), *parts[0][name].shape[1:]), np.result_type(*(part[name] for part in parts)))
        for n, part in enumerate(parts):
            mine = places[:, 0] == n
            column[mine] = part[name][places[mine, 1]]
        rows[name] = column
    return rows


def _joined(parts: list[Rows]) -> Rows:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _read(table: Path) -> Iterator[Rows]:
    for path in sorted(table.glob("[!.]*.npz")):
        if part := _part(path):
            yield part


def _part(path: Path) -> Rows:
    """A part's columns; nothing, and no longer there, if it is damaged."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            rows = {name: stored[name] for name in stored.files}
        if "keys" not in rows or len({len(column) for column in rows.values()}) != 1:
            raise ValueError("columns of unequal length")
        return rows
    except FileNotFoundError:  # another run has just found it damaged
        return {}
    except PermissionError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        word = f"{path}: damaged cache file ({error}); its content is computed again"
        warnings.warn(word, stacklevel=4)
        run_log.note(path.parent.parent.name, path.parent.name, 0, 0, word)
        path.unlink(missing_ok=True)
        return {}


def _write(path: Path, rows: Rows) -> None:
    with atomic_write(path) as partial, partial.open("wb") as stream:
        np.savez(stream, **rows)  # type: ignore[arg-type]  # columns, not flags
