"""Mails leave here, after the commit of what they tell."""

from uuid import UUID

from inspect_app import clock
from inspect_app.db import db, transaction
from inspect_app.notifications.mailing import deliver, leaves
from inspect_app.notifications.models import Mail


def send_mail(mail_id: str) -> None:
    """Sends one mail over SMTP; in a demonstration it stays in the table, to be looked at.

    Raises what the mail server answered, so that the outbox tries again later; the mail keeps the last error.
    """
    mail = db.session.get(Mail, UUID(mail_id))
    if mail is None or mail.sent_at or not leaves():
        return
    letter = (mail.to_address, mail.subject, mail.body)
    db.session.rollback()
    try:
        deliver(*letter, message_id=mail_id)
    except Exception as failure:  # Whatever it is, the mail keeps it and the outbox tries again.
        _note(mail_id, failure)
        raise
    _note(mail_id, None)


def _note(mail_id: str, failure: Exception | None) -> None:
    with transaction():
        mail = db.session.get_one(Mail, UUID(mail_id))
        mail.error = (str(failure) or type(failure).__name__)[:500] if failure else None
        mail.sent_at = None if failure else clock.now()
