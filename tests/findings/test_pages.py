"""Findings on the screen and for the tablet: who sees, who may do what, and names that stay out of sight."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from inspect_app.audit.actions import SYSTEM_ACTOR, record
from inspect_app.db import db
from inspect_app.documents.models import Attachment
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import FindingKind, Severity, State
from inspect_app.inspections.models import Inspection
from inspect_app.permissions import Role
from inspect_app.units.models import UnitChange
from inspect_app.units.rules import ChangeKind
from tests.client import Client
from tests.documents.test_actions import PDF
from tests.inspections.visits import AT, World, make_visit, make_world
from tests.makers import make_finding, make_head, make_inspection, make_officer, make_task, make_unit

NAMED = "Nguyễn Văn Vắng"


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    return make_visit(world)


@pytest.fixture
def signed(world: World) -> Inspection:
    return make_visit(world, "minutes_signed")


def url(finding: Finding, page: str = "") -> str:
    return f"/findings/{finding.id}{page}"


def raising(visit: Inspection) -> str:
    return f"/inspections/{visit.id}/findings"


# ── Raising ──


def test_a_member_raises_a_finding_on_a_page_with_the_earlier_ones_beside_it(client: Client, world, visit) -> None:
    earlier = make_inspection(world.unit, world.city, "closed", rubric_version_id=world.rubric.id)
    before = AT - timedelta(days=300)
    make_finding(earlier, "closed", criterion_code="A.1.2", raised_at=before, fact="Niêm yết thiếu 9 thủ tục")
    browser = client.sign_in(world.member)
    page = browser.get(f"{raising(visit)}/new?criterion=A.1.2")
    assert "Niêm yết thiếu 9 thủ tục" in page.text and "Cân nhắc mức độ cao hơn" in page.text
    answer = browser.submit(f"{raising(visit)}/new?criterion=A.1.2", "/findings", fact="Niêm yết thiếu 5 thủ tục")
    shown = browser.follow(answer)
    assert "Tồn tại lặp lại" in shown.text and "Niêm yết thiếu 9 thủ tục" in shown.text
    assert "Nêu tồn tại" in browser.get(f"/inspections/{visit.id}").text


def test_a_finding_without_words_comes_back_and_leaves_nothing(client: Client, world: World, visit) -> None:
    page = client.sign_in(world.member).post(raising(visit), {"criterion_code": "A.1.2", "fact": " "}, status=422)
    assert "Cần điền mục này" in page.text
    page = client.sign_in(world.member).post(raising(visit), {"criterion_code": "Z.9", "fact": "Thiếu"}, status=422)
    assert "Hãy chọn một mục" in page.text
    assert not db.session.query(Finding).count()


@pytest.mark.parametrize("who", ["office", "authority"])
def test_nobody_outside_the_team_raises_a_finding(client: Client, world: World, visit, who: str) -> None:
    browser = client.sign_in(getattr(world, who))
    browser.post(raising(visit), {"criterion_code": "A.1.2", "fact": "Thiếu"}, status=403)
    client.sign_in(make_head(make_unit("UBND xã Khác"))).post(raising(visit), {"fact": "Thiếu"}, status=403)


def test_the_team_corrects_and_takes_back_while_the_record_is_open(client: Client, world: World, visit) -> None:
    finding = make_finding(visit, criterion_code="A.1.2")
    browser = client.sign_in(world.member)
    page = url(finding, "/text")
    values = browser.get(page).values(browser.get(page).select("form.form")[0])
    browser.post(page, {**values, "fact": "Thiếu 5 thủ tục", "severity": "medium"})
    assert "Thiếu 5 thủ tục" in browser.get(url(finding)).text
    stale = browser.post(page, {**values, "fact": "Khác"}, status=409)
    assert "đã thay đổi" in stale.text
    browser.post(url(finding, "/withdrawal"), {"reason": ""}, status=422)
    browser.post(url(finding, "/withdrawal"), {"reason": "Nhầm đơn vị"})
    assert finding.state is State.WITHDRAWN


# ── Answer and decision ──


def test_the_head_answers_with_proof_and_the_review_opens(client: Client, world: World, signed) -> None:
    finding = make_finding(signed, criterion_code="A.1.2")
    head = client.sign_in(world.head)
    assert "Trả lời tồn tại" in head.get(url(finding)).text
    page = url(finding, "/reply")
    assert "Hãy chọn một mục" in head.post(page, {"words": "Đã sửa"}, status=422).text
    assert "Hãy ghi nội dung giải trình" in head.post(page, {"agreed": "no"}, status=422).text
    head.post(page, {"agreed": "no", "words": "Đã niêm yết đủ", "proof": (io.BytesIO(PDF), "Ảnh chụp.pdf")})
    db.session.refresh(finding)
    assert (finding.state, finding.reply, finding.agreed) == (State.REPLIED, "Đã niêm yết đủ", False)
    assert db.session.query(Attachment).one().thing_id == finding.id
    assert "Ảnh chụp.pdf" in client.sign_in(world.office).get(url(finding)).text
    head.post(page, {"agreed": "yes"}, status=409)


@pytest.mark.parametrize("who", ["focal", "lead", "office"])
def test_only_the_head_answers(client: Client, world: World, signed, who: str) -> None:
    finding = make_finding(signed)
    client.sign_in(getattr(world, who)).post(url(finding, "/reply"), {"agreed": "yes"}, status=403)
    assert finding.state is State.RAISED


def test_the_leader_proposes_and_the_office_decides(client: Client, world: World) -> None:
    finding = make_finding(make_visit(world, "in_review"), "replied")
    lead, office = client.sign_in(world.lead), client.sign_in(world.office)
    lead.post(url(finding, "/proposal"), {"decision": "confirm", "reason": "Có minh chứng"})
    assert "Trưởng đoàn đề xuất: xác nhận, giao khắc phục" in office.get(url(finding)).text
    lead.post(url(finding, "/decision"), {"decision": "confirm"}, status=403)
    page = office.post(url(finding, "/decision"), {"decision": "withdraw", "reason": ""}, status=422)
    assert "Hãy ghi lý do rút tồn tại" in page.text
    office.post(url(finding, "/decision"), {"decision": "confirm"})
    db.session.refresh(finding)
    assert finding.state is State.CONFIRMED
    client.sign_in(world.head).post(url(finding, "/decision"), {"decision": "withdraw", "reason": "x"}, status=403)


def test_a_good_practice_offers_no_confirmation(client: Client, world: World) -> None:
    finding = make_finding(make_visit(world, "in_review"), kind=FindingKind.GOOD_PRACTICE)
    page = client.sign_in(world.office).get(url(finding, "/decision"))
    assert {choice["value"] for choice in page.select("input[name=decision]")} == {"note", "withdraw"}


def test_a_verifier_closes_a_serious_finding_after_a_check(client: Client, world: World) -> None:
    finding = make_finding(make_visit(world, "follow_up", concluded_at=AT), "resolved", severity=Severity.SERIOUS)
    verifier = client.sign_in(make_officer(Role.VERIFIER, world.city))
    client.sign_in(world.office).post(url(finding, "/closure"), {"reason": "Đạt"}, status=403)
    verifier.post(url(finding, "/closure"), {"reason": "Kiểm tra lại sau 3 tháng, đạt"})
    db.session.refresh(finding)
    assert finding.state is State.CLOSED


def test_the_committee_may_demand_that_it_is_remedied_again(client: Client, world: World) -> None:
    finding = make_finding(make_visit(world, "follow_up", concluded_at=AT), "resolved", severity=Severity.SERIOUS)
    committee = client.sign_in(make_officer(Role.COMMITTEE, world.city))
    committee.post(url(finding, "/remediation"), {"reason": "Tái diễn"})
    db.session.refresh(finding)
    assert finding.state is State.REMEDIATING


# ── Seeing ──


def test_a_closed_finding_shows_its_decision_and_its_end_and_asks_for_no_answer(client: Client, world: World) -> None:
    visit = make_visit(world, "closed", review_until=date(2026, 10, 1))
    done = {"decided_at": AT, "resolved_at": AT + timedelta(days=20), "closed_at": AT + timedelta(days=30)}
    page = client.sign_in(world.office).get(url(make_finding(visit, "closed", decision_reason="Đủ căn cứ", **done)))
    assert "Đã xác nhận" in page.select("section[aria-labelledby=h-decision]")[0].get_text()
    assert "Đóng tồn tại" in page.select("section[aria-labelledby=h-tasks] dl")[0].get_text()
    assert "trả lời đến hết ngày" not in page.text and "Đơn vị không trả lời." in page.text


def test_praise_is_not_counted_among_what_is_wrong(client: Client, world: World, signed) -> None:
    make_finding(signed, "raised", criterion_code="A.1.2")
    make_finding(signed, "raised", criterion_code="A.1.1", kind=FindingKind.GOOD_PRACTICE, fact="Làm rất tốt")
    page = client.sign_in(world.office).get(f"/inspections/{signed.id}/explanations")
    assert "1 mục, 1 chờ đơn vị trả lời" in page.text and "Làm rất tốt" not in page.text


def test_a_finding_shows_its_tasks_but_no_drafts(client: Client, world: World) -> None:
    finding = make_finding(make_visit(world, "follow_up", concluded_at=AT), "remediating")
    make_task(world.unit, finding_id=finding.id, inspection_id=finding.inspection_id, what="Niêm yết đủ")
    make_task(world.unit, "draft", finding_id=finding.id, inspection_id=finding.inspection_id, what="Dự thảo kín")
    page = client.sign_in(world.head).get(url(finding))
    assert "Niêm yết đủ" in page.text and "Dự thảo kín" not in page.text


@pytest.mark.parametrize(("who", "sees"), [("office", True), ("head", True), ("lead", True), ("member", False)])
def test_a_person_named_is_seen_by_few(client: Client, world: World, signed, who: str, sees: bool) -> None:
    finding = make_finding(signed, named_person=NAMED)
    assert (NAMED in client.sign_in(getattr(world, who)).get(url(finding)).text) is sees


def test_a_member_who_corrects_the_words_neither_sees_nor_loses_the_name(client: Client, world: World, visit) -> None:
    finding = make_finding(visit, criterion_code="A.1.2", named_person=NAMED)
    member = client.sign_in(world.member)
    page = member.get(url(finding, "/text"))
    assert NAMED not in page.response.text
    member.post(url(finding, "/text"), {**page.values(page.select("form.form")[0]), "fact": "Sửa"})
    db.session.refresh(finding)
    assert (finding.fact, finding.named_person) == ("Sửa", NAMED)


def test_the_list_is_filtered_sorted_and_paged_in_the_address(client, world: World, signed, monkeypatch) -> None:
    monkeypatch.setattr("inspect_app.findings.views.PAGE", 2)
    first = make_finding(signed, fact="Một", severity=Severity.SERIOUS, raised_at=AT - timedelta(days=3))
    make_finding(signed, fact="Hai", severity=Severity.LIGHT, raised_at=AT - timedelta(days=2))
    make_finding(signed, "closed", fact="Ba", raised_at=AT - timedelta(days=1), recurrence_of_id=first.id)
    office = client.sign_in(world.office)

    def facts(page) -> list[str]:
        return [row.select("td")[1].a.get_text() for row in page.select("tbody tr")]

    page = office.get("/findings")
    assert facts(page) == ["Ba", "Hai"]
    after = page.select("a[rel=next]")[0]["href"]
    assert facts(office.get(after)) == ["Một"]
    before = office.get(after).select("a[rel=prev]")[0]["href"]
    assert facts(office.get(before)) == ["Ba", "Hai"]
    assert facts(office.get("/findings?sort=-severity"))[0] == "Một"
    assert facts(office.get("/findings?state=open&sort=raised")) == ["Một", "Hai"]
    assert facts(office.get("/findings?recurring=y")) == ["Ba"]
    assert facts(office.get("/findings?severity=serious&year=2026")) == ["Một"]
    assert facts(office.get(f"/findings?q=thu nghiem&unit={world.unit.id}")) == ["Ba", "Hai"]
    assert facts(office.get("/findings?q=không đâu")) == []
    assert facts(office.get("/findings?state=xyz&after=rubbish&sort=drop")) == ["Ba", "Hai"]


def test_a_head_sees_only_findings_of_their_own_unit(client: Client, world: World, signed) -> None:
    make_finding(signed, fact="Của mình")
    other = make_inspection(make_unit("UBND xã Khác", under=world.city), world.city, "minutes_signed")
    make_finding(other, fact="Của đơn vị khác")
    page = client.sign_in(world.head).get("/findings")
    assert "Của mình" in page.text and "Của đơn vị khác" not in page.text


def test_the_head_of_the_successor_sees_what_was_found_at_the_unit_before(client: Client, world: World) -> None:
    older, old = (make_unit(f"UBND xã {name}", under=world.city, valid_to=date(2025, 6, 30)) for name in ("Xưa", "Cũ"))
    going = make_unit("UBND xã Còn", under=world.city)
    heirs = ((older, old, True), (old, world.unit, True), (going, world.unit, True))
    parted = make_unit("UBND xã Chia", under=world.city, valid_to=date(2025, 6, 30))
    for before, after, main in (*heirs, (parted, world.unit, False)):
        change = UnitChange(
            on_day=date(2025, 7, 1),
            from_unit_id=before.id,
            to_unit_id=after.id,
            main_successor=main,
            kind=ChangeKind.MERGE,
        )
        db.session.add(change)
    found = {}
    for unit in (older, old, going, parted):
        inspection = make_inspection(unit, world.city, "minutes_signed", notified_at=AT)
        found[unit.name] = make_finding(inspection, fact=f"Ở {unit.name}")
    db.session.commit()
    for person in (world.head, world.focal):
        browser = client.sign_in(person)
        page = browser.get("/findings")
        assert {name for name in found if f"Ở {name}" in page.text} == {"UBND xã Xưa", "UBND xã Cũ"}
        one = found["UBND xã Xưa"]
        assert not browser.get(url(one)).select("main a[href$='/reply']")
        browser.get(f"/inspections/{one.inspection_id}")
        browser.get(url(found["UBND xã Còn"]), status=404)
        browser.get(url(found["UBND xã Chia"]), status=404)


def test_the_timeline_names_the_paper_behind_an_entry(client: Client, world: World, signed) -> None:
    finding = make_finding(signed)
    record("remediation started", finding, by=SYSTEM_ACTOR, at=AT, document="214/TB-UBND")
    assert "214/TB-UBND" in client.sign_in(world.office).get(url(finding)).select(".timeline")[0].get_text()


def test_an_export_leaves_names_out_unless_asked_for_and_allowed(client: Client, world: World, signed) -> None:
    make_finding(signed, fact="=1+1 vắng mặt", named_person=NAMED)
    office, member = client.sign_in(world.office), client.sign_in(world.member)
    plain = office.http.get("/findings/export.csv").get_data(as_text=True)
    assert "vắng mặt" in plain and NAMED not in plain and "'=1+1" in plain
    assert NAMED in office.http.get("/findings/export.csv?named=1").get_data(as_text=True)
    assert NAMED not in member.http.get("/findings/export.csv?named=1").get_data(as_text=True)
    answer = office.http.get("/findings/export.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    answer.close()
    assert "vắng mặt" in sheet and NAMED not in sheet


def test_one_button_agrees_to_all_and_one_confirms_what_nobody_disputes(client: Client, world: World, signed) -> None:
    first, second = make_finding(signed), make_finding(signed)
    page = f"/inspections/{signed.id}/explanations"
    office, head = client.sign_in(world.office), client.sign_in(world.head)
    assert not office.get(page).select("form[action*='/findings/']")
    head.submit(page, "/findings/agreement")
    office.submit(page, "/findings/confirmation")
    assert {first.state, second.state} == {State.CONFIRMED}
    client.sign_in(world.lead).post(f"/inspections/{signed.id}/findings/confirmation", status=403)


def test_the_list_asks_the_database_the_same_number_of_questions_whatever_it_shows(
    client, world: World, signed
) -> None:
    office = client.sign_in(world.office)
    make_finding(signed)
    few = statements(office, "/findings")
    for number in range(12):
        visit = make_visit(world, "minutes_signed")
        make_finding(visit, criterion_code=f"1.{number}")
    assert statements(office, "/findings") == few


def statements(browser: Client, path: str) -> int:
    """How many statements a page takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)
