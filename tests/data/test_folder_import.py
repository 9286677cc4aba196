"""A folder of one's own: what is used, what is left out and why, who is trained on and who tested."""

import os
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import picture
from PIL import Image

from facediag_utils.core import profiles
from facediag_utils.core.errors import CohortError
from facediag_utils.data import cohort, duplicates, folder_contents, folder_import, splitting
from facediag_utils.data.folder_contents import SplitRule


@pytest.fixture
def folder(tmp_path, own_cache, own_output):
    """Two classes of twelve pictures."""
    for k in range(24):
        picture(tmp_path / "faces" / ("anna", "ben")[k % 2] / f"{k:02d}.png", k)
    return tmp_path / "faces"


def kinds(found):
    return dict(zip(found.left_out["file"], found.left_out["kind"], strict=True))


def test_a_folder_of_class_folders(folder):
    profile, found = folder_import.import_folder(folder, "mine", seed=3)
    counts = found.used.groupby(["label", "split"]).size()
    assert (
        {counts["anna", "test"], counts["ben", "test"]} == {5, 6} and len(found.used) == 24 and not len(found.left_out)
    )
    again = cohort.load(profiles.profile("mine"))
    assert again.classes == ("anna", "ben") and again.profile.title == "this run (mine)" and not again.profile.rendered
    assert again.table["split"].tolist() == found.used["split"].tolist()
    assert (folder_contents.examine(folder, 3).used["split"] == found.used["split"]).all()
    assert (folder_contents.examine(folder, 4).used["split"] != found.used["split"]).any()
    assert sorted(path.name for path in folder.iterdir()) == ["anna", "ben"]  # nothing written into it
    assert "24 pictures in 2 classes; split drawn by class" in folder_import.format_import(profile, found)


def test_what_cannot_be_used_is_named_and_the_rest_goes_on(folder, tmp_path):
    (folder / "notes.txt").write_text("x")
    (folder / "anna" / "Thumbs.db").write_bytes(b"x")
    (folder / "anna" / "empty.jpg").touch()
    (folder / "anna" / "page.jpg").write_text("<html></html>")
    (folder / "anna" / "cut.png").write_bytes((folder / "anna" / "00.png").read_bytes()[:200])
    outside = picture(tmp_path / "outside.png", 99)
    (folder / "ben" / "link.png").symlink_to(outside)
    (folder / "ben" / "circle.png").symlink_to(folder / "ben" / "circle.png")
    (folder / "ben" / "nowhere.png").symlink_to(tmp_path / "nowhere.png")
    (folder / "ben" / ".hidden").mkdir()
    Image.new("1", (14_000, 14_000)).save(folder / "ben" / "bomb.png")
    odd = ["with space.png", "naïve 顔.png", "new\nline.png", "n" * 251 + ".png", "semi;colon,\"quote'.png"]
    for k, name in enumerate(odd):
        picture(folder / "ben" / name, 200 + k)
    profile, found = folder_import.import_folder(folder, "mine")
    why = kinds(found)
    assert why["notes.txt"] == "not in a class folder" and why["anna/Thumbs.db"] == "not the name of a picture"
    assert why["anna/empty.jpg"] == "the file is empty" and why["ben/link.png"] == "leads out of the folder"
    assert why["anna/page.jpg"] == "not a readable picture" and why["anna/cut.png"] == "truncated picture"
    assert why["ben/bomb.png"] == "too large a picture" and why["ben/nowhere.png"] == "leads out of the folder"
    assert "ben/circle.png" in why and len(why) == 9
    assert {f"ben/{name}" for name in odd} <= set(found.used["image"])
    loaded = cohort.load(profile)  # the manifest keeps every name as it is
    assert set(loaded.table["image"]) == set(found.used["image"]) and all(
        path.is_file() for path in loaded.table["path"]
    )
    told = folder_import.format_import(profile, found)
    assert "left out: 2 x leads out of the folder\n" in told and "left out: 1 x truncated picture\n" in told
    assert len(pd.read_csv(profile.results / "left_out.csv")) == 9


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_name_that_is_no_text_is_left_out(folder):
    raw = os.fsencode(folder / "ben") + b"/\xff\xfe.png"
    shutil.copy(os.fsencode(folder / "ben" / "01.png"), raw)
    _, found = folder_import.import_folder(folder, "mine")
    assert [kind for name, kind in kinds(found).items() if "xff" in name or "udcff" in name] == [
        "cannot be opened (UnicodeEncodeError)"
    ]


