"""How the clock of a task is moved: wishes for more time and their decision, suspension, resumption."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.permissions import Permission, insist
from inspect_app.tasks import actions, actions_dates
from inspect_app.tasks.queries_task import find_extension
from inspect_app.tasks.views import blueprint
from inspect_app.tasks.views_parts import carry_out, extension_permission, find, insist_on


@blueprint.post("/tasks/<uuid:task_id>/extensions")
@requires(Permission.TASK_REQUEST_EXTENSION)
def request_extension(task_id: UUID) -> Any:
    task = find(task_id)
    insist_on(task, Permission.TASK_REQUEST_EXTENSION)

    def act(form: Any, _files: Any) -> None:
        wish = {"seen": form.seen.data, "by": current_user, "at": clock.now()}
        actions_dates.request_extension(task, form.wished_due.data, form.reason.data, **wish)

    return carry_out(task, "extension", act, _("Đã gửi đề nghị gia hạn. Hạn hiện hành giữ nguyên trong lúc chờ duyệt."))


@blueprint.post("/tasks/<uuid:task_id>/extensions/<uuid:extension_id>/decision")
@requires(Permission.TASK_VIEW)
def decide_extension(task_id: UUID, extension_id: UUID) -> Any:
    """Its level decides who may: the office first, then the authority, then the committee."""
    task = find(task_id)
    insist(current_user, extension_permission(task), task)
    extension = find_extension(task, extension_id)

    def act(form: Any, _files: Any) -> None:
        said = {"seen": form.seen.data, "by": current_user, "at": clock.now()}
        if form.answer.data == "approve":
            granted = form.granted_due.data or extension.wished_due
            actions_dates.approve_extension(extension, task, granted, reason=form.reason.data or "", **said)
        else:
            actions_dates.refuse_extension(extension, task, form.reason.data or "", **said)

    return carry_out(task, "decision", act, _("Đã ghi quyết định về đề nghị gia hạn."))


@blueprint.post("/tasks/<uuid:task_id>/extensions/<uuid:extension_id>/withdrawal")
@requires(Permission.TASK_REQUEST_EXTENSION)
def withdraw_extension(task_id: UUID, extension_id: UUID) -> Any:
    task = find(task_id)
    insist_on(task, Permission.TASK_REQUEST_EXTENSION)
    extension = find_extension(task, extension_id)
    return carry_out(
        task,
        "withdrawal",
        lambda form, _files: actions_dates.withdraw_extension(
            extension, task, seen=form.seen.data, by=current_user, at=clock.now()
        ),
        _("Đã rút đề nghị gia hạn."),
    )


@blueprint.post("/tasks/<uuid:task_id>/suspension")
@requires(Permission.TASK_DECIDE)
def suspend(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_DECIDE, task)

    def act(form: Any, _files: Any) -> None:
        said = {"seen": form.seen.data, "by": current_user, "at": clock.now(), "on": clock.today()}
        actions.suspend_task(task, form.reason.data, form.decision.data, **said)

    return carry_out(task, "suspension", act, _("Đã tạm dừng; những ngày tạm dừng không tính là trễ."))


@blueprint.post("/tasks/<uuid:task_id>/resumption")
@requires(Permission.TASK_DECIDE)
def resume(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_DECIDE, task)

    def act(form: Any, _files: Any) -> None:
        actions.resume_task(task, seen=form.seen.data, by=current_user, at=clock.now(), on=clock.today())

    return carry_out(task, "resumption", act, _("Nhiệm vụ tiếp tục; đồng hồ chạy lại từ hôm nay."))
