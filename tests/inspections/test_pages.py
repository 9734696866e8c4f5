"""What each role sees of inspections and may do; forms that come back with words."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import members_of
from inspect_app.inspections.rules import InspectionForm, MemberRole, State
from inspect_app.permissions import Role
from tests.client import Client
from tests.inspections.visits import AT, EVERYTHING_RIGHT, World, make_visit, make_world
from tests.makers import actor_of, make_head, make_inspection, make_officer, make_unit, put_on_team


@pytest.fixture
def world(database: None) -> World:
    return make_world()


def path(inspection: Inspection, rest: str = "") -> str:
    return f"/inspections/{inspection.id}{rest}"


def reload(inspection: Inspection) -> Inspection:
    db.session.expire_all()
    return db.session.get_one(Inspection, inspection.id)


def test_an_empty_list_says_where_inspections_come_from(client: Client, world: World) -> None:
    page = client.sign_in(world.office).get("/inspections")
    assert "Chưa có cuộc kiểm tra nào" in page.text and "kế hoạch năm" in page.text


def test_the_list_filters_by_state_unit_year_member_form_and_days(client: Client, world: World) -> None:
    mine = make_visit(world, "notified", starts_on=date(2026, 9, 21), ends_on=date(2026, 9, 22))
    other = make_unit("UBND xã Đường Lâm", under=world.city)
    make_inspection(other, world.city, "closed", year=2025, starts_on=date(2025, 3, 3), ends_on=date(2025, 3, 4))
    browser = client.sign_in(world.office)
    assert names(browser, "/inspections") == ["UBND phường Thử Nghiệm", "UBND xã Đường Lâm"]
    for query, expected in (
        ("q=duong+lam", ["UBND xã Đường Lâm"]),
        ("state=notified", ["UBND phường Thử Nghiệm"]),
        ("year=2025", ["UBND xã Đường Lâm"]),
        ("member=thanh+vien", ["UBND phường Thử Nghiệm"]),
        ("form=thematic", []),
        ("first=01/09/2026", ["UBND phường Thử Nghiệm"]),
        ("last=31/12/2025", ["UBND xã Đường Lâm"]),
        ("state=nonsense&year=abc", ["UBND phường Thử Nghiệm", "UBND xã Đường Lâm"]),
        ("sort=starts", ["UBND xã Đường Lâm", "UBND phường Thử Nghiệm"]),
        ("sort=unit", ["UBND phường Thử Nghiệm", "UBND xã Đường Lâm"]),
        ("sort=-unit", ["UBND xã Đường Lâm", "UBND phường Thử Nghiệm"]),
        ("sort=nonsense", ["UBND phường Thử Nghiệm", "UBND xã Đường Lâm"]),
    ):
        assert names(browser, f"/inspections?{query}") == expected, query
    assert "không có cuộc" in browser.get("/inspections?form=thematic").text.lower()
    assert names(client.sign_in(world.lead), "/inspections?mine=1") == [mine.unit.name]


def names(browser: Client, address: str) -> list[str]:
    return [link.get_text() for link in browser.get(address).select("tbody th .unit a")]


@pytest.mark.parametrize("order", ["-starts", "starts", "unit", "-unit", "number", "-number"])
def test_pages_of_the_list_neither_lose_nor_repeat_a_row(
    client: Client, world: World, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspect_app.inspections.views.PAGE", 3)
    for number in range(8):
        starts = None if number in {2, 5} else date(2026, 9, 14 + number % 3)
        make_inspection(world.unit, world.city, "planned", starts_on=starts, ends_on=starts)
    browser = client.sign_in(world.office)
    seen, page = [], browser.get(f"/inspections?sort={order}")
    addresses = []
    while True:
        seen += [cell.get_text() for cell in page.select("tbody tr td:last-child")]
        following = page.select("a[rel=next]")
        if not following:
            break
        addresses.append(str(following[0]["href"]))
        page = browser.get(addresses[-1])
    assert len(seen) == len(set(seen)) == 8
    back = browser.get(str(page.select("a[rel=prev]")[0]["href"]))
    assert [cell.get_text() for cell in back.select("tbody tr td:last-child")] == seen[3:6]


def test_the_export_holds_the_rows_of_the_list(client: Client, world: World) -> None:
    make_visit(world, "notified")
    make_inspection(world.unit, world.city, "planned", starts_on=None, ends_on=None)
    browser = client.sign_in(world.office)
    with browser.http.get("/inspections/export.xlsx?state=notified") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[1] for row in rows if row[0] and str(row[0]).startswith("2026-KT-")] == [world.unit.name]
    text = browser.http.get("/inspections/export.csv").data.decode("utf-8-sig")
    assert text.count("2026-KT-") == 2 and "Trần Trưởng Đoàn" in text


def test_a_page_shows_steps_next_step_team_and_story(client: Client, world: World) -> None:
    visit = make_visit(world, "notified", team_name="Đoàn số 3")
    page = client.sign_in(world.lead).get(path(visit))
    assert page.h1 == "Kiểm tra CCHC tại UBND phường Thử Nghiệm"
    assert page.select(".stepper [aria-current=step]")[0].get_text().startswith("Đã thông báo")
    assert "Việc tiếp theo: bắt đầu kiểm tra" in page.text
    assert "Trần Trưởng Đoàn" in page.text and "Đoàn số 3" in page.text
    assert [link["href"] for link in page.select(".card.next a.button")] == [path(visit, "/start")]


def test_what_may_not_be_done_has_no_button(client: Client, world: World) -> None:
    visit = make_visit(world, "notified")
    for person in (world.member, world.office, world.head, world.authority):
        page = client.sign_in(person).get(path(visit))
        assert not page.select(".card.next a.button"), person.name
        client.sign_in(person).post(path(visit, "/start"), status=403)


def test_the_unit_sees_points_and_findings_only_once_the_minutes_are_signed(client: Client, world: World) -> None:
    visit = make_visit(world)
    answer_everything(world, visit)
    before = client.sign_in(world.head).get(path(visit))
    assert "Điểm theo lĩnh vực" not in before.text and "sau khi ký biên bản" in before.text
    assert "3,00" not in client.sign_in(world.head).get(path(visit, "/answers")).text
    assert "Điểm theo lĩnh vực" in client.sign_in(world.lead).get(path(visit)).text
    visit.state, visit.minutes_signed_at = State.MINUTES_SIGNED, AT
    db.session.commit()
    assert "Điểm theo lĩnh vực" in client.sign_in(world.head).get(path(visit)).text


def answer_everything(world: World, visit: Inspection) -> None:
    from inspect_app.inspections.actions import record_answer

    for code, value in EVERYTHING_RIGHT.items():
        record_answer(visit, code, value, by=actor_of(world.member), at=AT)
    db.session.commit()


def test_points_stand_by_field_and_lead_to_their_criteria(client: Client, world: World) -> None:
    visit = make_visit(world)
    answer_everything(world, visit)
    browser = client.sign_in(world.lead)
    page = browser.get(path(visit))
    assert "đã chấm 12/12 tiêu chí" in page.text
    link = page.select("th a.plain")[0]
    answers = browser.get(str(link["href"]).split("#")[0])
    assert answers.select("#" + str(link["href"]).split("#")[1])
    assert "9/10" in answers.text


def scheduled(world: World) -> dict[str, Any]:
    return {
        "starts_on": "21/09/2026",
        "ends_on": "22/09/2026",
        "rubric": str(world.rubric.id),
        "lead": str(world.lead.id),
        "members": str(world.member.id),
        "team_name": "Đoàn số 1",
    }


def test_the_office_schedules_with_a_form(client: Client, world: World) -> None:
    inspection = make_inspection(world.unit, world.city, "planned", starts_on=None, ends_on=None)
    browser = client.sign_in(world.office)
    page = browser.get(path(inspection, "/schedule"))
    assert [option.get_text() for option in page.select("#lead option") if option["value"]] == ["Trần Trưởng Đoàn"]
    browser.submit(path(inspection, "/schedule"), "/schedule", **scheduled(world))
    assert reload(inspection).state is State.SCHEDULED
    assert [member.role for member in members_of(inspection.id)] == [MemberRole.LEAD, MemberRole.MEMBER]


def test_a_refused_schedule_comes_back_with_the_reason_and_everything_typed(client: Client, world: World) -> None:
    inspection = make_inspection(world.unit, world.city, "planned", starts_on=None, ends_on=None)
    browser = client.sign_in(world.office)
    typed = scheduled(world) | {"ends_on": "26/09/2026", "team_name": "Đoàn số 9"}
    page = browser.submit(path(inspection, "/schedule"), "/schedule", status=422, **typed)
    assert "26/09/2026" in page.text and page.select('[name=team_name][value="Đoàn số 9"]')
    for wrong, words in (
        ({"starts_on": "hôm qua"}, "không phải là ngày"),
        ({"lead": "x"}, "chọn một mục"),
        ({"rubric": ""}, "Cần điền"),
    ):
        page = browser.submit(path(inspection, "/schedule"), "/schedule", status=422, **typed | wrong)
        assert words in page.text
    assert reload(inspection).state is State.PLANNED


def test_a_refused_schedule_marks_every_field_that_is_wrong(client: Client, world: World) -> None:
    make_visit(world, "scheduled", starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 24))
    inspection = make_inspection(world.unit, world.city, "planned", starts_on=None, ends_on=None)
    typed = scheduled(world) | {"starts_on": "22/11/2026", "ends_on": "24/11/2026"}
    page = client.sign_in(world.office).submit(path(inspection, "/schedule"), "/schedule", status=422, **typed)
    assert [link["href"] for link in page.select(".error-summary a")] == ["#lead", "#members", "#starts_on", "#ends_on"]
    assert len(page.select("[aria-invalid=true]")) >= 4
    assert "Ngày Văn hóa Việt Nam" in page.text


def test_cautions_are_shown_and_may_be_confirmed(client: Client, world: World) -> None:
    make_inspection(world.unit, world.city, "closed", starts_on=date(2026, 8, 3), ends_on=date(2026, 8, 4))
    inspection = make_inspection(world.unit, world.city, "planned", starts_on=None, ends_on=None)
    browser = client.sign_in(world.office)
    page = browser.submit(path(inspection, "/schedule"), "/schedule", status=422, **scheduled(world))
    assert "03/08/2026" in page.text
    browser.post(path(inspection, "/schedule"), page.values(page.form("/schedule")) | {"confirmed": "y"})
    assert reload(inspection).state is State.SCHEDULED


def test_a_stale_schedule_page_says_what_changed(client: Client, world: World) -> None:
    visit = make_visit(world, "scheduled")
    browser = client.sign_in(world.office)
    page = browser.get(path(visit, "/schedule"))
    browser.submit(path(visit, "/postponement"), "/postponement", reason="Bão số 5")
    sent = page.values(page.form("/schedule")) | scheduled(world) | {"reason": "Đổi"}
    answer = browser.post(path(visit, "/schedule"), sent, status=409)
    assert answer.status == 409


def test_the_notice_asks_for_both_numbers_and_names_a_number_that_is_taken(client: Client, world: World) -> None:
    first, second = make_visit(world, "scheduled"), make_visit(world, "scheduled")
    browser = client.sign_in(world.office)
    papers = {
        "decision_number": "1412/QĐ-UBND",
        "decision_day": "10/09/2026",
        "notice_number": "2218/SNV-CCHC",
        "notice_day": "11/09/2026",
    }
    browser.submit(path(first, "/notification"), "/notification", **papers)
    assert reload(first).state is State.NOTIFIED
    page = browser.submit(path(second, "/notification"), "/notification", status=422, **papers)
    assert first.code in page.text and page.select('[name=decision_number][value="1412/QĐ-UBND"]')


def test_an_unannounced_check_asks_for_the_decision_alone(client: Client, world: World) -> None:
    visit = make_visit(world, "scheduled", form=InspectionForm.UNANNOUNCED, notified_at=None)
    browser = client.sign_in(world.authority)
    assert not browser.get(path(visit, "/notification")).select("[name=notice_number]")
    papers = {"decision_number": "9/QĐ-UBND", "decision_day": "10/09/2026"}
    browser.submit(path(visit, "/notification"), "/notification", **papers)
    client.sign_in(world.head).get(path(visit), status=404)
    assert names(client.sign_in(world.head), "/inspections") == []
    assert names(client.sign_in(world.lead), "/inspections") == [world.unit.name]


def test_the_team_changes_with_a_reason_and_whoever_left_is_shut_out(client: Client, world: World) -> None:
    visit = make_visit(world)
    member = client.sign_in(world.member)
    member.get(path(visit))
    browser = client.sign_in(world.office)
    browser.submit(path(visit, "/team"), "/team", status=422, members="", reason="")
    browser.submit(path(visit, "/team"), "/team", members="", reason="Đi công tác")
    member.get(path(visit), status=403)


def test_steps_that_need_a_reason_come_back_without_one(client: Client, world: World) -> None:
    visit = make_visit(world, "notified")
    browser = client.sign_in(world.office)
    browser.submit(path(visit, "/postponement"), "/postponement", status=422, reason=" ")
    browser.submit(path(visit, "/postponement"), "/postponement", reason="Bão số 5")
    assert reload(visit).state is State.POSTPONED
    page = browser.get(path(visit))
    assert "Bão số 5" in page.text
    browser.submit(path(visit), "/resumption")
    assert reload(visit).state is State.PLANNED
    client.sign_in(world.authority).submit(path(visit, "/cancellation"), "/cancellation", reason="Sáp nhập")
    assert reload(visit).state is State.CANCELLED


def test_the_leader_starts_suspends_goes_on_and_finishes(client: Client, world: World) -> None:
    visit = make_visit(world, "notified", started_at=None)
    browser = client.sign_in(world.lead)
    browser.submit(path(visit, "/start"), "/start", day="14/09/2026", hour="8", minute="5")
    assert reload(visit).started_at.isoformat() == "2026-09-14T01:05:00+00:00"
    browser.submit(path(visit, "/suspension"), "/suspension", reason="Mất điện", document="15/QĐ-UBND, 14/09/2026")
    browser.submit(path(visit), "/continuation")
    page = browser.post(path(visit, "/field-completion"), status=422)
    assert "Chưa trả lời (12)" in page.text
    links = [str(link["href"]) for link in page.select("ul.rows a")]
    assert links[0] == f"/tablet/inspections/{visit.id}/1#tc-A.1.1"
    answer_everything(world, visit)
    browser.submit(path(visit), "/field-completion")
    assert reload(visit).state is State.FIELD_DONE


def test_beginning_before_the_first_day_says_so_and_asks_why(client: Client, world: World) -> None:
    visit = make_visit(world, "notified", started_at=None, starts_on=date(2026, 9, 21), ends_on=date(2026, 9, 22))
    browser = client.sign_in(world.lead)
    asked = browser.get(path(visit, "/start")).form("/start")
    assert "Sớm hơn lịch" in asked.get_text() and asked.select("[name=reason][required]")
    page = browser.submit(path(visit, "/start"), "/start", status=422)
    assert "bắt đầu ngày 21/09/2026" in page.text and page.form("/start").select("[name=reason]")
    browser.submit(path(visit, "/start"), "/start", reason="Đơn vị đề nghị làm sớm")
    assert "Đơn vị đề nghị làm sớm" in browser.get(path(visit, "/timeline")).text


def test_a_day_typed_before_the_first_day_asks_why_as_well(client: Client, world: World) -> None:
    visit = make_visit(world, "notified", started_at=None)
    browser = client.sign_in(world.lead)
    assert not browser.get(path(visit, "/start")).form("/start").select("[name=reason]")
    page = browser.submit(path(visit, "/start"), "/start", status=422, day="11/09/2026", hour="8")
    assert page.form("/start").select("[name=reason]")


def test_an_hour_to_come_is_refused_on_the_form(client: Client, world: World) -> None:
    visit = make_visit(world, "notified", started_at=None)
    page = client.sign_in(world.lead).submit(path(visit, "/start"), "/start", status=422, day="14/09/2026", hour="23")
    assert "phía trước" in page.text


def test_every_state_has_its_page(client: Client, world: World) -> None:
    browser = client.sign_in(world.office)
    for state in State:
        fields = {"held_from": "in_progress"} if state in {State.SUSPENDED, State.POSTPONED} else {}
        visit = make_visit(world, state.value, **fields)
        page = browser.get(path(visit))
        assert page.select(".stepper li"), state
        browser.get(path(visit, "/timeline"))
        browser.get(path(visit, "/answers"))


def test_other_units_and_strangers_find_nothing(client: Client, world: World) -> None:
    visit = make_visit(world)
    elsewhere = make_unit("UBND xã Khác", under=world.city)
    for person in (make_head(elsewhere), make_officer(Role.LEAD, world.city, "Trưởng Đoàn Khác")):
        browser = client.sign_in(person)
        for rest in ("", "/answers", "/timeline"):
            answer = browser.http.get(path(visit, rest))
            assert answer.status_code in {403, 404}


def test_a_deputy_leads_as_well(client: Client, world: World) -> None:
    visit = make_visit(world, "notified", started_at=None)
    deputy = make_officer(Role.MEMBER, world.city, "Phó Đoàn")
    put_on_team(visit, deputy, "deputy")
    client.sign_in(deputy).submit(path(visit, "/start"), "/start")
    assert reload(visit).state is State.IN_PROGRESS
