"""Taking in photos piece by piece. The last piece makes a file of the visit, or is kept aside with the reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from inspect_app.crashpoints import crashpoint
from inspect_app.db import db, transaction
from inspect_app.documents.actions import attach, take_in
from inspect_app.documents.installation import file_store, limits
from inspect_app.documents.kinds import PHOTOS
from inspect_app.documents.rules import Purpose, megabytes
from inspect_app.inspections.actions_field import NotOnTeam, RecordClosed
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries_field import is_member, locked
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.permissions import Actor
from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.queries import rubric_of
from inspect_app.sync.actions import reason_of, words_of
from inspect_app.sync.models import Parked
from inspect_app.sync.models_doors import SyncUpload
from inspect_app.sync.queries import find_inspection
from inspect_app.sync.queries_doors import STORED, bytes_on_their_way, find_upload
from inspect_app.sync.rules import written
from inspect_app.sync.rules_uploads import Photo
from inspect_app.sync.uploads import Incoming, UploadFolder

log = structlog.get_logger("sync")


class OtherUpload(Refused):
    """The id is taken by another photo."""

    def __init__(self) -> None:
        super().__init__(N_("Mã ảnh này đã dùng cho một ảnh khác."), status=409)


class WrongOffset(Refused):
    """The piece does not begin where the file ends."""

    def __init__(self) -> None:
        super().__init__(N_("Phần gửi không nối tiếp phần đã nhận."), status=409)


class WrongContent(Refused):
    """What came is not what was announced; the upload begins again."""

    def __init__(self) -> None:
        super().__init__(
            N_("Nội dung nhận được không khớp với ảnh trên máy tính bảng; ảnh được gửi lại từ đầu."), status=460
        )


class NoPhoto(Refused):
    """The bytes came whole, and are no photo that the product takes."""


@dataclass(slots=True)
class _Arrived:
    """A file that has arrived, as the documents take it in."""

    filename: str | None
    stream: BinaryIO


def begin_upload(photo: Photo, *, by: Actor, at: datetime) -> tuple[SyncUpload, bool]:
    """The upload of a photo, and whether it is new. Raises OtherUpload, and Refused (413) for too much.

    Whether it may hang on the visit is asked when it is whole, so that nothing is refused that a person took.
    """
    known = find_upload(photo.id)
    if known is None:
        _refuse_too_much(photo, by)
        made = _row(photo, by, at)
        try:
            with db.session.begin_nested():
                db.session.add(made)
            crashpoint("upload.announced")
            return made, True
        except IntegrityError:
            known = find_upload(photo.id)
    if known is None or known.author_id != by.id or known.metadata_hash != photo.hash:
        log.warning("upload id reused", upload=str(photo.id), author=str(by.id))
        raise OtherUpload
    return known, False


def take_piece(folder: UploadFolder, upload_id: UUID, piece: bytes, *, offset: int, by: Actor, at: datetime) -> int:
    """Adds a piece; the last one, or an empty one after it, ends the upload. Gives how many bytes have arrived.

    Call it outside of any transaction. Raises Busy, WrongOffset, WrongContent, and Refused (507, 503).
    """
    with folder.writing(upload_id) as incoming:
        with transaction():
            upload = find_upload(upload_id)
        if upload.outcome:
            incoming.drop()
            return upload.size
        if incoming.size != offset or offset + len(piece) > upload.size:
            raise WrongOffset
        crashpoint("upload.opened")
        if piece:
            incoming.append(piece)
        crashpoint("upload.synced")
        if incoming.size == upload.size:
            _finish(upload, incoming, by, at)
        return offset + len(piece)


def take_whole(folder: UploadFolder, upload_id: UUID, content: bytes, *, by: Actor, at: datetime) -> str:
    """The same with the whole photo at once, whatever had arrived before. Gives what became of it."""
    with transaction():
        outcome = find_upload(upload_id).outcome
    if not outcome:
        with folder.writing(upload_id) as incoming:
            incoming.restart()
        take_piece(folder, upload_id, content, offset=0, by=by, at=at)
        with transaction():
            outcome = find_upload(upload_id).outcome
    return outcome


def _refuse_too_much(photo: Photo, by: Actor) -> None:
    allowed = limits()
    if photo.size > allowed.photo_bytes:
        words = N_("Tệp %(size)s lớn hơn mức cho phép %(limit)s.")
        raise Refused(words, status=413, size=megabytes(photo.size), limit=megabytes(allowed.photo_bytes))
    if bytes_on_their_way(by.id) + photo.size > allowed.unit_bytes:
        raise Refused(
            N_("Quá nhiều ảnh của bạn còn gửi dở hoặc đang được giữ riêng. Hãy báo quản trị viên."), status=413
        )


def _row(photo: Photo, by: Actor, at: datetime) -> SyncUpload:
    known = photo.inspection is not None and find_inspection(photo.inspection) is not None
    return SyncUpload(
        id=photo.id,
        author_id=by.id,
        inspection_id=photo.inspection if known else None,
        metadata_hash=photo.hash,
        body=written({"op": "photo", "size": photo.size, **photo.said}),
        device=photo.device,
        criterion_code=photo.criterion,
        name=photo.name,
        sha256=photo.sha256,
        size=photo.size,
        taken_at=photo.taken_at,
        asked_at=at,
        outcome="",
    )


def _finish(upload: SyncUpload, incoming: Incoming, by: Actor, at: datetime) -> None:
    crashpoint("upload.whole")
    if incoming.sha256() != upload.sha256:
        incoming.restart()
        raise WrongContent
    crashpoint("upload.hashed")
    try:
        _hang_up(upload, incoming, by, at)
    except SQLAlchemyError:
        raise
    except Exception as error:
        if isinstance(error, Refused) and error.status == 507:
            raise
        _set_aside(upload, incoming, error, by, at)
    crashpoint("upload.kept")
    incoming.drop()
    crashpoint("upload.dropped")


def _hang_up(upload: SyncUpload, incoming: Incoming, by: Actor, at: datetime) -> None:
    with transaction():
        inspection = _place(upload, by)
    incoming.file.seek(0)
    try:
        taken = take_in(_Arrived(upload.name, incoming.file), unit_id=inspection.unit_id, wanted=PHOTOS)
    except Refused as error:
        if error.status == 422:
            raise NoPhoto(error.message, status=422, **error.facts) from error
        raise
    crashpoint("upload.taken")
    with transaction():
        inspection = locked(_place(upload, by))
        _require_open(inspection)
        attachment = attach(
            replace(taken, taken_at=upload.taken_at or taken.taken_at),
            thing=inspection,
            purpose=Purpose.EVIDENCE,
            by=by,
            at=at,
            criterion_code=upload.criterion_code or None,
        )
        crashpoint("upload.attached")
        upload = find_upload(upload.id)
        upload.outcome, upload.ended_at, upload.attachment_id = STORED, at, attachment.id
        crashpoint("upload.row")


def _place(upload: SyncUpload, by: Actor) -> Inspection:
    """The visit on which the photo may hang now. Raises what a change would be put aside for."""
    inspection = find_inspection(upload.inspection_id) if upload.inspection_id else None
    if inspection is None or not is_member(inspection.id, by.id):
        raise NotOnTeam
    _require_open(inspection)
    codes = {leaf.code for leaf in rubric_of(inspection.rubric_version_id).leaves()}
    if upload.criterion_code and upload.criterion_code not in codes:
        words = N_("Không có tiêu chí %(code)s trong bộ tiêu chí này.")
        raise Refused(words, status=422, code=upload.criterion_code)
    return inspection


def _require_open(inspection: Inspection) -> None:
    if inspection.state not in RECORD_OPEN:
        raise RecordClosed(inspection.state)


def _set_aside(upload: SyncUpload, incoming: Incoming, error: Exception, by: Actor, at: datetime) -> None:
    """Keeps the bytes as they came, and says why nothing was made of them."""
    incoming.file.seek(0)
    file_store().put(incoming.file, upload.size)
    crashpoint("upload.aside")
    with transaction():
        reason = "photo" if isinstance(error, NoPhoto) else reason_of(error)
        upload = find_upload(upload.id)
        upload.outcome, upload.ended_at = f"parked:{reason}", at
        db.session.add(
            Parked(
                mutation_id=str(upload.id),
                author_id=by.id,
                inspection_id=upload.inspection_id,
                body=upload.body,
                reason=reason,
                words=words_of(error),
                received_at=at,
            )
        )
