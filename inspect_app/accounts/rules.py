"""What makes a password, a session and a tenure good."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inspect_app.refusals import N_, Refused

ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"
ADDRESS_LENGTH = 254
PASSWORD_MINIMUM = 15
PASSWORD_MAXIMUM = 200
OWN_SUBSTANCE = 8
"""So many letters and digits must be left of a password when common words, runs and its owner's names are taken out."""
DISTINCT_LETTERS = 5
SESSION_IDLE = timedelta(minutes=60)
SESSION_ABSOLUTE = timedelta(hours=12)
RESET_LIFETIME = timedelta(minutes=30)

COMMON = """
    matkhau matma password passw0rd passwort pass1234 secret letmein welcome chaomung xinchao dangnhap taikhoan admin
    administrator quantri quantrivien nguoidung username user1234 login default changeme doimatkhau vietnam hanoi
    thanhpho thudo hochiminh saigon danang ubnd uybannhandan hoidongnhandan thanhtra kiemtra cchc caicachhanhchinh
    hanhchinh congvu congchuc phuongxa sonoivu vanphong inspect inspection iloveyou anhyeuem emyeuanh toiyeuban
    toiyeuvietnam giadinh hanhphuc sunshine princess dragon monkey football bongda baseball superman batman starwars
    computer maytinh internet google facebook zalo samsung iphone qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm
    azerty qazwsx qazwsxedc qwer asdf zxcv 1qaz 2wsx 3edc 4rfv 5tgb zaq1 xsw2 cde3 1q2w 3e4r 5t6y 7u8i q1w2 e3r4 t5y6
    u7i8 onetwothree correct horse battery staple trustno1 test1234 testtest thunghiem mothaiba
"""
"""Words that everybody tries first, without marks; those of the product and of public administration among them."""
COMMON_WORDS = frozenset(COMMON.split())
RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba")
RUN_LENGTH = 4


def session_is_over(*, started_at: datetime, last_used_at: datetime, at: datetime) -> bool:
    """True when the session has been idle for an hour or has lasted twelve, by the server's clock."""
    return at - last_used_at > SESSION_IDLE or at - started_at > SESSION_ABSOLUTE


def reset_is_good(*, created_at: datetime, used_at: datetime | None, at: datetime) -> bool:
    """True for a way back in that nobody used and that is younger than half an hour."""
    return used_at is None and timedelta(0) <= at - created_at <= RESET_LIFETIME


def tidy_address(typed: str) -> str:
    """An e-mail address as it is kept and compared: composed letters, lower case, no space around it."""
    return unicodedata.normalize("NFC", typed).strip().lower()


def check_address(typed: str) -> str:
    """The address as it is kept. Raises Refused (422) for what is no e-mail address."""
    address = tidy_address(typed)
    if len(address) > ADDRESS_LENGTH or not re.fullmatch(ADDRESS, address):
        raise Refused(N_("“%(typed)s” không phải là địa chỉ thư."), status=422, typed=typed[:80])
    return address


def check_password(password: str, *, name: str, email: str) -> None:
    """Raises Refused (422) when a password is too short, too long, common, or made of its owner's names.

    Length is what counts: any letters will do, spaces too. What is common, runs along the keyboard, repeats one letter
    or stands in the owner's name or address does not count; of the rest, OWN_SUBSTANCE letters and digits must be left.
    """
    if len(password) < PASSWORD_MINIMUM:
        raise Refused(
            N_("Mật khẩu cần ít nhất %(least)s ký tự. Một câu ngắn dễ nhớ là đủ."), status=422, least=PASSWORD_MINIMUM
        )
    if len(password) > PASSWORD_MAXIMUM:
        raise Refused(N_("Mật khẩu dài nhất %(most)s ký tự."), status=422, most=PASSWORD_MAXIMUM)
    if own_substance(password, name=name, email=email) < OWN_SUBSTANCE:
        raise Refused(
            N_("Mật khẩu này dễ đoán: gồm từ thông dụng, dãy phím liền nhau hoặc tên của bạn. Hãy thêm vài từ khác."),
            status=422,
        )


