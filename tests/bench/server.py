"""The product with the floor beside it, and headers that tell what each answer took."""

import time
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import Engine

from inspect_app import create_app
from inspect_app.config import Settings
from tests.bench.floor import blueprint

BOUNDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def build() -> Flask:
    """The application with the settings of the environment."""
    return measured(create_app(Settings.from_env()))


def measured(app: Flask) -> Flask:
    """Adds the floor, and counts statements and processor time of every answer."""
    app.register_blueprint(blueprint)
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_tell)
    if not event.contains(Engine, "before_cursor_execute", _count):
        event.listen(Engine, "before_cursor_execute", _count)
    return app


def _begin() -> None:
    g.statements = 0
    if "X-Processor" in request.headers:
        g.processor = time.process_time()


def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if has_request_context() and not statement.startswith(BOUNDS):
        g.statements = g.get("statements", 0) + 1


def _tell(response: Response) -> Response:
    response.headers["X-Statements"] = str(g.get("statements", 0))
    if "processor" in g:
        response.headers["X-Processor"] = f"{(time.process_time() - g.processor) * 1000:.3f}"
    return response
