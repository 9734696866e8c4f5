"""The tablet's door: every change once, by itself, and never thrown away."""

import json
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import func, select

from inspect_app.db import db, new_id
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection
from inspect_app.inspections.rules import MemberRole
from inspect_app.permissions import Actor
from inspect_app.sync.actions import take_in
from inspect_app.sync.models import Mutation, Parked
from inspect_app.sync.rules import Unreadable, read_change
from tests.inspections.visits import AT, World, make_visit, make_world
from tests.makers import actor_of


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    return make_visit(world)


def change(
    world: World, visit: Inspection, criterion: str = "A.1.2", value: Any = None, **other: Any
) -> dict[str, Any]:
    """What a tablet of the team's member sends."""
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
        "value": {"value": True} if value is None else value,
        "note": "",
        "client_time": "2026-09-14T10:39:00+07:00",
        "template_version": world.rubric.content_hash,
        "app_version": "1",
    }
    return sent | other


def send(world: World, *changes: Any, by: Actor | None = None) -> list[str]:
    return [ack["result"] for ack in take_in(list(changes), by=by or actor_of(world.member), at=AT)]


def parked() -> list[tuple[str, str]]:
    return [(row.mutation_id, row.reason) for row in db.session.scalars(select(Parked).order_by(Parked.id))]


def history() -> list[AnswerVersion]:
    return list(db.session.scalars(select(AnswerVersion).order_by(AnswerVersion.version)))


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_an_answer_from_a_tablet_is_applied_and_acknowledged_with_its_version_and_log_entry(
    world: World, visit: Inspection
) -> None:
    sent = change(world, visit)
    ack = take_in([sent], by=actor_of(world.member), at=AT)[0]
    assert (ack["id"], ack["result"], ack["version"]) == (sent["id"], "applied", 1)
    assert ack["audit_seq"] > 0
    assert ack["answer"]["points"] == "2.00"
    kept = db.session.scalar(select(Answer))
    assert (kept.value, kept.device) == ({"value": True}, "T3")
    assert kept.answered_at.isoformat() == "2026-09-14T03:39:00+00:00" and kept.received_at == AT


def test_the_same_change_again_gets_the_first_answer_and_does_nothing(world: World, visit: Inspection) -> None:
    sent = change(world, visit)
    first = take_in([sent], by=actor_of(world.member), at=AT)
    again = take_in([deepcopy(sent), sent], by=actor_of(world.member), at=AT)
    assert again == first * 2
    assert count(Mutation) == 1 and count(AnswerVersion) == 1


def test_the_order_of_keys_makes_no_other_change(world: World, visit: Inspection) -> None:
    sent = change(world, visit)
    send(world, sent)
    assert send(world, dict(reversed(sent.items()))) == ["applied"]


def test_another_body_under_a_used_id_is_put_aside_and_changes_nothing(world: World, visit: Inspection) -> None:
    sent = change(world, visit)
    send(world, sent)
    other = sent | {"value": {"value": False}}
    assert send(world, other) == ["parked:id_reused"]
    assert send(world, other) == ["parked:id_reused"]
    assert parked() == [(sent["id"], "id_reused")], "once, however often it is sent"
    assert db.session.scalar(select(Answer)).value == {"value": True}


def test_one_bad_change_neither_blocks_nor_undoes_the_others(world: World, visit: Inspection) -> None:
    results = send(
        world,
        change(world, visit, seq=1),
        change(world, visit, "A.1.1", {"level": 99}, seq=2),
        "nonsense",
        change(world, visit, "A.2", {"events": 0}, seq=3),
    )
    assert results == ["applied", "parked:invalid", "parked:unreadable", "applied"]
    assert {row.criterion_code for row in db.session.scalars(select(Answer))} == {"A.1.2", "A.2"}
    assert {reason for _, reason in parked()} == {"invalid", "unreadable"}


def test_what_is_put_aside_is_kept_exactly_as_it_came(world: World, visit: Inspection) -> None:
    sent = change(world, visit, "A.1.1", {"na": "  "}, note="Ghi chú ở đây", seq=7)
    assert send(world, sent) == ["parked:invalid"]
    row = db.session.scalar(select(Parked))
    assert json.loads(row.body) == sent
    assert row.inspection_id == visit.id and row.author_id == world.member.id
    assert send(world, sent) == ["parked:invalid"] and count(Parked) == 1


def test_changes_of_one_tablet_count_in_the_order_in_which_they_were_made(world: World, visit: Inspection) -> None:
    later = change(world, visit, "A.2", {"events": 2}, seq=2, base_version=1, client_time="2026-09-14T08:00:00+07:00")
    earlier = change(world, visit, "A.2", {"events": 1}, seq=1)
    assert send(world, later, earlier) == ["applied", "applied"]
    assert db.session.scalar(select(Answer)).value == {"events": 2}


def test_a_different_answer_on_an_old_base_is_kept_beside_the_one_in_force(world: World, visit: Inspection) -> None:
    send(world, change(world, visit, "A.2", {"events": 1}))
    lead = actor_of(world.lead)
    other = change(world, visit, "A.2", {"events": 5}, author=str(world.lead.id), device="T7")
    ack = take_in([other], by=lead, at=AT)[0]
    assert ack["result"] == "conflict" and ack["version"] == 2
    assert ack["answer"]["value"] == {"events": 1} and ack["answer"]["author"] == "Bùi Thành Viên"
    assert [version["value"] for version in ack["answer"]["others"]] == [{"events": 5}]
    assert ack["answer"]["others"][0]["author"] == "Trần Trưởng Đoàn"


def test_whoever_chooses_after_seeing_both_ends_the_conflict(world: World, visit: Inspection) -> None:
    send(world, change(world, visit, "A.2", {"events": 1}))
    late = take_in([change(world, visit, "A.2", {"events": 5}, seq=2)], by=actor_of(world.member), at=AT)[0]
    chosen = change(
        world,
        visit,
        "A.2",
        {"events": 5},
        seq=3,
        base_version=late["version"],
        base_value_hash=late["answer"]["value_hash"],
    )
    ack = take_in([chosen], by=actor_of(world.member), at=AT)[0]
    assert ack["result"] == "applied" and ack["answer"]["others"] == []


def test_what_one_person_changed_again_without_a_network_follows_on_without_conflict(
    world: World, visit: Inspection
) -> None:
    first = change(world, visit, "A.2", {"events": 1})
    second = change(world, visit, "A.2", {"events": 2}, seq=2, base_change=first["id"])
    third = change(world, visit, "A.2", {"events": 1}, seq=3, base_change=second["id"])
    assert send(world, third, second, first) == ["applied"] * 3
    assert [row.value for row in history()] == [{"events": 1}, {"events": 2}, {"events": 1}], "every value stays"


def test_what_follows_on_a_change_that_was_kept_aside_is_kept_aside_as_well(world: World, visit: Inspection) -> None:
    theirs = change(world, visit, "A.2", {"events": 7}, author=str(world.lead.id))
    send(world, theirs, by=actor_of(world.lead))
    first = change(world, visit, "A.2", {"events": 1})
    second = change(world, visit, "A.2", {"events": 2}, seq=2, base_change=first["id"])
    acks = take_in([first, second], by=actor_of(world.member), at=AT)
    assert [ack["result"] for ack in acks] == ["conflict", "conflict"]
    assert acks[1]["answer"]["value"] == {"events": 7}
    assert [other["value"] for other in acks[1]["answer"]["others"]] == [{"events": 2}], "the last word of each person"


def test_what_follows_on_the_same_answer_by_somebody_else_has_not_seen_it(world: World, visit: Inspection) -> None:
    theirs = change(world, visit, "A.2", {"events": 1}, author=str(world.lead.id))
    send(world, theirs, by=actor_of(world.lead))
    first = change(world, visit, "A.2", {"events": 1})
    second = change(world, visit, "A.2", {"events": 2}, seq=2, base_change=first["id"])
    assert send(world, first, second) == ["same", "conflict"]
    mine = change(world, visit, "A.3", {"rate_pct": "95"}, seq=3)
    again = change(world, visit, "A.3", {"rate_pct": "95"}, seq=4, base_change=mine["id"])
    third = change(world, visit, "A.3", {"rate_pct": "90"}, seq=5, base_change=again["id"])
    assert send(world, mine, again, third) == ["applied", "same", "applied"], "one's own is known"


def test_a_note_decides_on_no_answer_that_was_kept_aside(world: World, visit: Inspection) -> None:
    theirs = change(world, visit, "A.2", {"events": 7}, author=str(world.lead.id))
    send(world, theirs, by=actor_of(world.lead))
    late = take_in([change(world, visit, "A.2", {"events": 1})], by=actor_of(world.member), at=AT)[0]
    note = {"op": "note", "note": "Đã xem", "author": str(world.lead.id), "base_version": late["version"]}
    note |= {"base_value_hash": late["answer"]["note_hash"], "value": None}
    ack = take_in([change(world, visit, "A.2", **note)], by=actor_of(world.lead), at=AT)[0]
    assert (ack["result"], ack["answer"]["note"]) == ("applied", "Đã xem")
    assert [other["value"] for other in ack["answer"]["others"]] == [{"events": 1}], "the conflict is still open"


def test_two_notes_in_conflict_leave_the_answer_alone_until_one_is_chosen(world: World, visit: Inspection) -> None:
    note = {"op": "note", "value": None, "author": str(world.lead.id)}
    send(world, change(world, visit, "A.2", **note, note="Của trưởng đoàn"), by=actor_of(world.lead))
    mine = {"op": "note", "value": None, "note": "Của thành viên"}
    ack = take_in([change(world, visit, "A.2", **mine)], by=actor_of(world.member), at=AT)[0]
    assert (ack["result"], ack["answer"]["others"][0]["register"]) == ("conflict", "note")
    answered = take_in([change(world, visit, "A.2", {"events": 3}, seq=2)], by=actor_of(world.member), at=AT)[0]
    assert answered["result"] == "applied" and len(answered["answer"]["others"]) == 1
    base = {"base_version": answered["version"], "base_value_hash": answered["answer"]["note_hash"], "seq": 3}
    chosen = take_in([change(world, visit, "A.2", **mine | base)], by=actor_of(world.member), at=AT)[0]
    assert (chosen["result"], chosen["answer"]["note"], chosen["answer"]["others"]) == ("applied", "Của thành viên", [])
    assert chosen["answer"]["value"] == {"events": 3}


def test_nobody_rests_on_a_change_of_somebody_else(world: World, visit: Inspection) -> None:
    theirs = change(world, visit, "A.2", {"events": 7}, author=str(world.lead.id))
    send(world, theirs, by=actor_of(world.lead))
    assert send(world, change(world, visit, "A.2", {"events": 1}, base_change=theirs["id"])) == ["conflict"]


def test_a_note_is_sent_by_itself(world: World, visit: Inspection) -> None:
    assert send(world, change(world, visit, op="note", value=None, note="Đã xem bản gốc")) == ["applied"]
    kept = db.session.scalar(select(Answer))
    assert (kept.value, kept.note) == (None, "Đã xem bản gốc")


def test_somebody_taken_off_the_team_loses_access_but_not_their_work(world: World, visit: Inspection) -> None:
    by = actor_of(world.member)
    assert send(world, change(world, visit), by=by) == ["applied"]
    seat = next(member for member in visit_members(visit) if member.person_id == world.member.id)
    seat.left_at = AT
    db.session.flush()
    assert send(world, change(world, visit, "A.2", {"events": 0}, seq=2), by=by) == ["parked:not_on_team"]
    assert [row.criterion_code for row in db.session.scalars(select(Answer))] == ["A.1.2"], "what was sent stays"
    assert parked()[0][1] == "not_on_team"


