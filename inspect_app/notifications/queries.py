"""Finding what was told, to whom, and what still waits to leave."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Select, String, Uuid, case, column, func, select, table

from inspect_app.db import db
from inspect_app.notifications.models import Mail, Notice
from inspect_app.queue import Outbox
from inspect_app.refusals import NotVisible

PEOPLE = table(
    "person",
    column("id", Uuid),
    column("name", String),
    column("email", String),
    column("language", String),
    column("active", Boolean),
)
"""People by the name of their table: accounts stand above this feature."""


class Reader(NamedTuple):
    """Somebody who is told something, in their own language."""

    id: UUID
    name: str
    email: str
    language: str


def readers(people_ids: Iterable[UUID]) -> list[Reader]:
    """Those of these people who still have an account, each once, by name."""
    wanted = set(people_ids)
    if not wanted:
        return []
    columns = (PEOPLE.c.id, PEOPLE.c.name, PEOPLE.c.email, PEOPLE.c.language)
    chosen = select(*columns).where(PEOPLE.c.id.in_(wanted), PEOPLE.c.active).order_by(PEOPLE.c.name, PEOPLE.c.id)
    return [Reader(*row) for row in db.session.execute(chosen)]


def keys_used(keys: Iterable[str]) -> set[str]:
    """Those of these keys under which somebody was told already."""
    return set(db.session.scalars(select(Notice.key).where(Notice.key.in_(list(keys)))))


def unread_count(person_id: UUID) -> int:
    return db.session.scalar(unread_of(person_id))


def unread_of(person_id: Any) -> Select[int]:
    """The count of a person's unread notices. `person_id` may be a part of another SELECT."""
    return select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))


def inbox(person_id: UUID, *, unread: bool, after: UUID | None, limit: int) -> list[Notice]:
    """A person's notices, newest first, from the one after `after` on."""
    wanted = select(Notice).where(Notice.person_id == person_id)
    if unread:
        wanted = wanted.where(Notice.read_at.is_(None))
    return list(db.session.scalars(_newest_first(wanted, Notice, after, limit)))


def inbox_size(person_id: UUID) -> int:
    return db.session.scalar(select(func.count()).select_from(Notice).where(Notice.person_id == person_id))


def find_notice(person_id: UUID, notice_id: UUID) -> Notice:
    """One's own notice. Raises NotVisible."""
    found = db.session.scalar(select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id))
    if found is None:
        raise NotVisible
    return found


def mails(*, unsent: bool, after: UUID | None, limit: int) -> list[Mail]:
    """Mails, newest first; `unsent` those that have not left."""
    wanted = select(Mail)
    if unsent:
        wanted = wanted.where(Mail.sent_at.is_(None))
    return list(db.session.scalars(_newest_first(wanted, Mail, after, limit)))


def find_mail(mail_id: UUID) -> Mail:
    """Raises NotVisible."""
    found = db.session.get(Mail, mail_id)
    if found is None:
        raise NotVisible
    return found


class MailCount(NamedTuple):
    """How many mails there are, and how many of them wait or failed."""

    all: int
    sent: int
    failed: int


def mail_count() -> MailCount:
    sent = func.coalesce(func.sum(case((Mail.sent_at.is_not(None), 1), else_=0)), 0)
    failed = func.coalesce(func.sum(case((Mail.sent_at.is_(None) & Mail.error.is_not(None), 1), else_=0)), 0)
    return MailCount(*db.session.execute(select(func.count(), sent, failed).select_from(Mail)).one())


def unsent_mails(limit: int) -> list[Mail]:
    """Mails that have not left, oldest first."""
    return list(db.session.scalars(select(Mail).where(Mail.sent_at.is_(None)).order_by(Mail.id).limit(limit)))


def dead_letters(limit: int) -> list[Outbox]:
    """Work that failed as often as it may, newest first."""
    failed = Outbox.failed_at.is_not(None) & Outbox.done_at.is_(None)
    return list(
        db.session.scalars(select(Outbox).where(failed).order_by(Outbox.failed_at.desc(), Outbox.id).limit(limit))
    )


def waiting(limit: int) -> list[Outbox]:
    """Work that waits, the next one first."""
    open_ones = select(Outbox).where(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))
    return list(db.session.scalars(open_ones.order_by(Outbox.next_at, Outbox.id).limit(limit)))


class OutboxCount(NamedTuple):
    """How much work waits and how much failed for good."""

    waiting: int
    failed: int


def outbox_count() -> OutboxCount:
    open_ones = select(
        func.coalesce(func.sum(case((Outbox.failed_at.is_(None), 1), else_=0)), 0),
        func.coalesce(func.sum(case((Outbox.failed_at.is_not(None), 1), else_=0)), 0),
    ).where(Outbox.done_at.is_(None))
    return OutboxCount(*db.session.execute(open_ones).one())


def find_dead_letter(job_id: UUID) -> Outbox:
    """Raises NotVisible when there is no such failed work."""
    found = db.session.get(Outbox, job_id)
    if found is None or found.failed_at is None or found.done_at is not None:
        raise NotVisible
    return found


def _newest_first(wanted: Select, kind: type[Notice] | type[Mail], after: UUID | None, limit: int) -> Select:
    if after is not None:
        wanted = wanted.where(kind.id < after)
    return wanted.order_by(kind.id.desc()).limit(limit)
