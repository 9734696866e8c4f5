from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.calendars.rules import Pause, vietnam_calendar
from inspect_app.moves import MoveNotAllowed, moves_from, next_state
from inspect_app.refusals import Refused
from inspect_app.tasks.rules import (
    BUCKETS,
    EXTENSION_MOVES,
    MOVES,
    OPEN,
    RUNNING,
    SETTLED,
    SUSPENDABLE,
    ExtensionLevel,
    ExtensionState,
    HolderKind,
    LateShare,
    TaskState,
    Tenure,
    age,
    bucket_of,
    bucket_starts,
    days_left,
    doers,
    extension_level,
    is_due_soon,
    is_overdue,
    late_days_by_holder,
    may_decide_extension,
    may_reopen,
    may_verify,
    reminder_steps,
    require_extension_request,
)

# Every state and where each of its moves leads; what is not written here must be refused.
EXPECTED = {
    "draft": {"issue": "assigned", "cancel": "cancelled"},
    "assigned": {
        "acknowledge": "acknowledged",
        "suspend": "suspended",
        "cancel": "cancelled",
        "not_implemented": "not_implemented",
    },
    "acknowledged": {
        "report": "in_progress",
        "suspend": "suspended",
        "cancel": "cancelled",
        "not_implemented": "not_implemented",
    },
    "in_progress": {
        "report": "in_progress",
        "submit": "submitted",
        "suspend": "suspended",
        "cancel": "cancelled",
        "not_implemented": "not_implemented",
    },
    "submitted": {
        "return": "returned",
        "verify": "verified",
        "cancel": "cancelled",
        "not_implemented": "not_implemented",
    },
    "verified": {"close": "closed"},
    "closed": {"reopen": "in_progress"},
    "returned": {
        "submit": "submitted",
        "suspend": "suspended",
        "cancel": "cancelled",
        "not_implemented": "not_implemented",
    },
    "suspended": {"resume": "returned", "cancel": "cancelled", "not_implemented": "not_implemented"},
    "cancelled": {},
    "not_implemented": {"reopen": "in_progress"},
}
CALENDAR = vietnam_calendar()
DUE = date(2026, 9, 17)
properties = settings(deadline=None)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", TaskState)
def test_a_task_goes_only_where_its_table_leads(state: TaskState, move: str) -> None:
    expected = EXPECTED[state].get(move)
    if expected is None:
        with pytest.raises(MoveNotAllowed):
            next_state(MOVES, state, move, was=TaskState.RETURNED)
    else:
        assert next_state(MOVES, state, move, was=TaskState.RETURNED) == expected


def test_every_state_of_a_task_is_in_the_expected_table() -> None:
    assert set(EXPECTED) == set(TaskState)
    assert {move for row in EXPECTED.values() for move in row} == set(MOVES)
    assert all(set(moves_from(MOVES, state)) == set(EXPECTED[state]) for state in TaskState)


@pytest.mark.parametrize("was", TaskState)
def test_a_suspended_task_resumes_where_it_was(was: TaskState) -> None:
    if was in SUSPENDABLE:
        assert next_state(MOVES, TaskState.SUSPENDED, "resume", was=was) is was
    else:
        with pytest.raises(MoveNotAllowed):
            next_state(MOVES, TaskState.SUSPENDED, "resume", was=was)


@pytest.mark.parametrize("state", ExtensionState)
def test_only_a_requested_extension_is_decided_or_withdrawn(state: ExtensionState) -> None:
    reached = {"approve": "approved", "refuse": "refused", "withdraw": "withdrawn"}
    for move in EXTENSION_MOVES:
        if state is ExtensionState.REQUESTED:
            assert next_state(EXTENSION_MOVES, state, move) == reached[move]
        else:
            with pytest.raises(MoveNotAllowed):
                next_state(EXTENSION_MOVES, state, move)


def test_a_task_is_open_or_settled() -> None:
    assert set(TaskState) == OPEN | SETTLED
    assert not OPEN & SETTLED
    assert RUNNING < OPEN


@pytest.mark.parametrize("state", TaskState)
def test_only_a_running_task_is_overdue_and_only_after_its_due_date(state: TaskState) -> None:
    running = state in {"assigned", "acknowledged", "in_progress", "returned"}
    assert is_overdue(state, DUE, DUE + timedelta(days=1)) is running
    assert not is_overdue(state, DUE, DUE)


