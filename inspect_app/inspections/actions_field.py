"""The visit itself: start, every answer as it is given, the end of field work."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspect_app.audit.actions import Doer, record
from inspect_app.audit.models import AuditEntry
from inspect_app.calendars.rules import local_day, written
from inspect_app.crashpoints import crashpoint
from inspect_app.db import db
from inspect_app.inspections import jobs
from inspect_app.inspections.actions_moves import move_inspection
from inspect_app.inspections.models import Answer, AnswerVersion, Inspection
from inspect_app.inspections.queries_field import (
    History,
    answer_of,
    history_until_now,
    is_member,
    locked,
    team_answers,
    with_files,
)
from inspect_app.inspections.rules import RECORD_OPEN, InspectionForm, State, starts_early
from inspect_app.inspections.rules_field import StillMissing, source_of_team, still_missing
from inspect_app.inspections.rules_tablet import Register, Seen, hash_of, merge
from inspect_app.queue import later
from inspect_app.refusals import N_, NotPermitted, Refused
from inspect_app.rubrics.queries import rubric_of
from inspect_app.rubrics.rules import AnswerError, Criterion, Source, clean_answer, points_of

Value = dict[str, Any]
LONGEST_NOTE = 4000


class NotOnTeam(NotPermitted):
    """The person is not, or no longer, on the team."""

    def __init__(self) -> None:
        super().__init__(N_("Bạn không còn trong đoàn kiểm tra này. Những gì đã gửi vẫn được giữ."))


class RecordClosed(Refused):
    """The record is not open: the visit has not begun, is suspended, or the minutes are signed. `state` says which."""

    def __init__(self, state: State) -> None:
        words = {
            State.SUSPENDED: N_("Cuộc kiểm tra đang tạm dừng nên chưa nhận câu trả lời."),
            State.CANCELLED: N_("Cuộc kiểm tra đã hủy nên không nhận câu trả lời."),
        }
        before = N_("Cuộc kiểm tra chưa bắt đầu nên chưa nhận câu trả lời.")
        after = N_("Biên bản đã ký nên câu trả lời của đoàn không thay đổi được nữa.")
        not_begun = state in {State.PROPOSED, State.PLANNED, State.SCHEDULED, State.NOTIFIED, State.POSTPONED}
        super().__init__(words.get(state) or (before if not_begun else after))
        self.state = state
        self.after = not not_begun


class FieldWorkUnfinished(Refused):
    """Answers or proof are missing; `missing` names the criteria."""

    def __init__(self, missing: StillMissing) -> None:
        super().__init__(
            N_("Chưa kết thúc được: còn %(unanswered)s tiêu chí chưa trả lời, %(unproven)s tiêu chí thiếu minh chứng."),
            status=422,
            unanswered=len(missing.unanswered),
            unproven=len(missing.unproven),
        )
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Base:
    """What the person saw when answering: the version, and the hash of the value or note (see `hash_of`).

    Version 0 without a hash is a criterion that nobody had answered.
    """

    version: int
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an answer: "applied", "same" (nothing to do) or "conflict" (kept beside the one in force).

    `answer` is the one in force and `version` the newest in the history: the base of whoever answers next.
    """

    result: str
    answer: Answer
    version: int
    entry: AuditEntry | None


def start_inspection(
    inspection: Inspection,
    *,
    by: Doer,
    at: datetime,
    started_at: datetime | None = None,
    reason: str = "",
    seen: int | None = None,
) -> None:
    """Begins the visit. `started_at` may lie before `at`: the team may have begun without a network.

    To begin before the scheduled first day takes a reason, which the log keeps.
    """
    begun = started_at or at
    if begun > at:
        raise Refused(N_("Giờ bắt đầu còn ở phía trước."), status=422)
    if starts_early(inspection.starts_on, local_day(begun)) and not reason.strip():
        raise Refused(
            N_("Lịch kiểm tra bắt đầu ngày %(first)s. Hãy nêu lý do bắt đầu sớm."),
            status=422,
            first=written(inspection.starts_on),
        )
    move_inspection(inspection, "start", by=by, at=at, seen=seen, reason=reason, started_at=begun.isoformat())
    inspection.started_at = begun
    if inspection.form is InspectionForm.UNANNOUNCED:
        later(jobs.tell_of, inspection.id, "started")


