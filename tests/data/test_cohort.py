"""Manifests: read back as written, and refused in words."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facediag_utils.core.errors import CohortError, FacediagError
from facediag_utils.core.profiles import Profile
from facediag_utils.data import cohort
from facediag_utils.data.paper import CLASSES


def refused(profile: Profile) -> str:
    with pytest.raises(CohortError) as caught:
        cohort.load(profile)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_a_good_folder(folder):
    loaded = cohort.load(folder.profile)
    assert loaded.classes == ("ill", "well") and len(loaded) == 6
    assert loaded.table["sha256"].tolist() == [row["sha256"] for row in folder.rows]
    assert [task.name for task in cohort.tasks(loaded)] == ["all"]
    assert cohort.tasks(loaded)[0].positive == "ill"


def test_no_folder_and_no_manifest(folder, tmp_path):
    assert str(tmp_path / "nowhere") in refused(Profile("x", "x", tmp_path / "nowhere"))
    (folder.root / "manifest.csv").unlink()
    assert "manifest.csv" in refused(folder.profile)


def test_manifest_row_without_its_file(folder):
    (folder.root / "ill" / "0.png").unlink()
    message = refused(folder.profile)
    assert str(folder.root / "ill" / "0.png") in message and "restore" in message


def test_wrong_checksum(folder):
    path = folder.root / "well" / "1.png"
    path.write_bytes(path.read_bytes() + b"x")
    message = refused(folder.profile)
    assert str(path) in message and "checksum" in message


def test_every_faulty_row_is_listed(folder):
    for name in ("ill/0.png", "ill/1.png", "well/0.png"):
        (folder.root / name).unlink()
    assert refused(folder.profile).count("not in the folder") == 3


def test_empty_class_folder(folder):
    (folder.root / "leprosy").mkdir()
    message = refused(folder.profile)
    assert str(folder.root / "leprosy") in message and "no images" in message


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("split", "validation", "not train or test"),
        ("split", "", "is empty"),
        ("label", " ", "is empty"),
        ("image", "../secret.png", "leads out of the folder"),
        ("image", "/etc/passwd", "leads out of the folder"),
        ("image", "ill\\..\\..\\x.png", "leads out of the folder"),
        ("image", "well/0.png", "more than once"),
    ],
)
def test_faulty_cells(folder, column, value, says):
    folder.rows[0][column] = value
    folder.write()
    message = refused(folder.profile)
    assert says in message and "manifest.csv" in message


@pytest.mark.parametrize(
    "content", [b"", b"image,label\na,b\n", b"\xff\xfe\x00garbage\x00", b'image,label,split\n"a,b,c\n']
)
def test_unreadable_manifests(folder, content: bytes):
    (folder.root / "manifest.csv").write_bytes(content)
    assert "manifest.csv" in refused(folder.profile)


def test_header_only(folder):
    (folder.root / "manifest.csv").write_text("image,label,split\n")
    assert "no rows" in refused(folder.profile)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_any_bytes_as_manifest_end_in_our_error(folder, content: bytes):
    (folder.root / "manifest.csv").write_bytes(b"image,label,split\n" + content)
    with pytest.raises(FacediagError):
        cohort.load(folder.profile)


def test_the_papers_tasks(bundled):
    binary, multiclass = cohort.tasks(bundled)
    assert binary.classes == ("beta_thalassemia", "control") and binary.positive == "beta_thalassemia"
    assert multiclass.classes == tuple(CLASSES) and multiclass.positive is None


@given(labels=st.lists(st.sampled_from([*CLASSES, "other"]), min_size=1))
def test_class_order_does_not_depend_on_row_order(labels):
    assert cohort.ordered_classes(labels) == cohort.ordered_classes(labels[::-1])
    assert set(cohort.ordered_classes(labels)) == set(labels)


def test_messages_are_short(folder):
    """A thousand faults are counted, and twenty are shown."""
    for number in range(1000):
        folder.rows.append({"image": f"ill/x{number}.png", "label": "ill", "split": "train", "sha256": ""})
    folder.write()
    message = refused(folder.profile)
    assert "1000 problem(s)" in message and len(message.splitlines()) < 25
    assert re.search(r"and 980 more", message)


def test_reading_does_not_write(folder):
    before = sorted(path.relative_to(folder.root) for path in Path(folder.root).rglob("*"))
    cohort.load(folder.profile)
    assert sorted(path.relative_to(folder.root) for path in Path(folder.root).rglob("*")) == before


def test_a_part_holds_its_images_only_and_counts_from_zero(folder):
    loaded = cohort.load(folder.profile)
    parts = [loaded.part(name) for name in ("train", "test")]
    assert sorted(name for part in parts for name in part.table["image"]) == sorted(loaded.table["image"])
    for name, part in zip(("train", "test"), parts, strict=True):
        assert set(part.table["split"]) == {name} and part.table.index.tolist() == list(range(len(part)))
        assert part.classes == loaded.classes
