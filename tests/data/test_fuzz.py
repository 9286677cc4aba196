"""Hostile bytes: 1,000 mutated JPEG, 600 PNG, 200 of other formats and 400 manifests are read or refused by name."""

import io
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from facediag_utils.core.errors import CohortError, ImageError
from facediag_utils.data import folder_contents
from facediag_utils.data.images import read_rgb

MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "repeat", "drop", "insert"]), st.floats(0, 1), st.binary(min_size=1, max_size=8)
    ),
    min_size=1,
    max_size=8,
)
THOROUGH = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@cache
def encoded(kind: str) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (24, 20, 3), dtype=np.uint8)
    stream = io.BytesIO()
    options = {"exif": Image.Exif()} if kind == "JPEG" else {}
    if options:
        options["exif"][0x0112] = 6  # turned by 90 degrees
    Image.fromarray(noise).save(stream, kind, **options)
    return stream.getvalue()


def mutated(content: bytes, mutations) -> bytes:
    """Bytes set, cut off, repeated, dropped or put in, each at a share of the length."""
    for what, where, extra in mutations:
        k = int(where * len(content))
        match what:
            case "set":
                content = content[:k] + extra + content[k + len(extra) :]
            case "cut":
                content = content[:k]
            case "repeat":
                content = content[:k] + content[max(0, k - 40) :]
            case "drop":
                content = content[:k] + content[k + 7 * len(extra) :]
            case "insert":
                content = content[:k] + 3 * extra + content[k:]
    return content


def read_or_refused(folder, content: bytes) -> None:
    path = folder / "x.jpg"
    path.write_bytes(content)
    try:
        pixels = read_rgb(path)
    except ImageError as error:
        assert str(path) in str(error) and "\n" not in str(error)
    else:
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.size


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@settings(max_examples=1000, **THOROUGH)
@given(MUTATIONS)
def test_jpeg(folder, mutations):
    read_or_refused(folder, mutated(encoded("JPEG"), mutations))


@settings(max_examples=600, **THOROUGH)
@given(MUTATIONS)
def test_png(folder, mutations):
    read_or_refused(folder, mutated(encoded("PNG"), mutations))


@settings(max_examples=200, **THOROUGH)
@given(st.sampled_from(["GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "ICO"]), MUTATIONS)
def test_other_formats(folder, kind, mutations):
    read_or_refused(folder, mutated(encoded(kind), mutations))


CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["anna/0.png", "../x.png", "/etc/passwd", "NaN", "", "train", "test", "1e999", "-3", '"', "a,b", "\0"]
    ),
)


@settings(max_examples=250, **THOROUGH)
@given(st.lists(st.sampled_from(["image", "label", "split", "subject", "age", "x"]), max_size=7), st.data())
def test_manifests_of_odd_cells(folder, columns, data):
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(columns), max_size=len(columns)), max_size=6))
    lines = [",".join(columns), *(",".join(row) for row in rows)]
    taken_in_or_refused(folder, "\n".join(lines).encode("utf-8", "surrogatepass"))


@settings(max_examples=150, **THOROUGH)
@given(MUTATIONS)
def test_mutated_manifests(folder, mutations):
    rows = "".join(f"anna/{k}.png,anna,train,{k}\nben/{k}.png,ben,test,{k}\n" for k in range(6))
    taken_in_or_refused(folder, mutated(f"image,label,split,age\n{rows}".encode(), mutations))


def taken_in_or_refused(folder, manifest: bytes) -> None:
    (folder / folder_contents.MANIFEST).write_bytes(manifest)
    try:
        folder_contents.examine(folder)
    except CohortError as error:
        assert str(folder) in str(error)
    else:
        raise AssertionError("a folder without pictures cannot be taken in")
