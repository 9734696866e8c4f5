"""What is told about tasks, and to whom."""

from datetime import datetime
from uuid import UUID

from inspect_app.accounts.queries import people_with_role
from inspect_app.calendars.rules import local_day, written
from inspect_app.db import db
from inspect_app.notifications.actions import tell
from inspect_app.permissions import Role
from inspect_app.refusals import N_
from inspect_app.tasks.models import Extension, Review, Task
from inspect_app.tasks.queries import pending_extension, reviews_of
from inspect_app.tasks.rules import ExtensionLevel, ExtensionState, extension_level
from inspect_app.units.queries import holder_of, owner_ids

DECIDERS = {
    ExtensionLevel.OFFICE: Role.OFFICE,
    ExtensionLevel.AUTHORITY: Role.AUTHORITY,
    ExtensionLevel.COMMITTEE: Role.COMMITTEE,
}


def assigned(task: Task, at: datetime) -> None:
    _tell_unit(
        task,
        N_("Nhiệm vụ mới %(code)s, hạn %(due)s: %(what)s"),
        at,
        key=f"assigned:{task.id}",
        due=written(task.due_on),
    )


def submitted(task: Task, at: datetime) -> None:
    verifiers = [person.id for person in people_with_role(Role.VERIFIER, task.unit_id, local_day(at))]
    key = f"submitted:{task.id}:{task.submitted_at}"
    _tell(verifiers, task, N_("Nhiệm vụ %(code)s chờ xác nhận: %(what)s"), at, key=key)


def returned(task: Task, at: datetime) -> None:
    review: Review | None = next(iter(reviews_of(task.id)), None)
    _tell_unit(
        task,
        N_("Nhiệm vụ %(code)s bị trả lại: %(reason)s"),
        at,
        key=f"returned:{task.id}:{task.returned_count}",
        reason=review.reason if review else "",
    )


def verified(task: Task, at: datetime) -> None:
    _tell_unit(task, N_("Nhiệm vụ %(code)s đã được xác nhận hoàn thành."), at, key=f"verified:{task.id}:{task.version}")


def extension_requested(extension: Extension, at: datetime) -> None:
    task = db.session.get_one(Task, extension.task_id)
    if pending_extension(task.id) is None:
        return
    role = DECIDERS[extension_level(task.extended_count)]
    people = [person.id for person in people_with_role(role, task.unit_id, local_day(at))]
    message = N_("Nhiệm vụ %(code)s xin gia hạn đến %(wished)s: %(reason)s")
    facts = {"wished": written(extension.wished_due), "reason": extension.reason}
    _tell(people, task, message, at, key=f"extension:{extension.id}", **facts)


def extension_decided(extension: Extension, at: datetime) -> None:
    task = db.session.get_one(Task, extension.task_id)
    key = f"extension-decided:{extension.id}"
    if extension.state is ExtensionState.APPROVED and extension.granted_due:
        message = N_("Nhiệm vụ %(code)s được gia hạn đến %(due)s.")
        _tell_unit(task, message, at, key=key, due=written(extension.granted_due))
    elif extension.state is ExtensionState.REFUSED:
        message = N_("Đề nghị gia hạn nhiệm vụ %(code)s không được đồng ý: %(reason)s")
        _tell_unit(task, message, at, key=key, reason=extension.decision_reason)


def _tell_unit(task: Task, message: str, at: datetime, *, key: str, **facts: str) -> None:
    """Who heads the unit that answers today, and its focal points."""
    on = local_day(at)
    unit_id = owner_ids([task.unit_id], on)[task.unit_id] or task.unit_id
    people: list[UUID] = [person.id for person in people_with_role(Role.HEAD, unit_id, on)]
    if unit_id == task.unit_id and (holder := holder_of(task.post_id, on)):
        people.append(holder.person_id)
    people += [person.id for person in people_with_role(Role.FOCAL_POINT, unit_id, on)]
    _tell(people, task, message, at, key=key, **facts)


def _tell(people: list[UUID], task: Task, message: str, at: datetime, *, key: str, **facts: str) -> None:
    told = {"code": task.code, "what": task.what, **facts}
    tell(dict.fromkeys(people), message, told, path=f"/tasks/{task.id}", thing=task, at=at, key=key)
