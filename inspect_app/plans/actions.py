"""What can be done with a plan: drawing it up, its lines, its way to approval, its later versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from inspect_app.audit.actions import Doer, plain, record, touch
from inspect_app.calendars.rules import local_day, written
from inspect_app.db import db, new_id
from inspect_app.inspections.actions import move_inspection, plan_inspection, propose_inspection
from inspect_app.inspections.actions_moves import require_in_force
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import InspectionForm, InspectionState
from inspect_app.moves import next_state
from inspect_app.plans import jobs
from inspect_app.plans.coverage import Basis
from inspect_app.plans.models import Plan, PlanExclusion, PlanTarget, PlanVersion
from inspect_app.plans.proposal import Reason
from inspect_app.plans.queries import (
    decision_numbered,
    default_targets,
    latest_version,
    lines_of,
    plan_of_unit,
    targets_of,
)
from inspect_app.plans.queries_candidates import chances
from inspect_app.plans.queries_coverage import measure_plan
from inspect_app.plans.queries_rows import plan_units
from inspect_app.plans.rules import EDITABLE, MOVES, USUAL_TARGET, PlanState, require_pct
from inspect_app.plans.versions import frozen
from inspect_app.queue import later
from inspect_app.refusals import N_, NotPermitted, Refused
from inspect_app.units.models import Unit


def create_plan(
    unit: Unit, year: int, *, by: Doer, at: datetime, pct: Decimal = USUAL_TARGET, denominator_on: date | None = None
) -> Plan:
    """A unit's plan for a year with its first draft: the same share of the whole and of each group of subordinates.

    Units are counted as they are on `denominator_on`, 1 January by itself. Raises Refused where a plan exists.
    """
    require_pct(pct)
    if plan_of_unit(unit.id, year) is not None:
        raise Refused(N_("%(unit)s đã có kế hoạch năm %(year)s."), unit=unit.name, year=year)
    groups = default_targets(unit.id, year)
    if not groups:
        raise Refused(N_("%(unit)s không có đơn vị trực thuộc nào trong năm %(year)s."), unit=unit.name, year=year)
    counted_on = denominator_on or date(year, 1, 1)
    _require_in_year(counted_on, year)
    plan = Plan(id=new_id(), unit=unit, year=year, denominator_on=counted_on, created_at=at)
    db.session.add(plan)
    db.session.flush()
    db.session.add_all(PlanTarget(plan_id=plan.id, group=group, pct=pct) for group in ("", *groups))
    db.session.add(PlanVersion(id=new_id(), plan=plan, number=1, state=PlanState.DRAFT, version=1, created_at=at))
    db.session.flush()
    record("plan created", plan, by=by, at=at, year=year, pct=pct, denominator_on=counted_on)
    return plan


def set_targets(
    plan: Plan,
    targets: Mapping[str, Decimal | None],
    denominator_on: date,
    *,
    by: Doer,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Sets the share of the whole (under "") and of each group; a group without a share stands outside the target."""
    for pct in targets.values():
        if pct is not None:
            require_pct(pct)
    _require_in_year(denominator_on, plan.year)
    _open_for_change(plan, seen)
    stored = targets_of(plan.id)
    before = {group: target.pct for group, target in stored.items()}
    for group, pct in targets.items():
        _set_target(plan, stored.get(group), group, pct)
    plan.denominator_on = denominator_on
    db.session.flush()
    now = {group: pct for group, pct in targets.items() if pct is not None}
    record("plan targets changed", plan, by=by, at=at, before=before, now=now, denominator_on=denominator_on)


@dataclass(frozen=True, slots=True)
class Addition:
    """Units to put into a plan, with what the office says about them."""

    unit_ids: tuple[UUID, ...]
    grounds: str = ""
    quarter: int | None = None


