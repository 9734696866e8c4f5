"""Dates, team and notice of an inspection."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.accounts.queries import people_with_role
from inspect_app.db import db, transaction
from inspect_app.display import day
from inspect_app.forms import refusals_on
from inspect_app.inspections.actions import NeedsConfirmation, change_team, notify_unit, schedule_inspection
from inspect_app.inspections.actions_schedule import DATES_MAY_CHANGE, TEAM_MAY_CHANGE
from inspect_app.inspections.forms import NotificationForm, ScheduleForm, TeamForm
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import find_visible, members_of
from inspect_app.inspections.rules import MOVES, Caution, InspectionForm, MemberRole, State
from inspect_app.inspections.views import blueprint
from inspect_app.moves import MoveNotAllowed
from inspect_app.permissions import Permission, Role, insist
from inspect_app.rubrics.queries import published_versions


@blueprint.route("/inspections/<uuid:inspection_id>/schedule", methods=["GET", "POST"])
@requires(Permission.INSPECTION_SCHEDULE)
def schedule(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_SCHEDULE)
    _require_state(inspection, {State.PLANNED} | DATES_MAY_CHANGE, "schedule")
    form = ScheduleForm(data=None if request.method == "POST" else _as_set(inspection))
    cautions: tuple[Caution, ...] = ()
    if form.validate_on_submit():
        cautions = _try_schedule(inspection, form)
        if not cautions and not form.errors:
            flash(
                _(
                    "Đã xếp lịch kiểm tra %(first)s–%(last)s.",
                    first=day(form.starts_on.data),
                    last=day(form.ends_on.data),
                ),
                "good",
            )
            return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)
    page = {"form": form, "cautions": cautions, "again": inspection.state in DATES_MAY_CHANGE}
    return _page("inspections/schedule.html", inspection_id, **page)


@blueprint.route("/inspections/<uuid:inspection_id>/team", methods=["GET", "POST"])
@requires(Permission.INSPECTION_SCHEDULE)
def team(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_SCHEDULE)
    _require_state(inspection, TEAM_MAY_CHANGE, "schedule")
    form = TeamForm(data=None if request.method == "POST" else _as_set(inspection))
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                change_team(
                    inspection,
                    form.team(),
                    team_name=form.team_name.data or "",
                    reason=form.reason.data,
                    by=current_user,
                    at=clock.now(),
                    seen=form.seen.data,
                )
            flash(_("Đã thay đổi đoàn kiểm tra."), "good")
            return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)
    return _page("inspections/team.html", inspection_id, form=form)


@blueprint.route("/inspections/<uuid:inspection_id>/notification", methods=["GET", "POST"])
@requires(Permission.INSPECTION_NOTIFY)
def notify(inspection_id: UUID) -> Any:
    inspection = _found(inspection_id, Permission.INSPECTION_NOTIFY)
    _require_state(inspection, MOVES["notify"].leaves, "notify")
    form = NotificationForm(data={"seen": inspection.version})
    if inspection.form is InspectionForm.UNANNOUNCED:
        del form.notice_number, form.notice_day
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                papers = {"decision": form.decision(), "notice": form.notice()}
                notify_unit(inspection, **papers, by=current_user, at=clock.now(), seen=form.seen.data)
            flash(_("Đã ghi văn bản."), "good")
            return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)
    return _page("inspections/notification.html", inspection_id, form=form)


def _try_schedule(inspection: Inspection, form: ScheduleForm) -> tuple[Caution, ...]:
    """Schedules; gives the cautions that still want to be confirmed. Refusals stand on the form."""
    with refusals_on(form):
        try:
            with transaction():
                schedule_inspection(
                    inspection,
                    form.schedule(),
                    by=current_user,
                    at=clock.now(),
                    seen=form.seen.data,
                    confirmed=form.confirmed.data,
                    reason=form.reason.data,
                )
        except NeedsConfirmation as asked:
            db.session.rollback()
            return asked.cautions
    return ()


def _found(inspection_id: UUID, permission: Permission) -> Inspection:
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, permission, inspection)
    return inspection


def _require_state(inspection: Inspection, states: Any, move: str) -> None:
    if inspection.state not in states:
        raise MoveNotAllowed(move, inspection.state, MOVES[move].label)


def _as_set(inspection: Inspection) -> dict[str, Any]:
    """The form's fields as the inspection stands."""
    by_role: dict[MemberRole, list[UUID]] = {role: [] for role in MemberRole}
    for member in members_of(inspection.id):
        by_role[member.role].append(member.person_id)
    return {
        "seen": inspection.version,
        "starts_on": inspection.starts_on,
        "ends_on": inspection.ends_on,
        "rubric": inspection.rubric_version_id,
        "team_name": inspection.team_name,
        "lead": next(iter(by_role[MemberRole.LEAD]), None),
        "deputy": next(iter(by_role[MemberRole.DEPUTY]), None),
        "secretary": next(iter(by_role[MemberRole.SECRETARY]), None),
        "members": by_role[MemberRole.MEMBER],
    }


def _choices(inspection: Inspection) -> dict[str, Any]:
    """Who may be chosen for the team, and which rubrics fit the unit."""
    today = clock.today()
    leads = people_with_role(Role.LEAD, inspection.unit_id, today)
    others = {person.id: person for person in (*leads, *people_with_role(Role.MEMBER, inspection.unit_id, today))}
    rubrics = published_versions(inspection.unit.kind)
    return {
        "leads": [(person.id, person.name) for person in leads],
        "people": sorted(((person.id, person.name) for person in others.values()), key=lambda each: each[1]),
        "rubrics": [(version.id, _("%(name)s, bản %(n)s", name=version.name, n=version.number)) for version in rubrics],
    }


def _page(template: str, inspection_id: UUID, **values: Any) -> tuple[str, int]:
    """The page of a form. After a refusal the inspection is found anew: what was rolled back is not to be shown."""
    inspection = find_visible(current_user, inspection_id)
    status = 422 if request.method == "POST" else 200
    return render_template(template, inspection=inspection, **_choices(inspection), **values), status
