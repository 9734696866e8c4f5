"""Finding rubrics and their versions."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from inspect_app.db import db
from inspect_app.permissions import Actor, Permission, may
from inspect_app.refusals import NotVisible
from inspect_app.rubrics import shapes
from inspect_app.rubrics.models import Rubric, RubricVersion
from inspect_app.rubrics.publishing import Problem, publishable
from inspect_app.rubrics.reading import parse
from inspect_app.rubrics.states import RubricState
from inspect_app.units.rules import UnitKind, fold, kinds_of

MOST_REMEMBERED = 200
_parsed: dict[str, shapes.Rubric] = {}


def rubric_of(version_id: UUID) -> shapes.Rubric:
    """The parsed rubric of a version, remembered by its content hash. Raises NotVisible for an unknown id."""
    digest = db.session.scalar(select(RubricVersion.content_hash).where(RubricVersion.id == version_id))
    if digest is None:
        raise NotVisible
    return _rubrics_with({digest})[digest]


def published_versions(kind: UnitKind | None = None) -> list[RubricVersion]:
    """The versions that an inspection may take, by name, the newest first; of a kind of unit when asked.

    Their content stays in the database: ask rubric_of() for it.
    """
    versions = db.session.scalars(
        select(RubricVersion)
        .where(RubricVersion.state == RubricState.PUBLISHED)
        .options(defer(RubricVersion.content), joinedload(RubricVersion.rubric))
        .order_by(RubricVersion.name, RubricVersion.number.desc(), RubricVersion.id)
    ).all()
    if kind is None:
        return list(versions)
    rubrics = _rubrics_with({version.content_hash for version in versions})
    return [version for version in versions if kind in kinds_of(rubrics[version.content_hash].applies_to)]


def find_version(actor: Actor, version_id: UUID) -> RubricVersion:
    """The version with its content and rubric. Raises NotVisible; a draft is only for those who keep rubrics."""
    version = db.session.scalar(
        select(RubricVersion).where(RubricVersion.id == version_id).options(joinedload(RubricVersion.rubric))
    )
    if version is None or (version.state is RubricState.DRAFT and not may(actor, Permission.ADMIN_RUBRICS)):
        raise NotVisible
    return version


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as the list shows it."""

    version: RubricVersion
    rubric: shapes.Rubric
    questions: int
    problems: list[Problem]


def list_versions(actor: Actor, states: frozenset[RubricState], text: str = "") -> list[Listed]:
    """The versions in these states that the person may see, by name, the newest of each rubric first.

    `text` leaves those whose name or id holds every word of it; marks, case and đ do not matter.
    """
    wanted = (
        select(RubricVersion)
        .where(RubricVersion.state.in_(states & _visible_states(actor)))
        .options(defer(RubricVersion.content), joinedload(RubricVersion.rubric))
        .order_by(RubricVersion.name, RubricVersion.number.desc(), RubricVersion.id)
    )
    words = fold(text).split()
    found = [version for version in db.session.scalars(wanted) if _holds(version, words)]
    rubrics = _rubrics_with({version.content_hash for version in found})
    return [_listed(version, rubrics[version.content_hash]) for version in found]


def counts_by_state(actor: Actor) -> dict[RubricState, int]:
    """How many versions that the person may see stand in each state."""
    states = _visible_states(actor)
    rows = db.session.execute(
        select(RubricVersion.state, func.count()).where(RubricVersion.state.in_(states)).group_by(RubricVersion.state)
    )
    found = {state: count for state, count in rows}
    return {state: found.get(state, 0) for state in RubricState if state in states}


def versions_of(actor: Actor, rubric_id: UUID) -> list[RubricVersion]:
    """Every version of a rubric that the person may see, the newest first, without content."""
    return list(
        db.session.scalars(
            select(RubricVersion)
            .where(RubricVersion.rubric_id == rubric_id, RubricVersion.state.in_(_visible_states(actor)))
            .options(defer(RubricVersion.content))
            .order_by(RubricVersion.number.desc(), RubricVersion.id)
        )
    )


def rubric_by_code(code: str) -> Rubric | None:
    """The rubric with this id (`kiem-tra-mau-7`)."""
    return db.session.scalar(select(Rubric).where(Rubric.code == code))


def newest_version(code: str) -> RubricVersion | None:
    """The newest version of a rubric: published before draft, and retired last."""
    versions = db.session.scalars(
        select(RubricVersion)
        .join(Rubric, Rubric.id == RubricVersion.rubric_id)
        .where(Rubric.code == code)
        .order_by(RubricVersion.number.desc(), RubricVersion.id)
    ).all()
    order = [RubricState.PUBLISHED, RubricState.DRAFT, RubricState.RETIRED]
    return min(versions, key=lambda version: order.index(version.state), default=None)


def version_with(rubric_id: UUID, digest: str) -> RubricVersion | None:
    """The version of this rubric that has exactly this content."""
    return db.session.scalar(
        select(RubricVersion)
        .where(RubricVersion.rubric_id == rubric_id, RubricVersion.content_hash == digest)
        .order_by(RubricVersion.number.desc())
        .limit(1)
    )


def last_number(rubric_id: UUID) -> int:
    """The number of the newest version; 0 when there is none."""
    return db.session.scalar(select(func.max(RubricVersion.number)).where(RubricVersion.rubric_id == rubric_id)) or 0


def _visible_states(actor: Actor) -> frozenset[RubricState]:
    hidden = frozenset() if may(actor, Permission.ADMIN_RUBRICS) else frozenset({RubricState.DRAFT})
    return frozenset(RubricState) - hidden


def _holds(version: RubricVersion, words: list[str]) -> bool:
    name = fold(f"{version.name} {version.rubric.code}")
    return all(word in name for word in words)


def _listed(version: RubricVersion, rubric: shapes.Rubric) -> Listed:
    problems = publishable(rubric) if version.state is RubricState.DRAFT else []
    return Listed(version, rubric, sum(1 for _ in rubric.leaves()), problems)


def _rubrics_with(digests: set[str]) -> dict[str, shapes.Rubric]:
    """The parsed rubrics by hash. Equal hashes are equal contents, so what was parsed once holds for every database."""
    known = {digest: _parsed[digest] for digest in digests if digest in _parsed}
    if missing := digests - known.keys():
        columns = select(RubricVersion.content_hash, RubricVersion.content)
        rows = db.session.execute(columns.where(RubricVersion.content_hash.in_(missing)))
        known |= {digest: parse(content) for digest, content in rows}
        if len(_parsed) > MOST_REMEMBERED:
            _parsed.clear()
        _parsed.update(known)
    return known
