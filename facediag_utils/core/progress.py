"""Progress bars with the time left: on a terminal, or in a file that another process shows."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from facediag_utils.core import settings

SHORT = "{desc}: {n_fmt}/{total_fmt}, {remaining} left"


def progress_bar(done: Iterable[Any] | None, total: int, label: str, unit: str = "image", **others: Any) -> tqdm:
    """A progress bar with the time left: on a terminal, or in the file that ``FACEDIAG_BARS`` names, or nowhere."""
    if path := settings.value(settings.BARS):
        return _FileBar(done, path, total=total, desc=label, unit=unit, mininterval=1, bar_format=SHORT, **others)
    return tqdm(done, total=total, desc=label, unit=unit, disable=None, **others)


class _FileBar(tqdm):
    """A bar that is drawn at the end of a file, for another process to show."""

    def __init__(self, done: Iterable[Any] | None, path: str, **others: Any) -> None:
        self.stream = Path(path).open("a", encoding="utf-8")  # noqa: SIM115 - closed below
        super().__init__(done, file=self.stream, **others)

    def close(self) -> None:
        super().close()
        self.stream.close()


def latest_progress(path: Path) -> str:
    """The newest bar in a file that ``FACEDIAG_BARS`` named; empty if none was drawn or the last one has ended."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - 500))
            text = stream.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "" if text.endswith("\n") else text.rsplit("\r", 1)[-1].strip()
