"""Telling people: a notice in their inbox, and a mail that says the same."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import update

from inspect_app.audit.actions import Doer, plain, record
from inspect_app.db import after_commit, db, new_id
from inspect_app.display import told
from inspect_app.notifications.jobs import send_mail
from inspect_app.notifications.mailing import link_to, mail_text, shortened
from inspect_app.notifications.models import Mail, Notice
from inspect_app.notifications.queries import Reader, keys_used, readers, unsent_mails
from inspect_app.queue import Outbox, later, ring


class Thing(Protocol):
    """What a notice is about."""

    __tablename__: str
    id: UUID


def tell(
    people_ids: Iterable[UUID],
    message: str,
    facts: dict[str, Any],
    *,
    path: str,
    thing: Thing,
    at: datetime,
    key: str | None = None,
    mail: bool = True,
) -> list[Notice]:
    """Puts a notice into the inbox of each of these people and, with `mail`, sends it to them as well.

    `message` is a message id with named places, `facts` fill them (days and numbers as they shall be read). `path` is
    the page that it leads to. With a `key` each person is told once, however often this is called. People without an
    account in use are left out. Call it inside a transaction.
    """
    people = readers(people_ids)
    told_already = keys_used(f"{key}:{reader.id}" for reader in people) if key else set()
    notices = []
    for reader in people:
        own_key = f"{key}:{reader.id}" if key else None
        if own_key in told_already:
            continue
        notices.append(_put_notice(reader, message, facts, path=path, thing=thing, at=at, key=own_key))
        if mail:
            _put_mail(reader, message, facts, path=path, at=at, key=own_key)
    return notices


def _put_notice(
    reader: Reader, message: str, facts: dict[str, Any], *, path: str, thing: Thing, at: datetime, key: str | None
) -> Notice:
    notice = Notice(
        key=key,
        person_id=reader.id,
        message=message,
        facts=plain(facts),
        path=path,
        thing_type=thing.__tablename__,
        thing_id=thing.id,
        unit_id=getattr(thing, "unit_id", None),
        created_at=at,
    )
    db.session.add(notice)
    return notice


def _put_mail(reader: Reader, message: str, facts: dict[str, Any], *, path: str, at: datetime, key: str | None) -> None:
    with force_locale(reader.language):
        subject = told(message, plain(facts))
        body = mail_text("notice.txt", name=reader.name, words=subject, link=link_to(path))
    put_mail(reader.email, subject, body, person_id=reader.id, at=at, key=key)


def put_mail(
    to_address: str, subject: str, body: str, *, person_id: UUID | None, at: datetime, key: str | None = None
) -> Mail:
    """Writes a mail down and asks for its sending. Call it inside a transaction."""
    mail = Mail(
        id=new_id(),
        key=key,
        person_id=person_id,
        to_address=to_address,
        subject=shortened(subject),
        body=body,
        created_at=at,
    )
    db.session.add(mail)
    later(send_mail, mail.id, queue="mail")
    return mail


def keep_letter(
    to_address: str, subject: str, body: str, *, person_id: UUID | None, at: datetime, sent_at: datetime | None
) -> None:
    """Writes down a mail that its own feature has sent (`sent_at`), or would send outside a demonstration (None)."""
    db.session.add(
        Mail(
            person_id=person_id,
            to_address=to_address,
            subject=shortened(subject),
            body=body,
            created_at=at,
            sent_at=sent_at,
        )
    )


def read_notice(notice: Notice, *, at: datetime) -> None:
    """Marks a notice as read; the first reading counts."""
    notice.read_at = notice.read_at or at


def read_all_notices(person_id: UUID, *, at: datetime) -> int:
    """Marks everything in a person's inbox as read. Gives how many were unread."""
    unread = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=at)
    return len(db.session.scalars(unread.returning(Notice.id)).all())


def send_unsent_mails(*, by: Doer, at: datetime, limit: int = 500) -> int:
    """Asks again for the sending of mails that have not left, oldest first. Gives how many."""
    waiting = unsent_mails(limit)
    for mail in waiting:
        later(send_mail, mail.id, queue="mail")
    if waiting:
        record("unsent mails sent again", waiting[0], by=by, at=at, count=len(waiting))
    return len(waiting)


def run_again(dead: Outbox, *, by: Doer, at: datetime) -> None:
    """Puts failed work back among what waits, with all its tries before it."""
    dead.failed_at = None
    dead.attempts = 0
    dead.claimed_until = None
    dead.next_at = at
    record("job run again", dead, by=by, at=at, job=dead.job)
    queue = dead.queue
    after_commit(f"bell:{queue}", lambda: ring(queue))
