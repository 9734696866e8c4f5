"""How often a unit may be reminded."""

from datetime import date

from inspect_app.calendars.rules import WorkingCalendar

REMINDER_PERIOD = 5
"""Working days in which a unit is reminded once."""


def may_remind(calendar: WorkingCalendar, last: date | None, on: date) -> bool:
    """True when the unit was not reminded within the period."""
    return last is None or calendar.working_days_between(last, on) >= REMINDER_PERIOD


def reminders_since(calendar: WorkingCalendar, on: date) -> date:
    """The last day on which a reminder no longer stands in the way of the next one."""
    return calendar.add_working_days(on, -REMINDER_PERIOD)
