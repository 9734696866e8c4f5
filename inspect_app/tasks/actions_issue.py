"""Concluding an inspection: the notice is issued, and with it the tasks that it gives to the head of the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from inspect_app.audit.actions import Doer, record
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day
from inspect_app.db import db, new_id
from inspect_app.findings.actions import start_remediation
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import of_inspection
from inspect_app.findings.rules import UNDECIDED
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.actions import conclude_inspection
from inspect_app.inspections.models import Inspection
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused
from inspect_app.tasks import jobs
from inspect_app.tasks.models import Task, TaskStatePassed
from inspect_app.tasks.queries import drafts_of, next_task_number
from inspect_app.tasks.rules import State as TaskState
from inspect_app.tasks.rules import TaskOrigin
from inspect_app.tasks.settling import settle_inspection


@dataclass(frozen=True, slots=True)
class Assignment:
    """The six clarities of a task in the draft of a conclusion; the post (người) is the head of the unit."""

    finding_id: UUID
    what: str
    deliverable: str
    responsibility: str = ""
    authority: str = ""
    term_days: int = 15


def draft_task(
    inspection: Inspection, finding: Finding, post_id: UUID, wish: Assignment, *, by: Doer, at: datetime
) -> Task:
    """A task in the draft of the conclusion; it binds nobody yet."""
    task = Task(
        id=new_id(),
        year=inspection.year,
        number=next_task_number(inspection.year),
        unit_id=inspection.unit_id,
        post_id=post_id,
        origin=TaskOrigin.FINDING,
        finding_id=finding.id,
        inspection_id=inspection.id,
        state=TaskState.DRAFT,
        version=1,
        created_at=at,
    )
    _fill(task, wish)
    db.session.add(task)
    db.session.flush()
    record("task drafted", task, by=by, at=at)
    return task


def change_draft(task: Task, wish: Assignment, *, by: Doer, at: datetime) -> None:
    """Other words or another term, as long as nothing is issued."""
    if task.state is not TaskState.DRAFT:
        raise Refused(N_("Nhiệm vụ đã giao, không sửa nội dung được nữa."))
    _fill(task, wish)
    record("task drafted", task, by=by, at=at)


def discard_draft(task: Task, *, by: Doer, at: datetime) -> None:
    """Takes a task out of the draft of the conclusion. Nobody was ever bound by it, so only the log keeps it."""
    if task.state is not TaskState.DRAFT:
        raise Refused(N_("Nhiệm vụ đã giao, không bỏ được nữa."))
    record("task draft discarded", task, by=by, at=at, what=task.what)
    db.session.delete(task)


def issue_conclusion(
    inspection: Inspection,
    *,
    number: str,
    issued_on: date,
    by: Doer,
    at: datetime,
    seen: int | None = None,
) -> list[Task]:
    """Issues the notice of conclusion: points freeze, drafts become tasks, their findings go into remedy.

    Raises Refused while a finding is undecided, and for a confirmed finding without a task.
    """
    drafts = drafts_of(inspection.id)
    _require_decided(inspection, drafts)
    conclude_inspection(inspection, number=number, issued_on=issued_on, by=by, at=at, seen=seen)
    for task in drafts:
        _issue(task, by=by, at=at, document=number)
    for finding_id in {task.finding_id for task in drafts if task.finding_id}:
        start_remediation(db.session.get_one(Finding, finding_id), at=at)
    db.session.flush()
    settle_inspection(inspection, at=at)
    return drafts


def _issue(task: Task, *, by: Doer, at: datetime, document: str) -> None:
    on = local_day(at)
    # The calendar may ask the database: a task is never written assigned without its due date.
    due_on = working_calendar().add_working_days(on, task.term_days or 15)
    task.state, task.version = TaskState.ASSIGNED, task.version + 1
    task.assigned_at, task.assigned_on = at, on
    task.original_due_on = task.due_on = due_on
    db.session.add(TaskStatePassed(task_id=task.id, state=task.state, at=at, due_on=task.due_on))
    record("task assigned", task, by=by, at=at, document=document, due_on=task.due_on)
    later(jobs.tell_about_assignment, task.id)


def _require_decided(inspection: Inspection, drafts: Sequence[Task]) -> None:
    findings = of_inspection(inspection.id)
    undecided = [finding for finding in findings if finding.state in UNDECIDED]
    if undecided:
        codes = ", ".join(finding.criterion_code for finding in undecided)
        raise Refused(N_("Còn tồn tại chưa có quyết định xử lý: %(codes)s."), codes=codes)
    with_task = {task.finding_id for task in drafts}
    bare = [one for one in findings if one.state is FindingState.CONFIRMED and one.id not in with_task]
    if bare:
        codes = ", ".join(finding.criterion_code for finding in bare)
        raise Refused(N_("Tồn tại đã xác nhận nhưng chưa có nhiệm vụ khắc phục: %(codes)s."), codes=codes)


def _fill(task: Task, wish: Assignment) -> None:
    if not (wish.what and wish.deliverable):
        raise Refused(N_("Nhiệm vụ cần ghi rõ việc và rõ sản phẩm."), status=422)
    task.what, task.deliverable = wish.what, wish.deliverable
    task.responsibility, task.authority, task.term_days = wish.responsibility, wish.authority, wish.term_days
