"""A file is opened through the thing that it belongs to, or not at all."""

import pytest

from inspect_app.db import db, transaction
from inspect_app.documents.actions import ask_for_paper, attach_upload, remove_attachment
from inspect_app.documents.models import Attachment
from inspect_app.documents.offers import FileRules, PaperSource
from inspect_app.documents.rules import Purpose
from inspect_app.permissions import Role
from inspect_app.queue import run_waiting
from tests.client import Client
from tests.documents.test_actions import PDF, Engine, Sent, photo
from tests.makers import AT, make_city, make_head, make_inspection, make_officer, make_person, make_unit, put_on_team


@pytest.fixture
def visit(database: None):
    city = make_city()
    return make_inspection(make_unit(under=city), city, "notified", notified_at=AT)


def opened(browser: Client, path: str):
    """The answer to a download, read to its end."""
    answer = browser.http.get(path)
    assert answer.status_code == 200 and answer.data
    answer.close()
    return answer


def evidence(visit, name: str = "Minh chứng.pdf", content: bytes = PDF) -> Attachment:
    return attach_upload(Sent(name, content), thing=visit, purpose=Purpose.EVIDENCE, by=make_person(), at=AT)


def test_a_document_comes_as_a_download_under_its_vietnamese_name(client: Client, visit) -> None:
    office = make_officer(Role.OFFICE, visit.inspector)
    answer = opened(client.sign_in(office), f"/files/{evidence(visit).id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Minh chung.pdf"; filename*=UTF-8')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_photo_is_shown_in_the_page_and_has_a_small_one(client: Client, visit) -> None:
    browser = client.sign_in(make_officer(Role.OFFICE, visit.inspector))
    shot = evidence(visit, "ảnh.jpg", photo())
    assert opened(browser, f"/files/{shot.id}").headers["Content-Disposition"].startswith("inline")
    assert opened(browser, f"/files/{shot.id}/thumbnail").mimetype == "image/jpeg"
    browser.get(f"/files/{evidence(visit).id}/thumbnail", status=404)


def test_a_file_of_a_thing_that_one_may_not_see_does_not_exist(client: Client, visit) -> None:
    stranger = make_head(make_unit("UBND xã Khác"))
    client.sign_in(stranger).get(f"/files/{evidence(visit).id}", status=404)


def test_a_file_that_was_taken_off_does_not_exist(client: Client, visit) -> None:
    made = evidence(visit)
    with transaction():
        remove_attachment(made, reason="Nhầm", by=make_person(), at=AT)
    client.sign_in(make_officer(Role.OFFICE, visit.inspector)).get(f"/files/{made.id}", status=404)


def test_content_that_the_store_has_lost_is_said_so(client: Client, visit) -> None:
    made = evidence(visit)
    with transaction():
        made.file.sha256 = "0" * 64
    page = client.sign_in(make_officer(Role.OFFICE, visit.inspector)).get(f"/files/{made.id}", status=503)
    assert "sao lưu" in page.text


def test_a_file_is_taken_off_by_whom_its_thing_lets_and_with_a_reason(client, visit, app, monkeypatch) -> None:
    made, browser = evidence(visit), client.sign_in(make_officer(Role.OFFICE, visit.inspector))
    monkeypatch.setitem(app.extensions["file_rules"], "inspection", FileRules())
    browser.get(f"/files/{made.id}/removal", status=403)
    browser.post(f"/files/{made.id}/removal", {"reason": "Nhầm"}, status=403)
    monkeypatch.setitem(app.extensions["file_rules"], "inspection", FileRules(lets_go=lambda *_: True))
    browser.post(f"/files/{made.id}/removal", {"reason": " "}, status=422)
    assert made.removed_at is None
    browser.post(f"/files/{made.id}/removal", {"reason": "Nhầm tệp"})
    assert db.session.get(Attachment, made.id).removed_reason == "Nhầm tệp"


def test_the_progress_of_a_paper_is_a_page_and_json_and_ends_with_the_file(client, visit, app, monkeypatch) -> None:
    lead = make_person()
    put_on_team(visit, lead)
    source = PaperSource("<p></p>", "Biên bản thử", visit.unit_id)
    monkeypatch.setitem(app.extensions["papers"], "trial", lambda _: source)
    monkeypatch.setattr("inspect_app.documents.actions.paper_engine", Engine)
    with transaction():
        job = ask_for_paper(visit, "trial", data_hash="a" * 64, by=lead, at=AT)
    browser = client.sign_in(lead)
    assert "Đang chờ máy chủ" in browser.get(f"/renders/{job.id}").text
    as_json = {"Accept": "application/json"}
    assert browser.http.get(f"/renders/{job.id}", headers=as_json).get_json()["state"] == "queued"
    run_waiting("paper")
    assert browser.http.get(f"/renders/{job.id}", headers=as_json).get_json()["state"] == "done"
    page = browser.get(f"/renders/{job.id}")
    [link] = [tag["href"] for tag in page.select("a.button.primary")]
    assert opened(browser, link).data == PDF
    client.sign_in(make_head(make_unit("UBND xã Khác"))).get(f"/renders/{job.id}", status=404)


def test_a_paper_that_failed_says_why(client, visit, app, monkeypatch) -> None:
    lead = make_person()
    put_on_team(visit, lead)
    monkeypatch.setitem(app.extensions["papers"], "trial", lambda _: PaperSource("<p></p>", "Thử", visit.unit_id))
    monkeypatch.setattr("inspect_app.documents.actions.paper_engine", lambda: Engine(RuntimeError("broken")))
    with transaction():
        job = ask_for_paper(visit, "trial", data_hash="a" * 64, by=lead, at=AT)
    run_waiting("paper")
    assert "Không tạo được PDF" in client.sign_in(lead).get(f"/renders/{job.id}").text
