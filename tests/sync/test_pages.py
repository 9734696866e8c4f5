"""The tablet over HTTP: the pack, the changes, and the same visit without script."""

import io
from datetime import date
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from inspect_app.db import db, new_id
from inspect_app.documents.models import Attachment
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection
from inspect_app.sync.models import Mutation, Parked
from tests.client import Client
from tests.inspections.visits import AT, World, make_visit


def change(
    world: World, visit: Inspection, criterion: str = "A.1.2", value: Any = None, **other: Any
) -> dict[str, Any]:
    sent = {
        "id": str(new_id()),
        "device": "T3",
        "seq": 1,
        "author": str(world.member.id),
        "inspection": str(visit.id),
        "criterion": criterion,
        "op": "answer",
        "base_version": 0,
        "base_value_hash": None,
        "value": value or {"value": True},
        "note": "",
        "client_time": "2026-09-14T10:39:00+07:00",
        "template_version": world.rubric.content_hash,
        "app_version": "1",
    }
    return sent | other


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_changes_are_answered_with_who_answers_and_what_became_of_each(
    client: Client, world: World, visit: Inspection
) -> None:
    browser = client.sign_in(world.member)
    sent = [change(world, visit), {"id": "x"}]
    reply = browser.post_json("/sync/changes", {"changes": sent}, status=201)
    assert set(reply) == {"deployment", "epoch", "backed_up_until", "server_time", "ack"}
    assert reply["epoch"] == 1 and reply["server_time"].startswith("2026-09-14T")
    assert [ack["result"] for ack in reply["ack"]] == ["applied", "parked:unreadable"]
    again = browser.post_json("/sync/changes", {"changes": sent}, status=201)
    assert again["deployment"] == reply["deployment"]
    assert again["ack"] == reply["ack"]
    assert count(Mutation) == 1 and count(Parked) == 1


def test_more_than_fifty_changes_are_not_looked_at(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)
    many = [change(world, visit, seq=seq) for seq in range(51)]
    browser.post_json("/sync/changes", {"changes": many}, status=413)
    assert count(Answer) == 0
    browser.post_json("/sync/changes", {"changes": many[:50]}, status=201)
    assert count(Mutation) == 50


@pytest.mark.parametrize("body", [[], {}, {"changes": {}}, {"changes": None}, "x", 1])
def test_what_is_no_list_of_changes_is_refused(client: Client, world: World, body: Any) -> None:
    client.sign_in(world.member).post_json("/sync/changes", body, status=400)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'{"changes": [NaN, 1e999]}x'])
def test_broken_json_is_refused(client: Client, world: World, body: bytes) -> None:
    browser = client.sign_in(world.member)
    headers = {"X-CSRFToken": browser.csrf(), "Content-Type": "application/json"}
    assert browser.http.post("/sync/changes", data=body, headers=headers).status_code == 400


def test_a_body_too_large_is_refused_unread(client: Client, world: World) -> None:
    browser = client.sign_in(world.member)
    body = {"changes": ["x" * 1_100_000]}
    browser.post_json("/sync/changes", body, status=413)


def test_changes_need_the_token_of_the_page_and_a_session(client: Client, world: World, visit: Inspection) -> None:
    body = {"changes": [change(world, visit)]}
    browser = client.sign_in(world.member)
    assert browser.http.post("/sync/changes", json=body).status_code == 400
    stranger = Client(client.app)
    answer = stranger.http.post("/sync/changes", json=body, headers={"X-CSRFToken": stranger.csrf()})
    assert answer.status_code == 401
    assert count(Answer) == 0


def test_work_of_somebody_taken_off_their_only_team_is_kept_aside(
    client: Client, world: World, visit: Inspection
) -> None:
    browser = client.sign_in(world.member)
    from inspect_app.inspections.queries import members_of

    next(m for m in members_of(visit.id) if m.person_id == world.member.id).left_at = AT
    db.session.commit()
    reply = browser.post_json("/sync/changes", {"changes": [change(world, visit)]}, status=201)
    assert reply["ack"][0]["result"] == "parked:not_on_team"
    browser.get(f"/sync/inspections/{visit.id}", status=403)


