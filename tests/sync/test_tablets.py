"""The office sees what is still on which tablet, and which one needs somebody."""

from datetime import timedelta
from typing import Any

import pytest

from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.permissions import Role
from inspect_app.sync.models_doors import Tablet
from inspect_app.sync.rules_doors import Worry, worries
from tests.client import Client
from tests.inspections.visits import AT, World, make_visit, make_world
from tests.makers import make_city, make_officer

KEPT = {"persisted": True, "free": 10**9}
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("skew", "waiting", "waited", "storage", "found"),
    [
        (0, 0, DAY * 9, KEPT, []),
        (599, 3, DAY - timedelta(hours=1), KEPT, []),
        (600, 0, DAY, KEPT, [Worry.CLOCK]),
        (-600, 0, DAY, {}, [Worry.CLOCK]),
        (0, 1, DAY + SECOND, KEPT, [Worry.WAIT]),
        (3600, 1, DAY - timedelta(hours=1), KEPT, [Worry.CLOCK]),
        (-3600, 1, DAY + timedelta(hours=1), KEPT, [Worry.CLOCK]),
        (3600, 1, DAY, KEPT, [Worry.CLOCK, Worry.WAIT]),
        (0, 1, DAY, {"persisted": False}, [Worry.EVICTED]),
        (0, 0, DAY, {"persisted": False}, []),
    ],
)
def test_a_tablet_is_worried_about_by_our_clock_not_by_its_own(
    skew: int, waiting: int, waited: timedelta, storage: dict[str, Any], found: list[Worry]
) -> None:
    assert list(worries(AT, skew=skew, waiting=waiting, since=AT - waited, storage=storage)) == found


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.fixture
def visit(world: World) -> Inspection:
    return make_visit(world)


def make_tablet(device: str, person_id: Any, **fields: Any) -> Tablet:
    values = {
        "last_contact_at": AT - timedelta(minutes=5),
        "waiting": 0,
        "photos": 0,
        "oldest_at": None,
        "app_version": "1",
        "skew": 0,
        "storage": KEPT,
    }
    tablet = Tablet(device=device, person_id=person_id, **(values | fields))
    db.session.add(tablet)
    db.session.commit()
    return tablet


def test_the_office_sees_the_tablets_of_its_teams_and_what_waits_on_them(
    client: Client, world: World, visit: Inspection
) -> None:
    make_tablet("T3", world.lead.id)
    make_tablet("T7", world.member.id, waiting=4, photos=3, oldest_at=AT - timedelta(hours=30), skew=780)
    office = client.sign_in(world.office)
    page = office.get("/tablets")
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert "T7" in rows[0] and "Đồng hồ lệch 13 phút" in rows[0] and "Chờ quá 24 giờ" in rows[0]
    assert "T3" in rows[1] and "Đã gửi hết" in rows[1]
    assert office.get("/inspections").select('a[href="/tablets"]')


def test_another_office_sees_none_of_them(client: Client, world: World, visit: Inspection) -> None:
    make_tablet("T7", world.member.id, photos=3)
    stranger = make_officer(Role.OFFICE, make_city("Thành phố khác"))
    assert "T7" not in client.sign_in(stranger).get("/tablets").text


@pytest.mark.parametrize("who", ["lead", "head", "authority"])
def test_the_page_is_the_offices(client: Client, world: World, visit: Inspection, who: str) -> None:
    client.sign_in(getattr(world, who)).get("/tablets", status=403)


def test_the_page_of_a_visit_says_what_is_still_on_a_tablet(client: Client, world: World, visit: Inspection) -> None:
    make_tablet("T7", world.member.id, photos=3)
    make_tablet("T3", world.lead.id)
    page = client.sign_in(world.office).get(f"/inspections/{visit.id}")
    assert f"3 ảnh còn trên máy T7 của {world.member.name}" in page.text and "T3" not in page.text


def test_without_tablets_the_page_says_how_they_come(client: Client, world: World) -> None:
    assert "Chưa có máy nào liên lạc" in client.sign_in(world.office).get("/tablets").text
