"""Working days, days off and due dates in Viet Nam. See docs/rules.md, "Deadlines".

Monday to Friday are worked, less public holidays, plus the Saturdays that a decision swaps in; a decision entered for
one day wins over everything. Day 0 is the day of the event, so one working day after a Friday is the next day worked.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

from inspect_app.refusals import N_, Refused

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LAST_SECOND = time(23, 59, 59)
FIRST_YEAR = 1990
LAST_YEAR = 2100
SATURDAY = 5

SHIPPED_OVERRIDES: Mapping[date, bool] = {date(2026, 1, 2): False, date(2026, 1, 10): True}
"""The government's swap for New Year 2026, which the package of holidays has the other way round."""


class OutsideCalendar(Refused):
    """A day so far away that nobody can have meant it. Answers 422."""

    def __init__(self, day: date) -> None:
        super().__init__(
            N_("Ngày %(day)s nằm ngoài lịch làm việc (%(first)s–%(last)s)."),
            status=422,
            day=written(day),
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which a clock stands still: those after `after`, through `through` (None: it still stands).

    The day of a suspension or a submission is day 0 of the pause; the day of resumption or return is its last.
    """

    after: date
    through: date | None = None


def written(day: date) -> str:
    """A day as people write it here: 05/01/2026."""
    return day.strftime("%d/%m/%Y")


@lru_cache(maxsize=256)
def _national_year(year: int) -> tuple[dict[date, str], frozenset[date]]:
    """The public holidays of a year with their names, and the Saturdays and Sundays worked instead of another day."""
    days = holidays.country_holidays("VN", years=[year], language="vi")
    names = {day: name for day, name in days.items() if day.year == year}
    worked = frozenset(day for day in days.weekend_workdays if day.year == year)
    return names, worked


def national_holidays(years: Iterable[int]) -> dict[date, str]:
    """The public holidays of these years, in order, with their Vietnamese names; decided swaps are not applied."""
    return {day: name for year in sorted(set(years)) for day, name in sorted(_national_year(year)[0].items())}


def is_national_holiday(day: date) -> bool:
    """True on a public holiday, whether or not it falls on a weekend."""
    return day in _national_year(day.year)[0]


def is_national_workday(day: date) -> bool:
    """True on a weekend day that is worked in exchange for another day off."""
    return day in _national_year(day.year)[1]


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last of the month where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_day(moment: datetime) -> date:
    """The day in Viet Nam on which an aware moment falls."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return moment.astimezone(VIETNAM).date()


def end_of_day(day: date) -> datetime:
    """The last second of a day in Viet Nam (23:59:59), in UTC."""
    return datetime.combine(day, LAST_SECOND, VIETNAM).astimezone(UTC)


class WorkingCalendar:
    """Knows which days are worked. Built from plain data; the answers never change once it is built.

    `overrides` says of single days that they are worked (True) or off (False) and wins over the rest. Working days are
    listed year by year as they are asked for, so that counting them is a search in a sorted list.
    """

    def __init__(
        self,
        overrides: Mapping[date, bool] | None = None,
        is_holiday: Callable[[date], bool] = is_national_holiday,
        is_worked_weekend: Callable[[date], bool] = is_national_workday,
    ) -> None:
        self._overrides = dict(overrides or {})
        self._is_holiday = is_holiday
        self._is_worked_weekend = is_worked_weekend
        # Years and days change together in one assignment, so that threads may share a calendar.
        self._listed: tuple[int, int, list[int]] = (0, -1, [])
        self._by_year: dict[int, list[int]] = {}

    def is_working_day(self, day: date) -> bool:
        """True when the day is worked."""
        listed = self._days(day, day)
        place = bisect_left(listed, day.toordinal())
        return place < len(listed) and listed[place] == day.toordinal()

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start` (before it, with a negative n). 0 is `start` itself."""
        if n == 0:
            return start
        reach = start
        while True:
            listed = self._days(min(start, reach), max(start, reach))
            ordinal = start.toordinal()
            place = bisect_right(listed, ordinal) + n - 1 if n > 0 else bisect_left(listed, ordinal) + n
            if 0 <= place < len(listed):
                return date.fromordinal(listed[place])
            reach = self._year_beyond(n)

    def working_days_between(self, after: date, through: date) -> int:
        """How many working days lie after `after` up to and including `through`; 0 when `through` is not later."""
        if through <= after:
            return 0
        listed = self._days(after, through)
        return bisect_right(listed, through.toordinal()) - bisect_right(listed, after.toordinal())

    def working_days(self, after: date, through: date) -> Iterator[date]:
        """The working days after `after` up to and including `through`, in order."""
        if through > after:
            listed = self._days(after, through)
            span = slice(bisect_right(listed, after.toordinal()), bisect_right(listed, through.toordinal()))
            yield from map(date.fromordinal, listed[span])

    def next_working_day(self, day: date) -> date:
        """The day itself when it is worked, otherwise the next one that is."""
        return self.add_working_days(day - timedelta(days=1), 1)

    def add_calendar_days(self, start: date, n: int, *, to_working_day: bool = False) -> date:
        """The n-th calendar day after `start`; moved on to a working day where the clock's template says so."""
        end = start + timedelta(days=n)
        return self.next_working_day(end) if to_working_day else end

    def late_by(
        self,
        due: date,
        until: date,
        suspensions: Iterable[Pause] = (),
        verification_spans: Iterable[Pause] = (),
    ) -> int:
        """Working days from the due date (exclusive) to the day of submission, or to today while open (inclusive).

        0 on the due date and before. Days under suspension, and days from a submission to its return, do not count.
        """
        late = self.working_days_between(due, until)
        if late:
            late -= sum(
                self.working_days_between(start, end)
                for start, end in _still(due, until, suspensions, verification_spans)
            )
        return late

    def late_days(
        self,
        due: date,
        until: date,
        suspensions: Iterable[Pause] = (),
        verification_spans: Iterable[Pause] = (),
    ) -> Iterator[date]:
        """The very days that `late_by` counts, in order."""
        marks = [(due, due), *_still(due, until, suspensions, verification_spans), (until, until)]
        for (_, last), (following, _) in pairwise(marks):
            yield from self.working_days(last, following)

    def _days(self, first: date, last: date) -> list[int]:
        """The ordinals of all working days of a stretch of years that holds both days."""
        start, end, listed = self._listed
        if start <= first.year and last.year <= end:
            return listed
        for day in (first, last):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise OutsideCalendar(day)
        new_start = min(first.year, start or first.year)
        new_end = max(last.year, end)
        listed = [day for year in range(new_start, new_end + 1) for day in self._working_year(year)]
        self._listed = (new_start, new_end, listed)
        return listed

    def _working_year(self, year: int) -> list[int]:
        if year not in self._by_year:
            ordinals = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
            self._by_year[year] = [ordinal for ordinal in ordinals if self._works(date.fromordinal(ordinal))]
        return self._by_year[year]

    def _works(self, day: date) -> bool:
        decided = self._overrides.get(day)
        if decided is not None:
            return decided
        if day.weekday() < SATURDAY:
            return not self._is_holiday(day)
        return self._is_worked_weekend(day)

    def _year_beyond(self, n: int) -> date:
        start, end, _ = self._listed
        year = end + 1 if n > 0 else start - 1
        return date(year, 1, 1)


def _still(due: date, until: date, *pauses: Iterable[Pause]) -> list[tuple[date, date]]:
    """The pauses between two days, in order, cut to these days and joined where they overlap."""
    cut = sorted((max(pause.after, due), min(pause.through or until, until)) for many in pauses for pause in many)
    joined: list[tuple[date, date]] = []
    for start, end in cut:
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def vietnam_calendar(overrides: Mapping[date, bool] | None = None) -> WorkingCalendar:
    """The national calendar with the decisions that the product ships and, above them, those given."""
    return WorkingCalendar({**SHIPPED_OVERRIDES, **(overrides or {})})


def on_time(due: date, submitted_at: datetime) -> bool:
    """Submitted by the end of the due date in Viet Nam, whatever late-by says."""
    return local_day(submitted_at) <= due


def require_working_day(calendar: WorkingCalendar, day: date) -> None:
    """Raises Refused, naming the holiday and the nearest working day after it, when the day is off."""
    if calendar.is_working_day(day):
        return
    nearest, name = written(calendar.next_working_day(day)), national_holidays([day.year]).get(day)
    if name:
        message = N_("%(day)s là ngày nghỉ (%(name)s). Gần nhất: %(nearest)s.")
        raise Refused(message, status=422, day=written(day), name=name, nearest=nearest)
    raise Refused(N_("%(day)s là ngày nghỉ. Gần nhất: %(nearest)s."), status=422, day=written(day), nearest=nearest)
