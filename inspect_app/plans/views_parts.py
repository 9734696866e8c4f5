"""What the pages of a plan say, put together from what was counted."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.addresses import here
from inspect_app.audit.queries import timeline
from inspect_app.calendars.queries import working_calendar
from inspect_app.display import label, plural
from inspect_app.inspections.rules import InspectionForm, InspectionState
from inspect_app.inspections.words import STATE_TONES as INSPECTION_TONES
from inspect_app.permissions import Permission, Role, may
from inspect_app.plans.coverage import Basis, Forecast
from inspect_app.plans.forms import QUARTERS, ApprovalForm, ReturnForm, RowFilter
from inspect_app.plans.models import Plan, PlanVersion
from inspect_app.plans.queries import forecast_of, latest_version, measure_plan, names_of, versions_of
from inspect_app.plans.queries_rows import (
    DEFAULT_SORT,
    CoverageRow,
    LineDetails,
    Place,
    PlanUnit,
    Wanted,
    coverage_rows,
    details_of,
    in_order,
    narrowed,
    plan_units,
    shelf,
)
from inspect_app.plans.rules import EDITABLE, PlanState
from inspect_app.plans.words import PLACE_TONES, reason_words

PAGE = 25
NOT_BEGUN = frozenset(
    {InspectionState.PLANNED, InspectionState.SCHEDULED, InspectionState.NOTIFIED, InspectionState.POSTPONED}
)
"""Where an unannounced check is still known to few."""
KEPT = ("q", "group", "place", "quarter", "team", "sort", "basis")
"""What the export takes over from the address of the page."""


def counted_on(plan: Plan) -> date:
    """The day of the figures: today, or the last day of a year that is over."""
    return min(clock.today(), date(plan.year, 12, 31))


def chosen_basis() -> Basis:
    return Basis.AS_IS if request.args.get("basis") == Basis.AS_IS else Basis.AS_WAS


def plan_page(plan: Plan) -> dict[str, Any]:
    """Everything on the page of a plan."""
    on, basis = counted_on(plan), chosen_basis()
    measured = measure_plan(plan, on, current_user, basis=basis)
    rows = plan_units(measured, on, current_user)
    form = RowFilter(request.args, measured, rows)
    wanted, sort = form.wanted(), request.args.get("sort", DEFAULT_SORT)
    page = shelf(in_order(narrowed(rows, wanted), sort), **places(), most=PAGE)
    version, expected = latest_version(plan.id), forecast_of(measured, on, current_user)
    return {
        "plan": plan,
        "version": version,
        "offers": offers(plan, version),
        "measured": measured,
        "expected": expected,
        "on": on,
        "basis": basis,
        "table": coverage_rows(measured, rows),
        "form": form,
        "chips": chips(form, wanted),
        "sort": sort,
        "shelf": page,
        "lines": [shown_line(row, details, on) for row, details in with_details(page.rows)],
        "in_plan": sum(row.place is not Place.OPEN for row in rows),
        "proposed": sum(row.place is Place.PROPOSED for row in rows),
        "previous_url": here(before=page.before) if page.before else None,
        "next_url": here(after=page.after) if page.after else None,
        "newcomers": [measured.units[code].name for code in measured.coverage.without_predecessor],
        "unannounced": sum(
            each.facts.form is InspectionForm.UNANNOUNCED and each.facts.year == plan.year and each.state in NOT_BEGUN
            for each in measured.held
        ),
        "knows_unannounced": bool(current_user.roles() & {Role.OFFICE, Role.AUTHORITY}),
        "share": expected_share(expected, measured.coverage.whole.denominator),
        "rows_url": rows_url,
        "export_query": {name: value for name, value in request.args.items() if name in KEPT},
        "scale": scale_of(measured.coverage),
        **story(plan),
    }


def story(plan: Plan) -> dict[str, Any]:
    """The versions of a plan and what happened to it."""
    versions = versions_of(plan.id)
    things = [("plan", plan.id), *(("plan_version", version.id) for version in versions)]
    people = names_of(person for version in versions for person in (version.submitted_by_id, version.approved_by_id))
    return {"versions": versions, "people": people, "entries": timeline(things, limit=10)}


def places() -> dict[str, UUID | None]:
    return {"after": request.args.get("after", type=UUID), "before": request.args.get("before", type=UUID)}


@dataclass(frozen=True, slots=True)
class Offers:
    """What this person may do with the plan now; buttons and forms follow it."""

    edit: bool
    add: bool
    submit: bool
    decide: bool
    reopen: bool
    direct: bool
    approval: ApprovalForm | None
    refusal: ReturnForm | None


def offers(plan: Plan, version: PlanVersion) -> Offers:
    """Buttons follow the same tables as the operations: who may, and whether the version's state allows it."""
    office, authority = may(current_user, Permission.PLAN_EDIT, plan), may(current_user, Permission.PLAN_APPROVE, plan)
    open_now = version.state in EDITABLE
    decides = authority and version.state is PlanState.SUBMITTED and version.submitted_by_id != current_user.id
    return Offers(
        edit=office and open_now,
        add=office and version.state is not PlanState.SUBMITTED,
        submit=office and open_now,
        decide=decides,
        reopen=office and version.state is PlanState.APPROVED,
        direct=authority,
        approval=_in_dialog(ApprovalForm(None, seen=version.version, day=clock.today()), "approval")
        if decides
        else None,
        refusal=_in_dialog(ReturnForm(None, seen=version.version), "return") if decides else None,
    )


