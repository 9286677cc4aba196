"""The paper's photographs as a person would have them: an archive of that shape, built from the bundled pictures."""

import io
import tarfile
import zipfile

import pandas as pd
import pytest
from PIL import Image

from facediag_utils.core import profiles
from facediag_utils.core.errors import CohortError
from facediag_utils.core.settings import ROOT
from facediag_utils.data import archives, cohort, dsf
from facediag_utils.data.images import read_rgb
from facediag_utils.data.paper import CLASSES
from facediag_utils.run import forget

SPELLED = {
    "beta_thalassemia": "Disease-Specific Faces/D1 \u03b2-Thalassaemia/faces",
    "hyperthyroidism": "Disease-Specific Faces/HyperThyroidism",
    "down_syndrome": "Disease-Specific Faces/Down's syndrome/DownSyndrome (new)",
    "leprosy": "Disease-Specific Faces/LEPROSY",
    "control": "Disease-Specific Faces/N0_healthy controls",
}


def link(name):
    item = zipfile.ZipInfo(name)
    item.external_attr = 0o120777 << 16
    return item


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """350 pictures under five spellings, some of them PNG, and what else lies about in such an archive."""
    table = pd.read_csv(ROOT / "data" / "bundled" / "manifest.csv")
    path = tmp_path_factory.mktemp("dsf") / "Disease Specific Faces.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for k, (name, label) in enumerate(table[["image", "label"]].itertuples(index=False)):
            source = ROOT / "data" / "bundled" / name
            if k % 50 == 3:
                stream = io.BytesIO()
                Image.fromarray(read_rgb(source)).save(stream, "PNG")
                packed.writestr(f"{SPELLED[label]}/download ({k}).PNG", stream.getvalue())
            else:
                packed.write(source, f"{SPELLED[label]}/{k}.JPG")
        first = ROOT / "data" / "bundled" / table["image"][0]
        packed.write(first, f"{SPELLED[table['label'][0]]}/copy of 0.jpg")
        packed.writestr("Disease-Specific Faces/LEPROSY/Thumbs.db", b"x" * 100)
        packed.writestr("__MACOSX/LEPROSY/._7.JPG", b"x" * 100)
        packed.writestr("Disease-Specific Faces/readme.txt", "x")
        packed.write(first, "../../outside/control/1.jpg")
        packed.writestr("/control/1.jpg", first.read_bytes())
        packed.writestr(link("control/link.jpg"), "/etc/passwd")
    return path


def test_every_picture_finds_its_class_and_the_rest_is_listed(archive, own_cache, own_output):
    profile, found = dsf.import_archive(archive)
    counts = found.used.groupby(["label", "split"]).size().unstack()
    assert counts["test"].sum() + counts["train"].sum() == 350 and (counts.sum(axis=1) == 70).all()
    assert counts["test"].between(28, 32).all()
    why = pd.read_csv(profile.results / "left_out.csv").set_index("file")["kind"].to_dict()
    assert len(why) == 7 and why["../../outside/control/1.jpg"] == why["/control/1.jpg"] == "leads out of the archive"
    assert why["control/link.jpg"] == "a link or device in the archive"
    assert why["Disease-Specific Faces/LEPROSY/Thumbs.db"] == "not the name of a picture"
    assert why["__MACOSX/LEPROSY/._7.JPG"] == "not a readable picture"
    assert list(why.values()).count("copy of another file") == 1
    text = dsf.format_counts(found)
    assert text.count("70   70") == 5 and "as in Table 2; which 30" in text
    loaded = cohort.load(profiles.profile("dsf"))
    assert loaded.classes == tuple(CLASSES) and loaded.profile.title == "this run (DSF, photographs)"
    assert [task.name for task in cohort.tasks(loaded)] == ["binary", "multiclass"] and not loaded.profile.rendered
    truth = pd.read_csv(ROOT / "data" / "bundled" / "manifest.csv").set_index("sha256")["label"]
    same = loaded.table["sha256"].isin(truth.index)
    assert same.sum() >= 340 and (loaded.table["label"][same] == loaded.table["sha256"][same].map(truth)).all()
    forget.forget("dsf")
    assert not list(own_cache.rglob("*.JPG")) and archive.is_file()