def test_copies(folder):
    shutil.copy(folder / "anna" / "00.png", folder / "anna" / "copy.png")
    shutil.copy(folder / "ben" / "01.png", folder / "anna" / "clash.png")
    found = folder_contents.examine(folder)
    assert kinds(found) == {
        "anna/copy.png": "copy of another file",
        "anna/clash.png": "the same file stands in several classes",
        "ben/01.png": "the same file stands in several classes",
    }
    assert found.left_out.set_index("file")["reason"]["anna/copy.png"] == "anna/00.png"


def test_near_duplicates_are_found_and_stay_together(folder):
    with Image.open(folder / "anna" / "00.png") as original:
        original.convert("RGB").resize((80, 96)).save(folder / "anna" / "00 smaller.jpg", quality=60)
    for seed in range(6):
        found = folder_contents.examine(folder, seed)
        [pair] = found.near.to_dict("records")
        assert {pair["first"], pair["second"]} == {"anna/00.png", "anna/00 smaller.jpg"}
        assert pair["split_first"] == pair["split_second"]
    assert found.rule == SplitRule.BY_GROUP


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 255), min_size=8, max_size=8), st.integers(0, 12))
def test_hashes_that_differ_in_few_bits_are_near(values, flipped):
    bits = np.unpackbits(np.array([values], np.uint8), axis=1)[0]
    other = bits.copy()
    other[:flipped] ^= 1
    assert duplicates.near_duplicates(np.stack([bits, other])) == ([(0, 1)] if flipped <= 4 else [])


def manifest(folder, **columns):
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    table = pd.DataFrame({"image": names, "label": [name.split("/")[0] for name in names]})
    for name, values in columns.items():
        table[name] = values(table) if callable(values) else values
    table.to_csv(folder / "manifest.csv", index=False)
    return table


def test_nobody_is_on_both_sides(folder):
    manifest(folder, subject=lambda table: [f"{k // 2 % 6}" for k in range(len(table))], sex="female", note="x")
    for seed in range(5):
        found = folder_contents.examine(folder, seed)
        assert found.used.groupby("subject")["split"].nunique().max() == 1
        assert set(found.used.groupby(["label", "split"]).size().index) == {
            (label, split) for label in ("anna", "ben") for split in ("train", "test")
        }
    assert found.rule == SplitRule.BY_SUBJECT and "sex" in found.used and "note" not in found.used


def test_the_split_of_the_manifest_is_kept(folder):
    table = manifest(folder, split=lambda table: np.where(np.arange(len(table)) % 3 == 0, "test", "train"))
    found = folder_contents.examine(folder)
    assert found.rule == SplitRule.STATED and found.used["split"].tolist() == table["split"].tolist()


def test_faulty_rows_of_a_manifest(folder):
    table = manifest(folder, age="30")
    extra = pd.DataFrame(
        [
            ["anna/00.png", "anna", "1"],
            ["../outside.png", "anna", "1"],
            ["/etc/passwd", "anna", "1"],
            ["gone.png", "ben", "1"],
            [np.nan, "ben", "1"],
            ["ben/01.png", np.nan, "1"],
            ["ben/03.png", "b\ne\tn", "1"],
        ],
        columns=table.columns,
    )
    table.loc[0, "age"] = "NaN"
    table.loc[1, "age"] = "old"
    pd.concat([table, extra]).to_csv(folder / "manifest.csv", index=False)
    with (folder / "manifest.csv").open("a") as stream:
        stream.write("a\0b.png,ben,1\n")  # Python 3.10's csv does not write it
    _, found = folder_import.import_folder(folder, "mine")
    assert len(found.used) == 24 and found.used["age"].isna().sum() == 2
    why = found.left_out["kind"].tolist()
    assert why.count("leads out of the folder") == 2 and why.count("there is no such file") == 2
    assert why.count("its label cannot be printed") == 1 and len(why) == 8


def test_what_cannot_be_a_cohort_is_refused(folder, tmp_path):
    with pytest.raises(CohortError, match="no such folder"):
        folder_import.import_folder(tmp_path / "nowhere", "mine")
    for name in ("bundled", "../x", "a b", ""):
        with pytest.raises(CohortError, match="NAME="):
            folder_import.import_folder(folder, name)
    with pytest.raises(CohortError, match=r"POSITIVE=carla: .* anna, ben"):
        folder_import.import_folder(folder, "mine", positive="carla")
    for path in sorted((folder / "ben").iterdir())[:8]:
        path.unlink()
    with pytest.raises(CohortError, match=r"fewer than 9 pictures: ben \(4\)"):
        folder_import.import_folder(folder, "mine")
    shutil.rmtree(folder / "ben")
    with pytest.raises(CohortError, match=r"1 class\(es\) of pictures, two are needed"):
        folder_import.import_folder(folder, "mine")
    with pytest.raises(CohortError, match="profile 'nobody' is not known; name its folder once"):
        profiles.profile("nobody")


