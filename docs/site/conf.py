"""The site: `make site` builds it into .cache/site from the pages of this repository, where they lie.

The source folder is the repository itself, so that a link works on GitHub and on the site alike.  What differs between the two is
done to the text when it is read (`site_reading.py`).  Nothing is executed, and a built page asks for nothing that is not beside it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "site")]

import facediag_utils  # noqa: E402, F401  (first: it pins numpy and torch before autodoc imports them)

project = "facediag"
author = "The facediag authors"
html_title = "facediag"
language = "en"

extensions = [
    "myst_nb",
    "sphinx_exercise",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "site_reading",
]
root_doc = "README"
include_patterns = [
    "*.md",
    "docs/**.md",
    "notebooks/*.ipynb",
    "notebooks/solutions/*.ipynb",
    "portraits/README.md",
    "data/bundled/DATASHEET.md",
    "results/model_card.md",
]
exclude_patterns = [".*", "runs", "tests", "facediag_utils", "figures"]

nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # myst-nb would ask a CDN for them
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

default_role = "py:obj"  # a name in single backticks leads to it if there is such a name
add_module_names = False
autodoc_default_options = {
    "members": True,
    "no-value": True,  # of a constant: some are paths of the machine that builds
    "ignore-module-all": True,  # a name is described where it is defined
    "exclude-members": "set_fit_request, set_predict_request, set_predict_proba_request, set_score_request",  # scikit-learn adds them
}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
napoleon_google_docstring = False

html_theme = "sphinx_book_theme"
html_static_path = ["site.css", "../../.cache/web/node_modules/mathjax/es5/tex-svg-full.js"]
html_css_files = ["site.css"]
mathjax_path = "tex-svg-full.js"
html_context = {"default_mode": "auto"}  # light or dark, as the browser is set
html_theme_options = {"use_fullscreen_button": False, "show_toc_level": 2, "navigation_with_keys": False}
