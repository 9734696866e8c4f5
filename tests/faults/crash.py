"""The storm: tablets answer and send while a hand without mercy kills one part of the installation after the other."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from inspect_app.db import db
from inspect_app.queue import Outbox
from tests.faults.checker import Verdict, check
from tests.faults.rig import Rig
from tests.faults.tablets import Tablet, at_once, join_all


@dataclass(frozen=True, slots=True)
class Size:
    """How many tablets give how many answers each, and how many kills they live through."""

    tablets: int
    answers: int
    kills: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the checker found, what was killed, and how long it took."""

    verdict: Verdict
    kills: dict[str, int]
    seconds: float

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.verdict.counts.items()))
        kills = ", ".join(f"{name} {count}×" for name, count in sorted(self.kills.items()))
        return f"{self.verdict}\n  looked at: {counts}\n  killed: {kills}\n  {self.seconds:.0f} s"


def storm(rig: Rig, size: Size, luck: random.Random) -> Told:
    """Lets it happen, waits until nothing waits any more, and has it checked."""
    begun = time.monotonic()
    tablets = made_ready(rig, size.tablets)
    lead = Tablet(rig.port, rig.world["lead"], "T-lead").open()
    left = [size.answers * size.tablets]
    threads = at_once([_work(tablet, size.answers, left) for tablet in tablets] + [_starts(lead, rig)])
    _kill(rig, size, luck, left)
    join_all(threads)
    drain(rig)
    return Told(check(rig, [*tablets, lead], drained=True), dict(rig.kills), time.monotonic() - begun)


def made_ready(rig: Rig, count: int) -> list[Tablet]:
    """Tablets in the hands of the city's people: two or more on each visit, so that they meet."""
    people, visits = rig.world["people"], [visit["id"] for visit in rig.world["visits"]]
    tablets = [Tablet(rig.port, people[place % len(people)], f"T{place}") for place in range(count)]

    def open_at(place: int, tablet: Tablet) -> Callable[[], None]:
        return lambda: void(tablet.open(visits[place // 2 % len(visits)]))

    for start in range(0, count, 8):
        join_all(at_once([open_at(start + place, one) for place, one in enumerate(tablets[start : start + 8])]))
    for tablet in tablets:
        tablet.lost_replies, tablet.replays = 0.1, 0.1
    return tablets


def void(_thing: object) -> None:
    """For what is done, not for what it gives."""


def drain(rig: Rig, patience: float = 90.0) -> None:
    """Waits until the worker has done what waits."""
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        rig.tick()
        with rig.inside():
            waiting = db.session.scalar(
                select(func.count()).select_from(Outbox).where(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))
            )
        if not waiting:
            return
        time.sleep(0.5)


def _work(tablet: Tablet, answers: int, left: list[int]) -> Callable[[], None]:
    def work() -> None:
        inspection = next(iter(tablet.packs))
        done = 0
        while done < answers:
            for _ in range(min(answers - done, tablet.luck.randint(1, 12))):
                tablet.answer_anything(inspection)
                done += 1
                left[0] -= 1
            try_once(tablet)
        tablet.send_all(patience=240)

    return work


def try_once(tablet: Tablet) -> None:
    from tests.faults.tablets import Trouble

    try:
        tablet.send_some()
    except Trouble:
        time.sleep(tablet.luck.uniform(0.05, 0.3))


def _starts(lead: Tablet, rig: Rig) -> Callable[[], None]:
    """The leader begins unannounced visits, each of which is told to its unit."""

    def work() -> None:
        for visit in rig.world["starts"]:
            lead.make(visit["id"], "", "start", {})
            lead.send_all(patience=240)
            time.sleep(lead.luck.uniform(0.2, 1.0))

    return work


def _kill(rig: Rig, size: Size, luck: random.Random, left: list[int]) -> None:
    """One part after the other, spread over the answers; whatever is killed comes back."""
    whole = left[0]
    targets = ["web process", "worker", "web process", "queue", "web process", "web"]
    if rig.cluster:
        targets.insert(1, "database")
    for number in range(size.kills):
        limit = time.monotonic() + 20
        while left[0] > whole * (1 - (number + 0.5) / size.kills) and time.monotonic() < limit:
            time.sleep(0.02)
        strike(rig, targets[number % len(targets)])
        time.sleep(luck.uniform(0.1, 0.6))


def strike(rig: Rig, target: str) -> None:
    if target == "web process":
        rig.kill_web_process()
    elif target == "database":
        rig.kill_database()
    else:
        rig.kill(target)
        getattr(rig, f"start_{target}")()
