"""Whether a rubric can be published, and the hash that a published version carries.

Only complete rubrics whose criteria all have points and a kind, and whose sums agree (docs/rules.md).
"""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from inspect_app.refusals import N_
from inspect_app.rubrics.shapes import Completeness, Criterion, Group, Rubric, ScoringKind, Source

NOTHING = Decimal(0)
HUNDRED = Decimal(100)


class Problem(str):
    """What is wrong, as Vietnamese text; `message` and `facts` let the shell say it in another language."""

    message: str
    facts: dict[str, Any]

    def __new__(cls, message: str, /, **facts: Any) -> "Problem":
        problem = super().__new__(cls, message % facts if facts else message)
        problem.message = message
        problem.facts = facts
        return problem


def publishable(rubric: Rubric) -> list[Problem]:
    """Why the rubric cannot be published, in rubric order; empty when it can."""
    return list(_problems(rubric))


def content_hash(content: dict[str, Any]) -> str:
    """sha256 in hex of the content as canonical JSON; content from `reading` only, where numbers are text."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _problems(rubric: Rubric) -> Iterator[Problem]:
    if rubric.completeness == Completeness.PARTIAL:
        yield Problem(N_("Bộ tiêu chí mới có một phần của văn bản gốc."))
    if rubric.completeness == Completeness.STRUCTURE_ONLY:
        yield Problem(N_("Bộ tiêu chí mới có khung, chưa đủ tiêu chí và điểm."))
    if not rubric.groups:
        yield Problem(N_("Bộ tiêu chí chưa có lĩnh vực nào."))
    for group in rubric.groups:
        if not group.criteria:
            yield Problem(N_("Lĩnh vực %(code)s chưa có tiêu chí."), code=group.code)
    if not rubric.unscored:
        yield from _scoring_problems(rubric)


def _scoring_problems(rubric: Rubric) -> Iterator[Problem]:
    for group in rubric.groups:
        for criterion in group.family():
            yield from _parent_problems(criterion) if criterion.children else _leaf_problems(criterion)
        yield from _group_problems(group)
    total = sum((_maximum(criterion) for group in rubric.groups for criterion in group.leaves()), NOTHING)
    if rubric.max_points is not None and all(group.criteria for group in rubric.groups) and total != rubric.max_points:
        yield Problem(
            N_("Tổng điểm các lĩnh vực là %(sum)s, khác điểm tối đa %(max)s của bộ tiêu chí."),
            sum=_words(total),
            max=_words(rubric.max_points),
        )


def _group_problems(group: Group) -> Iterator[Problem]:
    total = sum((_maximum(leaf) for leaf in group.leaves()), NOTHING)
    if group.criteria and group.max_points is not None and total != group.max_points:
        yield Problem(
            N_("Lĩnh vực %(code)s: tổng điểm các tiêu chí là %(sum)s, khác điểm tối đa %(max)s."),
            code=group.code,
            sum=_words(total),
            max=_words(group.max_points),
        )


def _parent_problems(criterion: Criterion) -> Iterator[Problem]:
    total = sum((_maximum(leaf) for leaf in criterion.leaves()), NOTHING)
    if (criterion.max_points or NOTHING) != total:
        yield Problem(
            N_("Tiêu chí %(code)s: tổng điểm các tiêu chí thành phần là %(sum)s, khác điểm tối đa %(max)s."),
            code=criterion.code,
            sum=_words(total),
            max=_words(criterion.max_points or NOTHING),
        )


def _leaf_problems(criterion: Criterion) -> Iterator[Problem]:
    code = criterion.code
    if criterion.kind is None:
        yield Problem(N_("Tiêu chí %(code)s chưa có cách chấm điểm."), code=code)
    if criterion.max_points is None and criterion.kind != ScoringKind.DEDUCTION:
        yield Problem(N_("Tiêu chí %(code)s chưa có điểm tối đa."), code=code)
    for name in criterion.missing_figures:
        if name != "max_points":
            yield Problem(N_("Tiêu chí %(code)s thiếu trường '%(field)s'."), code=code, field=name)
    if any(figure < 0 for figure in _points_in(criterion)):
        yield Problem(N_("Tiêu chí %(code)s có điểm âm."), code=code)
    yield from _best_problems(criterion)
    yield from _percentage_problems(criterion)
    if criterion.kind == ScoringKind.SURVEY and criterion.source not in (None, Source.SURVEY):
        yield Problem(N_("Tiêu chí %(code)s chấm qua khảo sát, chỉ nhận nguồn khảo sát."), code=code)


def _best_problems(criterion: Criterion) -> Iterator[Problem]:
    """The highest level, or band, must give the maximum."""
    if criterion.max_points is None:
        return
    if criterion.levels and max(level.points for level in criterion.levels) != criterion.max_points:
        yield Problem(N_("Tiêu chí %(code)s: mức cao nhất khác điểm tối đa."), code=criterion.code)
    if criterion.bands and max(band.points for band in criterion.bands) != criterion.max_points:
        yield Problem(N_("Tiêu chí %(code)s: bậc cao nhất khác điểm tối đa."), code=criterion.code)


def _percentage_problems(criterion: Criterion) -> Iterator[Problem]:
    code = criterion.code
    threshold = HUNDRED if criterion.threshold_pct is None else criterion.threshold_pct
    if not NOTHING < threshold <= HUNDRED:
        yield Problem(N_("Tiêu chí %(code)s: ngưỡng phải lớn hơn 0 và không quá 100."), code=code)
    if criterion.floor_pct is not None and not NOTHING <= criterion.floor_pct <= threshold:
        yield Problem(N_("Tiêu chí %(code)s: sàn phải từ 0 đến ngưỡng."), code=code)
    steps = [(band.from_pct, band.exclusive) for band in criterion.bands]
    if any(later <= earlier for earlier, later in zip(steps, steps[1:], strict=False)):
        yield Problem(N_("Tiêu chí %(code)s: các bậc phải xếp tăng dần."), code=code)
    if any(not NOTHING <= weight <= HUNDRED for weight in criterion.weights):
        yield Problem(N_("Tiêu chí %(code)s: trọng số phải từ 0 đến 100."), code=code)


def _points_in(criterion: Criterion) -> Iterator[Decimal]:
    single = (criterion.max_points, criterion.penalty_per_event, criterion.points_per_event, criterion.cap)
    yield from (figure for figure in single if figure is not None)
    yield from (level.points for level in criterion.levels)
    yield from (band.points for band in criterion.bands)


def _maximum(leaf: Criterion) -> Decimal:
    return leaf.max_points or NOTHING if leaf.in_maximum else NOTHING


def _words(figure: Decimal) -> str:
    return format(figure, "f").replace(".", ",")
