"""The bytes of photos on their way. What the file holds is the truth: no row says how far an upload is.

One writer at a time: the open file is locked, so that a second try of the same tablet waits its turn, and the lock goes
with the process however that ends. A piece counts once it is on the disk.
"""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from uuid import UUID

import structlog

from inspect_app.crashpoints import crashpoint
from inspect_app.documents.rules import MEGA
from inspect_app.refusals import N_, Refused

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
log = structlog.get_logger("sync")


class Busy(Exception):
    """Somebody writes to this upload at this moment."""


class Incoming:
    """One upload, open for its only writer."""

    def __init__(self, path: Path, file: FileIO) -> None:
        self.path = path
        self.file = file

    @property
    def size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def append(self, piece: bytes) -> None:
        """Adds a piece and brings it to the disk. Raises Refused (507, 503), with the file as it was before."""
        before = self.size
        try:
            self.file.seek(before)
            rest = memoryview(piece)
            while rest:
                rest = rest[self.file.write(rest) :]
            crashpoint("upload.written")
            os.fsync(self.file.fileno())
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self.file.fileno(), before)
            raise disk_trouble(error) from error

    def restart(self) -> None:
        """Empties the file: its content is not what was announced."""
        os.ftruncate(self.file.fileno(), 0)
        os.fsync(self.file.fileno())

    def sha256(self) -> str:
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()

    def drop(self) -> None:
        """Takes the file away: its content is kept elsewhere."""
        self.path.unlink(missing_ok=True)


class UploadFolder:
    """The folder of uploads. `reserve` bytes of the disk stay free."""

    def __init__(self, folder: Path, *, reserve: int = 200 * MEGA) -> None:
        self.folder = folder
        self.reserve = reserve

    def offset(self, upload_id: UUID) -> int:
        """How many bytes have arrived."""
        try:
            return self._path(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def writing(self, upload_id: UUID) -> Iterator[Incoming]:
        """The upload for its only writer. Raises Busy, and Refused (507, 503) when the disk takes nothing."""
        path = self._path(upload_id)
        try:
            handle = self._open(path)
        except OSError as error:
            raise disk_trouble(error) from error
        with FileIO(handle, "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            if not (path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno()))):
                raise Busy  # The one before us has just ended it and taken the file away.
            yield Incoming(path, file)

    def _open(self, path: Path) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < self.reserve:
            raise OSError(errno.ENOSPC, "reserve")
        known = path.exists()
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if not known:
            _sync(self.folder)
        return handle

    def _path(self, upload_id: UUID) -> Path:
        return self.folder / f"{upload_id}.part"


def disk_trouble(error: OSError) -> Refused:
    """What to say when the disk does not take a piece."""
    if error.errno in NO_ROOM:
        words = N_("Máy chủ đã hết chỗ lưu tệp nên chưa nhận được tệp này. Hãy báo quản trị viên rồi gửi lại.")
        return Refused(words, status=507)
    log.error("an upload could not be written", exc_info=error)
    return Refused(N_("Máy chủ chưa ghi được tệp này. Máy tính bảng sẽ tự gửi lại."), status=503)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
