"""What can be done with a finding."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from inspect_app.audit.actions import SYSTEM_ACTOR, Doer, record, touch
from inspect_app.calendars.rules import local_day
from inspect_app.db import db, new_id
from inspect_app.findings import jobs
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import count_not_done, earlier_on, next_number, of_inspection, with_state
from inspect_app.findings.rules import (
    AWAITS_REPLY,
    MOVES,
    NEEDS_EFFECTIVENESS_CHECK,
    UNDECIDED,
    Cause,
    FindingKind,
    Severity,
    State,
    stands_undisputed,
)
from inspect_app.inspections.actions import move_inspection, open_review
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries_field import locked
from inspect_app.inspections.rules import RECORD_OPEN, REVIEW_OPEN, InspectionState
from inspect_app.inspections.rules_review import require_window
from inspect_app.moves import next_state
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused

CHANGES_TOLD = ("fact", "severity", "kind", "legal_basis", "cause", "recommendation")
DECIDES = frozenset({InspectionState.MINUTES_SIGNED, InspectionState.IN_REVIEW, InspectionState.REPORTED})
"""While an inspection stands here, the office decides on its findings."""

CLOSES_WITH_LAST = frozenset({InspectionState.CONCLUDED, InspectionState.FOLLOW_UP})


@dataclass(frozen=True, slots=True)
class Observation:
    """What the team writes down about one criterion."""

    criterion_code: str
    criterion_name: str
    fact: str
    severity: Severity = Severity.LIGHT
    kind: FindingKind = FindingKind.SHORTCOMING
    legal_basis: str = ""
    cause_kind: Cause | None = None
    cause: str = ""
    recommendation: str = ""
    named_person: str = ""


def raise_finding(
    inspection: Inspection,
    seen: Observation,
    *,
    by: Doer,
    at: datetime,
    rubric_id: UUID | None = None,
    finding_id: UUID | None = None,
) -> Finding:
    """Raises a finding during the visit, and links it to an earlier one on the same criterion of this unit.

    Raises Refused when the record is closed.
    """
    _require_open_record(inspection)
    _require_words(seen)
    earlier = earlier_on(inspection.unit_id, seen.criterion_code, at, rubric_id=rubric_id)
    finding = Finding(
        id=finding_id or new_id(),
        number=next_number(inspection.id),
        inspection_id=inspection.id,
        unit_id=inspection.unit_id,
        state=State.RAISED,
        version=1,
        recurrence_of_id=earlier[0].id if earlier and seen.kind is not FindingKind.GOOD_PRACTICE else None,
        raised_by_id=by.id,
        raised_at=at,
        **_columns(seen),
    )
    db.session.add(finding)
    db.session.flush()
    record("finding raised", finding, by=by, at=at, severity=seen.severity.value, criterion=seen.criterion_code)
    return finding


def change_finding(
    finding: Finding, inspection: Inspection, seen: Observation, *, by: Doer, at: datetime, version: int | None
) -> None:
    """The team corrects its words while the record is open."""
    _require_open_record(inspection)
    _require_words(seen)
    touch(finding, version)
    if finding.state not in AWAITS_REPLY:
        raise Refused(N_("Tồn tại này đã rút hoặc đã có quyết định nên không sửa được nữa."))
    before = {name: getattr(finding, name) for name in CHANGES_TOLD}
    for name, value in _columns(seen).items():
        setattr(finding, name, value)
    pairs = {name: [str(old), str(getattr(finding, name))] for name, old in before.items()}
    changed: dict[str, Any] = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    record("finding changed", finding, by=by, at=at, **changed)


def take_back_finding(
    finding: Finding, inspection: Inspection, *, reason: str, by: Doer, at: datetime, version: int | None = None
) -> None:
    """The team takes back what it raised, while the record is open; it is kept, with the reason."""
    _require_open_record(inspection)
    withdraw_finding(finding, by=by, at=at, reason=reason, version=version)


def reply_to_finding(
    finding: Finding, words: str, *, agreed: bool, by: Doer, at: datetime, version: int | None = None
) -> None:
    """The unit's head answers: agrees, or explains why not. The first answer opens the review.

    Raises Refused before the minutes are signed, after the unit's days, or for a disagreement without words.
    """
    if not agreed and not words.strip():
        raise Refused(N_("Hãy ghi nội dung giải trình."), status=422)
    inspection = locked(db.session.get_one(Inspection, finding.inspection_id))
    if inspection.state not in REVIEW_OPEN:
        raise Refused(N_("Đơn vị trả lời tồn tại từ khi biên bản đã ký đến khi đoàn trình báo cáo."))
    require_window(local_day(at), inspection.review_until)
    if inspection.state is InspectionState.MINUTES_SIGNED:
        open_review(inspection, by=by, at=at)
    _move(finding, "reply", version=version)
    finding.reply, finding.agreed = words.strip(), agreed
    finding.replied_by_id, finding.replied_at = by.id, at
    record("finding replied", finding, by=by, at=at, reason=words, agreed=agreed)


def agree_to_all(inspection: Inspection, *, by: Doer, at: datetime) -> int:
    """The unit's head agrees to every shortcoming that still awaits an answer. Gives how many."""
    waiting = [one for one in with_state(inspection.id, AWAITS_REPLY) if one.kind is not FindingKind.GOOD_PRACTICE]
    for finding in waiting:
        reply_to_finding(finding, "", agreed=True, by=by, at=at)
    return len(waiting)