def own_substance(password: str, *, name: str, email: str) -> int:
    """How many letters and digits are left without common words, runs, repetitions and the owner's names."""
    left = _bare(password)
    for word in sorted(COMMON_WORDS | _names(name, email), key=len, reverse=True):
        left = left.replace(word, " ")
    left = _without_runs(left)
    left = re.sub(r"(.{1,12}?)\1+", r"\1", left.replace(" ", ""))
    return len(left) if len(set(left)) >= DISTINCT_LETTERS else 0


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isalnum())


def _names(name: str, email: str) -> frozenset[str]:
    """The owner's names as words of at least three letters: each alone, all together, and the parts of the address."""
    parts = [*name.split(), name, *re.split(r"[@._+\-]", email), email.split("@")[0]]
    return frozenset(word for word in map(_bare, parts) if len(word) >= 3)


def _without_runs(text: str) -> str:
    """Takes out pieces of at least four letters that run along the alphabet or the digits, either way."""
    kept, place = "", 0
    while place < len(text):
        length = max(_run_from(text, place, run) for run in RUNS)
        if length < RUN_LENGTH:
            kept, place = kept + text[place], place + 1
        else:
            kept, place = kept + " ", place + length
    return kept


def _run_from(text: str, place: int, run: str) -> int:
    length = 0
    while place + length < len(text) and text[place : place + length + 1] in run:
        length += 1
    return length


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a tenure, both included; an open end is None."""

    starts_on: date
    ends_on: date | None


def check_hand_over(held: Sequence[Span], starts_on: date, ends_on: date | None) -> None:
    """A post passes to somebody on `starts_on`: whoever holds it then will hold it until the day before.

    Raises Refused (422) when the new tenure ends before it starts, (409) when the present one begins on that very day
    or later: then that one must be ended or corrected first.
    """
    if ends_on is not None and ends_on < starts_on:
        raise Refused(N_("Ngày kết thúc phải trùng hoặc sau ngày bắt đầu."), status=422)
    after = [span for span in held if span.starts_on >= starts_on and (ends_on is None or span.starts_on <= ends_on)]
    if after:
        raise Refused(
            N_("Đã có người giữ vị trí này từ %(day)s. Hãy kết thúc nhiệm kỳ đó trước."),
            day=min(span.starts_on for span in after).strftime("%d/%m/%Y"),
        )


def ended_by(span: Span, starts_on: date) -> date | None:
    """The day on which a tenure ends because another begins on `starts_on`; None when it is over by then."""
    runs_on = span.starts_on < starts_on and (span.ends_on is None or span.ends_on >= starts_on)
    return starts_on - timedelta(days=1) if runs_on else None


def check_end(span: Span, ends_on: date) -> None:
    """Raises Refused (422) when a tenure would end before it began."""
    if ends_on < span.starts_on:
        raise Refused(
            N_("Nhiệm kỳ bắt đầu ngày %(day)s, không thể kết thúc trước ngày đó."),
            status=422,
            day=span.starts_on.strftime("%d/%m/%Y"),
        )


def check_within(starts_on: date, valid_from: date | None, valid_to: date | None) -> None:
    """Raises Refused (422) when a tenure would begin before the unit existed or after it ended."""
    if valid_from is not None and starts_on < valid_from:
        raise Refused(
            N_("Đơn vị có hiệu lực từ %(day)s, nhiệm kỳ không thể bắt đầu trước ngày đó."),
            status=422,
            day=valid_from.strftime("%d/%m/%Y"),
        )
    if valid_to is not None and starts_on > valid_to:
        raise Refused(
            N_("Đơn vị đã kết thúc ngày %(day)s, không thể giao vị trí từ sau ngày đó."),
            day=valid_to.strftime("%d/%m/%Y"),
        )