def add_lines(
    plan: Plan, addition: Addition, *, by: Doer, at: datetime, seen: int | None = None, reason: str = ""
) -> list[Inspection]:
    """Proposes a check of each of these units, with the reasons that its facts give.

    An approved plan gets a new version first, which needs a `reason`. Raises Refused for a unit that the plan does not
    count or that already stands in it, and while the plan waits for approval.
    """
    if not addition.unit_ids:
        raise Refused(N_("Chọn ít nhất một đơn vị."), status=422)
    version = working_version(plan, by=by, at=at, seen=seen, reason=reason)
    free = _free_units(plan, local_day(at))
    units = {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(addition.unit_ids)))}
    lines = []
    for unit_id in dict.fromkeys(addition.unit_ids):
        if unit_id not in free or unit_id not in units:
            name = units[unit_id].name if unit_id in units else "–"
            raise Refused(N_("%(unit)s đã có trong kế hoạch hoặc không thuộc diện kiểm tra của kế hoạch."), unit=name)
        lines.append(_propose(plan, units[unit_id], free[unit_id], addition, by=by, at=at))
    record("plan lines added", version, by=by, at=at, units=[units[line.unit_id].code for line in lines])
    return lines


def drop_line(plan: Plan, line: Inspection, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """Takes a proposed unit out again. Raises Refused for a locked line, and for one that is approved."""
    version = _open_for_change(plan, seen)
    if line.state is not InspectionState.PROPOSED:
        raise Refused(
            N_("Dòng này đã được phê duyệt: người có thẩm quyền hủy cuộc kiểm tra thì dòng mới ra khỏi kế hoạch.")
        )
    if line.locked:
        raise Refused(N_("Dòng này đang khóa. Mở khóa trước khi bỏ."))
    move_inspection(line, "cancel", by=by, at=at)
    _note("plan line dropped", version, line, by, at)


def lock_line(plan: Plan, line: Inspection, locked: bool, *, by: Doer, at: datetime) -> None:
    """Locks a line, so that nothing takes it out by mistake, or unlocks it."""
    version = _open_for_change(plan, None)
    if line.locked is not locked:
        touch(line)
        line.locked = locked
        action = "plan line locked" if locked else "plan line unlocked"
        _note(action, version, line, by, at)


def exclude_unit(
    plan: Plan, unit: Unit, *, reason: str, decision: str, by: Doer, at: datetime, seen: int | None = None
) -> PlanExclusion:
    """Leaves a unit out of the denominator, by a decision with a reason."""
    if not reason.strip() or not decision.strip():
        raise Refused(N_("Cần nêu lý do và số, ngày của quyết định."), status=422)
    _open_for_change(plan, seen)
    measured = measure_plan(plan, local_day(at))
    if unit.code not in {row.unit.code for row in plan_units(measured, local_day(at))}:
        raise Refused(N_("%(unit)s không nằm trong mẫu số của kế hoạch."), status=422, unit=unit.name)
    exclusion = PlanExclusion(
        id=new_id(), plan_id=plan.id, unit_id=unit.id, reason=reason.strip(), decision=decision.strip(), recorded_at=at
    )
    db.session.add(exclusion)
    db.session.flush()
    record("plan unit excluded", plan, by=by, at=at, reason=reason, document=decision, unit=unit.code)
    return exclusion


def include_again(plan: Plan, exclusion: PlanExclusion, *, by: Doer, at: datetime) -> None:
    """Takes an exclusion back: the unit counts again."""
    _open_for_change(plan, None)
    unit = db.session.get_one(Unit, exclusion.unit_id)
    record("plan exclusion lifted", plan, by=by, at=at, unit=unit.code, reason=exclusion.reason)
    db.session.delete(exclusion)


def plan_directly(
    plan: Plan, unit: Unit, form: InspectionForm, *, grounds: str, by: Doer, at: datetime, quarter: int | None = None
) -> Inspection:
    """An unannounced or thematic check, which enters the plan as planned, with its grounds.

    Raises Refused for another form, without grounds, or when the plan does not count the unit. Nothing is recorded of
    the plan itself: the log of the plan is read by people who must not learn of an unannounced check.
    """
    if form not in (InspectionForm.UNANNOUNCED, InspectionForm.THEMATIC):
        raise Refused(N_("Chỉ kiểm tra đột xuất và chuyên đề vào thẳng kế hoạch."), status=422)
    measured = measure_plan(plan, local_day(at), basis=Basis.AS_IS)
    if unit.code not in {row.unit.code for row in plan_units(measured, local_day(at))}:
        raise Refused(N_("%(unit)s không thuộc diện kiểm tra của kế hoạch."), status=422, unit=unit.name)
    return plan_inspection(
        inspector_id=plan.unit_id,
        unit=unit,
        year=plan.year,
        by=by,
        at=at,
        form=form,
        plan_id=plan.id,
        grounds=grounds,
        quarter=quarter,
    )


# ── The way to approval ──


def submit_plan(plan: Plan, *, by: Doer, at: datetime, seen: int | None = None) -> PlanVersion:
    """Asks for approval. Raises Refused for a plan without a unit."""
    version = _touched(plan, seen)
    reached = next_state(MOVES, version.state, "submit")
    if not lines_of(plan.id):
        raise Refused(N_("Kế hoạch chưa có đơn vị nào. Chọn đơn vị trước khi trình."))
    version.state = reached
    version.submitted_at, version.submitted_by_id = at, by.id
    version.returned_reason = ""
    record("plan submitted", version, by=by, at=at)
    later(jobs.tell_about_submission, version.id)
    return version


def approve_plan(
    plan: Plan, *, decision_number: str, decision_on: date, by: Doer, at: datetime, seen: int | None = None
) -> PlanVersion:
    """Approves the version by a numbered decision: its lines are frozen, what was proposed is planned.

    Raises NotPermitted for whoever submitted it, Refused when a unit has ended meanwhile, or when the number is missing
    or used or the day cannot be.
    """
    version = _touched(plan, seen)
    _require_somebody_else(version, by)
    reached = next_state(MOVES, version.state, "approve")
    decision_number = decision_number.strip()
    _require_decision(version, decision_number, decision_on, local_day(at))
    lines = lines_of(plan.id)
    for line in lines:
        if line.state is InspectionState.PROPOSED:
            require_in_force(line.unit, local_day(at))
            move_inspection(line, "approve_plan", by=by, at=at, document=decision_number)
    version.state, version.approved_at, version.approved_by_id = reached, at, by.id
    version.decision_number, version.decision_on = decision_number, decision_on
    version.lines = [frozen(line) for line in lines]
    record("plan approved", version, by=by, at=at, document=decision_number, lines=len(_open_lines(lines)))
    later(jobs.tell_about_approval, version.id)
    return version


def return_plan(plan: Plan, *, reason: str, by: Doer, at: datetime, seen: int | None = None) -> PlanVersion:
    """Gives the version back to the office with a reason."""
    version = _touched(plan, seen)
    _require_somebody_else(version, by)
    version.state = next_state(MOVES, version.state, "return")
    if not reason.strip():
        raise Refused(N_("Cần nêu lý do trả lại."), status=422)
    version.returned_reason = reason.strip()
    record("plan returned", version, by=by, at=at, reason=reason)
    later(jobs.tell_about_return, version.id)
    return version


def open_version(plan: Plan, *, reason: str, by: Doer, at: datetime, seen: int | None = None) -> PlanVersion:
    """A new version of an approved plan, in which it may change. Raises Refused without a reason."""
    before = _touched(plan, seen)
    if before.state is not PlanState.APPROVED:
        raise Refused(N_("Bản mới chỉ mở sau khi bản trước được phê duyệt."))
    if not reason.strip():
        raise Refused(N_("Cần nêu lý do điều chỉnh kế hoạch."), status=422)
    version = PlanVersion(
        id=new_id(),
        plan=plan,
        number=before.number + 1,
        state=PlanState.DRAFT,
        version=1,
        reason=reason.strip(),
        created_at=at,
    )
    db.session.add(version)
    db.session.flush()
    record("plan version opened", version, by=by, at=at, reason=reason, number=version.number)
    return version


def working_version(plan: Plan, *, by: Doer, at: datetime, seen: int | None = None, reason: str = "") -> PlanVersion:
    """The version that may change now; an approved plan gets a new one."""
    if latest_version(plan.id).state is PlanState.APPROVED:
        return open_version(plan, reason=reason, by=by, at=at, seen=seen)
    return _open_for_change(plan, seen)


# ── Parts ──


def _require_in_year(day: date, year: int) -> None:
    if day.year != year:
        raise Refused(N_("Ngày chốt mẫu số phải nằm trong năm %(year)s."), status=422, year=year)


def _set_target(plan: Plan, stored: PlanTarget | None, group: str, pct: Decimal | None) -> None:
    if pct is None:
        if stored is not None:
            db.session.delete(stored)
    elif stored is None:
        db.session.add(PlanTarget(plan_id=plan.id, group=group, pct=pct))
    else:
        stored.pct = pct


def _touched(plan: Plan, seen: int | None) -> PlanVersion:
    version = latest_version(plan.id)
    touch(version, seen)
    return version


def _open_for_change(plan: Plan, seen: int | None) -> PlanVersion:
    version = _touched(plan, seen)
    if version.state is PlanState.SUBMITTED:
        raise Refused(N_("Kế hoạch đang chờ phê duyệt nên chưa sửa được."))
    if version.state not in EDITABLE:
        raise Refused(N_("Bản này đã được phê duyệt. Mở bản điều chỉnh rồi mới sửa."))
    return version


def _free_units(plan: Plan, on: date) -> dict[UUID, tuple[Reason, ...]]:
    """The units that may still be added, with the reasons that speak for each."""
    measured = measure_plan(plan, on, basis=Basis.AS_IS)
    return {chance.unit.id: chance.reasons for chance in chances(measured, plan_units(measured, on))}


def _propose(
    plan: Plan, unit: Unit, reasons: Iterable[Reason], addition: Addition, *, by: Doer, at: datetime
) -> Inspection:
    return propose_inspection(
        inspector_id=plan.unit_id,
        unit=unit,
        year=plan.year,
        reasons=[{"code": reason.code.value, "facts": plain(dict(reason.facts))} for reason in reasons],
        by=by,
        at=at,
        plan_id=plan.id,
        grounds=addition.grounds,
        quarter=addition.quarter,
    )


def _require_somebody_else(version: PlanVersion, by: Doer) -> None:
    if version.submitted_by_id is not None and version.submitted_by_id == by.id:
        raise NotPermitted(N_("Người trình không tự phê duyệt hoặc trả lại kế hoạch của mình."))


def _require_decision(version: PlanVersion, number: str, day: date, today: date) -> None:
    """A number that no other decision of the unit has in that year, and a day on which the version could be approved.

    The first version may have been approved on paper before it was entered here, at the earliest in the year before.
    """
    first = local_day(version.created_at) if version.number > 1 else date(version.plan.year - 1, 1, 1)
    if not number:
        raise Refused(N_("Cần số và ngày của quyết định phê duyệt."), status=422, about="number")
    if day > today:
        raise Refused(N_("Ngày quyết định không thể sau hôm nay."), status=422, about="day")
    if day < first:
        raise Refused(
            N_("Ngày quyết định không thể trước ngày %(day)s, khi bản này bắt đầu."),
            status=422,
            about="day",
            day=written(first),
        )
    other = decision_numbered(version.unit_id, day.year, number)
    if other is not None:
        raise Refused(
            N_("Quyết định số %(number)s năm %(year)s đã phê duyệt bản %(n)s của kế hoạch năm %(plan_year)s."),
            about="number",
            number=number,
            year=day.year,
            n=other.number,
            plan_year=other.plan.year,
        )


def _note(action: str, version: PlanVersion, line: Inspection, by: Doer, at: datetime) -> None:
    unit = db.session.get_one(Unit, line.unit_id)
    record(action, version, by=by, at=at, unit=unit.code, inspection=line.id)


def _open_lines(lines: list[Inspection]) -> list[Any]:
    """The lines that everybody who reads the plan's log may know of."""
    return [line for line in lines if line.form is not InspectionForm.UNANNOUNCED]
