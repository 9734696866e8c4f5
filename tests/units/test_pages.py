"""What each role sees of the units, and how the tree opens."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.permissions import Role
from inspect_app.units.actions import import_changes, import_units
from inspect_app.units.models import Unit
from inspect_app.units.queries import unit_by_code
from tests.client import Client, Page
from tests.makers import AT, make_finding, make_head, make_inspection, make_officer, make_person, make_task

UNITS = """code;name;kind;group;parent_code;coordinated_by;valid_from;valid_to
T;Thành phố Thử;tinh;;;;;
S1;Sở Nội vụ;so;Sở, ban, ngành;T;;;
S2;Sở Đường sắt;so;Sở, ban, ngành;T;;;
Q1;UBND quận Cũ;quan;UBND quận;T;;;2025-06-30
P0;UBND phường Đồng Cũ;phuong;UBND xã, phường;Q1;;;2025-06-30
P1;UBND phường Đông;phuong;UBND xã, phường;T;;2025-07-01;
P2;UBND phường Tây;phuong;UBND xã, phường;T;;2025-07-01;
N1;Thuế Thành phố Thử;nganh_doc;Ngành dọc;;T;;
"""
CHANGES = """date;from_code;to_code;main_successor;kind;source
2025-07-01;P0;P1;yes;split;NQ 1656
2025-07-01;P0;P2;no;split;NQ 1656
2025-07-01;Q1;;no;dissolve;NQ 203
"""


def rows(text: str) -> list[dict[str, str]]:
    head, *lines = (line.split(";") for line in text.splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]


def turn(office: Client, page: Page, rel: str) -> Page:
    """The page before or after in a list."""
    where = urlsplit(str(page.select(f"a[rel={rel}]")[0]["href"]))
    return office.get(where.path, **dict(parse_qsl(where.query)))


@pytest.fixture
def city(database: None) -> Unit:
    import_units(rows(UNITS), by=SYSTEM_ACTOR, at=AT)
    import_changes(rows(CHANGES), by=SYSTEM_ACTOR, at=AT)
    return unit_by_code("T")


@pytest.fixture
def office(client: Client, city: Unit) -> Client:
    return client.sign_in(make_officer(Role.OFFICE, city))


def test_the_figures_of_a_unit_open_exactly_their_rows(client: Client, city: Unit) -> None:
    old, ward, other = unit_by_code("P0"), unit_by_code("P1"), unit_by_code("P2")
    for unit in (ward, ward, other):
        make_finding(make_inspection(unit, city, "minutes_signed", notified_at=AT))
    for unit, month, number in ((ward, 12, 1), (ward, 9, 1), (old, 9, 2), (other, 9, 3)):
        make_task(unit, "in_progress", due_on=date(2026, month, number))
    make_task(ward, "submitted")
    office, head = make_officer(Role.OFFICE, city), make_head(ward)
    for person, rows_of_tasks in ((office, "tbody tr"), (head, "article.task")):
        browser = client.sign_in(person)
        links = browser.get(f"/units/{ward.id}").select("section[aria-labelledby=h-viec] li a")
        assert [link.get_text() for link in links] == ["2", "2", "4", "2"]
        for link, row in zip(links, ("tbody tr", "tbody tr", rows_of_tasks, rows_of_tasks), strict=True):
            assert len(browser.get(str(link["href"])).select(row)) == int(link.get_text()), link["href"]
    assert not client.sign_in(make_head(other)).get(f"/units/{ward.id}").select("section[aria-labelledby=h-viec] a")


def test_units_without_a_group_open_exactly_their_rows(office: Client, city: Unit) -> None:
    link = next(link for link in office.get("/units").select("aside a") if link.text == "Không thuộc khối nào")
    page = office.get(str(link["href"]))
    assert [row.select_one("th a").text for row in page.select("table.table tbody tr")] == ["Thành phố Thử"]
    assert page.select("select[name=group] option[selected]")[0].text == "Không thuộc khối nào"


def test_the_tree_stands_open_at_its_root_and_opens_group_by_group(office: Client, city: Unit) -> None:
    page = office.get("/units")
    assert "6 đơn vị có hiệu lực ngày 14/09/2026" in page.text
    assert [link.text for link in page.select(".tree-frame a")] == [
        "Thành phố Thử", "Ngành dọc", "Sở, ban, ngành", "UBND xã, phường",
    ]  # fmt: skip
    branch = page.select("[data-url*=branches]")[-1]["data-url"]
    part = office.http.get(str(branch)).text
    assert "UBND phường Đông" in part
    assert "Đồng Cũ" not in part


def test_the_tree_of_another_day_shows_the_units_of_that_day(office: Client) -> None:
    page = office.get("/units", on="31/12/2024")
    assert "UBND quận" in page.text
    assert "UBND xã, phường" not in [link.text for link in page.select(".tree-frame a")]


def test_the_list_finds_without_marks_and_each_condition_can_be_taken_away(office: Client) -> None:
    page = office.get("/units", q="duong", kind="so")
    assert [cell.text for cell in page.select("tbody .unit")] == ["Sở Đường sắt"]
    assert len(page.select(".filter-on a")) == 3
    assert "Không tìm thấy đơn vị nào" in office.get("/units", q="xyz").text


def test_a_group_of_one_unit_is_a_list(office: Client, city: Unit) -> None:
    page = office.get("/units", within=str(city.id), group="UBND xã, phường")
    assert [cell.text for cell in page.select("tbody .unit")] == ["UBND phường Đông", "UBND phường Tây"]


def test_what_cannot_be_read_in_the_address_counts_as_not_typed(office: Client) -> None:
    page = office.get("/units", kind="%00", group="?", on="32/13/2026", within="x", after="y")
    assert page.select(".tree-frame")


def test_long_lists_are_read_page_by_page_in_both_directions(office: Client, city: Unit) -> None:
    more = [{"code": f"X{n:03}", "name": f"Xã {n:03}", "kind": "xa", "parent_code": "T"} for n in range(120)]
    import_units(more, by=SYSTEM_ACTOR, at=AT)
    page = office.get("/units", kind="xa")
    assert "Đang xem 50 trên 120" in page.text
    second = turn(office, page, "next")
    assert second.select("tbody .unit")[0].text == "Xã 050"
    third = turn(office, second, "next")
    assert len(third.select("tbody .unit")) == 20
    assert not third.select("a[rel=next]")
    back = turn(office, second, "prev")
    assert back.select("tbody .unit")[0].text == "Xã 000"
    assert not back.select("a[rel=prev]")


def test_a_unit_shows_what_it_came_from_and_who_heads_it(office: Client) -> None:
    unit = unit_by_code("P1")
    make_head(unit, "Trần Thủ Trưởng", since=date(2025, 7, 1))
    page = office.get(f"/units/{unit.id}")
    assert page.select("section[aria-labelledby=h-truoc] .unit")[0].text == "UBND phường Đồng Cũ"
    for words in ("NQ 1656", "Trần Thủ Trưởng", "Chủ tịch UBND phường", "từ 01/07/2025"):
        assert words in page.text


def test_an_ended_unit_leads_to_its_heirs_and_says_who_answers(office: Client) -> None:
    page = office.get(f"/units/{unit_by_code('P0').id}")
    assert "Đã kết thúc ngày 30/06/2025." in page.text
    assert page.select(".notice a")[0].text == "UBND phường Đông"
    assert "kế thừa một phần" in page.text


def test_a_dissolved_unit_shows_what_stood_below_it_and_that_nobody_answers(office: Client) -> None:
    page = office.get(f"/units/{unit_by_code('Q1').id}")
    assert "Không có đơn vị kế thừa" in page.text
    assert "UBND phường Đồng Cũ" in page.text


def test_the_office_sees_which_ended_units_wait_for_somebody_to_answer(office: Client) -> None:
    page = office.get("/units/without-owner")
    assert [cell.text for cell in page.select("tbody .unit")] == ["UBND quận Cũ"]


def test_anybody_signed_in_may_look_units_up_but_not_bring_them_in(client: Client, city: Unit) -> None:
    visitor = client.sign_in(make_person())
    page = visitor.get("/units")
    assert "Nhập từ tệp" not in page.text
    visitor.get(f"/units/{city.id}")
    visitor.get("/units/imports/new", status=403)
    visitor.get("/units/without-owner", status=403)
    visitor.post("/units/import-checks", status=403)
    visitor.post("/units/imports", status=403)


def test_choices_hold_units_in_force_with_kind_and_parent(office: Client) -> None:
    found = office.http.get("/units/choices?q=dong").get_json()
    assert [(one["label"], one["note"]) for one in found] == [("UBND phường Đông", "Phường · Thành phố Thử")]


def test_a_unit_that_is_not_there_is_a_404(office: Client, city: Unit) -> None:
    office.get("/units/018f0000-0000-7000-8000-000000000000", status=404)
    office.get("/units", within="018f0000-0000-7000-8000-000000000000", status=404)
