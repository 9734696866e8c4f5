"""Files on their way out, and papers on their way to becoming a file."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import local_path, requires
from inspect_app.db import transaction
from inspect_app.documents.actions import remove_attachment
from inspect_app.documents.forms import RemovalForm
from inspect_app.documents.installation import file_store
from inspect_app.documents.models import Attachment, RenderJob
from inspect_app.documents.offers import rules_of, shown_to, thing_of
from inspect_app.documents.queries import find_attachment, find_render, made_by
from inspect_app.documents.rules import content_disposition
from inspect_app.documents.store import ContentMissing
from inspect_app.documents.words import STEPS
from inspect_app.permissions import Permission
from inspect_app.refusals import N_, NotPermitted, NotVisible, Refused

blueprint = Blueprint("documents", __name__)


@blueprint.get("/files/<uuid:attachment_id>")
@requires(Permission.DOCUMENT_READ)
def download(attachment_id: UUID) -> Any:
    attachment, _thing = _shown(attachment_id)
    file = attachment.file
    return _bytes(file.sha256, file.media_type, file.name, inline=file.thumbnail_sha256 is not None)


@blueprint.get("/files/<uuid:attachment_id>/thumbnail")
@requires(Permission.DOCUMENT_READ)
def thumbnail(attachment_id: UUID) -> Any:
    attachment, _thing = _shown(attachment_id)
    if attachment.file.thumbnail_sha256 is None:
        raise NotVisible
    return _bytes(attachment.file.thumbnail_sha256, "image/jpeg", attachment.file.name, inline=True)


@blueprint.route("/files/<uuid:attachment_id>/removal", methods=["GET", "POST"])
@requires(Permission.DOCUMENT_READ)
def removal(attachment_id: UUID) -> Any:
    attachment, thing = _shown(attachment_id)
    if not rules_of(attachment.thing_type).lets_go(current_user, thing, attachment):
        raise NotPermitted
    back = local_path(request.values.get("back")) or url_of(attachment.thing_type, attachment.thing_id)
    form = RemovalForm()
    if form.validate_on_submit():
        with transaction():
            remove_attachment(attachment, reason=form.reason.data, by=current_user, at=clock.now())
        flash(_("Đã gỡ %(name)s. Tệp vẫn được giữ trong nhật ký.", name=attachment.file.name), "good")
        return redirect(back, 303)
    values = {"attachment": attachment, "form": form, "back": back}
    return render_template("documents/removal.html", **values), 422 if form.errors else 200


@blueprint.get("/renders/<uuid:render_id>")
@requires(Permission.DOCUMENT_READ)
def progress(render_id: UUID) -> Any:
    job = find_render(render_id)
    thing = thing_of(current_user, job.thing_type, job.thing_id)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(state=state_of(job), percent=job.percent, words=_(STEPS[job.step]), left="")
    made = made_by(job)
    seen = made and shown_to(current_user, thing, [made])
    values = {"job": job, "state": state_of(job), "step": _(STEPS[job.step]), "made": made if seen else None}
    return render_template("documents/progress.html", **values, back=url_of(job.thing_type, job.thing_id))


def state_of(job: RenderJob) -> str:
    """The state of a paper on its way, as the progress card names it."""
    if job.finished_at is not None:
        return "failed" if job.error else "done"
    return "queued" if job.step == "waiting" else "running"


def url_of(thing_type: str, thing_id: UUID) -> str:
    """The page of a thing that carries files; the first page where it has none."""
    endpoint = f"{thing_type}s.show"
    if endpoint not in current_app.view_functions:
        return "/"
    rule = next(current_app.url_map.iter_rules(endpoint))
    values: dict[str, Any] = dict.fromkeys(rule.arguments, thing_id)
    return url_for(endpoint, **values)


def _shown(attachment_id: UUID) -> tuple[Attachment, Any]:
    attachment = find_attachment(attachment_id)
    thing = thing_of(current_user, attachment.thing_type, attachment.thing_id)
    if not shown_to(current_user, thing, [attachment]):
        raise NotVisible
    return attachment, thing


def _bytes(sha256: str, media_type: str, name: str, *, inline: bool) -> Any:
    try:
        content = file_store().open(sha256)
    except ContentMissing:
        words = N_("Kho tệp không còn nội dung của tệp này. Hãy báo quản trị viên khôi phục từ bản sao lưu.")
        raise Refused(words, status=503) from None
    response = send_file(content, mimetype=media_type, etag=sha256, conditional=True)
    response.headers["Content-Disposition"] = content_disposition(name, inline=inline)
    return response
