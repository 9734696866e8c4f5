"""What can be done with a task: taking it on, reporting, handing in, returning, verifying, and putting it aside.

Dates move in `actions_dates`; tasks are made in `actions_issue`, when an inspection is concluded.
"""

from datetime import date, datetime
from typing import Any

from inspect_app.audit.actions import SYSTEM_ACTOR, Doer, record, touch
from inspect_app.calendars.rules import local_day
from inspect_app.db import db
from inspect_app.findings.actions import resolve_finding
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.models import Inspection
from inspect_app.moves import next_state
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused
from inspect_app.tasks import jobs
from inspect_app.tasks.models import Report, Review, Suspension, Task, TaskStatePassed
from inspect_app.tasks.queries import doers_of, latest_submission, open_suspension, tasks_of_finding
from inspect_app.tasks.rules import LETS_FINDING_RESOLVE, MOVES, may_reopen, may_verify
from inspect_app.tasks.rules import State as TaskState
from inspect_app.tasks.settling import settle_inspection
from inspect_app.units.models import Post


def acknowledge_task(task: Task, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """The unit takes note of the task."""
    _move(task, "acknowledge", at=at, seen=seen)
    task.acknowledged_at = at
    record("task acknowledged", task, by=by, at=at)


def acknowledge_task_automatically(task: Task, *, at: datetime) -> None:
    """Nobody took note of it in time: it counts as acknowledged, and is shown as such."""
    _move(task, "acknowledge", at=at)
    task.acknowledged_at, task.acknowledged_auto = at, True
    record("task acknowledged automatically", task, by=SYSTEM_ACTOR, at=at)


def report_progress(task: Task, percent: int, words: str, *, by: Doer, at: datetime, seen: int | None = None) -> Report:
    """Tells how far the work is, in percent and words. A first report acknowledges the task as well.

    Less than was reported before is allowed, in words; the log keeps both figures.
    """
    before = task.percent
    if percent < before and not words.strip():
        raise Refused(N_("Tiến độ thấp hơn lần trước: hãy ghi rõ vì sao."), status=422)
    if task.state is TaskState.ASSIGNED:
        acknowledge_task(task, by=by, at=at, seen=seen)
        seen = None
    if task.state is TaskState.RETURNED:
        touch(task, seen)
    else:
        _move(task, "report", at=at, seen=seen)
    report = _add_report(task, percent, words, submits=False, by=by, at=at)
    lowered: dict[str, Any] = {"before": before} if percent < before else {}
    record("task progress reported", task, by=by, at=at, reason=words, percent=percent, **lowered)
    return report


def submit_task(task: Task, words: str, *, by: Doer, at: datetime, seen: int | None = None) -> Report:
    """Hands the work in. The day of submission decides on time or late."""
    _move(task, "submit", at=at, seen=seen)
    task.submitted_at, task.submitted_on = at, local_day(at)
    report = _add_report(task, 100, words, submits=True, by=by, at=at)
    record("task submitted", task, by=by, at=at, reason=words)
    later(jobs.tell_about_submission, task.id)
    return report


def return_task(task: Task, reason: str, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """Gives the work back with a reason. The due date does not move."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do trả lại."), status=422)
    _require_other_hand(task, by)
    _move(task, "return", at=at, seen=seen)
    task.returned_count += 1
    _add_review(task, accepted=False, reason=reason, by=by, at=at)
    record("task returned", task, by=by, at=at, reason=reason)
    later(jobs.tell_about_return, task.id)


def verify_task(task: Task, *, by: Doer, at: datetime, reason: str = "", seen: int | None = None) -> None:
    """Somebody else finds the work done: the task closes, then its finding, then the inspection."""
    _require_other_hand(task, by)
    _move(task, "verify", at=at, seen=seen)
    task.verified_at, task.verified_by_id = at, by.id
    _add_review(task, accepted=True, reason=reason, by=by, at=at)
    record("task verified", task, by=by, at=at, reason=reason)
    _move(task, "close", at=at)
    task.closed_at = at
    record("task closed", task, by=SYSTEM_ACTOR, at=at)
    _settle(task, at=at)
    later(jobs.tell_about_verification, task.id)


def suspend_task(
    task: Task, reason: str, decision: str, *, by: Doer, at: datetime, on: date, seen: int | None = None
) -> None:
    """Stops the clock by decision."""
    if not (reason and decision):
        raise Refused(N_("Tạm dừng cần có lý do và số quyết định."), status=422)
    was = task.state
    _move(task, "suspend", at=at, seen=seen)
    task.held_from = was.value
    db.session.add(Suspension(task_id=task.id, starts_on=on, reason=reason, decision=decision))
    record("task suspended", task, by=by, at=at, reason=reason, document=decision)


def resume_task(task: Task, *, by: Doer, at: datetime, on: date, seen: int | None = None) -> None:
    """The clock goes on; the task stands where it stood."""
    touch(task, seen)
    task.state = next_state(MOVES, task.state, "resume", was=TaskState(task.held_from) if task.held_from else None)
    task.held_from = None
    _note_state(task, at)
    suspension = open_suspension(task.id)
    if suspension is not None:
        suspension.ends_on = on
    record("task resumed", task, by=by, at=at)


def cancel_task(task: Task, reason: str, decision: str, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """Takes the task back by decision. It is kept."""
    if not (reason and decision):
        raise Refused(N_("Hủy nhiệm vụ cần có lý do và số quyết định."), status=422)
    _put_aside(task, "cancel", "task cancelled", reason, decision, by=by, at=at, seen=seen)


def drop_task(task: Task, reason: str, decision: str, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """The committee finds that it will not be done."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do kết luận không thực hiện."), status=422)
    _put_aside(task, "not_implemented", "task not implemented", reason, decision, by=by, at=at, seen=seen)


