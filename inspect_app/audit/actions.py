"""Appending to the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import inspect, select

from inspect_app.audit.models import AuditEntry, AuditHead
from inspect_app.audit.rules import START, SYSTEM, entry_hash
from inspect_app.crashpoints import crashpoint
from inspect_app.db import db, new_id
from inspect_app.refusals import N_, Refused


class Doer(Protocol):
    """Whoever acts: a signed-in person, or SYSTEM_ACTOR for what the clock does."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...


class _System:
    id = None
    name = "system"


SYSTEM_ACTOR: Doer = _System()


def record(
    action: str,
    thing: Any,
    *,
    by: Doer,
    at: datetime,
    reason: str | None = None,
    document: str | None = None,
    **details: Any,
) -> AuditEntry:
    """Writes down that `by` did `action` to `thing`, in the transaction of the change itself.

    `action` is a past-tense phrase with the thing's name, e.g. "task submitted". A thing with a `unit_id` goes to
    that unit's chain, everything else to the chain `system`. The head row is locked until the commit.
    """
    head = _locked_heads([_chain_of(thing)])[_chain_of(thing)]
    crashpoint("log.head")
    return _append(head, action, thing, details, by=by, at=at, reason=reason, document=document)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, before it has its place in a chain."""

    action: str
    thing: Any
    by: Doer
    at: datetime
    reason: str | None = None
    document: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def record_all(happenings: Iterable[tuple[str, Any, dict[str, Any]]], *, by: Doer, at: datetime) -> None:
    """What record() does for many (action, thing, details) at once, such as the rows of an import."""
    record_events([Event(action, thing, by, at, details=details) for action, thing, details in happenings])


def record_events(events: Sequence[Event]) -> None:
    """What record() does for many events in their order; each chain's head is locked once."""
    heads = _locked_heads(_chain_of(event.thing) for event in events)
    for one in events:
        head = heads[_chain_of(one.thing)]
        _append(
            head, one.action, one.thing, one.details, by=one.by, at=one.at, reason=one.reason, document=one.document
        )
    db.session.flush()


def touch(thing: Any, seen: int | None = None) -> None:
    """Locks a thing for change and counts its version up.

    `seen` is the version that the person's page showed; raises Stale (409) with what happened since when it has
    changed meanwhile. None is for the clock and for changes that do not rest on a page.
    """
    columns = [attribute.key for attribute in inspect(thing).mapper.column_attrs]
    db.session.refresh(thing, columns, with_for_update=True)
    if seen is not None and thing.version != seen:
        raise Stale(thing, seen)
    thing.version += 1


class Stale(Refused):
    """Somebody changed the thing after this page was opened."""

    def __init__(self, thing: Any, seen: int) -> None:
        super().__init__(N_("Hồ sơ đã thay đổi sau khi bạn mở trang này. Nội dung bạn gõ vẫn được giữ."), status=409)
        self.thing = thing
        self.seen = seen


def content_of(entry: AuditEntry | Any) -> dict[str, Any]:
    """What the hash of an entry covers: everything but the hashes."""
    return {
        "id": str(entry.id),
        "chain": entry.chain,
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor_id": str(entry.actor_id) if entry.actor_id else None,
        "actor_name": entry.actor_name,
        "action": entry.action,
        "thing_type": entry.thing_type,
        "thing_id": str(entry.thing_id),
        "unit_id": str(entry.unit_id) if entry.unit_id else None,
        "reason": entry.reason,
        "document": entry.document,
        "details": entry.details,
    }


def _with_version(thing: Any, details: dict[str, Any]) -> dict[str, Any]:
    kept = {key: plain(value) for key, value in details.items()}
    if getattr(thing, "version", None) is not None:
        kept["version"] = thing.version
    return kept


def plain(value: Any) -> Any:
    """A value as JSON can hold it without loss."""
    if isinstance(value, UUID | date | Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def _unit_of(thing: Any) -> UUID | None:
    return thing.id if thing.__tablename__ == "unit" else getattr(thing, "unit_id", None)


def _chain_of(thing: Any) -> str:
    return str(_unit_of(thing) or SYSTEM)


def _append(
    head: AuditHead,
    action: str,
    thing: Any,
    details: dict[str, Any],
    *,
    by: Doer,
    at: datetime,
    reason: str | None = None,
    document: str | None = None,
) -> AuditEntry:
    if thing.id is None:
        thing.id = new_id()
    entry = AuditEntry(
        id=new_id(),
        chain=head.chain,
        seq=head.seq + 1,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        thing_type=thing.__tablename__,
        thing_id=thing.id,
        unit_id=_unit_of(thing),
        reason=reason or None,
        document=document or None,
        details=_with_version(thing, details),
        prev_hash=head.hash,
    )
    entry.hash = entry_hash(entry.prev_hash, content_of(entry))
    head.seq, head.hash = entry.seq, entry.hash
    db.session.add(entry)
    crashpoint("log.appended")
    return entry


def _locked_heads(chains: Iterable[str]) -> dict[str, AuditHead]:
    """The heads of these chains, locked in one order so that nobody waits in a circle; a new chain starts here."""
    wanted = sorted(set(chains))
    heads: dict[str, AuditHead] = {}
    for start in range(0, len(wanted), 1000):
        part = select(AuditHead).where(AuditHead.chain.in_(wanted[start : start + 1000])).order_by(AuditHead.chain)
        heads |= {head.chain: head for head in db.session.scalars(part.with_for_update())}
    fresh = [AuditHead(chain=chain, seq=0, hash=START) for chain in wanted if chain not in heads]
    if fresh:
        db.session.add_all(fresh)
        db.session.flush()
    return heads | {head.chain: head for head in fresh}
