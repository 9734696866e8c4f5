"""One's own inbox; and what administrators see of work and mails on their way."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import local_path, requires
from inspect_app.db import transaction
from inspect_app.display import plural
from inspect_app.notifications import actions
from inspect_app.notifications.queries import find_notice, inbox, inbox_size, unread_count
from inspect_app.permissions import Permission

blueprint = Blueprint("notifications", __name__)
PAGE = 30


@blueprint.app_context_processor
def _frame() -> dict[str, Any]:
    """Where the shell's bell leads."""
    return {"notices_url": url_for("notifications.notices")}


@blueprint.get("/notices")
@requires(Permission.NOTICE_OWN)
def notices() -> str:
    unread = request.args.get("view") == "unread"
    after = request.args.get("after", type=UUID)
    found = inbox(current_user.id, unread=unread, after=after, limit=PAGE + 1)
    return render_template(
        "notifications/notices.html",
        notices=found[:PAGE],
        unread=unread,
        unread_count=unread_count(current_user.id),
        all=inbox_size(current_user.id),
        next_after=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@blueprint.post("/notices/<uuid:notice_id>/reading")
@requires(Permission.NOTICE_OWN)
def read_notice(notice_id: UUID) -> Response:
    """Marks a notice as read and goes where it leads."""
    with transaction():
        notice = find_notice(current_user.id, notice_id)
        actions.read_notice(notice, at=clock.now())
    return redirect(local_path(notice.path) or url_for("notifications.notices"), 303)


@blueprint.post("/notices/reading")
@requires(Permission.NOTICE_OWN)
def read_all_notices() -> Response:
    with transaction():
        count = actions.read_all_notices(current_user.id, at=clock.now())
    flash(plural("Đã đánh dấu %(n)s thông báo là đã đọc.", count), "good")
    return redirect(url_for("notifications.notices"), 303)


from inspect_app.notifications import views_system  # noqa: E402, F401 - it hangs on the blueprint
