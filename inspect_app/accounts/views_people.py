"""The people whom an administrator looks after, and their roles."""

from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.accounts import actions, actions_people
from inspect_app.accounts.actions_people import PersonFacts, facts_of
from inspect_app.accounts.forms import GrantForm, NewPersonForm, PeopleFilter, PersonForm
from inspect_app.accounts.models import Person
from inspect_app.accounts.queries import (
    WantedPeople,
    choices,
    count_people,
    find_grant,
    find_managed,
    find_own_session,
    grants_of,
    list_people,
    open_sign_ins,
    roles_of,
    tenures_of_person,
)
from inspect_app.accounts.views import blueprint
from inspect_app.accounts.words import ROLES
from inspect_app.audit.queries import timeline
from inspect_app.db import transaction
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission, Role, insist, may
from inspect_app.refusals import N_, NotPermitted, Refused
from inspect_app.units.queries import find_unit

PAGE = 50
PICK_PEOPLE = (
    Permission.ADMIN_PEOPLE,
    Permission.ADMIN_UNITS,
    Permission.AUDIT_READ,
    Permission.INSPECTION_SCHEDULE,
    Permission.INSPECTION_LEAD,
    Permission.TASK_REASSIGN,
)
"""Who has a form that asks for a person."""


@blueprint.get("/people")
@requires(Permission.ADMIN_PEOPLE)
def people() -> str:
    form = PeopleFilter(request.args)
    wanted = WantedPeople((form.q.data or "").strip(), form.chosen_role(), None, form.chosen_active())
    on = clock.today()
    found = list_people(current_user, wanted, on=on, after=request.args.get("after", type=UUID), limit=PAGE + 1)
    shown = found[:PAGE]
    return render_template(
        "accounts/people.html",
        form=form,
        people=shown,
        roles=roles_of([person.id for person, _unit in shown], on),
        role_words=ROLES,
        all=count_people(current_user, wanted, on),
        next_after=shown[-1][0].id if len(found) > PAGE else None,
        narrowed=wanted != WantedPeople(),
    )


