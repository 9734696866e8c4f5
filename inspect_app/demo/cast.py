"""Who is who in the demonstration: players, heads of units, inspection teams."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from inspect_app.accounts.models import Employment, Person, RoleGrant
from inspect_app.db import db, new_id
from inspect_app.demo.chronicle import Chronicle
from inspect_app.demo.people import PLAYERS, Names, Player
from inspect_app.inspections.rules import MemberRole
from inspect_app.permissions import Role
from inspect_app.units.models import Post, Tenure, Unit
from inspect_app.units.rules import TenureKind, fold

HEAD_UNIT = "UBND phường Ô Chợ Dừa"
FIRST_DAY = date(2023, 1, 3)
TEAMS = ("Đoàn số 1", "Đoàn số 2", "Đoàn số 3", "Đoàn số 4")


@dataclass
class Team:
    """Four people who go out together."""

    name: str
    seats: list[tuple[Person, MemberRole]]

    @property
    def lead(self) -> Person:
        return self.seats[0][0]


@dataclass
class Cast:
    """Everybody, by the part that they play."""

    players: dict[str, Person]
    teams: list[Team]
    heads: dict[object, Person] = field(default_factory=dict)
    posts: dict[object, Post] = field(default_factory=dict)


def cast_everybody(chronicle: Chronicle, city: Unit, units: list[Unit]) -> Cast:
    """Makes the players, four teams, and a head with a tenure for every unit given."""
    names = Names(chronicle.chance, {player.name for player in PLAYERS})
    office = _office(city)
    players = {player.key: _player(chronicle, player, city, office) for player in PLAYERS}
    cast = Cast(players, _teams(chronicle, names, players, city, office))
    _seat_heads(chronicle, cast, names, units)
    return cast


def _office(city: Unit) -> Unit:
    return db.session.scalars(select(Unit).where(Unit.code == f"{city.code}-SNV")).one()


def _player(chronicle: Chronicle, player: Player, city: Unit, office: Unit) -> Person:
    person = _person(chronicle, player.name, f"{player.key}@demo.example", office)
    person.is_demo, person.demo_line = True, player.line
    for role in player.roles:
        chronicle.add(RoleGrant(person_id=person.id, role=role, unit_id=city.id, starts_on=FIRST_DAY))
    return person


def _person(chronicle: Chronicle, name: str, email: str, unit: Unit | None) -> Person:
    return chronicle.add(
        Person(
            id=new_id(),
            name=name,
            email=email,
            search=fold(f"{name} {email}"),
            language="vi",
            active=True,
            is_demo=False,
            unit_id=unit.id if unit else None,
            created_at=chronicle.at(FIRST_DAY, 8),
        )
    )


def _teams(chronicle: Chronicle, names: Names, players: dict[str, Person], city: Unit, office: Unit) -> list[Team]:
    seats = list(MemberRole)
    teams = []
    for number, name in enumerate(TEAMS, 1):
        people = []
        for seat in seats:
            known = {(1, MemberRole.LEAD): "truong-doan", (1, MemberRole.MEMBER): "thanh-vien"}.get((number, seat))
            person = players[known] if known else _inspector(chronicle, names, city, office, number, seat)
            chronicle.add(Employment(person_id=person.id, unit_id=office.id, starts_on=FIRST_DAY))
            people.append((person, seat))
        teams.append(Team(name, people))
    return teams


def _inspector(chronicle: Chronicle, names: Names, city: Unit, office: Unit, number: int, seat: MemberRole) -> Person:
    person = _person(chronicle, names.next(), f"doan{number}.{seat.value}@demo.example", office)
    roles = (Role.LEAD, Role.MEMBER) if seat in {MemberRole.LEAD, MemberRole.DEPUTY} else (Role.MEMBER,)
    for role in roles:
        chronicle.add(RoleGrant(person_id=person.id, role=role, unit_id=city.id, starts_on=FIRST_DAY))
    return person


def _seat_heads(chronicle: Chronicle, cast: Cast, names: Names, units: list[Unit]) -> None:
    posts = {
        post.unit_id: post
        for post in db.session.scalars(
            select(Post).where(Post.is_head, Post.unit_id.in_([unit.id for unit in units])).order_by(Post.id)
        )
    }
    for unit in units:
        post = posts[unit.id]
        person = _head(chronicle, cast, names, unit)
        cast.heads[unit.id], cast.posts[unit.id] = person, post
        starts_on = max(unit.valid_from or FIRST_DAY, FIRST_DAY)
        chronicle.add(
            Tenure(
                post_id=post.id,
                person_id=person.id,
                kind=TenureKind.FULL,
                starts_on=starts_on,
                ends_on=unit.valid_to,
                recorded_at=chronicle.at(starts_on, 8),
            )
        )


def _head(chronicle: Chronicle, cast: Cast, names: Names, unit: Unit) -> Person:
    if unit.name == HEAD_UNIT:
        player, helper = cast.players["thu-truong"], cast.players["dau-moi"]
        player.unit_id = helper.unit_id = unit.id
        starts_on = max(unit.valid_from or FIRST_DAY, FIRST_DAY)
        chronicle.add(RoleGrant(person_id=helper.id, role=Role.FOCAL_POINT, unit_id=unit.id, starts_on=starts_on))
        return player
    person = _person(chronicle, names.next(), f"{unit.code.lower()}@demo.example", unit)
    person.is_demo = True
    return person
