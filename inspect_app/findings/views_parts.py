"""What a person may do with a finding now: the buttons that its page shows, and nothing else."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from inspect_app.findings.actions import DECIDES
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import MOVES, UNDECIDED, FindingKind, State, stands_undisputed
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import RECORD_OPEN, REVIEW_OPEN
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.moves import moves_from
from inspect_app.permissions import Actor, Permission, may


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be done: its words, where it is done, and whether it is the next one."""

    words: str
    url: str
    main: bool = False
    danger: bool = False


def moves_of(finding: Finding, inspection: Inspection, actor: Actor, today: date) -> list[Offer]:
    """What this person may do with the finding now, the main thing first."""
    found = []
    for endpoint, words, main, danger in (
        ("reply", _("Trả lời tồn tại"), True, False),
        ("decide", _("Quyết định xử lý"), True, False),
        ("propose", _("Đề xuất xử lý"), True, False),
        ("close", _("Đóng sau kiểm tra hiệu quả"), True, False),
        ("remedy_again", _("Yêu cầu khắc phục lại"), False, True),
        ("change", _("Sửa nội dung"), False, False),
        ("take_back", _("Rút tồn tại nêu nhầm"), False, True),
    ):
        if allows(endpoint, finding, inspection, actor, today):
            found.append(Offer(words, url_for(f"findings.{endpoint}", finding_id=finding.id), main, danger))
    return found


def allows(move: str, finding: Finding, inspection: Inspection, actor: Actor, today: date) -> bool:
    """Whether this person may make this move on the finding today."""
    permission, possible = {
        "reply": (Permission.FINDING_REPLY, _may_be_answered(finding, inspection, today)),
        "decide": (Permission.FINDING_DECIDE, inspection.state in DECIDES and bool(decisions_on(finding))),
        "propose": (Permission.FINDING_PROPOSE, inspection.state in DECIDES and finding.state in UNDECIDED),
        "close": (Permission.FINDING_CLOSE, "close" in moves_from(MOVES, finding.state)),
        "remedy_again": (Permission.FINDING_REMEDY_AGAIN, _may_be_remedied_again(finding, inspection)),
        "change": (Permission.FINDING_RAISE, inspection.state in RECORD_OPEN and finding.state is State.RAISED),
        "take_back": (Permission.FINDING_RAISE, inspection.state in RECORD_OPEN and finding.state is State.RAISED),
    }[move]
    return possible and may(actor, permission, finding)


@dataclass(frozen=True, slots=True)
class AtOnce:
    """How many findings of an inspection this person may settle with one button."""

    agree: int
    confirm: int


def at_once(findings: list[Finding], inspection: Inspection, actor: Actor, today: date) -> AtOnce:
    """Findings that the head may agree to, and those that nobody disputes and the office may confirm."""
    undisputed = [one for one in findings if stands_undisputed(one)]
    return AtOnce(
        agree=sum(allows("reply", one, inspection, actor, today) for one in findings),
        confirm=sum(allows("decide", one, inspection, actor, today) for one in undisputed),
    )


def decisions_on(finding: Finding) -> tuple[str, ...]:
    """The decisions that the table allows now; a good practice is never confirmed as something to remedy."""
    possible = moves_from(MOVES, finding.state)
    found = tuple(name for name in ("confirm", "note", "withdraw") if name in possible)
    return tuple(name for name in found if name != "confirm" or finding.kind is not FindingKind.GOOD_PRACTICE)


def names_person(actor: Actor, finding: Finding) -> bool:
    """Whether a person named in the finding is shown to this reader."""
    return may(actor, Permission.FINDING_NAMED_PERSON, finding)


def _may_be_answered(finding: Finding, inspection: Inspection, today: date) -> bool:
    in_time = inspection.review_until is None or today <= inspection.review_until
    asks = "reply" in moves_from(MOVES, finding.state) and finding.kind is not FindingKind.GOOD_PRACTICE
    return asks and inspection.state in REVIEW_OPEN and in_time


def _may_be_remedied_again(finding: Finding, inspection: Inspection) -> bool:
    possible = "remediate_again" in moves_from(MOVES, finding.state)
    return possible and inspection.state is not InspectionState.CLOSED
