"""How a rubric counts: sums and the index, what is answered so far, the figure in force.

Start here. The shapes stand in `shapes.py`, the points of one criterion in `points.py`, what may be published in
`publishing.py`, the written form in `reading.py`; their names can be imported from here. All of it is pure and follows
docs/rules.md, "Points of a criterion".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from inspect_app.refusals import N_
from inspect_app.rubrics.points import ZERO, AnswerError, Points, clean_answer, points_of, rounded, with_comma
from inspect_app.rubrics.publishing import Problem, content_hash, publishable
from inspect_app.rubrics.shapes import (
    KINDS_OF_CLASS,
    Band,
    Completeness,
    Criterion,
    Cycle,
    Group,
    Level,
    Rubric,
    ScoringKind,
    Source,
    ZeroDenominator,
)

__all__ = [
    "KINDS_OF_CLASS",
    "AnswerError",
    "Band",
    "Completeness",
    "Criterion",
    "CriterionScore",
    "Cycle",
    "Group",
    "Level",
    "Points",
    "Problem",
    "Rubric",
    "Score",
    "ScoringKind",
    "SoFar",
    "Source",
    "Sum",
    "ZeroDenominator",
    "as_json",
    "clean_answer",
    "content_hash",
    "figure_in_force",
    "points_of",
    "publishable",
    "score",
    "so_far",
    "so_far_as_json",
]

HIGHEST_INDEX = Decimal("100.00")

Answers = Mapping[str, Mapping[str, Any] | None]
Figure = TypeVar("Figure")


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """One line of a score. `max` stays in full where the criterion does not apply; a deduction has 0."""

    points: Decimal
    max: Decimal
    applies: bool
    trace: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Points obtained, the applicable maximum, and the index in percent (None where nothing applies)."""

    points: Decimal
    max: Decimal
    index_pct: Decimal | None


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a rubric: a line per criterion (parents too), a sum per field, the total and the index."""

    criteria: dict[str, CriterionScore]
    groups: dict[str, Sum]
    total: Decimal
    applicable_max: Decimal
    index_pct: Decimal | None
    unanswered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SoFar:
    """Where the answering stands: `points` and `max` count answered criteria alone, `applicable_max` all that apply.

    `questions` and `answered` count criteria that wait for an answer; a bonus or a deduction never does.
    """

    answered: int
    questions: int
    points: Decimal
    max: Decimal
    applicable_max: Decimal
    index_pct: Decimal | None


def score(rubric: Rubric, answers: Answers) -> Score:
    """The score of all answers, by criterion code. Unanswered counts 0 of its full maximum. Raises AnswerError."""
    lines = _lines(rubric, answers)
    whole = _sum(rubric.leaves(), lines)
    return Score(
        criteria=lines,
        groups={group.code: _sum(group.leaves(), lines) for group in rubric.groups},
        total=whole.points,
        applicable_max=whole.max,
        index_pct=whole.index_pct,
        unanswered=tuple(leaf.code for leaf in rubric.leaves() if _waits(leaf) and answers.get(leaf.code) is None),
    )


def so_far(rubric: Rubric, answers: Answers) -> tuple[SoFar, dict[str, SoFar]]:
    """The figures while the answering goes on: of the whole, and of each field by code. Raises AnswerError."""
    lines = _lines(rubric, answers)
    by_group = {group.code: _so_far(list(group.leaves()), lines, answers) for group in rubric.groups}
    return _so_far(list(rubric.leaves()), lines, answers), by_group


def as_json(result: Score) -> dict[str, Any]:
    """The score as the command `score` prints it: every figure a text with two decimals, no index as null."""
    return {
        "criteria": {
            code: {"points": _fixed(line.points), "max": _fixed(line.max), "applies": line.applies, "trace": line.trace}
            for code, line in result.criteria.items()
        },
        "groups": {
            code: {"points": _fixed(part.points), "max": _fixed(part.max), "index_pct": _fixed(part.index_pct)}
            for code, part in result.groups.items()
        },
        "total": _fixed(result.total),
        "applicable_max": _fixed(result.applicable_max),
        "index_pct": _fixed(result.index_pct),
        "unanswered": list(result.unanswered),
    }


def so_far_as_json(figures: SoFar) -> dict[str, Any]:
    """The figures so far with every number of points as a text with two decimals."""
    return {
        "answered": figures.answered,
        "questions": figures.questions,
        "points": _fixed(figures.points),
        "max": _fixed(figures.max),
        "applicable_max": _fixed(figures.applicable_max),
        "index_pct": _fixed(figures.index_pct),
    }


def figure_in_force(by_source: Mapping[Source, Figure | None], criterion: Criterion) -> tuple[Source, Figure] | None:
    """The source that counts and what it says, or None.

    The last that exists of self, team, appraised, explained, survey; a criterion of kind survey takes only survey
    answers; where the rubric names the source of a criterion, only that one counts.
    """
    sources: Iterable[Source] = reversed(Source)
    if criterion.kind == ScoringKind.SURVEY:
        sources = [Source.SURVEY]
    elif criterion.source is not None:
        sources = [criterion.source]
    for source in sources:
        figure = by_source.get(source)
        if figure is not None:
            return source, figure
    return None


def _lines(rubric: Rubric, answers: Answers) -> dict[str, CriterionScore]:
    _refuse_unknown(rubric, answers)
    lines: dict[str, CriterionScore] = {}
    for criterion in reversed(list(rubric.family())):
        if criterion.children:
            lines[criterion.code] = _parent_line(criterion, lines)
        else:
            lines[criterion.code] = _leaf_line(rubric, criterion, answers.get(criterion.code))
    return dict(reversed(lines.items()))


def _refuse_unknown(rubric: Rubric, answers: Answers) -> None:
    known = {criterion.code: criterion for criterion in rubric.family()}
    for code in answers:
        if code not in known:
            raise AnswerError(N_("Không có tiêu chí %(code)s trong bộ tiêu chí này."), code=code)
        if known[code].children:
            points_of(known[code], answers[code])


def _leaf_line(rubric: Rubric, criterion: Criterion, answer: Mapping[str, Any] | None) -> CriterionScore:
    figure = points_of(criterion, answer)
    if rubric.unscored:
        return CriterionScore(ZERO, ZERO, False, "Không chấm điểm")
    most = ZERO if criterion.kind == ScoringKind.DEDUCTION else criterion.max_points or ZERO
    return CriterionScore(figure.points, most, figure.applies, figure.trace)


def _parent_line(criterion: Criterion, lines: Mapping[str, CriterionScore]) -> CriterionScore:
    children = [lines[child.code] for child in criterion.children]
    points = sum((child.points for child in children), ZERO)
    most = sum((lines[child.code].max for child in criterion.children if child.in_maximum), ZERO)
    counting = [child for child in children if child.applies]
    return CriterionScore(points, most, bool(counting), _sum_in_words(points, counting))


def _sum_in_words(points: Decimal, counting: list[CriterionScore]) -> str:
    if not counting:
        return "Không tính"
    words = with_comma(counting[0].points)
    for line in counting[1:]:
        words += f" {'−' if line.points < 0 else '+'} {with_comma(abs(line.points))}"
    return f"{words} = {with_comma(points)}"


def _sum(leaves: Iterable[Criterion], lines: Mapping[str, CriterionScore]) -> Sum:
    counting = [(leaf, lines[leaf.code]) for leaf in leaves if lines[leaf.code].applies]
    points = max(ZERO, sum((line.points for _, line in counting), ZERO))
    most = sum((line.max for leaf, line in counting if leaf.in_maximum), ZERO)
    return Sum(points, most, _index(points, most))


def _index(points: Decimal, most: Decimal) -> Decimal | None:
    if most <= 0:
        return None
    return min(HIGHEST_INDEX, rounded(100 * Fraction(points) / Fraction(most)))


def _so_far(leaves: list[Criterion], lines: Mapping[str, CriterionScore], answers: Answers) -> SoFar:
    answered = [leaf for leaf in leaves if answers.get(leaf.code) is not None]
    done = _sum(answered, lines)
    return SoFar(
        answered=sum(_waits(leaf) for leaf in answered),
        questions=sum(_waits(leaf) for leaf in leaves),
        points=done.points,
        max=done.max,
        applicable_max=_sum(leaves, lines).max,
        index_pct=done.index_pct,
    )


def _waits(leaf: Criterion) -> bool:
    """Whether the criterion stands as unanswered until somebody answers it."""
    return leaf.in_maximum


def _fixed(figure: Decimal | None) -> str | None:
    return None if figure is None else str(rounded(Fraction(figure)))
