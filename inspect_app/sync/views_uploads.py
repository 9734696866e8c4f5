"""Photos in pieces: tus 1.0 with creation and checksum."""

from uuid import UUID

from flask import Response, current_app, request, url_for
from flask_login import current_user
from werkzeug.exceptions import BadRequest, PreconditionFailed, RequestEntityTooLarge, UnsupportedMediaType

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.crashpoints import crashpoint
from inspect_app.db import transaction
from inspect_app.display import refusal
from inspect_app.permissions import Permission
from inspect_app.refusals import N_, NotVisible, Refused
from inspect_app.sync.actions_uploads import begin_upload, take_piece
from inspect_app.sync.models_doors import SyncUpload
from inspect_app.sync.queries_doors import find_upload
from inspect_app.sync.rules import Unreadable
from inspect_app.sync.rules_uploads import LARGEST_PIECE, TUS, holds, metadata, read_photo, size_of
from inspect_app.sync.uploads import Busy, UploadFolder
from inspect_app.sync.views import blueprint

CHECKSUM_MISMATCH, LOCKED = 460, 423


@blueprint.post("/sync/uploads")
@requires(Permission.ACCOUNT_OWN)
def new_upload() -> Response:
    """Announces a photo; the same announcement again tells how far it has come."""
    _insist_on_tus()
    try:
        said = metadata(request.headers.get("Upload-Metadata", ""))
        photo = read_photo(said, size_of(request.headers.get("Upload-Length")))
    except Unreadable:
        raise BadRequest from None
    with transaction():
        upload, made = begin_upload(photo, by=current_user, at=clock.now())
    crashpoint("upload.committed")
    answer = _state_of(upload, 201 if made else 200)
    answer.headers["Location"] = url_for("sync.upload", upload_id=upload.id)
    return answer


@blueprint.route("/sync/uploads/<uuid:upload_id>", methods=["HEAD"])
@requires(Permission.ACCOUNT_OWN)
def upload(upload_id: UUID) -> Response:
    """How far a photo has come."""
    _insist_on_tus()
    return _state_of(_own(upload_id), 200)


@blueprint.route("/sync/uploads/<uuid:upload_id>", methods=["PATCH"])
@requires(Permission.ACCOUNT_OWN)
def piece(upload_id: UUID) -> Response:
    """The next piece of a photo; an empty one ends a photo that is whole but was not ended."""
    _insist_on_tus()
    upload = _own(upload_id)
    if upload.outcome:
        return _state_of(upload, 204)
    try:
        came, offset = _piece(), size_of(request.headers.get("Upload-Offset"))
        take_piece(_folder(), upload.id, came, offset=offset, by=current_user, at=clock.now())
    except Unreadable:
        raise BadRequest from None
    except Busy:
        return _state_of(upload, LOCKED)
    except Refused as error:
        return _state_of(_own(upload_id), error.status, refusal(error))
    return _state_of(_own(upload_id), 204)


def _insist_on_tus() -> None:
    if request.headers.get("Tus-Resumable", TUS) != TUS:
        raise PreconditionFailed


def _own(upload_id: UUID) -> SyncUpload:
    upload = find_upload(upload_id)
    if upload is None or upload.author_id != current_user.id:
        raise NotVisible
    return upload


def _piece() -> bytes:
    if request.mimetype != "application/offset+octet-stream":
        raise UnsupportedMediaType
    length = request.content_length or 0
    if length > LARGEST_PIECE or request.headers.get("Transfer-Encoding"):
        raise RequestEntityTooLarge
    came = request.get_data(cache=False)
    checksum = request.headers.get("Upload-Checksum")
    if len(came) != length or (checksum and not holds(checksum, came)):
        raise Refused(N_("Phần gửi hỏng trên đường truyền; máy tính bảng gửi lại phần này."), status=CHECKSUM_MISMATCH)
    return came


def _state_of(upload: SyncUpload, status: int, words: str = "") -> Response:
    """An answer with what there is to know of an upload in its headers."""
    answer = Response(words, status, mimetype="text/plain")
    answer.headers["Tus-Resumable"] = TUS
    answer.headers["Upload-Length"] = str(upload.size)
    answer.headers["Upload-Offset"] = str(upload.size if upload.outcome else _folder().offset(upload.id))
    if upload.outcome:
        answer.headers["Upload-Result"] = upload.outcome
    if upload.attachment_id:
        answer.headers["Upload-Attachment"] = str(upload.attachment_id)
    return answer


def _folder() -> UploadFolder:
    return UploadFolder(current_app.config["SETTINGS"].uploads)
