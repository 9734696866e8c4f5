"""The points of an inspection: every source beside the others, and the figure in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from inspect_app.db import db
from inspect_app.inspections.models import Answer, Inspection
from inspect_app.rubrics.queries import rubric_of
from inspect_app.rubrics.rules import Group, Rubric, Score, Source, Sum, figure_in_force, score

Value = dict[str, Any]


@dataclass(frozen=True)
class FieldLine:
    """One field: points of the unit itself, of the team and in force (None where nobody answered), and the index."""

    group: Group
    own: Decimal | None
    team: Decimal | None
    explained: Decimal | None
    max: Decimal
    index_pct: Decimal | None


@dataclass(frozen=True)
class ScoreSheet:
    """Answers of every source by criterion code, and what they come to.

    `score` counts the figures in force; `sources` says for each criterion whose figure that is.
    """

    rubric: Rubric
    answers: Mapping[str, Mapping[Source, Answer]]
    sources: Mapping[str, Source]
    score: Score
    fields: tuple[FieldLine, ...]
    own: Sum | None
    team: Sum | None

    def value(self, code: str, source: Source) -> Value | None:
        """The answer of one source, or None."""
        answer = self.answers.get(code, {}).get(source)
        return answer.value if answer else None

    def answered(self) -> dict[str, Value]:
        """What stands answered by the team or in force, by criterion code: for counting, not for points."""
        given = {
            code: next(
                (by_source[source].value for source in (Source.SURVEY, Source.TEAM) if source in by_source), None
            )
            for code, by_source in self.answers.items()
        }
        return {code: value for code, value in given.items() if value is not None} | self.values_in_force()

    def values_in_force(self) -> dict[str, Value]:
        """The answers that count, by criterion code."""
        return {code: self.answers[code][source].value for code, source in self.sources.items()}


def score_sheet(inspection: Inspection) -> ScoreSheet | None:
    """The figures of an inspection; None while it has no rubric version."""
    if inspection.rubric_version_id is None:
        return None
    rubric = rubric_of(inspection.rubric_version_id)
    answers = answers_of(inspection)
    leaves = {leaf.code: leaf for leaf in rubric.leaves()}
    sources = {}
    for code, by_source in answers.items():
        figure = figure_in_force(by_source, leaves[code]) if code in leaves else None
        if figure:
            sources[code] = figure[0]
    counted = score(rubric, {code: answers[code][source].value for code, source in sources.items()})
    own, team = _score_of(rubric, answers, Source.SELF), _score_of(rubric, answers, Source.TEAM)
    return ScoreSheet(
        rubric=rubric,
        answers=answers,
        sources=sources,
        score=counted,
        fields=tuple(_field_line(group, answers, own, team, counted) for group in rubric.groups),
        own=_sum_of(own),
        team=_sum_of(team),
    )


def answers_of(inspection: Inspection) -> dict[str, dict[Source, Answer]]:
    """The answers in force of each source, by criterion code; a withdrawn answer (no value) is left out."""
    found: dict[str, dict[Source, Answer]] = {}
    for answer in db.session.scalars(
        select(Answer).where(Answer.inspection_id == inspection.id).order_by(Answer.criterion_code, Answer.source)
    ):
        if answer.value is not None:
            found.setdefault(answer.criterion_code, {})[answer.source] = answer
    return found


def _score_of(rubric: Rubric, answers: Mapping[str, Mapping[Source, Answer]], source: Source) -> Score | None:
    given = {code: by_source[source].value for code, by_source in answers.items() if source in by_source}
    return score(rubric, given) if given else None


def _sum_of(figures: Score | None) -> Sum | None:
    return Sum(figures.total, figures.applicable_max, figures.index_pct) if figures else None


def _field_line(
    group: Group,
    answers: Mapping[str, Mapping[Source, Answer]],
    own: Score | None,
    team: Score | None,
    counted: Score,
) -> FieldLine:
    line = counted.groups[group.code]
    given = {source for leaf in group.leaves() for source in answers.get(leaf.code, ())}
    return FieldLine(
        group=group,
        own=own.groups[group.code].points if own and Source.SELF in given else None,
        team=team.groups[group.code].points if team and Source.TEAM in given else None,
        explained=line.points,
        max=line.max,
        index_pct=line.index_pct,
    )
