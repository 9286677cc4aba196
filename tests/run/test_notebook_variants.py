"""Notebooks without what does not hold for a cohort."""

import re
import subprocess
import sys
from dataclasses import replace

import nbformat
import numpy as np
import pytest

from facediag_utils.core.profiles import Profile
from facediag_utils.data.cohort import Cohort
from facediag_utils.run import notebook_variants, reproduce

ALL, NONE = frozenset(notebook_variants.TRAITS), frozenset()
OTHERS = {"parameters", "nbval-ignore-output", "starter"}  # tags that say nothing of cohorts


def test_cells_are_left_whose_words_all_hold(tmp_path):
    of = {"all": [], "paper": ["paper"], "both": ["two", "paper"], "run": ["nbval-ignore-output", "rendered"]}
    cells = [nbformat.v4.new_markdown_cell(text, metadata={"tags": tags}) for text, tags in of.items()]
    path = tmp_path / "01_of_four_cells.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1"), *cells]), path)
    left = {
        ALL: ["1", "all", "paper", "both", "run"],
        NONE: ["1", "all"],
        frozenset({"paper"}): ["1", "all", "paper"],
        frozenset({"two", "rendered"}): ["1", "all", "run"],
    }
    for holding, wanted in left.items():
        assert [cell.source for cell in notebook_variants.adapted(path, holding).cells] == wanted


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_no_tag_is_misspelt(path):
    for cell in nbformat.read(path, as_version=4).cells:
        known = ALL if cell.cell_type == "markdown" else ALL | OTHERS
        assert set(cell.metadata.get("tags", ())) <= known, cell.id
        assert set(cell.metadata) <= {"tags"}, cell.id


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_a_cohort_of_ones_own_hears_nothing_of_the_papers_photographs(path):
    for holding in (NONE, frozenset({"two"}), frozenset({"two", "groups", "pictures"})):
        book = notebook_variants.adapted(path, holding)
        text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
        text = re.sub(r"\]\(\w+\.ipynb\)", "]", text)  # a notebook's file has one name for all cohorts
        found = re.findall(
            r"DSF|Tables? \d|[Rr]endered|thalassemia|Down syndrome|leprosy|severity|\b350\b|[Cc]linician", text
        )
        assert not found, found
        assert re.search(r"^## Exercises\n\*\*\w", text, re.MULTILINE)


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_the_papers_own_photographs_are_not_called_rendered(path):
    book = notebook_variants.adapted(path, frozenset({"paper", "two"}))
    text = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert not re.findall("[Rr]ender|[Ss]imulated", text)
    if path.stem.startswith(("03", "05", "07")):
        assert "paper" in text and "test images" in text


@pytest.mark.parametrize(
    "holding",
    [
        {"two"},
        {"groups"},
        {"pictures"},
        {"paper", "two"},
        {"rendered", "pictures"},
        {"cases"},
        {"rendered", "cases"},
        {"grades"},
        set(),
    ],
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
    named = table.assign(subject=np.where(table["split"] == "test", table.groupby("label").cumcount() // 2, np.nan))
    assert notebook_variants.traits(Cohort(five.profile, five.classes, named)) == {"cases"}
    severity = table.groupby("label").cumcount() / 70
    with_severity = notebook_variants.traits(Cohort(five.profile, ("a", "b", "c"), table.assign(severity=severity)))
    assert with_severity == {"groups", "grades"}


def test_every_notebook_is_on_the_way_that_links_show():
    paths = {path.name: path for path in reproduce.notebooks()}
    first = {name: nbformat.read(path, as_version=4).cells[0].source for name, path in paths.items()}
    after = {name: re.findall(r"Next: \[[^]]+\]\((.+?)\)", text) for name, text in first.items()}
    before = {name: re.findall(r"Before this: \[[^]]+\]\((.+?)\)", text) for name, text in first.items()}
    [name] = [name for name, found in before.items() if not found]
    way = [name]
    while after[name]:
        [following] = after[name]
        assert before[following] == [name]
        name = following
        way.append(name)
    assert sorted(way) == sorted(paths)
    assert [name[:2] for name in way[:5]] == ["01", "02", "03", "05", "04"]  # DTL2 is simpler than DTL1
