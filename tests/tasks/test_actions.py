"""A task's way from the conclusion to its closing, and what must not happen on it."""

from datetime import date, timedelta

import pytest

from inspect_app.audit.queries import timeline
from inspect_app.db import db, transaction
from inspect_app.findings.rules import Severity
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.moves import MoveNotAllowed
from inspect_app.permissions import Role
from inspect_app.queue import Outbox
from inspect_app.refusals import NotVisible, Refused
from inspect_app.tasks.actions import (
    acknowledge_task,
    cancel_task,
    drop_task,
    reassign_task,
    reopen_task,
    report_progress,
    resume_task,
    return_task,
    submit_task,
    suspend_task,
    verify_task,
)
from inspect_app.tasks.actions_dates import approve_extension, refuse_extension, request_extension, withdraw_extension
from inspect_app.tasks.jobs import acknowledge_tasks_that_are_due
from inspect_app.tasks.queries import extensions_of, find_visible, overdue_on, pauses_of
from inspect_app.tasks.rules import ExtensionState
from inspect_app.tasks.rules import State as TaskState
from tests.makers import (
    AT,
    actor_of,
    make_city,
    make_finding,
    make_head,
    make_inspection,
    make_officer,
    make_person,
    make_post,
    make_task,
    make_unit,
)

pytestmark = pytest.mark.usefixtures("database")
DUE = date(2026, 9, 30)


def an_inspection_in_follow_up(severity: Severity = Severity.LIGHT):
    city = make_city()
    inspection = make_inspection(make_unit(under=city), city, "follow_up")
    finding = make_finding(inspection, "remediating", severity=severity)
    return inspection, finding


def test_the_whole_way_closes_the_task_then_the_finding_then_the_inspection() -> None:
    inspection, finding = an_inspection_in_follow_up()
    head, verifier = make_head(inspection.unit), make_person()
    task = make_task(inspection.unit, finding_id=finding.id, inspection_id=inspection.id)
    with transaction():
        acknowledge_task(task, by=head, at=AT)
        report_progress(task, 40, "Đã niêm yết 40 thủ tục", by=head, at=AT)
        submit_task(task, "Đã niêm yết đủ", by=head, at=AT)
        return_task(task, "Thiếu ảnh trang 2", by=verifier, at=AT)
        submit_task(task, "Đã bổ sung ảnh", by=head, at=AT)
        verify_task(task, by=verifier, at=AT)
    assert (task.state, task.returned_count, task.percent) == (TaskState.CLOSED, 1, 100)
    assert finding.state is FindingState.CLOSED
    assert inspection.state is InspectionState.CLOSED
    actions = [entry.action for entry in reversed(timeline([("task", task.id)]))]
    assert actions == [
        "task acknowledged",
        "task progress reported",
        "task submitted",
        "task returned",
        "task submitted",
        "task verified",
        "task closed",
    ]


def test_a_finding_waits_for_the_last_of_its_tasks() -> None:
    inspection, finding = an_inspection_in_follow_up()
    first = make_task(inspection.unit, "submitted", finding_id=finding.id, inspection_id=inspection.id)
    second = make_task(inspection.unit, "in_progress", finding_id=finding.id, inspection_id=inspection.id)
    with transaction():
        verify_task(first, by=make_person(), at=AT)
    assert (finding.state, inspection.state) == (FindingState.REMEDIATING, InspectionState.FOLLOW_UP)
    with transaction():
        cancel_task(second, "Trùng việc", "12/QĐ-UBND", by=make_person(), at=AT)
    assert (finding.state, inspection.state) == (FindingState.CLOSED, InspectionState.CLOSED)


def test_a_serious_finding_keeps_the_inspection_open_until_its_effect_is_checked() -> None:
    inspection, finding = an_inspection_in_follow_up(Severity.SERIOUS)
    task = make_task(inspection.unit, "submitted", finding_id=finding.id, inspection_id=inspection.id)
    with transaction():
        verify_task(task, by=make_person(), at=AT)
    assert (finding.state, inspection.state) == (FindingState.RESOLVED, InspectionState.FOLLOW_UP)


def test_whoever_reported_may_not_verify_and_the_refusal_leaves_nothing() -> None:
    unit = make_unit()
    head = make_head(unit)
    task = make_task(unit, "in_progress")
    with transaction():
        submit_task(task, "Xong", by=head, at=AT)
    before = (db.session.query(Outbox).count(), len(timeline([("task", task.id)])))
    with pytest.raises(Refused) as refused, transaction():
        verify_task(task, by=head, at=AT)
    assert refused.value.status == 403
    assert before == (db.session.query(Outbox).count(), len(timeline([("task", task.id)])))
    assert task.state is TaskState.SUBMITTED


def test_a_return_needs_a_reason_and_leaves_the_due_date() -> None:
    task = make_task(make_unit(), "submitted", due_on=DUE)
    with pytest.raises(Refused), transaction():
        return_task(task, "", by=make_person(), at=AT)
    with transaction():
        return_task(task, "Chưa đủ minh chứng", by=make_person(), at=AT)
    assert (task.state, task.due_on) == (TaskState.RETURNED, DUE)


def test_a_stale_page_is_refused_with_what_changed() -> None:
    task = make_task(make_unit(), "assigned")
    seen = task.version
    with transaction():
        acknowledge_task(task, by=make_person(), at=AT, seen=seen)
    with pytest.raises(Refused) as refused, transaction():
        report_progress(task, 10, "Bắt đầu", by=make_person(), at=AT, seen=seen)
    assert refused.value.status == 409


