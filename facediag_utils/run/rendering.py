"""The words of the report and the model card: Jinja2 templates of ``templates/``, filled with the numbers of a run."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


def render(name: str, **values: object) -> str:
    """A template, filled.  HTML escapes every value; Markdown only what goes through the filter ``cell``."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = escape_cell
    return environment.get_template(name).render(values)


def escape_cell(value: object) -> str:
    """Text for a cell of a Markdown table: a class may be called ``a|b`` or ``<b>``."""
    return re.sub(r"([\\`*\[|]|<(?=\S))", r"\\\1", str(value))
