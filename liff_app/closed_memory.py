"""No other process of the same user reads or writes this one's memory.

The processes that decode strangers' files run as the same user as the web process. One that was
taken over can open nothing, but `process_vm_readv` and `ptrace` need no file: the keys of the town
lie in the memory of web and worker. What stays possible to it: to end them with a signal, which the
service manager answers with a new start, and to compute until its own limits end it. Granian's
first process has the keys among its environment and runs no code of ours; the filter of system
calls in `deploy/systemd/` stands before that one too.

Standard library only: the workshop of photos calls it as well.
"""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4  # <linux/prctl.h>


def close_memory() -> bool:
    """This process and its forks cannot be looked into; whether the system knows how."""
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
