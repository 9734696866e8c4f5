"""What happened, collected in any order and written down in the order of time."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Any
from uuid import UUID

from inspect_app.audit.actions import Doer, Event, record_events
from inspect_app.calendars.queries import working_calendar
from inspect_app.clock import HANOI
from inspect_app.db import Model, db


class DeterministicIds:
    """UUIDv7-shaped ids out of a seeded chance, rising, so that the same day gives the same demonstration."""

    def __init__(self, chance: Random, start: datetime) -> None:
        self.chance = chance
        self.milliseconds = int(start.timestamp() * 1000)

    def __call__(self) -> UUID:
        self.milliseconds += 1
        value = (self.milliseconds << 80) | self.chance.getrandbits(80)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


class Chronicle:
    """Collects things and events of a fictional past that ends at `now`."""

    def __init__(self, chance: Random, now: datetime) -> None:
        self.chance = chance
        self.now = now
        self.today = now.astimezone(HANOI).date()
        self.calendar = working_calendar()
        self._things: list[Any] = []
        self._events: list[Event] = []

    def add(self, thing: Any) -> Any:
        self._things.append(thing)
        return thing

    def note(self, action: str, thing: Any, by: Doer, at: datetime, reason: str = "", **details: Any) -> None:
        document = details.pop("document", None)
        self._events.append(Event(action, thing, by, at, reason or None, document, details))

    def day(self, offset: int) -> date:
        """The working day at this many calendar days from today, or the next one after it."""
        return self.calendar.next_working_day(self.today + timedelta(days=offset))

    def later(self, day: date, working_days: int) -> date:
        return self.calendar.add_working_days(day, working_days)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A moment of that day, never after now."""
        moment = datetime.combine(day, time(hour, minute), HANOI)
        return min(moment, self.now - timedelta(minutes=5))

    def pick(self, many: Any) -> Any:
        return self.chance.choice(many)

    def write(self) -> None:
        """Puts everything into the database; the log in the order of time."""
        tables = [table.name for table in Model.metadata.sorted_tables]
        in_order = sorted(self._things, key=lambda thing: tables.index(thing.__tablename__))
        for _, things in groupby(in_order, _table):
            db.session.add_all(things)
            db.session.flush()
        record_events(sorted(self._events, key=lambda event: event.at))
        self._things, self._events = [], []


def _table(thing: Any) -> str:
    return thing.__tablename__
