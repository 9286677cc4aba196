"""The page put together: home, pictures, training, question, one below the other."""

from pathlib import Path

import ipywidgets as widgets
from IPython.display import HTML, display

from facediag_utils.app import uploads
from facediag_utils.app.home import Home
from facediag_utils.app.pictures import Pictures
from facediag_utils.app.question import Question
from facediag_utils.app.session import Session
from facediag_utils.app.training import Training
from facediag_utils.figures import style


def show() -> None:
    """Display the page in the cell that calls this."""
    style.set_style()
    look, guard = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    script = guard.replace("MOST_BYTES", str(uploads.MOST_BYTES))
    session = Session()
    sections = [part(session).widget for part in (Home, Pictures, Training, Question)]
    page = widgets.VBox(sections)
    page.add_class("facediag")
    display(HTML(f"<style>{look}</style><script>{script}</script>"), page)
