"""Notebooks without what does not hold for a cohort."""

import re
import subprocess
import sys
from dataclasses import replace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Cohort
from facediag_utils.run import notebook_variants, reproduce

ALL, NONE = frozenset(notebook_variants.TRAITS), frozenset()
TEXT = """# Title

<!-- rendered -->Only rendered,
two lines.

<!-- not-rendered: Instead,
two lines. -->

Always.

1. <!-- paper -->Of the paper
2. Of all
3. <!-- two not-paper: Hidden of two -->"""


def test_what_is_left():
    assert (
        notebook_variants.text_for(TEXT, ALL)
        == "# Title\n\nOnly rendered,\ntwo lines.\n\nAlways.\n\n1. Of the paper\n2. Of all"
    )
    assert notebook_variants.text_for(TEXT, NONE) == "# Title\n\nInstead,\ntwo lines.\n\nAlways.\n\n2. Of all"
    assert notebook_variants.text_for(TEXT, frozenset({"two"})).endswith("2. Of all\n3. Hidden of two")


@given(st.text(), st.sets(st.sampled_from(notebook_variants.TRAITS)))
def test_text_without_marks_is_left_alone(text, holding):
    if "<!--" not in text and "\n\n\n" not in text:
        assert notebook_variants.text_for(text, frozenset(holding)).strip() == text.strip()


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_no_mark_is_misspelt_and_none_is_left(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for mark in re.findall(r"<!--.*?-->", cell.source, re.DOTALL):
                terms = mark[4:].split(":")[0].removesuffix("-->").split()
                assert {term.removeprefix("not-") for term in terms} <= ALL, mark
            for holding in (ALL, NONE, frozenset({"two"}), frozenset({"paper", "two"})):
                assert "<!--" not in notebook_variants.text_for(cell.source, holding)


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_a_cohort_of_ones_own_hears_nothing_of_the_papers_photographs(path):
    for holding in (NONE, frozenset({"two"}), frozenset({"two", "groups", "pictures"})):
        book = notebook_variants.adapted(path, holding)
        text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
        found = re.findall(
            r"DSF|Tables? \d|[Rr]endered|thalassemia|Down syndrome|leprosy|severity|\b350\b|[Cc]linician", text
        )
        assert not found, found
        assert "## Exercises" in text


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_the_papers_own_photographs_are_not_called_rendered(path):
    book = notebook_variants.adapted(path, frozenset({"paper", "two"}))
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert not re.findall("[Rr]ender|[Ss]imulated", text)
    if path.stem.startswith(("03", "05", "07")):
        assert "paper" in text and "test images" in text


@pytest.mark.parametrize(
    "holding", [{"two"}, {"groups"}, {"pictures"}, {"paper", "two"}, {"rendered", "pictures"}, set()]
)
def test_no_cell_needs_one_that_is_left_out(tmp_path, holding):
    """ruff's F821: a name that nothing defines."""
    for path in reproduce.notebooks():
        nbformat.write(notebook_variants.adapted(path, frozenset(holding)), tmp_path / path.name)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "F821", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_bundled_cohort_sees_every_cell(bundled):
    assert notebook_variants.traits(bundled) == ALL
    for path in reproduce.notebooks():
        assert len(notebook_variants.adapted(path, ALL).cells) == len(nbformat.read(path, as_version=4).cells)


def test_traits_of_ones_own(bundled, tmp_path):
    table = bundled.table[["image", "path", "label", "split", "sha256"]]
    five = Cohort(Profile("mine", "t", tmp_path), ("a", "b", "c"), table)
    assert notebook_variants.traits(five) == NONE
    assert notebook_variants.traits(Cohort(five.profile, ("a", "b"), table.assign(sex="f"))) == {"two", "groups"}
    assert notebook_variants.traits(Cohort(replace(five.profile, thumbnails=True), ("a", "b", "c"), table)) == {
        "pictures"
    }