def suspend_inspection(
    inspection: Inspection, *, reason: str, document: str, by: Doer, at: datetime, seen: int | None = None
) -> None:
    """Interrupts the visit by decision: `document` names it."""
    if not reason.strip() or not document.strip():
        raise Refused(N_("Cần nêu lý do và văn bản quyết định tạm dừng."), status=422)
    move_inspection(inspection, "suspend", by=by, at=at, seen=seen, reason=reason, document=document)


def continue_inspection(
    inspection: Inspection, *, reason: str = "", by: Doer, at: datetime, seen: int | None = None
) -> None:
    """Goes on with a suspended visit."""
    move_inspection(inspection, "resume_field", by=by, at=at, seen=seen, reason=reason)


def finish_field_work(
    inspection: Inspection,
    *,
    by: Doer,
    at: datetime,
    with_findings: Collection[str] = (),
    seen: int | None = None,
) -> None:
    """Ends field work: every criterion answered or not applicable with a reason, and proof where points were lost.

    Proof is a note, a file, or a finding on the criterion (`with_findings` gives their codes). Raises
    FieldWorkUnfinished with what is missing.
    """
    answers = team_answers(inspection.id)
    noted = {code for code, answer in answers.items() if answer.note.strip()}
    missing = still_missing(
        rubric_of(inspection.rubric_version_id),
        {code: answer.value for code, answer in answers.items()},
        noted | with_files(inspection.id) | set(with_findings),
    )
    if missing and inspection.state is State.IN_PROGRESS:
        raise FieldWorkUnfinished(missing)
    move_inspection(inspection, "finish", by=by, at=at, seen=seen, answers=len(answers))


def record_answer(
    inspection: Inspection,
    code: str,
    value: Value | None,
    *,
    by: Doer,
    at: datetime,
    note: str | None = None,
    base: Base | None = None,
    device: str | None = None,
    answered_at: datetime | None = None,
) -> Recorded:
    """Takes in the team's answer to one criterion; None takes an answer back. Points are derived here, never sent.

    With a `base` that somebody has overtaken with another value, the answer in force stays and this one is kept
    beside it. Raises NotOnTeam, RecordClosed, AnswerError.
    """
    place = _open_place(inspection, code, by)
    clean = None if value is None else clean_answer(place.criterion, value)
    register = "answer" if note is None else "both"
    given = _Given(register, clean, note, device, answered_at or at, by, at)
    if note is not None:  # A page shows both together: whoever changed either meanwhile made another page of it.
        return _take_in(place, given, base, now=[place.value, place.note], incoming=[clean, note])
    return _take_in(place, given, base, now=place.value, incoming=clean)


def record_note(
    inspection: Inspection,
    code: str,
    note: str,
    *,
    by: Doer,
    at: datetime,
    base: Base | None = None,
    device: str | None = None,
    answered_at: datetime | None = None,
) -> Recorded:
    """Takes in the note on a criterion, beside its answer: the two never stand in each other's way."""
    place = _open_place(inspection, code, by)
    given = _Given("note", place.value, note, device, answered_at or at, by, at)
    return _take_in(place, given, base, now=place.note, incoming=note)


