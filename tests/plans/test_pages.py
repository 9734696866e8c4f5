"""What each role sees and may do with a plan, on the real units of Hà Nội."""

from datetime import date
from uuid import UUID

import pytest

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.db import db, transaction
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import InspectionForm
from inspect_app.permissions import Role
from inspect_app.plans.actions import Addition, add_lines, approve_plan, create_plan, plan_directly, submit_plan
from inspect_app.plans.models import Plan, PlanVersion
from inspect_app.plans.queries import latest_version
from inspect_app.units.models import Unit
from tests.client import Client, Page
from tests.makers import AT, actor_of, grant, make_city, make_head, make_inspection, make_officer, make_unit
from tests.plans.hanoi import put_hanoi


@pytest.fixture
def city(database: None) -> Unit:
    return put_hanoi()


@pytest.fixture
def plan(city: Unit) -> Plan:
    with transaction():
        return create_plan(city, 2026, by=SYSTEM_ACTOR, at=AT)


@pytest.fixture
def office(client: Client, city: Unit) -> Client:
    return client.sign_in(make_officer(Role.OFFICE, city, "Văn Phòng"))


@pytest.fixture
def authority(client: Client, city: Unit) -> Client:
    return client.sign_in(make_officer(Role.AUTHORITY, city, "Người Ký"))


def communes(count: int, skip: int = 0) -> list[Unit]:
    found = db.session.query(Unit).filter(Unit.group == "UBND xã, phường", Unit.valid_from == date(2025, 7, 1))
    return list(found.order_by(Unit.code).offset(skip).limit(count))


def row_of(page: Page, name: str) -> list[str]:
    """The cells of the coverage table's row with this name."""
    table = page.select("section[aria-labelledby=h-do-phu] tbody tr")
    row = next(row for row in table if name in row.th.get_text())
    return [" ".join(cell.get_text(" ").split()) for cell in row.find_all("td")]


def test_the_office_is_led_from_no_plan_to_the_plan_of_the_year(office: Client, city: Unit) -> None:
    assert "Chưa có kế hoạch nào" in office.get("/plans").text
    answer = office.post("/plans/new", {"unit": str(city.id), "year": "2026", "pct": "30"})
    page = office.follow(answer)
    assert page.h1 == "Kế hoạch kiểm tra CCHC năm 2026"
    assert "Kế hoạch chưa có đơn vị nào" in page.text
    office.post("/plans/new", {"unit": str(city.id), "year": "2026", "pct": "30"}, status=422)


def test_the_plan_of_ha_noi_needs_44_units_and_says_why(office: Client, plan: Plan) -> None:
    page = office.get(f"/plans/{plan.id}")
    assert row_of(page, "Toàn Thành phố Hà Nội")[4:6] == ["44", "44 / 143"]
    assert row_of(page, "Sở, ban, ngành")[5] == "6 / 17"
    assert row_of(page, "UBND xã, phường")[5] == "38 / 126"
    assert row_of(page, "Trong đó: phường")[5] == "16 / 51"
    assert row_of(page, "Cơ quan ngành dọc")[5] == "– / 5"
    assert "Riêng toàn bộ đơn vị thì cần 43; vì mỗi nhóm đều phải đạt và từng nhóm làm tròn lên (6 + 38)" in page.text
    assert "thực tế cần 44" in page.text


def test_the_product_fills_the_plan_up_to_its_targets_with_reasons(office: Client, plan: Plan) -> None:
    page = office.get(f"/plans/{plan.id}/proposal")
    assert "44 đơn vị được đề xuất" in page.text
    assert "Chưa kiểm tra từ khi thành lập (7/2025)" in page.text
    ticked = [str(box["value"]) for box in page.select("input[name=units][checked]")]
    assert len(ticked) == 44
    office.submit(f"/plans/{plan.id}/proposal", "/lines", units=ticked, quarter="4", grounds="Phiên họp 28/8")
    page = office.get(f"/plans/{plan.id}")
    assert "44 đơn vị đang đề xuất chờ đưa vào kế hoạch" in page.text
    assert "Kế hoạch có 44 đơn vị" in page.text
    assert "Phiên họp 28/8" in page.text and "Quý IV" in page.text
    assert "Không cần thêm đơn vị nào" in office.get(f"/plans/{plan.id}/proposal").text


