"""A file is hashed once, and again as soon as it may have changed."""

import hashlib
import os

import pytest

from facediag_utils.core import files, row_cache
from facediag_utils.data import file_digests


@pytest.fixture
def paths(tmp_path, own_cache):
    made = [tmp_path / f"{k}.bin" for k in range(3)]
    for k, path in enumerate(made):
        path.write_bytes(bytes([k]) * 100)
    return made


def test_known_files_are_not_read_again(paths, monkeypatch):
    wanted = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    assert file_digests.content_digests(paths) == wanted
    read = []
    monkeypatch.setattr(file_digests, "file_digest", lambda path: read.append(path) or files.file_digest(path))
    assert file_digests.content_digests(paths) == wanted and read == []
    paths[1].write_bytes(b"x" * 100)
    found = file_digests.content_digests(paths)
    assert read == [paths[1]] and found[1] == hashlib.sha256(b"x" * 100).hexdigest() and found[::2] == wanted[::2]


def test_an_old_time_hides_nothing(paths):
    """Same size, and the time of the last change set back."""
    before = paths[0].stat()
    old = file_digests.content_digests(paths)
    paths[0].write_bytes(b"y" * 100)
    os.utime(paths[0], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert paths[0].stat().st_mtime_ns == before.st_mtime_ns
    assert file_digests.content_digests(paths)[0] != old[0]


def test_no_files():
    assert file_digests.content_digests([]) == []


def test_forgetting_leaves_nothing_of_them(paths):
    file_digests.content_digests(paths)
    assert row_cache.keep_only([]) == 3
