"""Making a backup, while the product runs."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from inspect_app import clock
from inspect_app.audit.actions import SYSTEM_ACTOR, record
from inspect_app.backup.databases import dump_postgresql, dump_sqlite
from inspect_app.backup.manifest import KNOWN, Manifest, facts_of, sync_folder, write_manifest
from inspect_app.config import Settings
from inspect_app.db import db, transaction
from inspect_app.documents.models import StoredFile
from inspect_app.sync.actions import this_deployment
from inspect_app.sync.actions_doors import set_deployment
from inspect_app.sync.models_doors import SyncUpload


class CannotBackUp(Exception):
    """Nothing was written over; the message is one sentence for the person at the console."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup. `lost` are files that the database names and that the store lacks or holds changed."""

    folder: Path
    began_at: str
    files: int
    size: int
    lost: tuple[str, ...]


def back_up(settings: Settings, folder: Path) -> Made:
    """Writes database and files to a new or empty folder, then tells the tablets up to when they are backed up.

    The database goes first: files are only ever added, and before the row that names them. Raises CannotBackUp.
    """
    _prepare(folder)
    began = clock.now()
    with transaction():
        here = this_deployment(began)
        schema = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.flush()
    tables = _dump(settings, folder)
    named = _named_files()
    _copy_files(settings, folder)
    files = {name: facts_of(folder / name) for name in _written(folder)}
    manifest = Manifest(settings.dialect, schema, began.isoformat(), here.id, here.epoch, tables, files)
    write_manifest(folder, manifest)
    lost = tuple(sorted(_lost(files, named)))
    if not lost:
        _tell(began, manifest)
    return Made(folder, manifest.began_at, len(files), sum(each["size"] for each in files.values()), lost)


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CannotBackUp(f"The folder {folder} is not empty; name a new one.")
    except OSError as error:
        raise CannotBackUp(f"The folder {folder} cannot be written ({error.strerror}).") from None


def _dump(settings: Settings, folder: Path) -> dict[str, dict[str, Any]]:
    if settings.uses_sqlite:
        dump_sqlite(settings.sqlalchemy_url, folder)
        return {}
    return dump_postgresql(settings.owner_url, folder)


def _named_files() -> set[str]:
    with transaction():
        pairs = db.session.query(StoredFile.sha256, StoredFile.thumbnail_sha256).order_by(StoredFile.id).all()
        aside = db.session.query(SyncUpload.sha256).filter(SyncUpload.outcome.startswith("parked:")).all()
    return {sha256 for found in (*pairs, *aside) for sha256 in found if sha256}


def _copy_files(settings: Settings, folder: Path) -> None:
    """The store is linked where that can be done: its files never change. Uploads grow, so they are copied."""
    for path in sorted(settings.files.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
        target = folder / "files" / path.relative_to(settings.files)
        if KNOWN.fullmatch(target.relative_to(folder).as_posix()):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _link(path, target)
    for path in sorted(settings.uploads.glob("*.part")):
        (folder / "uploads").mkdir(mode=0o700, exist_ok=True)
        if KNOWN.fullmatch(f"uploads/{path.name}"):
            shutil.copyfile(path, folder / "uploads" / path.name)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def _written(folder: Path) -> list[str]:
    """Everything that is in the folder, brought to the disk."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
        found.append(path.relative_to(folder).as_posix())
    return found


def _lost(files: dict[str, dict[str, Any]], named: set[str]) -> set[str]:
    whole = {name.rpartition("/")[2] for name, facts in files.items() if name.endswith(facts["sha256"])}
    damaged = {name for name in files if name.startswith("files/")} - {f"files/{s[:2]}/{s[2:4]}/{s}" for s in whole}
    return (named - whole) | {name.rpartition("/")[2] for name in damaged}


def _tell(began: datetime, manifest: Manifest) -> None:
    with transaction():
        here = set_deployment(backed_up_until=manifest.began_at, at=clock.now())
        files = len(manifest.files)
        record("backup made", here, by=SYSTEM_ACTOR, at=clock.now(), began_at=manifest.began_at, files=files)
