"""What a tablet says of a photo before it sends it, in the words of the protocol tus 1.0. Pure. See docs/sync.md."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inspect_app.sync.rules import Unreadable, body_hash, composed

TUS = "1.0.0"
LARGEST_PIECE = 1024 * 1024
LONGEST_METADATA = 4000
IDENTITY = ("inspection", "criterion", "sha256", "name", "taken_at")
"""What makes one photo; other words may differ from one telling to the next."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as the tablet announces it. `said` is every word of that; `hash` tells one photo from another."""

    id: UUID
    inspection: UUID | None
    criterion: str
    sha256: str
    size: int
    name: str
    taken_at: datetime | None
    device: str
    said: dict[str, str]

    @property
    def hash(self) -> str:
        return body_hash([self.said.get(name, "") for name in IDENTITY] + [self.size])


def read_photo(said: dict[str, str], size: int) -> Photo:
    """The announcement. Raises Unreadable without an id, a hash or a size; what else is amiss shows at the end."""
    try:
        photo_id = UUID(said["id"])
    except (KeyError, ValueError):
        raise Unreadable("id") from None
    sha256 = said.get("sha256", "").lower()
    if not re.fullmatch("[0-9a-f]{64}", sha256) or size < 1:
        raise Unreadable("sha256")
    return Photo(
        id=photo_id,
        inspection=_id(said.get("inspection", "")),
        criterion=_words(said, "criterion", 40),
        sha256=sha256,
        size=size,
        name=_words(said, "name", 200) or "anh.jpg",
        taken_at=_moment(said.get("taken_at", "")),
        device=_words(said, "device", 60),
        said=said,
    )


def metadata(header: str) -> dict[str, str]:
    """The pairs of the header Upload-Metadata. Raises Unreadable."""
    if len(header) > LONGEST_METADATA:
        raise Unreadable("metadata")
    pairs = [pair.split(" ") for pair in header.split(",") if pair.strip()]
    try:
        return {pair[0]: base64.b64decode(pair[1], validate=True).decode() for pair in map(_tight, pairs)}
    except (binascii.Error, UnicodeDecodeError, IndexError) as error:
        raise Unreadable(str(error)) from None


def size_of(header: str | None) -> int:
    """A number of bytes in a header. Raises Unreadable."""
    if not header or not re.fullmatch("[0-9]{1,15}", header):
        raise Unreadable("size")
    return int(header)


def holds(checksum: str, piece: bytes) -> bool:
    """Whether a piece has the checksum in the header Upload-Checksum. Raises Unreadable for another algorithm."""
    algorithm, _, wanted = checksum.partition(" ")
    if algorithm != "sha256":
        raise Unreadable("algorithm")
    return base64.b64encode(hashlib.sha256(piece).digest()).decode() == wanted.strip()


def _tight(pair: list[str]) -> list[str]:
    words = [word for word in pair if word]
    return words if len(words) > 1 else [*words, ""]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _words(said: dict[str, str], name: str, most: int) -> str:
    return composed(said.get(name, "")[:most], most)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 1990 < moment.year < 2100 else None
