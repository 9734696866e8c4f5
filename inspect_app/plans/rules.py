"""A year's plan: its way to approval, its targets and what they require. See docs/rules.md, "Coverage of a plan".

How far a plan has come is measured in coverage.py; which units to add is proposed in proposal.py. All three are pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from inspect_app.inspections.rules import COUNTS_AS_SCHEDULED, InspectionForm, InspectionState
from inspect_app.moves import Move, Named
from inspect_app.refusals import N_, Refused
from inspect_app.units.rules import UnitKind, in_force


class PlanState(Named):
    """Where a version of a plan stands. A later change is a new version."""

    DRAFT = "draft", N_("Dự thảo")
    SUBMITTED = "submitted", N_("Chờ phê duyệt")
    APPROVED = "approved", N_("Đã phê duyệt")
    RETURNED = "returned", N_("Bị trả lại")


State = PlanState

EDITABLE = frozenset({State.DRAFT, State.RETURNED})
"""Lines and targets may change."""

MOVES: Mapping[str, Move] = {
    "submit": Move(EDITABLE, State.SUBMITTED, N_("Trình phê duyệt")),
    "approve": Move(frozenset({State.SUBMITTED}), State.APPROVED, N_("Phê duyệt kế hoạch")),
    "return": Move(frozenset({State.SUBMITTED}), State.RETURNED, N_("Trả lại kế hoạch")),
}

USUAL_TARGET = Decimal(30)
"""The share of units to inspect in a year, in percent, where a plan says nothing else."""


class CountsFrom(Named):
    """The moment from which an inspection counts for coverage."""

    MINUTES = "minutes", N_("Khi ký biên bản")
    CONCLUSION = "conclusion", N_("Khi ban hành kết luận")


@dataclass(frozen=True, slots=True)
class Target:
    """A share of the units of some groups or kinds, in percent. `name` is what the screen calls it."""

    name: str
    pct: Decimal
    groups: frozenset[str] = frozenset()
    kinds: frozenset[UnitKind] = frozenset()

    def takes(self, unit: "UnitFacts") -> bool:
        """True when the unit is of one of the target's groups or kinds."""
        return unit.group in self.groups or unit.kind in self.kinds


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What the count of units needs to know of each. Codes may be codes or ids, as long as all facts agree."""

    code: str
    kind: UnitKind
    group: str
    parent_code: str | None = None
    coordinated_by: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class InspectionFacts:
    """What the count of coverage needs to know of an inspection, in its state on the day of the count.

    `year` is the plan year in which it stands. A state reached after that day does no harm: signing and conclusion
    count by their own days.
    """

    unit_code: str
    inspector_code: str
    year: int
    state: InspectionState
    form: InspectionForm = InspectionForm.PERIODIC
    starts_on: date | None = None
    ends_on: date | None = None
    signed_on: date | None = None
    concluded_on: date | None = None
    postponed_count: int = 0


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan: whose, which year, its targets and its settings.

    `overall_pct` is the target on all targeted units together, None when there is none. Without `targets` every
    assigned unit is targeted. `excluded` holds the units left out by a decision with a reason.
    """

    unit_code: str
    year: int
    overall_pct: Decimal | None = USUAL_TARGET
    targets: tuple[Target, ...] = ()
    excluded: frozenset[str] = frozenset()
    denominator_on: date | None = None
    counts_from: CountsFrom = CountsFrom.MINUTES
    counted_forms: frozenset[InspectionForm] = frozenset(InspectionForm) - {InspectionForm.DESK}

    @property
    def counted_on(self) -> date:
        """The day on which a unit must be in force to be counted: 1 January unless the plan names another."""
        return self.denominator_on or date(self.year, 1, 1)


def required(denominator: int, pct: Decimal) -> int:
    """How many units a target needs: the share of the denominator, rounded up to a whole unit."""
    return int((denominator * pct / 100).to_integral_value(ROUND_CEILING))


def require_pct(pct: Decimal) -> None:
    """A target is a share from 0 to 100 percent. Raises Refused."""
    if not (pct.is_finite() and 0 <= pct <= 100):
        raise Refused(N_("Chỉ tiêu phải từ 0 đến 100%%. Giá trị đã nhập: %(pct)s."), status=422, pct=pct)


def group_targets(groups: Iterable[str], pct: Decimal = USUAL_TARGET) -> tuple[Target, ...]:
    """One target for each named group, all at the same share."""
    return tuple(Target(name, pct, frozenset({name})) for name in groups)


def assigned_units(plan: PlanFacts, units: Iterable[UnitFacts], on: date) -> dict[str, UnitFacts]:
    """The units of the plan's owner on a day, by code: direct subordinates and central agencies that it coordinates."""
    return {
        unit.code: unit
        for unit in units
        if plan.unit_code in (unit.parent_code, unit.coordinated_by)
        and unit.code not in plan.excluded
        and in_force(unit, on)
    }


def counting_day(inspection: InspectionFacts, counts_from: CountsFrom) -> date | None:
    """The day from which an inspection counts, None while it does not."""
    return inspection.signed_on if counts_from is CountsFrom.MINUTES else inspection.concluded_on


def is_coverage(plan: PlanFacts, inspection: InspectionFacts, on: date) -> bool:
    """The inspection covers its unit on `on`: counted in the plan's year, on or before that day, and not cancelled."""
    day = counting_day(inspection, plan.counts_from)
    return (
        inspection.state is not InspectionState.CANCELLED
        and inspection.form in plan.counted_forms
        and day is not None
        and day.year == plan.year
        and day <= on
    )


def is_promise(plan: PlanFacts, inspection: InspectionFacts, on: date) -> bool:
    """The inspection stands in the plan of the year and will count once it is signed (or concluded)."""
    if inspection.year != plan.year or inspection.form not in plan.counted_forms:
        return False
    if inspection.state in COUNTS_AS_SCHEDULED:
        return True
    signed = inspection.signed_on
    if signed is None or inspection.state is InspectionState.CANCELLED:
        return False
    # Signed on a later day, it was still on its way; signed but not concluded, it is where only that counts.
    counted = counting_day(inspection, plan.counts_from)
    return signed > on or (plan.counts_from is CountsFrom.CONCLUSION and (counted is None or counted > on))


def is_at_risk(inspection: InspectionFacts, on: date) -> bool:
    """A promise in doubt: its date has passed, or it was postponed twice."""
    last_day = inspection.ends_on or inspection.starts_on
    return inspection.postponed_count >= 2 or (last_day is not None and last_day < on)
