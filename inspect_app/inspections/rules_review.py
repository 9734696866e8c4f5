"""From the minutes to the conclusion: the record's hash, rounds of explanation, what the papers say. Pure.

See docs/rules.md: sources of points, and the moves from "sign" to "conclude".
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from inspect_app.calendars.rules import VIETNAM, written
from inspect_app.moves import Named
from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.rules import Criterion, ScoringKind

DOMAIN = b"inspect-record/1\x00"
LEAD, HEAD = "lead", "head"
SIDES = (LEAD, HEAD)
"""Who signs the minutes: the leader of the team, and the head of the unit (or the leader, who notes a refusal)."""


class Outcome(Named):
    """What the office decides on an explanation."""

    ACCEPTED = "accepted", N_("Chấp nhận")
    PARTLY = "partly", N_("Chấp nhận một phần")
    REFUSED = "refused", N_("Không chấp nhận")


@dataclass(frozen=True, slots=True)
class Given:
    """An explanation as the rounds see it: its criterion, its round, whether the office has decided."""

    code: str
    round: int
    decided: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What an inspection comes to; None for points without a rubric, for an index where nothing applies."""

    points: Decimal | None
    applicable_max: Decimal | None
    index_pct: Decimal | None


def record_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 over a domain mark and the canonical JSON of what the minutes say; 64 hex digits.

    Raises TypeError for anything that JSON does not hold: points and days come as text.
    """
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(DOMAIN + body.encode()).hexdigest()


def explainable(criterion: Criterion) -> bool:
    """Whether an explanation can change the points: not of a survey, nor where the rubric names the source."""
    return criterion.kind not in (None, ScoringKind.SURVEY) and criterion.source is None


def round_for(code: str, given: Iterable[Given], *, used: int, most: int) -> tuple[int, bool]:
    """The number of the round that an explanation of this criterion joins, and whether it opens that round.

    A round ends when the office has decided on all of it; the next explanation opens another, of `most` in this
    review (`used` so far). Raises Refused while this criterion waits, or when no round is left.
    """
    rounds = list(given)
    last = max((one.round for one in rounds), default=0)
    running = [one for one in rounds if one.round == last]
    if used and any(not one.decided for one in running):
        if any(one.code == code for one in running):
            raise Refused(N_("Tiêu chí %(code)s đã giải trình trong vòng này, hãy chờ thẩm định."), code=code)
        return last, False
    if used >= most:
        raise Refused(N_("Đã dùng hết %(most)s vòng giải trình."), most=most)
    return last + 1, True


def require_window(on: date, until: date | None) -> None:
    """Raises Refused when the days for explaining are over."""
    if until is not None and on > until:
        raise Refused(N_("Thời hạn giải trình đã hết ngày %(until)s."), until=written(until))


def opening_words(
    *, unit: str, decision: str, started: datetime | None, ended: datetime | None, first: date | None
) -> str:
    """The first sentence of the minutes, proposed from what is known: when, where, by which decision."""
    when = started.astimezone(VIETNAM) if started else None
    day = when.date() if when else first
    hour = f"hồi {when:%H} giờ {when:%M} phút, " if when else ""
    on = f"ngày {day.day:02d} tháng {_month(day)} năm {day.year}" if day else "ngày …… tháng …… năm ………"
    by = f" theo {decision}" if decision else ""
    words = (
        f"Hôm nay, {hour}{on}, tại trụ sở {unit}, Đoàn kiểm tra tiến hành kiểm tra công tác cải cách hành chính{by}."
    )
    if ended:
        over = ended.astimezone(VIETNAM)
        words += f" Việc kiểm tra kết thúc hồi {over:%H} giờ {over:%M} phút ngày {written(over.date())}."
    return words


def differs(stored: Figures, counted: Figures) -> bool:
    """Whether a recomputation comes to something else than what was stored; nothing stored agrees with everything."""
    return stored.points is not None and stored != counted


def _month(day: date) -> str:
    """Months 1 and 2 get a nought in front, as papers write them."""
    return f"{day.month:02d}" if day.month < 3 else str(day.month)
