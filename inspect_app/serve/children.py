"""Child processes: started in order, watched, started again with a back-off, ended together, one stream of lines."""

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

from inspect_app.processes import die_with_parent, take_name

GRACE = 20.0
"""Seconds between the request to end and the end by force."""
SETTLED = 60.0
"""Seconds after which a child counts as well again, so that its next failure is its first."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
TRIES_BEFORE_READY = 3
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LONGEST_LINE = 16_384
"""Bytes without a line end that are kept waiting for one."""

MOST_FILES = 65_536
"""Above every number that the supervisor, which opens a dozen files, gives to one."""


class StopAsked(Exception):
    """Somebody asked the whole installation to end."""


class CannotStart(Exception):
    """The installation cannot start; the message is one sentence for the person at the console."""


class Child:
    """One process of the installation: a copy of the supervisor that runs one function, so that it starts quickly."""

    def __init__(self, name: str, run: Callable[[], int], env: dict[str, str], hands_down: int | None = None) -> None:
        """`run` gives the exit code; it sees `env` as its environment, and no open file but `hands_down`."""
        self.name = name
        self.process = 0
        self.code: int | None = None
        self.failures = 0
        self.started_at = 0.0
        self.starts_again_at: float | None = None
        self._run = run
        self._env = env
        self._hands_down = hands_down

    def start(self) -> int:
        """Starts the process and gives the reading end of what it writes."""
        reads, writes = os.pipe()
        parent = os.getpid()
        self.started_at, self.starts_again_at, self.code = time.monotonic(), None, None
        self.process = os.fork()
        if not self.process:
            self._become(writes, parent)
        os.close(writes)
        return reads

    @property
    def runs(self) -> bool:
        return bool(self.process) and self.code is None

    def ended(self) -> bool:
        """Whether the process has ended since it was last asked about."""
        if not self.runs:
            return False
        process, status = os.waitpid(self.process, os.WNOHANG)
        if process:
            self.code = os.waitstatus_to_exitcode(status)
        return bool(process)

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the process; the end by force takes its whole group along."""
        if not self.runs:
            return
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if number == signal.SIGKILL else os.kill)(self.process, number)

    def _become(self, writes: int, parent: int) -> NoReturn:
        """The child's side: leaves everything of the supervisor behind, runs, and ends without returning."""
        code = 1
        try:
            self._leave_supervisor(writes)
            die_with_parent(parent)
            take_name(f"inspect-{self.name}")
            code = self._run()
        except SystemExit as asked:
            code = asked.code if isinstance(asked.code, int) else int(asked.code is not None)
            if isinstance(asked.code, str):
                print(asked.code, file=sys.stderr)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _leave_supervisor(self, writes: int) -> None:
        """A session of its own, so that Ctrl-C reaches only the supervisor; plain signals; none of its open files."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, *STOP_SIGNALS):
            signal.signal(number, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (writes, 1), (writes, 2)):
            os.dup2(source, target)
        kept = self._hands_down or 2
        os.closerange(3, kept)
        os.closerange(kept + 1, MOST_FILES)
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text stream since the start
        os.environ.clear()
        os.environ.update(self._env)

    def next_pause(self) -> float:
        """Seconds until the next start; doubles with each failure in a row."""
        if time.monotonic() - self.started_at >= SETTLED:
            self.failures = 0
        self.failures += 1
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self.failures - 1))

    def how_it_ended(self) -> str:
        code = self.code or 0
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class Family:
    """All children of one installation. One thread: lines, exits and signals wake the same selector."""

    def __init__(self) -> None:
        self.ready = False
        self._kept: list[Child] = []
        self._stop_asked = False
        self._half_lines: dict[int, bytes] = {}
        self._selector = selectors.DefaultSelector()
        self._listen_for_signals()

    def say(self, line: str, name: str = "inspect") -> None:
        """Writes one line to the stream; a reader who went away is a request to stop."""
        try:
            sys.stdout.write(f"{name:>7} | {line}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._stop_asked = True

    def keep(self, child: Child) -> None:
        """Starts a child that shall run as long as the installation does."""
        self._kept.append(child)
        self._start(child)

    def run(self, child: Child) -> int:
        """Runs a child to its end and gives its exit code.

        Raises StopAsked and CannotStart.
        """
        output = self._start(child)
        try:
            while not child.ended():
                self.step(1.0)
        except (StopAsked, CannotStart):
            child.signal(signal.SIGTERM)
            self._wait_for_end([child], GRACE)
            raise
        self._read_rest(output, child.name)
        return child.code or 0

    def wait_until(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Keeps everything going until `happened()`; False if that took longer than `seconds`.

        Raises StopAsked, and CannotStart when a child keeps ending before the installation was ever ready.
        """
        limit = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > limit:
                return False
            self.step(0.1)
        return True

    def step(self, seconds: float) -> None:
        """Passes on what the children say and looks after those that ended; comes back after `seconds` at the latest.

        Raises StopAsked and CannotStart.
        """
        self._pass_on(min(seconds, self._next_start()))
        if self._stop_asked:
            raise StopAsked
        for child in self._kept:
            if child.ended():
                self._plan_next_start(child)
            if child.starts_again_at is not None and child.starts_again_at <= time.monotonic():
                self._start(child)

    def end(self) -> None:
        """Ends all children: the first one started, on which the others lean, goes last."""
        if not self._kept:
            return
        self._stop_asked = False
        first, others = self._kept[0], self._kept[1:]
        for children in (others, [first]):
            for child in children:
                child.signal(signal.SIGTERM)
            self._wait_for_end(children, GRACE)
        self._pass_on(0)

    def _start(self, child: Child) -> int:
        output = child.start()
        os.set_blocking(output, False)
        self._half_lines[output] = b""
        self._selector.register(output, selectors.EVENT_READ, child.name)
        return output

    def _plan_next_start(self, child: Child) -> None:
        pause = child.next_pause()
        if not self.ready and child.failures >= TRIES_BEFORE_READY:
            raise CannotStart(
                f"The process {child.name!r} does not start ({child.how_it_ended()}); see its lines above."
            )
        self.say(f"The process {child.name!r} ended ({child.how_it_ended()}); it starts again in {pause:g} s.")
        child.starts_again_at = time.monotonic() + pause

    def _next_start(self) -> float:
        times = [child.starts_again_at for child in self._kept if child.starts_again_at is not None]
        return max(0.0, min(times) - time.monotonic()) if times else 60.0

    def _wait_for_end(self, children: list[Child], seconds: float) -> None:
        """A second request to stop, or too long a wait, ends them by force."""
        limit = time.monotonic() + seconds
        while any(child.runs and not child.ended() for child in children):
            if time.monotonic() > limit or self._stop_asked:
                for child in children:
                    child.signal(signal.SIGKILL)
            self._pass_on(0.1)

    def _listen_for_signals(self) -> None:
        self._bell, ringer = socket.socketpair()
        self._ringer = ringer
        for end in (self._bell, ringer):
            end.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)
        signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in STOP_SIGNALS:
            signal.signal(number, self._note_stop)

    def _note_stop(self, *_: object) -> None:
        self._stop_asked = True

    def _pass_on(self, seconds: float) -> None:
        for key, _ in self._selector.select(0 if self._stop_asked else seconds):
            if key.fileobj is self._bell:
                self._bell.recv(4096)
            else:
                self._read(key.fileobj, key.data)  # type: ignore[arg-type]

    def _read(self, output: int, name: str) -> bool:
        """Passes on the whole lines that have come; False when there are none to read."""
        try:
            came = os.read(output, 65_536)
        except BlockingIOError:
            return False
        *lines, rest = (self._half_lines[output] + came).split(b"\n")
        if not came or len(rest) > LONGEST_LINE:
            lines, rest = ([*lines, rest] if rest else lines), b""
        self._half_lines[output] = rest
        for line in lines:
            self.say(line.decode("utf-8", "replace").rstrip("\r"), name)
        if not came:
            self._selector.unregister(output)
            del self._half_lines[output]
            os.close(output)
        return bool(came)

    def _read_rest(self, output: int, name: str) -> None:
        while output in self._half_lines and self._read(output, name):
            continue
