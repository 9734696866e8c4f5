"""The points of one criterion for one answer (docs/rules.md, "Points of a criterion").

Exact: an answer becomes a Fraction, is compared as it is, and is rounded once, half up to 2 decimals. The tablet runs
the same rules from `static/js/tablet/rules/scoring.js`; both are held to `tests/cases/scoring`.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.shapes import Band, Criterion, ScoringKind, ZeroDenominator

ZERO = Decimal("0.00")
HUNDRED = Fraction(100)
LARGEST_COUNT = 10**15 - 1
# Five levels of satisfaction, most satisfied first: the two highest count as satisfied.
SATISFIED_OF_FIVE = (HUNDRED, HUNDRED, Fraction(0), Fraction(0), Fraction(0))

_NUMBER = re.compile(r"(\d{1,15})(\.\d{1,30})?", re.ASCII)


class AnswerError(Refused):
    """An answer that does not fit its criterion. `facts["code"]` names the criterion."""

    def __init__(self, message: str, /, *, code: str, **facts: Any) -> None:
        super().__init__(message, status=422, code=code, **facts)


@dataclass(frozen=True, slots=True)
class Points:
    """Points rounded to 2 decimals, whether the criterion counts at all, and the sum in words ("2 × 85,42% = 1,71")."""

    points: Decimal
    applies: bool
    trace: str


def points_of(criterion: Criterion, answer: Mapping[str, Any] | None) -> Points:
    """The points of a criterion without children; `None` is unanswered. Raises AnswerError."""
    if criterion.children:
        raise AnswerError(
            N_("Tiêu chí %(code)s có tiêu chí thành phần nên không trả lời trực tiếp."), code=criterion.code
        )
    if answer is None:
        return Points(ZERO, True, "Chưa trả lời")
    if not isinstance(answer, Mapping):
        raise _wrong_form(criterion)
    if "na" in answer:
        return _not_applicable(criterion, answer)
    if criterion.kind is None:
        raise AnswerError(N_("Tiêu chí %(code)s chưa có cách chấm điểm."), code=criterion.code)
    if criterion.missing_figures:
        raise AnswerError(N_("Tiêu chí %(code)s chưa đủ số liệu để chấm điểm."), code=criterion.code)
    return _POINTS_OF_KIND[criterion.kind](criterion, answer)


def clean_answer(criterion: Criterion, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as it is stored: counts as int, percentages as text, reasons trimmed. Raises AnswerError."""
    points_of(criterion, answer)
    return {key: _stored(key, value) for key, value in answer.items()}


def rounded(exact: Fraction, places: int = 2) -> Decimal:
    """Half up: the half goes away from zero, 0.125 to 0.13 and -0.125 to -0.13."""
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(exact < 0 and whole > 0), digits, -places))


def with_comma(number: Decimal) -> str:
    """A number as Vietnamese readers write it, with as many decimals as it has: 1,50."""
    return format(number, "f").replace(".", ",").replace("-", "−")


