"""The door and one's own account: sign-in, sign-out, language, a way back in, profile, sessions."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import local_path, public, requires
from inspect_app.accounts import actions, attempts
from inspect_app.accounts.actions import Place
from inspect_app.accounts.forms import ChangePasswordForm, DemoForm, NewPasswordForm, SignInForm, WayBackForm
from inspect_app.accounts.jobs import send_way_back
from inspect_app.accounts.models import Person, SignIn
from inspect_app.accounts.queries import (
    actor,
    demo_heads,
    demo_people,
    find_demo_person,
    find_own,
    find_own_session,
    grants_of,
    open_sign_ins,
    roles_of,
    tenures_of_person,
)
from inspect_app.accounts.rules import tidy_address
from inspect_app.accounts.words import ROLES, browser_words
from inspect_app.db import transaction
from inspect_app.display import refusal
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission
from inspect_app.queue import later
from inspect_app.refusals import Refused

blueprint = Blueprint("accounts", __name__)
KNOWN_BROWSER_DAYS = 180
blueprint.app_template_filter("browser")(browser_words)


@blueprint.app_context_processor
def _frame() -> dict[str, Any]:
    """Where the shell's links to one's own account lead."""
    other = ("en", "English") if str(get_locale()) == "vi" else ("vi", "Tiếng Việt")
    return {
        "home_url": "/",
        "account_url": url_for("accounts.profile"),
        "sign_out_url": url_for("accounts.sign_out"),
        "language_url": url_for("accounts.language"),
        "other_language": other,
    }


# ── The door ──


@blueprint.get("/sign-in")
@public
def sign_in() -> Any:
    if current_user.is_authenticated:
        return redirect(local_path(request.args.get("next")) or "/")
    return _door(SignInForm(next=local_path(request.args.get("next")) or ""))


@blueprint.post("/sign-in")
@public
def start_session() -> Any:
    form = SignInForm()
    if not form.validate():
        return _door(form), 422
    account = tidy_address(form.email.data)
    if attempts.too_many("sign-in", attempts.SIGN_IN, account, _seat(account)):
        form.form_errors.append(_("Đã thử quá nhiều lần. Hãy đợi 15 phút rồi thử lại, hoặc đặt lại mật khẩu."))
        return _door(form), 429, {"Retry-After": "900"}
    with transaction():
        entered = actions.sign_in(account, form.password.data, place=_place(), at=clock.now())
    if entered is None:
        attempts.count("sign-in", attempts.SIGN_IN, account, _seat(account))
        form.form_errors.append(_("Địa chỉ thư hoặc mật khẩu không đúng. Sau 10 lần sai, phải đợi 15 phút."))
        return _door(form), 422
    return _enter(entered, find_own(entered.person_id), form.next.data)


@blueprint.post("/sign-in/demo")
@public
def start_demo_session() -> Any:
    if not current_app.config["SETTINGS"].demo:
        abort(404)
    form = DemoForm()
    if not form.validate():
        return _door(SignInForm(formdata=None, next=local_path(form.next.data) or ""), form), 422
    with transaction():
        person = find_demo_person(form.person.data, clock.today())
        entered = actions.start_session(person, place=_place(), at=clock.now())
    return _enter(entered, person, form.next.data)


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    chosen = session.get("language")
    if current_user.is_authenticated:
        chosen = current_user.language
        with transaction():
            actions.sign_out(current_user.sign_in_id, by=current_user, at=clock.now())
    logout_user()
    session.clear()
    if chosen:
        session["language"] = chosen
    flash(_("Đã đăng xuất."), "good")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/language")
@public
def language() -> Response:
    chosen = request.form.get("language", "")
    actions.check_language(chosen)
    session["language"] = chosen
    if current_user.is_authenticated:
        with transaction():
            actions.choose_language(current_user.id, chosen)
    return redirect(local_path(request.form.get("next")) or "/", 303)


# ── A way back in ──


@blueprint.get("/password-reset")
@public
def way_back() -> Any:
    return render_template("accounts/way_back.html", form=WayBackForm())


@blueprint.post("/password-reset")
@public
def ask_way_back() -> Any:
    form = WayBackForm()
    if not form.validate():
        return render_template("accounts/way_back.html", form=form), 422
    account, seat = tidy_address(form.email.data), _address()
    if attempts.too_many("way-back", attempts.RESET, account, seat):
        form.form_errors.append(_("Đã yêu cầu quá nhiều lần. Hãy đợi một giờ rồi thử lại."))
        return render_template("accounts/way_back.html", form=form), 429, {"Retry-After": "3600"}
    attempts.count("way-back", attempts.RESET, account, seat)
    if attempts.one_more_letter(account):
        with transaction():
            later(send_way_back, account, queue="mail")
    return redirect(url_for("accounts.way_back_sent"), 303)


@blueprint.get("/password-reset/sent")
@public
def way_back_sent() -> Any:
    return render_template("accounts/way_back_sent.html")


@blueprint.get("/password-reset/<string:secret>")
@public
def new_password(secret: str) -> Any:
    try:
        _reset, person = actions.way_back(secret, at=clock.now())
    except Refused as error:
        return render_template("accounts/way_back_over.html", words=refusal(error)), error.status
    return render_template("accounts/new_password.html", form=NewPasswordForm(), person=person, secret=secret)


@blueprint.post("/password-reset/<string:secret>")
@public
def set_new_password(secret: str) -> Any:
    form = NewPasswordForm()
    try:
        _reset, person = actions.way_back(secret, at=clock.now())
        if form.validate():
            with refusals_on(form):
                with transaction():
                    actions.set_password_by_link(secret, form.password.data, at=clock.now())
                flash(_("Đã đặt mật khẩu mới. Các phiên cũ đã kết thúc; hãy đăng nhập."), "good")
                return redirect(url_for("accounts.sign_in"), 303)
    except Refused as error:
        return render_template("accounts/way_back_over.html", words=refusal(error)), error.status
    return render_template("accounts/new_password.html", form=form, person=person, secret=secret), 422


# ── One's own account ──


@blueprint.get("/account")
@requires(Permission.ACCOUNT_OWN)
def profile() -> str:
    person = find_own(current_user.id)
    return _profile(person, ChangePasswordForm())


@blueprint.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> Any:
    form, person = ChangePasswordForm(), find_own(current_user.id)
    seat = _seat(person.email)
    if form.validate() and attempts.too_many("sign-in", attempts.SIGN_IN, person.email, seat):
        form.form_errors.append(_("Đã thử quá nhiều lần. Hãy đợi 15 phút rồi thử lại, hoặc đặt lại mật khẩu."))
    elif form.validate():
        attempts.count("sign-in", attempts.SIGN_IN, person.email, seat)
        with refusals_on(form):
            typed = form.present.data, form.password.data
            with transaction():
                entered = actions.change_password(person, *typed, place=_place(), by=current_user, at=clock.now())
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "good")
            return _enter(entered, find_own(entered.person_id), url_for("accounts.profile"))
    person = find_own(current_user.id)
    return _profile(person, form), 422


@blueprint.post("/account/sessions/<uuid:session_id>/closure")
@requires(Permission.ACCOUNT_OWN)
def end_own_session(session_id: UUID) -> Response:
    with transaction():
        ended = find_own_session(current_user.id, session_id)
        actions.end_session(ended, by=current_user, at=clock.now())
    flash(_("Đã kết thúc phiên đăng nhập."), "good")
    return redirect(url_for("accounts.profile"), 303)


# ── Parts, in the order in which they are called ──


def _door(form: SignInForm, demo_form: DemoForm | None = None) -> str:
    doors: list[tuple[Person, str]] = []
    heads: list[tuple[UUID, str]] = []
    if current_app.config["SETTINGS"].demo:
        people = demo_people()
        held = roles_of([person.id for person in people], clock.today())
        first = {person.id: next((ROLES[role] for role in ROLES if role in held[person.id]), None) for person in people}
        doors = [(person, _(words) if (words := first[person.id]) else person.name) for person in people]
        heads = demo_heads(clock.today())
        demo_form = demo_form or DemoForm(formdata=None, next=form.next.data)
    return render_template("accounts/sign_in.html", form=form, doors=doors, heads=heads, demo_form=demo_form)


def _seat(account: str) -> str:
    """Where tries are counted: the address, or this very browser if the account has entered from it before.

    So a stranger who fails from the same office cannot keep the owner of the account out.
    """
    try:
        known = _signer().loads(request.cookies.get(_known_browser_cookie(), ""))
    except BadSignature:
        known = None
    mark = _mark(account)
    return f"browser {mark}" if known == mark else _address()


def _address() -> str:
    return request.remote_addr or "unknown"


def _place() -> Place:
    return Place(_address(), request.user_agent.string or "")


def _enter(entered: SignIn, person: Person, target: str | None) -> Response:
    """Begins with an empty cookie, so that nothing of an earlier visitor or of an attacker's session lives on."""
    chosen = session.get("language")
    session.clear()
    session.permanent = True
    session["used"] = int(clock.now().timestamp())
    login_user(actor(person, on=clock.today(), teams={}, sign_in_id=entered.id))
    if chosen and chosen != person.language:
        with transaction():
            actions.choose_language(person.id, chosen)
    response = redirect(local_path(target) or "/", 303)
    response.set_cookie(
        _known_browser_cookie(),
        _signer().dumps(_mark(person.email)),
        max_age=KNOWN_BROWSER_DAYS * 86_400,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _known_browser_cookie() -> str:
    return "__Host-inspect-known" if current_app.config["SESSION_COOKIE_SECURE"] else "inspect_known"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known-browser")


def _mark(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()[:32]


def _profile(person: Person, password_form: ChangePasswordForm) -> str:
    return render_template(
        "accounts/profile.html",
        person=person,
        password_form=password_form,
        sessions=open_sign_ins(person.id, clock.now()),
        grants=grants_of(person.id),
        tenures=tenures_of_person(person.id),
        role_words=ROLES,
    )


from inspect_app.accounts import views_people, views_posts, views_settings  # noqa: E402, F401 - they hang on the blueprint
