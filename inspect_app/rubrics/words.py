"""The words of this feature: log entries, ways of scoring, sources, cycles."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from inspect_app.refusals import N_, NP_
from inspect_app.rubrics.shapes import Completeness, Criterion, Cycle, ScoringKind, Source, ZeroDenominator

Said = tuple[str, dict[str, Any]]
"""A message id and its facts; numbers among them are Decimal, written by whoever shows them."""

ACTIONS = {
    "rubric imported": NP_("log", "Nhập bộ tiêu chí"),
    "rubric published": NP_("log", "Công bố bộ tiêu chí"),
    "rubric retired": NP_("log", "Thôi dùng bộ tiêu chí"),
}

SCORING = {
    ScoringKind.OPTIONS: N_("Chọn mức"),
    ScoringKind.BOOLEAN: N_("Có hoặc không"),
    ScoringKind.RATIO: N_("Theo tỷ lệ"),
    ScoringKind.BANDS: N_("Theo bậc tỷ lệ"),
    ScoringKind.PENALTY: N_("Trừ theo số lần"),
    ScoringKind.BONUS: N_("Điểm thưởng"),
    ScoringKind.SURVEY: N_("Khảo sát"),
    ScoringKind.DEDUCTION: N_("Điểm trừ"),
}

SOURCES = {
    Source.SELF: N_("Đơn vị tự chấm"),
    Source.TEAM: N_("Đoàn kiểm tra"),
    Source.APPRAISED: N_("Thẩm định"),
    Source.EXPLAINED: N_("Sau giải trình"),
    Source.SURVEY: N_("Điều tra xã hội học"),
}

CYCLES = {
    Cycle.INSPECTION: N_("Theo cuộc kiểm tra"),
    Cycle.YEAR: N_("Hằng năm"),
    Cycle.REALTIME: N_("Theo thời gian thực"),
}

COMPLETENESS = {
    Completeness.COMPLETE: N_("Đầy đủ"),
    Completeness.PARTIAL: N_("Mới có một phần"),
    Completeness.STRUCTURE_ONLY: N_("Mới có khung"),
}

CLASSES = {
    "so": N_("Sở, ban, ngành"),
    "xa": N_("Xã, phường, thị trấn, đặc khu"),
    "huyen": N_("Quận, huyện, thị xã"),
    "tinh": N_("Tỉnh, thành phố"),
    "bo": N_("Bộ, cơ quan ngang bộ"),
    "phong_chuyen_mon_huyen": N_("Phòng chuyên môn cấp huyện"),
}

ZERO_OF_ZERO = {
    ZeroDenominator.NA: N_("Không phát sinh: không tính điểm"),
    ZeroDenominator.ZERO: N_("Không phát sinh: 0 điểm"),
    ZeroDenominator.FULL: N_("Không phát sinh: điểm tối đa"),
}


def rule_in_words(criterion: Criterion) -> list[Said]:
    """How the answers of a criterion become points, sentence by sentence; empty when it has no way of scoring yet."""
    if criterion.kind is None or criterion.missing_figures:
        return []
    return list(RULES[criterion.kind](criterion))


def _options(criterion: Criterion) -> Iterator[Said]:
    for level in criterion.levels:
        yield N_("%(words)s: %(points)s điểm"), {"words": level.label_vi, "points": level.points}


def _boolean(criterion: Criterion) -> Iterator[Said]:
    yield N_("Có: %(points)s điểm; không: 0 điểm"), {"points": criterion.max_points}


def _ratio(criterion: Criterion) -> Iterator[Said]:
    threshold = Decimal(100) if criterion.threshold_pct is None else criterion.threshold_pct
    yield N_("Từ %(threshold)s%%: %(most)s điểm"), {"threshold": threshold, "most": criterion.max_points}
    facts = {"threshold": threshold, "most": criterion.max_points}
    yield N_("Dưới %(threshold)s%%: %(most)s × tỷ lệ : %(threshold)s%%"), facts
    if criterion.floor_pct:
        yield N_("Dưới %(floor)s%%: 0 điểm"), {"floor": criterion.floor_pct}
    yield from _of_a_rate(criterion)


def _bands(criterion: Criterion) -> Iterator[Said]:
    for band in criterion.bands:
        message = N_("Trên %(rate)s%%: %(points)s điểm") if band.exclusive else N_("Từ %(rate)s%%: %(points)s điểm")
        yield message, {"rate": band.from_pct, "points": band.points}
    if criterion.bands[0].from_pct > 0:
        yield N_("Còn lại: 0 điểm"), {}
    yield from _of_a_rate(criterion)


def _of_a_rate(criterion: Criterion) -> Iterator[Said]:
    yield ZERO_OF_ZERO[criterion.zero_denominator], {}
    if criterion.allow_over:
        yield N_("Vượt %(most)s%% được tính là %(most)s%%"), {"most": Decimal(100)}


def _penalty(criterion: Criterion) -> Iterator[Said]:
    facts = {"most": criterion.max_points, "points": criterion.penalty_per_event}
    yield N_("%(most)s điểm, trừ %(points)s điểm mỗi lần"), facts


def _bonus(criterion: Criterion) -> Iterator[Said]:
    facts = {"points": criterion.points_per_event, "most": criterion.max_points}
    yield N_("Cộng %(points)s điểm mỗi lần, không quá %(most)s điểm"), facts
    yield N_("Không nằm trong điểm tối đa"), {}


def _survey(criterion: Criterion) -> Iterator[Said]:
    yield N_("%(most)s × tỷ lệ hài lòng"), {"most": criterion.max_points}
    for place, weight in enumerate(criterion.weights, start=1):
        yield N_("Mức %(place)s tính %(weight)s%%"), {"place": place, "weight": weight}


def _deduction(criterion: Criterion) -> Iterator[Said]:
    facts = {"points": criterion.points_per_event, "most": criterion.cap}
    yield N_("Trừ %(points)s điểm mỗi lần, không quá %(most)s điểm"), facts
    yield N_("Trừ vào tổng điểm"), {}


RULES: dict[ScoringKind, Callable[[Criterion], Iterator[Said]]] = {
    ScoringKind.OPTIONS: _options,
    ScoringKind.BOOLEAN: _boolean,
    ScoringKind.RATIO: _ratio,
    ScoringKind.BANDS: _bands,
    ScoringKind.PENALTY: _penalty,
    ScoringKind.BONUS: _bonus,
    ScoringKind.SURVEY: _survey,
    ScoringKind.DEDUCTION: _deduction,
}
