"""What must hold before a team leaves the unit, and how far it is. Pure, as `rules.py` is. See docs/rules.md."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from inspect_app.refusals import N_
from inspect_app.rubrics.rules import Criterion, Points, Rubric, ScoringKind, Source, points_of

Answers = Mapping[str, Mapping[str, Any] | None]

COMMON_REASONS = (
    "Đơn vị không có nhiệm vụ, chức năng này",
    "Không phát sinh trong kỳ kiểm tra",
    "Đơn vị mới thành lập, chưa đến kỳ thực hiện",
    "Nội dung do cơ quan cấp trên thực hiện",
    "Đã được kiểm tra trong cuộc kiểm tra khác của năm",
)
"""Why a criterion may not apply; they are stored as they are read, whatever the language of the screen."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a section is: questions that wait for an answer, those answered, and those that failed."""

    answered: int
    questions: int
    failed: int


@dataclass(frozen=True, slots=True)
class StillMissing:
    """What keeps a team in the field: criteria without an answer, and criteria that lost points without proof."""

    unanswered: tuple[str, ...]
    unproven: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.unanswered or self.unproven)


def source_of_team(criterion: Criterion) -> Source:
    """Where the team's answer is kept: the result of a survey is a source of its own, all else is the team's."""
    survey = criterion.kind is ScoringKind.SURVEY or criterion.source is Source.SURVEY
    return Source.SURVEY if survey else Source.TEAM


def failed(criterion: Criterion, figure: Points) -> bool:
    """True when the criterion counts and got nothing of its points, or takes points off the total."""
    if not figure.applies:
        return False
    if criterion.kind is ScoringKind.DEDUCTION:
        return figure.points < 0
    return criterion.in_maximum and figure.points <= 0 < (criterion.max_points or 0)


def needs_proof(criterion: Criterion, figure: Points) -> bool:
    """True when the answer differs from what a unit without fault gets: then a note, a file or a finding must say why.

    A survey proves itself, and what does not apply has its reason.
    """
    if not figure.applies or criterion.kind is ScoringKind.SURVEY:
        return False
    if not criterion.in_maximum:
        return figure.points != 0
    return figure.points < (criterion.max_points or 0)


def progress(rubric: Rubric, answers: Answers) -> dict[str, Progress]:
    """The progress of each field of the rubric, by its code. Bonus and deduction never wait for an answer."""
    found = {}
    for group in rubric.groups:
        leaves = [leaf for leaf in group.leaves() if leaf.kind is not None]
        waiting = [leaf for leaf in leaves if leaf.in_maximum]
        found[group.code] = Progress(
            answered=sum(answers.get(leaf.code) is not None for leaf in waiting),
            questions=len(waiting),
            failed=sum(_failed_now(leaf, answers) for leaf in leaves),
        )
    return found


def still_missing(rubric: Rubric, answers: Answers, proven: Collection[str]) -> StillMissing:
    """What field work lacks. `proven` are the codes of criteria with a note, a file or a finding."""
    leaves = [leaf for leaf in rubric.leaves() if leaf.kind is not None]
    return StillMissing(
        unanswered=tuple(leaf.code for leaf in leaves if leaf.in_maximum and answers.get(leaf.code) is None),
        unproven=tuple(
            leaf.code
            for leaf in leaves
            if answers.get(leaf.code) is not None
            and leaf.code not in proven
            and not rubric.unscored
            and needs_proof(leaf, points_of(leaf, answers[leaf.code]))
        ),
    )


def in_words(criterion: Criterion, value: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """An answer as a person reads it: a message id, and what fills it."""
    if value is None:
        return N_("Chưa trả lời"), {}
    if "na" in value:
        return N_("Không áp dụng: %(reason)s"), {"reason": value["na"]}
    if "level" in value:
        return "%(level)s", {"level": criterion.levels[value["level"]].label_vi}
    if "value" in value:
        return (N_("Có") if value["value"] else N_("Không")), {}
    if "numerator" in value:
        return "%(numerator)s/%(denominator)s", dict(value)
    if "events" in value:
        return N_("%(events)s lần"), dict(value)
    if "counts" in value:
        return N_("Số phiếu: %(counts)s"), {"counts": " · ".join(str(count) for count in value["counts"])}
    rate = value.get("rate_pct", value.get("share_pct"))
    return "%(rate)s%%", {"rate": str(rate).replace(".", ",")}


def _failed_now(leaf: Criterion, answers: Answers) -> bool:
    answer = answers.get(leaf.code)
    return answer is not None and failed(leaf, points_of(leaf, answer))
