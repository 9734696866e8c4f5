"""What was done on the tablet, on the pages of the visit: draws, signatures; the unit's signature at the signing."""

from typing import Any

import pytest
from sqlalchemy import select

from inspect_app.db import db, transaction
from inspect_app.findings.actions import take_back_finding
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import as_recorded
from inspect_app.inspections.actions import note_refusal, prepare_minutes, record_answer, rest_on_glass, sign_minutes
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.paper import minutes, sheet_of
from inspect_app.inspections.queries import find_visible
from inspect_app.inspections.queries_review import hash_of_record, signatures_of
from inspect_app.inspections.rules import State
from inspect_app.inspections.rules_tablet import content_digest, drawing_of, hash_of
from inspect_app.refusals import Refused
from inspect_app.sync.actions import take_in
from inspect_app.sync.queries_ops import content_now
from tests.client import Client
from tests.inspections.test_review import PLAIN
from tests.inspections.visits import AT, EVERYTHING_RIGHT, World, make_visit, make_world
from tests.makers import actor_of
from tests.sync.test_actions import change
from tests.sync.test_ops import finding, op, sample, signature


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    """Field work is done, the minutes have their number."""
    inspection = make_visit(world, "field_done")
    with transaction():
        for code, value in EVERYTHING_RIGHT.items():
            record_answer(inspection, code, value, by=actor_of(world.member), at=AT)
        prepare_minutes(inspection, PLAIN, by=actor_of(world.lead), at=AT)
    return inspection


def now(visit: Inspection) -> str:
    return content_digest(content_now(visit.id))


def send(world: World, *changes: dict[str, Any]) -> None:
    with transaction():
        acks = take_in(list(changes), by=actor_of(world.lead), at=AT)
    assert {ack["result"] for ack in acks} == {"applied"}


def sign_on_glass(world: World, visit: Inspection, **other: Any) -> None:
    send(world, op(world, visit, "signature", signature(digest=now(visit), **other)))


def answer_anew(world: World, visit: Inspection) -> None:
    with transaction():
        record_answer(visit, "A.2", {"events": 5}, note="Sai", by=actor_of(world.member), at=AT)


def test_the_content_is_what_a_tablet_collects(world: World, visit: Inspection) -> None:
    content = content_now(visit.id)
    assert set(content["answers"]) == set(EVERYTHING_RIGHT)
    assert content["answers"]["A.2"] == [hash_of({"events": 0}), hash_of("")]
    value = finding()
    send(world, op(world, visit, "finding", value, "A.2"))
    assert content_now(visit.id)["findings"] == [value["id"]]
    with transaction():
        take_back_finding(db.session.scalar(select(Finding)), visit, reason="Nhầm", by=actor_of(world.lead), at=AT)
        record_answer(visit, "A.2", None, by=actor_of(world.lead), at=AT)
    content = content_now(visit.id)
    assert content["findings"] == [] and "A.2" not in content["answers"], "what was taken back is no content"


def test_a_pack_brings_draws_signatures_claims_and_photos(client: Client, world: World, visit: Inspection) -> None:
    send(world, op(world, visit, "sample", sample(), "A.2"), op(world, visit, "claim", {"section": "B"}, seq=2))
    sign_on_glass(world, visit)
    pack = client.sign_in(world.member).get(f"/sync/inspections/{visit.id}").response.get_json()
    assert pack["samples"]["A.2"] == [sample()]
    assert pack["sections"] == {"B": ["Trần Trưởng Đoàn"]} and pack["file_hashes"] == []
    assert pack["signatures"][0]["name"] == "Trần A" and pack["signatures"][0]["side"] == "unit"
    assert pack["inspection"]["lead"] is False


def test_the_page_of_the_visit_shows_draws_and_signatures(client: Client, world: World, visit: Inspection) -> None:
    send(world, op(world, visit, "sample", sample(), "A.2"), op(world, visit, "claim", {"section": "B"}, seq=2))
    sign_on_glass(world, visit, name="<b>Trần A</b>")
    page = client.sign_in(world.office).get(f"/inspections/{visit.id}")
    assert "7, 25, 38, 55, 62" in page.text and "42" in page.text and "12 trên 120 hồ sơ" in page.text
    assert "Phần B" in page.text and "Đúng nội dung này" in page.text and "<b>Trần A</b>" in page.text
    assert [path["d"] for path in page.select("svg.signature path")] == ["M0 0L500 160", "M1000 400L1000 400"]
    answer_anew(world, visit)
    assert "Ký trên nội dung khác" in client.sign_in(world.office).get(f"/inspections/{visit.id}").text
    assert "Trần A" not in client.sign_in(world.head).get(f"/inspections/{visit.id}").text, "a draft till the signing"


