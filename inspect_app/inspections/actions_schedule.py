"""Dates, team and notice: everything between the plan and the first day of the visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from inspect_app.accounts.models import Person
from inspect_app.audit.actions import Doer, record, touch
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day
from inspect_app.db import db
from inspect_app.inspections import jobs
from inspect_app.inspections.actions_moves import move_inspection, require_in_force
from inspect_app.inspections.actions_papers import Numbered, issue_paper
from inspect_app.inspections.models import Inspection, Member
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries import members_of, visible
from inspect_app.inspections.queries_schedule import (
    affiliations_of,
    bookings_of,
    checks_of,
    granted,
    locked_people,
    own_units,
)
from inspect_app.inspections.rules import (
    BOOKS_PEOPLE,
    MOVES,
    RECORD_OPEN,
    Caution,
    InspectionForm,
    MemberRole,
    Seat,
    State,
    part_in_forms,
    require_schedule,
    require_team,
)
from inspect_app.moves import next_state
from inspect_app.permissions import Actor, Role
from inspect_app.preferences import preference
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused, Together
from inspect_app.rubrics.models import RubricVersion
from inspect_app.rubrics.reading import parse
from inspect_app.rubrics.states import RubricState
from inspect_app.units.models import Unit
from inspect_app.units.rules import kinds_of

TEAM_MAY_CHANGE = BOOKS_PEOPLE | RECORD_OPEN
DATES_MAY_CHANGE = frozenset({State.SCHEDULED, State.NOTIFIED})
Team = tuple[tuple[UUID, MemberRole], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When, who, and by which rubric: `team` names each person once with their part."""

    starts_on: date
    ends_on: date
    rubric_version_id: UUID
    team: Team
    team_name: str = ""


class NeedsConfirmation(Refused):
    """Nothing forbids it, but the office should have seen these `cautions` first."""

    def __init__(self, cautions: tuple[Caution, ...]) -> None:
        super().__init__(N_("Có điểm cần lưu ý trước khi xếp lịch. Xem rồi xác nhận."), status=422)
        self.cautions = cautions


def schedule_inspection(
    inspection: Inspection,
    schedule: Schedule,
    *,
    by: Doer,
    at: datetime,
    seen: int | None = None,
    confirmed: bool = False,
    reason: str | None = None,
) -> None:
    """Gives dates, team and rubric to a planned inspection, or new ones to a scheduled or notified one (with a reason).

    Raises Refused with everything that stands in the way, NeedsConfirmation with cautions nobody has confirmed.
    """
    again = inspection.state in DATES_MAY_CHANGE
    if not again:
        next_state(MOVES, inspection.state, "schedule")
    version, cautions = _require_all(inspection, schedule, by, on=local_day(at), reason=reason if again else "–")
    if cautions and not confirmed:
        raise NeedsConfirmation(cautions)
    details: dict[str, Any] = {
        "starts_on": schedule.starts_on,
        "ends_on": schedule.ends_on,
        "rubric": version.content_hash,
    }
    if again:
        touch(inspection, seen)
        record("inspection rescheduled", inspection, by=by, at=at, reason=reason, **details)
    else:
        move_inspection(inspection, "schedule", by=by, at=at, seen=seen, **details)
    inspection.starts_on, inspection.ends_on = schedule.starts_on, schedule.ends_on
    inspection.rubric_version_id = version.id
    inspection.team_name = schedule.team_name
    _seat(inspection.id, schedule.team, at=at, reason=reason or "")
    later(jobs.tell_of, inspection.id, "rescheduled" if again else "scheduled")


def _require_all(
    inspection: Inspection, schedule: Schedule, by: Doer, *, on: date, reason: str | None
) -> tuple[RubricVersion, tuple[Caution, ...]]:
    """The rubric and the cautions of a schedule that may be; else Refused with all that stands in its way at once."""
    unit, together = db.session.get_one(Unit, inspection.unit_id), Together()
    with together("reason"):
        if not (reason or "").strip():
            raise Refused(N_("Cần nêu lý do đổi lịch."), status=422)
    with together("starts_on"):
        require_in_force(unit, schedule.starts_on)
    with together("rubric"):
        version = _require_rubric(schedule.rubric_version_id, unit)
    with together():
        cautions = _require_free(inspection, schedule, by, on=on)
    together.settle()
    return version, cautions


def change_team(
    inspection: Inspection,
    team: Team,
    *,
    by: Doer,
    at: datetime,
    reason: str,
    team_name: str | None = None,
    seen: int | None = None,
) -> None:
    """Puts people on the team or takes them off: their access ends at once, what they sent stays."""
    if inspection.state not in TEAM_MAY_CHANGE:
        raise Refused(N_("Đoàn kiểm tra chỉ thay đổi được từ khi xếp lịch đến trước khi ký biên bản."))
    if not reason.strip():
        raise Refused(N_("Cần nêu lý do thay đổi đoàn."), status=422)
    before = {member.person_id for member in members_of(inspection.id)}
    came, left = {person for person, _ in team} - before, before - {person for person, _ in team}
    if came:
        _require_newcomers(inspection, team, came, by, on=local_day(at))
    else:
        require_team(_seats(team, locked_people(before)))
    touch(inspection, seen)
    if team_name is not None:
        inspection.team_name = team_name
    _seat(inspection.id, team, at=at, reason=reason)
    record("inspection team changed", inspection, by=by, at=at, reason=reason, came=came, left=left)
    later(jobs.tell_of, inspection.id, "team_changed")


