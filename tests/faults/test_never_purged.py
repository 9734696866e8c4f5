"""Whatever happens to people, rights and clocks meanwhile: what waits on a tablet arrives, or is put aside in sight."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from inspect_app.accounts.actions_people import end_every_session, end_grant, switch_off, switch_on
from inspect_app.accounts.models import Person, RoleGrant
from inspect_app.db import db, transaction
from inspect_app.inspections.models import Inspection, Member
from inspect_app.inspections.rules import State
from inspect_app.rubrics.actions import retire_version
from inspect_app.rubrics.models import RubricVersion
from inspect_app.sync.models_doors import Tablet as Known
from inspect_app.sync.queries_parked import all_parked, parked_of
from tests.faults.checker import check
from tests.faults.rig import Rig, rig_on_sqlite
from tests.faults.tablets import JSON, Tablet, Trouble, insist
from tests.makers import actor_of

pytestmark = pytest.mark.network
EVERY: list[Tablet] = []
"""The tablets of all tests on this installation: the checker must know whoever sent something."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig_on_sqlite(tmp_path_factory.mktemp("purged") / "data") as started:
        EVERY.clear()
        yield started


class Case:
    """A person with three answers that have not been sent, on a visit of this case's own."""

    def __init__(self, rig: Rig, place: int) -> None:
        self.rig = rig
        self.visit = rig.world["visits"][place]["id"]
        self.tablet = Tablet(rig.port, rig.world["people"][place], f"P{place}").open(self.visit)
        EVERY.append(self.tablet)
        for numerator in range(3):
            self.tablet.make(self.visit, "A.1.3", "answer", {"numerator": numerator, "denominator": 9})

    def office(self, act: Callable[[Person, Person, datetime], None]) -> None:
        """Something that the office does to the person, in the product itself."""
        with self.rig.inside(), transaction():
            person = db.session.get_one(Person, UUID(self.tablet.person["id"]))
            act(person, db.session.get_one(Person, UUID(self.rig.world["lead"]["id"])), datetime.now(UTC))

    def refused(self) -> None:
        """Nothing is taken from somebody who is not signed in, and everything still waits."""
        headers = {**JSON, "X-CSRFToken": self.tablet.csrf}
        assert self.tablet.ask("POST", "/sync/changes", b'{"changes": []}', headers).status in {400, 401}
        assert len(self.tablet.waiting()) == 3

    def delivered(self) -> None:
        self.tablet.send_all()
        assert {made.result for made in self.tablet.made} == {"applied"}
        self.right()

    def aside(self, reason: str) -> None:
        """All are put aside, where the author and administrators read them."""
        self.tablet.send_all()
        assert {made.result for made in self.tablet.made} == {f"parked:{reason}"}
        ids = {made.change["id"] for made in self.tablet.made}
        with self.rig.inside():
            own = {parked.mutation_id for parked in parked_of(UUID(self.tablet.person["id"]))}
            every = {parked.mutation_id for parked in all_parked(answered=False, after=None, most=200)}
        assert ids <= own and ids <= every
        self.right()

    def right(self) -> None:
        found = check(self.rig, EVERY)
        assert not found.red, found


def test_signing_out(rig: Rig) -> None:
    case = Case(rig, 0)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    case.tablet.ask("POST", "/sign-out", f"csrf_token={case.tablet.csrf}".encode(), form)
    case.refused()
    case.delivered()


def test_the_end_of_the_session(rig: Rig) -> None:
    case = Case(rig, 1)
    case.office(lambda person, by, at: end_every_session(person, by=actor_of(by), at=at) and None)
    case.refused()
    case.delivered()


def test_a_role_that_ended(rig: Rig) -> None:
    case = Case(rig, 2)

    def end(person: Person, by: Person, at: datetime) -> None:
        for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)):
            end_grant(grant, by=actor_of(by), at=at, on=at.date())

    case.office(end)
    case.delivered()


def test_a_person_who_left_the_team(rig: Rig) -> None:
    case = Case(rig, 3)

    def leave(person: Person, _by: Person, at: datetime) -> None:
        for member in db.session.scalars(select(Member).where(Member.person_id == person.id)):
            member.left_at, member.left_reason = at, "Chuyển đơn vị"

    case.office(leave)
    case.aside("not_on_team")


def test_an_account_that_is_switched_off_and_on(rig: Rig) -> None:
    case = Case(rig, 4)
    case.office(lambda person, by, at: switch_off(person, by=actor_of(by), at=at, on=at.date()))
    case.refused()
    with pytest.raises(Trouble):
        insist(case.tablet.sign_in, tries=1)
    case.office(lambda person, by, at: switch_on(person, by=actor_of(by), at=at))
    case.delivered()


def test_a_checklist_that_was_retired(rig: Rig) -> None:
    case = Case(rig, 5)

    def retire(_person: Person, by: Person, at: datetime) -> None:
        for version in db.session.scalars(select(RubricVersion).where(RubricVersion.retired_at.is_(None))):
            retire_version(version, by=actor_of(by), at=at)

    case.office(retire)
    case.delivered()


def test_a_newer_client(rig: Rig) -> None:
    """Words that the server does not know are kept with the change, and hinder nothing."""
    case = Case(rig, 6)
    for made in case.tablet.made:
        made.change |= {"app_version": "99", "confidence": {"of": "later"}}
    case.delivered()


def test_another_person_on_the_same_tablet(rig: Rig) -> None:
    case = Case(rig, 7)
    other = Tablet(rig.port, rig.world["people"][8], case.tablet.device).open(case.visit)
    EVERY.append(other)
    other.seq = case.tablet.seq
    other.make(case.visit, "A.2", "note", note="Của người khác")
    other.send_all()
    assert len(case.tablet.waiting()) == 3 and other.made[0].result == "applied"
    case.delivered()


def test_a_visit_that_was_signed(rig: Rig) -> None:
    case = Case(rig, 9)

    def close(_person: Person, _by: Person, at: datetime) -> None:
        visit = db.session.get_one(Inspection, UUID(case.visit))
        visit.field_done_at = visit.minutes_signed_at = at
        visit.minutes_signed_on, visit.state = at.date(), State.MINUTES_SIGNED

    case.office(close)
    case.aside("closed")


@pytest.mark.parametrize("place,years", [(0, 3), (1, -3)])
def test_a_clock_that_is_wrong_by_years_changes_no_order(rig: Rig, place: int, years: int) -> None:
    """Changes count in the order in which they were made; how far the clock is off is on record."""
    visit = rig.world["visits"][10 + place]["id"]
    tablet = Tablet(rig.port, rig.world["people"][8], f"C{place}").open(visit)
    EVERY.append(tablet)
    tablet.skew = timedelta(days=365 * years)
    for numerator in range(4):
        tablet.make(visit, "A.1.3", "answer", {"numerator": numerator, "denominator": 9})
        tablet.skew -= timedelta(hours=1)
    tablet.send_all()
    tablet.skew = -tablet.skew
    tablet.make(visit, "A.1.3", "answer", {"numerator": 8, "denominator": 9})
    tablet.send_all()
    assert [made.result for made in tablet.made] == ["applied"] * 5
    assert [made.acks[0]["version"] for made in tablet.made] == [1, 2, 3, 4, 5]
    assert tablet.fetch(f"/sync/inspections/{visit}")["answers"]["A.1.3"]["value"]["numerator"] == 8
    with rig.inside():
        skew = db.session.scalar(select(Known.skew).where(Known.device == tablet.device))
    assert abs(skew + years * 365 * 86400) < 86400, "the clock was set the other way before the last change"
