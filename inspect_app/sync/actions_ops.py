"""What each operation of a change does, by the same actions as the pages: a table of operation → function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspect_app.documents.actions import remove_attachment
from inspect_app.findings.actions import Observation, raise_finding
from inspect_app.findings.queries import of_inspection
from inspect_app.findings.rules import Cause, FindingKind, Severity
from inspect_app.inspections.actions import (
    Base,
    NotOnTeam,
    RecordClosed,
    Recorded,
    finish_field_work,
    record_answer,
    record_note,
    start_inspection,
)
from inspect_app.inspections.actions_tablet import (
    Drawn,
    OnGlass,
    claim_section,
    keep_glass_signature,
    record_sample,
    require_open,
)
from inspect_app.inspections.file_rules import lets_go
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries_field import author_in_force, is_member, locked
from inspect_app.inspections.rules import FROZEN, RECORD_OPEN, State
from inspect_app.permissions import Actor, Permission, may
from inspect_app.refusals import N_, NotPermitted, Refused
from inspect_app.rubrics.queries import rubric_of
from inspect_app.rubrics.rules import Criterion
from inspect_app.sync.queries import answer_on_record, known_mutation
from inspect_app.sync.queries_ops import file_sent, finding_with, last_entry, version_answered
from inspect_app.sync.rules import Change
from inspect_app.sync.rules_ops import (
    read_claim,
    read_finding,
    read_reason,
    read_refusal,
    read_removal,
    read_sample,
    read_signature,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change; `answer` is the criterion as it stands now, for answers and notes."""

    result: str
    version: int | None = None
    audit_seq: int | None = None
    answer: dict[str, Any] | None = None


def do(inspection: Inspection, change: Change, *, by: Actor, at: datetime) -> Outcome:
    """Does what a change says. Raises Refused, NotOnTeam, RecordClosed, Unreadable."""
    return OPERATIONS[change.op](inspection, change, by, at)


