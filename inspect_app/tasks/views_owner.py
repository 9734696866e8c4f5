"""Open work of units that were dissolved without a successor, until the office gives it to somebody."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.calendars.queries import working_calendar
from inspect_app.db import transaction
from inspect_app.display import plural
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission, insist
from inspect_app.tasks import actions
from inspect_app.tasks.forms import ManyReassignmentForm
from inspect_app.tasks.lateness import of_rows
from inspect_app.tasks.queries_task import open_findings_of_units, open_tasks_of_units
from inspect_app.tasks.views import blueprint
from inspect_app.tasks.views_parts import address, find
from inspect_app.units.actions import ensure_head_post
from inspect_app.units.queries import ended_without_owner, find_unit


@blueprint.get("/tasks/without-owner")
@requires(Permission.TASK_REASSIGN)
def without_owner() -> str:
    return _page(ManyReassignmentForm(formdata=None))


@blueprint.post("/tasks/without-owner")
@requires(Permission.TASK_REASSIGN)
def reassign_many() -> Any:
    form = ManyReassignmentForm()
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                count = _reassign(form)
            said = plural("Đã giao lại %(n)s nhiệm vụ.", count)
            flash(said, "good")
            return redirect(url_for("tasks.without_owner"), 303)
    return _page(form), 422


def _reassign(form: ManyReassignmentForm) -> int:
    unit = find_unit(form.unit_id.data)
    insist(current_user, Permission.TASK_REASSIGN, unit)
    post = ensure_head_post(unit, clock.now())
    for task_id in form.tasks.data:
        task = find(task_id)
        insist(current_user, Permission.TASK_REASSIGN, task)
        actions.reassign_task(task, post, form.reason.data, by=current_user, at=clock.now())
    return len(form.tasks.data)


def _page(form: ManyReassignmentForm) -> str:
    on = clock.today()
    units = [unit.id for unit in ended_without_owner(on)]
    tasks = open_tasks_of_units(units, current_user, on)
    findings = open_findings_of_units(units, current_user)
    unit_id = form.unit_id.data
    return render_template(
        "tasks/without_owner.html",
        form=form,
        tasks=tasks,
        late=of_rows(tasks, working_calendar(), on),
        findings=[(one, address("findings.show", finding_id=one.id)) for one in findings],
        chosen=[(unit_id, find_unit(unit_id).name)] if unit_id else [],
        ticked=set(form.tasks.data or []),
    )
