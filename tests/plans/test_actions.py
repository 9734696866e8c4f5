"""What is done with a plan: the change, its log, its jobs; a refusal leaves nothing."""

from datetime import date
from decimal import Decimal

import pytest

from inspect_app.audit.models import AuditEntry
from inspect_app.db import db, transaction
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import InspectionForm, InspectionState
from inspect_app.moves import MoveNotAllowed
from inspect_app.notifications.models import Notice
from inspect_app.permissions import Actor, Role
from inspect_app.plans.actions import (
    Addition,
    add_lines,
    approve_plan,
    create_plan,
    drop_line,
    exclude_unit,
    include_again,
    lock_line,
    open_version,
    plan_directly,
    return_plan,
    set_targets,
    submit_plan,
)
from inspect_app.plans.models import Plan
from inspect_app.plans.queries import (
    coverage_of,
    current_plan,
    exclusions_of,
    latest_version,
    lines_of,
    measure_plan,
    targets_of,
)
from inspect_app.plans.queries_candidates import picks
from inspect_app.plans.queries_rows import Place, plan_units
from inspect_app.plans.rules import PlanState
from inspect_app.plans.versions import difference, frozen
from inspect_app.queue import Outbox, run_waiting
from inspect_app.refusals import NotPermitted, Refused
from inspect_app.units.models import Unit
from tests.makers import AT, actor_of, make_city, make_inspection, make_officer, make_task, make_unit

TODAY = date(2026, 9, 14)


@pytest.fixture
def city(database: None) -> Unit:
    return make_city()


@pytest.fixture
def communes(city: Unit) -> list[Unit]:
    return [make_unit(f"UBND phường {name}", under=city) for name in ("Ba", "Bốn", "Hai", "Một", "Năm")]


@pytest.fixture
def office(city: Unit) -> Actor:
    return actor_of(make_officer(Role.OFFICE, city, "Văn Phòng"))


@pytest.fixture
def authority(city: Unit) -> Actor:
    return actor_of(make_officer(Role.AUTHORITY, city, "Người Ký"))


@pytest.fixture
def plan(city: Unit, communes: list[Unit], office: Actor) -> Plan:
    with transaction():
        return create_plan(city, 2026, by=office, at=AT)


def add(plan: Plan, *units: Unit, by: Actor, **more: object) -> list[Inspection]:
    with transaction():
        return add_lines(plan, Addition(tuple(unit.id for unit in units)), by=by, at=AT, **more)  # type: ignore[arg-type]


def approve(plan: Plan, office: Actor, authority: Actor) -> None:
    with transaction():
        submit_plan(plan, by=office, at=AT)
    with transaction():
        approve_plan(plan, decision_number="113/QĐ-UBND", decision_on=TODAY, by=authority, at=AT)


def actions() -> list[str]:
    return [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.at, AuditEntry.id)]


def test_a_new_plan_has_a_draft_and_a_target_for_the_whole_and_each_group(
    plan: Plan, city: Unit, office: Actor
) -> None:
    assert latest_version(plan.id).state is PlanState.DRAFT
    assert {group: target.pct for group, target in targets_of(plan.id).items()} == {
        "": Decimal(30),
        "UBND xã, phường": Decimal(30),
    }
    assert plan.denominator_on == date(2026, 1, 1)
    assert current_plan(office, 2026) == plan and current_plan(office, 2025) is None
    assert actions() == ["plan created"]


def test_a_unit_has_one_plan_a_year_and_none_without_subordinates(
    plan: Plan, city: Unit, communes: list[Unit], office: Actor
) -> None:
    for unit in (city, communes[0]):
        with pytest.raises(Refused), transaction():
            create_plan(unit, 2026, by=office, at=AT)
    assert db.session.query(Plan).count() == 1


def test_a_picked_unit_stands_as_a_proposal_with_its_reasons_as_data(
    plan: Plan, communes: list[Unit], office: Actor
) -> None:
    make_task(communes[0], due_on=date(2026, 8, 1))
    line = add(plan, communes[0], by=office)[0]
    assert line.state is InspectionState.PROPOSED and line.plan_id == plan.id
    assert line.reasons == [
        {"code": "never_since_founded", "facts": {"month": "1/2020"}},
        {"code": "overdue_tasks", "facts": {"count": 1}},
    ]
    assert coverage_of(plan, TODAY).whole.scheduled == 0
    places = {row.unit.code: row.place for row in plan_units(measure_plan(plan, TODAY), TODAY)}
    assert places[communes[0].code] is Place.PROPOSED


