"""What the sections of a page share: which data set they are about, and that something was made."""

import asyncio
import html
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pandas as pd
from traitlets import HasTraits, Int, Unicode

from facediag_utils.app import jobs
from facediag_utils.core import profiles
from facediag_utils.core.errors import FacediagError
from facediag_utils.core.profiles import Profile

LOOK = 0.5  # seconds between two looks at a job


def profile_of(name: str) -> Profile:
    """The profile of a name; one that was never read has a folder for its run, and no pictures yet."""
    if name in ("bundled", *profiles.kept()):
        return profiles.profile(name)
    return Profile(name, name, Path())


def is_known(name: str) -> bool:
    """Whether the pictures of a name were read, and none were uploaded since."""
    return name == "bundled" or (name in profiles.kept() and profiles.profile(name).manifest.is_file())


class Session(HasTraits):
    """One page: the name of its data set, empty before one is chosen, and a number that grows with whatever was made."""

    name = Unicode()
    made = Int()

    @property
    def profile(self) -> Profile:
        """Of its data set."""
        return profile_of(self.name)

    @property
    def known(self) -> bool:
        """Whether its pictures were read, and are those that were read."""
        return is_known(self.name)


class Message(widgets.HTML):
    """A line of what went wrong or what is going on, told to screen readers when it changes."""

    def tell(self, text: str = "", wrong: bool = False) -> None:
        """Show a text; ``wrong`` if something has to be put right."""
        role, kind = ("alert", "wrong") if wrong else ("status", "plain")
        self.value = f'<p role="{role}" class="{kind}">{html.escape(text)}</p>' if text else ""


def guarded(message: Message, action: Callable[[], Any]) -> Callable[[Any], None]:
    """What a button does: the action; an error becomes a message, as nobody sees what a kernel writes."""

    def clicked(_: Any) -> None:
        message.tell()
        try:
            action()
        except Exception as error:
            message.tell(_format_error(error), wrong=True)

    return clicked


_at_work: set[asyncio.Task] = set()  # the loop holds only weak references to them


def in_background(message: Message, work: Coroutine[Any, Any, None]) -> None:
    """Let the page answer while this goes on; an error becomes a message."""

    def ended(task: asyncio.Task) -> None:
        _at_work.discard(task)
        if not task.cancelled() and (error := task.exception()):
            message.tell(_format_error(error), wrong=True)

    task = asyncio.get_running_loop().create_task(work)
    _at_work.add(task)
    task.add_done_callback(ended)


def _format_error(error: BaseException) -> str:
    """Our own errors say what is wrong; of others one needs the kind and the place."""
    if isinstance(error, FacediagError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"an error of this package: {type(error).__name__}: {error} ({last.filename}, line {last.lineno})"


async def follow(profile: Profile, shown: Callable[[float, str], None]) -> str:
    """Show how far the job of a data set is until it ends; why it failed, or nothing."""
    while jobs.running(profile):
        shown(*jobs.progress(profile))
        await asyncio.sleep(LOOK)
    return jobs.failure(profile)


def table(frame: pd.DataFrame, caption: str = "") -> str:
    """A table as HTML, in a box of its own that scrolls."""
    made = frame.to_html(index=False, border=0, na_rep="")
    if caption:
        made = made.replace(">", f"><caption>{html.escape(caption)}</caption>", 1)
    return f'<div class="box" tabindex="0">{made}</div>'
