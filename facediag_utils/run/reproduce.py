"""``make reproduce``: every notebook of a profile by papermill, three side by side, with one progress bar and a summary.

A notebook waits for all before it, unless its metadata names those that it needs: ``"facediag": {"after": ["01", "03"]}``."""

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import papermill
import psutil
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm

from facediag_utils.core import run_log
from facediag_utils.core.errors import ReproduceError
from facediag_utils.core.profiles import Profile, from_output
from facediag_utils.core.progress import latest_progress
from facediag_utils.core.settings import ROOT
from facediag_utils.data.cohort import load
from facediag_utils.faces.alignment import remove_chips
from facediag_utils.run import notebook_variants, verdict

NOTEBOOKS = ROOT / "notebooks"
THREAD = "notebook"  # beginning of the names of the threads that wait for kernels
SIDE_BY_SIDE = 3  # notebooks, also on two cores: a kernel that starts waits, mostly; each holds 0.7 GB
SAVE_EVERY = 10  # seconds, at least, between two savings of a notebook that is being executed
CELL_TIMEOUT = 86_400  # seconds: fine-tuning VGG16 without an accelerator takes hours; a dead kernel is told at once


@contextmanager
def _shown_below(bar: tqdm, path: Path) -> Iterator[None]:
    """What a notebook is busy with, beside the bar of cells: how far, and how long it will take."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(1):
            bar.set_postfix_str(latest_progress(path))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


class _Engine(NBClientEngine):
    """papermill's engine, which also tells ``completed`` of each finished cell.

    The kernel is told its folder; papermill would change that of this process, for all notebooks at once.  It would also write the
    whole notebook, with all figures so far, before and after every cell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, completed: Any = None, **kwargs: Any) -> None:
        finished, save = nb_man.cell_complete, nb_man.save

        def save_seldom() -> None:
            if (nb_man.now() - nb_man.last_save_time).total_seconds() >= SAVE_EVERY:
                save()

        def cell_complete(cell: NotebookNode, cell_index: int | None = None, **others: Any) -> None:
            finished(cell, cell_index, **others)
            completed()

        nb_man.cell_complete, nb_man.save = cell_complete, save_seldom
        resources = {"metadata": {"path": str(NOTEBOOKS)}}
        try:
            # A kernel that is ended is interrupted first, and would log that as an error. Errors in cells are no log entries.
            quiet = ["--IPKernelApp.log_level=CRITICAL"]
            super().execute_managed_notebook(nb_man, kernel_name, resources=resources, extra_arguments=quiet, **kwargs)
        finally:
            nb_man.save = save  # papermill saves once more at the end


