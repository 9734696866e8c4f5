"""The checker finds every planted defect, and nothing where nothing is planted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.faults.checker import Verdict, check
from tests.faults.defects import DEFECTS
from tests.faults.pictures import photo
from tests.faults.rig import Rig, rig_on_sqlite
from tests.faults.tablets import Tablet, Trouble, at_once, insist, join_all

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One installation for all; each scene begins with a fresh database."""
    with rig_on_sqlite(tmp_path_factory.mktemp("checker") / "data") as started:
        yield started


class Scene:
    """Two tablets on one visit, a leader, and everything that tablets do; the server ends right after."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.visit = rig.world["visits"][0]["id"]
        people = rig.world["people"]
        self.one = Tablet(rig.port, people[0], "T1").open(self.visit)
        self.other = Tablet(rig.port, people[1], "T2").open(self.visit)
        self.lead = Tablet(rig.port, rig.world["lead"], "T3").open()

    def play(self) -> Verdict:
        """Answers, a batch twice, a bad change, a conflict, an id used twice, a photo, a start, a last word."""
        one, other, visit = self.one, self.other, self.visit
        for number in range(12):
            one.make(visit, "A.1.3", "answer", {"numerator": number, "denominator": 1000})
        one.make(visit, "Z.9", "answer", {"value": True})
        batch = one.waiting()
        one.send(batch)
        one.send(batch)
        other.make(visit, "A.1.3", "answer", {"numerator": 777, "denominator": 1000})
        other.send(other.waiting())
        first = one.make(visit, "A.2", "note", note="Một")
        one.send([first])
        twin = one.make(visit, "A.2", "note", note="Hai", id=first.change["id"], seq=first.change["seq"])
        one.send([twin])
        one.upload(one.shoot(visit, "A.1.1", photo(7)))
        self._start_and_end()
        one.make(visit, "B.1", "answer", {"numerator": 1, "denominator": 7})
        one.send(one.waiting())
        self.rig.cut_power()
        return check(self.rig, [one, other, self.lead])

    def _start_and_end(self) -> None:
        """The server ends soon after the leader has begun an unannounced visit; the tablet asks until it is named."""
        self.lead.make(self.rig.world["starts"][0]["id"], "", "start", {})
        batch = self.lead.waiting()
        threads = at_once([lambda: self._try(batch)])
        threads[0].join(0.7)
        self.rig.renew()
        join_all(threads)
        if self.lead.waiting():
            insist(lambda: self.lead.send(batch))

    def _try(self, batch: list) -> None:
        try:
            self.lead.send(batch)
        except Trouble:
            return


def verdict_on(rig: Rig, defect: str | None) -> Verdict:
    rig.begin_anew(defect=defect, disk=True)
    return Scene(rig).play()


def test_it_is_green_where_nothing_is_planted(rig: Rig) -> None:
    verdict = verdict_on(rig, None)
    assert not verdict.red, verdict
    for looked_at in ("applied", "conflict", "parked", "effects", "photos"):
        assert verdict.counts[looked_at], f"no {looked_at}: {verdict.counts}"


@pytest.mark.parametrize("defect", DEFECTS)
def test_it_is_red_on(rig: Rig, defect: str) -> None:
    verdict = verdict_on(rig, defect)
    print(verdict)
    assert verdict.red


def test_it_is_red_when_the_tail_of_the_log_is_cut(rig: Rig) -> None:
    """The chain that is left holds; what it does not tell any more is missed."""
    rig.begin_anew(disk=True)
    scene = Scene(rig)
    assert not scene.play().red
    with closing(sqlite3.connect(rig.folder / "inspect.sqlite")) as base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f"DROP TRIGGER {name}")
        chain, seq = base.execute(
            "SELECT chain, max(seq) FROM audit_entry WHERE action = 'answer recorded' GROUP BY chain"
        ).fetchone()
        base.execute("DELETE FROM audit_entry WHERE chain = ? AND seq >= ?", (chain, seq))
        last = base.execute("SELECT hash FROM audit_entry WHERE chain = ? AND seq = ?", (chain, seq - 1)).fetchone()
        base.execute("UPDATE audit_head SET seq = ?, hash = ? WHERE chain = ?", (seq - 1, last[0], chain))
        base.commit()
    verdict = check(rig, [scene.one, scene.other, scene.lead])
    assert verdict.faults["log"] and "does not hold" not in str(verdict)
