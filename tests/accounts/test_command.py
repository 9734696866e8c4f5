"""`create-admin` on the command line."""

import json

from click.testing import CliRunner, Result
from sqlalchemy import select

from inspect_app.accounts.models import Person, RoleGrant
from inspect_app.accounts.passwords import password_matches
from inspect_app.commands import cli
from inspect_app.db import db
from inspect_app.permissions import Role
from inspect_app.units.models import Unit
from tests.accounts.conftest import PASSWORD
from tests.client import Client
from tests.makers import make_city


def create_admin(*words: str, typed: str = f"{PASSWORD}\n") -> Result:
    return CliRunner().invoke(cli.commands["create-admin"], list(words), input=typed)


def person() -> Person:
    return db.session.scalar(select(Person))


def test_the_first_administrator_gets_something_to_administer(client: Client) -> None:
    result = create_admin("--email", "Goc@thu.example", "--name", "Gốc")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"email": "goc@thu.example", "units": ["HN"], "has_password": True}
    assert password_matches(person().password_hash, PASSWORD)
    assert db.session.scalar(select(Unit.name)) == "Thành phố Hà Nội"
    held = db.session.scalar(select(RoleGrant))
    assert held.role == Role.ADMIN and held.ends_on is None
    client.submit("/sign-in", "/sign-in", email="goc@thu.example", password=PASSWORD)
    client.get("/people")


def test_again_it_reaches_what_came_later_and_keeps_the_password(client: Client) -> None:
    city = make_city()
    create_admin("--email", "goc@thu.example", "--name", "Gốc")
    other = make_city("Tỉnh sau")
    result = create_admin("--email", "goc@thu.example", "--name", "Gốc", typed="\n")
    assert sorted(json.loads(result.stdout)["units"]) == sorted([city.code, other.code])
    assert len(db.session.scalars(select(RoleGrant)).all()) == 2
    assert password_matches(person().password_hash, PASSWORD)


def test_one_unit_can_be_named(client: Client) -> None:
    make_city()
    only = make_city("Tỉnh khác")
    create_admin("--email", "goc@thu.example", "--name", "Gốc", "--unit", only.code)
    assert list(db.session.scalars(select(RoleGrant.unit_id))) == [only.id]


def test_what_is_refused_leaves_nothing_and_says_why(client: Client) -> None:
    city = make_city()
    for words, typed in (
        (("--email", "goc@thu.example", "--name", "Gốc"), "ngắn\n"),
        (("--email", "không phải thư", "--name", "Gốc"), f"{PASSWORD}\n"),
        (("--email", "goc@thu.example", "--name", "Gốc", "--unit", "KHONG-CO"), f"{PASSWORD}\n"),
    ):
        result = create_admin(*words, typed=typed)
        assert result.exit_code == 1 and result.stdout == "" and result.stderr
    assert person() is None and db.session.scalar(select(Unit)) is city
