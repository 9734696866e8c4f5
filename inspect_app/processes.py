"""What the product asks of the operating system about its processes."""

import ctypes
import os
import signal
import sys
from pathlib import Path

SET_PARENT_DEATH_SIGNAL, SET_NAME = 1, 15
"""PR_SET_PDEATHSIG and PR_SET_NAME of Linux's prctl(2)."""


def die_with_parent(parent: int, how: signal.Signals = signal.SIGTERM) -> None:
    """Asks the kernel to send `how` to this process as soon as its parent is gone, however it went.

    Runs in the child, before anything else. `parent` is the process that made this one: if it died in the meantime,
    nobody is left to send the signal, so the child ends itself. Does nothing where the kernel has no such wish.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, int(how))
    if os.getppid() != parent:
        os._exit(0)


def forks_die_with_this_process() -> None:
    """Every later os.fork() of this process makes a child that is killed when this process ends.

    A job's process must not go on writing after its worker was killed: the job is claimed again and would run twice.
    """
    parent = os.getpid()
    os.register_at_fork(after_in_child=lambda: die_with_parent(parent, signal.SIGKILL))


def take_name(name: str) -> None:
    """Shows this process under a name of its own in `ps -e` and `top`, where the kernel can; 15 bytes at most."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(SET_NAME, name.encode()[:15])


def lives(process: int) -> bool:
    """Whether a process with this number runs; one that has ended and waits to be counted does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return not sys.platform.startswith("linux")
    return state != "Z"