def test_a_proposed_unit_is_locked_dropped_and_brought_back(office: Client, plan: Plan) -> None:
    unit = communes(1)[0]
    office.submit(f"/plans/{plan.id}/candidates", "/lines", units=[str(unit.id)])
    line = db.session.query(Inspection).one()
    office.submit(f"/plans/{plan.id}", f"/lines/{line.id}/lock")
    page = office.get(f"/plans/{plan.id}")
    assert "đã khóa" in page.text and not page.select(f'form[action$="/lines/{line.id}/removal"]')
    office.post(f"/plans/{plan.id}/lines/{line.id}/removal", status=409)
    office.submit(f"/plans/{plan.id}", f"/lines/{line.id}/lock")
    page = office.follow(office.submit(f"/plans/{plan.id}", f"/lines/{line.id}/removal"))
    assert f"Đã bỏ {unit.name} khỏi đề xuất." in page.text and "Kế hoạch có 0 đơn vị" in page.text
    undo = str(page.form("/restoration")["action"])
    assert "Kế hoạch có 1 đơn vị" in office.follow(office.post(undo)).text


def test_picking_finds_units_without_accents_and_refuses_none(office: Client, plan: Plan) -> None:
    page = office.get(f"/plans/{plan.id}/candidates", q="van mieu")
    assert "UBND phường Văn Miếu - Quốc Tử Giám" in page.text and "1 đơn vị chưa có trong kế hoạch" in page.text
    page = office.post(f"/plans/{plan.id}/lines", {"seen": "1"}, status=422)
    assert "Chọn ít nhất một đơn vị." in page.text


def test_the_authority_approves_in_a_dialog_and_what_was_proposed_is_planned(
    office: Client, authority: Client, plan: Plan
) -> None:
    unit = communes(1)[0]
    office.submit(f"/plans/{plan.id}/candidates", "/lines", units=[str(unit.id)])
    assert not authority.get(f"/plans/{plan.id}").select("#phe-duyet")
    office.submit(f"/plans/{plan.id}", "/submission")
    assert not office.get(f"/plans/{plan.id}").select("#phe-duyet")
    page = authority.submit(f"/plans/{plan.id}", "/approval", status=422, number="")
    assert "Cần điền mục này." in page.text
    authority.submit(f"/plans/{plan.id}", "/approval", number="113/QĐ-UBND")
    page = office.get(f"/plans/{plan.id}")
    assert "Đã phê duyệt" in page.text and "113/QĐ-UBND" in page.text
    assert "113/QĐ-UBND" in page.select(".timeline")[0].get_text()
    assert row_of(page, "UBND xã, phường")[1:4] == ["0", "1", "0"]
    assert page.select('a[href$="/schedule"]')
    assert page.select('a.primary[href$="/proposal"]')


def test_the_proposal_steps_back_once_no_unit_is_missing(client: Client, database: None) -> None:
    town = make_city()
    unit = make_unit(under=town)
    with transaction():
        small = create_plan(town, 2026, by=SYSTEM_ACTOR, at=AT)
    both = client.sign_in(make_officer(Role.OFFICE, town))
    assert both.get(f"/plans/{small.id}").select('a.primary[href$="/proposal"]')
    both.submit(f"/plans/{small.id}/candidates", "/lines", units=[str(unit.id)])
    both.submit(f"/plans/{small.id}", "/submission")
    client.sign_in(make_officer(Role.AUTHORITY, town)).submit(
        f"/plans/{small.id}", "/approval", number="1/QĐ-UBND", day="14/09/2026"
    )
    page = client.sign_in(make_officer(Role.OFFICE, town)).get(f"/plans/{small.id}")
    assert page.select('a[href$="/proposal"]') and not page.select('a.primary[href$="/proposal"]')


def test_a_returned_plan_says_why_to_the_office(office: Client, authority: Client, plan: Plan) -> None:
    office.submit(f"/plans/{plan.id}/candidates", "/lines", units=[str(communes(1)[0].id)])
    office.submit(f"/plans/{plan.id}", "/submission")
    authority.submit(f"/plans/{plan.id}", "/return", reason="Thiếu các sở")
    page = office.get(f"/plans/{plan.id}")
    assert "Kế hoạch bị trả lại." in page.text and "Thiếu các sở" in page.text


def test_whoever_is_office_and_authority_does_not_approve_their_own_plan(
    client: Client, city: Unit, plan: Plan
) -> None:
    person = make_officer(Role.OFFICE, city)
    grant(person, Role.AUTHORITY, city)
    both = client.sign_in(person)
    both.submit(f"/plans/{plan.id}/candidates", "/lines", units=[str(communes(1)[0].id)])
    both.submit(f"/plans/{plan.id}", "/submission")
    assert not both.get(f"/plans/{plan.id}").select("#phe-duyet")
    both.post(f"/plans/{plan.id}/approval", {"number": "1/QĐ", "day": "14/09/2026"}, status=403)


