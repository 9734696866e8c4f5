"""What surrounds every page: the frame's values, error pages, health."""

from typing import Any

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request
from flask_babel import get_locale, gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from inspect_app import clock
from inspect_app.access import public, referring_path
from inspect_app.audit.actions import Stale
from inspect_app.audit.queries import changes_since
from inspect_app.db import db, schema_is_current
from inspect_app.display import moment, refusal, told
from inspect_app.navigation import navigation
from inspect_app.permissions import Permission, may
from inspect_app.preferences import preference
from inspect_app.queue import connection
from inspect_app.refusals import Refused

KNOWN_ERRORS = (400, 403, 404, 409, 413, 422, 429, 500, 503, 507)


def register(app: Flask) -> None:
    app.context_processor(_frame)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SQLAlchemyError, _database_failed)
    app.register_error_handler(Exception, _unexpected)
    app.add_url_rule("/healthz", view_func=public(healthz))
    app.add_url_rule("/readyz", view_func=public(readyz))


def healthz() -> Response:
    """Alive: the process answers."""
    return jsonify(status="alive")


def readyz() -> tuple[Response, int]:
    """Ready: database, migrations, queue and a worker's heartbeat; 503 with what is missing."""
    missing = [name for name, ok in _checks() if not ok]
    return jsonify(status="ready" if not missing else "not ready", missing=missing), 503 if missing else 200


def _checks() -> list[tuple[str, bool]]:
    checks = []
    try:
        db.session.execute(text("SELECT 1"))
        checks += [("database", True), ("migrations", schema_is_current())]
    except SQLAlchemyError:
        checks.append(("database", False))
    try:
        redis = connection()
        alive = bool(redis and redis.ping())
        checks += [("queue", alive), ("worker", alive and _has_worker(redis))]
    except RedisError:
        checks.append(("queue", False))
    return checks


def _has_worker(redis: Redis) -> bool:
    """A worker that has died leaves its name in the set, but not the key that its heartbeat renews."""
    return any(redis.exists(name) for name in redis.smembers("rq:workers"))


def _frame() -> dict[str, Any]:
    signed_in = getattr(current_user, "is_authenticated", False)
    return {
        "product_name": gettext("Kiểm tra CCHC"),
        "site_name": preference("site_name"),
        "demo": current_app.config["SETTINGS"].demo,
        "locale": str(get_locale()),
        "as_of": clock.now(),
        "today": clock.today(),
        "navigation": navigation(current_user) if signed_in else [],
        "unread_notices": current_user.unread_notices if signed_in else 0,
        "may": lambda permission, thing=None: may(current_user, permission, thing),
        "Permission": Permission,
        "action_word": action_word,
    }


def action_word(action: str) -> str:
    """The words of a log entry's action in the reader's language."""
    return told(current_app.extensions["action_words"].get(action, action))


def wants_json() -> bool:
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _answer(status: int, message: str | None = None, changed: list[str] | None = None) -> tuple[Any, int]:
    if wants_json():
        return jsonify(error=message or status, status=status), status
    page = status if status in KNOWN_ERRORS else (400 if status < 500 else 500)
    page = {422: 409, 507: 503}.get(page, page)
    back_url = referring_path() if request.method == "POST" else None
    return render_template(f"errors/{page}.html", message=message, changed=changed or [], back_url=back_url), status


def _refused(error: Refused) -> tuple[Any, int]:
    db.session.rollback()
    changed = []
    if isinstance(error, Stale):
        changed = [
            f"{moment(entry.at)} · {entry.actor_name} · {action_word(entry.action)}"
            for entry in changes_since(error.thing, error.seen)
        ]
    return _answer(error.status, refusal(error), changed)


def _csrf_failed(error: CSRFError) -> tuple[Any, int]:
    return _answer(
        400, gettext("Phiên làm việc của trang này đã cũ. Hãy tải lại trang rồi gửi lại; nội dung đã gõ được giữ.")
    )


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, MethodNotAllowed) and request.method in {"GET", "HEAD"} and not wants_json():
        return redirect(_page_above(request.path), 303)
    if isinstance(error, RequestEntityTooLarge):
        return _answer(413)
    return _answer(error.code)


def _page_above(path: str) -> str:
    """The nearest page above an address that only takes what a form sends; such an address stands in the browser after
    a refusal."""
    pages = current_app.url_map.bind(request.host)
    while path := path.rpartition("/")[0]:
        if pages.test(path, method="GET"):
            return path
    return "/"


def _database_failed(error: SQLAlchemyError) -> tuple[Any, int]:
    current_app.logger.exception("database failed on %s", request.path)
    if current_app.testing:
        raise error
    db.session.rollback()
    return _plain_answer(503)


def _unexpected(error: Exception) -> tuple[Any, int]:
    current_app.logger.exception("unexpected failure on %s", request.path)
    if current_app.testing:
        raise error
    db.session.rollback()
    return _plain_answer(500)


def _plain_answer(status: int) -> tuple[Any, int]:
    """An error page that asks the database for nothing."""
    try:
        return _answer(status)
    except Exception:
        current_app.logger.exception("the error page failed as well")
        return Response(str(status), status, mimetype="text/plain"), status
