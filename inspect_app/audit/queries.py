"""Reading the log."""

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    column,
    false,
    not_,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy import true as always

from inspect_app.audit.actions import content_of
from inspect_app.audit.models import AuditEntry, AuditHead
from inspect_app.audit.rules import SYSTEM, first_break
from inspect_app.db import db
from inspect_app.permissions import Actor, Role

PEOPLE = table("person", column("id", Uuid), column("name", String))
POSTS = table("post", column("id", Uuid), column("title", String))
TASKS = table("task", column("id", Uuid), column("year", Integer), column("number", Integer))
UNITS = table("unit", column("id", Uuid), column("name", String))
REACH = table("unit_reach", column("above_id", Uuid), column("unit_id", Uuid))
INSPECTIONS = table(
    "inspection",
    *(column("id", Uuid), column("form", String), column("started_at", DateTime(timezone=True))),
    *(column("year", Integer), column("number", Integer)),
)
ATTACHMENTS = table("attachment", column("id", Uuid), column("thing_type", String), column("thing_id", Uuid))
PAPERS = table("render_job", column("id", Uuid), column("thing_type", String), column("thing_id", Uuid))
FINDINGS = table("finding", column("id", Uuid), column("named_person", String))
"""Tables of features that stand above this one, by their names."""

OF_ACCOUNTS = frozenset({"person", "role_grant", "sign_in", "password_reset", "mail", "outbox"})
"""Things that concern accounts: for administrators and auditors."""
OF_CATALOGUES = frozenset(
    {"day_override", "post", "preference", "rubric", "rubric_version", "tenure", "unit", "unit_change", "unit_link"}
)
"""Things that everybody who reads the log may read about."""


# ── What happened to a thing ──


def timeline(things: Iterable[tuple[str, UUID]], limit: int = 200) -> list[AuditEntry]:
    """What happened to these (type, id) things, newest first."""
    wanted = list(things)
    if not wanted:
        return []
    return list(
        db.session.scalars(
            select(AuditEntry)
            .where(tuple_(AuditEntry.thing_type, AuditEntry.thing_id).in_(wanted))
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
            .limit(limit)
        )
    )


def changes_since(thing: Any, seen: int) -> list[AuditEntry]:
    """What happened to a thing after the version that somebody saw, oldest first."""
    entries = timeline([(thing.__tablename__, thing.id)], limit=50)
    return [entry for entry in reversed(entries) if entry.details.get("version", 0) > seen]


# ── The log as a list ──


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """What the log is narrowed to: `unit_id` takes what lies below too, `before` is the first moment left out."""

    unit_id: UUID | None = None
    person_id: UUID | None = None
    action: str = ""
    since: datetime | None = None
    before: datetime | None = None


class Line(NamedTuple):
    """One entry with the names of its unit and thing.

    `hushed` when its reason may name somebody whom the reader may not see.
    """

    entry: AuditEntry
    unit: str
    thing: str
    hushed: bool


def list_entries(reader: Actor, wanted: WantedEntries, *, after: UUID | None, limit: int) -> list[Line]:
    """One page of what a person may read of the log, newest first, from behind the entry `after` on."""
    page = select(AuditEntry, UNITS.c.name).outerjoin(UNITS, UNITS.c.id == AuditEntry.unit_id)
    page = _narrowed(page.where(readable_by(reader)), wanted)
    mark = db.session.execute(select(AuditEntry.at, AuditEntry.id).where(AuditEntry.id == after)).one_or_none()
    if mark:
        page = page.where(or_(AuditEntry.at < mark[0], and_(AuditEntry.at == mark[0], AuditEntry.id < mark[1])))
    page = page.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    found = [(entry, unit or "") for entry, unit in db.session.execute(page)]
    named = _naming_somebody(entry.thing_id for entry, _unit in found if entry.thing_type == "finding")
    things = _names_of([entry for entry, _unit in found])
    return [
        Line(
            entry,
            unit,
            things.get(entry.thing_id, ""),
            hushed=entry.thing_id in named and not _may_know_names(reader, entry),
        )
        for entry, unit in found
    ]


def readable_by(reader: Actor) -> ColumnElement[bool]:
    """The condition that a person may read an entry.

    AUDITOR reads everything in scope; OFFICE everything in scope but accounts; ADMIN accounts and catalogues only. What
    concerns no unit is read by AUDITOR, by ADMIN, and as far as it is of a catalogue by OFFICE. An unannounced
    inspection before its start is known to OFFICE alone.
    """
    kind, nowhere = AuditEntry.thing_type, AuditEntry.unit_id.is_(None)
    auditor, office, admin = (_within(reader, role) for role in (Role.AUDITOR, Role.OFFICE, Role.ADMIN))
    return or_(
        and_(or_(auditor, _any(reader, Role.AUDITOR) & nowhere), not_(_still_secret())),
        and_(office, kind.not_in(OF_ACCOUNTS)),
        and_(_any(reader, Role.OFFICE), nowhere, kind.in_(OF_CATALOGUES)),
        and_(or_(admin, _any(reader, Role.ADMIN) & nowhere), kind.in_(OF_ACCOUNTS | OF_CATALOGUES)),
    )


def _within(reader: Actor, role: Role) -> ColumnElement[bool]:
    above = reader.units_of(role)
    return AuditEntry.unit_id.in_(select(REACH.c.unit_id).where(REACH.c.above_id.in_(above))) if above else false()


def _any(reader: Actor, role: Role) -> ColumnElement[bool]:
    return always() if reader.holds(role, None) else false()


