"""Tasks on the command line: what is overdue."""

from datetime import date

import click

from inspect_app import clock
from inspect_app.commands import Day, cli, print_json, refusals_exit_1
from inspect_app.tasks.queries_overdue import overdue_by_unit
from inspect_app.tasks.rules import BUCKETS


@cli.command("overdue")
@click.option("--on", type=Day(), default=None, help="The day; today if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@refusals_exit_1
def overdue(on: date | None, as_json: bool) -> None:
    """How many tasks are overdue on a day, by unit and age in working days."""
    on = on or clock.today()
    lines = overdue_by_unit(on, today=clock.today())
    sums = [sum(line.counts[place] for line in lines) for place in range(len(BUCKETS))]
    if as_json:
        units = [
            {"code": line.code, "name": line.name, **dict(zip(BUCKETS, line.counts, strict=True)), "total": line.total}
            for line in lines
        ]
        whole = {"on": on.isoformat(), "total": sum(sums), "buckets": dict(zip(BUCKETS, sums, strict=True))}
        print_json({**whole, "units": units})
        return
    click.echo(f"{on.isoformat()}: {sum(sums)}")
    for line in lines:
        click.echo("  ".join([f"{count:5}" for count in (*line.counts, line.total)] + [line.name]))
