"""The page's beginning: what it is and is not, what was trained before, and which data set comes next."""

import html

import ipywidgets as widgets
import pandas as pd

from facediag_utils.app import jobs, uploads
from facediag_utils.app.session import Message, Session, guarded, is_known, profile_of, table
from facediag_utils.core import profiles
from facediag_utils.core.errors import AppError, CohortError, FacediagError
from facediag_utils.data import trained
from facediag_utils.data.cohort import load, tasks
from facediag_utils.evaluation import metrics
from facediag_utils.run import forget

ABOUT = f"""
<h1>Faces, a trained network, an answer</h1>
<p class="note"><strong>{html.escape(trained.DISCLAIMER)}</strong></p>
<p>Give pictures of faces in two or more classes. A network that was trained to recognise faces or objects is then taught to tell
the classes apart, its answers are tested on pictures that it did not learn from, and you can ask it about a picture. This is what
<em>Deep Facial Diagnosis</em> (Jin, Cruz and Gonçalves 2020) did with photographs of patients.</p>
<p><strong>What it is not.</strong> Not a diagnosis, and not a proof that a face shows a disease: a network uses whatever differs
between the pictures of two classes, also the camera. A few dozen test pictures leave wide intervals. Pictures stay on this machine.</p>
"""
NEW = "a new one"


class Home:
    """Choose a data set, or forget one."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.choice = widgets.Dropdown(description="Data set")
        self.new = widgets.Text(description="Its name", placeholder="letters, digits, - and _", continuous_update=False)
        self.begin = widgets.Button(description="Begin", button_style="primary")
        self.forget = widgets.Button(description="Forget it", tooltip="Remove everything that was made from it")
        self.sure = widgets.Button(description="Yes, remove all of it", button_style="danger")
        self.message, self.before = Message(), widgets.HTML()
        self.begin.on_click(guarded(self.message, self._begin))
        self.forget.on_click(guarded(self.message, self._ask))
        self.sure.on_click(guarded(self.message, self._forget))
        self.choice.observe(lambda _: self._show(), "value")
        session.observe(lambda _: self._list(), "made")
        buttons = widgets.HBox([self.begin, self.forget, self.sure])
        self.widget = widgets.VBox([widgets.HTML(ABOUT), self.before, self.choice, self.new, buttons, self.message])
        self._list()

    def _list(self) -> None:
        """The data sets that there are; the one of this page stays chosen."""
        chosen = self.session.name
        names = [("bundled: 350 rendered portraits", "bundled"), *((name, name) for name in self._own(chosen))]
        self.choice.options = [(NEW, ""), *names]
        self.choice.value = chosen
        rows, faults = _trained_before()
        self.before.value = table(rows, "Trained before") if len(rows) else ""
        if faults:
            self.message.tell("; ".join(faults), wrong=True)
        self._show()

    def _own(self, chosen: str) -> list[str]:
        """Data sets of one's own: read, uploaded and not yet read, or just named."""
        return sorted({*profiles.kept(), *uploads.sent(), *([chosen] if chosen not in ("", "bundled") else [])})

    def _show(self) -> None:
        own = bool(self.choice.value) and self.choice.value != "bundled"
        self.new.layout.display = "none" if self.choice.value else None
        self.forget.layout.display = None if own else "none"
        self.sure.layout.display = "none"

    def _begin(self) -> None:
        name = self.choice.value or self.new.value.strip()
        if not self.choice.value:
            _check_new(name)
        self.session.name = name
        self._list()

    def _ask(self) -> None:
        self.sure.layout.display = None
        self.message.tell(f"Remove the uploaded pictures, models and results of {self.choice.value!r}?")

    def _forget(self) -> None:
        name = self.choice.value
        if jobs.running(profile_of(name)):
            raise AppError(f"{name}: something is going on with it; stop that first")
        forget.forget(name)
        self.session.name = ""
        self.session.made += 1
        self.message.tell(f"removed: all pictures, models and results of {name!r}, and what caches held of them")


def _check_new(name: str) -> None:
    """Raise AppError if a new data set cannot be called so, in the words of a page."""
    try:
        profiles.check_name(name)
    except CohortError:
        raise AppError(f"{name!r}: a name has letters, digits, - and _, and at most 40 of them") from None


def _trained_before() -> tuple[pd.DataFrame, list[str]]:
    """A row per model that can be asked, and what cannot be read."""
    rows, faults = [], []
    for name in filter(is_known, ("bundled", *profiles.kept())):
        profile = profiles.profile(name)
        try:
            models = trained.models(profile)
            task = tasks(load(profile))[-1] if models else None
            for model in models:
                assert task is not None
                title, pretraining, _ = metrics.method_title(model.method, model.backbone)
                accuracy = metrics.with_intervals(model.predictions(), task)["accuracy"]
                classes = (
                    f"{len(task.classes)}: {', '.join(task.classes[:3])}{', ...' if len(task.classes) > 3 else ''}"
                )
                rows.append(
                    (
                        name,
                        classes,
                        title,
                        pretraining,
                        str(accuracy),
                        model.format_epochs().removeprefix(", "),
                    )
                )
        except FacediagError as error:
            faults.append(f"{name}: {str(error).splitlines()[0]}")
    columns = ["data", "classes", "method", "pretrained on", "test accuracy (95% interval)", "epochs"]
    return pd.DataFrame(rows, columns=columns), faults
