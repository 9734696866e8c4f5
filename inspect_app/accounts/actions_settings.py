"""Changing what holds while the product runs."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from inspect_app.audit.actions import record
from inspect_app.db import db
from inspect_app.permissions import Actor
from inspect_app.preferences import KNOWN, Preference, forget_in_force, preferences, set_preference
from inspect_app.refusals import N_, Refused

COVERAGE_COUNTS_FROM = ("minutes_signed", "concluded")
"""The moments from which a plan may count an inspection as done."""
CHOICES = {"coverage_counts_from": COVERAGE_COUNTS_FROM}
TEXT_LENGTH = 120


def change_settings(wanted: Mapping[str, int | str], *, seen: str, by: Actor, at: datetime) -> list[str]:
    """Stores the settings that differ from those in force, all or none. Gives the names of what changed.

    `seen` is the mark of what the page showed (`settings_mark`). Raises Refused (409) when somebody changed a setting
    meanwhile, (422) for a value out of its bounds; KeyError for an unknown name.
    """
    db.session.execute(select(Preference.id).with_for_update()).all()
    forget_in_force()
    if settings_mark() != seen:
        raise Refused(N_("Người khác vừa đổi cài đặt. Hãy mở lại trang để xem giá trị mới rồi sửa tiếp."))
    in_force = preferences()
    changed = [name for name, value in wanted.items() if in_force[name] != value]
    for name in changed:
        check_setting(name, wanted[name])
        preference = set_preference(name, wanted[name], at=at)
        db.session.flush()
        record("setting changed", preference, by=by, at=at, name=name, was=in_force[name], now=wanted[name])
    return changed


def settings_mark() -> str:
    """Changes whenever a setting does."""
    latest = db.session.scalars(select(Preference.changed_at)).all()
    return max((moment.isoformat() for moment in latest), default="")


def check_setting(name: str, value: int | str) -> None:
    """Raises Refused (422) for a value that the setting does not take."""
    known = KNOWN[name]
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise Refused(N_("Giá trị này không có trong danh sách."), status=422)
    elif isinstance(known.default, int):
        if not isinstance(value, int) or not known.least <= value <= known.most:
            raise Refused(N_("Cần một số từ %(least)s đến %(most)s."), status=422, least=known.least, most=known.most)
    elif not isinstance(value, str) or not value or len(value) > TEXT_LENGTH:
        raise Refused(N_("Cần điền, tối đa %(most)s ký tự."), status=422, most=TEXT_LENGTH)