def test_a_unit_is_put_into_a_plan_once(plan: Plan, communes: list[Unit], office: Actor) -> None:
    add(plan, communes[0], by=office)
    with pytest.raises(Refused):
        add(plan, communes[0], by=office)
    with pytest.raises(Refused):
        add(plan, make_unit("UBND xã Ngoài"), by=office)
    with pytest.raises(Refused):
        add(plan, by=office)
    assert db.session.query(Inspection).count() == 1


def test_the_proposal_prefers_who_was_never_checked_and_then_years_tasks_and_points(
    plan: Plan, city: Unit, communes: list[Unit], office: Actor
) -> None:
    with transaction():
        set_targets(plan, {"": Decimal(60), "UBND xã, phường": Decimal(60)}, date(2026, 1, 1), by=office, at=AT)
    ba, bon, hai, mot, nam = communes
    for unit, year in ((ba, 2025), (bon, 2023), (hai, 2025), (mot, 2025)):
        make_inspection(
            unit,
            city,
            "closed",
            year=year,
            minutes_signed_on=date(year, 5, 5),
            index_pct=Decimal(90),
            starts_on=date(year, 5, 4),
            ends_on=date(year, 5, 5),
        )
    for _ in range(3):
        make_task(hai, due_on=date(2026, 8, 1))
    measured = measure_plan(plan, TODAY)
    assert [pick.code for pick in picks(measured, plan_units(measured, TODAY))] == [nam.code, bon.code, hai.code]


def test_proposed_units_are_not_proposed_again(plan: Plan, communes: list[Unit], office: Actor) -> None:
    measured = measure_plan(plan, TODAY)
    assert len(picks(measured, plan_units(measured, TODAY))) == 2
    add(plan, communes[0], communes[1], by=office)
    measured = measure_plan(plan, TODAY)
    assert picks(measured, plan_units(measured, TODAY)) == ()


def test_a_locked_line_is_not_dropped(plan: Plan, communes: list[Unit], office: Actor) -> None:
    line = add(plan, communes[0], by=office)[0]
    with transaction():
        lock_line(plan, line, True, by=office, at=AT)
    with pytest.raises(Refused), transaction():
        drop_line(plan, line, by=office, at=AT)
    with transaction():
        lock_line(plan, line, False, by=office, at=AT)
    with transaction():
        drop_line(plan, line, by=office, at=AT)
    assert line.state is InspectionState.CANCELLED
    assert add(plan, communes[0], by=office)[0].state is InspectionState.PROPOSED
    assert actions().count("plan line dropped") == 1


def test_approval_plans_what_was_proposed_and_freezes_the_lines(
    plan: Plan, communes: list[Unit], office: Actor, authority: Actor
) -> None:
    line = add(plan, communes[0], by=office)[0]
    approve(plan, office, authority)
    version = latest_version(plan.id)
    assert version.state is PlanState.APPROVED and line.state is InspectionState.PLANNED
    assert version.decision_number == "113/QĐ-UBND" and version.approved_by_id == authority.id
    assert version.lines is not None and [each["unit"] for each in version.lines] == [communes[0].code]
    assert coverage_of(plan, TODAY).whole.scheduled == 1
    assert actions()[-2:] == ["inspection planned", "plan approved"]


def test_nobody_approves_what_they_submitted_themselves(plan: Plan, communes: list[Unit], office: Actor) -> None:
    line = add(plan, communes[0], by=office)[0]
    with transaction():
        submit_plan(plan, by=office, at=AT)
    with pytest.raises(NotPermitted), transaction():
        approve_plan(plan, decision_number="1/QĐ", decision_on=TODAY, by=office, at=AT)
    assert latest_version(plan.id).state is PlanState.SUBMITTED and line.state is InspectionState.PROPOSED


