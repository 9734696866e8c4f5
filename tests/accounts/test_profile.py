"""One's own account."""

from sqlalchemy import select

from inspect_app.accounts.models import Person, SignIn
from inspect_app.accounts.passwords import password_matches
from inspect_app.db import db
from inspect_app.units.models import Unit
from tests.accounts.conftest import PASSWORD
from tests.client import Client
from tests.makers import make_head, make_unit

NEW = "mưa rơi ngoài hiên nhà cũ"


def test_a_new_password_ends_the_other_sessions_and_renews_this_one(client: Client, lan: Person) -> None:
    here, elsewhere = client.sign_in(lan), client.sign_in(lan)
    with here.http.session_transaction() as session:
        before = session["_user_id"]
    here.submit("/account", "/account/password", present=PASSWORD, password=NEW)
    assert password_matches(db.session.get(Person, lan.id).password_hash, NEW)
    with here.http.session_transaction() as session:
        assert session["_user_id"] != before
    here.get("/account")
    elsewhere.get("/account", status=303)


def test_the_present_password_is_asked_for_and_guessing_it_ends_soon(client: Client, lan: Person) -> None:
    here = client.sign_in(lan)
    for _ in range(10):
        page = here.submit("/account", "/account/password", present="sai mật khẩu rồi nhé", password=NEW, status=422)
        assert "Mật khẩu hiện tại không đúng" in page.text
    page = here.submit("/account", "/account/password", present=PASSWORD, password=NEW, status=422)
    assert "Đã thử quá nhiều lần" in page.text
    assert password_matches(db.session.get(Person, lan.id).password_hash, PASSWORD)


def test_weak_and_same_passwords_are_refused(client: Client, lan: Person) -> None:
    here = client.sign_in(lan)
    for wanted, words in (("Nguyễn Thị Lan 2026", "dễ đoán"), (PASSWORD, "phải khác"), ("ngắn", "15 ký tự")):
        page = here.submit("/account", "/account/password", present=PASSWORD, password=wanted, status=422)
        assert words in page.text


def test_nobody_renames_themselves_since_papers_carry_the_name(client: Client, lan: Person) -> None:
    here = client.sign_in(lan)
    here.post("/account/name", {"name": "Chủ tịch"}, status=404)
    assert db.session.get(Person, lan.id).name != "Chủ tịch"


def test_ones_sessions_are_listed_and_can_be_ended_but_not_those_of_others(
    client: Client, lan: Person, city: Unit
) -> None:
    here, elsewhere = client.sign_in(lan), client.sign_in(lan)
    stranger = make_head(make_unit(under=city))
    theirs = client.sign_in(stranger)
    page = here.get("/account")
    buttons = page.select('form[action$="/closure"]')
    assert len(buttons) == 1
    here.post(str(buttons[0]["action"]))
    elsewhere.get("/account", status=303)
    other = db.session.scalar(select(SignIn).where(SignIn.person_id == stranger.id))
    here.post(f"/account/sessions/{other.id}/closure", status=404)
    theirs.get("/account")


def test_a_head_sees_the_post_that_they_hold(client: Client, city: Unit) -> None:
    unit = make_unit("UBND phường Ô Chợ Dừa", under=city)
    page = client.sign_in(make_head(unit)).get("/account")
    assert "Chủ tịch UBND phường" in page.text and "UBND phường Ô Chợ Dừa" in page.text


def test_an_account_without_a_password_is_told_how_to_get_one(client: Client, city: Unit) -> None:
    page = client.sign_in(make_head(make_unit(under=city))).get("/account")
    assert not page.select('form[action="/account/password"]')
    assert page.select('a[href="/password-reset"]')
