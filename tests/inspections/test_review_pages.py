"""From the minutes to the conclusion on the screen: each role's page, its button, and what is refused to others."""

import io

import pytest

from inspect_app.db import db, transaction
from inspect_app.documents.models import Attachment, RenderJob
from inspect_app.findings.rules import FindingState
from inspect_app.inspections.actions import note_refusal, prepare_minutes, record_answer, report_inspection
from inspect_app.inspections.models import Explanation, Inspection, Signature
from inspect_app.inspections.paper import as_recorded
from inspect_app.inspections.rules import State
from inspect_app.permissions import Role
from inspect_app.queue import run_waiting
from tests.client import Client
from tests.documents.test_actions import PDF, Engine
from tests.inspections.test_review import (
    ACCEPTED,
    BB,
    PLAIN,
    REFUSED,
    REPORT,
    conclude,
    decided,
    digest,
    said,
    sign,
)
from tests.inspections.visits import AT, EVERYTHING_RIGHT, World, make_visit, make_world
from tests.makers import actor_of, make_finding, make_head, make_officer, make_unit


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    inspection = make_visit(world, "field_done")
    with transaction():
        for code, value in (EVERYTHING_RIGHT | {"A.1.2": {"value": False}}).items():
            record_answer(inspection, code, value, by=actor_of(world.member), at=AT, note="Xem hồ sơ")
        prepare_minutes(inspection, PLAIN, by=actor_of(world.lead), at=AT)
    return inspection


@pytest.fixture
def signed(world: World, visit: Inspection) -> Inspection:
    sign(visit, "lead", world.lead)
    sign(visit, "head", world.head)
    return visit


def url(visit: Inspection, page: str = "") -> str:
    return f"/inspections/{visit.id}{page}"


def test_the_team_writes_the_minutes_and_the_opening_is_proposed(client: Client, world: World) -> None:
    visit = make_visit(world, "field_done")
    browser = client.sign_in(world.member)
    assert "do hệ thống đề xuất" in browser.get(url(visit, "/minutes")).text
    page = browser.get(url(visit, "/minutes/text"))
    assert "tại trụ sở UBND phường Thử Nghiệm" in page.select("#opening")[0].get_text()
    typed = {**page.values(page.select("form.form")[0]), "number": "27/BB-ĐKT", "issued_on": "14/09/2026"}
    browser.post(url(visit, "/minutes/text"), typed)
    assert "27/BB-ĐKT" in browser.get(url(visit, "/minutes")).text


def test_minutes_without_their_day_come_back_with_what_was_typed(client: Client, world: World, visit) -> None:
    typed = {"opening": "Mở đầu mới", "number": "28/BB-ĐKT", "issued_on": "", "seen": visit.version}
    page = client.sign_in(world.lead).post(url(visit, "/minutes/text"), typed, status=422)
    assert "Cần ghi cả số và ngày biên bản" in page.text and "Mở đầu mới" in page.text


def test_a_number_taken_comes_back_with_words_and_changes_nothing(client: Client, world: World, visit) -> None:
    other = make_visit(world, "field_done")
    typed = {"opening": "Mở đầu", "number": BB.number, "issued_on": "14/09/2026", "seen": other.version}
    page = client.sign_in(world.lead).post(url(other, "/minutes/text"), typed, status=422)
    assert "đã được ghi cho cuộc kiểm tra" in page.text and "Mở đầu" in page.text
    db.session.refresh(other)
    assert other.opening == ""


def test_both_sides_sign_on_their_own_page_and_the_inspection_says_so(client: Client, world: World, visit) -> None:
    lead, head = client.sign_in(world.lead), client.sign_in(world.head)
    lead.submit(url(visit, "/minutes"), "/signature")
    page = head.get(url(visit, "/minutes"))
    assert "Ký biên bản" in page.text and digest(visit)[:16] in page.text
    shown = head.follow(head.submit(url(visit, "/minutes"), "/signature"))
    assert "Hồ sơ kiểm tra được khóa" in shown.text
    db.session.refresh(visit)
    assert visit.state is State.MINUTES_SIGNED
    assert "Đơn vị giải trình đến hết ngày 21/09/2026" in head.get(url(visit)).text


def test_a_page_that_has_grown_stale_signs_nothing_and_the_void_signature_says_so(client, world: World, visit) -> None:
    lead, head = client.sign_in(world.lead), client.sign_in(world.head)
    lead.submit(url(visit, "/minutes"), "/signature")
    page = head.get(url(visit, "/minutes"))
    shown = page.values(page.form("/signature"))
    make_finding(visit)
    answer = head.post(url(visit, "/signature"), shown, status=409)
    assert "Biên bản đã thay đổi" in answer.text
    assert db.session.query(Signature).count() == 1
    assert "không còn giá trị" in lead.get(url(visit, "/minutes")).text


