"""Posts of a unit and who holds them from which day."""

from datetime import date

import pytest
from sqlalchemy import select

from inspect_app.accounts.actions_posts import appoint, create_post, end_tenure
from inspect_app.accounts.models import Person
from inspect_app.audit.models import AuditEntry
from inspect_app.db import db
from inspect_app.permissions import Role
from inspect_app.refusals import Refused
from inspect_app.units.models import Post, Tenure, Unit
from inspect_app.units.queries import holder_of
from inspect_app.units.rules import TenureKind
from tests.client import Client
from tests.conftest import NOW, TODAY
from tests.makers import actor_of, make_head, make_officer, make_person, make_post, make_unit


@pytest.fixture
def unit(city: Unit) -> Unit:
    return make_unit("UBND phường Láng", under=city)


@pytest.fixture
def office(client: Client, city: Unit) -> Client:
    return client.sign_in(make_officer(Role.OFFICE, city))


def hold(
    post: Post, person: Person, starts_on: date, kind: TenureKind = TenureKind.FULL, ends_on: date | None = None
) -> Tenure:
    by = actor_of(make_person("Người giao"))
    days = {"starts_on": starts_on, "ends_on": ends_on}
    return appoint(post, person, kind=kind, document="Số 1/QĐ", by=by, at=NOW, **days)


def days_of(post: Post) -> list[tuple[str, date, date | None]]:
    rows = select(Person.name, Tenure.starts_on, Tenure.ends_on).join(Tenure, Tenure.person_id == Person.id)
    return list(db.session.execute(rows.where(Tenure.post_id == post.id).order_by(Tenure.starts_on, Tenure.id)))


def test_the_head_changes_on_a_day(office: Client, unit: Unit) -> None:
    make_head(unit, "Trần Cũ", since=date(2024, 1, 1))
    post, new = db.session.scalar(select(Post)), make_person("Lê Mới")
    page = office.get(f"/units/{unit.id}/posts")
    assert "Trần Cũ" in page.text
    typed = {"person_id": str(new.id), "kind": "full", "starts_on": "01/10/2026", "document": "Số 12/QĐ-UBND"}
    page = office.submit(f"/posts/{post.id}/appointment", "/appointment", **typed)
    assert "Lê Mới" in office.follow(page).text
    assert days_of(post) == [
        ("Trần Cũ", date(2024, 1, 1), date(2026, 9, 30)),
        ("Lê Mới", date(2026, 10, 1), None),
    ]
    assert holder_of(post.id, TODAY).person.name == "Trần Cũ"
    assert holder_of(post.id, date(2026, 10, 1)).person.name == "Lê Mới"
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.thing_id == post.id)))
    assert sorted(actions) == ["person appointed", "tenure ended"]


def test_a_second_click_appoints_nobody_twice(office: Client, unit: Unit) -> None:
    post, person = make_post(unit), make_person("Lê Mới")
    typed = {"person_id": str(person.id), "kind": "full", "starts_on": "14/09/2026"}
    office.submit(f"/posts/{post.id}/appointment", "/appointment", **typed)
    again = office.submit(f"/posts/{post.id}/appointment", "/appointment", status=422, **typed)
    assert "Đã có người giữ vị trí này từ 14/09/2026" in again.text
    assert len(days_of(post)) == 1


def test_an_acting_head_gives_way_and_a_deputy_stands_beside(unit: Unit) -> None:
    post = make_post(unit)
    hold(post, make_person("Quyền"), date(2026, 1, 1), TenureKind.ACTING)
    hold(post, make_person("Phó"), date(2026, 2, 1), TenureKind.DEPUTY)
    hold(post, make_person("Trưởng"), date(2026, 3, 1))
    assert days_of(post) == [
        ("Quyền", date(2026, 1, 1), date(2026, 2, 28)),
        ("Phó", date(2026, 2, 1), None),
        ("Trưởng", date(2026, 3, 1), None),
    ]


