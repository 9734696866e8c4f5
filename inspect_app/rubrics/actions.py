"""What can be done to rubrics: take one in as a draft, publish it, stop using it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspect_app.audit.actions import Doer, record
from inspect_app.db import db, new_id
from inspect_app.moves import next_state
from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.imports import SHIPPED, shipped_text
from inspect_app.rubrics.models import Rubric, RubricVersion
from inspect_app.rubrics.publishing import Problem, content_hash, publishable
from inspect_app.rubrics.queries import last_number, rubric_by_code, version_with
from inspect_app.rubrics.reading import Content, parse, read_rubric
from inspect_app.rubrics.states import MOVES


class RubricRefused(Refused):
    """A rubric that is not taken, or not published. `problems` say each in its own sentence why."""

    def __init__(self, message: str, problems: list[Problem], **facts: Any) -> None:
        super().__init__(message, status=422, count=len(problems), **facts)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Imported:
    """The version that holds what was imported; `is_new` is False when it was here already."""

    version: RubricVersion
    is_new: bool


def import_rubric(text: str, *, by: Doer, at: datetime) -> Imported:
    """Takes a YAML text in as a draft. Content that is here already gives the version that holds it.

    Raises RubricRefused with what is wrong in the text.
    """
    content = _read(text)
    rubric = _rubric_for(content, at)
    digest = content_hash(content)
    known = version_with(rubric.id, digest)
    if known is not None:
        return Imported(known, is_new=False)
    version = RubricVersion(
        id=new_id(),
        rubric_id=rubric.id,
        number=last_number(rubric.id) + 1,
        name=content["name_vi"],
        official=content["official"],
        content=content,
        content_hash=digest,
        created_at=at,
    )
    rubric.name = version.name
    db.session.add(version)
    db.session.flush()
    record("rubric imported", version, by=by, at=at, code=rubric.code, number=version.number, content_hash=digest)
    return Imported(version, is_new=True)


def try_rubric(text: str) -> dict[str, Any]:
    """What import_rubric() would make of a text: number, whether it is new, its hash. Raises RubricRefused."""
    content = _read(text)
    digest = content_hash(content)
    rubric = rubric_by_code(content["id"])
    known = version_with(rubric.id, digest) if rubric else None
    number = known.number if known else last_number(rubric.id) + 1 if rubric else 1
    return {"number": number, "new": known is None, "content_hash": digest}


def publish_version(version: RubricVersion, *, by: Doer, at: datetime) -> None:
    """From here on the version never changes and inspections may take it.

    Raises MoveNotAllowed, RubricRefused with everything that stands against it.
    """
    db.session.refresh(version, ["state"], with_for_update=True)
    state = next_state(MOVES, version.state, "publish")
    problems = publishable(parse(version.content))
    if problems:
        raise RubricRefused(N_("Chưa công bố được: còn %(count)s điểm phải sửa."), problems)
    version.state = state
    version.published_at = at
    record("rubric published", version, by=by, at=at, content_hash=version.content_hash)


def retire_version(version: RubricVersion, *, by: Doer, at: datetime) -> None:
    """No new inspection takes it; those that have it keep it. Raises MoveNotAllowed."""
    db.session.refresh(version, ["state"], with_for_update=True)
    version.state = next_state(MOVES, version.state, "retire")
    version.retired_at = at
    record("rubric retired", version, by=by, at=at)


def load_shipped_rubrics(at: datetime, by: Doer) -> list[RubricVersion]:
    """Takes in every rubric that the product ships and publishes those that can be; twice is harmless."""
    versions = []
    for name in SHIPPED:
        imported = import_rubric(shipped_text(name), by=by, at=at)
        versions.append(imported.version)
        if imported.is_new and not publishable(parse(imported.version.content)):
            publish_version(imported.version, by=by, at=at)
    return versions


def _read(text: str) -> Content:
    content, problems = read_rubric(text)
    if problems:
        raise RubricRefused(N_("Tệp có %(count)s lỗi, chưa có gì được nhập."), problems)
    return content


def _rubric_for(content: Content, at: datetime) -> Rubric:
    rubric = rubric_by_code(content["id"])
    if rubric is None:
        rubric = Rubric(id=new_id(), code=content["id"], name=content["name_vi"], created_at=at)
        db.session.add(rubric)
        db.session.flush()
    return rubric
