"""What the team has recorded so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, inspect, select

from inspect_app.accounts.models import Person
from inspect_app.db import db
from inspect_app.documents.models import Attachment
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection, Member
from inspect_app.rubrics.rules import Source

TEAM_SOURCES = (Source.TEAM, Source.SURVEY)
"""Where the team's answers are kept."""


def locked(inspection: Inspection) -> Inspection:
    """The inspection as it is now, locked until the commit: its answers change one after the other."""
    db.session.refresh(inspection, list(inspect(Inspection).column_attrs.keys()), with_for_update=True)
    return inspection


def is_member(inspection_id: UUID, person_id: UUID | None) -> bool:
    """Whether this person is on the team now."""
    on_team = select(Member.id).where(Member.inspection_id == inspection_id, Member.person_id == person_id)
    return db.session.scalar(on_team.where(Member.left_at.is_(None))) is not None


def answer_of(inspection_id: UUID, code: str, source: Source) -> Answer | None:
    return db.session.scalar(
        select(Answer).where(
            Answer.inspection_id == inspection_id, Answer.criterion_code == code, Answer.source == source
        )
    )


def author_in_force(inspection_id: UUID, code: str) -> UUID | None:
    """Whose answer of the team is in force at a criterion."""
    return db.session.scalar(
        select(Answer.author_id).where(
            Answer.inspection_id == inspection_id, Answer.criterion_code == code, Answer.source.in_(TEAM_SOURCES)
        )
    )


ANSWERS = ("answer", "both")
NOTES = ("note", "both")


@dataclass(frozen=True, slots=True)
class History:
    """How far the history of a criterion has come: its newest version, and where something kept aside is undecided."""

    latest: int
    open_answer: bool
    open_note: bool


def history_until_now(inspection_id: UUID, code: str, source: Source) -> History:
    """The history of one answer; version 0 before the first."""
    row = db.session.execute(
        select(func.max(AnswerVersion.version), *_last_of_each()).where(
            AnswerVersion.inspection_id == inspection_id,
            AnswerVersion.criterion_code == code,
            AnswerVersion.source == source,
        )
    ).one()
    latest, answered, answer_aside, noted, note_aside = (number or 0 for number in row)
    return History(latest, answer_aside > answered, note_aside > noted)


def _last_of_each() -> list[Any]:
    """The last version in force and the last one kept aside, of the answer and then of the note."""
    return [
        func.max(case((AnswerVersion.register.in_(kinds) & AnswerVersion.applied.is_(applied), AnswerVersion.version)))
        for kinds in (ANSWERS, NOTES)
        for applied in (True, False)
    ]


def team_answers(inspection_id: UUID) -> dict[str, Answer]:
    """The team's answers in force by criterion code, those with a note alone among them."""
    rows = db.session.scalars(
        select(Answer)
        .where(Answer.inspection_id == inspection_id, Answer.source.in_(TEAM_SOURCES))
        .order_by(Answer.criterion_code)
    )
    return {answer.criterion_code: answer for answer in rows}


def open_conflicts(inspection_id: UUID, code: str | None = None) -> list[AnswerVersion]:
    """What came too late and nobody has decided on since, at one criterion or at any.

    Of several by one person at one criterion the last; the earlier ones stay in the history.
    """
    place = (AnswerVersion.criterion_code, AnswerVersion.source)
    answered, _aside, noted, _note_aside = _last_of_each()
    decided = (
        select(*place, func.coalesce(answered, 0).label("answered"), func.coalesce(noted, 0).label("noted"))
        .where(AnswerVersion.inspection_id == inspection_id)
        .group_by(*place)
        .subquery()
    )
    wanted = (
        select(AnswerVersion)
        .join(decided, (decided.c.criterion_code == place[0]) & (decided.c.source == place[1]))
        .where(AnswerVersion.inspection_id == inspection_id, AnswerVersion.applied.is_(False))
        .where(
            (AnswerVersion.register.in_(ANSWERS) & (AnswerVersion.version > decided.c.answered))
            | (AnswerVersion.register.in_(NOTES) & (AnswerVersion.version > decided.c.noted))
        )
        .order_by(AnswerVersion.criterion_code, AnswerVersion.version)
    )
    found = db.session.scalars(wanted if code is None else wanted.where(AnswerVersion.criterion_code == code))
    return list({(version.criterion_code, version.register, version.author_id): version for version in found}.values())


def with_files(inspection_id: UUID) -> set[str]:
    """The codes of criteria to which a photo or a document is attached."""
    return set(
        db.session.scalars(
            select(Attachment.criterion_code)
            .where(Attachment.thing_type == "inspection", Attachment.thing_id == inspection_id)
            .where(Attachment.removed_at.is_(None), Attachment.criterion_code.is_not(None))
            .distinct()
        )
    )


def history_of(inspection_id: UUID) -> dict[str, list[AnswerVersion]]:
    """Every version of every answer by criterion code, newest first, with what was kept aside."""
    found: dict[str, list[AnswerVersion]] = {}
    for version in db.session.scalars(
        select(AnswerVersion)
        .where(AnswerVersion.inspection_id == inspection_id)
        .order_by(AnswerVersion.criterion_code, AnswerVersion.received_at.desc(), AnswerVersion.version.desc())
    ):
        found.setdefault(version.criterion_code, []).append(version)
    return found


def names_of(person_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of these people."""
    people = select(Person.id, Person.name).where(Person.id.in_({*person_ids} - {None})).order_by(Person.id)
    return {person_id: name for person_id, name in db.session.execute(people)}
