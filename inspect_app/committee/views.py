"""The committee's screen: what is overdue, how long, whose; signs, months, coverage; and reminding units."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.accounts.queries import people_with_role
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day
from inspect_app.committee.actions import remind_unit
from inspect_app.committee.forms import ReminderForm
from inspect_app.committee.notices import REMINDER
from inspect_app.committee.queries import last_months, last_reminders, signal_counts
from inspect_app.committee.rules import may_remind, reminders_since
from inspect_app.db import transaction
from inspect_app.display import moment, plural, told
from inspect_app.documents.csv_export import write_csv
from inspect_app.documents.xlsx import Column, write_xlsx
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission, Role, insist, may
from inspect_app.plans.queries import current_plan, forecast_of, measure_plan
from inspect_app.preferences import preference
from inspect_app.tasks.queries import in_scope, visible
from inspect_app.tasks.queries_list import Signal, figures_of
from inspect_app.tasks.queries_overdue import UnitOverdue, overdue_by_unit
from inspect_app.tasks.queries_task import head_posts
from inspect_app.tasks.rules import BUCKETS
from inspect_app.tasks.words import BANDS, SIGNALS
from inspect_app.units.queries import find_unit

blueprint = Blueprint("committee", __name__)
SHOWN = 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/committee")
@requires(Permission.COMMITTEE_VIEW)
def index() -> str:
    on, calendar = clock.today(), working_calendar()
    scope = visible(current_user, on)
    lines = overdue_by_unit(on, today=on, within=in_scope(current_user, on))
    return render_template(
        "committee/index.html",
        layout="layouts/wall.html" if request.args.get("wall") else "layouts/base.html",
        name=preference("committee_name"),
        lines=lines,
        rows=matrix_rows(lines),
        most=len(lines) if request.args.get("all") else SHOWN,
        ages=[_(words) for words in BANDS.values()],
        sums=sums(lines),
        remindable=[line.unit_id for line in lines if not line.ended],
        figures=figures_of(scope, calendar, on),
        signals=signal_rows(signal_counts(scope, calendar, on)),
        months=last_months(scope, on),
        coverage=coverage(),
    )


@blueprint.get("/committee/overdue.<any(xlsx, csv):kind>")
@requires(Permission.COMMITTEE_VIEW)
def export_overdue(kind: str) -> Response:
    """The matrix with the same figures as the page."""
    on = clock.today()
    lines = overdue_by_unit(on, today=on, within=in_scope(current_user, on))
    titles = [_("Mã đơn vị"), _("Đơn vị"), *(_(words) for words in BANDS.values()), _("Tổng")]
    rows = [(line.code, line.name, *line.counts, line.total) for line in lines]
    rows.append(("", _("Tổng cộng"), *sums(lines)))
    name = f"qua-han-{on.isoformat()}.{kind}"
    if kind == "csv":
        response = Response(b"".join(write_csv(titles, rows)), mimetype="text/csv")
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
        return response
    columns = [Column(title, 40 if place == 1 else 12) for place, title in enumerate(titles)]
    facts = [
        _("Số liệu lúc %(moment)s", moment=moment(clock.now())),
        _("Ngày làm việc kể từ hạn hiện hành, không kể ngày tạm dừng và ngày chờ xác nhận."),
    ]
    book = write_xlsx(columns, rows, title=_("Quá hạn theo đơn vị"), facts=facts)
    return send_file(book, mimetype=XLSX, as_attachment=True, download_name=name)


@blueprint.get("/committee/reminders")
@requires(Permission.TASK_REMIND)
def reminders() -> str:
    return _preview(ReminderForm(formdata=None), request.args.getlist("unit", type=UUID))


@blueprint.post("/committee/reminders")
@requires(Permission.TASK_REMIND)
def remind() -> Any:
    form = ReminderForm()
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                count = _remind(form.units.data)
            flash(plural("Đã nhắc %(n)s đơn vị.", count), "good")
            return redirect(url_for("committee.index"), 303)
    return _preview(form, form.units.data or []), 422


# ── Parts, in the order in which they are called ──


def matrix_rows(lines: Sequence[UnitOverdue]) -> list[dict[str, Any]]:
    """The rows of the matrix; every number leads to exactly its tasks."""
    titles = {post.unit_id: post.title for post in head_posts(line.unit_id for line in lines)}
    reminded = recently_reminded(lines)
    can_remind = may(current_user, Permission.TASK_REMIND)
    return [
        {
            "name": line.name,
            "url": list_url(line.unit_id),
            "note": _("Chưa có đơn vị chịu trách nhiệm") if line.ended else titles.get(line.unit_id),
            "counts": [(count, list_url(line.unit_id, band)) for band, count in zip(BUCKETS, line.counts, strict=True)],
            "total": line.total,
            "unit_id": line.unit_id,
            "reminded": reminded.get(line.unit_id),
            "remind": can_remind and not line.ended and line.unit_id not in reminded,
        }
        for line in lines
    ]


def recently_reminded(lines: Sequence[UnitOverdue]) -> dict[UUID, Any]:
    """The units that were reminded within the period, with the day."""
    calendar, on = working_calendar(), clock.today()
    last = last_reminders((line.unit_id for line in lines), reminders_since(calendar, on))
    return {unit_id: local_day(at) for unit_id, at in last.items() if not may_remind(calendar, local_day(at), on)}


def list_url(unit_id: UUID | None = None, band: str | None = None) -> str:
    return url_for("tasks.index", view="overdue", unit=unit_id, band=band)


def sums(lines: Sequence[UnitOverdue]) -> list[int]:
    """Per band, then all."""
    by_band = [sum(line.counts[place] for line in lines) for place in range(len(BUCKETS))]
    return [*by_band, sum(by_band)]


def signal_rows(counts: dict[Signal, int]) -> list[tuple[str, int, str]]:
    return [
        (_(SIGNALS[signal]), count, url_for("tasks.index", view="all", signal=signal.value))
        for signal, count in counts.items()
    ]


def coverage() -> dict[str, Any] | None:
    """How far the plan of this year has come, as bars; None for whoever sees no plan."""
    on = clock.today()
    plan = current_plan(current_user, on.year) if may(current_user, Permission.PLAN_VIEW) else None
    if plan is None:
        return None
    measured = measure_plan(plan, on, current_user)
    figures = [(_("Toàn %(unit)s", unit=plan.unit.name), measured.coverage.whole)]
    figures += [(group.name or _("Chưa xếp nhóm"), group) for group in measured.coverage.groups]
    expected = forecast_of(measured, on, current_user)
    return {"plan": plan, "figures": figures, "forecast": expected, "whole": measured.coverage.whole}


def _remind(unit_ids: Sequence[UUID]) -> int:
    on = clock.today()
    overdue = {line.unit_id: line.total for line in overdue_by_unit(on, today=on, within=in_scope(current_user, on))}
    for unit_id in unit_ids:
        unit = find_unit(unit_id)
        insist(current_user, Permission.TASK_REMIND, unit)
        remind_unit(unit, overdue.get(unit_id, 0), by=current_user, at=clock.now())
    return len(unit_ids)


def _preview(form: ReminderForm, asked_for: Sequence[UUID]) -> str:
    """What would be sent to whom, before anything is sent."""
    on = clock.today()
    lines = [
        line
        for line in overdue_by_unit(on, today=on, within=in_scope(current_user, on))
        if not line.ended and (not asked_for or line.unit_id in asked_for)
    ]
    reminded = recently_reminded(lines)
    ready = [line for line in lines if line.unit_id not in reminded]
    heads = {line.unit_id: people_with_role(Role.HEAD, line.unit_id, on) for line in ready}
    return render_template(
        "committee/reminders.html",
        form=form,
        ready=[(line, told(REMINDER, {"unit": line.name, "n": line.total}), heads[line.unit_id]) for line in ready],
        reminded=[(line, reminded[line.unit_id]) for line in lines if line.unit_id in reminded],
    )
