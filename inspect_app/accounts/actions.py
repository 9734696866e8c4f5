"""What a person does with their own account: signing in and out, sessions, password, language, name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from flask_babel import force_locale, gettext
from sqlalchemy import select, update

from inspect_app.accounts.models import PasswordReset, Person, SignIn
from inspect_app.accounts.passwords import hash_password, is_outdated, new_secret, password_matches, secret_hash
from inspect_app.accounts.queries import person_by_email
from inspect_app.accounts.rules import check_password, reset_is_good, tidy_address
from inspect_app.audit.actions import Doer, record
from inspect_app.db import db, new_id
from inspect_app.notifications.actions import keep_letter
from inspect_app.notifications.mailing import link_to, mail_text
from inspect_app.permissions import Actor
from inspect_app.refusals import N_, Refused

LANGUAGES = ("vi", "en")
log = structlog.get_logger("accounts")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody sits: the address that the connection came from and the browser's name for itself."""

    address: str
    browser: str


def sign_in(email: str, password: str, *, place: Place, at: datetime) -> SignIn | None:
    """Starts a session for the owner of this address and password; None when there is no such owner.

    An unknown address, a wrong password and a switched-off account are the same to whoever asks, in time as in words.
    """
    person = person_by_email(tidy_address(email))
    known = password_matches(person.password_hash if person else None, password)
    if person is None or not known or not person.active:
        log.warning("sign-in refused", address=place.address, account=tidy_address(email)[:254])
        return None
    if is_outdated(person.password_hash or ""):
        person.password_hash = hash_password(password)
    return start_session(person, place=place, at=at)


def start_session(person: Person, *, place: Place, at: datetime) -> SignIn:
    """A new signed-in session of this person, with an id of its own."""
    session = SignIn(
        id=new_id(), person_id=person.id, started_at=at, address=place.address[:45], browser=place.browser[:200]
    )
    db.session.add(session)
    db.session.flush()
    record("signed in", session, by=person, at=at, address=session.address)
    return session


def sign_out(sign_in_id: UUID, *, by: Actor, at: datetime) -> None:
    """Ends the session of this browser on the server as well."""
    session = db.session.get(SignIn, sign_in_id)
    if session is not None and session.ended_at is None:
        session.ended_at = at
        record("signed out", session, by=by, at=at)


def end_session(session: SignIn, *, by: Actor, at: datetime) -> None:
    """Ends a session wherever it is; ending it twice does nothing."""
    if session.ended_at is None:
        session.ended_at = at
        record("session ended", session, by=by, at=at, address=session.address)


def end_sessions(person_id: UUID, *, at: datetime, keep: UUID | None = None) -> int:
    """Ends every session of a person but `keep`. Gives how many were open."""
    still_open = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if keep is not None:
        still_open = still_open.where(SignIn.id != keep)
    return len(db.session.scalars(still_open.values(ended_at=at).returning(SignIn.id)).all())


def change_password(person: Person, present: str, wanted: str, *, place: Place, by: Actor, at: datetime) -> SignIn:
    """Sets a new password, ends every session and starts a fresh one for this browser.

    Raises Refused (422) when the present password is wrong or the new one is weak or the same.
    """
    if not password_matches(person.password_hash, present):
        raise Refused(N_("Mật khẩu hiện tại không đúng."), status=422)
    if wanted == present:
        raise Refused(N_("Mật khẩu mới phải khác mật khẩu hiện tại."), status=422)
    _set_password(person, wanted)
    end_sessions(person.id, at=at)
    record("password changed", person, by=by, at=at)
    return start_session(person, place=place, at=at)


def choose_language(person_id: UUID, language: str) -> None:
    """Remembers the language in which a person reads pages and mails. Raises Refused (422) for another one."""
    check_language(language)
    db.session.execute(update(Person).where(Person.id == person_id).values(language=language))


def check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Refused(N_("Chưa có giao diện bằng ngôn ngữ này."), status=422)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with a way back in. `kept_body` is what may be stored: the link without its secret."""

    reset_id: UUID
    person_id: UUID
    to_address: str
    subject: str
    body: str
    kept_body: str


def open_way_back(email: str, *, invited: bool, at: datetime) -> Letter | None:
    """Makes a link that sets a new password, once and for half an hour; None when no account in use has the address."""
    person = person_by_email(tidy_address(email))
    if person is None or not person.active:
        return None
    secret = new_secret()
    reset = PasswordReset(id=new_id(), person_id=person.id, secret_hash=secret_hash(secret), created_at=at)
    db.session.add(reset)
    with force_locale(person.language):
        subject = gettext("Đặt mật khẩu cho tài khoản của bạn") if invited else gettext("Đặt lại mật khẩu")
        body, kept = (
            mail_text("way_back.txt", name=person.name, invited=invited, link=link_to(f"/password-reset/{shown}"))
            for shown in (secret, "…")
        )
    return Letter(reset.id, person.id, person.email, subject, body, kept)


def keep_way_back(letter: Letter, *, left: bool, at: datetime) -> None:
    """Writes down that a letter left, without its secret; in a demonstration, where none leaves, with it."""
    keep_letter(
        letter.to_address,
        letter.subject,
        letter.kept_body if left else letter.body,
        person_id=letter.person_id,
        at=at,
        sent_at=at if left else None,
    )


def way_back(secret: str, *, at: datetime, lock: bool = False) -> tuple[PasswordReset, Person]:
    """The reset behind a link and its person. Raises Refused (410) when it was used, is too old or never was."""
    wanted = select(PasswordReset, Person).join(Person, Person.id == PasswordReset.person_id)
    wanted = wanted.where(PasswordReset.secret_hash == secret_hash(secret), Person.active)
    found = db.session.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None or not reset_is_good(created_at=found[0].created_at, used_at=found[0].used_at, at=at):
        raise Refused(N_("Liên kết này đã được dùng hoặc đã quá hạn. Hãy yêu cầu liên kết mới."), status=410)
    return found


def set_password_by_link(secret: str, wanted: str, *, at: datetime) -> Person:
    """Sets a password through a link, ends every session of its owner, and makes all their links useless.

    Raises Refused (410) when the link is no longer good, (422) when the password is weak.
    """
    _, person = way_back(secret, at=at, lock=True)
    _set_password(person, wanted)
    unused = update(PasswordReset).where(PasswordReset.person_id == person.id, PasswordReset.used_at.is_(None))
    db.session.execute(unused.values(used_at=at))
    end_sessions(person.id, at=at)
    record("password set by link", person, by=person, at=at)
    return person


def set_first_password(person: Person, wanted: str, *, by: Doer, at: datetime) -> None:
    """Sets a password from the command line, ending every session. Raises Refused (422) for a weak one."""
    _set_password(person, wanted)
    end_sessions(person.id, at=at)
    record("password changed", person, by=by, at=at)


def _set_password(person: Person, wanted: str) -> None:
    check_password(wanted, name=person.name, email=person.email)
    person.password_hash = hash_password(wanted)
