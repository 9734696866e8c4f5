"""Each role's first page: what there is to do today, and every number with its rows. Search and help."""

from datetime import date

import pytest

from inspect_app.db import db, transaction
from inspect_app.permissions import Role
from inspect_app.plans.actions import create_plan
from inspect_app.tasks.models import Extension
from tests.client import Client
from tests.makers import (
    AT,
    actor_of,
    add,
    grant,
    make_city,
    make_head,
    make_inspection,
    make_officer,
    make_person,
    make_task,
    make_unit,
    put_on_team,
)


class World:
    def __init__(self) -> None:
        self.city = make_city()
        self.ward = make_unit("UBND phường Ô Chợ Dừa", under=self.city)
        self.other = make_unit("UBND xã Ba Vì", under=self.city)
        self.head = make_head(self.ward)
        self.lead = make_person("Trưởng Đoàn")
        for state in ("planned", "in_review", "reported", "field_done"):
            make_inspection(self.ward, self.city, state)
        self.visit = make_inspection(
            self.other, self.city, "in_progress", starts_on=date(2026, 9, 14), notified_at=AT, started_at=AT
        )
        put_on_team(self.visit, self.lead)
        make_task(self.ward, "submitted")
        late = make_task(self.ward, "in_progress", due_on=date(2026, 9, 8))
        add(
            Extension(
                task_id=late.id,
                number=1,
                due_before=late.due_on,
                wished_due=date(2026, 9, 25),
                reason="Chờ",
                requested_by_id=self.head.id,
                requested_at=AT,
            )
        )


@pytest.fixture
def world(database: None) -> World:
    return World()


CARDS = {
    Role.OFFICE: {"plan-gap", "to-schedule", "to-appraise", "extensions-office", "without-owner", "overdue"},
    Role.AUTHORITY: {"to-approve", "to-conclude", "extensions-authority", "overdue"},
    Role.VERIFIER: {"to-verify"},
    Role.COMMITTEE: {"overdue", "extensions-committee"},
    Role.AUDITOR: {"log", "overdue"},
    Role.ADMIN: {"people"},
}


def names(page: object) -> set[str]:
    return {str(heading["id"]).removeprefix("h-") for heading in page.select("main section h2")}  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", CARDS)
def test_every_role_sees_its_day_and_every_number_opens_its_rows(client: Client, world: World, role: Role) -> None:
    browser = client.sign_in(make_officer(role, world.city))
    page = browser.get("/")
    assert names(page) == CARDS[role]
    for link in page.select("a.big-number"):
        rows = browser.get(str(link["href"]))
        if rows.select("table.table tbody tr") and role is not Role.ADMIN:
            assert len(rows.select("table.table tbody tr")) == int(link.get_text()), link["href"]


def test_the_gap_of_the_plan_explains_its_number(client: Client, world: World) -> None:
    office = make_officer(Role.OFFICE, world.city)
    with transaction():
        create_plan(world.city, 2026, by=actor_of(office), at=AT)
    browser = client.sign_in(office)
    card = browser.get("/").select("section[aria-labelledby=h-plan-gap]")[0]
    assert "Cần 1 đơn vị: 1 đã kiểm tra, 1 đã đưa vào kế hoạch" in card.get_text()
    assert card.h2.get_text() == "Kế hoạch so với chỉ tiêu" and "Kế hoạch đủ đơn vị" in card.get_text()
    for number in range(9):
        make_unit(f"UBND xã {number}", under=world.city)
    card = browser.get("/").select("section[aria-labelledby=h-plan-gap]")[0]
    assert card.h2.get_text() == "Đơn vị còn thiếu so với chỉ tiêu"


def test_a_head_sees_own_tasks_minutes_and_explanations(client: Client, world: World) -> None:
    page = client.sign_in(world.head).get("/")
    assert names(page) >= {"own-tasks", "own-minutes", "own-explanations"}
    assert "1 quá hạn, 0 sắp đến hạn" in page.text


def test_a_leader_opens_todays_visit_on_the_tablet(client: Client, world: World) -> None:
    page = client.sign_in(world.lead).get("/")
    assert f"/tablet/inspections/{world.visit.id}" in {str(link["href"]) for link in page.select("main a[href]")}


def test_roles_join_their_cards_each_once(client: Client, world: World) -> None:
    person = make_officer(Role.COMMITTEE, world.city)
    grant(person, Role.AUDITOR, world.city)
    page = client.sign_in(person).get("/")
    headings = [heading["id"] for heading in page.select("main section h2")]
    assert sorted(headings) == sorted({"h-overdue", "h-extensions-committee", "h-log"})


def test_somebody_without_a_role_gets_a_calm_page(client: Client, world: World) -> None:
    assert "Tài khoản chưa có vai trò nào" in client.sign_in(make_person()).get("/").text


def test_search_finds_units_codes_and_words_but_only_what_one_may_see(client: Client, world: World) -> None:
    task = make_task(world.other, "in_progress", what="Gửi thư xin lỗi công dân")
    committee = client.sign_in(make_officer(Role.COMMITTEE, world.city))
    page = committee.get("/search?q=o cho dua")
    assert "UBND phường Ô Chợ Dừa" in page.text
    assert task.what in committee.get("/search?q=thư xin lỗi").text
    assert task.what in committee.get(f"/search?q={task.code}").text
    assert world.visit.code in committee.get(f"/search?q={world.visit.code}").text
    head = client.sign_in(world.head)
    for asked in ("thư xin lỗi", task.code):
        assert task.what not in head.get(f"/search?q={asked}").text
    assert f"/inspections/{world.visit.id}" not in str(head.get(f"/search?q={world.visit.code}").soup)
    assert "Không tìm thấy" in head.get("/search?q=không có gì như thế").text
    head.get("/search")


def test_help_and_search_stand_in_the_frame(client: Client, world: World) -> None:
    page = client.sign_in(world.head).get("/")
    links = {str(link["href"]) for link in page.select("a[href]")}
    assert {"/search", "/help"} <= links
    client.sign_in(world.head).get("/help")


def test_the_first_page_asks_the_database_as_often_for_many_rows_as_for_few(client: Client, world: World) -> None:
    from tests.committee.test_pages import statements

    browser = client.sign_in(make_officer(Role.OFFICE, world.city))
    few = statements(browser, "/")
    for number in range(12):
        make_task(world.ward, "in_progress", due_on=date(2026, 9, 1 + number))
        make_inspection(world.ward, world.city, "planned")
    db.session.commit()
    assert statements(browser, "/") == few