def test_the_unpacked_folder_is_the_same(archive, tmp_path, own_cache, own_output):
    with zipfile.ZipFile(archive) as packed:
        inside = [name for name in packed.namelist() if name.startswith("Disease")]
        packed.extractall(tmp_path / "my copy", inside)
    (tmp_path / "my copy" / "Disease-Specific Faces" / "LEPROSY" / "7.JPG").unlink(missing_ok=True)
    lost = next((tmp_path / "my copy" / "Disease-Specific Faces" / "LEPROSY").glob("*.JPG"))
    lost.unlink()
    profile, found = dsf.import_archive(tmp_path / "my copy", hashed=True)
    assert (
        len(found.used) == 349 and "-1" in dsf.format_counts(found) and "not as in Table 2" in dsf.format_counts(found)
    )
    named = pd.read_csv(profile.results / "left_out.csv")["file"]
    assert named.str.fullmatch("[0-9a-f]{16}").all()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Beta-Thalassemia/1.jpg", "beta_thalassemia"),
        ("b_thalassemia_major/x.jpg", "beta_thalassemia"),
        ("D1/healthy looking.jpg", "beta_thalassemia"),
        ("Hyper-thyroidism/1.jpg", "hyperthyroidism"),
        ("downs/download.jpg", "down_syndrome"),
        ("DS/1.jpg", "down_syndrome"),
        ("N0/1.jpg", "control"),
        ("Normal/1.jpg", "control"),
        ("faces/leprosy_012.jpg", "leprosy"),
        ("Hansen's disease/9.jpg", "leprosy"),
        ("downloads/leprosy/1.jpg", "leprosy"),
        ("leprosy/train/1.jpg", "leprosy"),
        ("downloads/1.jpg", ""),
        ("abnormal/1.jpg", ""),
        ("D10/1.jpg", ""),
        ("leprosy and control/1.jpg", ""),
    ],
)
def test_spellings(name, label):
    found, reason = dsf.class_of(name)
    assert found == label and bool(reason) == (not label)


def test_a_class_that_is_missing_is_named(archive, tmp_path, own_cache, own_output):
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "part", [n for n in packed.namelist() if "LEPROSY" not in n and n[0] == "D"])
    with pytest.raises(CohortError, match="no pictures of leprosy"):
        dsf.import_archive(tmp_path / "part")
    with pytest.raises(CohortError, match="there is no such file or folder"):
        dsf.import_archive(tmp_path / "nothing.zip")


def tar_of(path, members):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            item = tarfile.TarInfo(name)
            if content is None:
                item.type, item.linkname = tarfile.SYMTYPE, "/etc"
                tar.addfile(item)
            else:
                item.size = len(content)
                tar.addfile(item, io.BytesIO(content))


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_tar_and_an_archive_in_the_archive(tmp_path, monkeypatch):
    tar_of(tmp_path / "in.tgz", {"a/1.jpg": b"1", "a": None, "../2.jpg": b"2", "l/../../3.jpg": b"3"})
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as packed:
        packed.write(tmp_path / "in.tgz", "x/in.tgz")
        packed.writestr("n" * 300 + ".jpg", b"1")
        packed.writestr("C:/windows.jpg", b"1")
    refused = archives.unpack(tmp_path / "out.zip", tmp_path / "out")
    assert files(tmp_path / "out") == ["x/in/a/1.jpg"] and len(refused) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.tgz", "out", "out.zip"]
    monkeypatch.setattr(archives, "LARGEST", 10)  # of pictures; an archive in the archive may be larger
    archives.unpack(tmp_path / "out.zip", tmp_path / "out")
    assert files(tmp_path / "out") == ["x/in/a/1.jpg"]
    monkeypatch.setattr(archives, "ALL", (tmp_path / "in.tgz").stat().st_size + 2)  # of both together
    with pytest.raises(CohortError, match="holds more than"):
        archives.unpack(tmp_path / "out.zip", tmp_path / "out")


def test_monsters_and_damage(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("leprosy/bomb.jpg", b"0" * 2_000_000)
        packed.writestr("leprosy/good.jpg", b"good" * 100)
        packed.writestr("leprosy/bad.jpg", bytes(range(256)) * 4)
    content = bytearray(path.read_bytes())
    where = content.index(b"leprosy/bad.jpg") + 20
    content[where : where + 8] = b"\xff" * 8
    path.write_bytes(content)
    monkeypatch.setattr(archives, "LARGEST", 10_000)
    why = {left.file: left.kind for left in archives.unpack(path, tmp_path / "a")}
    assert files(tmp_path / "a") == ["leprosy/good.jpg"]
    assert why["leprosy/bomb.jpg"].startswith("larger than") and why["leprosy/bad.jpg"] == "damaged in the archive"
    monkeypatch.setattr(archives, "ALL", 100)
    with pytest.raises(CohortError, match="holds more than"):
        archives.unpack(path, tmp_path / "b")
    assert not (tmp_path / "b").exists()  # all of it, or nothing
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(CohortError, match=r"neither a zip nor a tar|damaged"):
        archives.unpack(path, tmp_path / "c")
