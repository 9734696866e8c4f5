"""What tablets saved to a file, on the command line."""

from pathlib import Path

from flask import current_app

from inspect_app import clock
from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.commands import print_json, refusals_exit_1
from inspect_app.commands.units import a_file, dry_run, import_
from inspect_app.sync.actions_rescue import foresee, read_rescue, take_in_rescued
from inspect_app.sync.uploads import UploadFolder


@import_.command("rescue")
@a_file
@dry_run
@refusals_exit_1
def import_rescue(file: Path, dry_run: bool) -> None:
    """The file that a tablet saved when it could not send; what was sent already changes nothing."""
    settings = current_app.config["SETTINGS"]
    rescued = read_rescue(file.read_bytes(), settings.lasting_secret)
    if dry_run:
        print_json(foresee(rescued) | {"dry_run": True})
        return
    done = take_in_rescued(rescued, UploadFolder(settings.uploads), by=SYSTEM_ACTOR, importer=None, at=clock.now())
    print_json(done | {"dry_run": False})