def test_an_approval_needs_a_number_a_day_and_units_that_still_exist(
    plan: Plan, communes: list[Unit], office: Actor, authority: Actor
) -> None:
    add(plan, communes[0], by=office)
    with transaction():
        submit_plan(plan, by=office, at=AT)
    for number, day in ((" ", TODAY), ("1/QĐ", date(2026, 9, 15))):
        with pytest.raises(Refused), transaction():
            approve_plan(plan, decision_number=number, decision_on=day, by=authority, at=AT)
    communes[0].valid_to = date(2026, 9, 1)
    db.session.commit()
    with pytest.raises(Refused) as refused, transaction():
        approve_plan(plan, decision_number="1/QĐ", decision_on=TODAY, by=authority, at=AT)
    assert "UBND phường Ba" in str(refused.value)
    assert latest_version(plan.id).lines is None


def test_a_decision_approves_one_version_only_and_not_before_there_was_one(
    plan: Plan, communes: list[Unit], office: Actor, authority: Actor
) -> None:
    add(plan, communes[0], by=office)
    approve(plan, office, authority)
    with transaction():
        open_version(plan, reason="Thêm một xã", by=office, at=AT)
    add(plan, communes[1], by=office)
    with transaction():
        submit_plan(plan, by=office, at=AT)
    for number, day, why in (
        ("113/QĐ-UBND", TODAY, "đã phê duyệt bản 1"),
        ("114/QĐ-UBND", date(2020, 1, 1), "trước ngày 14/09/2026"),
        ("114/QĐ-UBND", date(2026, 9, 15), "sau hôm nay"),
    ):
        with pytest.raises(Refused, match=why), transaction():
            approve_plan(plan, decision_number=number, decision_on=day, by=authority, at=AT)
        db.session.rollback()
    with transaction():
        approve_plan(plan, decision_number="114/QĐ-UBND", decision_on=TODAY, by=authority, at=AT)
    assert latest_version(plan.id).decision_number == "114/QĐ-UBND"


def test_a_first_version_may_have_been_approved_before_it_was_entered_but_not_years_ago(
    plan: Plan, communes: list[Unit], office: Actor, authority: Actor
) -> None:
    add(plan, communes[0], by=office)
    with transaction():
        submit_plan(plan, by=office, at=AT)
    with pytest.raises(Refused, match="01/01/2025"), transaction():
        approve_plan(plan, decision_number="1/QĐ", decision_on=date(2020, 1, 1), by=authority, at=AT)
    db.session.rollback()
    with transaction():
        approve_plan(plan, decision_number="1/QĐ", decision_on=date(2026, 1, 5), by=authority, at=AT)
    assert latest_version(plan.id).decision_on == date(2026, 1, 5)


def test_a_submitted_plan_does_not_change_and_an_empty_one_is_not_submitted(
    plan: Plan, communes: list[Unit], office: Actor
) -> None:
    with pytest.raises(Refused), transaction():
        submit_plan(plan, by=office, at=AT)
    add(plan, communes[0], by=office)
    with transaction():
        submit_plan(plan, by=office, at=AT)
    with pytest.raises(Refused):
        add(plan, communes[1], by=office)
    with pytest.raises(MoveNotAllowed), transaction():
        submit_plan(plan, by=office, at=AT)


def test_a_later_change_is_a_new_version_with_its_reason(
    plan: Plan, communes: list[Unit], office: Actor, authority: Actor
) -> None:
    add(plan, communes[0], by=office)
    approve(plan, office, authority)
    with pytest.raises(Refused):
        add(plan, communes[1], by=office)
    add(plan, communes[1], by=office, reason="Ban Chỉ đạo yêu cầu")
    version = latest_version(plan.id)
    assert (version.number, version.state, version.reason) == (2, PlanState.DRAFT, "Ban Chỉ đạo yêu cầu")
    with pytest.raises(Refused), transaction():
        open_version(plan, reason="Nữa", by=office, at=AT)