def _answer(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    return _recorded(record_answer(inspection, change.criterion, change.value, **_given(inspection, change, by, at)))


def _note(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    return _recorded(record_note(inspection, change.criterion, change.note, **_given(inspection, change, by, at)))


def _start(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    _require_lead(inspection, by)
    if inspection.state in RECORD_OPEN | FROZEN | {State.SUSPENDED}:
        return Outcome("same")
    if inspection.state is State.CANCELLED:
        raise RecordClosed(inspection.state)
    # A clock that is far off would put the beginning before the notice or into the future.
    told = inspection.notified_at is not None and inspection.notified_at <= change.client_time <= at
    start_inspection(
        inspection, by=by, at=at, started_at=change.client_time if told else at, reason=read_reason(change.value)
    )
    return _applied(inspection)


def _finish(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    _require_lead(inspection, by)
    if inspection.state in FROZEN | {State.FIELD_DONE}:
        return Outcome("same")
    if inspection.state is not State.IN_PROGRESS:
        raise RecordClosed(inspection.state)
    found = {finding.criterion_code for finding in of_inspection(inspection.id)}
    finish_field_work(inspection, by=by, at=at, with_findings=found)
    return _applied(inspection)


def _finding(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    sent = read_finding(change.value)
    require_open(inspection, by)
    there = finding_with(sent.id)
    if there is not None:
        if there.inspection_id != inspection.id:
            raise Refused(N_("Mã tồn tại này đã dùng ở cuộc kiểm tra khác."), status=422)
        return Outcome("same")
    seen = Observation(
        criterion_code=change.criterion,
        criterion_name=_criterion(inspection, change.criterion).name_vi,
        fact=sent.fact,
        severity=_known(Severity, sent.severity),
        kind=_known(FindingKind, sent.kind),
        legal_basis=sent.legal_basis,
        cause_kind=_known(Cause, sent.cause_kind) if sent.cause_kind else None,
        cause=sent.cause,
        recommendation=sent.recommendation,
    )
    rubric_id = version_answered(inspection.rubric_version_id).rubric_id
    raise_finding(inspection, seen, by=by, at=at, rubric_id=rubric_id, finding_id=sent.id)
    return _applied(inspection)


def _file_removal(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    sent = read_removal(change.value)
    require_open(inspection, by)
    attachment = file_sent(inspection.id, sent.file)
    if attachment is None:
        raise Refused(N_("Cuộc kiểm tra này không có tệp cần gỡ."), status=422)
    if attachment.removed_at is not None:
        return Outcome("same")
    if not lets_go(by, inspection, attachment):
        raise NotPermitted
    remove_attachment(attachment, reason=sent.reason, by=by, at=at)
    return _applied(inspection)


def _sample(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    drawn = Drawn(**read_sample(change.value))
    if change.criterion:
        _criterion(inspection, change.criterion)
    kept: dict[str, Any] = {"drawn_at": change.client_time, "device": change.device, "sample_id": change.id}
    record_sample(inspection, drawn, criterion=change.criterion, by=by, at=at, **kept)
    return _applied(inspection)


def _signature(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    return _on_glass(inspection, OnGlass(**read_signature(change.value)), change, by, at)


def _refusal(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    return _on_glass(inspection, OnGlass(**read_refusal(change.value)), change, by, at)


def _claim(inspection: Inspection, change: Change, by: Actor, at: datetime) -> Outcome:
    section = read_claim(change.value)
    if section and section not in {group.code for group in rubric_of(inspection.rubric_version_id).groups}:
        raise Refused(N_("Không có phần %(code)s trong bộ tiêu chí này."), status=422, code=section)
    news = claim_section(inspection, section, by=by, at=at)
    return _applied(inspection) if news else Outcome("same")


Operation = Callable[[Inspection, Change, Actor, datetime], Outcome]
OPERATIONS: Mapping[str, Operation] = {
    "answer": _answer,
    "note": _note,
    "start": _start,
    "finish": _finish,
    "finding": _finding,
    "file_removal": _file_removal,
    "sample": _sample,
    "signature": _signature,
    "refusal": _refusal,
    "claim": _claim,
}


def _given(inspection: Inspection, change: Change, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        "by": by,
        "at": at,
        "base": _base(inspection, change, by),
        "device": change.device,
        "answered_at": change.client_time,
    }


def _base(inspection: Inspection, change: Change, by: Actor) -> Base:
    """What the person had seen: their own earlier change as it was taken in, or what the tablet had from the server.

    An earlier change that was kept aside or parked was nothing that the person saw in force, and neither was the same
    answer by somebody else.
    """
    earlier = known_mutation(change.base_change) if change.base_change else None
    became = earlier.result["result"] if earlier and earlier.author_id == by.id else None
    own = became == "same" and author_in_force(inspection.id, change.criterion) == by.id
    if earlier and (became == "applied" or own):
        answer = earlier.result["answer"]
        return Base(earlier.result["version"], answer["note_hash" if change.op == "note" else "value_hash"])
    return Base(change.base_version, change.base_value_hash)


def _recorded(recorded: Recorded) -> Outcome:
    return Outcome(
        recorded.result,
        recorded.version,
        recorded.entry.seq if recorded.entry else None,
        answer_on_record(recorded.answer, recorded.version),
    )


def _applied(inspection: Inspection) -> Outcome:
    return Outcome("applied", audit_seq=last_entry(inspection.unit_id))


def _on_glass(inspection: Inspection, signed: OnGlass, change: Change, by: Actor, at: datetime) -> Outcome:
    kept: dict[str, Any] = {"signed_at": change.client_time, "device": change.device, "signature_id": change.id}
    keep_glass_signature(inspection, signed, by=by, at=at, **kept)
    return _applied(inspection)


def _require_lead(inspection: Inspection, by: Actor) -> None:
    locked(inspection)
    if not is_member(inspection.id, by.id):
        raise NotOnTeam
    if not may(by, Permission.INSPECTION_LEAD, inspection):
        raise NotPermitted(N_("Chỉ trưởng đoàn hoặc phó trưởng đoàn làm được việc này."))


def _criterion(inspection: Inspection, code: str) -> Criterion:
    for leaf in rubric_of(inspection.rubric_version_id).leaves():
        if leaf.code == code:
            return leaf
    raise Refused(N_("Không có tiêu chí %(code)s trong bộ tiêu chí này."), status=422, code=code)


def _known(kind: Any, word: str) -> Any:
    """A word as one of the known ones; what is none is turned down as the page would."""
    if word not in {each.value for each in kind}:
        raise Refused(N_("Hãy chọn một mục."), status=422)
    return kind(word)