def test_the_positive_class(folder):
    profile, _ = folder_import.import_folder(folder, "mine", positive="ben")
    [task] = cohort.tasks(cohort.load(profile))
    assert task.classes == ("ben", "anna") and task.positive == "ben" and task.title == "ben or anna"
    (folder / "anna").rename(folder / "Healthy")
    profile, _ = folder_import.import_folder(folder, "other")
    assert cohort.tasks(cohort.load(profile))[0].classes == ("ben", "Healthy")


def test_a_changed_picture_under_an_old_name_is_told_and_taken_in_anew(folder):
    profile, before = folder_import.import_folder(folder, "mine")
    picture(folder / "anna" / "00.png", 500)
    with pytest.raises(CohortError, match="not the file the manifest was written for"):
        cohort.load(profile)
    profile, after = folder_import.import_folder(folder, "mine")
    changed = before.used["sha256"] != after.used["sha256"]
    assert before.used["image"][changed].tolist() == ["anna/00.png"] and len(cohort.load(profile)) == 24


def test_hashes_stand_for_names_and_stay(folder):
    shutil.copy(folder / "anna" / "00.png", folder / "anna" / "secret name.png")
    profile, found = folder_import.import_folder(folder, "mine", hashed=True)
    again, same = folder_import.import_folder(folder, "mine", hashed=True)
    assert found.used["image"].str.fullmatch("[0-9a-f]{16}").all() and found.used["image"].is_unique
    assert (found.used["image"] == same.used["image"]).all() and profile == again
    images = cohort.load(profile)
    assert [path.relative_to(folder).as_posix() for path in images.table["path"]] == found.used["file"].tolist()
    other, third = folder_import.import_folder(folder, "other", hashed=True)
    assert not set(third.used["image"]) & set(found.used["image"]) and other.salt != profile.salt
    kept = found.used.set_index("file")["image"]["anna/00.png"]
    assert found.left_out[["kind", "reason"]].to_numpy().tolist() == [["copy of another file", kept]]
    assert all("png" not in path.read_text() for path in profile.results.glob("*.csv"))


@pytest.mark.parametrize("change", ["nothing", "image", "positive", "thumbnails"])
def test_what_an_earlier_run_made_goes_when_it_is_stale(folder, change):
    profile, _ = folder_import.import_folder(folder, "mine", thumbnails=True)
    for place in (profile.figures, profile.notebooks, profile.results / "readers"):
        place.mkdir(parents=True, exist_ok=True)
    made = [profile.figures / "01_faces.png", profile.results / "predictions.csv", profile.notebooks / "01_data.ipynb"]
    for path in [*made, profile.results / "readers" / "me.csv", profile.run / ".lock"]:
        path.touch()
    if change == "image":
        picture(folder / "anna" / "00.png", 999)
    folder_import.import_folder(
        folder, "mine", "ben" if change == "positive" else None, thumbnails=change != "thumbnails"
    )
    assert [path.exists() for path in made] == [change == "nothing"] * 3
    assert (profile.results / "readers" / "me.csv").exists() and (profile.run / ".lock").exists()


@pytest.mark.parametrize("seed", range(5))
def test_near_duplicates_leave_classes_of_their_size(seed):
    """Fifty classes of ten, seventeen pairs among them: four tested of each, or five where a pair is."""
    labels = np.repeat([f"{k:02d}" for k in range(50)], 10)
    groups = np.arange(500)
    groups[1:170:10] = groups[0:170:10]
    tested = splitting.draw_grouped_split(labels, dict.fromkeys(labels.tolist(), 4), groups, seed)
    counts = [int(tested[labels == name].sum()) for name in np.unique(labels)]
    assert set(counts[17:]) == {4} and set(counts) <= {4, 5}
    assert not set(groups[tested]) & set(groups[~tested])


def test_killed_between_profile_and_manifest(folder):
    """The first time, and when pictures were no longer to be shown: what was made with them must go all the same."""
    profiles.keep("mine", folder)
    profile, _ = folder_import.import_folder(folder, "mine", thumbnails=True)
    shown = profile.figures / "01_faces.png"
    shown.parent.mkdir(parents=True)
    shown.touch()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(folder_import, "_clear", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        folder_import.import_folder(folder, "mine")
    assert shown.exists()
    folder_import.import_folder(folder, "mine")
    assert not shown.exists()
