"""Reading the file of last resort: what a tablet could not send, sealed to this server.

The first line is JSON (`format`, `device`, `made_at`, `key` wrapped by RSA-OAEP, `iv`), the rest is sealed by AES-GCM
and holds `{changes: […], photos: [{id, inspection, criterion, name, taken_at, sha256, bytes}]}`.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inspect_app.refusals import N_, Refused
from inspect_app.sync.rescue_keys import WrongKey
from inspect_app.sync.rules import Unreadable, composed
from inspect_app.sync.rules_uploads import Photo, read_photo

FORMAT = "inspect-rescue-1"
LONGEST_HEADER = 5000
MOST_ITEMS = 100_000


@dataclass(frozen=True, slots=True)
class Rescued:
    """What is in the file. A photo comes with its bytes and with who took it, as far as the file says so."""

    device: str
    made_at: str
    changes: list[Any]
    photos: list[tuple[Photo, bytes, UUID | None]]


def open_file(content: bytes, open_key: Callable[[bytes], bytes]) -> Rescued:
    """What is in a file; `open_key` unwraps its key. Raises Refused (422) in one sentence."""
    header, sealed = _header(content)
    try:
        key, iv = open_key(_bytes(header["key"])), _bytes(header["iv"])
    except WrongKey:
        words = N_("Tệp này được khóa cho một máy chủ khác, hoặc INSPECT_SECRET đã đổi từ khi tệp được tạo.")
        raise Refused(words, status=422) from None
    except (KeyError, TypeError, ValueError):
        raise _no_rescue_file() from None
    try:
        whole = json.loads(AESGCM(key).decrypt(iv, sealed, None))
    except (InvalidTag, ValueError, RecursionError):
        raise Refused(N_("Tệp bị cắt hoặc đã bị sửa nên không mở được. Chưa có gì được nhập."), status=422) from None
    return _read(header, whole)


def _header(content: bytes) -> tuple[dict[str, Any], bytes]:
    line, _, sealed = content.partition(b"\n")
    try:
        header = json.loads(line) if len(line) <= LONGEST_HEADER else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _no_rescue_file()
    return header, sealed


def _read(header: dict[str, Any], whole: Any) -> Rescued:
    try:
        changes, photos = whole["changes"], whole["photos"]
        if not (isinstance(changes, list) and isinstance(photos, list)) or len(changes) + len(photos) > MOST_ITEMS:
            raise Unreadable("lists")
        alone = _only_author(changes)
        return Rescued(
            device=composed(str(header.get("device", "")), 60),
            made_at=composed(str(header.get("made_at", "")), 40),
            changes=changes,
            photos=[_photo(raw, whole.get("person") or alone) for raw in photos],
        )
    except (Unreadable, ValueError, KeyError, TypeError, AttributeError):
        words = N_("Tệp mở được nhưng nội dung không đúng dạng. Chưa có gì được nhập; hãy gửi tệp cho người bảo trì.")
        raise Refused(words, status=422) from None


def _photo(raw: dict[str, Any], author: Any) -> tuple[Photo, bytes, UUID | None]:
    content = _bytes(raw["bytes"])
    said = {name: word for name, word in raw.items() if isinstance(word, str) and name != "bytes"}
    author = said.get("author") or author
    return read_photo(said, len(content)), content, UUID(author) if author else None


def _only_author(changes: list[Any]) -> str | None:
    """Who made all the changes of the file, when that is one person: then the photos are theirs as well."""
    authors = {change.get("author") for change in changes if isinstance(change, dict)}
    return str(authors.pop()) if len(authors) == 1 else None


def _bytes(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _no_rescue_file() -> Refused:
    return Refused(N_("Đây không phải tệp lưu từ máy tính bảng (phần đầu tệp không đúng)."), status=422)
