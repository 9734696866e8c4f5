"""What the team has recorded so far."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, inspect, select

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


def latest_version(inspection_id: UUID, code: str, source: Source) -> int:
    """The newest version in the history of an answer, what was kept aside among them; 0 before the first."""
    last = db.session.scalar(
        select(func.max(AnswerVersion.version)).where(
            AnswerVersion.inspection_id == inspection_id,
            AnswerVersion.criterion_code == code,
            AnswerVersion.source == source,
        )
    )
    return last or 0


def team_answers(inspection_id: UUID) -> dict[str, Answer]:
    """The team's answers in force by criterion code, those with a note alone among them."""
    rows = db.session.scalars(
        select(Answer)
        .where(Answer.inspection_id == inspection_id, Answer.source.in_(TEAM_SOURCES))
        .order_by(Answer.criterion_code)
    )
    return {answer.criterion_code: answer for answer in rows}


def open_conflicts(inspection_id: UUID) -> list[AnswerVersion]:
    """Answers that came too late and that nobody has decided on: newer than the one in force, and not applied.

    Of several by one person on one answer or note the last; the earlier ones stay in the history.
    """
    found = db.session.execute(
        select(AnswerVersion, Answer)
        .join(
            Answer,
            (Answer.inspection_id == AnswerVersion.inspection_id)
            & (Answer.criterion_code == AnswerVersion.criterion_code)
            & (Answer.source == AnswerVersion.source),
        )
        .where(AnswerVersion.inspection_id == inspection_id, AnswerVersion.applied.is_(False))
        .where(AnswerVersion.version > Answer.version)
        .order_by(AnswerVersion.criterion_code, AnswerVersion.version)
    )
    last = {}
    for version, answer in found:
        of_note = version.value == answer.value  # A note that was kept aside came with the answer in force.
        last[version.criterion_code, version.author_id, of_note] = version
    return sorted(last.values(), key=lambda version: (version.criterion_code, version.version))


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
