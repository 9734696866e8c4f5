"""Changes that were put aside: seen, answered or applied after all, never lost."""

from typing import Any

import pytest
from sqlalchemy import select

from inspect_app.audit.models import AuditEntry
from inspect_app.db import db, new_id, transaction
from inspect_app.inspections.actions import continue_inspection
from inspect_app.inspections.models import Answer, Inspection
from inspect_app.inspections.queries import members_of
from inspect_app.notifications.models import Notice
from inspect_app.permissions import Role
from inspect_app.queue import run_waiting
from inspect_app.refusals import Refused
from inspect_app.sync.actions import take_in
from inspect_app.sync.actions_parked import answer_parked, apply_again, apply_late, note_late
from inspect_app.sync.models import Mutation, Parked
from inspect_app.sync.queries_parked import find_parked, late_changes
from inspect_app.sync.rules import written
from tests.client import Client
from tests.inspections.visits import AT, World, make_visit, make_world
from tests.makers import actor_of, add, make_officer
from tests.sync.test_actions import change

WORDS = "Biên bản đã ký, không nhận nữa"


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def signed(world: World) -> Inspection:
    return make_visit(world, "minutes_signed")


def park(world: World, *changes: Any) -> list[Parked]:
    with transaction():
        take_in(list(changes), by=actor_of(world.member), at=AT)
    return list(db.session.scalars(select(Parked).order_by(Parked.id)))


def late(world: World, visit: Inspection, **other: Any) -> Parked:
    return find_parked(park(world, change(world, visit, "A.2", {"events": 3}, **other))[-1].id)


def admin(world: World) -> Any:
    return make_officer(Role.ADMIN, world.city, "Quản Trị")


def test_the_leader_sees_what_came_late_in_words(client: Client, world: World, signed: Inspection) -> None:
    late(world, signed)
    page = client.sign_in(world.lead).get(f"/inspections/{signed.id}")
    card = next(card for card in page.select("section.card") if "Thay đổi đến muộn" in card.get_text())
    words = " ".join(card.get_text(" ").split())
    for part in ("Câu trả lời · A.2", "3 lần", "Bùi Thành Viên", "T3", "14/09/2026 10:39", "14/09/2026 10:40"):
        assert part in words, part
    assert "Áp dụng" not in words.replace("không áp dụng", ""), "the record is closed"
    for other in (world.member, world.office):
        assert "Thay đổi đến muộn" not in client.sign_in(other).get(f"/inspections/{signed.id}").text


def test_the_leader_notes_a_late_change_with_a_reason_and_the_author_hears_of_it(
    client: Client, world: World, signed: Inspection
) -> None:
    row = late(world, signed)
    address = f"/inspections/{signed.id}/late-changes/{row.id}"
    browser = client.sign_in(world.lead)
    assert '"events":3' in browser.get(address).text
    browser.post(address, {"words": " "}, status=422)
    browser.post(f"{address}/application", status=409)
    browser.post(address, {"words": WORDS})
    kept = find_parked(row.id)
    assert (kept.outcome, kept.answer, kept.answered_by.name) == ("noted", WORDS, "Trần Trưởng Đoàn")
    browser.post(address, {"words": "Lần nữa"}, status=422)
    run_waiting("default")
    notice = db.session.scalar(select(Notice).where(Notice.person_id == world.member.id))
    assert notice.facts["words"] == WORDS and notice.path == "/tablet"
    assert db.session.scalar(select(AuditEntry.reason).where(AuditEntry.action == "late change noted")) == WORDS
    assert WORDS in browser.get(f"/inspections/{signed.id}").text and db.session.scalar(select(Answer)) is None
    assert WORDS in client.sign_in(world.member).get("/tablet").text


@pytest.mark.parametrize("who", ["member", "office", "head"])
def test_nobody_else_decides_on_a_late_change(client: Client, world: World, signed: Inspection, who: str) -> None:
    address = f"/inspections/{signed.id}/late-changes/{late(world, signed).id}"
    browser = client.sign_in(getattr(world, who))
    browser.get(address, status=403)
    browser.post(address, {"words": "Thử"}, status=403)
    browser.post(f"{address}/application", status=403)