def test_a_task_overdue_since_a_weekend_is_at_least_one_working_day_old() -> None:
    friday, sunday = date(2026, 9, 11), date(2026, 9, 13)
    assert is_overdue(TaskState.ASSIGNED, friday, sunday)
    assert age(CALENDAR, friday, sunday) == 1
    assert age(CALENDAR, date(2026, 9, 8), date(2026, 9, 14)) == 4


def test_the_age_leaves_out_days_under_suspension_and_verification() -> None:
    assert age(CALENDAR, date(2026, 9, 8), date(2026, 9, 21), [Pause(date(2026, 9, 8), date(2026, 9, 18))]) == 1
    assert age(CALENDAR, date(2026, 9, 8), date(2026, 9, 21), (), [Pause(date(2026, 9, 9), date(2026, 9, 16))]) == 4


@pytest.mark.parametrize(
    ("days_late", "bucket"),
    [(1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"), (90, "61-90"), (91, "90+"), (900, "90+")],
)
def test_an_age_falls_in_one_band(days_late: int, bucket: str) -> None:
    assert bucket_of(days_late) == bucket


@properties
@given(days)
def test_each_band_begins_at_the_earliest_due_date_that_still_belongs_to_it(on: date) -> None:
    for start, last_day in zip(bucket_starts(CALENDAR, on), (30, 60, 90), strict=True):
        assert CALENDAR.late_by(start, on) == last_day
        assert CALENDAR.late_by(start - timedelta(days=1), on) == last_day + 1


@properties
@given(days, st.integers(1, 500))
def test_counting_by_due_date_and_counting_by_age_agree(on: date, earlier: int) -> None:
    due = on - timedelta(days=earlier)
    starts = bucket_starts(CALENDAR, on)
    by_due_date = next((name for name, start in zip(BUCKETS, starts, strict=False) if due >= start), BUCKETS[-1])
    assert bucket_of(age(CALENDAR, due, on)) == by_due_date


def test_due_soon_is_running_not_overdue_and_few_working_days_left() -> None:
    monday = date(2026, 9, 14)
    assert days_left(CALENDAR, DUE, monday) == 3
    assert is_due_soon(CALENDAR, TaskState.IN_PROGRESS, DUE, monday)
    assert is_due_soon(CALENDAR, TaskState.IN_PROGRESS, date(2026, 9, 21), monday)
    assert not is_due_soon(CALENDAR, TaskState.IN_PROGRESS, date(2026, 9, 22), monday)
    assert not is_due_soon(CALENDAR, TaskState.IN_PROGRESS, date(2026, 9, 11), monday)
    assert not is_due_soon(CALENDAR, TaskState.SUBMITTED, DUE, monday)
    assert is_due_soon(CALENDAR, TaskState.RETURNED, monday, monday)


def steps(assigned_on: date, term: int) -> list[int | str]:
    due = CALENDAR.add_working_days(assigned_on, term)
    return [step.step for step in reminder_steps(CALENDAR, assigned_on, due, after=())]


def test_a_long_term_is_reminded_ten_five_and_one_day_ahead() -> None:
    assert steps(date(2026, 9, 14), 15) == [-10, -5, -1]


def test_a_step_that_would_fall_on_the_day_of_assignment_is_dropped() -> None:
    assert steps(date(2026, 9, 14), 10) == [-5, -1]
    assert steps(date(2026, 9, 14), 11) == [-10, -5, -1]


def test_a_term_under_ten_working_days_keeps_the_last_day_and_the_half_way_day() -> None:
    assert steps(date(2026, 9, 14), 9) == ["half", -1]
    assert steps(date(2026, 9, 14), 4) == ["half", -1]
    assert steps(date(2026, 9, 14), 3) == ["half", -1]
    assert steps(date(2026, 9, 14), 2) == [-1]
    assert steps(date(2026, 9, 14), 1) == []


def test_the_ladder_climbs_in_working_days_after_the_due_date() -> None:
    ladder = reminder_steps(CALENDAR, date(2026, 8, 24), DUE, before=())
    assert [(step.step, step.day) for step in ladder if step.step != "half"][-4:] == [
        (1, date(2026, 9, 18)),
        (5, date(2026, 9, 24)),
        (15, date(2026, 10, 8)),
        (30, date(2026, 10, 29)),
    ]


def test_late_days_belong_to_whoever_held_the_post_on_that_day() -> None:
    due, until = date(2026, 9, 8), date(2026, 9, 25)
    tenures = [
        Tenure("old", date(2025, 7, 1), date(2026, 9, 10)),
        Tenure("acting", date(2026, 9, 1), date(2026, 9, 16), acting=True),
        Tenure("new", date(2026, 9, 21)),
    ]
    assert late_days_by_holder(CALENDAR, due, until, tenures) == (
        LateShare("old", HolderKind.HOLDER, 2),
        LateShare("acting", HolderKind.ACTING, 4),
        LateShare(None, HolderKind.UNIT, 2),
        LateShare("new", HolderKind.HOLDER, 5),
    )


@properties
@given(
    days,
    st.integers(0, 300),
    st.lists(st.builds(lambda start, long, acting: (start, long, acting), days, st.integers(0, 200), st.booleans())),
    st.lists(st.builds(lambda after, long: Pause(after, after + timedelta(days=long)), days, st.integers(0, 60))),
)
def test_the_parts_of_late_days_sum_to_the_total(
    due: date, later: int, held: list[tuple[date, int, bool]], suspended: list[Pause]
) -> None:
    until = due + timedelta(days=later)
    tenures = [
        Tenure(str(number), start, start + timedelta(days=long), acting)
        for number, (start, long, acting) in enumerate(held)
    ]
    shares = late_days_by_holder(CALENDAR, due, until, tenures, suspensions=suspended)
    assert sum(share.days for share in shares) == CALENDAR.late_by(due, until, suspended)


def test_whoever_had_a_hand_in_the_work_does_not_verify_it() -> None:
    hands = doers(reported=["clerk"], submitted=["head"], holders_since_issue=["head", "former head"])
    assert not any(may_verify(person, hands) for person in ("clerk", "head", "former head"))
    assert may_verify("office", hands)


def test_nobody_decides_on_their_own_extension() -> None:
    assert not may_decide_extension("head", "head")
    assert may_decide_extension("office", "head")


def test_each_further_extension_is_decided_one_level_higher() -> None:
    assert [extension_level(approved) for approved in range(5)] == [
        ExtensionLevel.OFFICE,
        ExtensionLevel.AUTHORITY,
        ExtensionLevel.COMMITTEE,
        ExtensionLevel.COMMITTEE,
        ExtensionLevel.COMMITTEE,
    ]


def ask(state: TaskState, on: date, wished: date, *, pending: bool = False) -> None:
    require_extension_request(state, DUE, wished, on, pending=pending, calendar=CALENDAR)


def test_an_extension_is_asked_by_the_end_of_the_due_date_for_a_later_working_day() -> None:
    ask(TaskState.IN_PROGRESS, DUE, date(2026, 9, 25))
    assert "quá hạn từ ngày 17/09/2026" in refusal(
        lambda: ask(TaskState.IN_PROGRESS, DUE + timedelta(days=1), date(2026, 9, 25))
    )
    assert "phải sau hạn hiện hành" in refusal(lambda: ask(TaskState.IN_PROGRESS, DUE, DUE))
    assert "ngày nghỉ" in refusal(lambda: ask(TaskState.IN_PROGRESS, DUE, date(2026, 9, 26)))


def test_one_extension_waits_at_a_time() -> None:
    assert refusal(lambda: ask(TaskState.ASSIGNED, DUE, date(2026, 9, 25), pending=True)) == (
        "Đã có đề nghị gia hạn đang chờ."
    )


@pytest.mark.parametrize("state", TaskState)
def test_an_extension_is_asked_only_while_the_task_runs(state: TaskState) -> None:
    if state in RUNNING:
        ask(state, DUE, date(2026, 9, 25))
    else:
        assert "đang thực hiện" in refusal(lambda: ask(state, DUE, date(2026, 9, 25)))


def test_a_settled_task_is_taken_up_again_only_within_twelve_months() -> None:
    assert may_reopen(date(2025, 9, 14), date(2026, 9, 14))
    assert not may_reopen(date(2025, 9, 14), date(2026, 9, 15))