def test_the_pack_holds_what_a_tablet_needs(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)
    browser.post_json("/sync/changes", {"changes": [change(world, visit)]}, status=201)
    pack = browser.get(f"/sync/inspections/{visit.id}").response.get_json()
    assert pack["rubric"]["groups"][0]["code"] == "A"
    assert pack["template_version"] == world.rubric.content_hash
    assert pack["answers"]["A.1.2"]["value"] == {"value": True}
    assert pack["answers"]["A.1.2"]["version"] == 1 and pack["answers"]["A.1.2"]["others"] == []
    assert pack["words"]["saving"] == "Đang lưu…" and len(pack["reasons"]) == 5
    assert pack["deployment"] and pack["csrf"]


def test_only_the_team_gets_the_pack(client: Client, world: World, visit: Inspection) -> None:
    for person in (world.office, world.head):
        client.sign_in(person).get(f"/sync/inspections/{visit.id}", status=403)


def test_my_visits_are_listed_with_their_progress(client: Client, world: World, visit: Inspection) -> None:
    page = client.sign_in(world.member).get("/tablet")
    assert world.unit.name in page.text and "0/12" in page.text


def test_one_visit_at_most_has_the_main_button(client: Client, world: World) -> None:
    late = make_visit(world, "notified", started_at=None, starts_on=date(2026, 8, 27), ends_on=date(2026, 8, 28))
    make_visit(world, "notified", started_at=None, starts_on=date(2026, 9, 14))
    browser = client.sign_in(world.lead)
    assert [link["href"] for link in browser.get("/tablet").select("a.primary")] == [f"/inspections/{late.id}/start"]
    begun = make_visit(world)
    assert [link["href"] for link in browser.get("/tablet").select("a.primary")] == [f"/tablet/inspections/{begun.id}"]


def test_opening_a_visit_leads_to_the_first_section_that_is_not_done(
    client: Client, world: World, visit: Inspection
) -> None:
    browser = client.sign_in(world.member)
    page = browser.follow(browser.get(f"/tablet/inspections/{visit.id}", status=302))
    assert page.h1 == world.unit.name
    assert page.select(".section-index [aria-current=page] .name")[0].get_text() == "Tổ chức thực hiện"
    assert [code.get_text() for code in page.select(".criterion .code")] == [
        "A.1.1",
        "A.1.2",
        "A.1.3",
        "A.2",
        "A.3",
        "A.4",
    ]


PLAIN_ANSWERS = [
    (1, "A.1.1", {"answer": "1"}, {"level": 1}),
    (1, "A.1.2", {"answer": "no"}, {"value": False}),
    (1, "A.1.3", {"numerator": "41", "denominator": "48"}, {"numerator": 41, "denominator": 48}),
    (1, "A.3", {"rate_pct": "85,4"}, {"rate_pct": "85.4"}),
    (1, "A.2", {"events": "3"}, {"events": 3}),
    (2, "B.2", {"share_pct": "90"}, {"share_pct": "90"}),
    (2, "B.3", {"counts": ["5", "3", "", "1"]}, {"counts": [5, 3, 0, 1]}),
    (3, "C.3", {"events": "2"}, {"events": 2}),
    (
        1,
        "A.1.1",
        {"answer": "na", "na_reason": "Không phát sinh trong kỳ kiểm tra"},
        {"na": "Không phát sinh trong kỳ kiểm tra"},
    ),
    (3, "C.1", {"answer": "na", "na_reason": "other", "na_other": "Vì khác"}, {"na": "Vì khác"}),
]


@pytest.mark.parametrize(("section", "code", "typed", "value"), PLAIN_ANSWERS)
def test_the_same_answers_are_recorded_without_script(
    client: Client, world: World, visit: Inspection, section: int, code: str, typed: dict[str, Any], value: Any
) -> None:
    browser = client.sign_in(world.member)
    browser.get(f"/tablet/inspections/{visit.id}/{section}")
    sent = {"criterion": code, "base_version": "0", "note": "Đã xem", **typed}
    answer = browser.post(f"/tablet/inspections/{visit.id}/answers", sent)
    assert answer.response.headers["Location"].endswith(f"/{section}#tc-{code}")
    kept = db.session.scalar(select(Answer))
    assert (kept.value, kept.note) == (value, "Đã xem")
    page = browser.get(f"/tablet/inspections/{visit.id}/{section}")
    again = browser.post(f"/tablet/inspections/{visit.id}/answers", form_of(page, code))
    assert again.status == 303 and count(AnswerVersion) == 1, "the page sends back what it shows"


