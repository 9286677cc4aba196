"""SHA-256 of files, computed once: a file whose place, size and times are known is not read again."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from facediag_utils.core import row_cache
from facediag_utils.core.files import file_digest


def content_digests(paths: Sequence[Path]) -> list[str]:
    """Hexadecimal SHA-256 of each file.

    A file is known by device, inode, size and the times of its last change of content and of inode, as git knows it: writing
    it anew, also with the old time set back, changes one of them.
    """

    def compute(missing: list[int]) -> Iterator[row_cache.Rows]:
        for k in missing:
            yield {"sha256": np.array([file_digest(paths[k])])}

    states = [path.stat() for path in paths]
    keys = [f"{s.st_dev}-{s.st_ino}-{s.st_size}-{s.st_mtime_ns}-{s.st_ctime_ns}" for s in states]
    return row_cache.complete(row_cache.table_path("digests"), keys, compute)["sha256"].tolist() if paths else []
