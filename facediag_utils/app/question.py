"""A question: a picture is put to a trained model, which answers or says why not."""

import asyncio
import hashlib
import html
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import ipywidgets as widgets

from facediag_utils.app import drawn, uploads
from facediag_utils.app.session import Message, Session, guarded, in_background
from facediag_utils.core.errors import AppError
from facediag_utils.core.profiles import Profile
from facediag_utils.data import trained
from facediag_utils.data.cohort import load, tasks
from facediag_utils.data.duplicates import printable
from facediag_utils.evaluation import metrics

WORDS = f"""<h2>3. Ask</h2>
<p class="note"><strong>{html.escape(trained.DISCLAIMER)}</strong> A score is not the probability that somebody is ill.</p>"""
OF_A_PERSON = "trained on rendered faces: of a real person it says nothing at all"


class Question:
    """Put a picture to a model of the page's data set."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.model = widgets.Dropdown(description="Model")
        self.rendered = widgets.Checkbox(description="The picture shows a rendered face, not a person", indent=False)
        self.picture = widgets.FileUpload(accept="image/*", multiple=False, description="Choose a picture")
        self.message, self.answer = Message(), widgets.HTML()
        self.picture.observe(guarded(self.message, self._ask), "value")
        session.observe(lambda _: self._show(), ["name", "made"])
        session.observe(lambda _: self._forget(), "name")
        self.widget = widgets.VBox(
            [widgets.HTML(WORDS), self.model, self.rendered, widgets.HBox([self.picture]), self.message, self.answer]
        )
        self._show()

    def _show(self) -> None:
        profile, chosen = self.session.profile, self.model.value
        there = {}
        if self.session.known:
            there = {_title(model): model.model for model in trained.models(profile)}
            of_run = {"SVM of notebook 09": "model.skops", "network of notebook 04": "network.safetensors"}
            there |= {
                name: profile.results / file for name, file in of_run.items() if (profile.results / file).is_file()
            }
        self.model.options = list(there.items())
        self.model.value = chosen if chosen in there.values() else next(iter(there.values()), None)
        self.widget.layout.display = None if there else "none"
        self.rendered.layout.display = None if profile.rendered else "none"

    def _forget(self) -> None:
        """Of another data set nothing was asked yet."""
        self.message.tell()
        self.answer.value = ""

    def _ask(self) -> None:
        if not self.picture.value:
            return
        [sent], self.picture.value = self.picture.value, ()
        self.answer.value = ""
        uploads.check_size([sent])
        if self.session.profile.rendered and not self.rendered.value:
            raise AppError(f"no answer: this model was {OF_A_PERSON}; if the picture is rendered too, say so above")
        self.message.tell(f"looking at {sent['name']} ...")
        if self.model.value is None:
            raise AppError("no model is chosen: choose one above")
        title = f"{self.model.label}{self._how_good()}"
        known = _in_data(self.session.profile, bytes(sent["content"]))
        asked = (self.model.value, f"{title}{known}", printable(str(sent["name"])), bytes(sent["content"]))
        in_background(self.message, self._answer(*asked))

    def _how_good(self) -> str:
        """The chosen model's test accuracy, where it is one of this page's."""
        task = tasks(load(self.session.profile))[-1]
        for model in trained.models(self.session.profile):
            if model.model == self.model.value:
                return (
                    f", right in {metrics.with_intervals(model.predictions(), task)['accuracy']} of the test pictures"
                )
        return ""

    async def _answer(self, model: Path, title: str, name: str, content: bytes) -> None:
        self.picture.disabled = True
        try:
            self.answer.value = await asyncio.to_thread(partial(_said, model, title, name, content))
            self.message.tell()
        finally:
            self.picture.disabled = False


def _in_data(profile: Profile, content: bytes) -> str:
    """Whether a picture is one of the data set's own, which a model may have learned from."""
    table = load(profile).table
    split = table.loc[table["sha256"] == hashlib.sha256(content).hexdigest(), "split"]
    return (
        f". The picture is in the data set ({'training' if split.iloc[0] == 'train' else 'test'})" if len(split) else ""
    )


def _title(model: trained.Trained) -> str:
    return f"{metrics.method_title(model.method, model.backbone)[0]}{model.format_epochs()}"


def _said(model: Path, title: str, name: str, content: bytes) -> str:
    """The answer about a picture as HTML: what ``facediag predict --explain`` says and draws."""
    from facediag_utils.figures import heat_maps
    from facediag_utils.methods import model_io, trained_model

    loaded = model_io.load(model)
    with TemporaryDirectory() as folder:
        path, map_path = Path(folder, "picture" + PurePosixPath(name).suffix[:8]), Path(folder, "map.png")
        path.write_bytes(content)
        [answer] = trained_model.answers(loaded, [path])
        shown = (
            drawn.face(answer.chip, "the aligned face, as the network sees it", 224) if answer.chip is not None else ""
        )
        if answer.refusal:
            return f'<p role="status" class="wrong">{html.escape(name)}: no answer: {html.escape(answer.refusal)}</p>{shown}'
        words = heat_maps.explain(loaded, answer, map_path).removeprefix(f"{map_path}: ")
        heat = drawn.png(map_path.read_bytes(), f"Heat map. {words}")
    several = f"<p>The largest of {answer.faces} faces was used.</p>" if answer.faces > 1 else ""
    about = f"<p>{html.escape(name)}, answered by {html.escape(title)}.</p>"
    return f'{about}<div class="answer">{shown}{drawn.ranked(answer.ranked)}{heat}</div>{several}'
