"""What the tablet's door remembers, and the pack that a tablet works from."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from inspect_app.db import db
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import of_inspection
from inspect_app.findings.rules import FindingState
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection
from inspect_app.inspections.queries_field import TEAM_SOURCES, names_of, open_conflicts, team_answers
from inspect_app.inspections.rules_tablet import hash_of
from inspect_app.preferences import Preference
from inspect_app.sync.models import Mutation, Parked

DEPLOYMENT = "sync_deployment"


@dataclass(frozen=True, slots=True)
class Deployment:
    """Which installation answers. `epoch` changes when it was restored from a backup.

    What came before `backed_up_until` is in a backup; None before the first one.
    """

    id: str
    epoch: int
    backed_up_until: str | None = None


def deployment() -> Deployment | None:
    """This installation, or None before the first change was sent to it."""
    value = db.session.scalar(select(Preference.value).where(Preference.name == DEPLOYMENT))
    return Deployment(value["id"], value["epoch"], value.get("backed_up_until")) if value else None


def known_mutation(mutation_id: UUID) -> Mutation | None:
    return db.session.scalar(select(Mutation).where(Mutation.id == mutation_id))


def is_parked(mutation_id: str, author_id: UUID, body: str) -> bool:
    """Whether this very change was put aside before."""
    same = select(Parked.id).where(Parked.mutation_id == mutation_id, Parked.author_id == author_id)
    return db.session.scalar(same.where(Parked.body == body).limit(1)) is not None


def find_inspection(inspection_id: UUID) -> Inspection | None:
    return db.session.scalar(select(Inspection).where(Inspection.id == inspection_id))


def findings_shown(inspection_id: UUID) -> list[Finding]:
    """The findings of a visit without those that the team took back."""
    return [finding for finding in of_inspection(inspection_id) if finding.state is not FindingState.WITHDRAWN]


def answers_on_record(inspection_id: UUID) -> dict[str, dict[str, Any]]:
    """The team's answers by criterion code, as a tablet needs them: values, what to base the next one on, and whose.

    `others` are answers kept aside that nobody has decided on.
    """
    found = {}
    latest = latest_versions(inspection_id)
    aside = open_conflicts(inspection_id)
    answers = team_answers(inspection_id)
    names = names_of({*(a.author_id for a in answers.values()), *(version.author_id for version in aside)})
    for code, answer in answers.items():
        others = [version_as_json(version, names) for version in aside if version.criterion_code == code]
        found[code] = answer_as_json(answer, latest[code], names) | {"others": others}
    return found


def answer_on_record(answer: Answer, latest: int) -> dict[str, Any]:
    """One answer as `answers_on_record` gives it."""
    aside = open_conflicts(answer.inspection_id, answer.criterion_code)
    names = names_of({answer.author_id, *(version.author_id for version in aside)})
    return answer_as_json(answer, latest, names) | {"others": [version_as_json(version, names) for version in aside]}


def answer_as_json(answer: Answer, latest: int, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "value": answer.value,
        "note": answer.note,
        "version": latest,
        "value_hash": hash_of(answer.value),
        "note_hash": hash_of(answer.note),
        "points": None if answer.points is None else f"{answer.points:.2f}",
        "author": names.get(answer.author_id, ""),
        "device": answer.device,
        "answered_at": answer.answered_at.isoformat(),
        "received_at": answer.received_at.isoformat(),
    }


def version_as_json(version: AnswerVersion, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "register": version.register,
        "value": version.value,
        "note": version.note,
        "points": None if version.points is None else f"{version.points:.2f}",
        "author": names.get(version.author_id, ""),
        "device": version.device,
        "answered_at": version.answered_at.isoformat(),
    }


def latest_versions(inspection_id: UUID) -> dict[str, int]:
    rows = db.session.execute(
        select(AnswerVersion.criterion_code, func.max(AnswerVersion.version))
        .where(AnswerVersion.inspection_id == inspection_id, AnswerVersion.source.in_(TEAM_SOURCES))
        .group_by(AnswerVersion.criterion_code)
        .order_by(AnswerVersion.criterion_code)
    )
    return {code: version for code, version in rows}
