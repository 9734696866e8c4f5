"""The door: who gets in, who does not, and what a stranger learns, which is nothing."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspect_app.accounts.models import Person, SignIn
from inspect_app.audit.models import AuditEntry
from inspect_app.config import Settings
from inspect_app.db import db
from inspect_app.permissions import Role
from inspect_app.units.models import Unit
from tests.accounts.conftest import PASSWORD
from tests.client import Client, Page
from tests.conftest import NOW
from tests.makers import make_head, make_officer, make_person, make_unit


def enter(client: Client, email: str, password: str = PASSWORD, *, status: int = 303, **more: str) -> Page:
    return client.post("/sign-in", {"email": email, "password": password, **more}, status=status)


def where(page: Page) -> str:
    return page.response.headers["Location"]


def open_sessions(person: Person) -> int:
    return db.session.scalar(
        select(func.count()).select_from(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    )


def test_the_owner_of_a_password_gets_in(client: Client, lan: Person) -> None:
    page = client.submit("/sign-in", "/sign-in", email=" LAN@thu.example ", password=PASSWORD)
    assert where(page) == "/"
    assert client.get("/account").h1 == "Tài khoản của tôi"
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "signed in"))
    assert entry.actor_id == lan.id and entry.thing_type == "sign_in"


def test_a_wrong_password_an_unknown_and_a_shut_account_are_answered_alike(
    client: Client, lan: Person, city: Unit
) -> None:
    shut = make_officer(Role.OFFICE, city, active=False, password_hash=lan.password_hash)
    without = make_person(unit_id=city.id)
    answers = [
        enter(client, "lan@thu.example", "sai mật khẩu rồi nhé", status=422),
        enter(client, "khongco@thu.example", "sai mật khẩu rồi nhé", status=422),
        enter(client, shut.email, PASSWORD, status=422),
        enter(client, without.email, PASSWORD, status=422),
    ]
    shown = [page.text for page in answers]
    assert shown[0] == shown[1] == shown[2] == shown[3]
    assert "Địa chỉ thư hoặc mật khẩu không đúng" in shown[0]
    assert open_sessions(lan) == 0


def test_an_unknown_address_is_compared_with_a_password_as_well(
    client: Client, lan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inspect_app.accounts import passwords

    compared: list[str] = []

    class Hasher:
        def verify(self, kept: str, typed: str) -> bool:
            compared.append(kept)
            return kept == lan.password_hash and typed == PASSWORD

    monkeypatch.setattr(passwords, "HASHER", Hasher())
    enter(client, "khongco@thu.example", status=422)
    enter(client, "lan@thu.example", "một câu khác hẳn nhé", status=422)
    assert compared == [passwords.NOBODYS, lan.password_hash]


def test_after_ten_failures_a_place_must_wait_for_this_account_only(client: Client, lan: Person) -> None:
    for _ in range(10):
        enter(client, "lan@thu.example", "sai mật khẩu rồi nhé", status=422)
    page = enter(client, "lan@thu.example", PASSWORD, status=429)
    assert page.response.headers["Retry-After"] == "900"
    unknown = Client(client.app)
    for _ in range(10):
        enter(unknown, "khongco@thu.example", status=422)
    assert enter(unknown, "khongco@thu.example", status=429).text.replace("khongco", "lan") == page.text
    assert open_sessions(lan) == 0


def test_nobody_locks_the_owner_out(client: Client, lan: Person) -> None:
    home = Client(client.app)
    enter(home, "lan@thu.example")
    home.post("/sign-out")
    for _ in range(11):
        client.post(
            "/sign-in", {"email": "lan@thu.example", "password": "đoán bừa một câu"}, status=422 if _ < 10 else 429
        )
    enter(home, "lan@thu.example")
    away = Client(client.app)
    away.http.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    enter(away, "lan@thu.example")


def test_a_forged_forwarding_header_does_not_make_a_new_place(client: Client, lan: Person) -> None:
    for number in range(11):
        client.http.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        enter(client, "lan@thu.example", "đoán bừa một câu", status=422 if number < 10 else 429)


def test_a_session_has_an_id_of_its_own_and_begins_with_an_empty_cookie(client: Client, lan: Person) -> None:
    with client.http.session_transaction() as session:
        session["_user_id"] = "planted"
        session["planted"] = True
    enter(client, "lan@thu.example")
    with client.http.session_transaction() as session:
        first = session["_user_id"]
        assert "planted" not in session and first != "planted"
    enter(client, "lan@thu.example")
    with client.http.session_transaction() as session:
        assert session["_user_id"] != first


def test_signing_out_ends_the_session_on_the_server(client: Client, lan: Person) -> None:
    enter(client, "lan@thu.example")
    cookie = client.http.get_cookie("inspect_session").value
    page = client.post("/sign-out")
    assert urlsplit(where(page)).path == "/sign-in"
    assert open_sessions(lan) == 0
    client.http.set_cookie("inspect_session", cookie)
    client.get("/account", status=303)


def test_a_session_ends_by_the_servers_clock(client: Client, lan: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(client, "lan@thu.example")
    monkeypatch.setattr("inspect_app.clock.now", lambda: NOW + timedelta(minutes=50))
    client.get("/account")
    monkeypatch.setattr("inspect_app.clock.now", lambda: NOW + timedelta(minutes=100))
    client.get("/account")
    monkeypatch.setattr("inspect_app.clock.now", lambda: NOW + timedelta(minutes=161))
    client.get("/account", status=303)


def test_a_page_that_asks_by_itself_does_not_keep_a_session_alive(
    client: Client, lan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(client, "lan@thu.example")
    monkeypatch.setattr("inspect_app.clock.now", lambda: NOW + timedelta(minutes=50))
    assert client.http.get("/notices", headers={"X-Polling": "1"}).status_code == 200
    monkeypatch.setattr("inspect_app.clock.now", lambda: NOW + timedelta(minutes=61))
    client.get("/account", status=303)


def test_switching_an_account_off_ends_what_it_has_open_at_once(client: Client, lan: Person) -> None:
    enter(client, "lan@thu.example")
    lan.active = False
    db.session.commit()
    client.get("/account", status=303)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/%0d%0aSet-Cookie:x\r\n",
        "javascript:alert(1)",
        "evil",
        " /x",
    ],
)
def test_the_way_on_never_leads_away(client: Client, lan: Person, target: str) -> None:
    way = where(enter(client, "lan@thu.example", next=target))
    assert urlsplit(way).netloc == "" and way.startswith("/") and "\\" not in way and "\n" not in way
    assert way in {"/", "/x", "/%0d%0aSet-Cookie:x"}


def test_whoever_was_asked_to_sign_in_goes_on_where_they_were(client: Client, lan: Person) -> None:
    asked = client.get("/notices?view=unread", status=303)
    page = client.submit(where(asked), "/sign-in", email="lan@thu.example", password=PASSWORD)
    assert where(page) == "/notices?view=unread"
    again = client.get("/sign-in?next=/account", status=302)
    assert where(again) == "/account"


def test_a_demonstration_signs_in_with_one_click(client: Client, city: Unit) -> None:
    person = make_officer(Role.AUDITOR, city, "Hoàng Mai", is_demo=True, demo_line="Chỉ xem")
    make_officer(Role.OFFICE, city, "Không ở cửa", is_demo=True)
    page = client.get("/sign-in")
    assert [button["value"] for button in page.select(".role-list button")] == [str(person.id)]
    assert page.select(".role-list b")[0].text == "Kiểm toán"
    client.submit("/sign-in", "/sign-in/demo", person=str(person.id))
    assert "Hoàng Mai" in client.get("/account").text


def test_only_people_at_the_door_of_the_demonstration_enter_by_a_click(client: Client, lan: Person) -> None:
    head = make_head(make_unit())
    head.is_demo, head.demo_line = True, "Thủ trưởng"
    db.session.commit()
    client.post("/sign-in/demo", {"person": str(lan.id)}, status=404)
    for wanted in ("", "nobody"):
        assert "Chưa đăng nhập được" in client.post("/sign-in/demo", {"person": wanted}, status=422).text


def test_a_demonstration_signs_in_as_the_head_of_any_unit(client: Client, city: Unit) -> None:
    ward, gone = make_unit("Phường Giảng Võ", under=city), make_unit("Phường Láng", under=city)
    head, former = make_head(ward, "Đinh Thu Hà"), make_head(gone, "Lý Văn Nam", ends_on=date(2026, 9, 1))
    head.is_demo = former.is_demo = True
    not_demo = make_head(make_unit("Phường Bạch Mai", under=city))
    make_officer(Role.AUDITOR, city, is_demo=True, demo_line="Chỉ xem")
    db.session.commit()
    offered = client.get("/sign-in").select("form select[name=person] option")
    assert [(option["value"], option.text) for option in offered] == [("", ""), (str(head.id), ward.name)]
    for other in (former, not_demo):
        client.post("/sign-in/demo", {"person": str(other.id)}, status=404)
    page = client.post("/sign-in/demo", {"person": str(head.id), "next": "/account"})
    assert where(page) == "/account" and "Đinh Thu Hà" in client.follow(page).text


def test_production_has_no_demonstration_door(client: Client, city: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_officer(Role.ADMIN, city, is_demo=True, demo_line="Quản trị")
    production = Settings(env="production", testing=True, secret="x" * 40)
    head = make_head(make_unit("Phường Giảng Võ", under=city))
    head.is_demo = True
    db.session.commit()
    monkeypatch.setitem(client.app.config, "SETTINGS", production)
    assert not client.get("/sign-in").select(".role-list, select[name=person]")
    for each in (person, head):
        client.post("/sign-in/demo", {"person": str(each.id)}, status=404)


def test_the_language_is_chosen_before_and_after_signing_in(client: Client, lan: Person) -> None:
    client.submit("/sign-in", "/language", language="en")
    assert client.get("/sign-in").soup.html["lang"] == "en"
    enter(client, "lan@thu.example")
    assert db.session.get(Person, lan.id).language == "en"
    page = client.post("/language", {"language": "vi", "next": "/account"})
    assert where(page) == "/account"
    assert client.get("/account").soup.html["lang"] == "vi"
    client.post("/language", {"language": "xx"}, status=422)
    assert where(client.post("/language", {"language": "vi", "next": "//evil.example"})) == "/"


def test_every_door_asks_for_its_token(app: Flask, client: Client, lan: Person) -> None:
    for path in ("/sign-in", "/sign-in/demo", "/sign-out", "/language", "/password-reset", "/account/password"):
        assert client.http.post(path, data={"email": "lan@thu.example", "password": PASSWORD}).status_code == 400
