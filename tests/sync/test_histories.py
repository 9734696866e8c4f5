"""Two inspectors on one visit, each editing without a network and sending now and then: nothing typed is ever lost.

The pure test runs the rule of merging alone, on many histories; the other sends fewer through the door into a database.
"""

import os
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from inspect_app.db import db, new_id
from inspect_app.findings.queries import as_recorded
from inspect_app.inspections.actions import Numbered, prepare_minutes, sign_minutes
from inspect_app.inspections.models import Answer, AnswerVersion
from inspect_app.inspections.queries_field import open_conflicts
from inspect_app.inspections.queries_review import hash_of_record
from inspect_app.inspections.rules_tablet import Register, Seen, hash_of, merge
from inspect_app.refusals import Refused
from inspect_app.sync.actions import take_in
from tests.inspections.test_review import PLAIN
from tests.inspections.visits import AT, World, make_visit, make_world
from tests.makers import actor_of
from tests.sync.test_actions import change

HISTORIES = 10_000 if os.environ.get("TEST_LARGE") else 1_000
CODES = ("A.2", "C.3")
PEOPLE = ("member", "lead")
Typed = tuple[str, str, int]
"""Who typed which number at which criterion."""

steps = some.one_of(
    some.tuples(some.just("type"), some.sampled_from(PEOPLE), some.sampled_from(CODES), some.integers(0, 3)),
    some.tuples(some.just("sync"), some.sampled_from(PEOPLE), some.just(""), some.just(0)),
)
histories = some.lists(steps, max_size=14)


@dataclass
class Place:
    """One criterion as the server has it: the history, the place in force, and what waits for a decision."""

    history: list[tuple[str, int, bool]] = field(default_factory=list)
    in_force: int = -1

    @property
    def value(self) -> int | None:
        return self.history[self.in_force][1] if self.history else None

    @property
    def waiting(self) -> list[tuple[str, int]]:
        last = {who: value for who, value, _ in self.history[self.in_force + 1 :]}
        return list(last.items())

    def register(self) -> Register:
        current = None if not self.history else hash_of(self.value)
        return Register(len(self.history), current, self.in_force + 1 < len(self.history))

    def take(self, who: str, value: int, base: Seen) -> str:
        decision = merge(self.register(), base, hash_of(value))
        if decision != "same":
            self.history.append((who, value, decision == "apply"))
        if decision == "apply":
            self.in_force = len(self.history) - 1
        return decision


@dataclass
class Device:
    """A tablet: what it last heard from the server, and what waits. The next change rests on its own one before it."""

    seen: dict[str, Seen] = field(default_factory=dict)
    waiting: list[tuple[str, int]] = field(default_factory=list)

    def send(self, who: str, server: dict[str, Place]) -> None:
        for code, value in self.waiting:
            place = server[code]
            decision = place.take(who, value, self.seen.get(code, Seen(0, None)))
            if decision == "apply" or (decision == "same" and place.history[place.in_force][0] == who):
                self.seen[code] = Seen(len(place.history), hash_of(place.value))
        self.waiting = []

    def fetch(self, server: dict[str, Place]) -> None:
        """Reads the pack: whoever reads sees the answer in force and what waits beside it."""
        self.seen = {
            code: Seen(len(place.history), hash_of(place.value)) for code, place in server.items() if place.history
        }


def run(history: list[Any], *, last: tuple[str, str]) -> tuple[dict[str, Place], list[Typed]]:
    """The server after a history; at its end both send what still waits, in the order of `last`."""
    server = {code: Place() for code in CODES}
    devices = {who: Device() for who in PEOPLE}
    typed: list[Typed] = []
    for kind, who, code, value in history:
        if kind == "type":
            devices[who].waiting.append((code, value))
            typed.append((who, code, value))
        else:
            devices[who].send(who, server)
            devices[who].fetch(server)
    for who in last:
        devices[who].send(who, server)
    return server, typed


@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_nothing_typed_is_lost_and_the_order_of_arrival_decides_only_what_is_in_force(history: list[Any]) -> None:
    one, typed = run(history, last=PEOPLE)
    other, _ = run(history, last=PEOPLE[::-1])
    for code in CODES:
        values = {value for _, at, value in typed if at == code}
        for server in (one, other):
            place = server[code]
            assert values == {value for _, value, _ in place.history}, "every value ever typed is in the history"
            assert (place.value in values) if values else place.value is None
        touched_by = {who for who, at, _ in typed if at == code}
        if len(touched_by) < 2:
            assert not one[code].waiting and not other[code].waiting, "one person never conflicts with themselves"


