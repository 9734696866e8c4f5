"""How far a plan has come on a day: needed, done, scheduled, at risk, missing, and what to expect by 31 December.

See docs/rules.md, "Coverage of a plan". Pure: units, inspections and changes come in as facts.

A change of units in the year is looked at in two ways. "As it was" counts the units in force on the plan's day; the
coverage of a unit that ended passes to its main successor where that one is counted too, otherwise it stays with the
unit. "As it is" counts the units in force on the day asked, and also what was inspected by the bodies whose duties
the plan's owner took over. Coverage passes from one unit to one unit, so it never grows by a merger or a division;
a renamed unit is the same unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from inspect_app.calendars.rules import WorkingCalendar
from inspect_app.moves import Named
from inspect_app.plans.rules import (
    InspectionFacts,
    PlanFacts,
    Target,
    UnitFacts,
    assigned_units,
    is_at_risk,
    is_coverage,
    is_promise,
    required,
)
from inspect_app.refusals import N_
from inspect_app.units.rules import Successions, ended


class Basis(Named):
    """Which units are counted when units changed in the year."""

    AS_WAS = "as_was", N_("Theo đơn vị tại ngày chốt mẫu số")
    AS_IS = "as_is", N_("Theo đơn vị hiện nay")


@dataclass(frozen=True, slots=True)
class Figures:
    """The count of one target. Unit codes are sorted; `at_risk_units` is a part of `scheduled_units`.

    `required_effective` is above `required` when the parts together need more than the whole.
    """

    name: str | None
    target_pct: Decimal | None
    units: tuple[str, ...]
    done_units: tuple[str, ...]
    scheduled_units: tuple[str, ...]
    at_risk_units: tuple[str, ...]
    required: int
    required_effective: int

    @property
    def denominator(self) -> int:
        return len(self.units)

    @property
    def done(self) -> int:
        return len(self.done_units)

    @property
    def scheduled(self) -> int:
        return len(self.scheduled_units)

    @property
    def at_risk(self) -> int:
        return len(self.at_risk_units)

    @property
    def missing(self) -> int:
        """Units still to be scheduled for this target alone."""
        return max(0, self.required - self.done - self.scheduled)

    @property
    def reached_pct(self) -> Decimal | None:
        """The share covered so far, in percent, not rounded; None without units."""
        return Decimal(self.done) * 100 / self.denominator if self.units else None

    @property
    def open_units(self) -> tuple[str, ...]:
        """Units neither done nor scheduled: from these the missing ones are chosen."""
        taken = {*self.done_units, *self.scheduled_units}
        return tuple(code for code in self.units if code not in taken)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A plan measured on a day. `outside` counts assigned groups that no target takes.

    `without_predecessor` are units founded in the year that are main successor of nobody and not yet inspected:
    what came before them is not known, so the screen shows a dash for them.
    """

    unit: str
    year: int
    on: date
    basis: Basis
    whole: Figures
    groups: tuple[Figures, ...]
    outside: tuple[Figures, ...]
    without_predecessor: tuple[str, ...]

    @property
    def missing_effective(self) -> int:
        """Units still to be scheduled so that the whole and every group reach their targets."""
        return max(self.whole.missing, sum(group.missing for group in self.groups))


def measure(
    plan: PlanFacts,
    units: Iterable[UnitFacts],
    inspections: Iterable[InspectionFacts],
    changes: Successions[str],
    on: date,
    *,
    basis: Basis = Basis.AS_WAS,
) -> Coverage:
    """A plan's coverage at the end of the day `on`. `units` are all units that the facts name, ended ones as well."""
    known = {unit.code: unit for unit in units}
    day = plan.counted_on if basis is Basis.AS_WAS else on
    counted = assigned_units(plan, known.values(), day)
    stands_for = Standing(known, counted, changes, on)
    inspectors = _inspectors(plan, known, changes, on, basis)
    own = [inspection for inspection in inspections if inspection.inspector_code in inspectors]
    done = {stands_for(item.unit_code) for item in own if is_coverage(plan, item, on)}
    promises: dict[str | None, list[bool]] = {}
    for item in own:
        if is_promise(plan, item, on) and not is_coverage(plan, item, on):
            promises.setdefault(stands_for(item.unit_code), []).append(is_at_risk(item, on))
    status = _Status(done, {code: all(doubts) for code, doubts in promises.items() if code not in done})
    groups = _group_figures(plan, counted, status)
    return Coverage(
        unit=plan.unit_code,
        year=plan.year,
        on=on,
        basis=basis,
        whole=_whole_figures(plan, counted, status, groups),
        groups=groups,
        outside=_outside_figures(plan, counted, status),
        without_predecessor=_without_predecessor(plan, counted, changes, status, on),
    )