def _still_secret() -> ColumnElement[bool]:
    """The entry is about an unannounced inspection that has not begun, or about a file or paper of one."""
    secret = select(INSPECTIONS.c.id).where(INSPECTIONS.c.form == "unannounced", INSPECTIONS.c.started_at.is_(None))
    about = [and_(AuditEntry.thing_type == "inspection", AuditEntry.thing_id.in_(secret))]
    for kind, parts in (("attachment", ATTACHMENTS), ("render_job", PAPERS)):
        of_secret = select(parts.c.id).where(parts.c.thing_type == "inspection", parts.c.thing_id.in_(secret))
        about.append(and_(AuditEntry.thing_type == kind, AuditEntry.thing_id.in_(of_secret)))
    return or_(*about)


def _narrowed(page: Select[*tuple[Any, ...]], wanted: WantedEntries) -> Select[*tuple[Any, ...]]:
    if wanted.unit_id is not None:
        below = select(REACH.c.unit_id).where(REACH.c.above_id == wanted.unit_id)
        page = page.where(AuditEntry.unit_id.in_(below))
    if wanted.person_id is not None:
        page = page.where(AuditEntry.actor_id == wanted.person_id)
    if wanted.action:
        page = page.where(AuditEntry.action == wanted.action)
    if wanted.since is not None:
        page = page.where(AuditEntry.at >= wanted.since)
    if wanted.before is not None:
        page = page.where(AuditEntry.at < wanted.before)
    return page


def _names_of(entries: Iterable[AuditEntry]) -> dict[UUID, str]:
    """How people name the things of these entries, as far as they have a name: one question for each kind of thing."""
    ids: dict[str, set[UUID]] = {}
    for entry in entries:
        ids.setdefault(entry.thing_type, set()).add(entry.thing_id)
    names: dict[UUID, str] = {}
    for kind, things, words in (("person", PEOPLE, PEOPLE.c.name), ("post", POSTS, POSTS.c.title)):
        if kind in ids:
            named = db.session.execute(select(things.c.id, words).where(things.c.id.in_(ids[kind])))
            names |= dict(named.all())
    for kind, things, form in (("inspection", INSPECTIONS, "{}-KT-{:03d}"), ("task", TASKS, "{}/{:04d}")):
        if kind in ids:
            numbered = select(things.c.id, things.c.year, things.c.number).where(things.c.id.in_(ids[kind]))
            names |= {key: form.format(year, number) for key, year, number in db.session.execute(numbered)}
    return names


def _naming_somebody(finding_ids: Iterable[UUID]) -> set[UUID]:
    ids = list(finding_ids)
    if not ids:
        return set()
    return set(db.session.scalars(select(FINDINGS.c.id).where(FINDINGS.c.id.in_(ids), FINDINGS.c.named_person != "")))


def _may_know_names(reader: Actor, entry: AuditEntry) -> bool:
    unit_id = entry.unit_id
    return unit_id is not None and (reader.holds(Role.OFFICE, unit_id) or reader.holds(Role.AUTHORITY, unit_id))


# ── Chains ──


def heads() -> list[AuditHead]:
    """The end of every chain, in order of the chains."""
    return list(db.session.scalars(select(AuditHead).order_by(AuditHead.chain)))


def heads_readable_by(reader: Actor, *, after: str, limit: int) -> list[AuditHead]:
    """One page of the chains that a person may check: units in the scope of AUDITOR or OFFICE, and `system`."""
    above = reader.units_of(Role.AUDITOR, Role.OFFICE)
    units = db.session.scalars(select(REACH.c.unit_id).where(REACH.c.above_id.in_(above))) if above else ()
    chains = {str(unit_id) for unit_id in units} | {SYSTEM}
    return [head for head in heads() if head.chain in chains and head.chain > after][:limit]


def unit_names(chains: Iterable[str]) -> dict[str, str]:
    """The name of the unit behind each chain; `system` has none."""
    ids = [UUID(chain) for chain in chains if chain != SYSTEM]
    rows = db.session.execute(select(UNITS.c.id, UNITS.c.name).where(UNITS.c.id.in_(ids)))
    return {str(unit_id): name for unit_id, name in rows}


def broken_at(head: AuditHead) -> int | None:
    """The number of the first entry of a chain that does not hold, or None when the whole chain does."""
    last: list[tuple[int, str]] = [(0, head.hash)]
    with closing(_rows(head.chain, last)) as rows:
        fault = first_break(rows)
    if fault is not None:
        return fault
    return None if last[-1] == (head.seq, head.hash) else last[-1][0] + 1


def chains_without_head() -> list[str]:
    """Chains with entries whose head row is gone: nobody could take it away by way of the product."""
    return list(
        db.session.scalars(
            select(AuditEntry.chain)
            .where(AuditEntry.chain.not_in(select(AuditHead.chain)))
            .distinct()
            .order_by(AuditEntry.chain)
        )
    )


def _rows(chain: str, last: list[tuple[int, str]]) -> Generator[tuple[int, str, str, dict[str, Any]], None, None]:
    """The entries of a chain in order, a thousand at a time; `last` keeps the number and hash of the latest."""
    columns = [getattr(AuditEntry, name) for name in COLUMNS]
    entries = select(*columns).where(AuditEntry.chain == chain).order_by(AuditEntry.seq)
    with db.session.execute(entries.execution_options(yield_per=1000)) as rows:
        for row in rows:
            last[-1] = (row.seq, row.hash)
            yield row.seq, row.prev_hash, row.hash, content_of(row)


COLUMNS = (
    *("id", "chain", "seq", "at", "actor_id", "actor_name", "action", "thing_type", "thing_id", "unit_id"),
    *("reason", "document", "details", "prev_hash", "hash"),
)