def test_an_extension_keeps_the_original_date_and_is_decided_by_somebody_else() -> None:
    head, office = make_person(), make_person()
    task = make_task(make_unit(), "in_progress", due_on=DUE)
    with transaction():
        extension = request_extension(task, date(2026, 10, 9), "Chờ dữ liệu địa chính", by=head, at=AT)
    with pytest.raises(Refused), transaction():
        approve_extension(extension, task, date(2026, 10, 9), by=head, at=AT)
    with transaction():
        approve_extension(extension, task, date(2026, 10, 8), by=office, at=AT)
    assert (task.original_due_on, task.due_on, task.extended_count) == (DUE, date(2026, 10, 8), 1)
    assert (extension.state, extension.due_before) == (ExtensionState.APPROVED, DUE)


def test_one_wish_at_a_time_and_none_after_the_due_date() -> None:
    task = make_task(make_unit(), "in_progress", due_on=DUE)
    with transaction():
        extension = request_extension(task, date(2026, 10, 9), "Lý do", by=make_person(), at=AT)
    with pytest.raises(Refused), transaction():
        request_extension(task, date(2026, 10, 12), "Lý do khác", by=make_person(), at=AT)
    with transaction():
        withdraw_extension(extension, task, by=make_person(), at=AT)
        refused = request_extension(task, date(2026, 10, 12), "Lý do khác", by=make_person(), at=AT)
        refuse_extension(refused, task, "Đã đủ thời gian", by=make_person(), at=AT)
    assert [item.state for item in extensions_of(task.id)] == [ExtensionState.WITHDRAWN, ExtensionState.REFUSED]
    late = make_task(make_unit(), "in_progress", due_on=date(2026, 9, 11))
    with pytest.raises(Refused), transaction():
        request_extension(late, date(2026, 10, 9), "Muộn", by=make_person(), at=AT)


def test_a_suspended_task_goes_back_to_where_it_was_and_its_days_do_not_count() -> None:
    task = make_task(make_unit(), "in_progress")
    with transaction():
        suspend_task(task, "Chờ hướng dẫn của Bộ", "15/QĐ-UBND", by=make_person(), at=AT, on=date(2026, 9, 14))
        assert task.state is TaskState.SUSPENDED
        resume_task(task, by=make_person(), at=AT, on=date(2026, 9, 21))
    assert task.state is TaskState.IN_PROGRESS
    pause = pauses_of([task.id])[task.id][0]
    assert (pause.after, pause.through) == (date(2026, 9, 14), date(2026, 9, 21))


def test_the_committee_may_find_that_a_task_will_not_be_done_and_take_it_up_again() -> None:
    task = make_task(make_unit(), "in_progress")
    with transaction():
        drop_task(task, "Nhiệm vụ không còn phù hợp", "20/TB-BCĐ", by=make_person(), at=AT)
        assert task.state is TaskState.NOT_IMPLEMENTED
        reopen_task(task, "Có hướng dẫn mới", date(2026, 10, 30), by=make_person(), at=AT)
    assert (task.state, task.due_on, task.original_due_on) == (TaskState.IN_PROGRESS, date(2026, 10, 30), DUE)


def test_a_closed_task_cannot_be_reopened_after_a_year() -> None:
    task = make_task(make_unit(), "closed", closed_at=AT - timedelta(days=400))
    with pytest.raises(Refused), transaction():
        reopen_task(task, "Tái diễn", date(2026, 10, 30), by=make_person(), at=AT)


def test_a_task_without_owner_is_given_to_another_head() -> None:
    task, heir = make_task(make_unit()), make_unit("UBND phường Mới")
    with transaction():
        reassign_task(task, make_post(heir), "Quận đã giải thể", by=make_person(), at=AT)
    assert task.unit_id == heir.id
    assert [entry.unit_id for entry in timeline([("task", task.id)])][0] == heir.id


def test_what_nobody_acknowledged_in_three_working_days_is_acknowledged_and_says_so() -> None:
    silent = make_task(make_unit(), assigned_on=date(2026, 9, 8))
    fresh = make_task(make_unit(), assigned_on=date(2026, 9, 10))
    acknowledge_tasks_that_are_due(date(2026, 9, 14))
    acknowledge_tasks_that_are_due(date(2026, 9, 14))
    assert (silent.state, silent.acknowledged_auto) == (TaskState.ACKNOWLEDGED, True)
    assert fresh.state is TaskState.ASSIGNED
    assert len(timeline([("task", silent.id)])) == 1


def test_overdue_on_a_past_day_comes_from_what_was_then() -> None:
    task = make_task(make_unit(), "assigned", due_on=date(2026, 9, 1))
    head = make_person()
    with transaction():
        acknowledge_task(task, by=head, at=AT - timedelta(days=10))
        report_progress(task, 50, "Một nửa", by=head, at=AT - timedelta(days=9))
        submit_task(task, "Xong", by=head, at=AT - timedelta(days=2))
    assert [row[0] for row in overdue_on(date(2026, 9, 10))] == [task.id]
    assert overdue_on(date(2026, 9, 13)) == []


def test_a_draft_is_seen_by_nobody_and_a_task_not_by_another_unit() -> None:
    city = make_city()
    unit, other = make_unit(under=city), make_unit(under=city)
    office, stranger = make_officer(Role.OFFICE, city), make_head(other)
    task, draft = make_task(unit), make_task(unit, "draft")
    assert find_visible(actor_of(office), task.id, DUE).id == task.id
    for actor, thing in ((stranger, task), (office, draft)):
        with pytest.raises(NotVisible):
            find_visible(actor_of(actor), thing.id, DUE)


def test_a_task_in_the_wrong_state_is_not_moved() -> None:
    task = make_task(make_unit(), "assigned")
    with pytest.raises(MoveNotAllowed), transaction():
        submit_task(task, "Xong", by=make_person(), at=AT)
