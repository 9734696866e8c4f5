"""What a tablet sends: the shape of one change, read without trust. Pure. See docs/sync.md."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

MOST_CHANGES = 50
MOST_BYTES = 1_000_000
AT_A_CRITERION = frozenset({"answer", "note", "finding"})
OPERATIONS = AT_A_CRITERION | {"start", "finish", "file_removal", "sample", "signature", "refusal", "claim"}
LONGEST_TEXT = 4000


class Unreadable(ValueError):
    """Not a change that this server understands; it is kept as it came."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. Its order is (device, seq), never the clock: `client_time` is only told on.

    `base_change` is the same person's earlier change that this one rests on, when the server had not named it yet.
    """

    id: UUID
    device: str
    seq: int
    author: UUID
    inspection: UUID
    criterion: str
    op: str
    base_version: int
    base_value_hash: str | None
    base_change: UUID | None
    value: dict[str, Any] | None
    note: str
    client_time: datetime
    template_version: str


def body_hash(raw: Any) -> str:
    """The hash of a change as it was sent, whatever the order of its keys."""
    return hashlib.sha256(written(raw).encode()).hexdigest()


def written(raw: Any) -> str:
    """A change as text, in pure ASCII: every letter survives every database."""
    return json.dumps(raw, sort_keys=True, separators=(",", ":"))


def read_change(raw: Any) -> Change:
    """The change in a JSON object. Raises Unreadable for anything that is missing, too long or of the wrong sort."""
    if not isinstance(raw, Mapping):
        raise Unreadable("not an object")
    try:
        op = _one_of(raw, "op", OPERATIONS)
        return Change(
            id=UUID(_text(raw, "id", 36)),
            device=_text(raw, "device", 60),
            seq=_count(raw, "seq"),
            author=UUID(_text(raw, "author", 36)),
            inspection=UUID(_text(raw, "inspection", 36)),
            criterion=_text(raw, "criterion", 40) if op in AT_A_CRITERION else composed(raw["criterion"], 40),
            op=op,
            base_version=_count(raw, "base_version"),
            base_value_hash=_text(raw, "base_value_hash", 64) if raw.get("base_value_hash") else None,
            base_change=UUID(_text(raw, "base_change", 36)) if raw.get("base_change") else None,
            value=_value(raw.get("value"), op),
            note=composed(raw.get("note") or "", LONGEST_TEXT),
            client_time=_moment(raw),
            template_version=_text(raw, "template_version", 64),
        )
    except Unreadable:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise Unreadable(str(error)) from None


KNOWN = frozenset({*Change.__slots__, "app_version"})
"""The fields of a change that this server reads."""


def unknown_fields(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a later client says beside them; it is kept as it came."""
    return {name: raw[name] for name in raw if name not in KNOWN} or None


def given_id(raw: Any) -> str:
    """The id that a change names itself by, as far as it has one; for what cannot be read."""
    found = raw.get("id") if isinstance(raw, Mapping) else None
    return composed(found, 60) if isinstance(found, str) and len(found) <= 60 else ""


def composed(text: Any, most: int) -> str:
    """Composed letters without control characters. Raises Unreadable when it is no text or too long."""
    if not isinstance(text, str) or len(text) > most:
        raise Unreadable("text")
    kept = (letter for letter in unicodedata.normalize("NFC", text) if letter in "\n\t" or _is_printed(letter))
    return "".join(kept).strip()


def _is_printed(letter: str) -> bool:
    return unicodedata.category(letter)[0] != "C"


def _text(raw: Mapping[str, Any], name: str, most: int) -> str:
    text = composed(raw[name], most)
    if not text:
        raise Unreadable(name)
    return text


def _count(raw: Mapping[str, Any], name: str) -> int:
    number = raw[name]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**31:
        raise Unreadable(name)
    return number


def _one_of(raw: Mapping[str, Any], name: str, known: frozenset[str]) -> str:
    word = _text(raw, name, 40)
    if word not in known:
        raise Unreadable(name)
    return word


def _moment(raw: Mapping[str, Any]) -> datetime:
    moment = datetime.fromisoformat(_text(raw, "client_time", 40))
    if moment.tzinfo is None or not 2000 < moment.year < 2200:
        raise Unreadable("client_time")
    return moment


def _value(value: Any, op: str) -> dict[str, Any] | None:
    """An answer, tidied; what other operations hold is read by `rules_ops`, each in its own way."""
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) > (5 if op == "answer" else 20):
        raise Unreadable("value")
    if op != "answer":
        return value
    return {composed(key, 40): composed(item, 500) if isinstance(item, str) else item for key, item in value.items()}
