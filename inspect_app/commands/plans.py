"""The plan on the command line: how far a unit has come in a year."""

from datetime import date

import click

from inspect_app import clock
from inspect_app.commands import Day, cli, print_json, refusals_exit_1
from inspect_app.plans.coverage import Coverage, Figures, as_json
from inspect_app.plans.queries import measure_plan, measure_unit, plan_of_unit
from inspect_app.units.queries import unit_by_code


@cli.command("coverage")
@click.option("--unit", "code", required=True, help="The code of the inspecting unit, such as HN.")
@click.option("--year", type=click.IntRange(2000, 2200), default=None, help="The year; this one if left out.")
@click.option("--on", type=Day(), default=None, help="The day on which it is counted; today if left out.")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@refusals_exit_1
def coverage(code: str, year: int | None, on: date | None, wants_json: bool) -> None:
    """How many units are inspected, scheduled and missing; without a stored plan, 30% of all and of each group."""
    on = on or clock.today()
    found = _coverage(code, year or on.year, on)
    if wants_json:
        print_json(as_json(found))
        return
    click.echo(f"{code} {found.year}, {on.isoformat()}")
    for figures in (found.whole, *found.groups):
        click.echo(_line(figures))


def _coverage(code: str, year: int, on: date) -> Coverage:
    unit = unit_by_code(code)
    plan = plan_of_unit(unit.id, year)
    measured = measure_plan(plan, on) if plan else measure_unit(unit, year, on)
    return measured.coverage


def _line(figures: Figures) -> str:
    needed = f"needed {figures.required} ({figures.required_effective})"
    promised = f"scheduled {figures.scheduled}, at risk {figures.at_risk}, missing {figures.missing}"
    return f"{figures.denominator:6} units, {needed}, done {figures.done}, {promised}  {figures.name or '–'}"
