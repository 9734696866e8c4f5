"""What may be kept, how much of it, under which name; and how an official paper writes its number and its date."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from inspect_app.moves import Named
from inspect_app.refusals import N_, Refused

MEGA = 1024 * 1024
"""A megabyte as file managers count it. Cameras sold as "50 MP" make up to 50.3 million pixels, so pixels too."""

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LONGEST_NAME = 150
NAMELESS = "tệp"


class Purpose(Named):
    """Why a file hangs on a thing."""

    EVIDENCE = "evidence", N_("Minh chứng kiểm tra")
    TASK_PROOF = "task_proof", N_("Minh chứng khắc phục")
    REPLY = "reply", N_("Tài liệu giải trình")
    DECISION = "decision", N_("Quyết định, văn bản giao việc")
    SIGNED_PAPER = "signed_paper", N_("Bản ký quét")
    ISSUED_PAPER = "issued_paper", N_("Văn bản phát hành")
    DRAFT_PAPER = "draft_paper", N_("Bản dự thảo")
    REFERENCE = "reference", N_("Tài liệu tham khảo")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken in: bytes of one document, bytes and pixels of one photo, bytes of all files of one unit."""

    document_bytes: int = 25 * MEGA
    photo_bytes: int = 20 * MEGA
    photo_pixels: int = 50 * MEGA
    unit_bytes: int = 500 * MEGA


def refuse_when_full(limits: Limits, *, kept: int, added: int) -> None:
    """Raises Refused (413) when `added` bytes on top of the `kept` ones would go over what a unit may keep."""
    if kept + added > limits.unit_bytes:
        raise Refused(
            N_("Đơn vị đã dùng %(kept)s trong %(limit)s dung lượng lưu tệp; tệp %(added)s này không còn chỗ."),
            status=413,
            kept=megabytes(kept),
            limit=megabytes(limits.unit_bytes),
            added=megabytes(added),
        )


def megabytes(size: int) -> str:
    """A size in bytes as people read it: "25 MB", "0,3 MB"."""
    tenths = -(-size * 10 // MEGA)
    whole, rest = divmod(tenths, 10)
    return f"{whole},{rest} MB" if rest and whole < 10 else f"{-(-tenths // 10)} MB"


def clean_file_name(name: str) -> str:
    """A name that is safe to keep and to show: composed letters, no folder, no control or direction character.

    At most 150 characters; the extension is kept when the rest is cut. Never empty.
    """
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode())
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "-", name)
    name = re.sub(r"\s+", " ", name).rstrip(" .").lstrip()
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:LONGEST_NAME].strip(" .") or NAMELESS
    room = LONGEST_NAME - len(extension) - 1
    return f"{stem[:room].strip(' .') or NAMELESS}.{extension}"


def content_disposition(name: str, *, inline: bool = False) -> str:
    """The Content-Disposition header of a download (RFC 6266): a plain name for all, the true one for most.

    `inline` is for photos that the product has re-encoded itself, never for what somebody uploaded.
    """
    name = clean_file_name(name)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{_plain(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _plain(name: str) -> str:
    unmarked = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    letters = "".join(letter for letter in unmarked if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9 ._()+,=@-]", "_", letters)


def paper_number(number: int | None, symbol: str) -> str:
    """The number of a paper as Decree 30/2020 writes it: two figures at least, a stroke, the symbol ("05/TB-UBND").

    Without a number yet, a gap is left in which it can be written by hand.
    """
    return f"{'……' if number is None else f'{number:02d}'}/{symbol}"


def place_and_date(place: str, on: date | None) -> str:
    """Place and date as Decree 30/2020 writes them: days below 10 and the months 1 and 2 get a nought in front.

    Without a day yet, gaps are left in which it can be written by hand.
    """
    if on is None:
        return f"{place}, ngày …… tháng …… năm ………"
    month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    return f"{place}, ngày {on.day:02d} tháng {month} năm {on.year}"


def local_time(moment: datetime) -> datetime:
    """A moment as the clock in Hà Nội shows it; one without a zone is taken to be that already."""
    return moment.astimezone(HANOI).replace(tzinfo=None) if moment.tzinfo else moment
