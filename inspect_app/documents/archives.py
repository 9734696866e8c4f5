"""Looks into a ZIP file before anybody unpacks it: bombs, strange names and dangerous XML end here."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.parsers import expat

from inspect_app.documents.rules import MEGA, megabytes
from inspect_app.refusals import N_, Refused

MOST_ENTRIES = 2_000
MOST_BYTES = 200 * MEGA
MOST_RATIO = 150
SMALL = 1 * MEGA
"""An entry smaller than this may be packed as tightly as it likes: empty sheets and pictures of one colour are."""
END_OF_DIRECTORY = b"PK\x05\x06"
LONGEST_TAIL = 22 + 65_535
LONGEST_PROLOG = 64 * 1024
CHUNK = 256 * 1024
MACROS = ("vbaproject", "vbadata", "/macrosheets/", "/activex/")
DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, ValueError, struct.error)


def check_office_archive(file: BinaryIO, *, most_bytes: int = MOST_BYTES, forbidden: bytes = b"") -> dict[str, int]:
    """Reads a DOCX or XLSX file through once, without keeping anything, and answers its entries with their sizes.

    Raises Refused (422) when it is damaged, encrypted or a bomb (more than 2,000 entries, more than `most_bytes`
    unpacked, packed more than 150 times, entries that overlap), when a name leaves the archive or is a link, when it
    carries macros, when its XML declares a document type, or when an entry holds the `forbidden` bytes.
    """
    try:
        _check_directory_size(file)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries, most_bytes)
            for entry in entries:
                _check_content(archive, entry, forbidden)
    except DAMAGED as error:
        raise Refused(N_("Tệp hỏng hoặc tải lên chưa đủ: không mở được."), status=422) from error
    return {entry.filename: entry.file_size for entry in entries}


def ends_like_archive(tail: bytes) -> bool:
    """Whether the last bytes of a file (at most 65,557 are needed) close a ZIP archive."""
    return _end_of_directory(tail) is not None


def _end_of_directory(tail: bytes) -> tuple[int, int] | None:
    """Number of entries and size of the directory, from a closing record that ends exactly with the file."""
    at = tail.rfind(END_OF_DIRECTORY)
    while at >= 0:
        if at + 22 <= len(tail):
            entries, size, _offset, comment = struct.unpack("<HIIH", tail[at + 10 : at + 22])
            if at + 22 + comment == len(tail):
                return entries, size
        at = tail.rfind(END_OF_DIRECTORY, 0, at)
    return None


def _check_directory_size(file: BinaryIO) -> None:
    # zipfile reads the whole directory at once, so its size is looked at before.
    length = file.seek(0, io.SEEK_END)
    file.seek(max(0, length - LONGEST_TAIL))
    end = _end_of_directory(file.read())
    file.seek(0)
    if end is None:
        raise zipfile.BadZipFile("no closing record")
    entries, size = end
    if entries > MOST_ENTRIES or size > MOST_ENTRIES * 512:
        raise _bomb()


def _check_entries(entries: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise _bomb()
    total = sum(entry.file_size for entry in entries)
    if total > most_bytes:
        raise Refused(
            N_("Tệp nén bung ra tới %(size)s, quá mức cho phép %(limit)s."),
            status=422,
            size=megabytes(total),
            limit=megabytes(most_bytes),
        )
    names: set[str] = set()
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        _check_name(entry, names)
        if entry.flag_bits & 0x1:
            raise Refused(N_("Tệp có mật khẩu: hãy bỏ mật khẩu rồi gửi lại."), status=422)
        if entry.file_size > max(SMALL, MOST_RATIO * entry.compress_size):
            raise _bomb()
        if entry.header_offset < end or (not end and entry.header_offset):
            raise _bomb()
        end = entry.header_offset + 30 + entry.compress_size


def _check_name(entry: zipfile.ZipInfo, names: set[str]) -> None:
    name = entry.orig_filename
    folded = "/" + entry.filename.casefold()
    outside = name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if outside or link or "\0" in name or folded in names:
        raise Refused(N_("Tệp nén có tên bên trong không an toàn nên không được nhận."), status=422)
    if any(word in folded for word in MACROS):
        raise Refused(N_("Tệp có macro: hãy lưu lại dạng DOCX hoặc XLSX không có macro."), status=422)
    names.add(folded)


def _check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, forbidden: bytes) -> None:
    prolog = _Prolog() if entry.filename.casefold().endswith((".xml", ".rels", ".vml")) else None
    before = b""
    for chunk in _chunks(archive, entry):
        if forbidden and forbidden in before + chunk:
            raise harmful()
        before = chunk[-len(forbidden) :]
        if prolog is not None:
            prolog.feed(chunk)
    if prolog is not None:
        prolog.close()


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    # Reading to the end also compares the checksum, so an entry that lies about its size is found out.
    try:
        with archive.open(entry) as content:
            while chunk := content.read(CHUNK):
                yield chunk
    except zlib.error as error:
        raise zipfile.BadZipFile(str(error)) from error


class _Prolog:
    """Reads XML up to its first element; a document type, and with it every entity, can only stand before that."""

    def __init__(self) -> None:
        self.read = 0
        self.parser: expat.XMLParserType | None = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = _refuse_document_type
        self.parser.StartElementHandler = self._at_root

    def _at_root(self, _name: str, _attributes: dict[str, str]) -> None:
        raise _RootReached

    def feed(self, chunk: bytes) -> None:
        """Reads on until the root has been seen."""
        if self.parser is None:
            return
        self.read += len(chunk)
        try:
            self.parser.Parse(chunk, False)
        except _RootReached:
            self.parser = None
        except expat.ExpatError as error:
            raise zipfile.BadZipFile(str(error)) from error
        if self.parser is not None and self.read > LONGEST_PROLOG:
            raise zipfile.BadZipFile("no root element")

    def close(self) -> None:
        """An entry without any element is no XML."""
        if self.parser is not None:
            raise zipfile.BadZipFile("no root element")


class _RootReached(Exception):
    """The first element has begun: nothing more to look for."""


def _refuse_document_type(*_arguments: object) -> None:
    raise Refused(N_("Tệp chứa khai báo XML không an toàn (DOCTYPE) nên không được nhận."), status=422)


def harmful() -> Refused:
    """The answer to a file that carries the test mark of virus scanners."""
    return Refused(N_("Tệp mang dấu hiệu mã độc nên không được nhận."), status=422)


def _bomb() -> Refused:
    return Refused(N_("Tệp nén có cấu trúc bất thường (có thể là bom nén) nên không được nhận."), status=422)
