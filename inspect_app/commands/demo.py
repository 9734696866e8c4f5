"""`seed`: fills an empty database with the demonstration."""

from datetime import date

import click
from flask import current_app

from inspect_app import clock
from inspect_app.commands import Day, cli, refusals_exit_1, say
from inspect_app.db import transaction
from inspect_app.demo.world import seed
from inspect_app.refusals import N_, Refused


@cli.command("seed")
@click.option("--today", type=Day(), default=None, help="The day on which the story stands; today by default.")
@refusals_exit_1
def seed_command(today: date | None) -> None:
    """Fills an empty database with real units, fictional people and a believable past (demo mode only)."""
    if not current_app.config["SETTINGS"].demo:
        raise Refused(N_("Dữ liệu minh họa chỉ nạp được khi INSPECT_ENV=demo."))
    day = today or clock.today()
    with transaction():
        seed(day)
    say(f"The demonstration stands at {day.isoformat()}.")
