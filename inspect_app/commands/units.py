"""Units on the command line: bringing files in, and counting who is in force."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from inspect_app import clock
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.commands import Day, cli, print_json, refusals_exit_1, say
from inspect_app.db import transaction
from inspect_app.units.actions import Counts, ImportRefused, import_table, try_table
from inspect_app.units.imports import ImportKind, table_of
from inspect_app.units.queries import counts_by_group, counts_by_kind
from inspect_app.units.reading import Row

a_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
dry_run = click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")


@cli.group("import")
def import_() -> None:
    """Brings in a file, all of it or nothing; a file that was taken before changes nothing."""


@import_.command("units")
@a_file
@dry_run
@refusals_exit_1
def import_units(file: Path, dry_run: bool) -> None:
    """Units from a CSV or XLSX file."""
    _import(ImportKind.UNITS, file, dry_run)


@import_.command("changes")
@a_file
@dry_run
@refusals_exit_1
def import_changes(file: Path, dry_run: bool) -> None:
    """Who succeeded whom, from a CSV or XLSX file."""
    _import(ImportKind.CHANGES, file, dry_run)


@cli.command("units")
@click.option("--on", type=Day(), default=None, help="The day; today if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def units(on: date | None, as_json: bool) -> None:
    """How many units are in force on a day, by kind and by group."""
    on = on or clock.today()
    by_kind, by_group = counts_by_kind(on), counts_by_group(on)
    total = sum(by_kind.values())
    if as_json:
        print_json({"on": on.isoformat(), "total": total, "by_kind": by_kind, "by_group": by_group})
        return
    click.echo(f"{on.isoformat()}: {total}")
    for name, count in [*by_kind.items(), *by_group.items()]:
        click.echo(f"{count:6}  {name or '–'}")


def _import(kind: ImportKind, file: Path, only_try: bool) -> None:
    rows = table_of(file.read_bytes(), file.name)
    try:
        counts = try_table(kind, rows) if only_try else _take(kind, rows)
    except ImportRefused as error:
        for problem in error.problems:
            say(f"{problem.row}{f', {problem.column}' if problem.column else ''}: {problem}")
        raise
    print_json({**asdict(counts), "dry_run": only_try})


def _take(kind: ImportKind, rows: Sequence[Row]) -> Counts:
    with transaction():
        return import_table(kind, rows, by=SYSTEM_ACTOR, at=clock.now())