@dataclass(frozen=True, slots=True)
class _Given:
    register: str
    value: Value | None
    note: str | None
    device: str | None
    answered_at: datetime
    by: Doer
    at: datetime


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an answer goes: its criterion and source, the answer in force, and how far its history has come."""

    inspection: Inspection
    criterion: Criterion
    source: Source
    answer: Answer | None
    history: History

    @property
    def latest(self) -> int:
        return self.history.latest

    @property
    def value(self) -> Value | None:
        return self.answer.value if self.answer else None

    @property
    def note(self) -> str:
        return self.answer.note if self.answer else ""

    def in_conflict(self, register: str) -> bool:
        """Something of this register was kept aside, and nobody who saw it has decided since."""
        return {
            "answer": self.history.open_answer,
            "note": self.history.open_note,
            "both": self.history.open_answer or self.history.open_note,
        }[register]


def _open_place(inspection: Inspection, code: str, by: Doer) -> _Place:
    locked(inspection)
    if not is_member(inspection.id, by.id):
        raise NotOnTeam
    if inspection.state not in RECORD_OPEN:
        raise RecordClosed(inspection.state)
    for leaf in rubric_of(inspection.rubric_version_id).leaves():
        if leaf.code == code:
            source = source_of_team(leaf)
            answer = answer_of(inspection.id, code, source)
            return _Place(inspection, leaf, source, answer, history_until_now(inspection.id, code, source))
    raise AnswerError(N_("Không có tiêu chí %(code)s trong bộ tiêu chí này."), code=code)


def _take_in(place: _Place, given: _Given, base: Base | None, *, now: Any, incoming: Any) -> Recorded:
    """Does what the rule says with an incoming value, note, or both."""
    current = Register(place.latest, hash_of(now) if place.answer else None, place.in_conflict(given.register))
    decision = merge(current, Seen(base.version, base.hash) if base else None, hash_of(incoming))
    if place.answer is None or decision == "apply":
        return _apply(place, given)
    return Recorded("same", place.answer, place.latest, None) if decision == "same" else _keep_aside(place, given)


def _apply(place: _Place, given: _Given) -> Recorded:
    answer = place.answer
    if answer is None:
        answer = Answer(inspection_id=place.inspection.id, criterion_code=place.criterion.code, source=place.source)
        db.session.add(answer)
    history = _into_history(place, given, applied=True)
    crashpoint("answer.history")
    answer.value, answer.note, answer.points = history.value, history.note, history.points
    answer.version, answer.author_id, answer.device = history.version, history.author_id, history.device
    answer.answered_at, answer.received_at = history.answered_at, history.received_at
    db.session.flush()
    crashpoint("answer.current")
    entry = _record("answer recorded", place, history, given)
    crashpoint("answer.logged")
    return Recorded("applied", answer, history.version, entry)


def _keep_aside(place: _Place, given: _Given) -> Recorded:
    """Adds the value to the history without putting it in force; `Answer.version` stays: the conflict is open."""
    history = _into_history(place, given, applied=False)
    entry = _record("answer in conflict", place, history, given)
    crashpoint("answer.aside")
    return Recorded("conflict", place.answer, history.version, entry)


def _into_history(place: _Place, given: _Given, *, applied: bool) -> AnswerVersion:
    note = place.note if given.note is None else given.note
    if len(note) > LONGEST_NOTE:
        raise Refused(N_("Ghi chú dài tối đa %(most)s ký tự."), status=422, most=LONGEST_NOTE)
    row = AnswerVersion(
        inspection_id=place.inspection.id,
        criterion_code=place.criterion.code,
        source=place.source,
        version=place.latest + 1,
        register=given.register,
        applied=applied,
        value=given.value,
        note=note,
        points=None if given.value is None else points_of(place.criterion, given.value).points,
        author_id=given.by.id,
        device=given.device,
        answered_at=given.answered_at,
        received_at=given.at,
    )
    db.session.add(row)
    return row


def _record(action: str, place: _Place, history: AnswerVersion, given: _Given) -> AuditEntry:
    return record(
        action,
        place.inspection,
        by=given.by,
        at=given.at,
        criterion=place.criterion.code,
        points=history.points,
        answer_version=history.version,
    )