def test_the_minutes_rest_on_a_signature_over_the_same_content(client: Client, world: World, visit: Inspection) -> None:
    sign_on_glass(world, visit)
    lead = client.sign_in(world.lead)
    page = lead.get(f"/inspections/{visit.id}/minutes")
    assert "trên đúng nội dung này" in page.text
    lead.submit(f"/inspections/{visit.id}/minutes", "/glass-signature")
    lead.submit(f"/inspections/{visit.id}/minutes", "/signature")
    db.session.refresh(visit)
    assert visit.state is State.MINUTES_SIGNED
    side = sheet_of(find_visible(actor_of(world.lead), visit.id)).sides["head"]
    assert (side.name, side.title, side.holds) == ("Trần A", "Chủ tịch", True)
    assert lead.get(f"/inspections/{visit.id}/minutes").select("svg.signature path")
    source = minutes(visit.id)
    assert "<svg" in source.html and "Đã ký trên máy tính bảng" in source.html and "M0 0L500 160" in source.html


def test_a_signature_over_another_content_does_not_count_and_signing_asks_as_before(
    client: Client, world: World, visit: Inspection
) -> None:
    sign_on_glass(world, visit)
    answer_anew(world, visit)
    lead = client.sign_in(world.lead)
    page = lead.get(f"/inspections/{visit.id}/minutes")
    assert "ký trên nội dung khác" in page.text and not page.select("form[action$='/glass-signature']")
    shown = {"shown_hash": hash_of_record(visit, as_recorded)}
    lead.post(f"/inspections/{visit.id}/glass-signature", shown, status=409)
    lead.submit(f"/inspections/{visit.id}/minutes", "/signature")
    client.sign_in(world.head).submit(f"/inspections/{visit.id}/minutes", "/signature")
    db.session.refresh(visit)
    assert visit.state is State.MINUTES_SIGNED


def test_a_signature_that_was_taken_in_loses_its_force_with_the_content(world: World, visit: Inspection) -> None:
    sign_on_glass(world, visit)
    rest(world, visit)
    answer_anew(world, visit)
    assert not sheet_of(find_visible(actor_of(world.lead), visit.id)).sides["head"].holds
    with pytest.raises(Refused, match="nội dung khác"):
        rest(world, visit)


def test_a_page_that_has_grown_stale_takes_nothing_in(world: World, visit: Inspection) -> None:
    sign_on_glass(world, visit)
    with pytest.raises(Refused, match="đã thay đổi"):
        rest(world, visit, shown="0" * 64)


def test_a_refusal_on_the_tablet_is_taken_in_with_its_witness(client: Client, world: World, visit: Inspection) -> None:
    refusal = {"reason": "Không đồng ý", "witness": "Lê Chứng", "digest": now(visit)}
    send(world, op(world, visit, "refusal", refusal))
    lead = client.sign_in(world.lead)
    assert "Lê Chứng" in lead.get(f"/inspections/{visit.id}").text
    lead.submit(f"/inspections/{visit.id}/minutes", "/glass-signature")
    row = signatures_of(visit.id)["head"]
    assert (row.refused, row.witness, row.refusal_reason) == (True, "Lê Chứng", "Không đồng ý")
    lead.submit(f"/inspections/{visit.id}/minutes", "/signature")
    db.session.refresh(visit)
    assert visit.state is State.MINUTES_SIGNED


def test_without_a_signature_there_is_nothing_to_rest_on(world: World, visit: Inspection) -> None:
    send(world, op(world, visit, "signature", signature(side="lead", digest=now(visit))))
    with pytest.raises(Refused, match="nội dung khác"):
        rest(world, visit)


@pytest.mark.parametrize("who", ["member", "head", "office"])
def test_only_the_leader_takes_it_in(client: Client, world: World, visit: Inspection, who: str) -> None:
    sign_on_glass(world, visit)
    shown = {"shown_hash": hash_of_record(visit, as_recorded)}
    client.sign_in(getattr(world, who)).post(f"/inspections/{visit.id}/glass-signature", shown, status=403)


@pytest.mark.parametrize("way", ["sign", "refuse", "glass"])
def test_nobody_signs_while_a_conflict_is_open(world: World, visit: Inspection, way: str) -> None:
    sign_on_glass(world, visit)
    other = change(world, visit, "A.2", {"events": 9})
    conflict = take_in([other], by=actor_of(world.member), at=AT)[0]
    assert conflict["result"] == "conflict"
    record = {"shown_hash": hash_of_record(visit, as_recorded), "findings": as_recorded}
    record |= {"by": actor_of(world.lead), "at": AT}
    with pytest.raises(Refused, match=r"mâu thuẫn chưa chọn: A\.2"):
        if way == "sign":
            sign_minutes(visit, "lead", **record)
        elif way == "refuse":
            note_refusal(visit, witness="A", reason="B", **record)
        else:
            rest_on_glass(visit, content=now(visit), **record)


def test_strokes_become_a_picture() -> None:
    drawing = drawing_of([[10, 20, 30, 40], [], [5, 5]])
    assert drawing.box == "-15 -18 65 54" and drawing.paths == ("M10 8L30 16", "M5 2L5 2")
    assert drawing_of([]) is None and drawing_of([[]]) is None


def rest(world: World, visit: Inspection, shown: str | None = None) -> bool:
    given = {"shown_hash": shown or hash_of_record(visit, as_recorded), "findings": as_recorded}
    with transaction():
        return rest_on_glass(visit, content=now(visit), **given, by=actor_of(world.lead), at=AT)
