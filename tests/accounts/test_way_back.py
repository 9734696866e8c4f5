"""A forgotten password: one mail, one use, half an hour."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from inspect_app.accounts.models import PasswordReset, Person, SignIn
from inspect_app.accounts.passwords import password_matches
from inspect_app.config import Settings
from inspect_app.db import db
from inspect_app.notifications.models import Mail
from inspect_app.queue import Outbox, run_waiting
from tests.accounts.conftest import PASSWORD
from tests.client import Client
from tests.conftest import NOW

NEW = "mưa rơi ngoài hiên nhà cũ"


def ask(client: Client, email: str, status: int = 303) -> None:
    client.post("/password-reset", {"email": email}, status=status)


def link_in_the_mail() -> str:
    mail = db.session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    return re.search(r"http\S+(/password-reset/\S+)", mail.body).group(1)


def test_a_link_sets_a_new_password_once_and_ends_every_session(client: Client, lan: Person) -> None:
    other = client.sign_in(lan)
    ask(client, "Lan@thu.example")
    run_waiting("mail")
    link = link_in_the_mail()
    client.submit(link, link, password=NEW)
    assert password_matches(db.session.get(Person, lan.id).password_hash, NEW)
    assert all(session.ended_at for session in db.session.scalars(select(SignIn).where(SignIn.person_id == lan.id)))
    other.get("/account", status=303)
    client.get(link, status=410)
    client.post(link, {"password": PASSWORD}, status=410)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, lan: Person) -> None:
    pages = [client.post("/password-reset", {"email": email}) for email in ("lan@thu.example", "khongco@thu.example")]
    assert pages[0].response.headers["Location"] == pages[1].response.headers["Location"]
    assert len({(job.job, len(job.arguments)) for job in db.session.scalars(select(Outbox))}) == 1
    run_waiting("mail")
    assert [mail.to_address for mail in db.session.scalars(select(Mail))] == ["lan@thu.example"]
    assert client.follow(pages[0]).h1 == "Đã nhận yêu cầu"


def test_the_secret_is_nowhere_to_be_read(client: Client, lan: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr("inspect_app.accounts.jobs.leaves", lambda: True)
    monkeypatch.setattr("inspect_app.accounts.jobs.deliver", lambda *letter, message_id: sent.append(letter))
    ask(client, "lan@thu.example")
    run_waiting("mail")
    secret = re.search(r"/password-reset/(\S+)", sent[0][2]).group(1)
    reset = db.session.scalar(select(PasswordReset))
    mail = db.session.scalar(select(Mail))
    kept = " ".join(
        [
            reset.secret_hash,
            mail.body,
            mail.subject,
            *(str(job.arguments) for job in db.session.scalars(select(Outbox))),
        ]
    )
    assert len(secret) >= 40 and secret not in kept
    assert mail.sent_at == NOW


def test_links_name_the_configured_origin_whatever_the_request_says(
    client: Client, lan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(env="demo", testing=True, origin="https://kiemtra.example", secret="x" * 40)
    monkeypatch.setitem(client.app.config, "SETTINGS", settings)
    token = client.csrf()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    client.http.post("/password-reset", data={"email": "lan@thu.example", "csrf_token": token}, headers=headers)
    run_waiting("mail")
    mail = db.session.scalar(select(Mail))
    assert mail is None or "https://kiemtra.example/password-reset/" in mail.body
    ask(client, "lan@thu.example")
    run_waiting("mail")
    bodies = " ".join(mail.body for mail in db.session.scalars(select(Mail)))
    assert "https://kiemtra.example/password-reset/" in bodies and "evil" not in bodies


def test_a_link_grows_old(client: Client, lan: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(client, "lan@thu.example")
    run_waiting("mail")
    monkeypatch.setattr("inspect_app.clock.now", lambda: NOW + timedelta(minutes=31))
    assert "quá hạn" in client.get(link_in_the_mail(), status=410).text


def test_a_weak_password_comes_back_with_the_reason_and_the_link_stays_good(client: Client, lan: Person) -> None:
    ask(client, "lan@thu.example")
    run_waiting("mail")
    link = link_in_the_mail()
    page = client.submit(link, link, password="ngắn quá", status=422)
    assert "15 ký tự" in page.text
    client.submit(link, link, password=NEW)


def test_an_older_link_is_useless_once_the_password_is_set(client: Client, lan: Person) -> None:
    ask(client, "lan@thu.example")
    run_waiting("mail")
    older = link_in_the_mail()
    ask(client, "lan@thu.example")
    run_waiting("mail")
    newer = link_in_the_mail()
    assert older != newer
    client.submit(newer, newer, password=NEW)
    client.get(older, status=410)


def test_nobody_is_flooded_with_mails_and_nobody_learns_of_it(client: Client, lan: Person) -> None:
    for _ in range(5):
        ask(client, "lan@thu.example")
    run_waiting("mail")
    assert len(db.session.scalars(select(Mail)).all()) == 3
    ask(client, "lan@thu.example", status=429)


def test_a_shut_account_gets_no_link(client: Client, lan: Person) -> None:
    lan.active = False
    db.session.commit()
    ask(client, "lan@thu.example")
    run_waiting("mail")
    assert not db.session.scalars(select(Mail)).all()


def test_a_mail_server_that_is_away_leaves_nothing_half_done(
    client: Client, lan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*letter: str, message_id: str) -> None:
        raise OSError("no answer")

    monkeypatch.setattr("inspect_app.accounts.jobs.leaves", lambda: True)
    monkeypatch.setattr("inspect_app.accounts.jobs.deliver", away)
    ask(client, "lan@thu.example")
    assert run_waiting("mail") == 0
    job = db.session.scalar(select(Outbox))
    assert job.done_at is None and job.next_at > NOW and "no answer" in job.error
    assert not db.session.scalars(select(Mail)).all()
