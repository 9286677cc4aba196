"""The pictures of a folder: which can be read, which are the same, which nearly; nothing outside of the folder is opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.neighbors import BallTree

from facediag_utils.core import parallel, row_cache
from facediag_utils.core.errors import ImageError
from facediag_utils.data.file_digests import content_digests
from facediag_utils.data.images import read_rgb

NEAR = 0.07  # share of the 64 bits of two difference hashes in which near duplicates may differ
COPY = "copy of another file"


class LeftOut(NamedTuple):
    """A file that is not used: its name, its class if that is known, the kind of fault, and what else is to be said."""

    file: str
    label: str
    kind: str
    reason: str = ""


def printable(path: str) -> str:
    """A name on one line, whatever is in it."""
    text = path.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def inspect_files(folder: Path, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Rows whose file is a picture inside the folder, with digest and difference hash."""
    root = folder.resolve()
    reasons = [_reach(root, folder / name) for name in rows["image"]]
    kept = rows[np.array([reason == "" for reason in reasons], bool)].reset_index(drop=True)
    told = zip(rows["image"], rows["label"], reasons, strict=True)
    refused = [LeftOut(printable(name), label, kind) for name, label, kind in told if kind]
    if not len(kept):
        return kept.assign(sha256="", hash=None), refused
    paths = [folder / name for name in kept["image"]]
    kept["sha256"] = content_digests(paths)

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        for row in parallel.parallel_map(_look, [(paths[k],) for k in missing], "pictures"):
            yield {name: np.array(value)[None] for name, value in row.items()}

    seen = row_cache.complete(row_cache.table_path("pictures", "dhash", 2), kept["sha256"].tolist(), compute)
    kept["hash"] = list(np.unpackbits(seen["hash"], axis=1))
    bad = seen["kind"] != ""
    faults = zip(kept["image"][bad], kept["label"][bad], seen["kind"][bad], seen["reason"][bad], strict=True)
    refused += [LeftOut(printable(name), label, str(kind), str(reason)) for name, label, kind, reason in faults]
    return kept[~bad].reset_index(drop=True), refused


def _reach(root: Path, path: Path) -> str:
    """Why a file must not be opened, or nothing."""
    try:
        str(path).encode()
        real = path.resolve()
        if not real.is_relative_to(root):
            return "leads out of the folder"
        if not real.is_file():
            return "there is no such file"
        if not real.stat().st_size:
            return "the file is empty"
        with real.open("rb"):
            return ""
    except (OSError, ValueError, RuntimeError) as error:
        return f"cannot be opened ({type(error).__name__})"


def _look(path: Path) -> dict[str, object]:
    """Difference hash (which of two neighbours in a 9 x 8 picture is brighter: 64 bits), or why there is none."""
    parallel.require_visible(path)
    try:
        grey = cv2.cvtColor(read_rgb(path), cv2.COLOR_RGB2GRAY)
    except ImageError as error:
        return {"hash": np.zeros(8, np.uint8), "kind": error.kind, "reason": error.reason[:200]}
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA).astype(int)
    return {"hash": np.packbits(small[:, 1:] > small[:, :-1]), "kind": "", "reason": ""}


def drop_copies(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[LeftOut]]:
    """Of equal files one is kept; of equal files under several classes none, as nobody knows which is right."""
    refused, keep = [], np.ones(len(rows), bool)
    for _, group in rows.groupby("sha256"):
        if len(group) == 1:
            continue
        first = printable(group["image"].iloc[0])
        clash = group["label"].nunique() > 1
        for k, name, label in zip(group.index, group["image"], group["label"], strict=True):
            if clash or k != group.index[0]:
                keep[k] = False
                fault = ("the same file stands in several classes",) if clash else (COPY, first)
                refused.append(LeftOut(printable(name), label, *fault))
    return rows[keep].reset_index(drop=True), refused


def near_duplicates(bits: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of rows whose hashes, (n, 64) of 0 and 1, differ in at most `NEAR` of their bits."""
    if len(bits) < 2:
        return []
    around = BallTree(bits, metric="hamming").query_radius(bits, NEAR)
    return sorted((row, int(other)) for row, others in enumerate(around) for other in others if other > row)


def group_numbers(rows: pd.DataFrame, pairs: list[tuple[int, int]]) -> np.ndarray:
    """Numbers of groups that must not be parted: near duplicates, and images of one subject."""
    links = list(pairs)
    if "subject" in rows:
        for _, members in rows.dropna(subset="subject").groupby("subject").groups.items():
            links += [(members[0], other) for other in members[1:]]
    matrix = np.array(links, int).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(matrix)), (matrix[:, 0], matrix[:, 1])), shape=(len(rows), len(rows)))
    return connected_components(graph, directed=False)[1]
