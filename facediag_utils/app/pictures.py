"""Pictures of a data set: uploaded a class at a time, as an archive, or named by their folder; then read, and what was found shown."""

from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd

from facediag_utils.app import drawn, jobs, uploads
from facediag_utils.app.session import Message, Session, follow, guarded, in_background, table
from facediag_utils.core.errors import AppError
from facediag_utils.core.profiles import Profile
from facediag_utils.data import trained

SHOWN = 200  # rows of a table; all are in its file
PEOPLE = "Test pictures that look like the person of a training picture (distance of their features; near: how many do)"
NEAR = "Nearly the same picture"
LONG = (PEOPLE, NEAR)  # lists that are closed at first
ANEW = "<p>Reading other pictures than before removes the models that were trained on the earlier ones.</p>"


class Pictures:
    """Take pictures in."""

    def __init__(self, session: Session) -> None:
        self.session, self.models = session, 0
        self.label = widgets.Text(description="Class", placeholder="for example: control")
        self.pictures = widgets.FileUpload(accept="image/*", multiple=True, description="Add pictures")
        self.archive = widgets.FileUpload(accept=".zip,.tar,.tgz,.gz", multiple=False, description="Add an archive")
        self.folder = widgets.Text(description="Folder", placeholder="/path/to/a/folder/on/this/machine")
        self.read = widgets.Button(description="Read the pictures", button_style="primary")
        self.stop = widgets.Button(description="Stop", disabled=True)
        self.sent, self.found, self.message = widgets.HTML(), widgets.HTML(), Message()
        self.pictures.observe(guarded(self.message, self._keep_pictures), "value")
        self.archive.observe(guarded(self.message, self._keep_archive), "value")
        self.read.on_click(guarded(self.message, self._read))
        self.stop.on_click(lambda _: jobs.stop(session.profile))
        session.observe(lambda _: self._show(), ["name", "made"])
        session.observe(lambda _: self._resume(), "name")
        self.own = widgets.VBox(
            [
                widgets.HTML(
                    "<p>Name a class and add its pictures, one class after the other; nine per class at least.</p>"
                ),
                widgets.HBox([self.label, self.pictures]),
                widgets.HTML(
                    "<p>Or: a zip or tar file with a folder per class (it replaces what was uploaded before).</p>"
                ),
                widgets.HBox([self.archive]),
                widgets.HTML(
                    "<p>Or: a folder of this machine with a folder per class, or with a manifest.csv. It is only read.</p>"
                ),
                self.folder,
                self.sent,
                widgets.HTML(ANEW),
                widgets.HBox([self.read, self.stop]),
            ]
        )
        self.widget = widgets.VBox([widgets.HTML("<h2>1. Pictures</h2>"), self.own, self.message, self.found])
        self._show()

    def _show(self) -> None:
        """What of this section is of use now, and what was found in pictures that were read."""
        name, profile = self.session.name, self.session.profile
        self.widget.layout.display = None if name else "none"
        self.own.layout.display = "none" if name == "bundled" else None
        if not name:
            return
        sent = uploads.counts(profile)
        self.sent.value = table(pd.DataFrame(sent.items(), columns=["class", "files"]), "Uploaded") if sent else ""
        self.found.value = _what_was_found(profile) if self.session.known else ""

    def _keep_pictures(self) -> None:
        if not self.pictures.value:
            return  # emptied below
        sent, self.pictures.value = self.pictures.value, ()
        self._check_idle()
        kept = uploads.keep_pictures(self.session.profile, self.label.value.strip(), sent)
        self._sent(f"{kept} of {len(sent)} pictures of {self.label.value.strip()!r} kept")
        self.label.value = ""  # the next class

    def _keep_archive(self) -> None:
        if not self.archive.value:
            return
        [sent], self.archive.value = self.archive.value, ()
        self._check_idle()
        kept = uploads.keep_archive(self.session.profile, sent)
        self._sent(f"{kept} files of {sent['name']} unpacked")

    def _check_idle(self) -> None:
        """Pictures are not changed under a command that reads them."""
        if command := jobs.running(self.session.profile):
            raise AppError(f"{self.session.name}: {command} is going on; add pictures when it has ended, or stop it")

    def _sent(self, said: str) -> None:
        """Pictures were uploaded: they are what is read next."""
        self.folder.value = ""
        self.session.made += 1
        self.message.tell(f"{said}; read the pictures next")

    def _read(self) -> None:
        profile = self.session.profile
        named = self.folder.value.strip()
        if not named and not uploads.counts(profile):
            raise AppError("no pictures yet: add some, or name a folder")
        folder = Path(named).expanduser() if named else uploads.folder(profile)
        self.models = len(trained.models(profile))
        jobs.start(profile, "prepare", "--data", str(folder), "--name", profile.name)
        in_background(self.message, self._follow(profile))

    def _resume(self) -> None:
        """A page that is opened again shows what is still going on, and which folder was read."""
        self.message.tell()
        profile = self.session.profile
        own = self.session.known and not profile.rendered and profile.data != uploads.folder(profile).resolve()
        self.folder.value = str(profile.data) if own else ""
        if self.session.name and jobs.running(self.session.profile) == "prepare":
            in_background(self.message, self._follow(self.session.profile))

    async def _follow(self, profile: Profile) -> None:
        self.read.disabled, self.stop.disabled = True, False
        failure = await follow(profile, lambda _, said: self.message.tell(f"reading ... {said}"))
        self.read.disabled, self.stop.disabled = False, True
        self.session.made += 1
        gone = self.models - len(trained.models(profile))
        more = f" Other pictures than before: {gone} models of the earlier ones were removed." if gone > 0 else ""
        self.message.tell(failure or f"The pictures were read; what was found is below.{more}", wrong=bool(failure))


def _what_was_found(profile: Profile) -> str:
    """What ``prepare`` has told and listed, and some aligned faces, as HTML."""
    parts = [drawn.told(profile), *_lists(profile), drawn.aligned_faces(profile)]
    return "".join(part for part in parts if part)


def _lists(profile: Profile) -> list[str]:
    """Tables of what was left out, and of pictures that may stand on both sides of the split."""
    listed: dict[str, Any] = {"Not kept of what was sent": uploads.refused(profile)}
    files = {
        "left_out": "Left out",
        "no_face": "Without a face",
        "near_duplicates": NEAR,
        "same_person": PEOPLE,
    }
    for name, caption in files.items():
        path = profile.results / f"{name}.csv"
        if path.is_file():
            listed[caption] = pd.read_csv(path, dtype=str, keep_default_na=False)
    made = []
    for caption, frame in listed.items():
        if len(frame):
            more = f", the first {SHOWN} of {len(frame)}" if len(frame) > SHOWN else f" ({len(frame)})"
            shown = "" if caption in LONG else " open"
            made.append(f"<details{shown}><summary>{caption}{more}</summary>{table(frame.head(SHOWN))}</details>")
    return made
