"""What the committee and its office do from the overview: reminding units."""

from datetime import datetime

from inspect_app.audit.actions import Doer, record
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day, written
from inspect_app.committee import jobs
from inspect_app.committee.queries import last_reminders
from inspect_app.committee.rules import REMINDER_PERIOD, may_remind
from inspect_app.db import db
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused
from inspect_app.units.models import Unit


def remind_unit(unit: Unit, overdue: int, *, by: Doer, at: datetime) -> None:
    """Reminds the head of a unit of what is overdue; once in a period. Raises Refused."""
    if not overdue:
        raise Refused(N_("%(unit)s không có nhiệm vụ quá hạn."), unit=unit.name)
    db.session.refresh(unit, ["code"], with_for_update=True)
    on = local_day(at)
    calendar = working_calendar()
    last = last_reminders([unit.id], calendar.add_working_days(on, -REMINDER_PERIOD)).get(unit.id)
    if not may_remind(calendar, local_day(last) if last else None, on):
        raise Refused(
            N_("%(unit)s đã được nhắc ngày %(day)s; trong %(n)s ngày làm việc chỉ nhắc một lần."),
            unit=unit.name,
            day=written(local_day(last)),
            n=REMINDER_PERIOD,
        )
    record("unit reminded", unit, by=by, at=at, overdue=overdue)
    later(jobs.tell_about_reminder, unit.id)
