"""Work on many pictures side by side: on all cores of this machine, or on a Dask cluster.  Items go in, results come out in order."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from joblib import Parallel, delayed, parallel_config

from facediag_utils.core import pin, settings
from facediag_utils.core.errors import ClusterError
from facediag_utils.core.progress import progress_bar

CONNECT = 10  # seconds to wait for a scheduler
FEW = 8  # pieces of work for which no processes are started


@contextmanager
def cluster(shared: Sequence[np.ndarray] = ()) -> Iterator[dict[str, Any]]:
    """joblib's settings: its own processes, or a Dask cluster if the environment variable ``DASK`` names one.

    A worker that dies loses nothing: the scheduler gives its work to another.

    Parameters
    ----------
    shared : sequence of numpy.ndarray
        Sent to each worker once, not with each piece of work.

    Raises
    ------
    ClusterError
        If no scheduler answers, or a worker computes other bits than this process.
    """
    address = settings.value(settings.DASK)
    if not address:
        yield {}  # processes; but threads in a process that was itself started so, where more would outlive their work
        return
    from distributed import Client

    try:
        client = Client(address, timeout=CONNECT)
    except (OSError, ValueError) as error:
        raise ClusterError(f"DASK={address}: no scheduler answers there ({error}); start one or unset DASK") from None
    with client:
        if pin.pinned() and set(client.run(pin.key).values()) - {pin.key()}:
            raise ClusterError(
                f"DASK={address}: a worker loaded its libraries before they were pinned, its numbers would differ; start "
                f"workers with --preload facediag_utils, or set {settings.FAST}=1 here"
            )
        yield {"backend": "dask", "scatter": list(shared)}


def on_cluster() -> bool:
    """Whether the environment names a Dask cluster."""
    return bool(settings.value(settings.DASK))


@cache
def exit_with_parent(starter: int) -> None:
    """Let this worker end within a second of the process that started it: killed, that would leave it at work for nobody.

    Parameters
    ----------
    starter : int
        That process; nothing is done in the process itself.
    """

    def watch() -> None:
        while os.getppid() == starter:
            time.sleep(1)
        os._exit(1)

    if os.getpid() != starter:
        Thread(target=watch, daemon=True).start()


def require_visible(path: Path) -> None:
    """What is not to be seen here must not be kept as a picture that cannot be read; it was there when it was listed.

    Raises
    ------
    ClusterError
        If there is no such file.
    """
    if not path.is_file():
        raise ClusterError(
            f"{path}: gone, or not to be seen from this worker; a cluster needs the folder under one path"
        )


def parallel_map(
    function: Callable[..., Any], items: Sequence[tuple], label: str, unit: str = "image", jobs: int = -1
) -> Iterator[Any]:
    """``function(*item)`` of every item, in order, as they become ready; never all in memory.

    Parameters
    ----------
    function : callable
        Of a module, so that other processes find it.
    items : sequence of tuple
    label, unit : str
        Of the bar.
    jobs : int
        Processes on this machine; -1 means all cores.
    """
    with cluster() as backend:
        with parallel_config(**backend, n_jobs=jobs if len(items) > FEW or on_cluster() else 1):
            team = Parallel(return_as="generator")
        yield from progress_bar(team(delayed(function)(*item) for item in items), len(items), label, unit)
