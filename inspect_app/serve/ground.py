"""The ground that an installation stands on: its data folder, its lock, its port. Each may refuse, in one sentence."""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import socket
import tempfile
import time
from pathlib import Path
from typing import IO

from inspect_app.config import Settings
from inspect_app.serve.children import CannotStart

RESTORING = "restore.unfinished"
"""The file that says that a restore was begun; it goes when the restore has ended."""
LONGEST_FOLDER = 90
"""Bytes that leave room for a file name within the 104 (macOS) or 108 (Linux) of a socket's path."""


def ensure_data_folder(data: Path) -> None:
    """Makes the data folder where it is missing.

    Raises CannotStart if it cannot be written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise CannotStart(
            f"The data folder {data} cannot be written ({error.strerror}); set INSPECT_DATA to a folder that can."
        ) from None


def refuse_half_restored(data: Path) -> None:
    """Raises CannotStart when a restore was broken off: what is there is neither the old nor the new."""
    mark = data / RESTORING
    if mark.exists():
        folder = mark.read_text(encoding="utf-8").strip()
        raise CannotStart(f"A restore was broken off; run it again: scripts/restore {folder} --replace")


def kept_secret(data: Path) -> str:
    """The secret of a demonstration: made once, so that nobody is signed out by a restart."""
    file = data / "secret"
    if not file.exists():
        with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="ascii") as new:
            new.write(secrets.token_hex(32))
    return file.read_text(encoding="ascii")


def lock_data_folder(settings: Settings) -> IO[str]:
    """Holds the data folder for this process alone, until the file that it gives is closed or the process ends.

    Raises CannotStart if another start holds it, and says where that one is.
    """
    lock = (settings.data / "serve.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise CannotStart(
            f"The product already runs on the data folder {settings.data} ({holder}); "
            "stop that one first, or set INSPECT_DATA and INSPECT_PORT to start another."
        ) from None
    lock.seek(0)
    lock.truncate()
    lock.write(f"process {os.getpid()}, {address(settings)}\n")
    lock.flush()
    return lock


def open_port(host: str, port: int, patience: float = 3.0) -> socket.socket:
    """Listens on the address; the web server takes the open socket over, so that no request is lost when it restarts.

    Waits `patience` seconds for a former start that is just ending.
    Raises CannotStart if the port stays busy or is none.
    """
    if not 0 < port < 65_536:
        raise CannotStart(f"INSPECT_PORT must be a number from 1 to 65535, not {port}.")
    limit = time.monotonic() + patience
    while True:
        try:
            return _listen(host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < limit:
                time.sleep(0.2)
                continue
            raise CannotStart(_why_not(error, host, port)) from None


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(512)
    except BaseException:
        listener.close()
        raise
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is busy: another program uses it; set INSPECT_PORT to a free one."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this account; set INSPECT_PORT to one above 1023."
    return f"INSPECT_HOST={host} is not an address of this machine ({error.strerror or error})."


def run_folder(data: Path) -> Path:
    """A short folder that only this account may enter, the same one at each start: sockets have no room for long paths.

    Raises CannotStart if the folder belongs to somebody else.
    """
    name = f"inspect-{os.getuid()}-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - checked below
        folder = Path(base) / name
        if base and len(os.fsencode(folder)) <= LONGEST_FOLDER and os.access(base, os.W_OK):
            break
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise CannotStart(f"The folder {folder} is not private to this account; remove it and start again.")
    return folder


def leave_run_folder(data: Path) -> None:
    """Removes the run folder once nothing is left in it."""
    with contextlib.suppress(OSError, CannotStart):
        run_folder(data).rmdir()


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the product."""
    host = reachable_host(settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def reachable_host(host: str) -> str:
    """The address to call for a server that listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound
