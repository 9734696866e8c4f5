"""The operations beside answers and notes: by the same actions as the pages, once, parked with words when refused."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inspect_app.audit.models import AuditEntry
from inspect_app.db import db, new_id
from inspect_app.documents.models import Attachment, StoredFile
from inspect_app.findings.models import Finding
from inspect_app.inspections.actions import record_answer
from inspect_app.inspections.models import GlassSignature, Inspection, SampleDraw, SectionClaim
from inspect_app.inspections.queries_tablet import claims_of, glass_of_unit
from inspect_app.inspections.rules import State
from inspect_app.inspections.rules_tablet import draw
from inspect_app.sync.actions import take_in
from inspect_app.sync.models import Mutation, Parked
from tests.inspections.visits import AT, EVERYTHING_RIGHT, World, make_visit, make_world
from tests.makers import actor_of, add, make_finding
from tests.sync.test_actions import change

DIGEST = "d" * 64


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    return make_visit(world)


def op(world: World, visit: Inspection, name: str, value: Any, criterion: str = "", **other: Any) -> dict[str, Any]:
    """A change by the leader."""
    sent = change(world, visit, criterion, value, author=str(world.lead.id), device="T1")
    return sent | {"op": name} | other


def send(world: World, *changes: Any) -> list[dict[str, Any]]:
    return take_in(list(changes), by=actor_of(world.lead), at=AT)


def result(world: World, *changes: Any) -> list[str]:
    return [ack["result"] for ack in send(world, *changes)]


def by_member(world: World, sent: dict[str, Any]) -> dict[str, Any]:
    return take_in([sent | {"author": str(world.member.id)}], by=actor_of(world.member), at=AT)[0]


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def finding(**other: Any) -> dict[str, Any]:
    words = {"fact": "Chưa niêm yết", "legal_basis": "NĐ 61", "cause_kind": "subjective", "cause": "Chậm"}
    return {"id": str(new_id()), "severity": "medium", "recommendation": "Niêm yết ngay", **words} | other


def sample(**other: Any) -> dict[str, Any]:
    return {"seed": 42, "population": 120, "size": 12, "drawn": draw(42, 120, 12), "label": "Hồ sơ đất đai"} | other


def signature(**other: Any) -> dict[str, Any]:
    strokes = [[0, 0, 500, 400], [1000, 1000]]
    return {"side": "unit", "name": "Trần A", "title": "Chủ tịch", "strokes": strokes, "digest": DIGEST} | other


def a_file(visit: Inspection, **fields: Any) -> Attachment:
    stored = {"sha256": "0" * 64, "size": 1, "media_type": "image/jpeg", "name": "a.jpg", "uploaded_at": AT}
    file = add(StoredFile(**stored, unit_id=visit.unit_id))
    place = {"thing_type": "inspection", "thing_id": visit.id, "purpose": "evidence", "added_at": AT}
    return add(Attachment(file_id=file.id, unit_id=visit.unit_id, criterion_code="A.2", **(place | fields)))


def test_the_leader_starts_answers_and_finishes_without_a_network(world: World) -> None:
    visit = make_visit(world, "notified", notified_at=AT - timedelta(days=3))
    told = "2026-09-14T10:39:30+07:00"
    changes = [op(world, visit, "start", {}, client_time=told)]
    changes += [
        op(world, visit, "answer", value, code, seq=place)
        for place, (code, value) in enumerate(EVERYTHING_RIGHT.items(), 2)
    ]
    changes.append(op(world, visit, "finish", {}, seq=99))
    acks = send(world, *changes)
    assert {ack["result"] for ack in acks} == {"applied"}
    assert visit.state is State.FIELD_DONE and visit.started_at.isoformat() == "2026-09-14T03:39:30+00:00"
    assert acks[0]["audit_seq"] < acks[-1]["audit_seq"] and "answer" not in acks[0]
    again = [op(world, visit, "start", {}, seq=100), op(world, visit, "finish", {}, seq=101)]
    assert result(world, *again) == ["same", "same"]


@pytest.mark.parametrize("told", ["2023-09-14T10:00:00+07:00", "2029-09-14T10:00:00+07:00"])
def test_a_tablet_whose_clock_is_far_off_starts_by_the_servers(world: World, told: str) -> None:
    visit = make_visit(world, "notified")
    assert result(world, op(world, visit, "start", {}, client_time=told)) == ["applied"]
    assert visit.started_at == AT


@pytest.mark.parametrize("name", ["start", "finish"])
def test_a_member_neither_starts_nor_finishes(world: World, name: str) -> None:
    visit = make_visit(world, "notified" if name == "start" else "in_progress")
    ack = by_member(world, op(world, visit, name, {}))
    assert ack["result"] == "parked:invalid" and "trưởng đoàn" in ack["words"]["message"]


def test_field_work_that_lacks_answers_is_not_finished_and_the_words_say_why(world: World, visit: Inspection) -> None:
    ack = send(world, op(world, visit, "finish", {}))[0]
    assert ack["result"] == "parked:invalid" and ack["words"]["facts"]["unanswered"] == 12
    assert visit.state is State.IN_PROGRESS
    assert db.session.scalar(select(Parked)).words == ack["words"]


@pytest.mark.parametrize(
    ("state", "name", "answer"),
    [
        ("suspended", "finish", "parked:suspended"),
        ("notified", "finish", "parked:not_started"),
        ("cancelled", "start", "parked:closed"),
        ("postponed", "start", "parked:invalid"),
        ("suspended", "start", "same"),
        ("minutes_signed", "finish", "same"),
    ],
)
def test_starting_and_finishing_from_other_states(world: World, state: str, name: str, answer: str) -> None:
    visit = make_visit(world, state)
    assert result(world, op(world, visit, name, {})) == [answer]


def test_a_finding_is_raised_once_under_its_own_id(world: World, visit: Inspection) -> None:
    value = finding()
    first = op(world, visit, "finding", value, "A.2")
    second = op(world, visit, "finding", value, "A.2", seq=2)
    assert result(world, first, second, first) == ["applied", "same", "applied"]
    kept = db.session.scalar(select(Finding))
    assert (str(kept.id), kept.fact, kept.severity, kept.cause_kind) == (
        value["id"],
        "Chưa niêm yết",
        "medium",
        "subjective",
    )
    assert kept.raised_by_id == world.lead.id


@pytest.mark.parametrize(
    ("value", "criterion", "answer"),
    [
        (finding(fact=" "), "A.2", "invalid"),
        (finding(severity="dire"), "A.2", "invalid"),
        (finding(cause_kind="fate"), "A.2", "invalid"),
        (finding(), "Z.9", "invalid"),
        (finding(id="x"), "A.2", "unreadable"),
        (finding(fact=5), "A.2", "unreadable"),
        (None, "A.2", "unreadable"),
    ],
)
def test_a_finding_that_says_nothing_known_is_parked(
    world: World, visit: Inspection, value: Any, criterion: str, answer: str
) -> None:
    sent = op(world, visit, "finding", value, criterion) | {"value": value}
    assert result(world, sent, sent) == [f"parked:{answer}"] * 2
    assert count(Finding) == 0 and count(Parked) == 1


def test_a_finding_of_another_visit_is_not_taken_for_this_one(world: World, visit: Inspection) -> None:
    there = make_finding(make_visit(world, number=900))
    assert result(world, op(world, visit, "finding", finding(id=str(there.id)), "A.2")) == ["parked:invalid"]


def test_a_file_is_taken_off_with_its_reason_and_kept(world: World, visit: Inspection) -> None:
    file = a_file(visit)
    value = {"file": str(file.id), "reason": "Chụp nhầm"}
    again = op(world, visit, "file_removal", value, "A.2", seq=2)
    assert result(world, op(world, visit, "file_removal", value, "A.2"), again) == ["applied", "same"]
    assert (file.removed_at, file.removed_reason) == (AT, "Chụp nhầm")


def test_a_file_that_is_not_proof_of_this_visit_stays(world: World, visit: Inspection) -> None:
    paper, other = a_file(visit, purpose="signed_paper"), a_file(make_visit(world, number=901))
    reason = {"reason": "Thử"}
    sent = [op(world, visit, "file_removal", {"file": str(file.id), **reason}) for file in (paper, other)]
    sent.append(op(world, visit, "file_removal", {"file": str(a_file(visit).id), "reason": ""}))
    assert result(world, *sent) == ["parked:invalid"] * 3
    assert paper.removed_at is None and other.removed_at is None


def test_a_draw_is_drawn_again_and_kept(world: World, visit: Inspection) -> None:
    sent = op(world, visit, "sample", sample(), "A.2")
    assert result(world, sent, sent) == ["applied", "applied"]
    kept = db.session.scalar(select(SampleDraw))
    assert (str(kept.id), kept.seed, kept.drawn, kept.label) == (sent["id"], 42, draw(42, 120, 12), "Hồ sơ đất đai")
    assert count(SampleDraw) == 1 and kept.criterion_code == "A.2" and kept.device == "T1"


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        ({"drawn": list(range(1, 13))}, "invalid"),
        ({"size": 0, "drawn": []}, "invalid"),
        ({"population": 10}, "invalid"),
        ({"seed": 2**32}, "unreadable"),
        ({"seed": True}, "unreadable"),
        ({"drawn": "1,2"}, "unreadable"),
    ],
)
def test_numbers_that_the_seed_does_not_draw_are_parked(
    world: World, visit: Inspection, other: dict[str, Any], answer: str
) -> None:
    assert result(world, op(world, visit, "sample", sample(**other), "A.2")) == [f"parked:{answer}"]
    assert count(SampleDraw) == 0


def test_signatures_and_a_refusal_on_glass_are_all_kept(world: World, visit: Inspection) -> None:
    refusal = {"reason": "Không đồng ý điểm", "witness": "Lê Chứng", "digest": DIGEST}
    lead = signature(side="lead", name="Trần Trưởng Đoàn")
    sent = [
        op(world, visit, "signature", lead),
        op(world, visit, "refusal", refusal, seq=2),
        op(world, visit, "signature", signature(), seq=3),
    ]
    assert result(world, *sent) == ["applied"] * 3
    assert count(GlassSignature) == 3
    assert glass_of_unit(visit.id).strokes == [[0, 0, 500, 400], [1000, 1000]]
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"signature on tablet kept", "refusal on tablet kept"} <= actions


@pytest.mark.parametrize(
    ("name", "value", "answer"),
    [
        ("signature", signature(strokes=[]), "invalid"),
        ("signature", signature(name=""), "invalid"),
        ("signature", signature(side="head"), "unreadable"),
        ("signature", signature(digest="D" * 64), "unreadable"),
        ("signature", signature(strokes=[[1]]), "unreadable"),
        ("signature", signature(strokes=[[1, 1001]]), "unreadable"),
        ("signature", signature(strokes=[[1.5, 1]]), "unreadable"),
        ("signature", signature(strokes=[[1, 1] * 10_001]), "unreadable"),
        ("refusal", {"reason": "", "witness": "A", "digest": DIGEST}, "invalid"),
        ("refusal", {"reason": "B", "witness": "", "digest": DIGEST}, "invalid"),
    ],
)
def test_what_is_no_signature_is_parked(
    world: World, visit: Inspection, name: str, value: dict[str, Any], answer: str
) -> None:
    assert result(world, op(world, visit, name, value)) == [f"parked:{answer}"]
    assert count(GlassSignature) == 0


def test_a_claim_is_seen_moves_and_is_given_up(world: World, visit: Inspection) -> None:
    first = op(world, visit, "claim", {"section": "A"})
    assert result(world, first, op(world, visit, "claim", {"section": "A"}, seq=2)) == ["applied", "same"]
    assert by_member(world, op(world, visit, "claim", {"section": "A"}))["result"] == "applied", "nobody is kept out"
    assert [claim.section for claim in claims_of(visit.id)] == ["A", "A"]
    assert result(world, op(world, visit, "claim", {"section": ""}, seq=3)) == ["applied"]
    assert [claim.person_id for claim in claims_of(visit.id)] == [world.member.id]
    assert result(world, op(world, visit, "claim", {"section": "Z"}, seq=4)) == ["parked:invalid"]
    assert count(SectionClaim) == 2


EVERY = {
    "finding": (finding(), "A.2"),
    "file_removal": ({"file": str(new_id()), "reason": "Thử"}, "A.2"),
    "sample": (sample(), "A.2"),
    "signature": (signature(), ""),
    "refusal": ({"reason": "Không", "witness": "Ai", "digest": DIGEST}, ""),
    "claim": ({"section": "A"}, ""),
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("state", "reason"),
    [("notified", "not_started"), ("suspended", "suspended"), ("minutes_signed", "closed"), ("closed", "closed")],
)
def test_a_record_that_is_not_open_takes_nothing_in(world: World, name: str, state: str, reason: str) -> None:
    value, criterion = EVERY[name]
    visit = make_visit(world, state)
    assert result(world, op(world, visit, name, value, criterion)) == [f"parked:{reason}"]
    assert db.session.scalar(select(Parked)).inspection_id == visit.id


@pytest.mark.parametrize("name", [*EVERY, "start", "finish"])
def test_a_stranger_does_nothing_to_a_visit(world: World, visit: Inspection, name: str) -> None:
    value, criterion = EVERY.get(name, ({}, ""))
    sent = op(world, visit, name, value, criterion) | {"author": str(world.office.id)}
    assert take_in([sent], by=actor_of(world.office), at=AT)[0]["result"] == "parked:not_on_team"


@pytest.mark.parametrize("name", ["finding", "sample"])
def test_work_at_a_criterion_of_another_edition_is_parked(world: World, visit: Inspection, name: str) -> None:
    value, criterion = EVERY[name]
    sent = op(world, visit, name, value, criterion, template_version="e" * 64)
    assert result(world, sent) == ["parked:template"]


def test_what_a_later_client_says_beside_a_change_is_kept_raw(world: World, visit: Inspection) -> None:
    assert result(world, change(world, visit, author=str(world.lead.id)) | {"mood": {"a": [1]}}) == ["applied"]
    assert result(world, op(world, visit, "claim", {"section": "A"})) == ["applied"]
    extras = list(db.session.scalars(select(Mutation.extra).order_by(Mutation.seq, Mutation.id)))
    assert sorted(extras, key=str) == [None, {"mood": {"a": [1]}}]


def test_an_operation_that_fails_undoes_nothing_of_the_others(world: World, visit: Inspection) -> None:
    record_answer(visit, "A.2", {"events": 0}, by=actor_of(world.lead), at=AT)
    sent = [
        op(world, visit, "claim", {"section": "A"}),
        op(world, visit, "teleport", {}, seq=2),
        op(world, visit, "sample", sample(drawn=[1]), "A.2", seq=3),
        op(world, visit, "finding", finding(), "A.2", seq=4),
    ]
    assert result(world, *sent) == ["applied", "parked:unreadable", "parked:invalid", "applied"]
    assert count(Finding) == 1 and count(SectionClaim) == 1
