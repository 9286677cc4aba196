"""What a reader has to be careful about: each sentence stands there when it holds, and only then."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from made import made

from facediag_utils.data.cohort import NO_FACE
from facediag_utils.data.store import Method, write_csv
from facediag_utils.figures import style
from facediag_utils.run import report

LABEL = np.resize(["ill", "well"], 20)


@pytest.fixture
def own(folder, own_output):
    """A run on a folder of one's own, of which nothing is known but the classes."""
    predicted(folder)
    style.set_style()
    style.save(plt.figure(), folder.profile, "x", "A figure")
    plt.close("all")
    return folder


def predicted(folder, right=15, label=LABEL, **columns):
    rows = made(np.arange(len(label)) < right, np.array(label), method=Method.DTL1).assign(task="all", training=0)
    write_csv(folder.profile.results / "predictions.csv", rows.assign(**columns))


def said(folder) -> str:
    """What stands at the top of the page, whose links lead somewhere."""
    page = report.write(folder.profile).read_text(encoding="utf-8")
    assert set(re.findall('href="#(.*?)"', page)) <= set(re.findall('id="(.*?)"', page))
    top = page[page.index('<section id="short">') : page.index("<nav")]
    return re.sub(r"\s+", " ", re.sub("<.*?>", "", re.sub(r'src="[^"]*"', "", top)))


def known(folder, **columns):
    """The manifest has further columns: a value per class."""
    for row in folder.rows:
        row |= {name: values[row["label"]] for name, values in columns.items()}
    folder.write()


def test_of_a_folder_of_which_nothing_is_known(own):
    text = said(own)
    assert "rendered" not in text and "Nothing to compare with" in text
    assert "20 test pictures, 10 of each class. One picture is 5.0 points of accuracy." in text
    assert "Nothing says who is in a picture (no column “subject”). If a person is on both sides" in text
    assert "Not known of the pictures: ancestry, sex, age, site." in text
    assert "Networks were trained once." in text and "A face was found in every test picture." in text
    for word in ("No face", "left out", "near duplicates", "Hollow", "has 50% of", "who knows nothing but"):
        assert word not in text


def test_who_is_in_a_picture(own):
    columns = ["test", "train", "distance", "near"]
    pairs = pd.DataFrame([["ill/2.png", "ill/0.png", 0.1, 1], ["well/2.png", "well/0.png", 0.2, 1]], columns=columns)
    write_csv(own.profile.results / "same_person.csv", pairs.head(0))
    assert "takes nobody of the test pictures for somebody of the training pictures" in said(own)
    write_csv(own.profile.results / "same_person.csv", pairs)
    assert "2 test pictures look to a face network like the person of a training picture. If so" in said(own)
    known(own, subject={"ill": "a", "well": "b"})
    assert "By the subjects of the manifest they are others." in said(own)
    write_csv(own.profile.results / "same_person.csv", pairs.head(0))
    assert "person" not in said(own).replace("places or people", "")


def test_near_duplicates_on_both_sides(own):
    near = pd.DataFrame({"split_first": ["train", "test", "train"], "split_second": ["test", "test", "train"]})
    write_csv(own.profile.results / "near_duplicates.csv", near)
    assert "1 pair of near duplicates lies on both sides of the split: accuracy is too high." in said(own)
    write_csv(own.profile.results / "near_duplicates.csv", near.tail(2))
    assert "near duplicates" not in said(own)


def test_files_left_out_and_pictures_without_a_face(own):
    write_csv(own.profile.results / "left_out.csv", pd.DataFrame({"file": ["a"], "kind": ["truncated"]}))
    lost = pd.DataFrame({"image": ["ill/2.png"], "label": "ill", "split": "test", "outcome": "no face", "reason": ""})
    write_csv(own.profile.results / "no_face.csv", lost)
    predicted(own, predicted=np.r_[LABEL[:15], [NO_FACE] * 5])
    text = said(own)
    assert "1 file was left out (why)." in text and "No face was found in 1 of 6 pictures (by class)." in text
    assert "no face was found in 5 of the 20 test pictures, which count as errors. Of those with a face" in text
    assert "gets 100.0% (80-100), 15/15." in text and "75.0% (53-89), 15/20." in text
    assert "A face was found in every" not in text


def test_a_class_that_is_most_of_the_test_pictures(own):
    predicted(own, right=16, label=["well"] * 16 + ["ill"] * 4)
    text = said(own)
    assert "“well” has 80% of the test pictures." in text and "4 of the rarest class" in text
    assert "The interval includes the 80% that one gets by always naming the same class." in text


def test_what_a_group_alone_tells(own):
    known(own, sex={"ill": "female", "well": "male"}, age={"ill": 40, "well": 50})
    text = said(own)
    assert (
        "who knows nothing but the sex and always says the most frequent class of each group is right in 100.0%" in text
    )
    assert "Not known of the pictures: ancestry, site." in text


def test_the_bundled_cohort(record_page):
    page = record_page.read_text(encoding="utf-8")
    top = page[page.index('<section id="short">') : page.index("<nav")]
    assert "say nothing about how well anything diagnoses people" in top and "Hollow" in top
    assert "60.0% (52-68)" in top and "35.1% (30-40)" in top  # README: ancestry alone
    assert "Not known of the pictures" not in top and "trained once" not in top