def test_a_head_of_unit_sees_no_page_of_a_plan(client: Client, plan: Plan) -> None:
    head = client.sign_in(make_head(communes(1)[0]))
    for path in ("", "/new", f"/{plan.id}", f"/{plan.id}/candidates", f"/{plan.id}/export.xlsx"):
        head.get(f"/plans{path}", status=403)


def test_the_plan_of_another_city_does_not_exist(client: Client, plan: Plan) -> None:
    stranger = client.sign_in(make_officer(Role.OFFICE, make_city()))
    for path in ("", "/candidates", "/proposal", "/targets", "/versions/1", "/exclusions", "/export.csv"):
        stranger.get(f"/plans/{plan.id}{path}", status=404)


def test_every_number_of_the_table_opens_exactly_its_rows(office: Client, city: Unit, plan: Plan) -> None:
    done, sure, late, held = communes(4)
    make_inspection(done, city, "concluded", plan_id=plan.id, minutes_signed_on=date(2026, 5, 5))
    make_inspection(sure, city, "scheduled", plan_id=plan.id, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 2))
    make_inspection(late, city, "notified", plan_id=plan.id, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 3))
    make_inspection(held, city, "suspended", plan_id=plan.id, started_at=AT)
    page = office.get(f"/plans/{plan.id}")
    row = next(row for row in page.select("section[aria-labelledby=h-do-phu] tbody tr") if "Toàn" in row.th.get_text())
    for link in row.select("td.num a"):
        if "candidates" in str(link["href"]):
            continue
        shown = office.get(str(link["href"]).split("#")[0])
        assert f"{link.get_text(strip=True)} đơn vị khớp bộ lọc" in shown.text, link
    assert "Quá ngày dự kiến 7 ngày làm việc" in page.text
    assert "Nguy cơ lỡ lịch" in page.text and "Tạm dừng" in page.text


def test_the_export_has_the_rows_and_figures_of_the_page(office: Client, city: Unit, plan: Plan) -> None:
    done, sure = communes(2)
    make_inspection(done, city, "concluded", plan_id=plan.id)
    make_inspection(sure, city, "planned", plan_id=plan.id, starts_on=None, ends_on=None, quarter=4)
    csv = office.http.get(f"/plans/{plan.id}/export.csv?place=done").get_data(as_text=True)
    assert len(csv.splitlines()) == 2 and done.name in csv and sure.name not in csv
    with office.http.get(f"/plans/{plan.id}/export.xlsx", buffered=True) as answer:
        assert answer.data.startswith(b"PK")


def test_an_unannounced_check_shows_in_no_figure_of_those_who_must_not_know(
    client: Client, office: Client, city: Unit, plan: Plan
) -> None:
    authority = actor_of(make_officer(Role.AUTHORITY, city))
    unit = communes(1)[0]
    with transaction():
        add_lines(plan, Addition((communes(1, 1)[0].id,)), by=actor_of(make_officer(Role.OFFICE, city)), at=AT)
        plan_directly(plan, unit, InspectionForm.UNANNOUNCED, grounds="Phản ánh của báo chí", by=authority, at=AT)
        submit_plan(plan, by=actor_of(make_officer(Role.OFFICE, city)), at=AT)
        approve_plan(plan, decision_number="1/QĐ", decision_on=date(2026, 9, 14), by=authority, at=AT)
    auditor = client.sign_in(make_officer(Role.AUDITOR, city))
    for path in ("", "?place=all", "?q=" + unit.code, "/versions/1", "/exclusions"):
        if path != "?place=all" and not path.startswith("?q"):
            assert unit.name not in auditor.get(f"/plans/{plan.id}{path}").text
        assert "Phản ánh của báo chí" not in auditor.get(f"/plans/{plan.id}{path}").text
    assert row_of(auditor.get(f"/plans/{plan.id}"), "Toàn Thành phố Hà Nội")[2] == "1"
    page = office.get(f"/plans/{plan.id}")
    assert row_of(page, "Toàn Thành phố Hà Nội")[2] == "2"
    assert "Gồm 1 cuộc kiểm tra đột xuất chưa bắt đầu" in page.text
    assert "Không tính các cuộc kiểm tra đột xuất chưa bắt đầu, nếu có." in auditor.get(f"/plans/{plan.id}").text
    assert unit.name not in auditor.http.get(f"/plans/{plan.id}/export.csv").get_data(as_text=True)


