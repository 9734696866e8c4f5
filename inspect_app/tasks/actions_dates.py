"""How a due date moves: asked for before it has passed, decided by somebody else; the original date stays for ever."""

from datetime import date, datetime

from inspect_app.audit.actions import Doer, record, touch
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day
from inspect_app.db import db
from inspect_app.moves import next_state
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused
from inspect_app.tasks import jobs
from inspect_app.tasks.models import Extension, Task, TaskStatePassed
from inspect_app.tasks.queries import pending_extension
from inspect_app.tasks.rules import (
    EXTENSION_MOVES,
    SETTLED,
    ExtensionState,
    may_decide_extension,
    require_extension_request,
    require_later_due,
)


def request_extension(
    task: Task, wished_due: date, reason: str, *, by: Doer, at: datetime, seen: int | None = None
) -> Extension:
    """Asks for more time. Raises Refused after the due date, while another wish waits, or for a day off."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do xin gia hạn."), status=422)
    touch(task, seen)
    require_extension_request(
        task.state,
        task.due_on,
        wished_due,
        local_day(at),
        pending=pending_extension(task.id) is not None,
        calendar=working_calendar(),
    )
    extension = Extension(
        task_id=task.id,
        number=task.extended_count + 1,
        due_before=task.due_on,
        wished_due=wished_due,
        reason=reason,
        requested_by_id=by.id,
        requested_at=at,
    )
    db.session.add(extension)
    db.session.flush()
    record("extension requested", task, by=by, at=at, reason=reason, wished_due=wished_due)
    later(jobs.tell_about_extension_request, extension.id)
    return extension


def approve_extension(
    extension: Extension,
    task: Task,
    granted_due: date,
    *,
    by: Doer,
    at: datetime,
    reason: str = "",
    seen: int | None = None,
) -> None:
    """Grants a new due date, the wished one or another. The original date stays beside it."""
    require_later_due(task.due_on, granted_due, working_calendar())
    _decide(extension, task, "approve", reason, by=by, at=at, seen=seen)
    extension.granted_due = granted_due
    before, task.due_on = task.due_on, granted_due
    task.extended_count += 1
    db.session.add(TaskStatePassed(task_id=task.id, state=task.state, at=at, due_on=granted_due))
    record("extension approved", task, by=by, at=at, reason=reason, due_before=before, due_on=granted_due)
    later(jobs.tell_about_extension, extension.id)


def refuse_extension(
    extension: Extension, task: Task, reason: str, *, by: Doer, at: datetime, seen: int | None = None
) -> None:
    """Says no, with a reason; the due date stands."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do không đồng ý."), status=422)
    _decide(extension, task, "refuse", reason, by=by, at=at, seen=seen)
    record("extension refused", task, by=by, at=at, reason=reason)
    later(jobs.tell_about_extension, extension.id)


def withdraw_extension(extension: Extension, task: Task, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """The unit takes its wish back."""
    touch(task, seen)
    extension.state = next_state(EXTENSION_MOVES, ExtensionState(extension.state), "withdraw")
    extension.decided_by_id, extension.decided_at = by.id, at
    record("extension withdrawn", task, by=by, at=at)


def _decide(
    extension: Extension, task: Task, move: str, reason: str, *, by: Doer, at: datetime, seen: int | None
) -> None:
    if not may_decide_extension(str(by.id), str(extension.requested_by_id)):
        raise Refused(N_("Người xin gia hạn không được tự duyệt đề nghị của mình."), status=403)
    if task.state in SETTLED:
        raise Refused(N_("Nhiệm vụ đã kết thúc, không còn hạn để gia hạn."))
    touch(task, seen)
    extension.state = next_state(EXTENSION_MOVES, ExtensionState(extension.state), move)
    extension.decision_reason, extension.decided_by_id, extension.decided_at = reason, by.id, at
