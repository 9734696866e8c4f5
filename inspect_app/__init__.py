"""Inspection and compliance tracking for public administration: the application factory."""

import secrets
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask, session
from flask_babel import Babel
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from inspect_app import access, assets, clock, db, display
from inspect_app.config import ROOT, Settings
from inspect_app.permissions import Actor

FEATURES = (
    "accounts",
    "audit",
    "calendars",
    "committee",
    "documents",
    "findings",
    "inspections",
    "notifications",
    "overview",
    "plans",
    "rubrics",
    "sync",
    "tasks",
    "units",
)
LANGUAGES = ("vi", "en")


def create_app(settings: Settings | None = None) -> Flask:
    """The application with these settings, or with those of the environment."""
    settings = settings or Settings.from_env()
    clock.set_demo_now(settings.demo_now if settings.demo else None)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    _configure(app, settings)
    db.register(app, settings)
    assets.register(app)
    Babel(app, locale_selector=_language, timezone_selector=lambda: "Asia/Ho_Chi_Minh")
    CSRFProtect(app)
    access.register(app, _actor_of_sign_in)
    display.register(app)
    _register_features(app)
    _register_pages_of_the_shell(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret or secrets.token_hex(32),
        SETTINGS=settings,
        REDIS_URL=settings.redis_url,
        TRUSTED_HOSTS_EXACT=_trusted_hosts(settings),
        MAX_CONTENT_LENGTH=210 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="__Host-inspect" if settings.secure_cookies else "inspect_session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_TRANSLATION_DIRECTORIES="translations",
        TESTING=settings.testing,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _trusted_hosts(settings: Settings) -> frozenset[str]:
    if settings.testing:
        return frozenset()
    host = settings.public_origin.split("://", 1)[-1]
    local = {f"{name}:{settings.port}" for name in (settings.host, "127.0.0.1", "localhost")}
    return frozenset({host} | (local if settings.demo or not settings.proxies else set()))


def _language() -> str:
    if getattr(current_user, "is_authenticated", False):
        return current_user.language
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else "vi"


def _actor_of_sign_in(sign_in_id: str, last_used: int | None, at: datetime) -> Actor | None:
    from inspect_app.accounts.queries_session import signed_in
    from inspect_app.inspections.queries import parts_of

    return signed_in(sign_in_id, last_used=last_used, at=at, parts_of=parts_of)


def _register_features(app: Flask) -> None:
    words: dict[str, Any] = {}
    finders: dict[str, Any] = {}
    papers: dict[str, Any] = {}
    file_rules: dict[str, Any] = {}
    jobs: dict[str, Any] = {}
    for feature in FEATURES:
        app.register_blueprint(import_module(f"inspect_app.{feature}.views").blueprint)
        words.update(_offered(feature, "words", "ACTIONS"))
        jobs.update(_offered(feature, "words", "JOBS"))
        finders.update(_offered(feature, "queries", "FINDERS"))
        papers.update(_offered(feature, "paper", "PAPERS"))
        file_rules.update(_offered(feature, "file_rules", "FILE_RULES"))
    app.extensions.update(action_words=words, job_words=jobs, finders=finders, papers=papers, file_rules=file_rules)


def _offered(feature: str, part: str, name: str) -> dict[str, Any]:
    """What a module of a feature offers to others under this name; nothing where it has no such module."""
    module = f"inspect_app.{feature}.{part}"
    return getattr(import_module(module), name, {}) if find_spec(module) else {}


def _register_pages_of_the_shell(app: Flask) -> None:
    from inspect_app import shell

    shell.register(app)


__all__ = ["FEATURES", "LANGUAGES", "create_app"]