def form_of(page: Any, code: str) -> dict[str, Any]:
    form = page.select(f'[id="tc-{code}"] form')[0]
    values = page.values(form)
    counts = [str(field.get("value", "")) for field in form.select("[name=counts]")]
    return values | ({"counts": counts} if counts else {})


def test_a_wrong_answer_comes_back_with_words_and_what_was_typed(
    client: Client, world: World, visit: Inspection
) -> None:
    browser = client.sign_in(world.member)
    sent = {"criterion": "A.1.3", "base_version": "0", "numerator": "60", "denominator": "48", "note": "Đếm lại"}
    page = browser.post(f"/tablet/inspections/{visit.id}/answers", sent, status=422)
    assert "số đạt lớn hơn tổng số" in page.text
    assert page.select('[name=numerator][value="60"]') and "Đếm lại" in page.text
    for typed in ({"numerator": "nhiều", "denominator": "48"}, {"answer": "na", "na_reason": ""}, {"rate_pct": "120"}):
        page = browser.post(f"/tablet/inspections/{visit.id}/answers", {"criterion": "A.1.3", **typed}, status=422)
    assert count(Answer) == 0


def test_two_people_without_script_lose_nothing(client: Client, world: World, visit: Inspection) -> None:
    first, second = client.sign_in(world.member), client.sign_in(world.lead)
    address = f"/tablet/inspections/{visit.id}/answers"
    first.post(address, {"criterion": "A.2", "base_version": "0", "events": "1", "note": "Quý I"})
    second.post(address, {"criterion": "A.2", "base_version": "0", "events": "2", "note": "Quý II"})
    page = first.get(f"/tablet/inspections/{visit.id}/1")
    assert "Có hai câu trả lời khác nhau" in page.text and "Quý II" in page.text
    assert page.select(".criterion.needs-you .code")[0].get_text() == "A.2"
    kept = form_of(page, "A.2")
    assert kept["events"] == "1"
    first.post(address, kept | {"events": "2", "note": "Quý I và II"})
    assert "Có hai câu trả lời khác nhau" not in first.get(f"/tablet/inspections/{visit.id}/1").text


def test_a_closed_record_is_shown_and_takes_nothing(client: Client, world: World) -> None:
    visit = make_visit(world, "minutes_signed")
    browser = client.sign_in(world.member)
    page = browser.get(f"/tablet/inspections/{visit.id}/1")
    assert "chỉ để xem" in page.text and not page.select(".criterion form button")
    browser.post(f"/tablet/inspections/{visit.id}/answers", {"criterion": "A.2", "events": "1"}, status=422)


def test_a_photo_is_taken_in_at_its_criterion(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    data = {"criterion": "A.1.1", "files": (io.BytesIO(picture.getvalue()), "bang.jpg"), "csrf_token": browser.csrf()}
    answer = browser.http.post(
        f"/inspections/{visit.id}/attachments",
        data=data,
        content_type="multipart/form-data",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 201, answer.text
    file = answer.get_json()["attachments"][0]
    assert file["criterion"] == "A.1.1" and file["thumb"]
    assert db.session.scalar(select(Attachment)).criterion_code == "A.1.1"
    with browser.http.get(file["url"]) as opened:
        assert opened.status_code == 200
    assert client.sign_in(world.head).http.get(file["url"]).status_code == 404, "the unit sees it after signing"
    page = browser.get(f"/tablet/inspections/{visit.id}/1")
    assert page.select('[id="tc-A.1.1"] img')


@pytest.mark.parametrize(("criterion", "files"), [("Z.9", True), ("A.1.1", False)])
def test_a_photo_without_a_criterion_or_without_bytes_is_refused(
    client: Client, world: World, visit: Inspection, criterion: str, files: bool
) -> None:
    browser = client.sign_in(world.member)
    data: dict[str, Any] = {"criterion": criterion}
    if files:
        data["files"] = (io.BytesIO(b"x"), "a.pdf")
    answer = browser.http.post(
        f"/inspections/{visit.id}/attachments",
        data=data | {"csrf_token": browser.csrf()},
        content_type="multipart/form-data",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 422


def test_a_section_that_is_not_there_is_not_found(client: Client, world: World, visit: Inspection) -> None:
    browser = client.sign_in(world.member)
    for number in (0, 9):
        browser.get(f"/tablet/inspections/{visit.id}/{number}", status=404)
    browser.post(f"/tablet/inspections/{visit.id}/answers", {"criterion": "Z"}, status=404)
