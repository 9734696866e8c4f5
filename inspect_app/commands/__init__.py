"""The command line, which is also what an administrator scripts: `python -m inspect_app …`.

JSON alone goes to stdout, messages to stderr. Exit 0 done, 1 refused, 2 usage.
"""

import json
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click
from flask.cli import FlaskGroup
from flask_migrate.cli import db as migrations

from inspect_app import create_app
from inspect_app.config import Settings
from inspect_app.forms import read_day
from inspect_app.refusals import Refused

MODULES = ("accounts", "audit", "backup", "demo", "plans", "rubrics", "sync", "tasks", "units")


class Commands(FlaskGroup):
    """Every command is added here, so that help needs no application and thus no settings."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.commands)


cli = Commands(
    name="inspect_app",
    help=__doc__,
    create_app=lambda: create_app(Settings.from_env()),
    add_default_commands=False,
    add_version_option=False,
)
cli.add_command(migrations, "db")


class Day(click.ParamType):
    """A day on the command line: yyyy-mm-dd or dd/mm/yyyy."""

    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        day = value if isinstance(value, date) else read_day(value)
        return day or self.fail(f"{value!r} is not a day; write 2026-09-14", param, ctx)


def refusals_exit_1(command: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal becomes one sentence on stderr and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Refused as error:
            say(str(error))
            sys.exit(1)

    return run


def say(message: str) -> None:
    click.echo(message, err=True)


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


@cli.command("serve", with_appcontext=False)
def serve() -> None:
    """Starts everything: queue, database, web, worker, clock."""
    from inspect_app.serve import main

    sys.exit(main(Settings.from_env()))


@cli.command("worker", with_appcontext=False)
def worker() -> None:
    """Runs the jobs that wait in every queue."""
    from inspect_app.worker import main

    sys.exit(main(Settings.from_env()))


@cli.command("clock", with_appcontext=False)
def clock() -> None:
    """Rings once a minute for everything that runs by the clock."""
    from inspect_app.clockwork import main

    sys.exit(main(Settings.from_env()))


for _name in MODULES:
    if find_spec(f"inspect_app.commands.{_name}"):
        import_module(f"inspect_app.commands.{_name}")
