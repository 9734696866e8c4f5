"""Scheduling, telling, moving: what changes, what the log says, and that a refusal leaves nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inspect_app.accounts.models import Employment
from inspect_app.audit.actions import Stale
from inspect_app.audit.models import AuditEntry
from inspect_app.audit.queries import timeline
from inspect_app.db import db, transaction
from inspect_app.inspections.actions import (
    NeedsConfirmation,
    Numbered,
    NumberTaken,
    Schedule,
    cancel_inspection,
    change_team,
    move_inspection,
    notify_unit,
    plan_inspection,
    postpone_inspection,
    propose_inspection,
    resume_inspection,
    schedule_inspection,
)
from inspect_app.inspections.models import Inspection, Member, Paper
from inspect_app.inspections.queries import find_visible, members_of, passed
from inspect_app.inspections.rules import InspectionForm, MemberRole, State
from inspect_app.moves import MoveNotAllowed
from inspect_app.notifications.models import Notice
from inspect_app.queue import Outbox, run_waiting
from inspect_app.refusals import NotVisible, Refused
from inspect_app.units.rules import UnitKind
from tests.inspections.visits import AT, MONDAY, TUESDAY, World, make_visit, make_world
from tests.makers import actor_of, make_inspection, make_officer, make_unit, put_on_team


@pytest.fixture
def world(database: None) -> World:
    return make_world()


def schedule_of(world: World, **changed: Any) -> Schedule:
    values: dict[str, Any] = {
        "starts_on": MONDAY,
        "ends_on": TUESDAY,
        "rubric_version_id": world.rubric.id,
        "team": ((world.lead.id, MemberRole.LEAD), (world.member.id, MemberRole.MEMBER)),
        "team_name": "Đoàn số 1",
    }
    return Schedule(**values | changed)


def plan(world: World, **fields: Any) -> Inspection:
    return make_inspection(world.unit, world.city, "planned", starts_on=None, ends_on=None, **fields)


def schedule(world: World, inspection: Inspection, **changed: Any) -> None:
    schedule_inspection(inspection, schedule_of(world, **changed), by=actor_of(world.office), at=AT)


def test_a_proposal_gets_the_next_number_of_its_inspecting_unit_and_year(world: World) -> None:
    first = propose_inspection(
        inspector_id=world.city.id, unit=world.unit, year=2026, reasons=["never"], by=world.office, at=AT
    )
    second = propose_inspection(
        inspector_id=world.city.id, unit=world.unit, year=2026, reasons=[], by=world.office, at=AT
    )
    other_year = propose_inspection(
        inspector_id=world.city.id, unit=world.unit, year=2027, reasons=[], by=world.office, at=AT
    )
    assert (first.number, second.number, other_year.number) == (1, 2, 1)
    assert first.state is State.PROPOSED
    assert [row.state for row in passed(first.id)] == [State.PROPOSED]
    assert [entry.action for entry in timeline([("inspection", first.id)])] == ["inspection proposed"]


def test_an_unannounced_check_enters_as_planned_and_only_with_a_ground(world: World) -> None:
    def enter(grounds: str) -> Inspection:
        return plan_inspection(
            inspector_id=world.city.id,
            unit=world.unit,
            year=2026,
            form=InspectionForm.UNANNOUNCED,
            grounds=grounds,
            by=world.office,
            at=AT,
        )

    with pytest.raises(Refused, match="lý do"):
        enter("  ")
    inspection = enter("Phản ánh của người dân")
    assert inspection.state is State.PLANNED and inspection.planned_at == AT
    with pytest.raises(Refused):
        propose_inspection(
            inspector_id=world.city.id,
            unit=world.unit,
            year=2026,
            reasons=[],
            form=InspectionForm.UNANNOUNCED,
            by=world.office,
            at=AT,
        )


def test_a_unit_that_ended_yesterday_is_not_planned_any_more(world: World) -> None:
    ended = make_unit("UBND xã Cũ", under=world.city, valid_to=date(2026, 9, 13))
    with pytest.raises(Refused, match="không còn hoạt động"):
        propose_inspection(inspector_id=world.city.id, unit=ended, year=2026, reasons=[], by=world.office, at=AT)


def test_every_move_writes_its_date_its_step_and_its_log_entry(world: World) -> None:
    inspection = plan(world)
    with transaction():
        move_inspection(inspection, "schedule", by=world.office, at=AT, seen=1, reason="vì thế")
    assert inspection.state is State.SCHEDULED
    assert inspection.scheduled_at == AT
    assert inspection.version == 2
    assert [(row.state, row.reason) for row in passed(inspection.id)] == [(State.SCHEDULED, "vì thế")]
    assert timeline([("inspection", inspection.id)])[0].action == "inspection scheduled"


def test_a_refused_move_leaves_no_row_no_entry_and_no_job(world: World) -> None:
    inspection = plan(world)
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    with pytest.raises(MoveNotAllowed), transaction():
        move_inspection(inspection, "finish", by=world.lead, at=AT)
    assert inspection.version == 1 and inspection.state is State.PLANNED
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == entries
    assert passed(inspection.id) == []


def test_a_stale_page_is_refused_with_what_changed(world: World) -> None:
    inspection = plan(world)
    schedule(world, inspection)
    with pytest.raises(Stale):
        postpone_inspection(inspection, reason="Bão", by=actor_of(world.office), at=AT, seen=1)


def test_scheduling_pins_dates_team_and_rubric_and_tells_the_team(world: World) -> None:
    inspection = plan(world)
    with transaction():
        schedule(world, inspection)
    assert (inspection.state, inspection.starts_on, inspection.ends_on) == (State.SCHEDULED, MONDAY, TUESDAY)
    assert inspection.rubric_version_id == world.rubric.id
    assert [(member.person.name, member.role) for member in members_of(inspection.id)] == [
        ("Trần Trưởng Đoàn", MemberRole.LEAD),
        ("Bùi Thành Viên", MemberRole.MEMBER),
    ]
    run_waiting("default")
    told = set(db.session.scalars(select(Notice.person_id)))
    assert told == {world.lead.id, world.member.id}, "the unit hears of it with the notice, not before"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts_on": date(2026, 9, 20)}, "20/09/2026"),
        ({"starts_on": TUESDAY, "ends_on": MONDAY}, "sớm hơn"),
        ({"starts_on": date(2026, 11, 24), "ends_on": date(2026, 11, 24)}, "24/11/2026"),
        ({"team": ()}, "chưa có trưởng đoàn"),
    ],
)
def test_wrong_days_and_teams_are_refused_with_the_reason(world: World, changed: dict[str, Any], words: str) -> None:
    inspection = plan(world)
    with pytest.raises(Refused) as refused:
        schedule(world, inspection, **changed)
    assert words in str(refused.value)


def test_a_working_saturday_is_a_day_like_any_other(world: World) -> None:
    inspection = plan(world)
    schedule(world, inspection, starts_on=date(2026, 8, 22), ends_on=date(2026, 8, 22))
    assert inspection.starts_on == date(2026, 8, 22)


def test_double_booking_is_refused_with_the_name_the_unit_and_the_days(world: World) -> None:
    other = make_unit("UBND xã Bên Cạnh", under=world.city)
    busy = make_inspection(other, world.city, "notified", starts_on=TUESDAY, ends_on=TUESDAY)
    put_on_team(busy, world.member, "member")
    with pytest.raises(Refused) as refused:
        schedule(world, plan(world))
    assert "Bùi Thành Viên" in str(refused.value)
    assert "UBND xã Bên Cạnh" in str(refused.value)
    assert "22/09/2026" in str(refused.value)


def test_a_postponed_check_books_nobody(world: World) -> None:
    other = make_unit("UBND xã Bên Cạnh", under=world.city)
    busy = make_inspection(other, world.city, "postponed", starts_on=MONDAY, ends_on=TUESDAY)
    put_on_team(busy, world.member, "member")
    schedule(world, plan(world))


@pytest.mark.parametrize(("left_on", "refused"), [(None, True), (date(2025, 1, 31), True), (date(2024, 9, 21), False)])
def test_nobody_inspects_a_unit_that_they_work_for_or_left_within_two_years(
    world: World, left_on: date | None, refused: bool
) -> None:
    below = make_unit("Phòng Văn hóa", under=world.unit, kind=UnitKind.PHONG)
    db.session.add(Employment(person_id=world.member.id, unit_id=below.id, starts_on=date(2020, 1, 1), ends_on=left_on))
    inspection = plan(world)
    if refused:
        with pytest.raises(Refused, match="Bùi Thành Viên"):
            schedule(world, inspection)
    else:
        schedule(world, inspection)


def test_only_people_with_the_role_for_this_unit_sit_on_its_team(world: World) -> None:
    elsewhere = make_officer(world_role(world.lead), make_unit("UBND xã Xa"), "Ngô Xa Xôi")
    with pytest.raises(Refused, match="Ngô Xa Xôi"):
        schedule(world, plan(world), team=((elsewhere.id, MemberRole.LEAD),))


def world_role(person: Any) -> Any:
    from inspect_app.accounts.models import RoleGrant

    return db.session.scalar(select(RoleGrant.role).where(RoleGrant.person_id == person.id))


def test_a_rubric_for_another_kind_of_unit_is_refused(world: World) -> None:
    office = make_unit("Phòng Nội vụ", under=world.city, kind=UnitKind.PHONG)
    inspection = make_inspection(office, world.city, "planned")
    with pytest.raises(Refused, match="không dùng cho loại đơn vị này"):
        schedule(world, inspection)


def test_a_second_check_within_the_window_and_a_team_of_one_are_shown_before_they_are_done(world: World) -> None:
    make_inspection(world.unit, world.city, "closed", starts_on=date(2026, 8, 3), ends_on=date(2026, 8, 4))
    alone = schedule_of(world, team=((world.lead.id, MemberRole.LEAD),))
    inspection = plan(world)
    with pytest.raises(NeedsConfirmation) as cautious:
        schedule_inspection(inspection, alone, by=actor_of(world.office), at=AT)
    assert len(cautious.value.cautions) == 2
    schedule_inspection(inspection, alone, by=actor_of(world.office), at=AT, confirmed=True)
    assert inspection.state is State.SCHEDULED


def test_new_dates_for_a_scheduled_check_need_a_reason_and_are_told_to_a_unit_that_knows(world: World) -> None:
    inspection = plan(world)
    schedule(world, inspection)
    later = schedule_of(world, starts_on=MONDAY + timedelta(7), ends_on=TUESDAY + timedelta(7))
    with pytest.raises(Refused, match="lý do đổi lịch"):
        schedule_inspection(inspection, later, by=actor_of(world.office), at=AT)
    notify(world, inspection)
    schedule_inspection(inspection, later, by=actor_of(world.office), at=AT, reason="Trùng kỳ họp HĐND")
    assert inspection.state is State.NOTIFIED
    assert timeline([("inspection", inspection.id)])[0].action == "inspection rescheduled"
    db.session.commit()
    run_waiting("default")
    assert world.head.id in set(db.session.scalars(select(Notice.person_id).where(Notice.message.contains("đổi lịch"))))


def test_whoever_is_taken_off_the_team_has_no_access_from_then_on(world: World) -> None:
    inspection = make_visit(world)
    assert inspection.id in actor_of(world.member).teams
    change_team(inspection, ((world.lead.id, MemberRole.LEAD),), by=actor_of(world.office), at=AT, reason="Đi công tác")
    assert inspection.id not in actor_of(world.member).teams
    with pytest.raises(NotVisible):
        find_visible(actor_of(world.member), inspection.id)
    gone = db.session.scalar(select(Member).where(Member.person_id == world.member.id))
    assert gone.left_at == AT and gone.left_reason == "Đi công tác"


def test_a_new_member_is_checked_like_the_first_team(world: World) -> None:
    inspection = make_visit(world)
    clerk = make_officer(world_role(world.member), world.city, "Cán Bộ Phường", unit_id=world.unit.id)
    with pytest.raises(Refused, match="đang công tác tại đơn vị được kiểm tra"):
        change_team(
            inspection,
            ((world.lead.id, MemberRole.LEAD), (clerk.id, MemberRole.MEMBER)),
            by=actor_of(world.office),
            at=AT,
            reason="Bổ sung",
        )


def notify(world: World, inspection: Inspection, number: str = "1412/QĐ-UBND") -> None:
    notify_unit(
        inspection,
        decision=Numbered(number, date(2026, 9, 10)),
        notice=Numbered("2218/SNV-CCHC", date(2026, 9, 11)),
        by=actor_of(world.office),
        at=AT,
    )


def test_the_unit_sees_its_check_from_the_notice_on_and_head_and_focal_point_are_told(world: World) -> None:
    inspection = make_visit(world, "scheduled", notified_at=None, started_at=None)
    for person in (world.head, world.focal):
        with pytest.raises(NotVisible):
            find_visible(actor_of(person), inspection.id)
    with transaction():
        notify(world, inspection)
    for person in (world.head, world.focal):
        assert find_visible(actor_of(person), inspection.id).id == inspection.id
    run_waiting("default")
    told = set(db.session.scalars(select(Notice.person_id)))
    assert {world.head.id, world.focal.id} <= told
    papers = db.session.scalars(select(Paper).order_by(Paper.kind)).all()
    assert [(paper.kind, paper.number, paper.year) for paper in papers] == [
        ("decision", "1412/QĐ-UBND", 2026),
        ("notice", "2218/SNV-CCHC", 2026),
    ]


def test_a_number_used_before_names_the_check_that_has_it(world: World) -> None:
    first = make_visit(world, "scheduled")
    notify(world, first)
    second = make_visit(world, "scheduled")
    with pytest.raises(NumberTaken) as taken, transaction():
        notify(world, second)
    assert first.code in str(taken.value)
    assert db.session.get(Inspection, second.id).state is State.SCHEDULED


def test_a_paper_of_tomorrow_is_refused(world: World) -> None:
    inspection = make_visit(world, "scheduled")
    with pytest.raises(Refused, match="15/09/2026"):
        notify_unit(
            inspection,
            decision=Numbered("1/QĐ", date(2026, 9, 15)),
            notice=Numbered("2/CV", date(2026, 9, 11)),
            by=actor_of(world.office),
            at=AT,
        )


def test_an_unannounced_check_stays_unseen_until_it_begins(world: World) -> None:
    inspection = make_visit(world, "scheduled", form=InspectionForm.UNANNOUNCED, notified_at=None, started_at=None)
    auditor = make_officer("auditor", world.city, "Kiểm Toán")
    with transaction():
        notify_unit(
            inspection,
            decision=Numbered("77/QĐ-UBND", date(2026, 9, 10)),
            notice=None,
            by=actor_of(world.authority),
            at=AT,
        )
    run_waiting("default")
    assert db.session.scalars(select(Notice)).all() == []
    for person in (world.head, world.focal, auditor):
        with pytest.raises(NotVisible):
            find_visible(actor_of(person), inspection.id)
    for person in (world.office, world.authority, world.lead, world.member):
        assert find_visible(actor_of(person), inspection.id)


def test_postponing_keeps_where_it_was_and_resuming_plans_it_anew(world: World) -> None:
    inspection = make_visit(world, "notified")
    with pytest.raises(Refused, match="lý do"):
        postpone_inspection(inspection, reason=" ", by=actor_of(world.office), at=AT)
    postpone_inspection(inspection, reason="Bão số 5", by=actor_of(world.office), at=AT)
    assert (inspection.state, inspection.held_from, inspection.postponed_count) == (State.POSTPONED, "notified", 1)
    resume_inspection(inspection, by=actor_of(world.office), at=AT)
    assert (inspection.state, inspection.held_from) == (State.PLANNED, None)


def test_a_cancelled_check_is_kept_with_its_reason(world: World) -> None:
    inspection = make_visit(world, "notified")
    cancel_inspection(inspection, reason="Đơn vị sáp nhập", by=actor_of(world.authority), at=AT)
    assert inspection.state is State.CANCELLED and inspection.cancelled_at == AT
    assert timeline([("inspection", inspection.id)])[0].reason == "Đơn vị sáp nhập"
    waiting = db.session.scalars(select(Outbox.job).order_by(Outbox.id)).all()
    assert waiting == ["inspect_app.inspections.jobs.tell_of"]


def test_a_check_outside_the_scope_does_not_exist(world: World) -> None:
    stranger = make_officer("office", make_unit("Tỉnh khác", kind=UnitKind.TINH), "Người Lạ")
    with pytest.raises(NotVisible):
        find_visible(actor_of(stranger), make_visit(world).id)