offline = some.lists(some.tuples(some.sampled_from(CODES), some.integers(0, 3)), max_size=6)


@settings(max_examples=HISTORIES, deadline=None)
@given(some.tuples(offline, offline))
def test_two_who_worked_apart_end_alike_whoever_comes_first(work: tuple[list[Any], list[Any]]) -> None:
    history = [("type", who, code, value) for who, typed in zip(PEOPLE, work, strict=True) for code, value in typed]
    one, _ = run(history, last=PEOPLE)
    other, _ = run(history, last=PEOPLE[::-1])
    for code in CODES:
        final = [[value for at, value in typed if at == code][-1:] for typed in work]
        words = {value for last in final for value in last}
        for server in (one, other):
            place = server[code]
            kept = {place.value, *(value for _, value in place.waiting)} if place.history else set()
            assert words <= kept, "the last word of each is in force or waits beside it"
            if len(words) == 1:
                assert place.value in words
            assert bool(place.waiting) or len(words) < 2, "two different last words are a conflict"
        if not all(final):
            assert not one[code].waiting, "different criteria never conflict"
            assert one[code].value == other[code].value


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=some.lists(steps, max_size=10), last=some.sampled_from([PEOPLE, PEOPLE[::-1]]))
def test_the_door_keeps_everything_and_nobody_signs_while_two_answers_differ(
    world: World, history: list[Any], last: tuple[str, str]
) -> None:
    visit = make_visit_to_sign(world)
    typed = play(world, visit, history, last)
    versions = list(db.session.scalars(select(AnswerVersion).filter_by(inspection_id=visit.id)))
    answers = {one.criterion_code: one for one in db.session.scalars(select(Answer).filter_by(inspection_id=visit.id))}
    for code in CODES:
        values = {value for _, at, value in typed if at == code}
        assert values == {one.value["events"] for one in versions if one.criterion_code == code}
        assert not values or answers[code].value["events"] in values
    waiting = {one.criterion_code for one in open_conflicts(visit.id)}
    assert waiting <= {code for code in CODES if len({who for who, at, _ in typed if at == code}) == 2}
    shown: dict[str, Any] = {"shown_hash": hash_of_record(visit, as_recorded), "findings": as_recorded}
    if waiting:
        with pytest.raises(Refused, match="mâu thuẫn"):
            sign_minutes(visit, "lead", **shown, by=actor_of(world.lead), at=AT)
    else:
        sign_minutes(visit, "lead", **shown, by=actor_of(world.lead), at=AT)


def make_visit_to_sign(world: World) -> Any:
    """A visit whose minutes could be signed but for its answers."""
    visit = make_visit(world, "field_done")
    numbered = replace(PLAIN, paper=Numbered(f"{visit.number}/BB-ĐKT", AT.date()))
    prepare_minutes(visit, numbered, by=actor_of(world.lead), at=AT)
    return visit


def play(world: World, visit: Any, history: list[Any], last: tuple[str, str]) -> list[Typed]:
    """Sends a history through the door as tablets do: a later change rests on the same person's earlier one."""
    typed: list[Typed] = []
    waiting: dict[str, list[dict[str, Any]]] = {who: [] for who in PEOPLE}
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    actors = {who: actor_of(getattr(world, who)) for who in PEOPLE}

    def send(who: str) -> None:
        if waiting[who]:
            acks = take_in(waiting[who], by=actors[who], at=AT)
            assert {ack["result"] for ack in acks} <= {"applied", "same", "conflict"}
        waiting[who] = []

    for seq, (kind, who, code, value) in enumerate([*history, *(("sync", who, "", 0) for who in last)], 1):
        if kind == "type":
            made = {"id": str(new_id()), "seq": seq, "author": str(actors[who].id), "device": who}
            base = seen.get((who, code), {})
            waiting[who].append(change(world, visit, code, {"events": value}, **made, **base))
            seen[who, code] = {**base, "base_change": made["id"]}
            typed.append((who, code, value))
        else:
            send(who)
            for answer in db.session.scalars(select(Answer).filter_by(inspection_id=visit.id)):
                versions = select(AnswerVersion.version).filter_by(
                    inspection_id=visit.id, criterion_code=answer.criterion_code
                )
                newest = max(db.session.scalars(versions))
                known = {"base_version": newest, "base_value_hash": hash_of(answer.value)}
                if not any(one["criterion"] == answer.criterion_code for one in waiting[who]):
                    seen[who, answer.criterion_code] = known
    return typed