def _not_applicable(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    reason = answer["na"]
    if len(answer) != 1:
        raise _wrong_form(criterion)
    if not criterion.na_allowed:
        raise AnswerError(N_("Tiêu chí %(code)s không được chọn “Không áp dụng”."), code=criterion.code)
    if not isinstance(reason, str) or not reason.strip():
        raise AnswerError(N_("Tiêu chí %(code)s: cần lý do không áp dụng."), code=criterion.code)
    return Points(ZERO, False, f"Không áp dụng: {unicodedata.normalize('NFC', reason.strip())}")


def _options(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    index = _whole(_only(criterion, answer, "level"))
    if index is None or index >= len(criterion.levels):
        raise AnswerError(N_("Tiêu chí %(code)s: không có mức đã chọn."), code=criterion.code)
    level = criterion.levels[index]
    return _counted(Fraction(level.points), f"{level.label_vi} =")


def _boolean(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    value = _only(criterion, answer, "value")
    if not isinstance(value, bool):
        raise AnswerError(N_("Tiêu chí %(code)s: cần trả lời có hoặc không."), code=criterion.code)
    return _counted(_maximum(criterion), "Có =") if value else _counted(Fraction(0), "Không =")


def _ratio(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    rate = _rate(criterion, answer)
    if rate is None:
        return _nothing_of_nothing(criterion, "Mẫu số bằng 0")
    threshold = HUNDRED if criterion.threshold_pct is None else Fraction(criterion.threshold_pct)
    floor = Fraction(criterion.floor_pct or 0)
    shown = _shown(rate, threshold, floor)
    if rate >= threshold:
        return _counted(_maximum(criterion), f"{shown} đạt ngưỡng {_short(threshold)}% =")
    if rate < floor:
        return _counted(Fraction(0), f"{shown} dưới sàn {_short(floor)}% =")
    share = "" if threshold == HUNDRED else f" / {_short(threshold)}%"
    return _counted(_maximum(criterion) * rate / threshold, f"{_short(_maximum(criterion))} × {shown}{share} =")


def _bands(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    rate = _rate(criterion, answer)
    if rate is None:
        return _nothing_of_nothing(criterion, "Mẫu số bằng 0")
    shown = _shown(rate, *(Fraction(band.from_pct) for band in criterion.bands))
    reached = [band for band in criterion.bands if _reaches(rate, band)]
    if not reached:
        return _counted(Fraction(0), f"{shown} chưa tới bậc thấp nhất =")
    band = reached[-1]
    bound = "trên" if band.exclusive else "từ"
    return _counted(Fraction(band.points), f"{shown} thuộc bậc {bound} {_short(Fraction(band.from_pct))}% =")


def _reaches(rate: Fraction, band: Band) -> bool:
    bound = Fraction(band.from_pct)
    return rate > bound if band.exclusive else rate >= bound


def _penalty(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    events = _events(criterion, answer)
    most, each = _maximum(criterion), _figure(criterion.penalty_per_event)
    left = most - events * each
    sum_in_words = f"{_short(most)} − {events} × {_short(each)}"
    if left < 0:
        return _counted(Fraction(0), f"{sum_in_words} < 0 nên")
    return _counted(left, f"{sum_in_words} =")


def _bonus(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    events = _events(criterion, answer)
    each, most = _figure(criterion.points_per_event), _maximum(criterion)
    if events * each > most:
        return _counted(most, f"{events} × {_short(each)} > {_short(most)} nên")
    return _counted(events * each, f"{events} × {_short(each)} =")


def _deduction(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    events = _events(criterion, answer)
    each, most = _figure(criterion.points_per_event), _figure(criterion.cap)
    if events * each > most:
        return _counted(-most, f"Trừ {events} × {_short(each)} > {_short(most)} nên")
    return _counted(-events * each, f"Trừ {events} × {_short(each)} =")


def _survey(criterion: Criterion, answer: Mapping[str, Any]) -> Points:
    share = _share_of_counts(criterion, answer) if "counts" in answer else None
    if "counts" not in answer:
        share = _percentage(criterion, _only(criterion, answer, "share_pct"), allow_over=False)
    if share is None:
        return _nothing_of_nothing(criterion, "Không có phiếu nào")
    most = _maximum(criterion)
    return _counted(most * share / HUNDRED, f"{_short(most)} × {_shown(share)} =")


_POINTS_OF_KIND = {
    ScoringKind.OPTIONS: _options,
    ScoringKind.BOOLEAN: _boolean,
    ScoringKind.RATIO: _ratio,
    ScoringKind.BANDS: _bands,
    ScoringKind.PENALTY: _penalty,
    ScoringKind.BONUS: _bonus,
    ScoringKind.SURVEY: _survey,
    ScoringKind.DEDUCTION: _deduction,
}


def _rate(criterion: Criterion, answer: Mapping[str, Any]) -> Fraction | None:
    """100·n/d, not rounded; None for nothing out of nothing."""
    if "rate_pct" in answer:
        given = _only(criterion, answer, "rate_pct")
        return min(_percentage(criterion, given, allow_over=criterion.allow_over), HUNDRED)
    if answer.keys() != {"numerator", "denominator"}:
        raise _wrong_form(criterion)
    numerator, denominator = _whole(answer["numerator"]), _whole(answer["denominator"])
    if numerator is None:
        raise AnswerError(N_("Tiêu chí %(code)s: số đạt phải là số nguyên từ 0 trở lên."), code=criterion.code)
    if denominator is None:
        raise AnswerError(N_("Tiêu chí %(code)s: tổng số phải là số nguyên từ 0 trở lên."), code=criterion.code)
    if denominator == 0 and numerator > 0:
        raise AnswerError(N_("Tiêu chí %(code)s: tổng số bằng 0 mà số đạt lớn hơn 0."), code=criterion.code)
    if numerator > denominator and not criterion.allow_over:
        raise AnswerError(N_("Tiêu chí %(code)s: số đạt lớn hơn tổng số."), code=criterion.code)
    return min(100 * Fraction(numerator, denominator), HUNDRED) if denominator else None


def _share_of_counts(criterion: Criterion, answer: Mapping[str, Any]) -> Fraction | None:
    """Σ weight·count / Σ count in percent; None when nobody answered."""
    weights = tuple(Fraction(weight) for weight in criterion.weights) or SATISFIED_OF_FIVE
    given = _only(criterion, answer, "counts")
    if not isinstance(given, list | tuple) or len(given) != len(weights):
        raise AnswerError(
            N_("Tiêu chí %(code)s: cần đúng %(n)d số phiếu, từ mức hài lòng nhất."), code=criterion.code, n=len(weights)
        )
    counts = [count for each in given if (count := _whole(each)) is not None]
    if len(counts) != len(given):
        raise AnswerError(N_("Tiêu chí %(code)s: số phiếu phải là số nguyên từ 0 trở lên."), code=criterion.code)
    answered = sum(counts)
    if answered == 0:
        return None
    share = sum((weight * count for weight, count in zip(weights, counts, strict=True)), Fraction(0)) / answered
    if not 0 <= share <= 100:
        raise _outside_hundred(criterion)
    return share


def _nothing_of_nothing(criterion: Criterion, words: str) -> Points:
    if criterion.zero_denominator == ZeroDenominator.NA:
        return Points(ZERO, False, f"{words}: không tính")
    full = criterion.zero_denominator == ZeroDenominator.FULL
    return _counted(_maximum(criterion) if full else Fraction(0), f"{words} =")


def _events(criterion: Criterion, answer: Mapping[str, Any]) -> int:
    events = _whole(_only(criterion, answer, "events"))
    if events is None:
        raise AnswerError(N_("Tiêu chí %(code)s: số lần phải là số nguyên từ 0 trở lên."), code=criterion.code)
    return events


def _percentage(criterion: Criterion, given: Any, *, allow_over: bool) -> Fraction:
    exact = _exact(given)
    if exact is None or (exact > 100 and not allow_over):
        raise _outside_hundred(criterion)
    return exact


def _only(criterion: Criterion, answer: Mapping[str, Any], key: str) -> Any:
    if answer.keys() != {key}:
        raise _wrong_form(criterion)
    return answer[key]


def _wrong_form(criterion: Criterion) -> AnswerError:
    return AnswerError(N_("Tiêu chí %(code)s: câu trả lời không hợp với cách chấm."), code=criterion.code)


def _outside_hundred(criterion: Criterion) -> AnswerError:
    return AnswerError(N_("Tiêu chí %(code)s: tỷ lệ phải là số từ 0 đến 100."), code=criterion.code)


def _text(given: Any) -> str | None:
    """The digits of a number from 0 up, given as a number or as text; None for anything else.

    A JSON reader may bring 85.5 as a float: its shortest text is what was written, and nothing is computed before.
    """
    if isinstance(given, float):
        given = Decimal(repr(given))
    if isinstance(given, Decimal) or (isinstance(given, int) and not isinstance(given, bool)):
        number = Decimal(given)
        small = number.is_finite() and abs(number) <= LARGEST_COUNT
        given = format(number.copy_abs() if number == 0 else number, "f") if small else None
    return given if isinstance(given, str) and _NUMBER.fullmatch(given) else None


def _exact(given: Any) -> Fraction | None:
    text = _text(given)
    return None if text is None else Fraction(text)


def _whole(given: Any) -> int | None:
    """A whole number from 0 up to fifteen digits; a text or a truth value is not a count."""
    exact = None if isinstance(given, str) else _exact(given)
    return int(exact) if exact is not None and exact.denominator == 1 else None


def _maximum(criterion: Criterion) -> Fraction:
    return _figure(criterion.max_points)


def _figure(number: Decimal | None) -> Fraction:
    """A figure that stands in the rubric: a criterion without it was refused before."""
    return Fraction(number or 0)


def _counted(exact: Fraction, words: str) -> Points:
    points = rounded(exact)
    return Points(points, True, f"{words} {with_comma(points)}")


def _short(exact: Fraction) -> str:
    """A figure of the rubric without idle zeros: 0,5 and 98."""
    for places in range(12):
        if (exact * 10**places).denominator == 1:
            break
    return with_comma(rounded(exact, places))


def _shown(rate: Fraction, *bounds: Fraction) -> str:
    """The rate with two decimals, or with as many as it takes to stand on the right side of its bounds."""
    for places in range(2, 40):
        near = Fraction(rounded(rate, places))
        if all((near < bound, near > bound) == (rate < bound, rate > bound) for bound in bounds):
            break
    return f"{with_comma(rounded(rate, places))}%"


def _stored(key: str, value: Any) -> Any:
    if key in ("rate_pct", "share_pct"):
        return _text(value)
    if key == "counts":
        return [_whole(count) for count in value]
    if key == "na":
        return unicodedata.normalize("NFC", value.strip())
    return value if isinstance(value, bool) else _whole(value)
