"""`python -m inspect_app backup` and `restore`."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from inspect_app.backup.making import CannotBackUp, back_up
from inspect_app.backup.manifest import Damaged
from inspect_app.backup.restoring import CannotRestore, restore
from inspect_app.commands import cli, print_json, say
from inspect_app.config import Settings


@cli.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def backup_command(folder: Path | None) -> None:
    """Writes database and files to FOLDER, which is new or empty; without one, beside the data folder.

    The product may run meanwhile. Exit 1 when nothing could be written, or when files that the database names are lost.
    """
    settings: Settings = current_app.config["SETTINGS"]
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        made = back_up(settings, folder or settings.data.with_name(f"{settings.data.name}-backups") / stamp)
    except (CannotBackUp, Damaged, SQLAlchemyError) as reason:
        say(str(reason).splitlines()[0])
        sys.exit(1)
    print_json(asdict(made))
    if made.lost:
        say(f"{len(made.lost)} files are missing or damaged in the store, and so in the backup; see `lost`.")
        sys.exit(1)


@cli.command("restore", with_appcontext=False)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", "over", is_flag=True, help="Replace the database that is there.")
def restore_command(folder: Path, over: bool) -> None:
    """Verifies the backup in FOLDER, then restores database and files. The product must not run."""
    try:
        manifest = restore(Settings.from_env(), folder, over=over)
    except (CannotRestore, Damaged) as reason:
        say(str(reason))
        sys.exit(1)
    print_json({"restored": str(folder), "began_at": manifest.began_at, "files": len(manifest.files)})
    say("Restored. Tablets will offer again what they sent since the backup.")
