"""What kind of file it really is: told from its bytes, compared with its name, refused when in doubt."""

import io
import re
import zipfile
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from inspect_app.documents.archives import LONGEST_TAIL, check_office_archive, ends_like_archive, harmful
from inspect_app.documents.rules import Limits, megabytes
from inspect_app.refusals import N_, Refused

# The test mark of virus scanners, in two halves: whole, it would set off a scanner on this very file.
SCANNER_TEST_MARK = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"
HEAD = 4096
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
SNIFFED = 1024
"""A browser that guesses looks at no more than this many bytes."""
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg[\s>]|img\s|meta\s)", re.IGNORECASE)
OFFICE_TYPES = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class _Facts:
    media_type: str
    extensions: tuple[str, ...]
    photo: bool


class FileKind(Enum):
    """The kinds that are taken in. Photos are re-encoded; the others are kept as they are and only ever downloaded."""

    JPEG = _Facts("image/jpeg", ("jpg", "jpeg", "jfif"), True)
    PNG = _Facts("image/png", ("png",), True)
    HEIC = _Facts("image/heic", ("heic", "heif"), True)
    WEBP = _Facts("image/webp", ("webp",), True)
    PDF = _Facts("application/pdf", ("pdf",), False)
    DOCX = _Facts(OFFICE_TYPES + "wordprocessingml.document", ("docx",), False)
    XLSX = _Facts(OFFICE_TYPES + "spreadsheetml.sheet", ("xlsx",), False)

    @property
    def media_type(self) -> str:
        """The media type under which it is served."""
        return self.value.media_type

    @property
    def extensions(self) -> tuple[str, ...]:
        """The extensions that a name may end with, the usual one first."""
        return self.value.extensions

    @property
    def is_photo(self) -> bool:
        """Whether it goes through photos.reencode before it is kept."""
        return self.value.photo


PHOTOS = frozenset(kind for kind in FileKind if kind.is_photo)
DOCUMENTS = frozenset(FileKind) - PHOTOS
OFFICE = frozenset({FileKind.DOCX, FileKind.XLSX})
ACCEPT = ",".join(f".{extension}" for kind in FileKind for extension in kind.extensions)
"""For the `accept` attribute of a file field."""


def recognise(
    file: BinaryIO, name: str, limits: Limits, *, wanted: frozenset[FileKind] = frozenset(FileKind)
) -> FileKind:
    """Says what a file is, and leaves it at its beginning. `file` can be seeked; `name` is what the sender calls it.

    Raises Refused: 413 when it is too large for its kind, 422 when it is empty, of no kind that is `wanted`, not what
    its name says, two things at once (a PDF that is also a web page), damaged, carries macros or the scanners' mark.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(HEAD)
    kind = _kind(file, head, limits, size)
    if kind is None or kind not in wanted:
        raise _unknown(wanted)
    _check_name(kind, name)
    if kind not in OFFICE:
        _check_single(file, head, size)
    file.seek(0)
    return kind


def _kind(file: BinaryIO, head: bytes, limits: Limits, size: int) -> FileKind | None:
    if not head:
        raise Refused(N_("Tệp trống, không có nội dung."), status=422)
    kind = _photo_kind(head)
    most = limits.photo_bytes if kind else limits.document_bytes
    if size > most:
        raise Refused(
            N_("Tệp %(size)s lớn hơn mức cho phép %(limit)s."), status=413, size=megabytes(size), limit=megabytes(most)
        )
    if kind is None and head.startswith(b"%PDF-"):
        kind = FileKind.PDF
    if kind is None and head.startswith(b"PK\x03\x04"):
        kind = _office_kind(file)
    if kind is None:
        _look_for_mark(file)
    return kind


def _photo_kind(head: bytes) -> FileKind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    if head[4:8] == b"ftyp" and _heif_brand(head):
        return FileKind.HEIC
    return None


def _heif_brand(head: bytes) -> bool:
    length = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, length, 4)}
    return bool(brands & HEIF_BRANDS) and head[8:12] != b"avif"


def _office_kind(file: BinaryIO) -> FileKind | None:
    """DOCX or XLSX by the content types inside. The archive is looked through first, so nothing harmful is unpacked."""
    entries = check_office_archive(file, forbidden=SCANNER_TEST_MARK)
    if entries.get("[Content_Types].xml", 1 << 20) > 256 * 1024:
        return None
    with zipfile.ZipFile(file) as archive:
        types = archive.read("[Content_Types].xml").decode("utf-8", "replace").lower()
    if "macroenabled" in types:
        raise Refused(N_("Tệp có macro: hãy lưu lại dạng DOCX hoặc XLSX không có macro."), status=422)
    if "wordprocessingml.document.main+xml" in types and "word/document.xml" in entries:
        return FileKind.DOCX
    if "spreadsheetml.sheet.main+xml" in types and "xl/workbook.xml" in entries:
        return FileKind.XLSX
    return None


def _check_name(kind: FileKind, name: str) -> None:
    extension = name.rpartition(".")[2].casefold() if "." in name else ""
    if extension not in kind.extensions:
        raise Refused(
            N_("Nội dung tệp là %(kind)s nhưng tên tệp không kết thúc bằng .%(extension)s. Hãy kiểm tra lại tệp."),
            status=422,
            kind=kind.name,
            extension=kind.extensions[0],
        )


def _check_single(file: BinaryIO, head: bytes, size: int) -> None:
    """A photo or a PDF must be that and nothing else besides."""
    _look_for_mark(file)
    file.seek(max(0, size - LONGEST_TAIL))
    tail = file.read()
    if MARKUP.search(head[:SNIFFED]) or ends_like_archive(tail):
        raise Refused(N_("Tệp mang hai định dạng cùng lúc nên không được nhận."), status=422)
    if head.startswith(b"%PDF-") and b"%%EOF" not in tail[-2 * HEAD :]:
        raise Refused(N_("Tệp PDF hỏng hoặc tải lên chưa đủ: thiếu phần cuối."), status=422)


def _look_for_mark(file: BinaryIO) -> None:
    file.seek(0)
    before = b""
    while chunk := file.read(1024 * 1024):
        if SCANNER_TEST_MARK in before + chunk:
            raise harmful()
        before = chunk[-len(SCANNER_TEST_MARK) :]


def _unknown(wanted: frozenset[FileKind]) -> Refused:
    if wanted == PHOTOS:
        return Refused(N_("Tệp này không phải ảnh. Chỉ nhận ảnh JPEG, PNG, HEIC, WebP."), status=422)
    return Refused(
        N_("Không nhận loại tệp này. Chỉ nhận ảnh JPEG, PNG, HEIC, WebP và tệp PDF, DOCX, XLSX."), status=422
    )
