"""Taking in the file of last resort by the same path as what tablets send: sending both ways makes nothing double."""

from collections import Counter
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from inspect_app.audit.actions import Doer, record
from inspect_app.db import transaction
from inspect_app.permissions import Actor
from inspect_app.refusals import N_, NotVisible, Refused
from inspect_app.sync.actions import take_in
from inspect_app.sync.actions_uploads import begin_upload, take_whole
from inspect_app.sync.queries import known_mutation
from inspect_app.sync.queries_doors import find_upload, rescue_keys
from inspect_app.sync.queries_parked import author
from inspect_app.sync.rescue import Rescued, open_file
from inspect_app.sync.rescue_keys import WrongKey, open_key
from inspect_app.sync.rules import MOST_CHANGES, Unreadable, read_change
from inspect_app.sync.rules_uploads import Photo
from inspect_app.sync.uploads import Busy, UploadFolder

AUTHORLESS, FAILED = "no_author", "failed"


def read_rescue(content: bytes, secret: str) -> Rescued:
    """What is in a file that a tablet made. Raises Refused (422) in one sentence."""
    with transaction():
        sealed = [key.sealed for key in rescue_keys()]
    if not secret or not sealed:
        raise Refused(N_("Máy chủ này chưa có khóa cứu hộ, nên tệp không phải dành cho nó."), status=422)
    return open_file(content, lambda wrapped: _unwrap(secret, sealed, wrapped))


def foresee(rescued: Rescued) -> dict[str, Any]:
    """What taking the file in would do, without doing it."""
    new_changes = sum(_is_new(raw) for raw in rescued.changes)
    new_photos = sum(not _has_ended(photo.id) for photo, _content, _author in rescued.photos)
    return _about(rescued) | {"new_changes": new_changes, "new_photos": new_photos}


def take_in_rescued(
    rescued: Rescued, folder: UploadFolder, *, by: Doer, importer: Actor | None, at: datetime
) -> dict[str, Any]:
    """Takes everything in: changes first, then photos, each as its author. Call it outside of any transaction.

    What has no author here is put aside in the name of the `importer`; without one (the command line) it is counted as
    `no_author` and left in the file. Gives how many of each result.
    """
    results = Counter(_take_changes(rescued.changes, importer, at))
    for photo, content, author_id in rescued.photos:
        results[f"photo:{_take_photo(folder, photo, content, author_id, importer, at)}"] += 1
    done = _about(rescued) | {"results": dict(sorted(results.items()))}
    with transaction():
        record("rescue file taken in", rescue_keys()[0], by=by, at=at, **done)
    return done


def _take_changes(changes: list[Any], importer: Actor | None, at: datetime) -> list[str]:
    results = []
    for author_id, group in groupby(sorted(changes, key=_author_of), key=_author_of):
        made = list(group)
        for start in range(0, len(made), MOST_CHANGES):
            with transaction():
                by = _person(author_id, at) or importer
                acks = take_in(made[start : start + MOST_CHANGES], by=by, at=at) if by else []
            results += [ack["result"] for ack in acks] or [AUTHORLESS] * len(made[start : start + MOST_CHANGES])
    return results


def _take_photo(
    folder: UploadFolder, photo: Photo, content: bytes, author_id: UUID | None, importer: Actor | None, at: datetime
) -> str:
    try:
        with transaction():
            known = find_upload(photo.id)
            by = _person(str(known.author_id if known else author_id), at) or importer
            if by is None:
                return AUTHORLESS
            begin_upload(photo, by=by, at=at)
        return take_whole(folder, photo.id, content, by=by, at=at)
    except (Refused, Busy):
        return FAILED


def _person(person_id: str, at: datetime) -> Actor | None:
    try:
        return author(UUID(person_id), at)
    except (ValueError, NotVisible):
        return None


def _author_of(raw: Any) -> str:
    return str(raw.get("author", "")) if isinstance(raw, dict) else ""


def _is_new(raw: Any) -> bool:
    try:
        return known_mutation(read_change(raw).id) is None
    except Unreadable:
        return True


def _has_ended(upload_id: UUID) -> bool:
    upload = find_upload(upload_id)
    return upload is not None and bool(upload.outcome)


def _about(rescued: Rescued) -> dict[str, Any]:
    return {
        "device": rescued.device,
        "made_at": rescued.made_at,
        "changes": len(rescued.changes),
        "photos": len(rescued.photos),
    }


def _unwrap(secret: str, sealed: list[str], wrapped: bytes) -> bytes:
    """Tries every pair: an older one may still be sealed with this secret. Raises WrongKey."""
    for each in sealed:
        try:
            return open_key(secret, each, wrapped)
        except WrongKey:
            continue
    raise WrongKey("none fits")
