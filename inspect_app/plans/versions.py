"""What a version of a plan holds, and how it differs from the one before. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

Line = Mapping[str, Any]
"""A frozen line: id, unit (code), name, form, quarter, starts_on (ISO or None), team, reasons, grounds, locked."""

COMPARED = ("quarter", "starts_on", "team", "grounds")


class _Unit(Protocol):
    code: str
    name: str


class _Inspection(Protocol):
    id: Any
    unit: _Unit
    form: str
    quarter: int | None
    starts_on: date | None
    team_name: str
    reasons: list[Any]
    grounds: str
    locked: bool


@dataclass(frozen=True, slots=True)
class Alteration:
    """A line that stands in both versions and differs: field → (before, after)."""

    line: Line
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version adds, leaves out and alters against the one before."""

    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    changed: tuple[Alteration, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def frozen(inspection: _Inspection) -> dict[str, Any]:
    """A line as an approved version keeps it."""
    return {
        "id": str(inspection.id),
        "unit": inspection.unit.code,
        "name": inspection.unit.name,
        "form": str(inspection.form),
        "quarter": inspection.quarter,
        "starts_on": inspection.starts_on.isoformat() if inspection.starts_on else None,
        "team": inspection.team_name,
        "reasons": list(inspection.reasons),
        "grounds": inspection.grounds,
        "locked": inspection.locked,
    }


def difference(before: Iterable[Line], now: Iterable[Line]) -> Difference:
    """Compares two versions. A line that was taken out and put in again for the same unit is the same line."""
    old, new = _by_place(before), _by_place(now)
    shared = [(old[place], line) for place, line in new.items() if place in old]
    altered = [
        Alteration(after, fields)
        for earlier, after in shared
        if (
            fields := {
                name: (earlier.get(name), after.get(name)) for name in COMPARED if _differs(earlier, after, name)
            }
        )
    ]
    return Difference(
        added=tuple(line for place, line in new.items() if place not in old),
        removed=tuple(line for place, line in old.items() if place not in new),
        changed=tuple(altered),
    )


def _differs(earlier: Line, after: Line, name: str) -> bool:
    """A day or a team that is chosen for the first time carries the plan out; it does not change it."""
    if name in ("starts_on", "team") and not earlier.get(name):
        return False
    return earlier.get(name) != after.get(name)


def _by_place(lines: Iterable[Line]) -> dict[tuple[str, str, int], Line]:
    """Lines by unit and form; a second check of the same unit in the same form has its own place."""
    places: dict[tuple[str, str, int], Line] = {}
    for line in lines:
        number = 0
        while (line["unit"], line["form"], number) in places:
            number += 1
        places[(line["unit"], line["form"], number)] = line
    return places
