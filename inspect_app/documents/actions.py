"""Taking files in, hanging them on things, and having papers made.

Bytes are slow and a transaction is narrow: `take_in` keeps a file before one is opened, `attach` names it inside.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID

import structlog

from inspect_app.audit.actions import SYSTEM_ACTOR, Doer, record
from inspect_app.db import NestedTransaction, db, new_id, transaction
from inspect_app.documents import jobs
from inspect_app.documents.installation import file_store, limits, paper_engine
from inspect_app.documents.kinds import FileKind, recognise
from inspect_app.documents.models import Attachment, RenderJob, StoredFile
from inspect_app.documents.offers import PaperSource, source_of
from inspect_app.documents.pdf import PdfFailed
from inspect_app.documents.photos import reencode
from inspect_app.documents.queries import bytes_kept_for, find_render, latest_render, made_by, papers_made
from inspect_app.documents.rules import Limits, Purpose, clean_file_name, refuse_when_full
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused

log = structlog.get_logger("documents")
UNEXPECTED = N_("Không tạo được PDF. Hãy thử lại; nếu vẫn lỗi, báo quản trị viên.")
SUPERSEDED = "Thay bằng bản mới"


class Upload(Protocol):
    """A file as a form brings it."""

    filename: str | None
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file whose bytes are kept and which nothing names yet."""

    sha256: str
    size: int
    media_type: str
    name: str
    unit_id: UUID | None
    thumbnail_sha256: str | None = None
    taken_at: datetime | None = None
    position: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class _Thing:
    """What a file belongs to, as the log needs it."""

    __tablename__: str
    id: UUID
    unit_id: UUID | None


def take_in(upload: Upload, *, unit_id: UUID | None, wanted: frozenset[FileKind] = frozenset(FileKind)) -> TakenIn:
    """Keeps the bytes of an upload, a photo re-encoded; call it before the transaction that names the file.

    Raises Refused (413, 422, 507) with the reason, and NestedTransaction inside a transaction.
    """
    if db.session().info.get("transaction_open"):
        raise NestedTransaction("Take the file in before the transaction: its bytes would hold up everybody.")
    name = clean_file_name(upload.filename or "")
    with transaction():  # Ends the reading that went before, so that nobody waits while the bytes arrive.
        allowed, kept = limits(), bytes_kept_for(unit_id)
    size = upload.stream.seek(0, io.SEEK_END)
    refuse_when_full(allowed, kept=kept, added=size)
    kind = recognise(upload.stream, name, allowed, wanted=wanted)
    if kind.is_photo:
        return _take_photo(upload.stream.read(), name, unit_id, allowed)
    content = file_store().put(upload.stream, allowed.document_bytes)
    return TakenIn(content.sha256, content.size, kind.media_type, name, unit_id)


