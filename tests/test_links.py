"""Every link of a page or a notebook leads to a file, and to a heading that is there.  External addresses: only their form."""

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from facediag_utils.core.settings import ROOT

FOLDERS = (
    "",
    "docs",
    "docs/api",
    "portraits",
    "data/bundled",
    "results",
    ".github",
    "notebooks",
    "notebooks/solutions",
)
PAGES = [path for folder in FOLDERS for end in ("md", "ipynb") for path in sorted((ROOT / folder).glob(f"*.{end}"))]


def prose(page: Path) -> str:
    """The Markdown of a page or of a notebook's cells, without its code."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.sub(r"^```.*?^```|`[^`\n]+`(?!\]\()", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    """Where links and pictures lead, in Markdown and HTML."""
    found = re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", text) + re.findall(
        r"^\[[^]]+\]: (\S+)", text, re.MULTILINE
    )
    return found + re.findall(r"<(?:a|img)\b[^>]*?(?:href|src)=\"([^\"]+)\"", text)


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page: the second of two equal ones ends in -1."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    if page.suffix == ".ipynb":
        text = prose(page)
    seen: Counter[str] = Counter()
    names = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        names.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere, or out of the repository."""
    wrong = []
    for link in links(prose(page)):
        if re.match("[a-z]+:", link):
            where = urlsplit(link)
            if where.scheme != "mailto" and not (where.scheme in ("http", "https") and "." in where.netloc):
                wrong.append(link)
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert broken(page) == []


def test_pages_and_notebooks_are_looked_at():
    assert len(PAGES) > 40 and sum(len(links(prose(page))) for page in PAGES) > 100


def test_a_broken_link_is_seen(tmp_path):
    page = tmp_path / "page.md"
    (tmp_path / "a b.md").write_text("# Two words: `code`\n\n## Twice\n\n## Twice\n")
    good = "[a](a%20b.md#two-words-code) [b](a%20b.md#twice-1) ![c](page.md) [d](https://example.org/x) [e](#here)\n"
    page.write_text(f"# Here\n\n{good}\n`[f](inline.md)`\n\n```\n[g](fenced.md)\n```\n")
    assert broken(page) == []
    bad = ["gone.md", "a%20b.md#twice-2", "#nowhere", "http:/example.org", "gone.png", "gone.html", "gone.txt"]
    page.write_text(
        f"# Here\n[a]({bad[0]}) [b]({bad[1]}) [c]({bad[2]}) [d]({bad[3]}) ![e]({bad[4]})\n"
        f'<a class="x" href="{bad[5]}">f</a>\n\n[g]: {bad[6]}\n'
    )
    assert sorted(broken(page)) == sorted(bad)


def test_links_of_a_notebook_are_those_of_its_markdown(tmp_path):
    book = tmp_path / "book.ipynb"
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "[a](#title) [b](gone.md)"]},
        {"cell_type": "code", "source": ["x = y[0](z)"]},
    ]
    book.write_text(json.dumps({"cells": cells}))
    assert broken(book) == ["gone.md"]
