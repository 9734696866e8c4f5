"""Photos and documents that the team takes at a criterion."""

from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, request, url_for
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import local_path, requires
from inspect_app.display import plural
from inspect_app.documents.actions import attach_upload
from inspect_app.documents.models import Attachment
from inspect_app.documents.queries import attachments_of
from inspect_app.documents.rules import Purpose
from inspect_app.forms import tidy
from inspect_app.inspections.actions import RecordClosed
from inspect_app.inspections.queries import find_visible
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.inspections.views import blueprint
from inspect_app.permissions import Permission, insist
from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.queries import rubric_of

MOST_AT_ONCE = 20


@blueprint.post("/inspections/<uuid:inspection_id>/attachments")
@requires(Permission.INSPECTION_ANSWER)
def attach(inspection_id: UUID) -> Any:
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, Permission.INSPECTION_ANSWER, inspection)
    if inspection.state not in RECORD_OPEN:
        raise RecordClosed(inspection.state)
    code = _criterion(inspection.rubric_version_id)
    taken = [_take(inspection, upload, code) for upload in _uploads()]
    if request.accept_mimetypes.best == "application/json":
        return jsonify(attachments=[as_json(attachment) for attachment in taken]), 201
    flash(plural("Đã gửi %(n)s tệp.", len(taken)), "good")
    back = local_path(request.form.get("back")) or url_for("inspections.show", inspection_id=inspection_id)
    return redirect(back, 303)


def as_json(attachment: Attachment) -> dict[str, Any]:
    """A file as the tablet shows it."""
    photo = attachment.file.thumbnail_sha256 is not None
    return {
        "id": str(attachment.id),
        "criterion": attachment.criterion_code,
        "words": attachment.caption or attachment.file.name,
        "url": url_for("documents.download", attachment_id=attachment.id),
        "thumb": url_for("documents.thumbnail", attachment_id=attachment.id) if photo else None,
        "remove_url": url_for("documents.removal", attachment_id=attachment.id),
        "added_at": attachment.added_at.isoformat(),
    }


def files_by_criterion(inspection_id: UUID) -> dict[str, list[Attachment]]:
    """The proof of the team, by criterion code."""
    found: dict[str, list[Attachment]] = {}
    for attachment in attachments_of("inspection", [inspection_id])[inspection_id]:
        if attachment.criterion_code:
            found.setdefault(attachment.criterion_code, []).append(attachment)
    return found


def _criterion(version_id: UUID) -> str:
    code = tidy(request.form.get("criterion", ""))
    if code not in {leaf.code for leaf in rubric_of(version_id).leaves()}:
        raise Refused(N_("Không có tiêu chí %(code)s trong bộ tiêu chí này."), status=422, code=code[:40])
    return code


def _uploads() -> list[Any]:
    uploads = [upload for upload in request.files.getlist("files") if upload.filename]
    if not uploads:
        raise Refused(N_("Chọn ít nhất một tệp."), status=422)
    if len(uploads) > MOST_AT_ONCE:
        raise Refused(N_("Gửi mỗi lần tối đa %(most)s tệp."), status=422, most=MOST_AT_ONCE)
    return uploads


def _take(inspection: Any, upload: Any, code: str) -> Attachment:
    return attach_upload(
        upload,
        thing=inspection,
        purpose=Purpose.EVIDENCE,
        by=current_user,
        at=clock.now(),
        criterion_code=code,
        caption=tidy(request.form.get("caption", ""))[:300],
    )
