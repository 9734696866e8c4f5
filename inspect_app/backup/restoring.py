"""Bringing an installation back from a backup, while nothing runs on it."""

import os
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from inspect_app import clock, create_app
from inspect_app.audit.actions import SYSTEM_ACTOR, record
from inspect_app.backup.databases import (
    SQLITE_FILE,
    check_sqlite,
    empty_postgresql,
    file_of,
    fold_sqlite,
    is_empty,
    load_postgresql,
    others_on,
)
from inspect_app.backup.manifest import Manifest, sha256_of, sync_folder, verified
from inspect_app.config import ROOT, Settings
from inspect_app.db import db, transaction
from inspect_app.serve.children import CannotStart
from inspect_app.serve.ground import RESTORING, ensure_data_folder, lock_data_folder
from inspect_app.sync.actions_doors import set_deployment
from inspect_app.sync.queries import deployment

MIGRATIONS = str(ROOT / "migrations")


class CannotRestore(Exception):
    """Nothing was changed; the message is one sentence for the person at the console."""


def restore(settings: Settings, folder: Path, *, over: bool = False) -> Manifest:
    """Restores database and files, migrates, and begins a new epoch, so that tablets offer again what came since.

    Everything is verified before anything is touched. `over` allows to replace what is there. Files that are there and
    not in the backup stay: under the hash of their content they do no harm. Raises CannotRestore and Damaged.
    """
    manifest = verified(folder)
    _check_kind(settings, manifest)
    try:
        ensure_data_folder(settings.data)
        with ExitStack() as held:
            held.enter_context(lock_data_folder(settings))
            _check_target(settings, over)
            epoch = max(manifest.epoch, _epoch_there(settings)) + 1
            mark = settings.data / RESTORING
            mark.write_text(f"{folder}\n", encoding="utf-8")
            _restore_files(folder, settings, manifest)
            if settings.uses_sqlite:
                _restore_sqlite(folder, settings, manifest, epoch)
            else:
                _restore_postgresql(folder, settings, manifest, epoch)
            mark.unlink()
    except CannotStart as reason:
        raise CannotRestore(str(reason)) from None
    return manifest


def _check_kind(settings: Settings, manifest: Manifest) -> None:
    if manifest.dialect != settings.dialect:
        raise CannotRestore(f"The backup is one of {manifest.dialect}, and this installation uses {settings.dialect}.")
    try:
        ScriptDirectory(MIGRATIONS).get_revision(manifest.schema)
    except CommandError:
        raise CannotRestore(
            f"The backup has the schema {manifest.schema}, which this version of the product does not know."
        ) from None


def _check_target(settings: Settings, over: bool) -> None:
    others = others_on(settings.owner_url)
    if others:
        raise CannotRestore(f"The product still runs on this database ({others} connections); stop it first.")
    if not over and not is_empty(settings.owner_url):
        raise CannotRestore("There is an installation here already; to replace its database, add --replace.")


def _epoch_there(settings: Settings) -> int:
    """The epoch of what is to be replaced: a restored backup must never come back under an epoch that was used."""
    if is_empty(settings.owner_url):
        return 0
    app = create_app(settings)
    with app.app_context():
        try:
            here = deployment()
            return here.epoch if here else 0
        except SQLAlchemyError:
            return 0
        finally:
            db.session.remove()
            db.engine.dispose()


def _restore_files(folder: Path, settings: Settings, manifest: Manifest) -> None:
    homes = {"files": settings.files, "uploads": settings.uploads}
    for name, facts in sorted(manifest.files.items()):
        home = homes.get(name.partition("/")[0])
        if home is None:
            continue
        target = home / name.partition("/")[2]
        if name.startswith("uploads/") and target.exists():
            continue  # What has arrived since is more, and is looked at when the upload ends.
        if target.exists() and sha256_of(target) == facts["sha256"]:
            continue
        _copy(folder / name, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(source, half)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.chmod(0o600)
    half.replace(target)
    sync_folder(target.parent)


def _restore_sqlite(folder: Path, settings: Settings, manifest: Manifest, epoch: int) -> None:
    """Prepares the database beside the old one, and puts it in its place in one step."""
    target = file_of(settings.sqlalchemy_url)
    beside = target.with_name(f"{target.name}.restoring")
    for left_over in target.parent.glob(f"{beside.name}*"):
        left_over.unlink()
    shutil.copyfile(folder / SQLITE_FILE, beside)
    check_sqlite(beside)
    _bring_up(replace(settings, database_url=f"sqlite:///{beside}", database_owner_url=""), manifest, epoch)
    fold_sqlite(beside)
    for name in (f"{target.name}-wal", f"{target.name}-shm"):
        target.with_name(name).unlink(missing_ok=True)
    beside.replace(target)
    sync_folder(target.parent)


def _restore_postgresql(folder: Path, settings: Settings, manifest: Manifest, epoch: int) -> None:
    empty_postgresql(settings.owner_url)
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=MIGRATIONS, revision=manifest.schema)
        db.session.remove()
        db.engine.dispose()
    load_postgresql(settings.owner_url, folder, manifest.tables)
    _bring_up(settings, manifest, epoch)


def _bring_up(settings: Settings, manifest: Manifest, epoch: int) -> None:
    """Migrates what was restored, and begins the new epoch."""
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        at = clock.now()
        with transaction():
            here = set_deployment(epoch=epoch, backed_up_until=manifest.began_at, at=at)
            record("backup restored", here, by=SYSTEM_ACTOR, at=at, began_at=manifest.began_at, epoch=epoch)
        db.session.remove()
        db.engine.dispose()