def notify_unit(
    inspection: Inspection,
    *,
    decision: Numbered,
    notice: Numbered | None,
    by: Doer,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Numbers the decision on the team and the notice, and tells the unit. An unannounced check has no notice."""
    unannounced = inspection.form is InspectionForm.UNANNOUNCED
    if notice is None and not unannounced:
        raise Refused(N_("Cần số và ngày của công văn thông báo."), status=422)
    move_inspection(
        inspection, "notify", by=by, at=at, seen=seen, document=str(decision), notice=notice and str(notice)
    )
    issue_paper(inspection, PaperKind.DECISION, decision, at=at)
    if notice is not None and not unannounced:
        issue_paper(inspection, PaperKind.NOTICE, notice, at=at)
        later(jobs.tell_of, inspection.id, "notified")


def postpone_inspection(
    inspection: Inspection, *, reason: str, by: Doer, at: datetime, seen: int | None = None
) -> None:
    """Puts a planned check aside with a reason; its days are free again."""
    _require_reason(reason)
    move_inspection(inspection, "postpone", by=by, at=at, seen=seen, reason=reason)
    later(jobs.tell_of, inspection.id, "postponed")


def resume_inspection(
    inspection: Inspection, *, by: Doer, at: datetime, reason: str | None = None, seen: int | None = None
) -> None:
    """Puts a postponed check back among the planned ones; dates and team are set anew."""
    move_inspection(inspection, "resume", by=by, at=at, seen=seen, reason=reason)


def cancel_inspection(inspection: Inspection, *, reason: str, by: Doer, at: datetime, seen: int | None = None) -> None:
    """Ends a check before its minutes, with a reason. Nothing is deleted."""
    _require_reason(reason)
    move_inspection(inspection, "cancel", by=by, at=at, seen=seen, reason=reason)
    later(jobs.tell_of, inspection.id, "cancelled")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(N_("Cần nêu lý do."), status=422)


def _require_rubric(version_id: UUID, unit: Unit) -> RubricVersion:
    version = db.session.get(RubricVersion, version_id)
    if version is None or version.state is not RubricState.PUBLISHED:
        raise Refused(N_("Chọn một bộ tiêu chí đã công bố."), status=422)
    if unit.kind not in kinds_of(parse(version.content).applies_to):
        raise Refused(N_("Bộ tiêu chí “%(name)s” không dùng cho loại đơn vị này."), status=422, name=version.name)
    return version


def _require_free(inspection: Inspection, schedule: Schedule, by: Doer, *, on: date) -> tuple[Caution, ...]:
    """Everything that must hold of dates and team together; gives what the office should see all the same."""
    people = locked_people(person for person, _ in schedule.team)
    seats = _seats(schedule.team, people)
    may_see, together = _seen_by(by), Together()
    with together():
        cautions = require_schedule(
            seats,
            schedule.starts_on,
            schedule.ends_on,
            working_calendar(),
            unit_codes=own_units(inspection.unit_id),
            bookings=bookings_of(people, schedule.starts_on, schedule.ends_on, besides=inspection.id, may_see=may_see),
            affiliations=affiliations_of(people),
            others=checks_of(inspection.unit_id, besides=inspection.id, may_see=may_see),
            months=preference("conflict_months"),
            window_days=preference("repeat_window_days"),
        )
    with together():
        _require_grants(schedule.team, people, inspection.unit_id, on)
    together.settle()
    return cautions


def _require_newcomers(inspection: Inspection, team: Team, came: set[UUID], by: Doer, *, on: date) -> None:
    """The same for people who join a team whose dates stand: roles, bookings and own units."""
    people = locked_people(person for person, _ in team)
    seats = _seats(team, people)
    _require_grants([seat for seat in team if seat[0] in came], people, inspection.unit_id, on)
    first, last = inspection.starts_on or on, inspection.ends_on or on
    require_schedule(
        seats,
        first,
        last,
        working_calendar(),
        unit_codes=own_units(inspection.unit_id),
        bookings=bookings_of(came, first, last, besides=inspection.id, may_see=_seen_by(by)),
        affiliations=affiliations_of(came),
        months=preference("conflict_months"),
    )


def _seen_by(by: Doer) -> ColumnElement[bool] | None:
    return visible(by) if isinstance(by, Actor) else None


def _seats(team: Team, people: dict[UUID, Person]) -> list[Seat]:
    missing = [person for person, _ in team if person not in people]
    if missing:
        raise Refused(N_("Có người được chọn không còn tài khoản hoạt động. Chọn người khác."), status=422)
    return [Seat(str(person), people[person].name, role) for person, role in team]


def _require_grants(
    team: Iterable[tuple[UUID, MemberRole]], people: dict[UUID, Person], unit_id: UUID, on: date
) -> None:
    together = Together()
    for roles, seats in (
        ({Role.LEAD}, [(person, role) for person, role in team if role is MemberRole.LEAD]),
        ({Role.LEAD, Role.MEMBER}, [(person, role) for person, role in team if role is not MemberRole.LEAD]),
    ):
        held = granted([person for person, _ in seats], roles, unit_id, on)
        for person, role in seats:
            with together(part_in_forms(role)):
                if person not in held:
                    raise Refused(
                        N_("%(name)s chưa được giao vai trò phù hợp trong đoàn kiểm tra đơn vị này."),
                        status=422,
                        name=people[person].name,
                    )
    together.settle()


def _seat(inspection_id: UUID, team: Team, *, at: datetime, reason: str) -> None:
    """Ends the seats that are no longer wanted and adds the new ones; a new part in the team is a new seat."""
    wanted = dict(team)
    kept = set()
    for member in members_of(inspection_id):
        if wanted.get(member.person_id) is member.role:
            kept.add(member.person_id)
        else:
            member.left_at, member.left_reason = at, reason or None
    db.session.flush()
    for person_id, role in team:
        if person_id not in kept:
            db.session.add(Member(inspection_id=inspection_id, person_id=person_id, role=role, joined_at=at))
    db.session.flush()
