"""What makes a password, a session and a tenure good."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.accounts.rules import (
    PASSWORD_MINIMUM,
    RESET_LIFETIME,
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    Span,
    check_address,
    check_end,
    check_hand_over,
    check_password,
    check_within,
    ended_by,
    own_substance,
    reset_is_good,
    session_is_over,
    tidy_address,
)
from inspect_app.refusals import Refused

OWNER = {"name": "Nguyễn Văn Ẩn", "email": "nguyenvanan@hanoi.example"}
AT = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    [
        "con mèo đen ngồi trên mái nhà",
        "cầu thang có mười bảy bậc",
        "x7Gk29QpLm4vTz8",
        "tôi đi làm lúc tám giờ",
        "đ" * 3 + " mưa rơi trên phố vắng",
    ],
)
def test_a_short_sentence_is_a_good_password(password: str) -> None:
    check_password(password, **OWNER)


@pytest.mark.parametrize(
    "password",
    [
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "passwordpassword1",
        "qwertyuiopasdfghjkl",
        "1qaz2wsx3edc4rfv",
        "1q2w3e4r5t6y7u8i",
        "Hanoi-KiemTra-CCHC-2026!",
        "Mật khẩu Hà Nội 2026",
        "correct horse battery staple",
        "NguyenVanAn123456789",
        "Nguyễn Văn Ẩn 12345678",
        "zyxwvutsrqponmlk",
        "9876543210987654",
    ],
)
def test_what_is_common_or_names_its_owner_is_refused(password: str) -> None:
    with pytest.raises(Refused) as refused:
        check_password(password, **OWNER)
    assert refused.value.status == 422


@pytest.mark.parametrize(("length", "good"), [(14, False), (15, True), (64, True), (200, True), (201, False)])
def test_length_decides_from_fifteen_to_two_hundred(length: int, good: bool) -> None:
    password = "".join(chr(ord("a") + (index * 7 + index // 26 * 3) % 26) for index in range(length))
    if good:
        check_password(password, **OWNER)
    else:
        with pytest.raises(Refused):
            check_password(password, **OWNER)


@given(st.text(min_size=0, max_size=240))
def test_no_text_breaks_the_check(password: str) -> None:
    assert own_substance(password, **OWNER) >= 0
    if len(password) < PASSWORD_MINIMUM:
        with pytest.raises(Refused):
            check_password(password, **OWNER)


def test_a_session_ends_after_an_idle_hour_and_after_twelve_in_any_case() -> None:
    assert not session_is_over(started_at=AT, last_used_at=AT, at=AT + SESSION_IDLE)
    assert session_is_over(started_at=AT, last_used_at=AT, at=AT + SESSION_IDLE + timedelta(seconds=1))
    late = AT + SESSION_ABSOLUTE + timedelta(seconds=1)
    assert session_is_over(started_at=AT, last_used_at=late, at=late)


def test_a_link_is_good_once_and_for_half_an_hour() -> None:
    assert reset_is_good(created_at=AT, used_at=None, at=AT + RESET_LIFETIME)
    assert not reset_is_good(created_at=AT, used_at=None, at=AT + RESET_LIFETIME + timedelta(seconds=1))
    assert not reset_is_good(created_at=AT, used_at=AT, at=AT)
    assert not reset_is_good(created_at=AT, used_at=None, at=AT - timedelta(seconds=1))


def test_addresses_are_kept_in_lower_case_and_composed() -> None:
    assert tidy_address("  Lan@Thu.Example ") == "lan@thu.example"
    assert check_address("Lan@Thu.Example") == "lan@thu.example"
    for typed in ("", "lan", "lan@", "@thu.example", "a b@thu.example", "lan@thu", "x" * 250 + "@thu.example"):
        with pytest.raises(Refused):
            check_address(typed)


FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def test_a_post_passes_on_the_day_after_the_last_of_the_one_before() -> None:
    check_hand_over([Span(FIRST, None)], date(2026, 7, 1), None)
    assert ended_by(Span(FIRST, None), date(2026, 7, 1)) == date(2026, 6, 30)
    assert ended_by(Span(FIRST, LAST), date(2026, 7, 1)) is None
    assert ended_by(Span(FIRST, LAST), date(2026, 3, 1)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("held", "starts_on", "ends_on"),
    [
        ([Span(FIRST, None)], FIRST, None),
        ([Span(FIRST, None)], date(2025, 12, 1), None),
        ([Span(FIRST, LAST)], date(2025, 12, 1), FIRST),
        ([], LAST, FIRST),
    ],
)
def test_nobody_takes_a_post_over_from_somebody_who_comes_later(
    held: list[Span], starts_on: date, ends_on: date | None
) -> None:
    with pytest.raises(Refused):
        check_hand_over(held, starts_on, ends_on)


def test_a_stand_in_may_end_before_the_next_holder_begins() -> None:
    check_hand_over([Span(FIRST, None)], date(2025, 11, 1), date(2025, 12, 31))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_holders_follow_each_other_without_a_day_together(first: date, second: date) -> None:
    span = Span(first, None)
    if second <= first:
        with pytest.raises(Refused):
            check_hand_over([span], second, None)
    else:
        check_hand_over([span], second, None)
        assert ended_by(span, second) == second - timedelta(days=1)


def test_a_tenure_lies_within_the_life_of_its_unit() -> None:
    check_within(FIRST, FIRST, LAST)
    check_within(FIRST, None, None)
    with pytest.raises(Refused):
        check_within(FIRST - timedelta(days=1), FIRST, None)
    with pytest.raises(Refused):
        check_within(LAST + timedelta(days=1), None, LAST)
    with pytest.raises(Refused):
        check_end(Span(FIRST, None), FIRST - timedelta(days=1))