class Standing:
    """For which counted unit an inspection of a unit stands; None for none."""

    def __init__(
        self, known: Mapping[str, UnitFacts], counted: Mapping[str, UnitFacts], changes: Successions[str], on: date
    ) -> None:
        self.known, self.counted, self.changes, self.on = known, counted, changes, on

    def __call__(self, code: str) -> str | None:
        heir = self._heir(code)
        if heir is not None:
            return heir
        if code in self.counted:
            return code
        return next((name for name in self.changes.renamed_from(code, self.on) if name in self.counted), None)

    def _heir(self, code: str) -> str | None:
        """The furthest main successor that is counted, as long as each unit on the way has ended."""
        found = None
        for heir in self.changes.main_chain(code, self.on):
            if code in self.known and not ended(self.known[code], self.on):
                break
            found = heir if heir in self.counted else found
            code = heir
        return found


@dataclass(frozen=True, slots=True)
class _Status:
    """Covered units, and scheduled ones with whether all of their inspections are in doubt."""

    done: set[str | None]
    promised: dict[str | None, bool]


def _inspectors(
    plan: PlanFacts, known: Mapping[str, UnitFacts], changes: Successions[str], on: date, basis: Basis
) -> frozenset[str]:
    """Whose inspections count: the owner under any of its names, and as it is now the bodies that it took over from."""
    own = {plan.unit_code, *changes.renamed_from(plan.unit_code, on)}
    if basis is Basis.AS_WAS:
        return frozenset(own)
    return frozenset(own) | bodies_taken_over(plan.unit_code, known.values(), changes, on)


def bodies_taken_over(owner: str, units: Iterable[UnitFacts], changes: Successions[str], on: date) -> frozenset[str]:
    """The bodies whose duties passed to `owner`: those whose main successor it is, and those of its direct
    subordinates that were dissolved without a successor (the districts of 2025)."""
    dissolved = {unit.code for unit in units if unit.parent_code == owner and changes.ended_without_heir(unit.code, on)}
    return changes.main_predecessors(owner, on) | dissolved


def _figures(name: str | None, pct: Decimal | None, codes: Iterable[str], status: _Status, need: int = 0) -> Figures:
    """Counts the units of one target. `need` is what its parts need together."""
    units = tuple(sorted(codes))
    own = required(len(units), pct) if pct is not None else 0
    return Figures(
        name=name,
        target_pct=pct,
        units=units,
        done_units=tuple(code for code in units if code in status.done),
        scheduled_units=tuple(code for code in units if code in status.promised),
        at_risk_units=tuple(code for code in units if status.promised.get(code)),
        required=own,
        required_effective=max(own, need),
    )


def _group_figures(plan: PlanFacts, counted: Mapping[str, UnitFacts], status: _Status) -> tuple[Figures, ...]:
    """One count for each target that has units on that day."""
    figures = (
        _figures(target.name, target.pct, (code for code, unit in counted.items() if target.takes(unit)), status)
        for target in plan.targets
    )
    return tuple(group for group in figures if group.units)


def _targeted(targets: tuple[Target, ...], unit: UnitFacts) -> bool:
    return not targets or any(target.takes(unit) for target in targets)


def _whole_figures(
    plan: PlanFacts, counted: Mapping[str, UnitFacts], status: _Status, groups: tuple[Figures, ...]
) -> Figures:
    codes = (code for code, unit in counted.items() if _targeted(plan.targets, unit))
    return _figures(None, plan.overall_pct, codes, status, sum(group.required for group in groups))


