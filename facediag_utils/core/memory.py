"""Memory for large arrays, kept between two of them.

glibc gives a large block back to the system when it is freed, and the system clears it when it is asked for again.  A network
makes blocks of tens of megabytes a layer: clearing them took half of the processor time of EfficientNet-Lite2's features, a third of
-Lite0's.
"""

import os

#: glibc's (man mallopt); other systems do not know them.  They are read when a process starts: of kernels and workers, not of this one.
VARIABLES = {
    "MALLOC_MMAP_THRESHOLD_": str(2**30),  # bytes of a block that is asked of the system by itself
    "MALLOC_TRIM_THRESHOLD_": str(2**30),  # bytes that are free before some are given back
    "MALLOC_TOP_PAD_": str(2**26),  # bytes asked for beyond those needed
    "MALLOC_ARENA_MAX": "1",  # threads share what they keep
}


def keep() -> None:
    """Tell processes that are started from now on to keep it, unless the user has said otherwise."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
