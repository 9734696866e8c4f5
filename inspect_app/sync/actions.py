"""Taking in what tablets send: each change by itself, once, and never thrown away."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from inspect_app.audit.actions import plain
from inspect_app.crashpoints import crashpoint
from inspect_app.db import db, new_id
from inspect_app.inspections.actions_field import NotOnTeam, RecordClosed
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import State
from inspect_app.permissions import Actor
from inspect_app.preferences import Preference
from inspect_app.refusals import Refused
from inspect_app.sync.actions_ops import do
from inspect_app.sync.models import Mutation, Parked
from inspect_app.sync.queries import (
    DEPLOYMENT,
    Deployment,
    deployment,
    find_inspection,
    is_parked,
    known_mutation,
)
from inspect_app.sync.queries_ops import version_answered
from inspect_app.sync.rules import Change, Unreadable, body_hash, given_id, read_change, unknown_fields, written

log = structlog.get_logger("sync")
Ack = dict[str, Any]


class Parking(Exception):
    """The change cannot be applied; `reason` is a word that the tablet knows."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def take_in(changes: list[Any], *, by: Actor, at: datetime, newer: bool = False) -> list[Ack]:
    """Takes in changes in the order (device, seq), each in a savepoint; gives an acknowledgement for each, as sent.

    An acknowledgement says "applied", "same", "conflict" or "parked:<reason>". Nothing is ever just refused. What comes
    by a `newer` protocol than ours is kept as it came: the same words may mean something else there.
    """
    if newer:
        return [_park(raw, given_id(raw), None, "unreadable", by, at) for raw in changes]
    acks: dict[int, Ack] = {}
    for place in sorted(range(len(changes)), key=lambda place: (*_order(changes[place]), place)):
        acks[place] = _take_one(changes[place], by, at)
    return [acks[place] for place in range(len(changes))]


def this_deployment(at: datetime) -> Deployment:
    """The name of this installation; it is given at the first change."""
    known = deployment()
    if known is not None:
        return known
    made = Deployment(str(new_id()), 1)
    try:
        with db.session.begin_nested():
            db.session.add(Preference(name=DEPLOYMENT, value={"id": made.id, "epoch": made.epoch}, changed_at=at))
    except IntegrityError:
        return deployment() or made
    return made


def _order(raw: Any) -> tuple[str, int]:
    try:
        change = read_change(raw)
    except Unreadable:
        return "", 0
    return change.device, change.seq


def _take_one(raw: Any, by: Actor, at: datetime) -> Ack:
    try:
        change = read_change(raw)
    except Unreadable:
        return _park(raw, given_id(raw), None, "unreadable", by, at)
    crashpoint("change.read")
    digest = body_hash(raw)
    known = known_mutation(change.id)
    if known is not None:
        return _again(known, raw, digest, by, at)
    try:
        with db.session.begin_nested():
            crashpoint("change.savepoint")
            ack = apply_change(change, by, at)
            crashpoint("change.applied")
            ack = remember(change, raw, ack, author_id=by.id, inspection_id=change.inspection, at=at)
        crashpoint("change.released")
        return ack
    except IntegrityError:
        known = known_mutation(change.id)
        if known is None:
            raise
        return _again(known, raw, digest, by, at)
    except SQLAlchemyError:
        raise
    except Exception as error:
        return _put_aside(change, raw, error, by, at)


def _again(known: Mutation, raw: Any, digest: str, by: Actor, at: datetime) -> Ack:
    """The same change once more gets its first answer; another one under its id is kept and looked into."""
    if known.body_hash == digest and known.author_id == by.id:
        return known.result
    log.warning("mutation id reused", mutation=str(known.id), author=str(by.id))
    return _park(raw, str(known.id), None, "id_reused", by, at)


def apply_change(change: Change, by: Actor, at: datetime) -> Ack:
    """Does what a change says, as its author. Raises Parking, Refused or Unreadable."""
    if change.author != by.id:
        raise Parking("other_author")
    inspection = find_inspection(change.inspection)
    if inspection is None:
        raise Parking("not_on_team")
    _require_template(inspection, change)
    outcome = do(inspection, change, by=by, at=at)
    ack: Ack = {
        "id": str(change.id),
        "result": outcome.result,
        "version": outcome.version,
        "audit_seq": outcome.audit_seq,
    }
    return ack | ({"answer": outcome.answer} if outcome.answer else {})


def _require_template(inspection: Inspection, change: Change) -> None:
    """An answer to another edition of the questions is no answer to these; a signature or a start asks none."""
    if inspection.rubric_version_id is None:
        raise RecordClosed(inspection.state)
    if change.criterion and version_answered(inspection.rubric_version_id).content_hash != change.template_version:
        raise Parking("template")


def reason_of(error: Exception) -> str:
    """The word for why a change was put aside."""
    if isinstance(error, Parking):
        return error.reason
    if isinstance(error, Unreadable):
        return "unreadable"
    if isinstance(error, NotOnTeam):
        return "not_on_team"
    if isinstance(error, RecordClosed):
        if error.state is State.SUSPENDED:
            return "suspended"
        return "closed" if error.after else "not_started"
    if isinstance(error, Refused):
        return "invalid"
    log.exception("a change failed", exc_info=error)
    return "failed"


def words_of(error: Exception) -> dict[str, Any] | None:
    """What a refusal says, to be put into the reader's language when it is read."""
    if not isinstance(error, Refused):
        return None
    translated = [name for name in getattr(error, "facts_to_translate", ()) if name in error.facts]
    return {"message": error.message, "facts": plain(error.facts), "translated": translated}


def _put_aside(change: Change, raw: Any, error: Exception, by: Actor, at: datetime) -> Ack:
    inspection_id = change.inspection if find_inspection(change.inspection) else None
    ack = _park(raw, str(change.id), inspection_id, reason_of(error), by, at, words=words_of(error))
    return remember(change, raw, ack, author_id=by.id, inspection_id=inspection_id, at=at)


def remember(change: Change, raw: Any, ack: Ack, *, author_id: UUID, inspection_id: UUID | None, at: datetime) -> Ack:
    """Remembers the answer to a change, so that the same one gets it again."""
    db.session.add(
        Mutation(
            id=change.id,
            body_hash=body_hash(raw),
            device=change.device,
            seq=change.seq,
            author_id=author_id,
            inspection_id=inspection_id,
            result=ack,
            extra=unknown_fields(raw),
            received_at=at,
        )
    )
    db.session.flush()
    crashpoint("change.remembered")
    return ack


def _park(
    raw: Any,
    mutation_id: str,
    inspection_id: UUID | None,
    reason: str,
    by: Actor,
    at: datetime,
    *,
    words: dict[str, Any] | None = None,
) -> Ack:
    """Keeps a change as it came, for a person to look at; once, however often it is sent."""
    body = written(raw)
    if not is_parked(mutation_id, by.id, body):
        db.session.add(
            Parked(
                mutation_id=mutation_id,
                author_id=by.id,
                inspection_id=inspection_id,
                body=body,
                reason=reason,
                words=words,
                received_at=at,
            )
        )
        db.session.flush()
        crashpoint("change.parked")
    ack: Ack = {"id": mutation_id or None, "result": f"parked:{reason}", "version": None, "audit_seq": None}
    return ack | ({"words": words} if words and reason == "invalid" else {})
