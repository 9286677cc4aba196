"""``make slides``: notebook 05 as slides for a lecture, in .cache/slides, which needs no network.

A slide has a title and what some cells of the notebook show; of several pictures of a cell it has the last.  Words of the notebook
become the speaker's notes (key S).
"""

import shutil
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = ROOT / ".cache" / "web" / "node_modules"
FOLDER = ROOT / ".cache" / "slides"
NOTEBOOK = "05_dtl2_features"
#: For each slide its title, and the cells that it shows.
SLIDES = {
    "The networks": ["05-03", "05-00"],
    "DTL2 in the open": ["05-o01", "05-o00"],
    "The shapes": ["05-o02", "05-o03"],
    "The SVM in the open": ["05-o04", "05-o05"],
    "A map of the faces": ["05-06", "05-05", "05-07"],
    "Choosing C on the training images": ["05-09"],
    "How often is each network right?": ["05-11", "05-10", "05-10b"],
    "Where are the mistakes?": ["05-15", "05-14", "05-17", "05-17a"],
    "What if only the signs were gone?": ["twins-figure", "twins-numbers", "twins-words", "twins-shows"],
    "How much is the luck of the draw?": ["05-s01", "05-17b", "05-s03"],
    "Which differences are more than the draw?": ["05-s04", "05-s05"],
    "Faces, objects, nothing: what is pretraining worth?": ["05-p03", "05-p00", "05-p05", "05-p06"],
    "Crop, resolution, layer or batch norms?": ["05-a02", "05-a00", "05-a03"],
}
#: Code that is itself what the slide shows.
CODE = {"05-o01", "05-o04"}


def slides(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The cells of the deck: a title slide, then one slide for each entry of `SLIDES`.

    Parameters
    ----------
    book : nbformat.NotebookNode
        The notebook, executed; it is not changed.

    Returns
    -------
    nbformat.NotebookNode
        With the metadata that nbconvert's slides need.
    """
    by_name = {cell["id"]: cell for cell in book.cells}
    name, _, rest = book.cells[0].source.partition("\n\n")
    deck = [
        _titled(
            f"{name}\n\n{rest.partition(chr(10) * 2)[0]}\n\n*Rendered faces: what is seen here says nothing about patients.*"
        )
    ]
    for title, names in SLIDES.items():
        deck.append(_titled(f"## {title}"))
        deck += [_shown(by_name[name]) for name in names]
    return nbformat.v4.new_notebook(cells=deck, metadata=book.metadata)


def _titled(text: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(text, metadata={"slideshow": {"slide_type": "slide"}})


def _shown(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy of a cell: words as notes; code as what it shows."""
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, metadata={"slideshow": {"slide_type": "notes"}})
    pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    tags = [] if cell["id"] in CODE else ["without-code"]
    outputs = pictures[-1:] or cell.outputs
    source = cell.source.partition("\nassert ")[0]  # checks are for those who read
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata={"tags": tags})


def main() -> None:
    """Write the slides, and what they need in a browser beside them."""
    settings = Config()
    settings.TagRemovePreprocessor = Config(enabled=True, remove_input_tags=["without-code"])
    settings.SlidesExporter = Config(reveal_url_prefix="reveal.js", reveal_theme="white")
    exporter = SlidesExporter(
        config=settings, template_name="slides", extra_template_basedirs=[str(ROOT / "docs" / "site")]
    )
    book = nbformat.read(ROOT / "notebooks" / f"{NOTEBOOK}.ipynb", as_version=4)
    page, _ = exporter.from_notebook_node(slides(book), resources={"metadata": {"name": NOTEBOOK}})
    FOLDER.mkdir(parents=True, exist_ok=True)
    for part in ("dist", "plugin/notes"):
        shutil.copytree(WEB / "reveal.js" / part, FOLDER / "reveal.js" / part, dirs_exist_ok=True)
    shutil.copy(WEB / "mathjax" / "es5" / "tex-svg-full.js", FOLDER)
    target = FOLDER / f"{NOTEBOOK}.html"
    target.write_text(page, encoding="utf-8")
    print(
        f"facediag: the slides are {target}; S shows the speaker's notes, ?print-pdf in the address makes pages to print"
    )


if __name__ == "__main__":
    main()
