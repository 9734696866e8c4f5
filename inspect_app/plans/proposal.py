"""Which units to add to a plan so that it reaches its targets, each with its reasons. Pure.

The order is the same for the same facts: a unit never inspected comes first; then weigh years since the last check,
open overdue tasks and a low index of last year; equal weights go by code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from inspect_app.moves import Named
from inspect_app.refusals import N_

NEVER = Decimal(1000)
PER_YEAR = Decimal(10)
YEARS_COUNTED = 10
PER_OVERDUE_TASK = Decimal(5)
TASKS_COUNTED = 10
PER_POINT_BELOW = Decimal("0.5")
LOW_INDEX = Decimal(70)


class ReasonCode(Named):
    """Why a unit is proposed. The labels are message ids with named places, filled from the reason's facts."""

    NEVER_INSPECTED = "never_inspected", N_("Chưa kiểm tra lần nào")
    NEVER_SINCE_FOUNDED = "never_since_founded", N_("Chưa kiểm tra từ khi thành lập (%(month)s)")
    YEARS_SINCE = "years_since", N_("%(years)s năm chưa kiểm tra")
    CHECKED_LAST_YEAR = "checked_last_year", N_("Lần kiểm tra gần nhất: năm %(year)s")
    OVERDUE_TASKS = "overdue_tasks", N_("%(count)s nhiệm vụ khắc phục quá hạn")
    LOW_INDEX = "low_index", N_("Chỉ số năm trước %(index)s%%")
    LOWEST_INDEX = "lowest_index", N_("Chỉ số năm trước thấp nhất nhóm: %(index)s%%")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that is neither covered nor scheduled, with what speaks for inspecting it.

    `group` is the name of the target that it counts for; `last_index` is in percent.
    """

    code: str
    group: str
    founded_on: date | None = None
    last_inspected_on: date | None = None
    last_index: Decimal | None = None
    overdue_tasks: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as data: a code and the facts of its sentence. Dates and numbers are left to the page to format."""

    code: ReasonCode
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pick:
    """A unit to add, strongest reason first."""

    code: str
    group: str
    weight: Decimal
    reasons: tuple[Reason, ...]


def propose(
    candidates: Iterable[Candidate], missing_by_group: Mapping[str, int], year: int, *, missing_in_all: int = 0
) -> tuple[Pick, ...]:
    """Picks as many units of each group as it misses, then the best of the rest until `missing_in_all` is reached.

    Gives fewer where a group has fewer candidates. `year` is the plan's year.
    """
    ranked = sorted(candidates, key=lambda unit: (-weight(unit, year), unit.code))
    lowest = _lowest_by_group(ranked)
    room = dict(missing_by_group)
    chosen: list[Candidate] = []
    others: list[Candidate] = []
    for unit in ranked:
        if room.get(unit.group, 0) > 0:
            room[unit.group] -= 1
            chosen.append(unit)
        elif unit.group in missing_by_group:
            others.append(unit)
    chosen += others[: max(0, missing_in_all - len(chosen))]
    chosen.sort(key=lambda unit: (-weight(unit, year), unit.code))
    return tuple(
        Pick(unit.code, unit.group, weight(unit, year), reasons_for(unit, year, lowest.get(unit.group)))
        for unit in chosen
    )


def weight(unit: Candidate, year: int) -> Decimal:
    """How strongly the facts speak for a unit. Years and tasks count up to ten each, the index by points under 100."""
    tasks = PER_OVERDUE_TASK * min(unit.overdue_tasks, TASKS_COUNTED)
    index = PER_POINT_BELOW * (100 - unit.last_index) if unit.last_index is not None else Decimal(0)
    if unit.last_inspected_on is None:
        return NEVER + tasks + index
    return PER_YEAR * min(_years_since(unit.last_inspected_on, year), YEARS_COUNTED) + tasks + index


def reasons_for(unit: Candidate, year: int, lowest_index: Decimal | None = None) -> tuple[Reason, ...]:
    """Why a unit is proposed: never empty. `lowest_index` is the lowest index of the unit's group."""
    reasons = [_reason_of_time(unit, year)]
    if unit.overdue_tasks:
        reasons.append(Reason(ReasonCode.OVERDUE_TASKS, {"count": unit.overdue_tasks}))
    if unit.last_index is not None:
        if unit.last_index == lowest_index:
            reasons.append(Reason(ReasonCode.LOWEST_INDEX, {"index": unit.last_index}))
        elif unit.last_index < LOW_INDEX:
            reasons.append(Reason(ReasonCode.LOW_INDEX, {"index": unit.last_index}))
    return tuple(reasons)


def _reason_of_time(unit: Candidate, year: int) -> Reason:
    if unit.last_inspected_on is None:
        if unit.founded_on is None:
            return Reason(ReasonCode.NEVER_INSPECTED)
        month = f"{unit.founded_on.month}/{unit.founded_on.year}"
        return Reason(ReasonCode.NEVER_SINCE_FOUNDED, {"month": month})
    years = _years_since(unit.last_inspected_on, year)
    if years > 1:
        return Reason(ReasonCode.YEARS_SINCE, {"years": years})
    return Reason(ReasonCode.CHECKED_LAST_YEAR, {"year": unit.last_inspected_on.year})


def _years_since(day: date, year: int) -> int:
    return max(0, year - day.year)


def _lowest_by_group(candidates: Iterable[Candidate]) -> dict[str, Decimal]:
    lowest: dict[str, Decimal] = {}
    for unit in candidates:
        if unit.last_index is not None:
            lowest[unit.group] = min(lowest.get(unit.group, unit.last_index), unit.last_index)
    return lowest
