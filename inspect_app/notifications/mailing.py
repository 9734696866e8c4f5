"""How a mail reads, and how it leaves: the only place that speaks to a mail server."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app
from flask_babel import gettext

from inspect_app import clock
from inspect_app.config import Settings

SUBJECT_LENGTH = 200

PATIENCE = 20.0
"""Seconds for the mail server's answer."""


class NoMailServer(RuntimeError):
    """SMTP_URL is not set, so no mail can leave."""


def leaves() -> bool:
    """False in a demonstration, where mails stay in the table to be looked at."""
    return not _settings().demo


def link_to(path: str) -> str:
    """A page's address for a mail: always under the configured origin, whatever host a request named."""
    return _settings().public_origin + path


def mail_text(template: str, **values: Any) -> str:
    """A mail's text in the language in force, from templates/notifications/mail."""
    values["product"] = gettext("Kiểm tra CCHC")
    return current_app.jinja_env.get_template(f"notifications/mail/{template}").render(values).strip() + "\n"


def shortened(subject: str) -> str:
    """A subject on one line, cut between words."""
    line = " ".join(subject.split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def deliver(to_address: str, subject: str, body: str, *, message_id: str) -> None:
    """Hands one plain text mail to the server of SMTP_URL.

    smtps:// speaks TLS from the start; smtp:// changes to TLS unless it says ?tls=no, for a server on the same machine.
    Raises NoMailServer, smtplib.SMTPException or OSError.
    """
    settings = _settings()
    if not settings.smtp_url:
        raise NoMailServer("SMTP_URL is not set.")
    with _connection(settings.smtp_url) as server:
        server.send_message(_message(settings, to_address, subject, body, message_id))


def _message(settings: Settings, to_address: str, subject: str, body: str, message_id: str) -> EmailMessage:
    host = urlsplit(settings.public_origin).hostname or "localhost"
    message = EmailMessage()
    message["From"] = settings.mail_from or f"no-reply@{host}"
    message["To"] = to_address
    message["Subject"] = subject
    message["Date"] = formatdate(clock.now().timestamp())
    message["Message-ID"] = f"<{message_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _connection(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=PATIENCE, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=PATIENCE)
        if parse_qs(parts.query).get("tls") != ["no"]:
            server.starttls(context=ssl.create_default_context())
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _settings() -> Settings:
    return current_app.config["SETTINGS"]
