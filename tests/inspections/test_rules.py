from collections.abc import Callable
from datetime import date

import pytest

from inspect_app.calendars.rules import vietnam_calendar
from inspect_app.inspections.rules import (
    COUNTS_AS_SCHEDULED,
    ENTERS_AT,
    FROZEN,
    MAIN_LINE,
    MOVES,
    RECORD_OPEN,
    Affiliation,
    Booking,
    Check,
    InspectionForm,
    InspectionState,
    MemberRole,
    Seat,
    conflicts_of_interest,
    double_bookings,
    nearby_checks,
    require_dates,
    require_schedule,
    require_team,
)
from inspect_app.moves import MoveNotAllowed, moves_from, next_state
from inspect_app.refusals import Refused, RefusedTogether

# Every state and where each of its moves leads; what is not written here must be refused.
EXPECTED = {
    "proposed": {"approve_plan": "planned", "cancel": "cancelled"},
    "planned": {"schedule": "scheduled", "postpone": "postponed", "cancel": "cancelled"},
    "scheduled": {"notify": "notified", "postpone": "postponed", "cancel": "cancelled"},
    "notified": {"start": "in_progress", "postpone": "postponed", "cancel": "cancelled"},
    "in_progress": {"suspend": "suspended", "finish": "field_done", "cancel": "cancelled"},
    "field_done": {"sign": "minutes_signed", "cancel": "cancelled"},
    "minutes_signed": {"open_review": "in_review"},
    "in_review": {"explain": "in_review", "appraise": "in_review", "report": "reported"},
    "reported": {"conclude": "concluded"},
    "concluded": {"follow_up": "follow_up", "close": "closed", "reopen": "in_review"},
    "follow_up": {"close": "closed", "reopen": "in_review"},
    "closed": {"reopen": "in_review"},
    "postponed": {"resume": "planned", "cancel": "cancelled"},
    "suspended": {"resume_field": "in_progress", "cancel": "cancelled"},
    "cancelled": {},
}
CALENDAR = vietnam_calendar()
MONDAY, TUESDAY = date(2026, 9, 14), date(2026, 9, 15)
LEAD = Seat("p1", "Trần Minh Đức", MemberRole.LEAD)
MEMBER = Seat("p2", "Bùi Thanh Sơn", MemberRole.MEMBER)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", InspectionState)
def test_an_inspection_goes_only_where_its_table_leads(state: InspectionState, move: str) -> None:
    expected = EXPECTED[state].get(move)
    if expected is None:
        with pytest.raises(MoveNotAllowed):
            next_state(MOVES, state, move)
    else:
        assert next_state(MOVES, state, move) == expected


def test_every_state_of_an_inspection_is_in_the_expected_table() -> None:
    assert set(EXPECTED) == set(InspectionState)
    assert {move for row in EXPECTED.values() for move in row} == set(MOVES)
    assert all(set(moves_from(MOVES, state)) == set(EXPECTED[state]) for state in InspectionState)


def test_the_main_line_runs_from_proposal_to_closing() -> None:
    assert MAIN_LINE[0] is InspectionState.PROPOSED
    assert MAIN_LINE[-1] is InspectionState.CLOSED
    assert len(MAIN_LINE) == 12


def test_the_record_is_open_or_frozen_but_never_both() -> None:
    assert not RECORD_OPEN & FROZEN
    assert {"in_progress", "field_done"} == RECORD_OPEN


def test_the_states_from_planned_to_field_done_and_a_postponed_check_count_as_scheduled() -> None:
    counted = {"planned", "scheduled", "notified", "in_progress", "field_done", "postponed"}
    assert counted == COUNTS_AS_SCHEDULED


def test_unannounced_and_thematic_checks_enter_as_planned() -> None:
    assert ENTERS_AT[InspectionForm.UNANNOUNCED] == {"planned"}
    assert ENTERS_AT[InspectionForm.THEMATIC] == {"planned"}
    assert "proposed" in ENTERS_AT[InspectionForm.PERIODIC]


def test_a_visit_begins_and_ends_on_working_days() -> None:
    require_dates(date(2026, 9, 11), MONDAY, CALENDAR)
    assert "24/11/2026" in refusal(lambda: require_dates(date(2026, 11, 24), date(2026, 11, 25), CALENDAR))
    assert "25/11/2026" in refusal(lambda: require_dates(date(2026, 11, 23), date(2026, 11, 24), CALENDAR))
    assert "sớm hơn" in refusal(lambda: require_dates(TUESDAY, MONDAY, CALENDAR))


def test_a_team_has_exactly_one_lead_and_names_nobody_twice() -> None:
    require_team([LEAD])
    require_team([LEAD, MEMBER])
    assert "chưa có trưởng đoàn" in refusal(lambda: require_team([MEMBER]))
    second = Seat("p3", "Hoàng Thị Lan Anh", MemberRole.LEAD)
    assert "Trần Minh Đức, Hoàng Thị Lan Anh" in refusal(lambda: require_team([LEAD, second]))
    twice = Seat("p1", "Trần Minh Đức", MemberRole.SECRETARY)
    assert "hai lần" in refusal(lambda: require_team([LEAD, twice]))


