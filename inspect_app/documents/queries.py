"""Finding files and papers. Whether a person may see them is asked of the thing that they belong to."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from inspect_app.db import db
from inspect_app.documents.models import Attachment, RenderJob, StoredFile
from inspect_app.refusals import NotVisible


def attachments_of(thing_type: str, thing_ids: Iterable[UUID]) -> dict[UUID, list[Attachment]]:
    """The files that hang on each of these things, oldest first; those taken off are left out."""
    ids = list(dict.fromkeys(thing_ids))
    found: dict[UUID, list[Attachment]] = {thing_id: [] for thing_id in ids}
    for start in range(0, len(ids), 500):
        rows = db.session.scalars(
            select(Attachment)
            .where(Attachment.thing_type == thing_type, Attachment.thing_id.in_(ids[start : start + 500]))
            .where(Attachment.removed_at.is_(None))
            .options(joinedload(Attachment.file))
            .order_by(Attachment.added_at, Attachment.id)
        )
        for attachment in rows:
            found[attachment.thing_id].append(attachment)
    return found


def find_attachment(attachment_id: UUID) -> Attachment:
    """A file that hangs on something, with its facts. Raises NotVisible, also when it was taken off."""
    attachment = db.session.scalar(
        select(Attachment)
        .where(Attachment.id == attachment_id, Attachment.removed_at.is_(None))
        .options(joinedload(Attachment.file))
    )
    if attachment is None:
        raise NotVisible
    return attachment


def bytes_kept_for(unit_id: UUID | None) -> int:
    """How many bytes all files of a unit come to, those taken off among them: they are kept as well."""
    if unit_id is None:
        return 0
    return db.session.scalar(select(func.sum(StoredFile.size)).where(StoredFile.unit_id == unit_id)) or 0


def find_render(render_id: UUID) -> RenderJob:
    """Raises NotVisible."""
    job = db.session.get(RenderJob, render_id)
    if job is None:
        raise NotVisible
    return job


def latest_render(thing_type: str, thing_id: UUID, paper: str) -> RenderJob | None:
    """The paper that was asked for last."""
    return db.session.scalar(
        select(RenderJob)
        .where(RenderJob.thing_type == thing_type, RenderJob.thing_id == thing_id, RenderJob.paper == paper)
        .order_by(RenderJob.asked_at.desc(), RenderJob.id.desc())
        .limit(1)
    )


def papers_made(thing_type: str, thing_id: UUID, paper: str) -> list[Attachment]:
    """The files that earlier askings for this paper have left on the thing, not yet taken off."""
    made = select(RenderJob.file_id).where(
        RenderJob.thing_type == thing_type, RenderJob.thing_id == thing_id, RenderJob.paper == paper
    )
    return list(
        db.session.scalars(
            select(Attachment)
            .where(Attachment.thing_type == thing_type, Attachment.thing_id == thing_id)
            .where(Attachment.file_id.in_(made), Attachment.removed_at.is_(None))
            .order_by(Attachment.added_at, Attachment.id)
        )
    )


def papers_by_file(thing_type: str, thing_id: UUID) -> dict[UUID, str]:
    """Which paper each file is that was made for this thing, by the id of the file."""
    rows = db.session.execute(
        select(RenderJob.file_id, RenderJob.paper).where(
            RenderJob.thing_type == thing_type, RenderJob.thing_id == thing_id, RenderJob.file_id.is_not(None)
        )
    )
    return {file_id: paper for file_id, paper in rows}


def made_by(job: RenderJob) -> Attachment | None:
    """The file that a finished paper has become, if it still hangs on its thing."""
    if job.file_id is None:
        return None
    return db.session.scalar(
        select(Attachment)
        .where(Attachment.file_id == job.file_id, Attachment.thing_id == job.thing_id)
        .where(Attachment.removed_at.is_(None))
        .options(joinedload(Attachment.file))
    )