def test_a_deputy_is_appointed_once(unit: Unit) -> None:
    post, deputy = make_post(unit), make_person("Phó")
    hold(post, deputy, date(2026, 2, 1), TenureKind.DEPUTY)
    hold(post, make_person("Phó khác"), date(2026, 2, 1), TenureKind.DEPUTY)
    with pytest.raises(Refused):
        hold(post, deputy, date(2026, 2, 1), TenureKind.DEPUTY)


def test_a_tenure_ends_on_its_last_day(office: Client, unit: Unit) -> None:
    make_head(unit, "Trần Cũ", since=date(2024, 1, 1))
    tenure = db.session.scalar(select(Tenure))
    path = f"/tenures/{tenure.id}/closure"
    office.submit(path, "/closure", status=422, ends_on="31/12/2023")
    office.submit(path, "/closure", status=422, ends_on="31/02/2026")
    office.submit(path, "/closure", ends_on="30/09/2026", document="Số 5/QĐ")
    assert db.session.get(Tenure, tenure.id).ends_on == date(2026, 9, 30)
    again = office.submit(path, "/closure", status=422, ends_on="30/09/2026")
    assert "đã kết thúc ngày 30/09/2026" in again.text


def test_nobody_is_appointed_outside_the_life_of_a_unit_or_when_shut_out(city: Unit) -> None:
    gone = make_unit("Quận Cũ", under=city, valid_from=date(2020, 1, 1), valid_to=date(2025, 6, 30))
    post = make_post(gone)
    for starts_on in (date(2019, 12, 31), date(2025, 7, 1)):
        with pytest.raises(Refused):
            hold(post, make_person(), starts_on)
    with pytest.raises(Refused):
        hold(post, make_person(active=False), date(2024, 1, 1))
    with pytest.raises(Refused):
        create_post(gone, "Phó", is_head=False, by=actor_of(make_person()), at=NOW, on=TODAY)
    with pytest.raises(Refused):
        end_tenure(
            hold(post, make_person(), date(2024, 1, 1)),
            date(2023, 1, 1),
            document="",
            by=actor_of(make_person()),
            at=NOW,
        )


def test_a_unit_has_one_head_and_each_title_once(office: Client, unit: Unit) -> None:
    path = f"/units/{unit.id}/posts"
    office.submit(path, path, title="Chủ tịch UBND phường", is_head="y")
    assert "đã có vị trí người đứng đầu" in office.submit(path, path, status=422, title="Khác", is_head="y").text
    assert "đã có vị trí" in office.submit(path, path, status=422, title="chủ tịch UBND phường").text
    office.submit(path, path, status=422, title="  ")
    post = db.session.scalar(select(Post).where(Post.unit_id == unit.id))
    office.submit(f"/posts/{post.id}/title", "/title", title="Chủ tịch")
    assert db.session.get(Post, post.id).title == "Chủ tịch"


def test_posts_are_for_administrators_and_the_office_of_their_own_units(client: Client, city: Unit, unit: Unit) -> None:
    beside = make_unit("Kia", under=city)
    make_head(unit)
    post, tenure = db.session.scalar(select(Post)), db.session.scalar(select(Tenure))
    paths = [
        f"/units/{unit.id}/posts",
        f"/posts/{post.id}/title",
        f"/posts/{post.id}/appointment",
        f"/tenures/{tenure.id}/closure",
    ]
    for role in (Role.ADMIN, Role.OFFICE):
        mine, theirs = client.sign_in(make_officer(role, unit)), client.sign_in(make_officer(role, beside))
        for path in paths:
            mine.get(path)
            theirs.get(path, status=403)
    watcher = client.sign_in(make_officer(Role.AUDITOR, city))
    for path in paths:
        watcher.get(path, status=403)
    mine.get("/units/00000000-0000-7000-8000-000000000000/posts", status=404)
