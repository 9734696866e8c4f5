"""What administrators see of work and mails on their way."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from redis.exceptions import RedisError
from rq import Worker
from rq.worker import BaseWorker
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import transaction
from inspect_app.display import plural, told
from inspect_app.notifications import actions
from inspect_app.notifications.queries import (
    dead_letters,
    find_dead_letter,
    find_mail,
    mail_count,
    outbox_count,
    waiting,
)
from inspect_app.notifications.queries import (
    mails as find_mails,
)
from inspect_app.notifications.views import PAGE, blueprint
from inspect_app.permissions import Permission
from inspect_app.queue import connection

SHOWN = 50
SILENT = timedelta(minutes=5)
NEVER = datetime.min.replace(tzinfo=UTC)


@blueprint.get("/system")
@requires(Permission.ADMIN_SETTINGS)
def system() -> str:
    return render_template(
        "notifications/system.html",
        count=outbox_count(),
        failed=dead_letters(SHOWN),
        waiting=waiting(SHOWN),
        job_word=_job_word,
        mail=mail_count(),
        workers=_workers(),
    )


@blueprint.post("/system/jobs/<uuid:job_id>/rerun")
@requires(Permission.ADMIN_SETTINGS)
def rerun_job(job_id: UUID) -> Response:
    with transaction():
        dead = find_dead_letter(job_id)
        actions.run_again(dead, by=current_user, at=clock.now())
    flash(_("Việc đã vào hàng đợi, sẽ chạy lại ngay."), "good")
    return redirect(url_for("notifications.system"), 303)


@blueprint.get("/system/mails")
@requires(Permission.ADMIN_SETTINGS)
def mails() -> str:
    unsent = request.args.get("view") == "unsent"
    found = find_mails(unsent=unsent, after=request.args.get("after", type=UUID), limit=PAGE + 1)
    return render_template(
        "notifications/mails.html",
        mails=found[:PAGE],
        unsent=unsent,
        count=mail_count(),
        next_after=found[PAGE - 1].id if len(found) > PAGE else None,
        has_server=bool(current_app.config["SETTINGS"].smtp_url),
    )


@blueprint.get("/system/mails/<uuid:mail_id>")
@requires(Permission.ADMIN_SETTINGS)
def mail(mail_id: UUID) -> str:
    return render_template("notifications/mail.html", mail=find_mail(mail_id))


@blueprint.post("/system/mails/resending")
@requires(Permission.ADMIN_SETTINGS)
def resend_mails() -> Response:
    with transaction():
        count = actions.send_unsent_mails(by=current_user, at=clock.now())
    flash(plural("%(n)s thư đã vào hàng đợi.", count), "good")
    return redirect(url_for("notifications.mails"), 303)


def _job_word(job: str) -> str:
    """What a job does, in the reader's language."""
    return told(current_app.extensions["job_words"].get(job, job))


def _workers() -> dict[str, Any]:
    """Who works: the workers heard of in the last minutes, and what they do; `answers` is False without a queue."""
    redis = connection()
    try:
        if redis is None or not redis.ping():
            return {"answers": False, "alive": []}
        since = datetime.now(UTC) - SILENT
        heard = [worker for worker in Worker.all(connection=redis) if _heartbeat(worker) >= since]
    except RedisError:
        return {"answers": False, "alive": []}
    return {
        "answers": True,
        "alive": [(worker.get_state(), worker.queue_names(), _heartbeat(worker)) for worker in heard],
    }


def _heartbeat(worker: BaseWorker) -> datetime:
    heard = worker.last_heartbeat
    if heard is None:
        return NEVER
    return heard.replace(tzinfo=UTC) if heard.tzinfo is None else heard
