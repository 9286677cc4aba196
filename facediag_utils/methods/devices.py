"""On what a network is trained: the processor, or the accelerator if there is one."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from facediag_utils.core import settings
from facediag_utils.core.errors import TrainingError


def found() -> torch.device:
    """``FACEDIAG_DEVICE`` ("cpu", "cuda", "mps"), else the accelerator if there is one, else the processor.

    Raises
    ------
    TrainingError
        If the device asked for is not there.
    """
    wanted = settings.value(settings.DEVICE)
    there = torch.accelerator.current_accelerator(check_available=True)
    if not wanted:
        return there or torch.device("cpu")
    if wanted != "cpu" and (there is None or there.type != wanted):
        raise TrainingError(f"FACEDIAG_DEVICE is {wanted!r}; here is only: cpu{f', {there.type}' if there else ''}")
    return torch.device(wanted)


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread: several share sums out by their number, and the last bits of these would depend on it."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
