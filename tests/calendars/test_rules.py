import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.calendars.rules import (
    OutsideCalendar,
    Pause,
    WorkingCalendar,
    add_months,
    end_of_day,
    local_day,
    national_holidays,
    on_time,
    require_working_day,
    vietnam_calendar,
)
from inspect_app.refusals import Refused

CASES = Path(__file__).parents[1] / "cases" / "calendars"
CALENDAR = vietnam_calendar()
properties = settings(deadline=None)
days = st.dates(date(2023, 1, 1), date(2028, 12, 31))
pauses = st.lists(
    st.builds(lambda after, length: Pause(after, after + timedelta(days=length)), days, st.integers(0, 60)), max_size=4
)


def cases(name: str) -> list[Any]:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))["cases"]


def day(text: str) -> date:
    return date.fromisoformat(text)


def spans(case: dict[str, Any], key: str) -> list[Pause]:
    return [Pause(day(after), day(through) if through else None) for after, through in case.get(key, [])]


@pytest.mark.parametrize("case", cases("working-days"), ids=lambda case: case["name"])
def test_n_working_days_end_on_the_day_that_the_rule_names(case: dict[str, Any]) -> None:
    assert CALENDAR.add_working_days(day(case["start"]), case["n"]) == day(case["end"])


@pytest.mark.parametrize("case", cases("days"), ids=lambda case: case["day"])
def test_a_day_is_worked_or_off_as_the_government_decided(case: dict[str, Any]) -> None:
    assert CALENDAR.is_working_day(day(case["day"])) is case["works"]


@pytest.mark.parametrize("case", cases("late-by"), ids=lambda case: case["name"])
def test_late_by_counts_working_days_after_the_due_date(case: dict[str, Any]) -> None:
    pauses_of = (spans(case, "suspensions"), spans(case, "verifications"))
    assert CALENDAR.late_by(day(case["due"]), day(case["until"]), *pauses_of) == case["late"]
    assert len(list(CALENDAR.late_days(day(case["due"]), day(case["until"]), *pauses_of))) == case["late"]


@properties
@given(days, st.integers(1, 400))
def test_adding_n_working_days_and_counting_them_again_gives_n(start: date, n: int) -> None:
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == n


@properties
@given(days, st.integers(1, 400))
def test_from_a_working_day_there_and_back_again_is_the_same_day(start: date, n: int) -> None:
    start = CALENDAR.next_working_day(start)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, n), -n) == start


@properties
@given(days, days, st.integers(0, 60))
def test_a_later_start_or_a_longer_term_never_ends_earlier(one: date, other: date, n: int) -> None:
    early, late = sorted((one, other))
    if n:
        assert CALENDAR.add_working_days(early, n) <= CALENDAR.add_working_days(late, n)
    assert CALENDAR.add_working_days(early, n) <= CALENDAR.add_working_days(early, n + 1)


@properties
@given(days, days, days)
def test_counts_of_neighbouring_stretches_add_up(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    between = CALENDAR.working_days_between
    assert between(first, middle) + between(middle, last) == between(first, last)
    assert between(first, last) == len(list(CALENDAR.working_days(first, last)))


@properties
@given(days, days, days, pauses, pauses)
def test_late_by_grows_by_exactly_the_days_that_pass(
    due: date, one: date, two: date, suspended: list[Pause], verified: list[Pause]
) -> None:
    due, sooner, later = sorted((due, one, two))
    grown = CALENDAR.late_by(due, later, suspended, verified) - CALENDAR.late_by(due, sooner, suspended, verified)
    assert grown == CALENDAR.late_by(sooner, later, suspended, verified)
    assert 0 <= grown <= CALENDAR.working_days_between(sooner, later)


@properties
@given(days, days, pauses)
def test_the_late_days_named_are_as_many_as_counted(due: date, until: date, suspended: list[Pause]) -> None:
    assert len(list(CALENDAR.late_days(due, until, suspended))) == CALENDAR.late_by(due, until, suspended)


@properties
@given(days)
def test_the_end_of_a_day_falls_on_that_day_in_viet_nam(some_day: date) -> None:
    end = end_of_day(some_day)
    assert end.tzinfo is UTC
    assert local_day(end) == some_day
    assert local_day(end + timedelta(seconds=1)) == some_day + timedelta(days=1)


def test_a_due_date_ends_at_one_second_to_midnight_in_viet_nam() -> None:
    assert end_of_day(date(2026, 9, 17)) == datetime(2026, 9, 17, 16, 59, 59, tzinfo=UTC)


def test_work_handed_in_during_the_last_second_is_on_time_and_at_midnight_it_is_not() -> None:
    due = date(2026, 9, 17)
    assert on_time(due, datetime(2026, 9, 17, 16, 59, 59, 999999, tzinfo=UTC))
    assert not on_time(due, datetime(2026, 9, 17, 17, 0, 0, tzinfo=UTC))


def test_work_handed_in_on_the_sunday_after_its_due_saturday_is_late_by_no_working_day_but_not_on_time() -> None:
    saturday, sunday = date(2026, 9, 12), datetime(2026, 9, 13, 3, 0, tzinfo=UTC)
    assert CALENDAR.late_by(saturday, local_day(sunday)) == 0
    assert not on_time(saturday, sunday)


def test_a_moment_without_its_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 9, 17, 12, 0))