def confirm_undisputed(inspection: Inspection, *, by: Doer, at: datetime) -> int:
    """The office confirms every finding to which the unit agreed or said nothing in time. Gives how many."""
    settled = [one for one in of_inspection(inspection.id) if stands_undisputed(one)]
    for finding in settled:
        confirm_finding(finding, by=by, at=at)
    return len(settled)


def close_replies(inspection_id: UUID, *, at: datetime) -> None:
    """The window has ended: what was not answered counts as undisputed."""
    for finding in of_inspection(inspection_id):
        if finding.state in AWAITS_REPLY:
            _move(finding, "undisputed")
            record("finding undisputed", finding, by=SYSTEM_ACTOR, at=at)


def propose_decision(finding: Finding, proposal: str, reason: str, *, by: Doer, at: datetime) -> None:
    """The leader tells the office what to do with a finding ("confirm", "withdraw", "note"); the office decides."""
    if finding.state not in UNDECIDED:
        raise Refused(N_("Tồn tại này đã có quyết định xử lý."))
    if not reason.strip():
        raise Refused(N_("Hãy ghi lý do đề xuất."), status=422)
    record("decision on finding proposed", finding, by=by, at=at, reason=reason, proposal=proposal)


def confirm_finding(finding: Finding, *, by: Doer, at: datetime, reason: str = "", version: int | None = None) -> None:
    """It stands: a task may follow. A good practice is noted instead."""
    if finding.kind is FindingKind.GOOD_PRACTICE:
        raise Refused(N_("Ưu điểm không cần khắc phục. Hãy ghi nhận."), status=422)
    _decide(finding, "confirm", "finding confirmed", by=by, at=at, reason=reason, version=version)