def visit_members(visit: Inspection) -> list[Any]:
    from inspect_app.inspections.queries import members_of

    return members_of(visit.id)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("notified", "not_started"),
        ("suspended", "suspended"),
        ("minutes_signed", "closed"),
        ("closed", "closed"),
        ("cancelled", "closed"),
    ],
)
def test_an_answer_to_a_closed_record_is_put_aside(world: World, state: str, reason: str) -> None:
    visit = make_visit(world, state)
    assert send(world, change(world, visit)) == [f"parked:{reason}"]
    assert count(Answer) == 0


def test_a_change_in_somebody_elses_name_is_put_aside(world: World, visit: Inspection) -> None:
    assert send(world, change(world, visit), by=actor_of(world.lead)) == ["parked:other_author"]


def test_an_unknown_inspection_and_a_foreign_one_look_the_same(world: World, visit: Inspection) -> None:
    unknown = change(world, visit, inspection=str(new_id()))
    foreign = change(world, visit, author=str(world.office.id))
    assert send(world, unknown) == ["parked:not_on_team"]
    assert send(world, foreign, by=actor_of(world.office)) == ["parked:not_on_team"]


def test_an_answer_to_other_questions_is_put_aside(world: World, visit: Inspection) -> None:
    assert send(world, change(world, visit, template_version="f" * 64)) == ["parked:template"]


def test_a_failure_nobody_foresaw_puts_one_change_aside(
    world: World, visit: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspect_app.sync.actions_ops.record_note", lambda *_, **__: 1 / 0)
    results = send(world, change(world, visit, op="note", seq=1), change(world, visit, seq=2))
    assert results == ["parked:failed", "applied"]


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "1"},
        {"id": None},
        {"seq": -1},
        {"seq": True},
        {"seq": 2**40},
        {"op": "drop"},
        {"value": [1]},
        {"client_time": "hôm nay"},
        {"client_time": "2026-09-14T10:00:00"},
        {"device": "x" * 61},
        {"note": 5},
        {"note": "x" * 4001},
        {"base_version": "1"},
        {"author": "ai đó"},
    ],
)
def test_a_change_of_the_wrong_sort_is_unreadable(world: World, visit: Inspection, broken: dict[str, Any]) -> None:
    sent = change(world, visit) | broken
    with pytest.raises(Unreadable):
        read_change(sent)
    assert send(world, sent) == ["parked:unreadable"]


@pytest.mark.parametrize("name", ["id", "device", "seq", "author", "inspection", "criterion", "op", "client_time"])
def test_a_change_without_one_of_its_parts_is_unreadable(world: World, visit: Inspection, name: str) -> None:
    sent = change(world, visit)
    del sent[name]
    assert send(world, sent) == ["parked:unreadable"]


def test_text_is_kept_composed_and_without_control_characters(world: World, visit: Inspection) -> None:
    sent = change(world, visit, "A.1.1", {"na": "Kho\u0302ng\x00 pha\u0301t sinh\ud800"})
    assert send(world, sent) == ["applied"]
    assert db.session.scalar(select(Answer)).value == {"na": "Không phát sinh"}


def test_a_leader_and_a_member_answer_different_criteria_without_conflict(world: World, visit: Inspection) -> None:
    assert MemberRole.LEAD in {member.role for member in visit_members(visit)}
    results = send(
        world, change(world, visit, "A.1.1", {"level": 0}), change(world, visit, "A.2", {"events": 0}, seq=2)
    )
    lead = change(world, visit, "C.1", {"level": 0}, author=str(world.lead.id), device="T7")
    assert results + send(world, lead, by=actor_of(world.lead)) == ["applied"] * 3
