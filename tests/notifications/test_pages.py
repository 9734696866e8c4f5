"""One's inbox, and what the administrator sees of work and mails."""

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from inspect import isfunction

import pytest
from sqlalchemy import select

from inspect_app import FEATURES
from inspect_app.accounts.models import Person
from inspect_app.config import Settings
from inspect_app.db import db, transaction
from inspect_app.notifications.actions import tell
from inspect_app.notifications.models import Mail, Notice
from inspect_app.permissions import Role
from inspect_app.queue import Outbox
from inspect_app.units.models import Unit
from tests.client import Client
from tests.conftest import NOW
from tests.makers import add, make_city, make_officer, make_person


@pytest.fixture
def city(database: None) -> Unit:
    return make_city()


@pytest.fixture
def admin(client: Client, city: Unit) -> Client:
    return client.sign_in(make_officer(Role.ADMIN, city))


def notify(person: Person, times: int = 1, path: str = "/account") -> list[Notice]:
    thing = db.session.scalar(select(Unit))
    with transaction():
        return [tell([person.id], "Lần %(n)s", {"n": n}, path=path, thing=thing, at=NOW)[0] for n in range(times)]


def failed_job() -> Outbox:
    return add(
        Outbox(
            queue="mail",
            job="inspect_app.notifications.jobs.send_mail",
            arguments=["x"],
            created_at=NOW,
            next_at=NOW,
            attempts=5,
            failed_at=NOW,
            error="Traceback …\nOSError: connection refused",
        )
    )


def test_opening_a_notice_reads_it_and_leads_to_its_page(client: Client, city: Unit) -> None:
    person = make_person(unit_id=city.id)
    here = client.sign_in(person)
    notice = notify(person)[0]
    page = here.get("/notices")
    assert "1 chưa đọc" in page.text and page.select(".bell .count")[0].text == "1"
    opened = here.submit("/notices", f"/notices/{notice.id}/reading")
    assert opened.response.headers["Location"] == "/account"
    assert db.session.get(Notice, notice.id).read_at == NOW
    assert not here.get("/notices").select(".bell .count")


def test_looking_at_the_inbox_reads_nothing(client: Client, city: Unit) -> None:
    person = make_person(unit_id=city.id)
    notice = notify(person)[0]
    client.sign_in(person).get("/notices")
    assert db.session.get(Notice, notice.id).read_at is None


def test_the_inbox_is_ones_own(client: Client, city: Unit) -> None:
    lan, mai = make_person("Lan", unit_id=city.id), make_person("Mai", unit_id=city.id)
    notice = notify(lan)[0]
    other = client.sign_in(mai)
    assert "Chưa có thông báo nào" in other.get("/notices").text
    other.post(f"/notices/{notice.id}/reading", status=404)
    other.post("/notices/reading")
    assert db.session.get(Notice, notice.id).read_at is None


def test_a_notice_never_leads_away(client: Client, city: Unit) -> None:
    person = make_person(unit_id=city.id)
    notice = notify(person, path="//evil.example")[0]
    page = client.sign_in(person).post(f"/notices/{notice.id}/reading")
    assert page.response.headers["Location"] == "/notices"


def test_the_inbox_turns_its_pages_and_is_read_at_once(client: Client, city: Unit) -> None:
    person = make_person(unit_id=city.id)
    here = client.sign_in(person)
    notify(person, 45)
    first = here.get("/notices")
    assert len(first.select("ul.rows > li")) == 30 and "Lần 44" in first.text
    after = str(first.select("a[rel=next]")[0]["href"]).split("after=")[1]
    assert len(here.get("/notices", after=after).select("ul.rows > li")) == 15
    here.submit("/notices", "/notices/reading")
    assert "Không còn thông báo chưa đọc" in here.get("/notices", view="unread").text


def test_failed_work_is_shown_and_can_be_run_again(admin: Client) -> None:
    job = failed_job()
    page = admin.get("/system")
    assert "OSError: connection refused" in page.text and "Không có tiến trình chạy nền" in page.text
    admin.submit("/system", f"/system/jobs/{job.id}/rerun")
    again = db.session.get(Outbox, job.id)
    assert (again.failed_at, again.attempts, again.next_at) == (None, 0, NOW)
    admin.post(f"/system/jobs/{job.id}/rerun", status=404)


def test_every_job_has_words_and_they_stand_on_the_page(admin: Client) -> None:
    words = admin.app.extensions["job_words"]
    for feature in FEATURES:
        if not find_spec(f"inspect_app.{feature}.jobs"):
            continue
        module = import_module(f"inspect_app.{feature}.jobs")
        own = [job for job in vars(module).values() if isfunction(job) and job.__module__ == module.__name__]
        asked = [job.__name__ for job in own if job.__name__[0] != "_" and not job.__name__.endswith("_that_are_due")]
        assert {f"{module.__name__}.{name}" for name in asked} <= words.keys()
    job = failed_job()
    page = admin.get("/system")
    assert job.job not in str(page.soup) and job.job.split(".")[-1] not in page.text and words[job.job] in page.text


def test_waiting_work_shows_when_it_runs(admin: Client) -> None:
    add(
        Outbox(
            queue="mail",
            job="inspect_app.tasks.jobs.tell",
            arguments=[],
            created_at=NOW,
            next_at=NOW + timedelta(minutes=5),
        )
    )
    assert "14/09/2026 10:45" in admin.get("/system").text


def test_a_demonstration_shows_what_would_be_sent(admin: Client, city: Unit) -> None:
    notify(make_person("Lan", unit_id=city.id))
    page = admin.get("/system/mails")
    assert "Lần 0" in page.text and "Lẽ ra được gửi" in page.text
    mail = db.session.scalar(select(Mail))
    shown = admin.get(f"/system/mails/{mail.id}")
    assert shown.h1 == "Lần 0" and "Kính gửi Lan," in shown.text


def test_in_production_the_words_of_a_mail_are_for_its_reader_only(
    admin: Client, city: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify(make_person("Lan", unit_id=city.id))
    production = Settings(env="production", testing=True, secret="x" * 40)
    monkeypatch.setitem(admin.app.config, "SETTINGS", production)
    mail = db.session.scalar(select(Mail))
    for path in ("/system/mails", f"/system/mails/{mail.id}"):
        page = admin.get(path)
        assert "Lần 0" not in page.text and "Kính gửi" not in page.text and mail.to_address in page.text
    assert "Chưa có máy chủ thư" in admin.get("/system/mails").text
    before = len(db.session.scalars(select(Outbox)).all())
    admin.submit("/system/mails", "/system/mails/resending")
    assert len(db.session.scalars(select(Outbox)).all()) == before + 1


def test_the_pages_of_the_system_are_for_administrators(client: Client, city: Unit) -> None:
    office = client.sign_in(make_officer(Role.OFFICE, city))
    job = failed_job()
    office.get("/system", status=403)
    office.get("/system/mails", status=403)
    office.post(f"/system/jobs/{job.id}/rerun", status=403)
