"""Posts of a unit and who holds them."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.accounts import actions_posts
from inspect_app.accounts.forms import AppointmentForm, PostForm, PostTitleForm, TenureEndForm
from inspect_app.accounts.models import Person
from inspect_app.accounts.queries import find_active, find_post, find_tenure, tenures_by_post
from inspect_app.accounts.views import blueprint
from inspect_app.audit.queries import timeline
from inspect_app.db import transaction
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission, insist
from inspect_app.refusals import NotVisible
from inspect_app.units.models import Post, Unit
from inspect_app.units.queries import find_unit, posts_of
from inspect_app.units.rules import TenureKind


@blueprint.get("/units/<uuid:unit_id>/posts")
@requires(Permission.ADMIN_UNITS)
def posts(unit_id: UUID) -> str:
    return _posts(_managed_unit(unit_id), PostForm(formdata=None))


@blueprint.post("/units/<uuid:unit_id>/posts")
@requires(Permission.ADMIN_UNITS)
def new_post(unit_id: UUID) -> Any:
    unit, form = _managed_unit(unit_id), PostForm()
    if form.validate():
        with refusals_on(form):
            title, is_head, on = form.title.data, form.is_head.data, clock.today()
            with transaction():
                actions_posts.create_post(unit, title, is_head=is_head, by=current_user, at=clock.now(), on=on)
            flash(_("Đã tạo vị trí. Tiếp theo: giao cho một người."), "good")
            return redirect(url_for("accounts.posts", unit_id=unit_id), 303)
    return _posts(_managed_unit(unit_id), form), 422


@blueprint.route("/posts/<uuid:post_id>/title", methods=["GET", "POST"])
@requires(Permission.ADMIN_UNITS)
def post_title(post_id: UUID) -> Any:
    post = _managed_post(post_id)
    form = PostTitleForm(title=post.title)
    if form.validate_on_submit():
        with transaction():
            actions_posts.rename_post(post, form.title.data, by=current_user, at=clock.now())
        flash(_("Đã lưu tên vị trí."), "good")
        return redirect(url_for("accounts.posts", unit_id=post.unit_id), 303)
    return render_template("accounts/post_title.html", form=form, post=post), 422 if form.errors else 200


@blueprint.route("/posts/<uuid:post_id>/appointment", methods=["GET", "POST"])
@requires(Permission.ADMIN_UNITS)
def appointment(post_id: UUID) -> Any:
    post, form = _managed_post(post_id), AppointmentForm(starts_on=clock.today())
    person = find_active(form.person_id.data)
    if form.validate_on_submit():
        with refusals_on(form):
            with transaction():
                _appoint(post, person, form)
            flash(_("Đã giao vị trí từ ngày %(day)s.", day=form.starts_on.data.strftime("%d/%m/%Y")), "good")
            return redirect(url_for("accounts.posts", unit_id=post.unit_id), 303)
    page = {"post": _managed_post(post_id), "held": tenures_by_post([post_id])[post_id]}
    chosen = [(person.id, person.name)] if person else []
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/appointment.html", form=form, chosen=chosen, **page), status


@blueprint.route("/tenures/<uuid:tenure_id>/closure", methods=["GET", "POST"])
@requires(Permission.ADMIN_UNITS)
def tenure_end(tenure_id: UUID) -> Any:
    tenure = find_tenure(tenure_id)
    insist(current_user, Permission.ADMIN_UNITS, tenure.post)
    form = TenureEndForm(ends_on=clock.today())
    if form.validate_on_submit():
        with refusals_on(form):
            document = form.document.data or ""
            with transaction():
                actions_posts.end_tenure(tenure, form.ends_on.data, document=document, by=current_user, at=clock.now())
            flash(_("Đã ghi ngày kết thúc nhiệm kỳ."), "good")
            return redirect(url_for("accounts.posts", unit_id=tenure.post.unit_id), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/tenure_end.html", form=form, tenure=find_tenure(tenure_id)), status


# ── Parts, in the order in which they are called ──


def _managed_unit(unit_id: UUID) -> Unit:
    unit = find_unit(unit_id)
    insist(current_user, Permission.ADMIN_UNITS, unit)
    return unit


def _posts(unit: Unit, form: PostForm) -> str:
    found = posts_of(unit.id)
    ids = [post.id for post in found]
    return render_template(
        "accounts/posts.html",
        unit=unit,
        posts=found,
        tenures=tenures_by_post(ids),
        on=clock.today(),
        form=form,
        log=timeline([("post", post_id) for post_id in ids], limit=8),
    )


def _managed_post(post_id: UUID) -> Post:
    post = find_post(post_id)
    insist(current_user, Permission.ADMIN_UNITS, post)
    return post


def _appoint(post: Post, person: Person | None, form: AppointmentForm) -> None:
    if person is None:
        raise NotVisible
    actions_posts.appoint(
        post,
        person,
        kind=TenureKind(form.kind.data),
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        document=form.document.data or "",
        by=current_user,
        at=clock.now(),
    )