def test_a_late_change_of_another_visit_is_not_found(client: Client, world: World, signed: Inspection) -> None:
    other = make_visit(world, number=900)
    address = f"/inspections/{other.id}/late-changes/{late(world, signed).id}"
    client.sign_in(world.lead).get(address, status=404)


def test_a_change_sent_while_the_visit_was_suspended_is_let_in_when_it_goes_on(client: Client, world: World) -> None:
    visit = make_visit(world, "suspended")
    row = late(world, visit)
    with pytest.raises(Refused, match="không mở"):
        apply_late(row, by=actor_of(world.lead), at=AT)
    with transaction():
        continue_inspection(visit, by=actor_of(world.lead), at=AT)
    browser = client.sign_in(world.lead)
    browser.submit(f"/inspections/{visit.id}", f"/late-changes/{row.id}/application")
    answer = db.session.scalar(select(Answer))
    assert (answer.value, answer.author_id, answer.device) == ({"events": 3}, world.member.id, "T3")
    assert find_parked(row.id).outcome == "applied"
    known = db.session.scalar(select(Mutation))
    assert known.result["result"] == "applied" and known.inspection_id == visit.id
    again = change(world, visit, "A.2", {"events": 3}, id=str(known.id))
    assert take_in([again], by=actor_of(world.member), at=AT)[0]["result"] == "applied", "the tablet hears of it"
    browser.post(f"/inspections/{visit.id}/late-changes/{row.id}/application", status=409)


def test_what_differs_from_the_answer_in_force_is_let_in_as_a_conflict(world: World) -> None:
    visit = make_visit(world, "suspended")
    row = late(world, visit)
    with transaction():
        continue_inspection(visit, by=actor_of(world.lead), at=AT)
        mine = change(world, visit, "A.2", {"events": 1}, author=str(world.lead.id), device="T1")
        take_in([mine], by=actor_of(world.lead), at=AT)
        assert apply_late(row, by=actor_of(world.lead), at=AT) == "conflict"
    assert db.session.scalar(select(Answer)).value == {"events": 1}


def test_an_administrator_lists_what_is_parked_and_answers_it(client: Client, world: World, signed: Inspection) -> None:
    visit = make_visit(world, number=900)
    park(world, change(world, visit, "A.1.1", {"level": 99}), "nonsense", {"id": "<b>"}, change(world, signed, seq=2))
    browser = client.sign_in(admin(world))
    page = browser.get("/system/parked")
    assert len(page.select("tbody tr")) == 4
    assert "không có mức đã chọn" in page.text and "Máy chủ không đọc được" in page.text
    row = db.session.scalar(select(Parked).where(Parked.reason == "invalid"))
    one = browser.get(f"/system/parked/{row.id}")
    assert one.select("details pre")[0].get_text() == row.body
    browser.post(f"/system/parked/{row.id}", {"words": "Hãy trả lời lại"})
    assert len(browser.get("/system/parked").select("tbody tr")) == 3
    assert "Hãy trả lời lại" in browser.get("/system/parked", view="answered").text
    run_waiting("default")
    assert db.session.scalar(select(Notice.message)).startswith("Thay đổi được giữ riêng")
    for wrong in (world.lead, world.member, world.office):
        client.sign_in(wrong).get("/system/parked", status=403)
    browser.get(f"/system/parked/{new_id()}", status=404)


def test_a_photo_that_was_put_aside_is_named_and_not_let_in_as_a_change(
    client: Client, world: World, signed: Inspection
) -> None:
    body = written({"op": "photo", "size": 9, "name": "bang.jpg", "taken_at": "2026-09-14T10:00:00+07:00"})
    kept = {"mutation_id": "x", "author_id": world.member.id, "inspection_id": signed.id, "received_at": AT}
    row = add(Parked(**kept, body=body, reason="closed"))
    page = client.sign_in(world.lead).get(f"/inspections/{signed.id}")
    assert "bang.jpg" in page.text and "14/09/2026 10:00" in page.text
    browser = client.sign_in(admin(world))
    assert not browser.get(f"/system/parked/{row.id}").select("form[action$='/application']")
    assert "nguyên bản vẫn được giữ" in browser.post(f"/system/parked/{row.id}/application", status=409).text