def test_a_later_version_shows_its_difference_to_the_one_before(office: Client, authority: Client, plan: Plan) -> None:
    first, second = communes(2)
    office.submit(f"/plans/{plan.id}/candidates", "/lines", units=[str(first.id)])
    office.submit(f"/plans/{plan.id}", "/submission")
    authority.submit(f"/plans/{plan.id}", "/approval", number="113/QĐ-UBND")
    page = office.submit(f"/plans/{plan.id}/candidates", "/lines", units=[str(second.id)], status=422)
    assert "Cần nêu lý do điều chỉnh kế hoạch." in page.text
    office.submit(f"/plans/{plan.id}/candidates", "/lines", units=[str(second.id)], reason="Ban Chỉ đạo yêu cầu")
    page = office.get(f"/plans/{plan.id}/versions/2")
    assert "Thêm 1, bỏ 0, đổi 0 đơn vị" in page.text and second.name in page.text
    assert "Ban Chỉ đạo yêu cầu" in page.text
    assert db.session.query(PlanVersion).filter_by(plan_id=plan.id).count() == 2


def test_targets_and_exclusions_change_the_figures(office: Client, plan: Plan) -> None:
    unit = communes(1)[0]
    targets = {"group_0": "100", "group_1": "30", "whole": "30", "denominator_on": "01/01/2026"}
    office.post(f"/plans/{plan.id}/targets", targets)
    assert row_of(office.get(f"/plans/{plan.id}"), "Sở, ban, ngành")[5] == "17 / 17"
    left_out = {"unit": str(unit.id), "reason": "Mới thanh tra", "decision": "15/QĐ-UBND"}
    office.post(f"/plans/{plan.id}/exclusions", left_out)
    page = office.get(f"/plans/{plan.id}")
    assert row_of(page, "UBND xã, phường")[5] == "38 / 125"
    assert "Không tính 1 đơn vị theo quyết định." in page.text
    office.submit(f"/plans/{plan.id}/exclusions", "/removal")
    assert row_of(office.get(f"/plans/{plan.id}"), "UBND xã, phường")[5] == "38 / 126"


def test_the_authority_puts_a_thematic_check_into_the_plan(office: Client, authority: Client, plan: Plan) -> None:
    unit = communes(1)[0]
    thematic = {"unit": str(unit.id), "form": "thematic", "grounds": "Chuyên đề một cửa"}
    authority.post(f"/plans/{plan.id}/direct-inspections", thematic)
    assert "Chuyên đề một cửa" in office.get(f"/plans/{plan.id}").text
    office.get(f"/plans/{plan.id}/direct-inspections", status=403)


def test_a_stale_page_is_answered_with_what_changed(office: Client, plan: Plan) -> None:
    seen = latest_version(plan.id).version
    one, two = communes(2)
    office.post(f"/plans/{plan.id}/lines", {"units": [str(one.id)], "seen": str(seen)})
    page = office.post(f"/plans/{plan.id}/lines", {"units": [str(two.id)], "seen": str(seen)}, status=409)
    assert "đã thay đổi sau khi bạn mở trang này" in page.text


def test_the_year_of_the_reorganisation_is_counted_as_it_was_and_as_it_is(office: Client, city: Unit) -> None:
    with transaction():
        plan = create_plan(city, 2025, by=SYSTEM_ACTOR, at=AT)
    page = office.get(f"/plans/{plan.id}")
    assert row_of(page, "Toàn Thành phố Hà Nội")[5] == "16 / 52"
    assert row_of(page, "UBND quận, huyện, thị xã")[5] == "9 / 30"
    page = office.get(f"/plans/{plan.id}", basis="as_is")
    assert row_of(page, "Toàn Thành phố Hà Nội")[5] == "44 / 143"
    assert "1 đơn vị mới không có đơn vị tiền thân chính" in page.text


def test_the_page_asks_the_same_number_of_statements_whatever_the_rows(office: Client, city: Unit, plan: Plan) -> None:
    few = statements(office, plan.id)
    for unit in communes(30):
        make_inspection(unit, city, "notified", plan_id=plan.id)
    assert statements(office, plan.id) == few


def statements(office: Client, plan_id: UUID) -> int:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        office.get(f"/plans/{plan_id}")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)
