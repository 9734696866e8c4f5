"""The values of the operations beside answers and notes, read without trust. Pure. See docs/sync.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from inspect_app.sync.rules import LONGEST_TEXT, Unreadable, composed

MOST_STROKES = 400
MOST_POINTS = 20_000
LARGEST_PLACE = 1000
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FindingSent:
    """A finding in words as they were sent; whether they are known words is for the rules of findings to say."""

    id: UUID
    kind: str
    severity: str
    fact: str
    legal_basis: str
    cause_kind: str
    cause: str
    recommendation: str


@dataclass(frozen=True, slots=True)
class RemovalSent:
    """A file, by the id of its upload or its own, and why it goes."""

    file: UUID
    reason: str


def read_finding(value: Any) -> FindingSent:
    given = _object(value)
    return FindingSent(
        id=_id(given, "id"),
        kind=_text(given, "kind", 24) or "shortcoming",
        severity=_text(given, "severity", 24),
        fact=_text(given, "fact", LONGEST_TEXT),
        legal_basis=_text(given, "legal_basis", 1000),
        cause_kind=_text(given, "cause_kind", 24),
        cause=_text(given, "cause", LONGEST_TEXT),
        recommendation=_text(given, "recommendation", LONGEST_TEXT),
    )


def read_reason(value: Any) -> str:
    """Why, where that was asked; "" for nothing."""
    return _text(_object(value or {}), "reason", 1000)


def read_removal(value: Any) -> RemovalSent:
    given = _object(value)
    return RemovalSent(_id(given, "file"), _text(given, "reason", 2000))


def read_sample(value: Any) -> dict[str, Any]:
    """{seed, population, size, numbers, label} of a draw."""
    given = _object(value)
    numbers = given.get("drawn")
    if not isinstance(numbers, list) or len(numbers) > 10_000:
        raise Unreadable("drawn")
    return {
        **{name: _whole(given.get(name)) for name in ("seed", "population", "size")},
        "numbers": [_whole(number) for number in numbers],
        "label": _text(given, "label", 200),
    }


def read_signature(value: Any) -> dict[str, Any]:
    """{side, digest, name, title, strokes} of a signature on glass."""
    given = _object(value)
    side = _text(given, "side", 4)
    if side not in {"lead", "unit"}:
        raise Unreadable("side")
    return {
        "side": side,
        "digest": _digest(given),
        "name": _text(given, "name", 200),
        "title": _text(given, "title", 200),
        "strokes": _strokes(given.get("strokes")),
    }


def read_refusal(value: Any) -> dict[str, Any]:
    """{side, digest, witness, refusal_reason} of the unit's refusal to sign."""
    given = _object(value)
    witness, reason = _text(given, "witness", 200), _text(given, "reason", 2000)
    return {"side": "unit", "digest": _digest(given), "witness": witness, "refusal_reason": reason}


def read_claim(value: Any) -> str:
    """The code of a section, or "" for none."""
    return _text(_object(value), "section", 40)


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Unreadable("value")
    return value


def _text(given: Mapping[str, Any], name: str, most: int) -> str:
    return composed(given.get(name) or "", most)


def _id(given: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(_text(given, name, 36))
    except ValueError:
        raise Unreadable(name) from None


def _digest(given: Mapping[str, Any]) -> str:
    text = _text(given, "digest", 64)
    if not DIGEST.fullmatch(text):
        raise Unreadable("digest")
    return text


def _whole(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**32:
        raise Unreadable("number")
    return number


def _strokes(raw: Any) -> tuple[tuple[int, ...], ...]:
    """Strokes of whole places from 0 to 1000, x and y in turn."""
    if not isinstance(raw, list) or len(raw) > MOST_STROKES or not all(isinstance(stroke, list) for stroke in raw):
        raise Unreadable("strokes")
    if sum(map(len, raw)) > MOST_POINTS or any(len(stroke) % 2 for stroke in raw):
        raise Unreadable("strokes")
    strokes = tuple(tuple(_whole(place) for place in stroke) for stroke in raw if stroke)
    if any(place > LARGEST_PLACE for stroke in strokes for place in stroke):
        raise Unreadable("strokes")
    return strokes
