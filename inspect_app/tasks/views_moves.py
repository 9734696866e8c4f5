"""The way of a task, each step a form of its page: taking note, reporting, handing in, verifying, deciding."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.permissions import Permission, insist
from inspect_app.tasks import actions
from inspect_app.tasks.views import blueprint
from inspect_app.tasks.views_parts import attach_all, carry_out, find, insist_on
from inspect_app.units.actions import ensure_head_post
from inspect_app.units.queries import find_unit


def _by() -> dict[str, Any]:
    """Who acts, and when."""
    return {"by": current_user, "at": clock.now()}


@blueprint.post("/tasks/<uuid:task_id>/acknowledgement")
@requires(Permission.TASK_ACKNOWLEDGE)
def acknowledge(task_id: UUID) -> Any:
    task = find(task_id)
    insist_on(task, Permission.TASK_ACKNOWLEDGE)
    return carry_out(
        task,
        "acknowledgement",
        lambda form, _files: actions.acknowledge_task(task, seen=form.seen.data, **_by()),
        _("Đã tiếp nhận nhiệm vụ."),
    )


@blueprint.post("/tasks/<uuid:task_id>/reports")
@requires(Permission.TASK_REPORT)
def report(task_id: UUID) -> Any:
    task = find(task_id)
    insist_on(task, Permission.TASK_REPORT)

    def act(form: Any, files: Any) -> None:
        made = actions.report_progress(task, form.percent.data, form.words.data, seen=form.seen.data, **_by())
        attach_all(files, task, made)

    before = task.percent

    def said(form: Any) -> str:
        if form.percent.data >= before:
            return _("Đã ghi báo cáo tiến độ.")
        return _(
            "Đã ghi tiến độ %(now)s%%, thấp hơn %(before)s%% đã báo trước đó.", now=form.percent.data, before=before
        )

    return carry_out(task, "report", act, said)


@blueprint.post("/tasks/<uuid:task_id>/submission")
@requires(Permission.TASK_SUBMIT)
def submit(task_id: UUID) -> Any:
    task = find(task_id)
    insist_on(task, Permission.TASK_SUBMIT)

    def act(form: Any, files: Any) -> None:
        attach_all(files, task, actions.submit_task(task, form.words.data, seen=form.seen.data, **_by()))

    return carry_out(task, "submission", act, _("Đã nộp kết quả. Thời gian chờ xác nhận không tính là trễ."))


@blueprint.post("/tasks/<uuid:task_id>/return")
@requires(Permission.TASK_VERIFY)
def return_work(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_VERIFY, task)
    return carry_out(
        task,
        "return",
        lambda form, _files: actions.return_task(task, form.reason.data, seen=form.seen.data, **_by()),
        _("Đã trả lại kèm lý do. Hạn hoàn thành không thay đổi."),
    )


@blueprint.post("/tasks/<uuid:task_id>/verification")
@requires(Permission.TASK_VERIFY)
def verify(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_VERIFY, task)
    return carry_out(
        task,
        "verification",
        lambda form, _files: actions.verify_task(task, reason=form.reason.data or "", seen=form.seen.data, **_by()),
        _("Đã xác nhận hoàn thành; nhiệm vụ đã đóng."),
    )


@blueprint.post("/tasks/<uuid:task_id>/cancellation")
@requires(Permission.TASK_DECIDE)
def cancel(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_DECIDE, task)
    return carry_out(
        task,
        "cancellation",
        lambda form, _files: actions.cancel_task(
            task, form.reason.data, form.decision.data, seen=form.seen.data, **_by()
        ),
        _("Đã hủy nhiệm vụ theo quyết định."),
    )


@blueprint.post("/tasks/<uuid:task_id>/non-implementation")
@requires(Permission.TASK_DROP)
def drop(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_DROP, task)
    return carry_out(
        task,
        "drop",
        lambda form, _files: actions.drop_task(
            task, form.reason.data, form.decision.data or "", seen=form.seen.data, **_by()
        ),
        _("Đã kết luận không thực hiện."),
    )


@blueprint.post("/tasks/<uuid:task_id>/reopening")
@requires(Permission.TASK_DROP)
def reopen(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_DROP, task)
    return carry_out(
        task,
        "reopening",
        lambda form, _files: actions.reopen_task(
            task, form.reason.data, form.due_on.data, seen=form.seen.data, **_by()
        ),
        _("Đã mở lại nhiệm vụ với hạn mới; hạn gốc được giữ."),
    )


@blueprint.post("/tasks/<uuid:task_id>/reassignment")
@requires(Permission.TASK_REASSIGN)
def reassign(task_id: UUID) -> Any:
    task = find(task_id)
    insist(current_user, Permission.TASK_REASSIGN, task)

    def act(form: Any, _files: Any) -> None:
        unit = find_unit(form.unit_id.data)
        insist(current_user, Permission.TASK_REASSIGN, unit)
        post = ensure_head_post(unit, clock.now())
        actions.reassign_task(task, post, form.reason.data, seen=form.seen.data, **_by())

    return carry_out(task, "reassignment", act, _("Đã giao lại nhiệm vụ."))
