"""The working calendar in force, and the decisions behind it."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from inspect_app.calendars.models import DayOverride
from inspect_app.calendars.rules import (
    SATURDAY,
    SHIPPED_OVERRIDES,
    WorkingCalendar,
    national_holidays,
    vietnam_calendar,
)
from inspect_app.db import db
from inspect_app.preferences import forget_in_force, in_force
from inspect_app.refusals import NotVisible


def working_calendar() -> WorkingCalendar:
    """The national calendar with every decision in the table on top; the table is read once in a transaction."""
    return _calendar_of(in_force().days)


def forget_calendar() -> None:
    """The next question reads the table again: a decision was entered or taken back in this transaction."""
    forget_in_force()


def overrides_of(year: int) -> list[DayOverride]:
    """The decisions for days of this year, in order."""
    within = DayOverride.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(DayOverride).where(within).order_by(DayOverride.day)))


def override_on(day: date) -> DayOverride | None:
    return db.session.scalar(select(DayOverride).where(DayOverride.day == day))


def find_override(override_id: UUID) -> DayOverride:
    """Raises NotVisible."""
    override = db.session.get(DayOverride, override_id)
    if override is None:
        raise NotVisible
    return override


class SpecialDay(NamedTuple):
    """A day that is off though it would be worked, or worked though it would be off, and why.

    `name` is that of a public holiday, `override` the decision behind it; the government's own swaps have neither.
    """

    day: date
    works: bool
    name: str
    override: DayOverride | None


def days_of_year(year: int) -> list[SpecialDay]:
    """Everything in a year that is not simply a working day or a weekend, in order."""
    decided = {override.day: override for override in overrides_of(year)}
    names = national_holidays([year])
    calendar = working_calendar()
    shipped = {day for day in SHIPPED_OVERRIDES if day.year == year}
    swapped = {
        day for day in calendar.working_days(date(year - 1, 12, 31), date(year, 12, 31)) if day.weekday() >= SATURDAY
    }
    return [
        SpecialDay(day, calendar.is_working_day(day), names.get(day, ""), decided.get(day))
        for day in sorted({*names, *decided, *shipped, *swapped})
    ]


@lru_cache(maxsize=8)
def _calendar_of(decided: tuple[tuple[date, bool], ...]) -> WorkingCalendar:
    """Shared by all who have the same decisions: listing the working days of many years takes its time."""
    return vietnam_calendar(dict(decided))