@pytest.mark.parametrize(
    ("first", "last", "clashes"),
    [
        (date(2026, 9, 10), date(2026, 9, 11), False),
        (date(2026, 9, 10), date(2026, 9, 14), True),
        (date(2026, 9, 15), date(2026, 9, 15), True),
        (date(2026, 9, 16), date(2026, 9, 18), True),
        (date(2026, 9, 17), date(2026, 9, 18), False),
    ],
)
def test_nobody_is_in_two_places_on_one_day(first: date, last: date, clashes: bool) -> None:
    taken = Booking("p2", date(2026, 9, 14), date(2026, 9, 16), "UBND xã Hương Sơn")
    stranger = Booking("p9", date(2026, 9, 1), date(2026, 9, 30), "UBND xã Ba Vì")
    assert double_bookings([LEAD, MEMBER], first, last, [stranger, taken]) == ((taken,) if clashes else ())


@pytest.mark.parametrize(
    ("left_on", "conflict"),
    [
        (None, True),
        (date(2026, 9, 1), True),
        (date(2024, 9, 15), True),
        (date(2024, 9, 14), False),
        (date(2020, 1, 1), False),
    ],
)
def test_nobody_inspects_their_own_unit_or_one_left_within_24_months(left_on: date | None, conflict: bool) -> None:
    place = Affiliation("p2", "HN-SNV", left_on)
    elsewhere = Affiliation("p2", "HN-STC")
    found = conflicts_of_interest([LEAD, MEMBER], frozenset({"HN-SNV"}), [elsewhere, place], MONDAY)
    assert found == ((place,) if conflict else ())


def test_a_place_in_a_unit_that_the_inspected_one_took_over_is_a_conflict_too() -> None:
    place = Affiliation("p1", "HN-SLDTBXH", date(2025, 2, 28))
    assert conflicts_of_interest([LEAD], frozenset({"HN-SNV", "HN-SLDTBXH"}), [place], MONDAY) == (place,)


def test_another_check_of_the_unit_within_the_window_is_shown() -> None:
    before = Check("a", date(2026, 8, 1), date(2026, 8, 2))
    long_ago = Check("b", date(2026, 1, 5), None)
    undated = Check("c", None, None)
    around = Check("d", MONDAY, date(2026, 9, 30))
    assert nearby_checks(MONDAY, TUESDAY, [around, undated, long_ago, before]) == (before, around)
    assert nearby_checks(MONDAY, TUESDAY, [before], window_days=42) == ()
    assert nearby_checks(MONDAY, TUESDAY, [before], window_days=43) == (before,)


def test_a_complete_schedule_passes_without_a_word() -> None:
    assert require_schedule([LEAD, MEMBER], MONDAY, TUESDAY, CALENDAR, unit_codes=frozenset({"X"})) == ()


def test_a_schedule_is_refused_with_the_reason() -> None:
    unit = frozenset({"X"})
    taken = Booking("p2", MONDAY, MONDAY, "UBND xã Hương Sơn")
    assert (
        refusal(lambda: require_schedule([LEAD, MEMBER], MONDAY, TUESDAY, CALENDAR, unit_codes=unit, bookings=[taken]))
        == "Bùi Thanh Sơn đã có lịch kiểm tra UBND xã Hương Sơn từ 14/09/2026 đến 14/09/2026. "
        "Chọn ngày khác hoặc người khác."
    )
    for place, words in (
        (Affiliation("p1", "X"), "đang công tác"),
        (Affiliation("p1", "X", date(2025, 3, 1)), "chưa đủ 24 tháng"),
    ):
        assert words in refusal(
            lambda place=place: require_schedule(  # type: ignore[misc]
                [LEAD, MEMBER], MONDAY, TUESDAY, CALENDAR, unit_codes=unit, affiliations=[place]
            )
        )


def test_everything_in_the_way_of_a_schedule_is_told_at_once_and_where() -> None:
    days, taken = (
        (date(2026, 11, 22), date(2026, 11, 24)),
        Booking("p2", date(2026, 11, 24), date(2026, 11, 24), "Ba Vì"),
    )
    with pytest.raises(RefusedTogether) as refused:
        require_schedule([LEAD, MEMBER], *days, CALENDAR, unit_codes=frozenset({"X"}), bookings=[taken])
    assert [(reason.about, str(reason).split(". ")[0]) for reason in refused.value.reasons] == [
        ("starts_on", "22/11/2026 là ngày nghỉ"),
        ("ends_on", "24/11/2026 là ngày nghỉ (Ngày Văn hóa Việt Nam)"),
        ("members", "Bùi Thanh Sơn đã có lịch kiểm tra Ba Vì từ 24/11/2026 đến 24/11/2026"),
    ]


def test_a_team_of_one_and_a_repeated_check_pass_with_a_caution() -> None:
    near = Check("a", date(2026, 8, 3), date(2026, 8, 4))
    cautions = require_schedule([LEAD], MONDAY, TUESDAY, CALENDAR, unit_codes=frozenset({"X"}), others=[near])
    assert [caution.message % caution.facts for caution in cautions] == [
        "Đoàn chỉ có trưởng đoàn, chưa có thành viên khác.",
        "Đơn vị này có một cuộc kiểm tra khác bắt đầu ngày 03/08/2026.",
    ]
