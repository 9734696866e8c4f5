"""What the tablet and the server decide alike: which of two answers stands, what is drawn, what a signature is over.

The twins are in static/js/tablet/rules; both run the cases in tests/cases/tablet. Pure.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Decision = Literal["apply", "same", "conflict"]
LARGEST_POPULATION = 1_000_000
"""So that a browser's numbers hold every step of a draw exactly."""
LARGEST_SEED = 2**32 - 1
EDGE = 20


def canonical(content: Any) -> str:
    """JSON with sorted keys, without spaces, in pure ASCII: the same text wherever it is written."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def hash_of(register: Any) -> str:
    """The hash of a value or note, by which two people tell whether they saw the same."""
    return hashlib.sha256(canonical(register).encode()).hexdigest()


NOTHING = frozenset({None, hash_of(None), hash_of("")})
"""The hashes of a register that is empty: never given, or taken back."""


@dataclass(frozen=True, slots=True)
class Register:
    """A value or note as it stands: its newest version, and the hash of what is in force (None before the first).

    `open` is whether a value was kept aside that nobody has decided on.
    """

    version: int
    value_hash: str | None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person saw when answering; version 0 without a hash is a criterion that nobody had answered."""

    version: int
    value_hash: str | None


def merge(current: Register, base: Seen | None, incoming: str) -> Decision:
    """What becomes of an incoming value, by its hash: it is applied, is the same already, or is kept beside the other.

    Without a base the newest version counts as seen.
    """
    up_to_date = base is None or base.version == current.version
    if current.value_hash is None:
        return "apply"
    if incoming == current.value_hash:
        return "apply" if up_to_date and current.open else "same"
    if up_to_date:
        return "apply"
    return "conflict" if current.open or not _saw(base, current) else "apply"


def draw(seed: int, population: int, size: int) -> list[int]:
    """The numbers of the case files that a seed draws from 1 to `population`, each at most once, in order.

    The first steps of a Fisher–Yates shuffle with mulberry32. Raises ValueError for what cannot be drawn.
    """
    if not (0 <= seed <= LARGEST_SEED and 1 <= size <= population <= LARGEST_POPULATION):
        raise ValueError("no such draw")
    numbers = _mulberry32(seed)
    moved: dict[int, int] = {}
    drawn = []
    for place in range(size):
        other = place + (next(numbers) * (population - place) >> 32)
        drawn.append(moved.get(other, other) + 1)
        moved[other] = moved.get(place, place)
    return sorted(drawn)


def content_digest(content: Mapping[str, Any]) -> str:
    """The hash that a signature on glass is bound to.

    `content` is {"answers": {code: [value_hash, note_hash]}, "findings": [ids], "files": [sha256]}; the lists count
    whatever their order.
    """
    ordered = {
        "answers": dict(content["answers"]),
        "findings": sorted(content["findings"]),
        "files": sorted(content["files"]),
    }
    return hash_of(ordered)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Strokes as a picture is written: the part of the plane that they fill, and a path for each."""

    box: str
    paths: tuple[str, ...]


def drawing_of(strokes: Sequence[Sequence[int]]) -> Drawing | None:
    """The picture of a signature; None where nothing was drawn.

    Places are thousandths of the pad's width and of its height, which is two fifths of the width.
    """
    kept = [_in_shape(stroke) for stroke in strokes if len(stroke) > 1]
    if not kept:
        return None
    across = [place for stroke in kept for place in stroke[::2]]
    down = [place for stroke in kept for place in stroke[1::2]]
    left, top = min(across) - EDGE, min(down) - EDGE
    box = f"{left} {top} {max(across) + EDGE - left} {max(down) + EDGE - top}"
    return Drawing(box, tuple(_path(stroke) for stroke in kept))


def _in_shape(stroke: Sequence[int]) -> list[int]:
    return [place * 2 // 5 if at % 2 else place for at, place in enumerate(stroke)]


def _path(stroke: Sequence[int]) -> str:
    points = [f"{x} {y}" for x, y in zip(stroke[::2], stroke[1::2], strict=False)]
    return f"M{points[0]}" + "".join(f"L{point}" for point in points[1:] or points)


def _saw(base: Seen | None, current: Register) -> bool:
    if base is None:
        return True
    if base.version == 0 and base.value_hash is None:
        return current.value_hash in NOTHING
    return base.value_hash == current.value_hash


def _mulberry32(seed: int) -> Any:
    """Whole numbers of 32 bits, the same for the same seed."""
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = _times(state ^ (state >> 15), state | 1)
        mixed ^= (mixed + _times(mixed ^ (mixed >> 7), mixed | 61)) & 0xFFFFFFFF
        yield mixed ^ (mixed >> 14)


def _times(one: int, other: int) -> int:
    return one * other & 0xFFFFFFFF