@blueprint.get("/people/choices")
@requires(Permission.ACCOUNT_OWN)
def people_json() -> Response:
    """People to pick from: [{"value", "label", "note"}] for ?q= and, if given, ?role=."""
    if not any(may(current_user, permission) for permission in PICK_PEOPLE):
        raise NotPermitted
    role = request.args.get("role", type=Role)
    found = choices(request.args.get("q", "")[:100], role, clock.today())
    return jsonify([{"value": str(person.id), "label": person.name, "note": unit} for person, unit in found])


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.ADMIN_PEOPLE)
def new_person() -> Any:
    form = NewPersonForm()
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                facts = _facts(form)
                person = actions_people.create_person(facts, by=current_user, at=clock.now(), on=clock.today())
                if form.invite.data:
                    actions_people.invite(person, by=current_user, at=clock.now())
            flash(_("Đã tạo tài khoản cho %(name)s. Tiếp theo: giao vai trò.", name=person.name), "good")
            return redirect(url_for("accounts.person", person_id=person.id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/new_person.html", form=form, chosen=_chosen_unit(form.unit_id.data)), status


@blueprint.get("/people/<uuid:person_id>")
@requires(Permission.ADMIN_PEOPLE)
def person(person_id: UUID) -> str:
    return _person(_managed(person_id), GrantForm(formdata=None, starts_on=clock.today()))


@blueprint.route("/people/<uuid:person_id>/details", methods=["GET", "POST"])
@requires(Permission.ADMIN_PEOPLE)
def edit_person(person_id: UUID) -> Any:
    person = _managed(person_id)
    shown = facts_of(person)
    form = PersonForm(obj=shown, **{f"seen_{name}": getattr(shown, name) or "" for name in PersonFacts.__slots__})
    if form.validate_on_submit():
        with refusals_on(form):
            at, on = clock.now(), clock.today()
            with transaction():
                actions_people.change_person(person, _facts(form), seen=_seen(form), by=current_user, at=at, on=on)
            flash(_("Đã lưu tài khoản."), "good")
            return redirect(url_for("accounts.person", person_id=person_id), 303)
    status = 422 if request.method == "POST" else 200
    chosen = _chosen_unit(form.unit_id.data)
    return render_template("accounts/edit_person.html", form=form, person=person, chosen=chosen), status


@blueprint.post("/people/<uuid:person_id>/suspension")
@requires(Permission.ADMIN_PEOPLE)
def switch_off(person_id: UUID) -> Response:
    with transaction():
        actions_people.switch_off(_managed(person_id), by=current_user, at=clock.now(), on=clock.today())
    said = {
        "words": _("Đã khóa tài khoản; mọi phiên đăng nhập của người này đã kết thúc."),
        "undo_url": url_for("accounts.switch_on", person_id=person_id),
    }
    flash(said, "good")  # type: ignore[arg-type]  # the frame shows the words and offers the way back
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@blueprint.post("/people/<uuid:person_id>/reinstatement")
@requires(Permission.ADMIN_PEOPLE)
def switch_on(person_id: UUID) -> Response:
    with transaction():
        actions_people.switch_on(_managed(person_id), by=current_user, at=clock.now())
    flash(_("Đã mở lại tài khoản."), "good")
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@blueprint.post("/people/<uuid:person_id>/invitation")
@requires(Permission.ADMIN_PEOPLE)
def invite(person_id: UUID) -> Response:
    with transaction():
        actions_people.invite(_managed(person_id), by=current_user, at=clock.now())
    flash(_("Thư đặt mật khẩu đang được gửi. Liên kết trong thư dùng được 30 phút."), "good")
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@blueprint.post("/people/<uuid:person_id>/grants")
@requires(Permission.ADMIN_PEOPLE)
def grant(person_id: UUID) -> Any:
    person, form = _managed(person_id), GrantForm()
    if not form.validate():
        return _person(person, form), 422
    with refusals_on(form):
        unit = find_unit(form.unit_id.data)
        insist(current_user, Permission.ADMIN_PEOPLE, unit)
        days = {"starts_on": form.starts_on.data, "ends_on": form.ends_on.data}
        with transaction():
            actions_people.grant_role(person, Role(form.role.data), unit, by=current_user, at=clock.now(), **days)
        flash(_("Đã giao vai trò. Có hiệu lực ngay ở trang tiếp theo mà người này mở."), "good")
        return redirect(url_for("accounts.person", person_id=person_id), 303)
    return _person(_managed(person_id), form), 422


@blueprint.post("/people/<uuid:person_id>/grants/<uuid:grant_id>/closure")
@requires(Permission.ADMIN_PEOPLE)
def end_grant(person_id: UUID, grant_id: UUID) -> Response:
    with transaction():
        ended = find_grant(_managed(person_id).id, grant_id)
        insist(current_user, Permission.ADMIN_PEOPLE, ended)
        actions_people.end_grant(ended, by=current_user, at=clock.now(), on=clock.today())
    flash(_("Đã thu hồi vai trò."), "good")
    return redirect(url_for("accounts.person", person_id=person_id), 303)


@blueprint.post("/people/<uuid:person_id>/sessions/<uuid:session_id>/closure")
@requires(Permission.ADMIN_PEOPLE)
def end_session_of(person_id: UUID, session_id: UUID) -> Response:
    with transaction():
        ended = find_own_session(_managed(person_id).id, session_id)
        actions.end_session(ended, by=current_user, at=clock.now())
    flash(_("Đã kết thúc phiên đăng nhập."), "good")
    return redirect(url_for("accounts.person", person_id=person_id), 303)


# ── Parts, in the order in which they are called ──


def _facts(form: PersonForm) -> PersonFacts:
    """What was typed. Raises Refused (422) for a unit outside the administrator's scope."""
    unit_id = form.unit_id.data
    if unit_id is not None and not current_user.holds(Role.ADMIN, unit_id):
        raise Refused(N_("Đơn vị này nằm ngoài phạm vi quản trị của bạn."), status=422)
    return PersonFacts(form.email.data, form.name.data, unit_id, form.language.data)


def _chosen_unit(unit_id: UUID | None) -> list[tuple[UUID, str]]:
    """The unit that stands in a picker already."""
    return [(unit_id, find_unit(unit_id).name)] if unit_id else []


def _managed(person_id: UUID) -> Person:
    found = find_managed(current_user, person_id)
    insist(current_user, Permission.ADMIN_PEOPLE, found)
    return found


def _person(person: Person, grant_form: GrantForm) -> str:
    return render_template(
        "accounts/person.html",
        person=person,
        unit=find_unit(person.unit_id) if person.unit_id else None,
        grants=grants_of(person.id),
        tenures=tenures_of_person(person.id),
        sessions=open_sign_ins(person.id, clock.now()),
        log=timeline([("person", person.id)], limit=8),
        grant_form=grant_form,
        chosen=_chosen_unit(grant_form.unit_id.data),
        role_words=ROLES,
    )


def _seen(form: PersonForm) -> PersonFacts:
    """What the page showed, as its hidden fields bring it back."""
    unit = form.seen_unit_id.data
    try:
        unit_id = UUID(unit) if unit else None
    except ValueError:
        unit_id = None
    return PersonFacts(form.seen_email.data or "", form.seen_name.data or "", unit_id, form.seen_language.data or "")