def notebooks(folder: Path = NOTEBOOKS) -> list[Path]:
    """The numbered notebooks, in order."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def reproduce(
    profile: Profile,
    seed: int = 0,
    folder: Path = NOTEBOOKS,
    counts: dict[str, int] | None = None,
    part: tuple[str, str] | None = None,
    holding: frozenset[str] = frozenset(notebook_variants.TRAITS),
) -> list[Path]:
    """Execute the notebooks for a profile.

    Parameters
    ----------
    profile : Profile
    seed : int
        Given to every notebook.
    folder : Path
        Where the notebooks are.
    counts : dict of str to int, optional
        ``n_splits``, ``n_trainings``: given to the notebooks that have such a parameter; default their own numbers.
    part : tuple of str, optional
        Numbers of the first and the last notebook, two digits each; default all.
    holding : frozenset of str
        What the cohort is, see `facediag_utils.run.notebook_variants`; cells for other cohorts are left out.

    Returns
    -------
    list of Path
        The executed copies, in ``runs/<profile>/notebooks/``.

    Raises
    ------
    ReproduceError
        Naming the notebook and the cell that failed.
    """
    papermill_engines.register("facediag", _Engine)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    parameters = {"profile_name": profile.name, "seed": seed}
    paths = notebooks(folder)
    if not paths:
        raise ReproduceError(f"{folder}: no numbered notebooks; is the checkout complete?")
    if part:
        paths = [path for path in paths if part[0] <= path.name[:2] <= part[1]]
        if not paths:
            raise ReproduceError(f"{folder}: no notebooks {part[0]} to {part[1]}")
    profile.notebooks.mkdir(parents=True, exist_ok=True)
    books = {path: notebook_variants.adapted(path, holding) for path in paths}
    own = {path: _parameters(path, parameters, counts or {}) for path in paths}
    for name in counts or {}:
        if not any(name in given for given in own.values()):
            raise ReproduceError(f"no notebook has a parameter {name}; add it in its cell tagged 'parameters'")
    total = sum(len(book.cells) + 1 for book in books.values())  # and the injected parameters
    with tqdm(total=total, unit="cell", file=sys.stderr) as bar, _shown_below(bar, profile.run / run_log.BARS):

        def execute(path: Path) -> Path:
            bar.set_description(path.stem)
            with closing(ensure_event_loop()):  # the thread's, which papermill's kernel client would leave open
                return _execute(path.name, books[path], profile.notebooks / path.name, own[path], bar)

        waited_for = needs(books)
        seconds = {path: _seconds(profile.notebooks / path.name) for path in books}
        return _side_by_side(execute, waited_for, urgent(waited_for, seconds))


def urgent(waited_for: Mapping[Path, set[str]], seconds: Mapping[Path, float]) -> list[Path]:
    """Which notebook should begin before which: first those that most others wait for, then the longest, so that none is left to
    run alone at the end."""

    def rank(path: Path) -> tuple[int, float]:
        return sum(path.name in names for names in waited_for.values()), seconds[path]

    return sorted(waited_for, key=rank, reverse=True)


def _seconds(executed: Path) -> float:
    """How long a notebook took when it was last executed to its end; 0 if it never was."""
    try:
        return float(json.loads(executed.read_text(encoding="utf-8"))["metadata"]["papermill"]["duration"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0


def _side_by_side(
    execute: Callable[[Path], Path], waited_for: Mapping[Path, set[str]], order: list[Path]
) -> list[Path]:
    """All notebooks, each after those that it waits for; of those that could begin the first of ``order`` begins.

    The first that fails, or Ctrl-C, ends the kernels of the others."""
    path_of = {path.name: path for path in waited_for}
    graph = TopologicalSorter({path: [path_of[name] for name in names] for path, names in waited_for.items()})
    graph.prepare()
    ready: set[Path] = set()
    running: dict[Future[Path], Path] = {}
    made: dict[Path, Path] = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix=THREAD) as pool:
        try:
            while graph.is_active():
                ready |= set(graph.get_ready())
                for path in [path for path in order if path in ready][: SIDE_BY_SIDE - len(running)]:
                    ready.remove(path)
                    running[pool.submit(execute, path)] = path
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    path = running.pop(future)
                    made[path] = future.result()
                    graph.done(path)
            return [made[path] for path in waited_for]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while any(thread.name.startswith(THREAD) for thread in threading.enumerate()):
                for process in psutil.Process().children():  # kernels; what these started ends with them
                    process.terminate()
                time.sleep(0.2)
            raise


def needs(books: Mapping[Path, NotebookNode]) -> dict[Path, set[str]]:
    """Names of the notebooks that each one waits for: all before it, or those whose numbers its metadata give."""
    names = [path.name for path in books]
    after = [book.metadata.get("facediag", {}).get("after") for book in books.values()]
    return {
        path: set(names[:k] if after[k] is None else [name for name in names if name[:2] in after[k]])
        for k, path in enumerate(books)
    }


def _parameters(path: Path, needed: dict[str, object], optional: dict[str, int]) -> dict[str, object]:
    """What a notebook is given: a needed parameter that it has not is an error, of which papermill only warns."""
    known = papermill.inspect_notebook(str(path))
    unknown = [name for name in needed if name not in known]
    if unknown:
        raise ReproduceError(f"{path.name}: no {', '.join(unknown)} in its cell tagged 'parameters'; add it there")
    return needed | {name: value for name, value in optional.items() if name in known}


def _execute(name: str, book: NotebookNode, output: Path, parameters: dict[str, object], bar: tqdm) -> Path:
    cells = 0

    def completed() -> None:
        nonlocal cells
        cells += 1
        bar.update()

    try:
        papermill.execute_notebook(
            book,
            str(output),
            parameters=parameters,
            engine_name="facediag",
            completed=completed,
            progress_bar=False,
            execution_timeout=CELL_TIMEOUT,
        )
    except PapermillExecutionError as error:
        raise ReproduceError(
            f"{name}, cell {error.exec_count}: {error.ename}: {error.evalue}\n"
            f"  in: {str(error.source).strip().splitlines()[0]}\n  the notebook up to there: {from_output(output)}"
        ) from None
    except (DeadKernelError, CellTimeoutError) as error:
        raise ReproduceError(  # papermill completes a cell even when it dies in it
            f"{name}, about cell {cells}: the kernel stopped ({str(error).splitlines()[0]}); see {from_output(output)}"
        ) from None
    return output


def main(
    profile: Profile, seed: int = 0, counts: Mapping[str, int | None] | None = None, part: tuple[str, str] | None = None
) -> int:
    """Run all notebooks or a part, print the summary and, of all with their own settings, the verdict.

    Parameters
    ----------
    profile, seed, counts, part
        As `reproduce` takes them; a count that is None is the notebooks' own.

    Returns
    -------
    int
        Exit status: 0, or 3 if the record of the bundled cohort was not reproduced.
    """
    started, began = time.monotonic(), datetime.now(timezone.utc)
    verdict.begin(profile)
    cohort = load(profile)  # a faulty data folder is told before any notebook runs
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # kernels' idle threads leave the cores to the notebook beside
    given = {name: value for name, value in (counts or {}).items() if value is not None}
    try:
        executed = reproduce(profile, seed, counts=given, part=part, holding=notebook_variants.traits(cohort))
    finally:
        remove_chips(profile.name)
    from facediag_utils.run import crate, summary  # only now: torch would lie idle beside the notebooks

    found = verdict.judge(profile, comparable=seed == 0 and not given and part is None)
    print(summary.finish(profile, time.monotonic() - started, executed))
    if found is not None:
        print(f"\n{verdict.format_verdict(found)}")
    elif profile.record:
        print(
            "\nnot compared with the record, which is of all notebooks, seed 0, and their own numbers of splits and trainings"
        )
    status = verdict.status(found)
    crate.write(profile, executed, began, datetime.now(timezone.utc), verdict.outcome(found))
    return status