def withdraw_finding(finding: Finding, *, by: Doer, at: datetime, reason: str, version: int | None = None) -> None:
    """It does not stand; it is kept, with the reason."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do rút tồn tại."), status=422)
    _decide(finding, "withdraw", "finding withdrawn", by=by, at=at, reason=reason, version=version)


def note_finding(finding: Finding, *, by: Doer, at: datetime, reason: str = "", version: int | None = None) -> None:
    """A good practice, or something that leaves nothing to remedy."""
    _decide(finding, "note", "finding noted", by=by, at=at, reason=reason, version=version)


def start_remediation(finding: Finding, *, at: datetime) -> None:
    """A task was issued for it."""
    _move(finding, "remediate")
    record("remediation started", finding, by=SYSTEM_ACTOR, at=at)


def resolve_finding(finding: Finding, *, at: datetime) -> None:
    """All its tasks are closed, or cancelled by decision. A light or medium one closes at once."""
    _move(finding, "resolve")
    finding.resolved_at = at
    record("finding resolved", finding, by=SYSTEM_ACTOR, at=at)
    if finding.severity not in NEEDS_EFFECTIVENESS_CHECK:
        close_finding(finding, by=SYSTEM_ACTOR, at=at)


def close_finding(finding: Finding, *, by: Doer, at: datetime, reason: str = "", version: int | None = None) -> None:
    """Nothing remains: by itself, or by a verifier after a check of the effect."""
    _move(finding, "close", version=version)
    finding.closed_at = at
    record("finding closed", finding, by=by, at=at, reason=reason)


def close_after_check(finding: Finding, *, by: Doer, at: datetime, reason: str, version: int | None = None) -> None:
    """A verifier closes a serious finding; with the last finding of an inspection closes the inspection too.

    Findings are resolved only when their tasks are settled, so nothing of the inspection remains then.
    """
    if not reason.strip():
        raise Refused(N_("Hãy ghi kết quả kiểm tra hiệu quả khắc phục."), status=422)
    close_finding(finding, by=by, at=at, reason=reason, version=version)
    db.session.flush()
    inspection = locked(db.session.get_one(Inspection, finding.inspection_id))
    if inspection.state in CLOSES_WITH_LAST and not count_not_done(inspection.id):
        move_inspection(inspection, "close", by=SYSTEM_ACTOR, at=at)


def demand_remediation_again(
    finding: Finding, *, by: Doer, at: datetime, reason: str, version: int | None = None
) -> None:
    """The effect did not last. A closed inspection must be reopened first."""
    if not reason:
        raise Refused(N_("Hãy ghi lý do yêu cầu khắc phục lại."), status=422)
    if db.session.get_one(Inspection, finding.inspection_id).state is InspectionState.CLOSED:
        raise Refused(N_("Cuộc kiểm tra đã đóng. Mở lại cuộc kiểm tra trước khi yêu cầu khắc phục lại."))
    _move(finding, "remediate_again", version=version)
    finding.resolved_at = finding.closed_at = None
    record("remediation demanded again", finding, by=by, at=at, reason=reason)


def _decide(
    finding: Finding, move: str, action: str, *, by: Doer, at: datetime, reason: str, version: int | None
) -> None:
    inspection = db.session.get_one(Inspection, finding.inspection_id)
    if inspection.state not in DECIDES and not (move == "withdraw" and inspection.state in RECORD_OPEN):
        raise Refused(N_("Tồn tại được quyết định từ khi biên bản đã ký đến khi ban hành kết luận."))
    _move(finding, move, version=version)
    finding.decision_reason, finding.decided_at = reason, at
    record(action, finding, by=by, at=at, reason=reason)
    if inspection.state in DECIDES:
        later(jobs.tell_about_decision, finding.id)


def _move(finding: Finding, move: str, *, version: int | None = None) -> None:
    touch(finding, version)
    finding.state = next_state(MOVES, finding.state, move)


def _columns(seen: Observation) -> dict[str, object]:
    return {name: getattr(seen, name) for name in seen.__slots__}


def _require_words(seen: Observation) -> None:
    if not seen.fact.strip():
        raise Refused(N_("Hãy ghi nội dung của tồn tại."), status=422)


def _require_open_record(inspection: Inspection) -> None:
    """Locks the inspection: whoever signs its minutes reads the findings after this change or before it."""
    locked(inspection)
    if inspection.state not in RECORD_OPEN:
        raise Refused(N_("Biên bản đã khóa hoặc cuộc kiểm tra chưa bắt đầu: không thể nêu hay sửa tồn tại."))
