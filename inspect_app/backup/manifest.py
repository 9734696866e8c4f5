"""What is in a backup, and whether it still is: every file by name, size and SHA-256."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FORMAT = "inspect-backup-1"
NAME = "manifest.json"
KNOWN = re.compile(
    r"database\.sqlite|tables/[a-z0-9_]{1,63}\.copy|files/([0-9a-f]{2})/([0-9a-f]{2})/\1\2[0-9a-f]{60}|uploads/[0-9a-f-]{36}\.part"
)
CHUNK = 1024 * 1024


class Damaged(Exception):
    """The backup is not what was written; the message is one sentence that names the file."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The facts of a backup. `began_at` is the moment up to which everything is in it; `schema` its migration.

    `tables` gives columns and number of rows of each table, for PostgreSQL; `files` size and hash by path.
    """

    dialect: str
    schema: str
    began_at: str
    deployment: str
    epoch: int
    tables: dict[str, dict[str, Any]]
    files: dict[str, dict[str, Any]]


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def facts_of(path: Path) -> dict[str, Any]:
    """Size and hash of a file, as the manifest says them."""
    return {"size": path.stat().st_size, "sha256": sha256_of(path)}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Makes the folder a backup: the last act, on the disk before it appears."""
    body = {"format": FORMAT, **asdict(manifest)}
    half = folder / f"{NAME}.half"
    with half.open("x", encoding="utf-8") as file:
        json.dump(body | {"seal": _seal(body)}, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    half.replace(folder / NAME)
    sync_folder(folder)


def verified(folder: Path) -> Manifest:
    """The manifest of a backup in which every file is what it was. Raises Damaged."""
    manifest = _read(folder / NAME)
    there = dict(_files_in(folder))
    for name in sorted(manifest.files):
        if name not in there:
            raise Damaged(f"{name} is missing from the backup.")
    for name in sorted(there):
        if name not in manifest.files:
            raise Damaged(f"{name} does not belong to the backup.")
    for name, facts in sorted(manifest.files.items()):
        size = there[name].stat().st_size
        if size != facts["size"]:
            raise Damaged(f"{name} has {size} bytes, not the {facts['size']} that were written.")
        if sha256_of(there[name]) != facts["sha256"]:
            raise Damaged(f"{name} has another content than what was written.")
    return manifest


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> Manifest:
    if not path.is_file() or path.is_symlink():
        raise Damaged(f"{NAME} is missing: this is no backup, or it was broken off before its end.")
    try:
        body = json.loads(path.read_bytes())
        seal = body.pop("seal")
        if body.pop("format") != FORMAT:
            raise Damaged(f"{NAME} is of another format than {FORMAT}; a newer version of the product made it.")
        manifest = Manifest(**body)
        whole = seal == _seal({"format": FORMAT, **body})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Damaged(f"{NAME} is cut or was changed: it cannot be read.") from None
    if not whole:
        raise Damaged(f"{NAME} was changed: its seal does not fit.")
    for name in manifest.files:
        if not KNOWN.fullmatch(name):
            raise Damaged(f"{NAME} names {name!r}, which no backup holds.")
    return manifest


def _files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise Damaged(f"{name} is no plain file.")
        if path.is_file() and name != NAME:
            yield name, path


def _seal(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
