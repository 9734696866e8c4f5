"""Administrators: accounts and roles within their scope, and nothing else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from inspect_app.accounts.actions_people import (
    PersonFacts,
    end_grant,
    facts_of,
    grant_role,
    make_administrator,
    switch_off,
)
from inspect_app.accounts.models import Employment, Person, RoleGrant
from inspect_app.accounts.queries import people_with_role
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.audit.models import AuditEntry
from inspect_app.db import db
from inspect_app.notifications.models import Mail
from inspect_app.permissions import Role
from inspect_app.queue import run_waiting
from inspect_app.refusals import Refused
from inspect_app.units.models import Unit
from tests.client import Client
from tests.conftest import NOW, TODAY
from tests.makers import actor_of, grant, make_city, make_head, make_officer, make_person, make_unit


def log_of(thing: Person) -> list[str]:
    entries = select(AuditEntry.action).where(AuditEntry.thing_id == thing.id).order_by(AuditEntry.seq)
    return list(db.session.scalars(entries))


def person_named(name: str) -> Person:
    return db.session.scalar(select(Person).where(Person.name == name))


def test_a_new_account_is_invited_and_belongs_to_its_unit(admin: Client, city: Unit) -> None:
    unit = make_unit("UBND phường Láng", under=city)
    page = admin.submit(
        "/people/new", "/people/new", name="Đặng Thị Ánh", email="ANH@thu.example", unit_id=str(unit.id), invite="y"
    )
    person = person_named("Đặng Thị Ánh")
    assert page.response.headers["Location"] == f"/people/{person.id}"
    assert (person.email, person.search, person.password_hash) == ("anh@thu.example", "dang thi anh", None)
    assert db.session.scalar(select(Employment.unit_id).where(Employment.person_id == person.id)) == unit.id
    assert log_of(person) == ["person created", "invitation sent"]
    run_waiting("mail")
    assert "đã sẵn sàng" in db.session.scalar(select(Mail.body).where(Mail.to_address == "anh@thu.example"))
    assert admin.follow(page).h1 == "Đặng Thị Ánh"


def test_an_address_has_one_account_and_what_was_typed_comes_back(admin: Client, lan: Person) -> None:
    typed = {"name": "Người thứ hai", "email": "Lan@thu.example"}
    page = admin.submit("/people/new", "/people/new", status=422, **typed)
    assert "đã có tài khoản" in page.text
    assert page.select("input[name=name]")[0]["value"] == "Người thứ hai"
    assert admin.submit("/people/new", "/people/new", status=422, name="A", email="không phải thư").status == 422


def test_the_list_is_searched_without_marks_narrowed_and_turned(admin: Client, city: Unit) -> None:
    unit = make_unit("UBND phường Láng", under=city)
    for number in range(60):
        make_person(f"Đỗ Văn Đức {number:02}", unit_id=unit.id)
    head = make_head(unit, "Lê Đứng Đầu")
    off = make_person("Tô Đã Khóa", unit_id=unit.id, active=False)
    first = admin.get("/people", q="do van duc")
    assert "60 tài khoản" in first.text and len(first.select("tbody tr")) == 50
    after = str(first.select("a[rel=next]")[0]["href"]).split("after=")[1]
    assert len(admin.get("/people", q="do van duc", after=after).select("tbody tr")) == 10
    assert [row.text for row in admin.get("/people", role="head").select("tbody a")] == [head.name]
    assert [row.text for row in admin.get("/people", state="off").select("tbody a")] == [off.name]
    assert "Không có ai khớp" in admin.get("/people", q="không có ai như thế").text
    assert admin.get("/people", role="rác", state="rác", after=str(city.id)).status == 200


def test_an_administrator_sees_only_people_of_their_scope(client: Client, city: Unit) -> None:
    here, there = make_unit("Đây", under=city), make_unit("Kia", under=city)
    mine, theirs = make_person("Của tôi", unit_id=here.id), make_person("Của họ", unit_id=there.id)
    local = client.sign_in(make_officer(Role.ADMIN, here))
    assert "Của tôi" in (page := local.get("/people")).text and "Của họ" not in page.text
    local.get(f"/people/{mine.id}")
    for path in (f"/people/{theirs.id}", f"/people/{theirs.id}/details"):
        local.get(path, status=404)
    for path in ("suspension", "reinstatement", "invitation", "grants"):
        local.post(f"/people/{theirs.id}/{path}", status=404)
    wider = {"role": "office", "unit_id": str(city.id), "starts_on": "14/09/2026"}
    local.post(f"/people/{mine.id}/grants", wider, status=403)
    typed = {"name": "A", "email": "a@thu.example", "language": "vi", "unit_id": str(there.id)}
    assert "ngoài phạm vi" in local.post("/people/new", typed, status=422).text


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMIN, Role.HEAD}])
def test_nobody_else_opens_the_administrators_rooms(client: Client, city: Unit, role: Role) -> None:
    visitor = client.sign_in(make_officer(role, city))
    for path in ("/people", "/people/new", "/settings", "/holidays", "/system", "/system/mails"):
        visitor.get(path, status=403)


def test_a_role_counts_from_the_next_page_on_and_ends_as_fast(admin: Client, client: Client, city: Unit) -> None:
    person = make_person("Trần Mới", unit_id=city.id)
    visitor = client.sign_in(person)
    visitor.get("/log", status=403)
    admin.submit(f"/people/{person.id}", "/grants", role="auditor", unit_id=str(city.id), starts_on="14/09/2026")
    visitor.get("/log")
    held = db.session.scalar(select(RoleGrant).where(RoleGrant.person_id == person.id))
    admin.post(f"/people/{person.id}/grants/{held.id}/closure")
    visitor.get("/log", status=403)
    assert log_of(person) == ["role granted", "role ended"]


def test_a_role_is_given_once_for_days_in_order_and_never_to_oneself(admin: Client, city: Unit) -> None:
    person = make_person("Trần Mới", unit_id=city.id)
    typed = {"role": "office", "unit_id": str(city.id), "starts_on": "14/09/2026"}
    admin.submit(f"/people/{person.id}", "/grants", **typed)
    again = admin.submit(f"/people/{person.id}", "/grants", status=422, **typed)
    assert "đã có vai trò đó" in again.text
    backwards = {**typed, "role": "auditor", "ends_on": "13/09/2026"}
    admin.submit(f"/people/{person.id}", "/grants", status=422, **backwards)
    admin.post(f"/people/{person.id}/grants", {**typed, "role": "head"}, status=422)
    admin.post(f"/people/{person.id}/grants", {**typed, "unit_id": "rác"}, status=422)
    own = person_named("Ngô Quản Trị")
    assert "chính mình" in admin.post(f"/people/{own.id}/grants", typed, status=422).text
    assert not admin.get(f"/people/{own.id}").select('form[action$="/grants"]')


def test_a_unit_that_has_ended_gives_no_more_roles(city: Unit) -> None:
    gone = make_unit("Quận Cũ", under=city, valid_to=date(2025, 6, 30))
    by = actor_of(make_officer(Role.ADMIN, city))
    with pytest.raises(Refused):
        grant_role(make_person(), Role.OFFICE, gone, starts_on=TODAY, ends_on=None, by=by, at=NOW)


def test_the_last_administrator_stays(city: Unit) -> None:
    only = make_officer(Role.ADMIN, city)
    by = actor_of(make_person("Ai đó"))
    held = db.session.scalar(select(RoleGrant).where(RoleGrant.person_id == only.id))
    with pytest.raises(Refused):
        end_grant(held, by=by, at=NOW, on=TODAY)
    with pytest.raises(Refused):
        switch_off(only, by=by, at=NOW, on=TODAY)
    make_officer(Role.ADMIN, city)
    end_grant(held, by=by, at=NOW, on=TODAY)
    assert held.ends_on == TODAY - timedelta(days=1)


def test_switching_off_ends_sessions_and_can_be_undone(admin: Client, client: Client, lan: Person) -> None:
    theirs = client.sign_in(lan)
    page = admin.submit(f"/people/{lan.id}", "/suspension")
    theirs.get("/account", status=303)
    shown = admin.follow(page)
    assert "Đã khóa" in shown.text and shown.select('form[action$="/reinstatement"]')
    admin.post(f"/people/{lan.id}/reinstatement")
    theirs.get("/account", status=303)
    client.sign_in(lan).get("/account")
    own = person_named("Ngô Quản Trị")
    admin.post(f"/people/{own.id}/suspension", status=409)


def test_a_session_of_somebody_else_is_ended_by_the_administrator(admin: Client, client: Client, lan: Person) -> None:
    theirs = client.sign_in(lan)
    action = admin.get(f"/people/{lan.id}").select('form[action*="/sessions/"]')[0]["action"]
    admin.post(str(action))
    theirs.get("/account", status=303)


def test_a_page_that_grew_stale_changes_nothing(admin: Client, city: Unit) -> None:
    person = make_person("Trần Cũ", unit_id=city.id)
    page = admin.get(f"/people/{person.id}/details")
    person.name = "Trần Đã Sửa"
    db.session.commit()
    typed = {**page.values(page.form("/details")), "name": "Trần Khác"}
    assert "vừa sửa" in admin.post(f"/people/{person.id}/details", typed, status=422).text
    assert db.session.get(Person, person.id).name == "Trần Đã Sửa"


def test_leaving_a_unit_is_remembered(admin: Client, city: Unit) -> None:
    old, new = make_unit("Cũ", under=city), make_unit("Mới", under=city)
    admin.submit("/people/new", "/people/new", name="Trần Đi", email="di@thu.example", unit_id=str(old.id))
    person = person_named("Trần Đi")
    admin.submit(f"/people/{person.id}/details", "/details", unit_id=str(new.id))
    rows = db.session.execute(select(Employment.unit_id, Employment.ends_on).where(Employment.person_id == person.id))
    assert set(rows) == {(old.id, TODAY), (new.id, None)}
    assert facts_of(db.session.get(Person, person.id)) == PersonFacts("di@thu.example", "Trần Đi", new.id, "vi")


def test_only_named_fields_move_whatever_is_sent(admin: Client, lan: Person, city: Unit) -> None:
    extra = {"is_demo": "1", "password_hash": "x", "active": "", "id": str(city.id), "created_at": "2000-01-01"}
    before = (lan.is_demo, lan.password_hash, lan.active, lan.id, lan.created_at)
    admin.submit(f"/people/{lan.id}/details", "/details", name="Nguyễn Thị Lan Anh", **extra)
    after = db.session.get(Person, lan.id)
    assert (after.is_demo, after.password_hash, after.active, after.id, after.created_at) == before
    assert after.name == "Nguyễn Thị Lan Anh"


def test_people_to_pick_are_found_without_marks_by_those_who_have_such_a_form(
    admin: Client, client: Client, lan: Person, city: Unit
) -> None:
    found = admin.http.get("/people/choices?q=nguyen lan").get_json()
    assert found == [{"value": str(lan.id), "label": "Nguyễn Thị Lan", "note": ""}]
    assert admin.http.get("/people/choices?q=lan&role=auditor").get_json() == []
    head = client.sign_in(make_head(make_unit(under=city)))
    head.get("/people/choices", status=403)


def test_people_with_a_role_are_those_of_the_unit_and_above(city: Unit) -> None:
    unit, beside = make_unit("Đây", under=city), make_unit("Kia", under=city)
    above, own = make_officer(Role.VERIFIER, city, "A Trên"), make_officer(Role.VERIFIER, unit, "B Đây")
    make_officer(Role.VERIFIER, beside, "C Kia")
    ended = make_person("D Cũ")
    grant(ended, Role.VERIFIER, city, ends_on=TODAY - timedelta(days=1))
    make_officer(Role.VERIFIER, city, "E Khóa", active=False)
    head = make_head(unit)
    assert people_with_role(Role.VERIFIER, unit.id, TODAY) == [above, own]
    assert people_with_role(Role.HEAD, unit.id, TODAY) == [head]
    assert people_with_role(Role.HEAD, city.id, TODAY) == []


def test_an_administrator_made_twice_is_one_with_every_unit(database: None) -> None:
    first = make_city("Một")
    person = make_administrator("Goc@thu.example", "Gốc", [first], by=SYSTEM_ACTOR, at=NOW, on=TODAY)
    second = make_city("Hai")
    again = make_administrator("goc@thu.example", "Gốc", [first, second], by=SYSTEM_ACTOR, at=NOW, on=TODAY)
    assert again.id == person.id
    assert {held.unit_id for held in db.session.scalars(select(RoleGrant))} == {first.id, second.id}
