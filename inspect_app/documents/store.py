"""Keeps the bytes of files under the hash of their content; the rows that name them live in the database."""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from inspect_app.crashpoints import crashpoint
from inspect_app.documents.rules import MEGA, megabytes
from inspect_app.refusals import N_, Refused

CHUNK = 1024 * 1024
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ContentMissing(LookupError):
    """The store does not hold the content that a row names: restore it from the backup."""


@dataclass(frozen=True, slots=True)
class StoredContent:
    """What was kept: SHA-256 in hexadecimal (64 small letters and digits) and the size in bytes."""

    sha256: str
    size: int


class FileStore(Protocol):
    """Where content is kept. A folder on disk now; an object store can take its place behind the same five verbs."""

    def put(self, stream: BinaryIO, limit: int) -> StoredContent:
        """Keeps a stream read to its end; content that is there already is kept once.

        Raises Refused: 422 when it is empty, 413 when it is longer than `limit` bytes, 507 when the disk is full.
        Nothing is left behind then.
        """

    def open(self, sha256: str) -> BinaryIO:
        """The content, open for reading. Raises ContentMissing."""

    def exists(self, sha256: str) -> bool:
        """Whether the content is there."""

    def intact(self, sha256: str) -> bool:
        """Whether the content is there and still has its hash: for the check of a backup."""

    def delete_unreferenced(self, referenced: Container[str], *, before: datetime) -> int:
        """Removes content that no row names and that was last put before the moment; answers how many.

        `before` protects uploads whose row is not committed yet: keep it at least a day in the past.
        """


class FolderStore:
    """A FileStore in a folder: two levels of 256 folders, files readable by this account only.

    Content appears under its name only when it is whole and on the disk. `reserve` bytes of the disk stay free.
    """

    def __init__(self, folder: Path, *, reserve: int = 200 * MEGA) -> None:
        self.folder = folder
        self.reserve = reserve
        self.incoming = folder / "incoming"

    def put(self, stream: BinaryIO, limit: int) -> StoredContent:
        """See FileStore."""
        try:
            self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self.incoming).free < self.reserve:
                raise _disk_full()
            return self._receive(stream, limit)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise _disk_full() from error
            raise

    def open(self, sha256: str) -> BinaryIO:
        """See FileStore."""
        try:
            return open(os.open(self._path(sha256), os.O_RDONLY | os.O_NOFOLLOW), "rb")
        except FileNotFoundError as error:
            raise ContentMissing(sha256) from error

    def exists(self, sha256: str) -> bool:
        """See FileStore."""
        return self._path(sha256).is_file()

    def intact(self, sha256: str) -> bool:
        """See FileStore."""
        try:
            with self.open(sha256) as file:
                digest = hashlib.sha256()
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                return digest.hexdigest() == sha256
        except ContentMissing:
            return False

    def delete_unreferenced(self, referenced: Container[str], *, before: datetime) -> int:
        """See FileStore. Uploads broken off by a crash go as well."""
        oldest = before.timestamp()
        removed = 0
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if path.name not in referenced:
                removed += self._delete_when_older(path, oldest)
        for path in self.incoming.glob("*"):
            self._delete_when_older(path, oldest)
        return removed

    def _path(self, sha256: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ContentMissing(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _receive(self, stream: BinaryIO, limit: int) -> StoredContent:
        handle, name = tempfile.mkstemp(dir=self.incoming)
        arriving = Path(name)
        try:
            with open(handle, "wb") as file:
                content = _copy(stream, file, limit)
                file.flush()
                crashpoint("store.written")
                os.fsync(file.fileno())
            crashpoint("store.synced")
            self._publish(arriving, self._path(content.sha256))
            crashpoint("store.renamed")
        finally:
            arriving.unlink(missing_ok=True)
        return content

    def _publish(self, arriving: Path, path: Path) -> None:
        for folder in (path.parent.parent, path.parent):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)
                _sync(folder.parent)
        with self._locked(fcntl.LOCK_SH):
            # An equal file is replaced as well: that renews its time and heals one damaged on the disk.
            os.replace(arriving, path)
        _sync(path.parent)

    def _delete_when_older(self, path: Path, oldest: float) -> bool:
        with self._locked(fcntl.LOCK_EX):
            try:
                if path.stat().st_mtime >= oldest:
                    return False
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Keeps clearing up from removing a content in the moment in which somebody puts it again."""
        handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)


def _copy(stream: BinaryIO, file: BinaryIO, limit: int) -> StoredContent:
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise Refused(N_("Tệp lớn hơn %(limit)s, là mức cho phép."), status=413, limit=megabytes(limit))
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise Refused(N_("Tệp trống, không có nội dung."), status=422)
    return StoredContent(digest.hexdigest(), size)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _disk_full() -> Refused:
    return Refused(
        N_("Máy chủ đã hết chỗ lưu tệp nên chưa nhận được tệp này. Hãy báo quản trị viên rồi gửi lại."), status=507
    )
