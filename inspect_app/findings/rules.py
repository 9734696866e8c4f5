"""What a finding is and the way it goes, from the tablet to its closing. See docs/rules.md."""

from collections.abc import Mapping
from typing import Protocol

from inspect_app.moves import Move, Named
from inspect_app.refusals import N_, NP_


class FindingState(Named):
    """Where a finding stands."""

    DRAFT = "draft", N_("Dự thảo")
    RAISED = "raised", N_("Đã nêu")
    REPLIED = "replied", N_("Đơn vị đã giải trình")
    UNDISPUTED = "undisputed", N_("Không có ý kiến")
    CONFIRMED = "confirmed", NP_("finding", "Đã xác nhận")
    REMEDIATING = "remediating", N_("Đang khắc phục")
    RESOLVED = "resolved", N_("Đã khắc phục")
    CLOSED = "closed", N_("Đã đóng")
    WITHDRAWN = "withdrawn", N_("Đã rút")
    NOTED = "noted", N_("Ghi nhận")
    TRANSFERRED = "transferred", N_("Đã chuyển đơn vị kế thừa")


State = FindingState


class Severity(Named):
    """How grave a shortcoming is, lightest first."""

    LIGHT = "light", N_("Nhẹ")
    MEDIUM = "medium", N_("Trung bình")
    SERIOUS = "serious", N_("Nghiêm trọng")


class Cause(Named):
    """Where a shortcoming comes from."""

    OBJECTIVE = "objective", N_("Khách quan")
    SUBJECTIVE = "subjective", N_("Chủ quan")


class FindingKind(Named):
    """What a finding says of the unit."""

    SHORTCOMING = "shortcoming", N_("Tồn tại, hạn chế")
    VIOLATION = "violation", N_("Vi phạm")
    GOOD_PRACTICE = "good_practice", N_("Ưu điểm")


Kind = FindingKind

UNDECIDED = frozenset({State.DRAFT, State.RAISED, State.REPLIED, State.UNDISPUTED})
"""One of these keeps the inspection from being concluded."""

AWAITS_REPLY = frozenset({State.RAISED})
OPEN = UNDECIDED | {State.CONFIRMED, State.REMEDIATING, State.RESOLVED}
DONE_WITH = frozenset({State.CLOSED, State.WITHDRAWN, State.NOTED, State.TRANSFERRED})
"""Nothing remains to be done; an inspection closes when all of its findings stand here."""

COUNTS_AS_FOUND = frozenset({State.CONFIRMED, State.REMEDIATING, State.RESOLVED, State.CLOSED, State.TRANSFERRED})
"""What the inspection found in the end: the ground for recurrences and for statistics."""

NEEDS_EFFECTIVENESS_CHECK = frozenset({Severity.SERIOUS})
"""Closed by a verifier after a check of the effect; the others close by themselves once resolved."""

MOVES: Mapping[str, Move] = {
    "raise": Move(frozenset({State.DRAFT}), State.RAISED, N_("Nêu tồn tại")),
    "reply": Move(frozenset({State.RAISED}), State.REPLIED, N_("Giải trình")),
    "undisputed": Move(frozenset({State.RAISED}), State.UNDISPUTED, N_("Hết hạn giải trình")),
    "confirm": Move(frozenset({State.REPLIED, State.UNDISPUTED}), State.CONFIRMED, N_("Xác nhận tồn tại")),
    "withdraw": Move(UNDECIDED | {State.CONFIRMED}, State.WITHDRAWN, N_("Rút tồn tại")),
    "note": Move(
        frozenset({State.RAISED, State.REPLIED, State.UNDISPUTED, State.CONFIRMED}), State.NOTED, N_("Ghi nhận")
    ),
    "remediate": Move(frozenset({State.CONFIRMED}), State.REMEDIATING, N_("Giao khắc phục")),
    "resolve": Move(frozenset({State.REMEDIATING}), State.RESOLVED, N_("Hoàn thành khắc phục")),
    "close": Move(frozenset({State.RESOLVED}), State.CLOSED, N_("Đóng tồn tại")),
    "remediate_again": Move(frozenset({State.RESOLVED, State.CLOSED}), State.REMEDIATING, N_("Yêu cầu khắc phục lại")),
    "transfer": Move(OPEN, State.TRANSFERRED, N_("Chuyển cho đơn vị kế thừa")),
}


def suggested_severity(severity: Severity, *, recurring: bool) -> Severity:
    """One degree graver when the same criterion failed in the same unit before; the gravest stays."""
    degrees = tuple(Severity)
    return degrees[min(degrees.index(severity) + recurring, len(degrees) - 1)]


def decided_as(state: FindingState) -> FindingState:
    """What the decision made of a finding, wherever it stands since: what was neither noted nor withdrawn was
    confirmed."""
    return state if state in {State.NOTED, State.WITHDRAWN} else State.CONFIRMED


class Replied(Protocol):
    """What a finding says of the unit's answer."""

    kind: FindingKind
    state: FindingState
    agreed: bool | None


def stands_undisputed(finding: Replied) -> bool:
    """Whether the unit agreed to a shortcoming or let its days pass: it may be confirmed with others at once."""
    settled = finding.state is State.UNDISPUTED or (finding.state is State.REPLIED and finding.agreed is True)
    return settled and finding.kind is not FindingKind.GOOD_PRACTICE