def attach(
    taken: TakenIn,
    *,
    thing: Any,
    purpose: str,
    by: Doer,
    at: datetime,
    criterion_code: str | None = None,
    caption: str = "",
) -> Attachment:
    """Hangs a file that was taken in on a thing, in the transaction of the act that it belongs to.

    Raises Refused (413) when the unit's files would come to more than allowed.
    """
    attachment_id = new_id()
    record("file attached", thing, by=by, at=at, file=taken.name, sha256=taken.sha256, attachment=attachment_id)
    # The log's chain of the unit is locked from here on: two uploads at once are counted one after the other.
    refuse_when_full(limits(), kept=bytes_kept_for(taken.unit_id), added=taken.size)
    file = _keep_file(taken, by=by, at=at)
    attachment = Attachment(
        id=attachment_id,
        file=file,
        thing_type=thing.__tablename__,
        thing_id=thing.id,
        unit_id=taken.unit_id,
        purpose=str(purpose),
        criterion_code=criterion_code,
        caption=caption[:300],
        added_by_id=by.id,
        added_at=at,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def attach_upload(
    upload: Upload,
    *,
    thing: Any,
    purpose: str,
    by: Doer,
    at: datetime,
    criterion_code: str | None = None,
    caption: str = "",
) -> Attachment:
    """Takes an upload in and hangs it on a thing, in a transaction of its own: call it outside of any.

    Where the file belongs to another act (a report with its proof), use `take_in` before and `attach` inside.
    """
    taken = take_in(upload, unit_id=_unit_of(thing))
    with transaction():
        return attach(taken, thing=thing, purpose=purpose, by=by, at=at, criterion_code=criterion_code, caption=caption)


def remove_attachment(attachment: Attachment, *, reason: str, by: Doer, at: datetime) -> None:
    """Takes a file off its thing. Row and content are kept, with the reason."""
    if not reason.strip():
        raise Refused(N_("Hãy ghi lý do gỡ tệp."), status=422)
    thing = _Thing(attachment.thing_type, attachment.thing_id, attachment.unit_id)
    attachment.removed_at, attachment.removed_reason = at, reason.strip()
    record("file removed", thing, by=by, at=at, reason=reason, attachment=attachment.id)


def ask_for_paper(thing: Any, paper: str, *, data_hash: str, by: Doer, at: datetime) -> RenderJob:
    """Asks for a paper of a thing as PDF. The same data asked for again gives the paper that is there or on its way."""
    last = latest_render(thing.__tablename__, thing.id, paper)
    if last is not None and last.data_hash == data_hash and (last.finished_at is None or made_by(last) is not None):
        return last
    job = RenderJob(
        id=new_id(),
        thing_type=thing.__tablename__,
        thing_id=thing.id,
        unit_id=_unit_of(thing),
        paper=paper,
        data_hash=data_hash,
        asked_by_id=by.id,
        asked_at=at,
        step="waiting",
        percent=0,
    )
    db.session.add(job)
    db.session.flush()
    later(jobs.render, job.id, queue="paper")
    return job


def make_paper(render_id: UUID, now: Callable[[], datetime]) -> None:
    """Makes what was asked for, in steps that are committed one by one; what goes wrong is kept with the asking."""
    with transaction():
        job = find_render(render_id)
        if job.finished_at is not None:
            return
        _step(job, "collecting", 10)
    try:
        with transaction():
            source = source_of(job.paper, job.thing_id)
            _step(job, "rendering", 35)
        pdf = paper_engine().render(source.html, source.title)
        with transaction():
            _step(job, "keeping", 90)
        content = file_store().put(io.BytesIO(pdf), len(pdf))
    except Exception as error:  # Whatever broke, the person who waits must see that it did, and may ask again.
        log.exception("paper not made", render=str(render_id), detail=getattr(error, "detail", ""))
        with transaction():
            _fail(find_render(render_id), str(error) if isinstance(error, PdfFailed) else UNEXPECTED, now())
        return
    name = clean_file_name(f"{source.title}.pdf")
    with transaction():
        _hang_up(job, source, TakenIn(content.sha256, content.size, FileKind.PDF.media_type, name, None), now())


def _hang_up(job: RenderJob, source: PaperSource, taken: TakenIn, at: datetime) -> None:
    """The finished paper takes the place of the one made before it. It counts to nobody's limit."""
    thing = _Thing(job.thing_type, job.thing_id, source.unit_id)
    for older in papers_made(job.thing_type, job.thing_id, job.paper):
        older.removed_at, older.removed_reason = at, SUPERSEDED
    file = _keep_file(taken, by=None, at=at)
    attachment = Attachment(
        file=file,
        thing_type=job.thing_type,
        thing_id=job.thing_id,
        unit_id=source.unit_id,
        purpose=str(Purpose.DRAFT_PAPER if source.draft else Purpose.ISSUED_PAPER),
        caption=source.title[:300],
        added_by_id=job.asked_by_id,
        added_at=at,
    )
    db.session.add(attachment)
    db.session.flush()
    job.file_id, job.finished_at = file.id, at
    _step(job, "done", 100)
    record("paper made", thing, by=SYSTEM_ACTOR, at=at, paper=job.paper, sha256=taken.sha256, data_hash=job.data_hash)


def _fail(job: RenderJob, words: str, at: datetime) -> None:
    job.error, job.finished_at, job.step = words, at, "failed"


def _step(job: RenderJob, step: str, percent: int) -> None:
    job.step, job.percent = step, percent


def _take_photo(content: bytes, name: str, unit_id: UUID | None, allowed: Limits) -> TakenIn:
    photo = reencode(content, allowed)
    kept = file_store().put(io.BytesIO(photo.jpeg), len(photo.jpeg))
    small = file_store().put(io.BytesIO(photo.thumbnail), len(photo.thumbnail))
    return TakenIn(
        kept.sha256,
        kept.size,
        FileKind.JPEG.media_type,
        f"{name.rpartition('.')[0] or name}.jpg",
        unit_id,
        thumbnail_sha256=small.sha256,
        taken_at=photo.taken_at,
        position=photo.position.as_data() if photo.position else None,
    )


def _keep_file(taken: TakenIn, *, by: Doer | None, at: datetime) -> StoredFile:
    file = StoredFile(
        id=new_id(),
        sha256=taken.sha256,
        thumbnail_sha256=taken.thumbnail_sha256,
        size=taken.size,
        media_type=taken.media_type,
        name=taken.name,
        unit_id=taken.unit_id,
        uploaded_by_id=by.id if by else None,
        uploaded_at=at,
        taken_at=taken.taken_at,
        position=taken.position,
    )
    db.session.add(file)
    return file


def _unit_of(thing: Any) -> UUID | None:
    return thing.id if thing.__tablename__ == "unit" else getattr(thing, "unit_id", None)
