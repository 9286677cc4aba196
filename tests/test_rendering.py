"""Notebooks as nbconvert renders them: headings are headings, and no mark of Markdown is left for a reader to see."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup, Comment
from nbconvert import HTMLExporter

from facediag_utils.run import reproduce


@pytest.fixture(scope="module")
def exporter():
    return HTMLExporter()


@pytest.mark.parametrize("path", reproduce.notebooks(), ids=lambda path: path.stem)
def test_no_mark_is_left_in_the_page(path, exporter):
    book = nbformat.read(path, as_version=4)
    for output in [output for cell in book.cells for output in cell.get("outputs", ())]:  # pictures have no marks
        output.get("data", {}).pop("image/png", None)
    page = BeautifulSoup(exporter.from_notebook_node(book)[0], "html.parser").main
    cells = page.select(".jp-RenderedMarkdown")
    source = [cell.source for cell in book.cells if cell.cell_type == "markdown"]
    headings = [tag.get_text().removesuffix("¶") for cell in cells for tag in cell(re.compile("^h[1-6]$"))]
    comments = [text for cell in cells for text in cell(string=lambda text: isinstance(text, Comment))]
    for code in page(["pre", "code", "script", "style"]):
        code.decompose()
    assert re.findall(r"^.*(?:##|\*\*|<!--|-->).*$", page.get_text(), re.MULTILINE) == []
    assert comments == []
    assert len(cells) == len(source)
    assert headings == re.findall("^#+ (.+)$", "\n".join(source), re.MULTILINE)