def test_the_difference_of_versions_names_what_came_went_and_moved(
    plan: Plan, communes: list[Unit], office: Actor
) -> None:
    add(plan, communes[0], communes[1], by=office)
    one, two = lines_of(plan.id)
    before = [frozen(one) | {"quarter": 3}, frozen(two)]
    add(plan, communes[2], by=office)
    three = next(line for line in lines_of(plan.id) if line.unit_id == communes[2].id)
    found = difference(before, [frozen(one) | {"quarter": 4, "starts_on": "2026-10-01"}, frozen(three)])
    assert [line["unit"] for line in found.added] == [communes[2].code]
    assert [line["unit"] for line in found.removed] == [communes[1].code]
    assert [change.fields for change in found.changed] == [{"quarter": (3, 4)}]
    assert not difference(before, before)


def test_an_excluded_unit_leaves_the_denominator_until_it_is_taken_back(
    plan: Plan, communes: list[Unit], office: Actor
) -> None:
    with pytest.raises(Refused), transaction():
        exclude_unit(plan, communes[0], reason="Mới thanh tra", decision="", by=office, at=AT)
    with transaction():
        exclusion = exclude_unit(plan, communes[0], reason="Mới thanh tra", decision="15/QĐ", by=office, at=AT)
    assert coverage_of(plan, TODAY).whole.denominator == 4
    with pytest.raises(Refused), transaction():
        exclude_unit(plan, communes[0], reason="Hai lần", decision="16/QĐ", by=office, at=AT)
    with transaction():
        include_again(plan, exclusion, by=office, at=AT)
    assert coverage_of(plan, TODAY).whole.denominator == 5 and exclusions_of(plan.id) == []


def test_an_unannounced_check_counts_only_for_those_who_may_know_of_it(
    plan: Plan, city: Unit, communes: list[Unit], authority: Actor
) -> None:
    with transaction():
        check = plan_directly(plan, communes[0], InspectionForm.UNANNOUNCED, grounds="Báo chí", by=authority, at=AT)
    committee = actor_of(make_officer(Role.COMMITTEE, city))
    assert check.state is InspectionState.PLANNED
    assert coverage_of(plan, TODAY, authority).whole.scheduled == 1
    assert coverage_of(plan, TODAY).whole.scheduled == 1
    assert coverage_of(plan, TODAY, committee).whole.scheduled == 0
    rows = plan_units(measure_plan(plan, TODAY, committee), TODAY, committee)
    assert {row.place for row in rows} == {Place.OPEN}
    assert not [
        entry
        for entry in db.session.query(AuditEntry)
        if entry.thing_type.startswith("plan") and communes[0].code in str(entry.details)
    ]


def test_a_periodic_check_does_not_enter_directly_and_a_ground_is_needed(
    plan: Plan, communes: list[Unit], authority: Actor
) -> None:
    for form, grounds in ((InspectionForm.PERIODIC, "Báo chí"), (InspectionForm.THEMATIC, " ")):
        with pytest.raises(Refused), transaction():
            plan_directly(plan, communes[0], form, grounds=grounds, by=authority, at=AT)
    assert db.session.query(Inspection).count() == 0


def test_the_right_people_hear_of_each_step(plan: Plan, communes: list[Unit], office: Actor, authority: Actor) -> None:
    add(plan, communes[0], by=office)
    with transaction():
        submit_plan(plan, by=office, at=AT)
    run_waiting("default")
    with transaction():
        return_plan(plan, reason="Thiếu sở", by=authority, at=AT)
    run_waiting("default")
    approve(plan, office, authority)
    run_waiting("default")
    assert db.session.query(Outbox).filter(Outbox.queue == "default", Outbox.done_at.is_(None)).count() == 0
    told = [(notice.person_id, notice.message) for notice in db.session.query(Notice)]
    assert sum(person == authority.id and "chờ phê duyệt" in words for person, words in told) == 2, told
    assert sum(person == office.id and "bị trả lại" in words for person, words in told) == 1
    assert sum(person == office.id and "đã được phê duyệt" in words for person, words in told) == 1


def test_a_target_outside_a_share_or_a_day_outside_the_year_changes_nothing(plan: Plan, office: Actor) -> None:
    for pct, day in ((Decimal(101), date(2026, 1, 1)), (Decimal(30), date(2025, 12, 31))):
        with pytest.raises(Refused), transaction():
            set_targets(plan, {"": pct}, day, by=office, at=AT)
    assert targets_of(plan.id)[""].pct == 30 and plan.denominator_on == date(2026, 1, 1)
