"""Telling people, once each, in their own language; mails that leave or wait."""

import pytest
from sqlalchemy import select

from inspect_app.db import db, transaction
from inspect_app.notifications import mailing
from inspect_app.notifications.actions import tell
from inspect_app.notifications.models import Mail, Notice
from inspect_app.permissions import Role
from inspect_app.queue import Outbox, run_waiting
from inspect_app.refusals import N_
from inspect_app.units.models import Unit
from tests.client import Client
from tests.conftest import NOW
from tests.makers import make_city, make_officer, make_person

MESSAGE = N_("Đã có đề nghị gia hạn đang chờ.")


@pytest.fixture
def city(database: None) -> Unit:
    return make_city()


def say(*people: object, key: str | None = None, mail: bool = True, message: str = MESSAGE) -> list[Notice]:
    with transaction():
        return tell(
            [p.id for p in people],
            message,
            {},
            path="/account",
            thing=db.session.scalar(select(Unit)),
            at=NOW,
            key=key,
            mail=mail,
        )


def mails() -> list[Mail]:
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_each_person_gets_a_notice_and_a_mail_with_the_way(city: Unit) -> None:
    lan, off = make_person("Lan", unit_id=city.id), make_person("Khóa", active=False)
    notices = say(lan, off, lan)
    assert [(notice.person_id, notice.thing_type, notice.path) for notice in notices] == [(lan.id, "unit", "/account")]
    mail = mails()[0]
    assert (mail.to_address, mail.subject) == (lan.email, MESSAGE)
    assert "Kính gửi Lan," in mail.body and mailing.link_to("/account") in mail.body
    assert len(db.session.scalars(select(Outbox)).all()) == 1


def test_with_a_key_each_person_is_told_once(city: Unit) -> None:
    lan, mai = make_person("Lan"), make_person("Mai")
    say(lan, key="due:1")
    assert [notice.person_id for notice in say(lan, mai, key="due:1")] == [mai.id]
    assert len(mails()) == 2
    assert say(lan, key="due:2")


def test_a_notice_may_come_without_a_mail(city: Unit) -> None:
    say(make_person(), mail=False)
    assert not mails() and not db.session.scalars(select(Outbox)).all()


def test_a_subject_stays_on_one_line_and_within_its_length() -> None:
    words = "Dòng một\r\nBcc: x@evil.example " + "rất dài " * 60
    subject = mailing.shortened(words)
    assert "\n" not in subject and "\r" not in subject and len(subject) <= mailing.SUBJECT_LENGTH


def test_in_a_demonstration_mails_stay_to_be_looked_at(city: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspect_app.notifications.jobs.deliver", lambda *a, **k: pytest.fail("it left"))
    say(make_person())
    assert run_waiting("mail") == 1
    assert mails()[0].sent_at is None


def test_outside_a_demonstration_a_mail_leaves_once(city: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[str] = []
    monkeypatch.setattr("inspect_app.notifications.jobs.leaves", lambda: True)
    monkeypatch.setattr("inspect_app.notifications.jobs.deliver", lambda to, *rest, message_id: left.append(to))
    lan = make_person()
    say(lan)
    run_waiting("mail")
    assert left == [lan.email] and mails()[0].sent_at == NOW
    from inspect_app.notifications.jobs import send_mail

    send_mail(str(mails()[0].id))
    assert left == [lan.email]


def test_a_mail_server_that_refuses_is_asked_again_later(city: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*letter: str, message_id: str) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr("inspect_app.notifications.jobs.leaves", lambda: True)
    monkeypatch.setattr("inspect_app.notifications.jobs.deliver", refuse)
    say(make_person())
    assert run_waiting("mail") == 0
    assert mails()[0].error == "connection refused" and mails()[0].sent_at is None
    waiting = db.session.scalar(select(Outbox))
    assert waiting.attempts == 1 and waiting.done_at is None and waiting.next_at > NOW


def test_a_mail_is_plain_text_from_the_product_and_cannot_carry_more_heads(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []

    class Server:
        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def send_message(self, message: object) -> None:
            sent.append(message)

    from dataclasses import replace

    settings = replace(client.app.config["SETTINGS"], smtp_url="smtp://mail.example", mail_from="cchc@thu.example")
    monkeypatch.setitem(client.app.config, "SETTINGS", settings)
    monkeypatch.setattr(mailing, "_connection", lambda url: Server())
    mailing.deliver("lan@thu.example", "Đến hạn", "Chào Lan\n", message_id="1")
    assert (sent[0]["From"], sent[0]["To"], sent[0]["Subject"]) == ("cchc@thu.example", "lan@thu.example", "Đến hạn")
    assert sent[0].get_content() == "Chào Lan\n" and sent[0].get_content_type() == "text/plain"
    with pytest.raises(ValueError):
        mailing.deliver("lan@thu.example\r\nBcc: x@evil.example", "Đến hạn", "x", message_id="2")


def test_without_a_mail_server_nothing_pretends_to_leave(client: Client) -> None:
    with pytest.raises(mailing.NoMailServer):
        mailing.deliver("lan@thu.example", "Đến hạn", "x", message_id="1")


def test_a_mail_speaks_the_readers_language(city: Unit) -> None:
    say(make_officer(Role.OFFICE, city, language="en"), make_officer(Role.OFFICE, city, language="vi"))
    assert len({mail.to_address for mail in mails()}) == 2