def test_what_still_cannot_be_is_refused_in_words_and_stays_parked(
    client: Client, world: World, signed: Inspection
) -> None:
    rows = park(world, change(world, signed), "nonsense", change(world, signed, seq=2, template_version="e" * 64))
    browser = client.sign_in(admin(world))
    answers = {row.reason: browser.post(f"/system/parked/{row.id}/application", status=409).text for row in rows}
    assert "Biên bản đã ký" in answers["closed"]
    assert "không đọc được" in answers["unreadable"] and "Bộ tiêu chí" in answers["template"]
    assert all(find_parked(row.id).answered_at is None for row in rows)


def test_an_administrator_lets_in_what_a_shared_tablet_sent_in_anothers_name(world: World) -> None:
    visit = make_visit(world)
    row = late(world, visit, author=str(world.lead.id))
    assert row.reason == "other_author"
    with transaction():
        assert apply_again(row, by=actor_of(admin(world)), at=AT) == "applied"
    assert db.session.scalar(select(Answer)).author_id == world.lead.id
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "parked change applied"))
    assert entry.details["made_by"] == str(world.lead.id)


def test_somebody_no_longer_on_the_team_is_not_let_in_by_the_back_door(world: World) -> None:
    visit = make_visit(world)
    next(seat for seat in members_of(visit.id) if seat.person_id == world.member.id).left_at = AT
    db.session.commit()
    row = late(world, visit)
    with pytest.raises(Refused, match="không còn trong đoàn"):
        apply_again(row, by=actor_of(admin(world)), at=AT)


def test_a_change_under_a_used_id_is_let_in_beside_the_first(world: World) -> None:
    visit = make_visit(world)
    sent = change(world, visit, "A.2", {"events": 1})
    row = park(world, sent, sent | {"criterion": "A.1.2", "value": {"value": True}})[0]
    assert row.reason == "id_reused"
    with transaction():
        assert apply_again(find_parked(row.id), by=actor_of(admin(world)), at=AT) == "applied"
    assert {one.criterion_code for one in db.session.scalars(select(Answer))} == {"A.2", "A.1.2"}
    assert take_in([sent], by=actor_of(world.member), at=AT)[0]["answer"]["value"] == {"events": 1}


@pytest.mark.parametrize("settle", [answer_parked, note_late])
def test_an_answer_needs_words_and_is_given_once(world: World, signed: Inspection, settle: Any) -> None:
    row = late(world, signed)
    by = actor_of(world.lead)
    with pytest.raises(Refused, match="Hãy ghi"):
        settle(row, " ", by=by, at=AT)
    with transaction():
        settle(row, WORDS, by=by, at=AT)
    with pytest.raises(Refused, match="đã được trả lời"):
        settle(row, WORDS, by=by, at=AT)
    with pytest.raises(Refused, match="đã được trả lời"):
        apply_again(row, by=by, at=AT)
    assert [one.id for one in late_changes(signed.id)] == [row.id], "it stays in the list"


def test_the_author_sees_their_own_and_nobody_elses(client: Client, world: World, signed: Inspection) -> None:
    late(world, signed)
    assert "không thay đổi được nữa" in client.sign_in(world.member).get("/tablet").text
    assert "không thay đổi được nữa" not in client.sign_in(world.lead).get("/tablet").text


def test_an_acknowledgement_says_why_in_the_readers_language(client: Client, world: World) -> None:
    visit = make_visit(world)
    browser = client.sign_in(world.member)
    sent = change(world, visit, "A.1.1", {"level": 99})
    reply = browser.post_json("/sync/changes", {"changes": [sent]}, status=201)
    assert reply["ack"][0]["words"] == "Tiêu chí A.1.1: không có mức đã chọn."