def _outside_figures(plan: PlanFacts, counted: Mapping[str, UnitFacts], status: _Status) -> tuple[Figures, ...]:
    """Assigned units that no target takes, by group."""
    by_group: dict[str, list[str]] = {}
    for code, unit in counted.items():
        if not _targeted(plan.targets, unit):
            by_group.setdefault(unit.group, []).append(code)
    return tuple(_figures(group, None, codes, status) for group, codes in sorted(by_group.items()))


def _without_predecessor(
    plan: PlanFacts, counted: Mapping[str, UnitFacts], changes: Successions[str], status: _Status, on: date
) -> tuple[str, ...]:
    return tuple(
        sorted(
            code
            for code, unit in counted.items()
            if unit.valid_from is not None
            and date(plan.year, 1, 1) < unit.valid_from <= on
            and code not in status.done
            and not changes.main_predecessors(code, on)
        )
    )


def part_of(figures: Figures, codes: Iterable[str]) -> Figures:
    """The count of some of the units of a target, measured against the same share; for reading, not a target itself."""
    wanted = set(codes)

    def kept(units: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(code for code in units if code in wanted)

    units = kept(figures.units)
    need = required(len(units), figures.target_pct) if figures.target_pct is not None else 0
    return Figures(
        name=figures.name,
        target_pct=figures.target_pct,
        units=units,
        done_units=kept(figures.done_units),
        scheduled_units=kept(figures.scheduled_units),
        at_risk_units=kept(figures.at_risk_units),
        required=need,
        required_effective=need,
    )


def as_json(coverage: Coverage) -> dict[str, Any]:
    """The figures as the `coverage` command prints them; counts are whole numbers, shares are percent."""
    head = {"unit": coverage.unit, "year": coverage.year, "on": coverage.on.isoformat()}
    groups = [{"group": group.name, **_plain(group)} for group in coverage.groups]
    return {**head, **_plain(coverage.whole), "groups": groups}


def _plain(figures: Figures) -> dict[str, Any]:
    return {
        "target_pct": _number(figures.target_pct),
        "denominator": figures.denominator,
        "required": figures.required,
        "required_effective": figures.required_effective,
        "done": figures.done,
        "scheduled": figures.scheduled,
        "at_risk": figures.at_risk,
        "missing": figures.missing,
    }


def _number(pct: Decimal | None) -> int | float | None:
    """A share as a JSON number; it is only shown, nothing is computed from it."""
    if pct is None:
        return None
    return int(pct) if pct == pct.to_integral_value() else float(pct)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Units expected to be covered on 31 December: a range, a middle, and how many the middle falls short."""

    low: int
    middle: int
    high: int
    short_by: int


def forecast(
    figures: Figures, calendar: WorkingCalendar, on: date, year: int, *, kept: int = 0, missed: int = 0
) -> Forecast:
    """What to expect on 31 December, from promises, punctuality and pace.

    `kept` and `missed` count the inspections of the last twelve months that were held on their date and those whose
    date passed or that were postponed; k = kept / (kept + missed), 1 without a history.

    - high: every scheduled inspection is held: done + scheduled.
    - middle: one that is not at risk is held with chance k, one at risk with half of it; the sum is rounded half up.
    - low: none at risk is held, and of the others no more than share k, nor more than fit in the working days left at
      the year's pace so far (units done per working day since 1 January); rounded down.
    """
    chance = Decimal(kept) / (kept + missed) if kept + missed else Decimal(1)
    sure = figures.scheduled - figures.at_risk
    new_year, last = date(year, 1, 1), date(year, 12, 31)
    if on >= last:
        return Forecast(figures.done, figures.done, figures.done, max(0, figures.required_effective - figures.done))
    passed = calendar.working_days_between(new_year, on)
    left = calendar.working_days_between(max(on, new_year), last)
    room = Decimal(figures.done) * left / passed if passed else Decimal(sure)
    middle = figures.done + int((chance * sure + chance * figures.at_risk / 2).to_integral_value(ROUND_HALF_UP))
    low = figures.done + int(min(chance * sure, room).to_integral_value(ROUND_FLOOR))
    return Forecast(
        low=low,
        middle=middle,
        high=figures.done + figures.scheduled,
        short_by=max(0, figures.required_effective - middle),
    )
