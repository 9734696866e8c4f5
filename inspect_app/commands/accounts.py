"""`python -m inspect_app create-admin`."""

import sys

import click

from inspect_app import clock
from inspect_app.accounts.actions import set_first_password
from inspect_app.accounts.actions_people import make_administrator
from inspect_app.accounts.rules import PASSWORD_MINIMUM, check_address
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.commands import cli, print_json, refusals_exit_1, say
from inspect_app.db import transaction
from inspect_app.preferences import preference
from inspect_app.units.actions import import_units
from inspect_app.units.models import Unit
from inspect_app.units.queries import roots, unit_by_code
from inspect_app.units.reading import UNIT_COLUMNS
from inspect_app.units.rules import UnitKind

FIRST_UNIT = "HN"
"""The code of the unit that is made where there is none: the top of the shipped tables, which then complete it."""


@cli.command("create-admin")
@click.option("--email", help="The address with which the administrator signs in.")
@click.option("--name", help="The administrator's name.")
@click.option(
    "--unit", "code", help="ADMIN for this unit and below; without it, for every unit at the top of the tree."
)
@refusals_exit_1
def create_admin(email: str | None, name: str | None, code: str | None) -> None:
    """Makes an administrator, or gives ADMIN to whoever has the address.

    The password is asked for, or read from the first line of stdin; with an empty one the account keeps the password
    that it has. Where no unit exists yet, one named like the site is made, so that there is something to administer.
    Run it again after an import of units: ADMIN then reaches the new top units too.
    """
    email = check_address(email or click.prompt("E-mail", err=True))
    name = name or click.prompt("Name", err=True)
    password = _password()
    on, at = clock.today(), clock.now()
    with transaction():
        units = _scope(code)
        person = make_administrator(email, name, units, by=SYSTEM_ACTOR, at=at, on=on)
        if password:
            set_first_password(person, password, by=SYSTEM_ACTOR, at=at)
        has_password = person.password_hash is not None
        print_json({"email": person.email, "units": [unit.code for unit in units], "has_password": has_password})
    if not has_password:
        say("No password yet: use “Quên mật khẩu” on the sign-in page, or run this again with one.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    hint = f"Password (at least {PASSWORD_MINIMUM} characters)"
    return str(click.prompt(hint, hide_input=True, confirmation_prompt=True, default="", show_default=False, err=True))


def _scope(code: str | None) -> list[Unit]:
    on = clock.today()
    if code:
        return [unit_by_code(code)]
    found = roots(on)
    if not found:
        first = dict.fromkeys(UNIT_COLUMNS, "") | {
            "code": FIRST_UNIT,
            "name": str(preference("site_name")),
            "kind": UnitKind.TINH.value,
            "source": "create-admin",
        }
        import_units([first], by=SYSTEM_ACTOR, at=clock.now())
        found = roots(on)
    return found
