"""What the doors keep: the name and the key of the installation, and what tablets say of themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inspect_app.db import db
from inspect_app.preferences import Preference
from inspect_app.sync.actions import this_deployment
from inspect_app.sync.models_doors import RescueKey, Tablet
from inspect_app.sync.queries_doors import deployment_row, rescue_key, tablet_of
from inspect_app.sync.rescue_keys import make_pair, mark_of
from inspect_app.sync.rules_doors import Report


def this_rescue_key(secret: str, at: datetime) -> RescueKey:
    """The pair of keys in use; made at the first asking."""
    mark = mark_of(secret)
    known = rescue_key(mark)
    if known is not None:
        return known
    public, sealed = make_pair(secret)
    made = RescueKey(mark=mark, public=public, sealed=sealed, made_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return rescue_key(mark) or made
    return made


def set_deployment(*, at: datetime, backed_up_until: str, epoch: int | None = None) -> Preference:
    """Notes up to when everything is in a backup; after a restore, the new epoch as well."""
    this_deployment(at)
    row = deployment_row()
    row.value = row.value | {"backed_up_until": backed_up_until} | ({"epoch": epoch} if epoch else {})
    row.changed_at = at
    return row


def keep_report(report: Report, *, person_id: UUID, at: datetime) -> Tablet:
    """Notes what a tablet says of itself."""
    tablet = tablet_of(report.device, person_id)
    if tablet is None:
        tablet = Tablet(device=report.device, person_id=person_id)
    said: dict[str, Any] = {
        "last_contact_at": at,
        "waiting": report.waiting,
        "photos": report.photos,
        "oldest_at": report.oldest,
        "app_version": report.app_version,
        "skew": report.skew(at),
        "storage": report.storage,
    }
    for name, value in said.items():
        setattr(tablet, name, value)
    try:
        with db.session.begin_nested():
            db.session.add(tablet)
    except IntegrityError:
        return tablet_of(report.device, person_id) or tablet
    return tablet