@pytest.mark.parametrize("who", ["member", "office", "focal", "authority"])
def test_nobody_else_signs(client: Client, world: World, visit, who: str) -> None:
    browser = client.sign_in(getattr(world, who))
    assert not browser.get(url(visit, "/minutes")).select("form[action$='/signature']")
    browser.post(url(visit, "/signature"), {"shown_hash": digest(visit)}, status=403)
    assert not db.session.query(Signature).count()


def test_minutes_are_not_there_for_the_unit_during_field_work_nor_for_strangers(client, world: World) -> None:
    visit = make_visit(world, "in_progress")
    client.sign_in(world.head).get(url(visit, "/minutes"), status=404)
    client.sign_in(make_head(make_unit("UBND xã Khác"))).get(url(visit, "/minutes"), status=404)
    client.sign_in(world.lead).get(url(visit, "/minutes"))


def test_the_leader_notes_a_refusal_with_a_witness(client: Client, world: World, visit) -> None:
    lead = client.sign_in(world.lead)
    page = url(visit, "/signature-refusal")
    assert "Cần điền" in lead.post(page, {"shown_hash": digest(visit), "reason": "Không đồng ý"}, status=422).text
    lead.post(page, {"shown_hash": digest(visit), "witness": "Lê Văn Chứng", "reason": "Không đồng ý"})
    assert "Lê Văn Chứng" in lead.get(url(visit, "/minutes")).text
    client.sign_in(world.head).post(page, {"witness": "A", "reason": "B"}, status=403)


def test_the_paper_is_made_once_for_one_record_and_says_when_it_is_behind(client, world, visit, monkeypatch) -> None:
    monkeypatch.setattr("inspect_app.documents.actions.paper_engine", Engine)
    lead = client.sign_in(world.lead)
    first = lead.submit(url(visit, "/minutes"), "/minutes/paper").response.headers["Location"]
    assert "Đang tạo PDF" in lead.get(url(visit, "/minutes")).text
    run_waiting("paper")
    page = lead.get(url(visit, "/minutes"))
    assert "Tải PDF" in page.text
    assert lead.post(url(visit, "/minutes/paper")).response.headers["Location"] == first
    sign(visit, "lead", world.lead)
    assert "chưa có những thay đổi mới nhất" in lead.get(url(visit, "/minutes")).text
    assert db.session.query(RenderJob).count() == 1


def test_a_scan_of_the_signed_minutes_is_attached_by_either_side(client: Client, world: World, visit) -> None:
    head = client.sign_in(world.head)
    page = head.post(url(visit, "/minutes/scan"), {"scan": (io.BytesIO(b"MZ"), "ký.exe")}, status=422)
    assert "Không nhận loại tệp này" in page.text
    head.post(url(visit, "/minutes/scan"), {"scan": (io.BytesIO(PDF), "ký.pdf")})
    assert db.session.query(Attachment).one().purpose == "signed_paper"
    assert "Biên bản ký quét" in head.get(url(visit)).text
    client.sign_in(world.member).post(url(visit, "/minutes/scan"), {"scan": (io.BytesIO(PDF), "a.pdf")}, status=403)


def test_the_head_explains_a_criterion_with_proof_and_the_office_sees_it_waiting(client, world: World, signed) -> None:
    head, office = client.sign_in(world.head), client.sign_in(world.office)
    assert "A.1.2" in head.get(url(signed, "/explanations")).text
    page = url(signed, "/explanations/new?criterion=A.1.2")
    typed = {"words": "Đã ban hành", "choice": "yes", "proof": (io.BytesIO(PDF), "Kế hoạch.pdf")}
    head.get(page)
    head.post(page, typed)
    explanation = db.session.query(Explanation).one()
    assert (explanation.wished_value, explanation.words) == ({"value": True}, "Đã ban hành")
    assert db.session.query(Attachment).one().criterion_code == "A.1.2"
    assert "Thẩm định giải trình" in office.get(url(signed)).text
    assert "Kế hoạch.pdf" in office.get(url(signed, f"/explanations/{explanation.id}")).text


def test_an_explanation_with_a_bad_file_comes_back_and_leaves_nothing(client: Client, world: World, signed) -> None:
    typed = {"words": "Đã ban hành", "choice": "yes", "proof": (io.BytesIO(b"MZ"), "a.exe")}
    page = client.sign_in(world.head).post(url(signed, "/explanations/new?criterion=A.1.2"), typed, status=422)
    assert "Không nhận loại tệp này" in page.text and "Đã ban hành" in page.text
    db.session.refresh(signed)
    assert signed.state is State.MINUTES_SIGNED and not db.session.query(Explanation).count()


@pytest.mark.parametrize("who", ["focal", "lead", "office"])
def test_only_the_head_explains(client: Client, world: World, signed, who: str) -> None:
    page = url(signed, "/explanations/new?criterion=A.1.2")
    client.sign_in(getattr(world, who)).post(page, {"words": "Đã ban hành"}, status=403)
    assert not db.session.query(Explanation).count()