def _in_dialog(form: Any, name: str) -> Any:
    """Two dialogs stand on one page: their hidden fields get ids of their own."""
    form.csrf_token.id, form.seen.id = f"token-{name}", f"seen-{name}"
    return form


def chips(form: RowFilter, wanted: Wanted) -> list[tuple[str, str]]:
    """Each condition in words, with the address of the list without it."""
    picked = {
        "group": (form.group, wanted.group),
        "place": (form.place, wanted.place),
        "quarter": (form.quarter, str(wanted.quarter or "")),
        "team": (form.team, wanted.team),
    }
    found = [(_("Có chữ “%(text)s”", text=wanted.text), here(q=None))] if wanted.text else []
    for name, (field, value) in picked.items():
        words = next((choice.label for choice in field.choices if choice.value == value), "") if value else ""
        if words:
            found.append((words.removeprefix("– "), here(**{name: None})))
    return found


def with_details(rows: tuple[PlanUnit, ...]) -> list[tuple[PlanUnit, LineDetails | None]]:
    details = details_of(rows)
    return [(row, details.get(row.inspection.id) if row.inspection else None) for row in rows]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One row of the list in words."""

    row: PlanUnit
    reasons: tuple[str, ...]
    locked: bool
    when: str
    note: str
    late: bool
    state: str
    tone: str
    can_schedule: bool


def shown_line(row: PlanUnit, details: LineDetails | None, on: date) -> ShownLine:
    note, late = _note_on_day(row, on)
    return ShownLine(
        row=row,
        reasons=reasons_of(details),
        locked=bool(details and details.locked),
        when=when_of(row),
        note=note,
        late=late,
        state=state_of(row),
        tone=tone_of(row),
        can_schedule=bool(row.inspection and row.inspection.state is InspectionState.PLANNED),
    )


def reasons_of(details: LineDetails | None) -> tuple[str, ...]:
    """Why a unit stands in the plan: the stored reasons, then the office's own words."""
    if details is None:
        return ()
    stored = tuple(reason_words(reason) for reason in details.reasons)
    return stored + ((details.grounds,) if details.grounds else ())


def when_of(row: PlanUnit) -> str:
    """The expected day, else the quarter, else a dash."""
    if row.expected_on:
        return row.expected_on.strftime("%d/%m/%Y")
    return _("Quý %(number)s", number=QUARTERS[str(row.quarter)]) if row.quarter else "–"


def state_of(row: PlanUnit) -> str:
    if row.place in (Place.AT_RISK, Place.OPEN, Place.DONE) or row.inspection is None:
        return label(row.place)
    return label(row.inspection.state)


def tone_of(row: PlanUnit) -> str:
    if row.place is Place.SCHEDULED and row.inspection is not None:
        return INSPECTION_TONES[row.inspection.state]
    return PLACE_TONES[row.place]


def _note_on_day(row: PlanUnit, on: date) -> tuple[str, bool]:
    """What is to be said under the day, and whether it is a warning."""
    if row.inspection is None or row.place is Place.DONE:
        return "", False
    facts = row.inspection.facts
    last_day = facts.ends_on or facts.starts_on
    if facts.postponed_count >= 2:
        return plural("Hoãn %(n)s lần", facts.postponed_count), True
    if last_day and last_day < on and row.place is Place.AT_RISK:
        late = working_calendar().working_days_between(last_day, on)
        return plural("Quá ngày dự kiến %(n)s ngày làm việc", late) if late else _("Đã quá ngày dự kiến"), True
    if facts.starts_on == on:
        return _("Hôm nay"), False
    return ("", False) if facts.starts_on else (_("Chưa chọn ngày"), False)


def scale_of(coverage: Any) -> int:
    """Where the axis of the bars ends, in percent: 40 for the usual target, more where a target is higher."""
    most = max((int(each.target_pct or 0) for each in (coverage.whole, *coverage.groups)), default=30)
    return 40 if most <= 30 else min(100, -(-(most + 10) // 20) * 20)


def expected_share(expected: Forecast, total: int) -> Decimal | None:
    """The middle of the forecast as a share of all units, in percent."""
    return Decimal(expected.middle) * 100 / total if total else None


def rows_url(plan: Plan, row: CoverageRow, place: str) -> str:
    """The address of exactly the units that a number of the coverage table counts."""
    basis = request.args.get("basis")
    return url_for("plans.show", plan_id=plan.id, group=row.group or None, place=place, basis=basis, _anchor="h-don-vi")
