"""Faults put into the server on purpose, by name, so that the checker can be seen to find each of them."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

LATE = 1.5
"""Seconds in which a test kills the server: longer than the way of an answer, shorter than patience."""


def plant(name: str, app: Flask) -> None:
    """Puts the defect of this name into the running product."""
    DEFECTS[name](app)


def _ack_before_commit(app: Flask) -> None:
    """The answer leaves, and only then the transaction commits."""
    import inspect_app.sync.views_doors as doors

    whole = doors.take_in

    def promised(sent: Any, *, by: Any, **how: Any) -> Any:
        from inspect_app.db import db

        acks = whole(sent, by=by, **how)
        db.session.rollback()
        person = by._get_current_object()
        _later(app, lambda: whole(sent, by=person, **how))
        return acks

    doors.take_in = promised


def _async_commit(app: Flask) -> None:
    """Commits go to the disk by themselves, some time later: what the database promised is still in memory."""
    import inspect_app.sync.views_doors as doors

    whole, waiting = doors.take_in, []

    def promised(sent: Any, *, by: Any, **how: Any) -> Any:
        from inspect_app.db import db

        acks = whole(sent, by=by, **how)
        db.session.rollback()
        waiting.append((sent, {**how, "by": by._get_current_object()}))
        return acks

    def write_behind() -> None:
        while True:
            time.sleep(LATE)
            for _ in range(len(waiting)):
                sent, how = waiting.pop(0)
                _commit(app, lambda sent=sent, how=how: whole(sent, **how))

    doors.take_in = promised
    threading.Thread(target=write_behind, daemon=True).start()


def _later(app: Flask, work: Callable[[], Any]) -> None:
    def wait() -> None:
        time.sleep(LATE)
        _commit(app, work)

    threading.Thread(target=wait, daemon=True).start()


def _commit(app: Flask, work: Callable[[], Any]) -> None:
    from inspect_app.db import transaction

    with app.app_context(), transaction():
        work()


def _no_idempotency(_app: Flask) -> None:
    """A change that comes again is done again."""
    import inspect_app.sync.actions as actions

    actions.known_mutation = lambda _id: None
    actions.remember = lambda _change, _raw, ack, **_facts: ack


def _body_not_compared(_app: Flask) -> None:
    """Whatever comes under a known id gets the answer of the first."""
    import inspect_app.sync.actions as actions

    actions._again = lambda known, _raw, _digest, _by, _at: known.result


def _outbox_after_commit(_app: Flask) -> None:
    """What follows from a change is asked for when it is committed, in a transaction of its own."""
    import inspect_app.inspections.actions_field as field
    from inspect_app.db import after_commit, transaction
    from inspect_app.queue import later

    def forgetful(job: Any, *ids: Any, **how: Any) -> None:
        def ask() -> None:
            time.sleep(LATE)
            with transaction():
                later(job, *ids, **how)

        after_commit(f"forgetful:{ids}", ask)

    field.later = forgetful


def _conflict_overwrites(_app: Flask) -> None:
    """The last one to answer wins."""
    import inspect_app.inspections.actions_field as field

    field.merge = lambda _current, _base, _incoming: "apply"


def _photo_before_row(app: Flask) -> None:
    """A photo counts as stored before its row is committed."""
    import inspect_app.sync.actions_uploads as uploads
    from inspect_app.sync import views_uploads

    state = views_uploads._state_of

    def told(upload: Any, status: int, words: str = "") -> Any:
        answer = state(upload, status, words)
        if answer.headers["Upload-Offset"] == answer.headers["Upload-Length"]:
            answer.headers["Upload-Result"] = "stored"
        return answer

    uploads._finish = lambda *_facts: None
    views_uploads._state_of = told


def _photo_before_fsync(_app: Flask) -> None:
    """Photos are never brought to the disk."""
    import inspect_app.documents.store as store
    import inspect_app.sync.uploads as uploads

    lazy = type(
        "Lazy", (), {"__getattr__": lambda _self, name: getattr(os, name), "fsync": lambda _self, _file: None}
    )()
    store.os = uploads.os = lazy


def _swallowed(_app: Flask) -> None:
    """What fails is answered as if it were done, and kept nowhere."""
    import inspect_app.sync.actions as actions

    def lied(change: Any, _raw: Any, _error: Any, _by: Any, _at: Any) -> dict[str, Any]:
        return {"id": str(change.id), "result": "parked:closed", "version": None, "audit_seq": None}

    actions._put_aside = lied


def _no_log(_app: Flask) -> None:
    """An answer in conflict leaves no entry in the log."""
    import inspect_app.inspections.actions_field as field

    whole = field._record

    def silent(action: str, *facts: Any) -> Any:
        return None if action == "answer in conflict" else whole(action, *facts)

    field._record = silent


def _half_forgotten(_app: Flask) -> None:
    """Every tenth change of a batch is answered and not done."""
    import inspect_app.sync.actions as actions

    whole, seen = actions._take_one, [0]

    def some(raw: Any, by: Any, at: Any) -> Any:
        from inspect_app.db import db

        seen[0] += 1
        if seen[0] % 10:
            return whole(raw, by, at)
        nested = db.session.begin_nested()
        ack = whole(raw, by, at)
        nested.rollback()
        return ack

    actions._take_one = some


DEFECTS: dict[str, Callable[[Flask], None]] = {
    "ack before commit": _ack_before_commit,
    "async commit": _async_commit,
    "no idempotency": _no_idempotency,
    "body not compared": _body_not_compared,
    "outbox after commit": _outbox_after_commit,
    "conflict overwrites": _conflict_overwrites,
    "photo named before its row": _photo_before_row,
    "photo named before fsync": _photo_before_fsync,
    "failures swallowed": _swallowed,
    "log left out": _no_log,
    "some of a batch forgotten": _half_forgotten,
}
