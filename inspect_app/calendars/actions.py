"""Deciding that a day is off or worked, whatever the national calendar says."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from inspect_app.audit.actions import Doer, record
from inspect_app.calendars.models import DayOverride
from inspect_app.calendars.queries import forget_calendar, override_on, working_calendar
from inspect_app.calendars.rules import FIRST_YEAR, LAST_YEAR, OutsideCalendar, written
from inspect_app.db import db, new_id
from inspect_app.refusals import N_, Refused


def decide_day(day: date, *, works: bool, reason: str, by: Doer, at: datetime) -> DayOverride:
    """Makes one day off or worked. Work that counts days is counted anew from now on; due dates given stay.

    Raises Refused (409) when the day was decided already, or is worked or off as wanted without a decision;
    OutsideCalendar (422) for a day that nobody can have meant.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutsideCalendar(day)
    if override_on(day) is not None:
        raise _decided(day)
    if working_calendar().is_working_day(day) == works:
        message = N_("%(day)s vốn đã là ngày làm việc.") if works else N_("%(day)s vốn đã là ngày nghỉ.")
        raise Refused(message, day=written(day))
    override = DayOverride(id=new_id(), day=day, works=works, reason=reason, recorded_at=at)
    db.session.add(override)
    try:
        db.session.flush()
    except IntegrityError:  # Somebody decided the same day in this very moment.
        raise _decided(day) from None
    record("day decided", override, by=by, at=at, reason=reason, day=day, works=works)
    forget_calendar()
    return override


def take_back_day(override: DayOverride, *, by: Doer, at: datetime) -> None:
    """Lets the national calendar hold again for a day."""
    record("day taken back", override, by=by, at=at, day=override.day, works=override.works, was=override.reason)
    db.session.delete(override)
    db.session.flush()
    forget_calendar()


def _decided(day: date) -> Refused:
    return Refused(N_("Ngày %(day)s đã có quyết định. Hãy bỏ quyết định đó trước."), day=written(day))