def test_calendar_days_that_end_on_a_day_off_move_on_only_where_the_clock_says_so() -> None:
    notice = date(2026, 8, 17)
    assert CALENDAR.add_calendar_days(notice, 15) == date(2026, 9, 1)
    assert CALENDAR.add_calendar_days(notice, 15, to_working_day=True) == date(2026, 9, 3)
    assert CALENDAR.add_calendar_days(notice, 14, to_working_day=False) == date(2026, 8, 31)
    assert CALENDAR.add_calendar_days(notice, 1, to_working_day=True) == date(2026, 8, 18)


def test_a_decision_entered_for_a_day_wins_over_every_calendar() -> None:
    ours = vietnam_calendar({date(2026, 9, 14): False, date(2026, 9, 19): True, date(2026, 1, 2): True})
    assert not ours.is_working_day(date(2026, 9, 14))
    assert ours.is_working_day(date(2026, 9, 19))
    assert ours.is_working_day(date(2026, 1, 2))
    assert ours.add_working_days(date(2026, 9, 18), 1) == date(2026, 9, 19)


def test_a_calendar_of_plain_data_needs_no_country() -> None:
    plain = WorkingCalendar({}, is_holiday=lambda _: False, is_worked_weekend=lambda _: False)
    assert plain.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 261
    assert plain.is_working_day(date(2026, 1, 1))


def test_holidays_carry_their_vietnamese_names_and_stand_in_order() -> None:
    named = national_holidays([2026])
    assert named[date(2026, 11, 24)] == "Ngày Văn hóa Việt Nam"
    assert named[date(2026, 9, 2)] == "Quốc khánh"
    assert list(named) == sorted(named)
    assert set(national_holidays([2025, 2026])) > set(named)


def test_a_day_off_is_refused_with_the_nearest_working_day() -> None:
    with pytest.raises(Refused) as refused:
        require_working_day(CALENDAR, date(2026, 11, 24))
    assert str(refused.value) == "24/11/2026 là ngày nghỉ (Ngày Văn hóa Việt Nam). Gần nhất: 25/11/2026."
    with pytest.raises(Refused, match="22/11/2026 là ngày nghỉ. Gần nhất: 23/11/2026."):
        require_working_day(CALENDAR, date(2026, 11, 22))


@pytest.mark.parametrize("far", [date(9999, 12, 31), date(1, 1, 1)])
def test_a_day_that_nobody_can_mean_is_refused_at_once(far: date) -> None:
    with pytest.raises(OutsideCalendar):
        CALENDAR.is_working_day(far)
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working_days(date(2026, 1, 1), 1_000_000)


def test_months_end_on_the_last_day_where_the_month_is_shorter() -> None:
    assert add_months(date(2024, 2, 29), 24) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2026, 1, 15), 12) == date(2027, 1, 15)


def test_a_fresh_calendar_counts_across_new_year_in_both_directions() -> None:
    assert vietnam_calendar().add_working_days(date(2026, 1, 5), -1) == date(2025, 12, 31)
    assert vietnam_calendar().add_working_days(date(2026, 1, 5), -600) < date(2024, 1, 1)
    assert vietnam_calendar().add_working_days(date(2025, 12, 31), 600) > date(2028, 1, 1)
