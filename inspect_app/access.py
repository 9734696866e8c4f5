"""The guard in front of every page and operation: shut by default.

A view names its permission with @requires or is marked @public; a view that does neither answers 403. The view then
finds its thing through what the person may see, and asks may() about that very thing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, jsonify, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response as AnyResponse

from inspect_app import clock
from inspect_app.permissions import Actor, Permission, may

View = TypeVar("View", bound=Callable[..., Any])
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}


def requires(permission: Permission) -> Callable[[View], View]:
    """Marks a view with the permission that its visitor needs somewhere; the view asks again about its thing."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # read by the guard and by the access matrix
        return view

    return mark


def public(view: View) -> View:
    """Marks a view that anybody may open."""
    view.permission = None  # type: ignore[attr-defined]  # read by the guard and by the access matrix
    return view


def register(app: Flask, load_actor: Callable[[str, int | None, datetime], Actor | None]) -> None:
    """Puts the guard in front of the app; `load_actor(sign_in_id, last_used, at)` finds who is signed in."""
    login_manager = LoginManager(app)
    login_manager.session_protection = None
    login_manager.user_loader(lambda sign_in_id: load_actor(sign_in_id, session.get("used"), clock.now()))
    app.before_request(_check_host)
    app.before_request(guard)
    app.after_request(_set_headers)


def guard() -> AnyResponse | None:
    """Lets a request through to its view, asks for a sign-in, or answers 403."""
    if request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    if not hasattr(view, "permission"):
        abort(403)
    if view.permission is None:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if not request.headers.get("X-Polling"):
        session["used"] = int(clock.now().timestamp())
    if not may(current_user, view.permission):
        abort(403)
    return None


def _ask_to_sign_in() -> AnyResponse:
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        response = jsonify(error="sign_in")
        response.status_code = 401
        return response
    target = request.full_path.rstrip("?") if request.method == "GET" else referring_path()
    return redirect(url_for("accounts.sign_in", next=target or None), 303)


def local_path(target: str | None) -> str | None:
    """The target if it is a path of this product, else None: `next=` never leads away."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(letter) < 33 or ord(letter) == 127 for letter in target):
        return None
    return target


def _check_host() -> None:
    trusted = current_app.config["TRUSTED_HOSTS_EXACT"]
    if trusted and request.host not in trusted:
        abort(400)


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def referring_path() -> str | None:
    """Where a form stood whose session ended meanwhile; the page keeps a draft of what was typed."""
    parts = urlsplit(request.referrer or "")
    return local_path(parts.path) if parts.netloc == request.host else None
