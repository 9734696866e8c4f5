"""Decisions about single days."""

from datetime import date

import pytest
from sqlalchemy import select

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.audit.models import AuditEntry
from inspect_app.calendars.actions import decide_day, take_back_day
from inspect_app.calendars.models import DayOverride
from inspect_app.calendars.queries import days_of_year, working_calendar
from inspect_app.db import db
from inspect_app.refusals import Refused
from tests.conftest import NOW

TUESDAY, SATURDAY, CULTURE_DAY = date(2026, 9, 15), date(2026, 9, 19), date(2026, 11, 24)


def decide(day: date, works: bool) -> DayOverride:
    return decide_day(day, works=works, reason="Công văn số 1", by=SYSTEM_ACTOR, at=NOW)


def test_a_decision_holds_at_once_and_can_be_taken_back(database: None) -> None:
    assert working_calendar().is_working_day(TUESDAY)
    override = decide(TUESDAY, works=False)
    assert not working_calendar().is_working_day(TUESDAY)
    assert working_calendar().add_working_days(date(2026, 9, 14), 1) == date(2026, 9, 16)
    take_back_day(override, by=SYSTEM_ACTOR, at=NOW)
    assert working_calendar().is_working_day(TUESDAY)
    assert list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq))) == [
        "day decided",
        "day taken back",
    ]


def test_a_saturday_and_a_holiday_can_be_worked(database: None) -> None:
    decide(SATURDAY, works=True)
    decide(CULTURE_DAY, works=True)
    assert working_calendar().is_working_day(SATURDAY) and working_calendar().is_working_day(CULTURE_DAY)


def test_a_day_is_decided_once_and_only_where_it_changes_something(database: None) -> None:
    decide(TUESDAY, works=False)
    for day, works in (
        (TUESDAY, False),
        (TUESDAY, True),
        (SATURDAY, False),
        (date(2026, 9, 16), True),
        (date(1900, 1, 1), True),
    ):
        with pytest.raises(Refused):
            decide(day, works=works)
    assert len(db.session.scalars(select(DayOverride)).all()) == 1


def test_the_year_shows_holidays_swaps_and_decisions(database: None) -> None:
    decide(TUESDAY, works=False)
    days = {day.day: day for day in days_of_year(2026)}
    assert days[date(2026, 8, 22)].works and not days[date(2026, 8, 31)].works
    assert not days[CULTURE_DAY].works and days[CULTURE_DAY].name
    assert days[TUESDAY].override is not None and not days[TUESDAY].works
    assert list(days) == sorted(days)
