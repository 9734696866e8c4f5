"""What the doors say: the digest of a visit, tablets by their last contact, uploads on their way, the key in use."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from inspect_app.accounts.models import Person
from inspect_app.db import db
from inspect_app.documents.models import Attachment
from inspect_app.inspections.models import Inspection, Member
from inspect_app.inspections.queries import visible
from inspect_app.inspections.queries_field import team_answers
from inspect_app.inspections.rules_tablet import hash_of
from inspect_app.permissions import Actor
from inspect_app.preferences import Preference
from inspect_app.sync.models import Mutation
from inspect_app.sync.models_doors import RescueKey, SyncUpload, Tablet
from inspect_app.sync.queries import DEPLOYMENT, findings_shown, latest_versions

STORED = "stored"
MOST_TABLETS = 300


def digest_of(inspection_id: UUID) -> dict[str, Any]:
    """What a tablet compares with what it has: versions and hashes of answers, hashes of files, ids of findings."""
    latest = latest_versions(inspection_id)
    return {
        "criteria": {
            code: [latest[code], hash_of(answer.value), hash_of(answer.note)]
            for code, answer in team_answers(inspection_id).items()
        },
        "files": files_sent(inspection_id, taken_off=True),
        "findings": sorted(str(finding.id) for finding in findings_shown(inspection_id)),
        "last_seq": _last_seq(inspection_id),
    }


def files_sent(inspection_id: UUID, *, taken_off: bool = False) -> list[str]:
    """The hashes of the photos as the tablets have them, sorted: of those that hang on the visit now, or of all."""
    sent = (
        select(SyncUpload.sha256)
        .join(Attachment, Attachment.id == SyncUpload.attachment_id)
        .where(SyncUpload.inspection_id == inspection_id, SyncUpload.outcome == STORED)
        .order_by(SyncUpload.sha256)
    )
    return list(db.session.scalars(sent if taken_off else sent.where(Attachment.removed_at.is_(None))))


def _last_seq(inspection_id: UUID) -> dict[str, int]:
    rows = db.session.execute(
        select(Mutation.device, func.max(Mutation.seq))
        .where(Mutation.inspection_id == inspection_id)
        .group_by(Mutation.device)
        .order_by(Mutation.device)
    )
    return {device: seq for device, seq in rows}


def deployment_row() -> Preference:
    """Where the name, the epoch and the last backup of this installation stand."""
    return db.session.scalars(select(Preference).where(Preference.name == DEPLOYMENT)).one()


def rescue_key(mark: str) -> RescueKey | None:
    """The pair of keys made under this secret."""
    return db.session.scalar(select(RescueKey).where(RescueKey.mark == mark))


def rescue_keys() -> list[RescueKey]:
    """Every pair of keys that was ever made, the latest first."""
    return list(db.session.scalars(select(RescueKey).order_by(RescueKey.made_at.desc(), RescueKey.id)))


def tablet_of(device: str, person_id: UUID) -> Tablet | None:
    return db.session.scalar(select(Tablet).where(Tablet.device == device, Tablet.person_id == person_id))


def tablets_seen(actor: Actor) -> list[Tablet]:
    """The tablets of everybody who is or was on the team of a visit that the person sees; what waits comes first."""
    teams = select(Member.person_id).join(Inspection, Inspection.id == Member.inspection_id).where(visible(actor))
    return list(
        db.session.scalars(
            select(Tablet)
            .where(Tablet.person_id.in_(teams))
            .options(joinedload(Tablet.person).load_only(Person.name))
            .order_by((Tablet.waiting + Tablet.photos == 0), Tablet.last_contact_at.desc(), Tablet.id)
            .limit(MOST_TABLETS)
        )
    )


def half_sent(tablets: Iterable[Tablet]) -> dict[tuple[str, UUID], int]:
    """How many photos of each tablet have begun to arrive and are not whole, by device and person."""
    rows = db.session.execute(
        select(SyncUpload.device, SyncUpload.author_id, func.count())
        .where(SyncUpload.outcome == "", SyncUpload.author_id.in_({tablet.person_id for tablet in tablets}))
        .group_by(SyncUpload.device, SyncUpload.author_id)
        .order_by(SyncUpload.device, SyncUpload.author_id)
    )
    return {(device, author_id): count for device, author_id, count in rows}


def tablets_with_work(inspection_id: UUID) -> list[Tablet]:
    """The tablets of the team on which something waits."""
    return [tablet for tablet in tablets_of_team(inspection_id) if tablet.waiting or tablet.photos]


def tablets_of_team(inspection_id: UUID) -> list[Tablet]:
    """The tablets of those who are on the team now, by name."""
    team = select(Member.person_id).where(Member.inspection_id == inspection_id, Member.left_at.is_(None))
    return list(
        db.session.scalars(
            select(Tablet)
            .where(Tablet.person_id.in_(team))
            .options(joinedload(Tablet.person).load_only(Person.name))
            .order_by(Tablet.device, Tablet.id)
        )
    )


def find_upload(upload_id: UUID) -> SyncUpload | None:
    """An upload as it is now, whatever was read before."""
    return db.session.scalar(
        select(SyncUpload).where(SyncUpload.id == upload_id).execution_options(populate_existing=True)
    )


def bytes_on_their_way(author_id: UUID) -> int:
    """How many bytes of a person's photos are on their way or were put aside."""
    mine = select(func.sum(SyncUpload.size)).where(SyncUpload.author_id == author_id)
    return db.session.scalar(mine.where(SyncUpload.outcome != STORED)) or 0
