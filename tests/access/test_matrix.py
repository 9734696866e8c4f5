"""Who gets through which door. Every route × every role, for their own unit's things and for another's.

`matrix.txt` says it, one line a door: `METHOD endpoint: roles for their own | roles for another unit's`. A role stands
there when the answer is neither "sign in" nor 403 nor 404. A new route without a line fails, and so does a line without
a route. The person `no-role` is signed in and holds no role.
"""

import os
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from inspect_app.db import db
from tests.access.world import Side, World, make_world
from tests.client import Client

FILE = Path(__file__).with_name("matrix.txt")
SHUT = {401, 403, 404}
PARTS = 4
WRITING = {"POST", "PUT", "PATCH", "DELETE"}
METHODS = {"GET"} | WRITING
FIELD_WORK = ("sync.", "inspections.finish", "inspections.suspend", "inspections.attach", "findings.raise")
FIXED = {"section": 1, "kind": "csv", "secret": "x", "path": "css/app.css", "version": "x"}


def doors(app: Flask) -> list[tuple[str, Rule]]:
    found = [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & (METHODS if "GET" in rule.methods else METHODS | {"HEAD"}))
        if app.view_functions[rule.endpoint].permission is not None
    ]
    return sorted(found, key=lambda door: (door[1].endpoint, door[0]))


@pytest.fixture
def world(database: None) -> World:
    return make_world()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_door_opens_to_those_who_may_and_to_nobody_else(
    app: Flask, client: Client, world: World, part: int
) -> None:
    browsers = {role: client.sign_in(person) for role, person in world.people.items()}
    tokens = {role: browser.csrf() for role, browser in browsers.items()}
    lines = [line_of(app, world, browsers, tokens, method, rule) for method, rule in chosen(doors(app), part)]
    expected = FILE.read_text().splitlines()
    wrong = [line for line in lines if line not in expected]
    assert not wrong, "\n".join(["", "These are so, but matrix.txt says otherwise or nothing:", *wrong])


def test_every_line_is_about_a_door_and_every_door_has_a_line(app: Flask) -> None:
    named = [line.split(":")[0] for line in FILE.read_text().splitlines()]
    assert named == [f"{method} {rule.endpoint}" for method, rule in doors(app)]


def test_without_signing_in_every_door_but_the_public_ones_is_shut(app: Flask, client: Client, world: World) -> None:
    for method, rule in doors(app):
        answer = client.http.open(
            address(app, rule, world.own),
            method=method,
            data={"csrf_token": client.csrf()} if method in WRITING else None,
        )
        assert answer.status_code in {303, 401}, f"{method} {rule.rule} answered {answer.status_code}"
        if answer.status_code == 303:
            assert "/sign-in" in answer.headers["Location"], rule.rule


def chosen(all_doors: list[tuple[str, Rule]], part: int) -> list[tuple[str, Rule]]:
    """Every door on SQLite; on PostgreSQL a fifth of them, all with --large: the rules are the same code."""
    step = PARTS
    if db.engine.dialect.name == "postgresql" and not os.environ.get("TEST_LARGE"):
        step = PARTS * 5
    return all_doors[part::step]


def line_of(
    app: Flask, world: World, browsers: dict[str, Client], tokens: dict[str, str], method: str, rule: Rule
) -> str:
    sides = (world.own, world.other) if names_a_thing(rule) else (world.own,)
    opened = [
        [role for role in browsers if gets_in(browsers[role], tokens[role], method, address(app, rule, side))]
        for side in sides
    ]
    return f"{method} {rule.endpoint}: " + " | ".join(" ".join(sorted(roles)) or "nobody" for roles in opened)


def names_a_thing(rule: Rule) -> bool:
    return bool(rule.arguments - set(FIXED) - {"version_id", "override_id", "mail_id", "job_id"})


def address(app: Flask, rule: Rule, side: Side) -> str:
    values = {name: FIXED.get(name, side.parts.get(name)) for name in rule.arguments}
    if rule.endpoint.startswith(FIELD_WORK) and "inspection_id" in values:
        values["inspection_id"] = side.parts["field"].id
    if rule.endpoint == "inspections.new_explanation":
        values["inspection_id"] = side.parts["review"].id
    lacking = [name for name, value in values.items() if value is None]
    assert not lacking, f"{rule.rule}: tests/access/world.py makes no {lacking}"
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def gets_in(browser: Client, token: str, method: str, path: str) -> bool:
    """Opens the door, and undoes whatever happened behind it."""
    before = db.session.begin_nested()
    sent = {"csrf_token": token, "criterion": "1.1"} if method in WRITING else None
    answer = browser.http.open(path, method=method, data=sent, query_string={"criterion": "1.1"})
    answer.close()
    if before.is_active:
        before.rollback()
    return answer.status_code not in SHUT and "/sign-in" not in answer.headers.get("Location", "")
