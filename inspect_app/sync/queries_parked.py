"""Finding what was put aside: of a visit, of a person, and all of it for an administrator."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from inspect_app.accounts.models import Person
from inspect_app.accounts.queries import actor
from inspect_app.calendars.rules import local_day
from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import teams_of
from inspect_app.permissions import Actor
from inspect_app.refusals import NotVisible
from inspect_app.sync.models import Parked

LATE = ("closed", "suspended", "not_started")
"""Why a change came at the wrong time: these wait for the leader of the visit."""


def find_parked(parked_id: UUID) -> Parked:
    """Raises NotVisible."""
    found = db.session.scalar(_whole().where(Parked.id == parked_id).execution_options(populate_existing=True))
    if found is None:
        raise NotVisible
    return found


def find_late(inspection_id: UUID, parked_id: UUID) -> Parked:
    """A late change of this visit. Raises NotVisible."""
    found = find_parked(parked_id)
    if found.inspection_id != inspection_id or found.reason not in LATE:
        raise NotVisible
    return found


def late_changes(inspection_id: UUID) -> list[Parked]:
    """What came at the wrong time, those without an answer first, then the latest first."""
    rows = _whole().where(Parked.inspection_id == inspection_id, Parked.reason.in_(LATE))
    return list(db.session.scalars(rows.order_by(Parked.answered_at.is_not(None), *_LATEST_FIRST)))


def parked_of(person_id: UUID, *, most: int = 50) -> list[Parked]:
    """What a person sent and was put aside, those without an answer first, then the latest first."""
    rows = _whole().where(Parked.author_id == person_id)
    return list(db.session.scalars(rows.order_by(Parked.answered_at.is_not(None), *_LATEST_FIRST).limit(most)))


def all_parked(*, answered: bool, after: UUID | None, most: int) -> list[Parked]:
    """Everything that was put aside, the latest first, from the one after `after` on."""
    rows = _whole().where(Parked.answered_at.is_not(None) if answered else Parked.answered_at.is_(None))
    if after is not None:
        rows = rows.where(Parked.id < after)
    return list(db.session.scalars(rows.order_by(Parked.id.desc()).limit(most)))


def count_parked() -> tuple[int, int]:
    """(without an answer, answered)."""
    answered = func.count(Parked.answered_at)
    whole, done = db.session.execute(select(func.count(), answered).select_from(Parked)).one()
    return whole - done, done


def author(person_id: UUID, at: datetime) -> Actor:
    """A person as somebody who acts now. Raises NotVisible."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotVisible
    return actor(person, on=local_day(at), teams=teams_of(person.id))


_LATEST_FIRST = (Parked.received_at.desc(), Parked.id.desc())


def _whole() -> Select[Parked]:
    return select(Parked).options(
        joinedload(Parked.author),
        joinedload(Parked.answered_by),
        joinedload(Parked.inspection).joinedload(Inspection.unit),
    )