def test_what_an_explanation_cannot_change_has_no_page(client: Client, world: World, signed) -> None:
    head = client.sign_in(world.head)
    head.get(url(signed, "/explanations/new?criterion=B.2"), status=404)
    head.get(url(signed, "/explanations/new?criterion=Z.9"), status=404)


def test_the_office_decides_and_the_table_shows_both_figures(client: Client, world: World, signed) -> None:
    explanation = said(world, signed, value={"value": True})
    office, page = client.sign_in(world.office), url(signed, f"/explanations/{explanation.id}")
    assert "Hãy chọn một kết quả" in office.post(page, {"reason": "Có văn bản"}, status=422).text
    office.post(page, {"outcome": "accepted", "reason": "Có văn bản kèm theo"})
    rows = client.sign_in(world.head).get(url(signed)).select("section[aria-labelledby='h-review'] tbody tr")
    cells = [cell.get_text(strip=True) for cell in rows[0].select("td")]
    assert cells == ["A.1.2", "0,00", "2,00", "2,00", "Có văn bản kèm theo"]
    client.sign_in(world.head).post(page, {"outcome": "refused", "reason": "Không"}, status=403)


def test_a_part_is_accepted_with_another_value(client: Client, world: World, signed) -> None:
    explanation = said(world, signed, "A.1.3", {"numerator": 10, "denominator": 10})
    page = url(signed, f"/explanations/{explanation.id}")
    office = client.sign_in(world.office)
    typed = {"outcome": "partly", "reason": "Còn một nhiệm vụ", "numerator": "19", "denominator": "20"}
    office.post(page, typed)
    db.session.refresh(explanation)
    assert explanation.decided_value == {"numerator": 19, "denominator": 20}
    assert "Chấp nhận một phần" in office.get(page).text


def test_the_leader_saves_a_draft_and_hands_it_in_when_nothing_waits(client: Client, world: World, signed) -> None:
    explanation, finding = said(world, signed), make_finding(signed, criterion_code="C.1")
    lead, page = client.sign_in(world.lead), url(signed, "/report")
    text = lead.get(page).text
    assert "còn giải trình chưa thẩm định" in text and "đơn vị chưa trả lời tồn tại" in text
    lead.post(page, {"summary": "Phường có 21 công chức", "act": "save", "seen": signed.version})
    decided(world, signed, explanation, ACCEPTED if explanation.wished_value else REFUSED)
    answer = lead.post(page, {"summary": "Phường có 21 công chức", "act": "submit"}, status=422)
    assert "C.1" in answer.text
    with transaction():
        finding.state = FindingState.UNDISPUTED
    lead.post(page, {"summary": "Phường có 21 công chức", "recommendations": "Nhân rộng", "act": "submit"})
    db.session.refresh(signed)
    assert (signed.state, signed.report_recommendations) == (State.REPORTED, "Nhân rộng")
    assert "Phường có 21 công chức" in client.sign_in(world.authority).get(page).text
    client.sign_in(world.head).get(page, status=404)


def test_the_authority_reopens_with_a_ground(client: Client, world: World, signed) -> None:
    decided(world, signed, said(world, signed, value={"value": True}), ACCEPTED)
    with transaction():
        report_inspection(signed, REPORT, by=actor_of(world.lead), at=AT)
    client.sign_in(world.authority).get(url(signed, "/reopening"), status=409)
    conclude(world, signed)
    authority = client.sign_in(world.authority)
    assert "Mở lại" in authority.get(url(signed)).text
    authority.post(url(signed, "/reopening"), {"ground": ""}, status=422)
    authority.post(url(signed, "/reopening"), {"ground": "Khiếu nại có căn cứ"})
    assert "Khiếu nại có căn cứ" in authority.get(url(signed)).text
    client.sign_in(world.office).get(url(signed, "/reopening"), status=403)


def test_a_noted_refusal_stands_on_the_page_and_the_leader_signs_alone(client: Client, world: World, visit) -> None:
    refusal = {"witness": "Lê Văn Chứng", "reason": "Không đồng ý", "shown_hash": digest(visit)}
    with transaction():
        note_refusal(visit, **refusal, findings=as_recorded, by=actor_of(world.lead), at=AT)
    client.sign_in(world.lead).submit(url(visit, "/minutes"), "/signature")
    page = client.sign_in(make_officer(Role.AUDITOR, world.city)).get(url(visit, "/minutes"))
    assert "Người chứng kiến: Lê Văn Chứng" in page.text and "Không ký" in page.text


def test_minutes_signed_are_not_written_again(client: Client, world: World, signed) -> None:
    lead = client.sign_in(world.lead)
    lead.get(url(signed, "/minutes/text"), status=409)
    lead.get(url(signed, "/signature-refusal"), status=409)
    assert not lead.get(url(signed, "/minutes")).select("form[action$='/signature']")
