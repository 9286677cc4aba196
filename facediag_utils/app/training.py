"""Training: a network and a method are chosen, the curve is watched, and what came of it is shown."""

import ipywidgets as widgets

from facediag_utils.app import drawn, jobs
from facediag_utils.app.session import Message, Session, follow, guarded, in_background
from facediag_utils.core.profiles import Profile
from facediag_utils.data import trained
from facediag_utils.data.cohort import load, tasks
from facediag_utils.data.splitting import task_split
from facediag_utils.data.store import Method
from facediag_utils.data.trained import Trained
from facediag_utils.faces.detection import find_faces
from facediag_utils.methods.recipe import epochs_for
from facediag_utils.networks import registry

HOW = [("features and SVM (DTL2)", Method.DTL2.value), ("fine-tuning (DTL1)", Method.DTL1.value)]
WORDS = """<h2>2. Train</h2>
<p>Features and an SVM take seconds: the network stays as it is. Fine-tuning trains it further and takes minutes; the curve shows
how far it is, on images that it learns from and on a fifth of the training images that it does not. Stop ends it after the epoch
that is going on, and what it has learned is kept.</p>"""


class Training:
    """Train a network on the data set of the page."""

    def __init__(self, session: Session) -> None:
        self.session, self.stopping = session, False
        networks = [
            (f"{registry.get(name).title}, {registry.get(name).pretraining}", name) for name in registry.installed()
        ]
        self.network = widgets.Dropdown(options=networks, description="Network")
        self.method = widgets.Dropdown(options=HOW, description="Method")
        self.epochs = widgets.BoundedIntText(min=1, max=1000, description="Epochs")
        self.train = widgets.Button(description="Train", button_style="primary")
        self.stop = widgets.Button(description="Stop", disabled=True)
        self.bar = widgets.FloatProgress(min=0, max=1)
        self.message, self.curve, self.results = Message(), widgets.HTML(), widgets.HTML()
        self.train.on_click(guarded(self.message, self._train))
        self.stop.on_click(lambda _: self._stop())
        self.network.observe(lambda _: self._suggest(), "value")
        self.method.observe(lambda _: self._suggest(), "value")
        session.observe(lambda _: self._show(), ["name", "made"])
        session.observe(lambda _: self._resume(), "name")
        self.widget = widgets.VBox(
            [
                widgets.HTML(WORDS),
                self.network,
                self.method,
                self.epochs,
                widgets.HBox([self.train, self.stop, self.bar]),
                self.message,
                self.curve,
                self.results,
            ]
        )
        self._show()

    def _show(self) -> None:
        self.widget.layout.display = None if self.session.known else "none"
        if self.session.known:
            self._suggest()
            profile = self.session.profile
            models = trained.models(profile)
            self.results.value = "".join(drawn.results(profile, model) for model in models)
            if not models:
                self.curve.value = ""

    def _suggest(self) -> None:
        """As many epochs as the network's record says for so many training images."""
        tuned = self.method.value == Method.DTL1.value
        self.epochs.layout.display = None if tuned else "none"
        if tuned and self.session.known:
            images = load(self.session.profile)
            found = find_faces(images).found
            count = int(task_split(tasks(images)[-1], images, found).train.sum())
            self.epochs.value = epochs_for(registry.get(self.network.value).epochs, count)

    def _stop(self) -> None:
        self.stopping = True
        jobs.stop(self.session.profile)

    def _model(self) -> Trained:
        """Where what is chosen lies, or is to lie."""
        return trained.place(self.session.profile, self.network.value, Method(self.method.value))

    def _train(self) -> None:
        profile, method = self.session.profile, Method(self.method.value)
        words = ["--profile", profile.name, "--network", self.network.value]
        if method == Method.DTL1:
            words += ["--fine-tune", "--epochs", str(self.epochs.value)]
        model = self._model()
        model.curves.unlink(missing_ok=True)  # of the last time
        jobs.start(profile, "train", *words)
        in_background(self.message, self._follow(profile, model))

    def _resume(self) -> None:
        """A page that is opened again shows what is still going on."""
        self.message.tell()
        self.curve.value = ""
        profile = self.session.profile
        if self.session.known and jobs.running(profile) == "train":
            words = jobs.arguments(profile)
            self.network.value = words[words.index("--network") + 1]
            self.method.value = (Method.DTL1 if "--fine-tune" in words else Method.DTL2).value
            in_background(self.message, self._follow(profile, self._model()))

    async def _follow(self, profile: Profile, model: Trained) -> None:
        self.train.disabled, self.stop.disabled, self.stopping = True, False, False
        classes, title, drawn_at = len(load(profile).classes), "fine-tuning", 0.0
        self.curve.value = ""

        def show(share: float, said: str) -> None:
            nonlocal drawn_at
            self.bar.value = share
            self.message.tell(f"{'stopping after this epoch' if self.stopping else 'training'} ... {said}")
            written = model.curves.stat().st_mtime if model.curves.is_file() else 0.0
            if written > drawn_at:
                drawn_at = written
                self.curve.value = drawn.learning(profile, model, classes, title)

        failure = await follow(profile, show)
        show(1.0, "")
        self.train.disabled, self.stop.disabled = False, True
        self.session.made += 1
        self.message.tell(failure or _ended(profile, model), wrong=bool(failure))


def _ended(profile: Profile, model: Trained) -> str:
    """What is to be said of a training that has ended."""
    made = next((one for one in trained.models(profile) if one.folder == model.folder), None)
    if made is None:
        return "stopped; what was computed is kept, and the next training goes on from there"
    return f"trained{made.format_epochs()}"