def reopen_task(task: Task, reason: str, due_on: date, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """Takes a task up again within twelve months of its closing, with a new current due date; the original stands."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do mở lại."), status=422)
    if task.closed_at and not may_reopen(local_day(task.closed_at), local_day(at)):
        raise Refused(N_("Chỉ mở lại được trong vòng 12 tháng kể từ khi đóng."))
    _move(task, "reopen", at=at, seen=seen)
    before, task.due_on = task.due_on, due_on
    task.closed_at = task.verified_at = task.verified_by_id = task.submitted_at = task.submitted_on = None
    _note_state(task, at)
    record("task reopened", task, by=by, at=at, reason=reason, due_before=before, due_on=due_on)


def reassign_task(task: Task, post: Post, reason: str, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """Gives an open task to the head of another unit: the old one was dissolved, or it was never theirs."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do giao lại."), status=422)
    if task.state in LETS_FINDING_RESOLVE:
        raise Refused(N_("Nhiệm vụ đã kết thúc, không thể giao lại."))
    touch(task, seen)
    before: dict[str, Any] = {"unit_id": task.unit_id, "post_id": task.post_id}
    record("task reassigned", task, by=by, at=at, reason=reason, to_unit=post.unit_id, **before)
    task.unit_id, task.post_id = post.unit_id, post.id
    record("task reassigned", task, by=by, at=at, reason=reason, from_unit=before["unit_id"])


def _put_aside(
    task: Task, move: str, action: str, reason: str, decision: str, *, by: Doer, at: datetime, seen: int | None
) -> None:
    _move(task, move, at=at, seen=seen)
    task.closed_at = at
    record(action, task, by=by, at=at, reason=reason, document=decision)
    _settle(task, at=at)


def _settle(task: Task, *, at: datetime) -> None:
    """When the last task of a finding is done with, the finding is resolved; when the last finding is, the visit."""
    db.session.flush()
    if task.finding_id is not None:
        finding = db.session.get_one(Finding, task.finding_id)
        others = tasks_of_finding(finding.id)
        if finding.state is FindingState.REMEDIATING and all(one.state in LETS_FINDING_RESOLVE for one in others):
            resolve_finding(finding, at=at)
    if task.inspection_id is not None:
        settle_inspection(db.session.get_one(Inspection, task.inspection_id), at=at)


def _require_other_hand(task: Task, by: Doer) -> None:
    if not may_verify(str(by.id), doers_of(task)):
        raise Refused(N_("Người đã báo cáo hoặc giữ chức vụ được giao không được xác nhận chính việc đó."), status=403)


def _move(task: Task, move: str, *, at: datetime, seen: int | None = None) -> None:
    touch(task, seen)
    task.state = next_state(MOVES, task.state, move)
    _note_state(task, at)


def _note_state(task: Task, at: datetime) -> None:
    db.session.add(TaskStatePassed(task_id=task.id, state=task.state, at=at, due_on=task.due_on))


def _add_report(task: Task, percent: int, words: str, *, submits: bool, by: Doer, at: datetime) -> Report:
    report = Report(task_id=task.id, percent=percent, words=words, submits=submits, by_id=by.id, at=at)
    db.session.add(report)
    task.percent, task.last_report_at = percent, at
    db.session.flush()
    return report


def _add_review(task: Task, *, accepted: bool, reason: str, by: Doer, at: datetime) -> None:
    submission = latest_submission(task.id)
    handed_in = local_day(submission.at) if submission else task.submitted_on
    db.session.add(
        Review(task_id=task.id, accepted=accepted, reason=reason, submitted_on=handed_in, by_id=by.id, at=at)
    )
