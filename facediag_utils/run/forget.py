"""``make forget NAME=mine``: everything that was made from a folder of one's own, removed."""

import shutil
from pathlib import Path

import pandas as pd

from facediag_utils.core import row_cache, run_log
from facediag_utils.core.errors import CohortError
from facediag_utils.core.files import remove_partial_files
from facediag_utils.core.profiles import Profile, check_name, kept, profile
from facediag_utils.core.settings import cache_root, output_root


def forget(name: str) -> list[str]:
    """Remove a profile: its results, figures and executed notebooks, its trainings, and what caches hold of its images.

    Caches are shared and keyed by content, so what goes is every row that belongs to no cohort that is left: also rows
    of images that were changed since.  The folder with the images is not touched.

    Returns
    -------
    list of str
        What was removed, in words.

    Raises
    ------
    CohortError
        If nothing was taken in under this name.
    ReproduceError
        If a run of it is going on.
    """
    if name not in ("bundled", *kept()):
        if not _sent(name).is_dir():
            raise CohortError(
                f"profile {name!r} is not known, so there is nothing to remove; known: {', '.join(kept()) or 'none'}"
            )
        with run_log.run_lock(name):
            shutil.rmtree(_sent(name))
        return [str(_sent(name))]
    gone = profile(name)
    if gone.listed is None:
        return ["nothing: the bundled cohort is part of this package (make clean removes its caches)"]
    removed = []
    with run_log.run_lock(name):
        for folder in (gone.run, cache_root() / "dtl1" / name, cache_root() / "chips" / name, gone.listed.parent):
            if folder.exists():
                shutil.rmtree(folder)
                removed.append(str(folder))
        remove_partial_files(cache_root(), age=10)  # what a killed run left half-written
        rows = row_cache.keep_only(_digests(_left()))
    return [*removed, f"{rows} cached rows"]


def _sent(name: str) -> Path:
    """Folder of what was sent to the page of ``make app`` under a name, and perhaps never read."""
    check_name(name)
    return output_root() / "runs" / name


def _left() -> list[Profile]:
    return [profile(), *(profile(name) for name in kept())]


def _digests(profiles: list[Profile]) -> set[str]:
    manifests: list[Path] = [item.manifest for item in profiles]
    manifests += sorted(profiles[0].data.glob("*/manifest.csv"))  # twins, identities and the like
    return {digest for path in manifests if path.is_file() for digest in pd.read_csv(path, dtype=str)["sha256"]}
