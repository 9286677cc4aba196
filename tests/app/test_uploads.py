"""What a browser sends: kept below the run's folder, or named with the reason; never outside of it."""

import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import picture

from facediag_utils.app import session, uploads
from facediag_utils.core.errors import AppError
from facediag_utils.data import folder_import
from facediag_utils.run import forget


def sent(name, content=b"picture", size=None):
    return {"name": name, "size": len(content) if size is None else size, "content": memoryview(content)}


@pytest.fixture
def profile(own_output, own_cache):
    return session.profile_of("mine")


def files(profile):
    root = uploads.folder(profile)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_pictures_are_kept_under_their_class(profile):
    assert uploads.keep_pictures(profile, "ill", [sent("a.jpg", b"1"), sent("a.jpg", b"2"), sent("b.jpg", b"3")]) == 3
    assert files(profile) == {"ill/a.jpg": b"1", "ill/a (2).jpg": b"2", "ill/b.jpg": b"3"}
    assert uploads.counts(profile) == {"ill": 3} and uploads.sent() == ["mine"]
    assert uploads.refused(profile).empty


def test_no_name_leads_out_of_the_folder(profile, own_output):
    for name in ("../../evil.jpg", "/etc/evil.jpg", "..\\evil.jpg", "C:\\evil.jpg"):
        uploads.keep_pictures(profile, "ill", [sent(name)])
    assert {path.parent for path in own_output.rglob("*evil*")} == {uploads.folder(profile) / "ill"}
    assert len(files(profile)) == 4


def test_what_is_not_kept_is_named(profile):
    bad = [sent("long" * 100 + ".jpg"), sent("cut.jpg", b"123", size=5), sent("..")]
    assert uploads.keep_pictures(profile, "ill", [*bad, sent("good.jpg")]) == 1
    told = uploads.refused(profile)
    assert told["label"].to_list() == ["ill"] * 3 and (told["kind"] != "").all()
    assert told["file"].iloc[1] == "cut.jpg" and told["kind"].iloc[1].startswith("not of the size")
    assert files(profile) == {"ill/good.jpg": b"picture"}


@pytest.mark.parametrize("label", ["", " ", "a/b", "..", ".hidden", "a\\b", "C:", "a\nb", " ill", "x" * 300])
def test_names_that_no_class_can_have(profile, label):
    with pytest.raises(AppError, match="class"):
        uploads.keep_pictures(profile, label, [sent("a.jpg")])
    assert not uploads.folder(profile).exists()


def test_too_much_at_once(profile):
    with pytest.raises(AppError, match="256 MiB can be uploaded at once"):
        uploads.keep_pictures(profile, "ill", [sent("a.jpg", size=uploads.MOST_BYTES + 1)])
    with pytest.raises(AppError, match="at most 2000 files"):
        uploads.check_size([sent("a.jpg")] * 2001)


@given(st.text(min_size=1, max_size=20))
def test_any_class_name_is_refused_or_stays_within(tmp_path_factory, name):
    try:
        uploads.check_label(name)
    except AppError:
        return
    folder = tmp_path_factory.getbasetemp()
    assert (folder / name).parent == folder and "\0" not in name


def archive(kind, members):
    stream = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(stream, "w") as packed:
            for name, content in members.items():
                packed.writestr(name, content)
    else:
        with tarfile.open(fileobj=stream, mode="w:gz") as packed:
            for name, content in members.items():
                item = tarfile.TarInfo(name)
                item.size = len(content)
                packed.addfile(item, io.BytesIO(content))
    return sent(f"all.{kind}", stream.getvalue())


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_replaces_what_was_there(profile, kind):
    uploads.keep_pictures(profile, "old", [sent("a.jpg")])
    packed = archive(kind, {"faces/ill/1.jpg": b"1", "faces/well/2.jpg": b"2", "../out.jpg": b"3"})
    assert uploads.keep_archive(profile, packed) == 2
    assert files(profile) == {"ill/1.jpg": b"1", "well/2.jpg": b"2"}
    assert uploads.refused(profile)[["file", "kind"]].to_numpy().tolist() == [
        ["../out.jpg", "leads out of the archive"]
    ]
    assert [path.name for path in profile.run.iterdir() if path.name.startswith(".")] == []


def test_class_folders_at_the_top_stay(profile):
    uploads.keep_archive(profile, archive("zip", {"ill/1.jpg": b"1", "well/2.jpg": b"2"}))
    assert uploads.counts(profile) == {"ill": 1, "well": 1}


def test_what_is_no_archive_is_named_as_it_was_sent(profile):
    uploads.keep_pictures(profile, "ill", [sent("a.jpg")])
    with pytest.raises(AppError, match=r"^notes\.zip: neither a zip nor a tar file"):
        uploads.keep_archive(profile, sent("notes.zip", b"text"))
    assert files(profile) == {"ill/a.jpg": b"picture"}


def test_what_was_read_is_read_again_when_more_comes(profile):
    for k in range(24):
        made = picture(uploads.folder(profile) / ("ill", "well")[k % 2] / f"{k}.png", k)
    folder_import.import_folder(uploads.folder(profile), "mine")
    assert session.is_known("mine")
    uploads.keep_pictures(session.profile_of("mine"), "ill", [sent("new.png", made.read_bytes())])
    assert not session.is_known("mine") and session.is_known("bundled")


def test_pictures_that_were_never_read_are_forgotten_too(profile, own_output):
    uploads.keep_pictures(profile, "ill", [sent("a.jpg")])
    assert forget.forget("mine") == [str(profile.run)] and not list(own_output.rglob("*.jpg"))
