"""Runs a program on a short leash: its own process group, little memory and time, an end with its parent.

Started as a script, this file is the leash itself: it sets the limits and becomes the program.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Leash:
    """What a program may use: seconds on the wall and of processor, bytes of memory and of one file."""

    wall_seconds: float = 90
    processor_seconds: int = 80
    memory_bytes: int = 4 << 30
    file_bytes: int = 256 << 20


class TookTooLong(Exception):
    """The program went over its time and was ended together with all that it had started."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit code (negative for a signal) and the last of what it wrote as errors."""

    code: int
    errors: str


def run_confined(argv: Sequence[str], *, folder: Path, environ: Mapping[str, str], given: bytes, leash: Leash) -> Ended:
    """Runs `argv` in `folder` with nothing but `environ`, `given` on its standard input and its output thrown away.

    Raises TookTooLong. Whatever ends this call early, such as the time-out of a job, ends the program's group too.
    """
    limits = json.dumps(asdict(leash))
    process = subprocess.Popen(  # noqa: S603 - the program is ours or an administrator's; no shell reads it.
        [sys.executable, "-I", "-S", __file__, limits, *argv],
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, errors = process.communicate(given, timeout=leash.wall_seconds)
    except subprocess.TimeoutExpired as error:
        raise TookTooLong from error
    finally:
        _end_group(process)
    return Ended(process.returncode, errors[-2000:].decode("utf-8", "replace").strip())


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stderr):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()


def _become(limits: dict[str, float], argv: list[str]) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    wanted = {
        resource.RLIMIT_CPU: int(limits["processor_seconds"]),
        resource.RLIMIT_AS: int(limits["memory_bytes"]),
        resource.RLIMIT_FSIZE: int(limits["file_bytes"]),
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
    os.execv(argv[0], argv)  # noqa: S606 - as above.


if __name__ == "__main__":
    _become(json.loads(sys.argv[1]), sys.argv[2:])
