"""After the minutes: the unit explains, the office appraises, the leader reports, the authority concludes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from inspect_app.audit.actions import Doer, record, touch
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day
from inspect_app.db import db, new_id
from inspect_app.inspections import jobs
from inspect_app.inspections.actions_moves import move_inspection
from inspect_app.inspections.actions_papers import Numbered, issue_paper
from inspect_app.inspections.models import Answer, AnswerVersion, Explanation, Inspection
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries_field import answer_of, history_until_now, locked
from inspect_app.inspections.queries_review import explanations_of, figures_counted, figures_stored
from inspect_app.inspections.queries_scores import score_sheet
from inspect_app.inspections.rules import MOVES, State
from inspect_app.inspections.rules_review import (
    Figures,
    Given,
    Outcome,
    differs,
    explainable,
    require_window,
    round_for,
)
from inspect_app.moves import next_state
from inspect_app.preferences import preference
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.points import with_comma
from inspect_app.rubrics.queries import rubric_of
from inspect_app.rubrics.rules import AnswerError, Criterion, Source, clean_answer, points_of

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """The words of the team's report (five parts; the second, the results, is made from the record)."""

    summary: str
    measures: str = ""
    unit_wishes: str = ""
    recommendations: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the office decides on an explanation; `value` only where it is accepted in part."""

    outcome: Outcome
    reason: str
    value: Value | None = None


def open_review(inspection: Inspection, *, by: Doer, at: datetime) -> None:
    """Opens the review: the unit explained something, or its days for that are over."""
    move_inspection(inspection, "open_review", by=by, at=at)


def explain(
    inspection: Inspection, code: str, words: str, value: Value | None, *, by: Doer, at: datetime
) -> Explanation:
    """What the unit says about one criterion, with the answer that it thinks right (None: words alone).

    The first explanation opens the review. Raises Refused after the window, in a used-up round, for a criterion whose
    points an explanation cannot change; AnswerError for a value that does not fit.
    """
    locked(inspection)
    if inspection.state is State.MINUTES_SIGNED:
        open_review(inspection, by=by, at=at)
    next_state(MOVES, inspection.state, "explain")
    require_window(local_day(at), inspection.review_until)
    criterion = _criterion(inspection, code)
    if not explainable(criterion):
        raise Refused(N_("Điểm tiêu chí %(code)s lấy từ nguồn khác nên không đổi bằng giải trình."), code=code)
    if not words.strip():
        raise Refused(N_("Hãy ghi nội dung giải trình."), status=422)
    explanation = Explanation(
        id=new_id(),
        inspection_id=inspection.id,
        criterion_code=code,
        round=_join_round(inspection, code),
        words=words.strip(),
        wished_value=None if value is None else clean_answer(criterion, value),
        explained_by_id=by.id,
        explained_at=at,
    )
    db.session.add(explanation)
    wished = None if value is None else points_of(criterion, value).points
    move_inspection(
        inspection, "explain", by=by, at=at, reason=words, criterion=code, round=explanation.round, points=wished
    )
    later(jobs.tell_of_review, inspection.id, "explained", key=f"explained:{inspection.id}:{local_day(at)}")
    return explanation


def appraise(explanation: Explanation, inspection: Inspection, verdict: Verdict, *, by: Doer, at: datetime) -> None:
    """The office decides on one explanation. A changed answer is kept beside the team's, with the reason.

    Raises Refused without a reason, on a second decision, or when the person decides on their own explanation.
    """
    if not verdict.reason.strip():
        raise Refused(N_("Hãy ghi lý do thẩm định."), status=422)
    if explanation.explained_by_id == by.id:
        raise Refused(N_("Người giải trình không thẩm định chính giải trình của mình."), status=403)
    locked(inspection)
    db.session.refresh(explanation)
    if explanation.decided_at is not None:
        raise Refused(N_("Giải trình này đã được thẩm định."))
    criterion = _criterion(inspection, explanation.criterion_code)
    value = _decided_value(criterion, explanation, verdict)
    before = _points_now(inspection, criterion.code)
    explanation.accepted = verdict.outcome is not Outcome.REFUSED
    explanation.decided_value, explanation.decision_reason = value, verdict.reason.strip()
    explanation.decided_by_id, explanation.decided_at = by.id, at
    if value is not None:
        _put_in_force(inspection, criterion, value, verdict.reason.strip(), by=by, at=at)
    details: dict[str, Any] = {"criterion": criterion.code, "outcome": verdict.outcome.value}
    details |= {"points_before": before, "points": _points_now(inspection, criterion.code)}
    move_inspection(inspection, "appraise", by=by, at=at, reason=verdict.reason, **details)
    _end_round(inspection, at)


def save_report(inspection: Inspection, report: Report, *, by: Doer, at: datetime, seen: int | None = None) -> None:
    """Keeps the draft of the team's report."""
    touch(inspection, seen)
    if inspection.state not in {State.MINUTES_SIGNED, State.IN_REVIEW}:
        raise Refused(N_("Báo cáo chỉ soạn được từ khi ký biên bản đến khi trình."))
    _write_report(inspection, report)
    record("report drafted", inspection, by=by, at=at)


def report_inspection(
    inspection: Inspection,
    report: Report,
    *,
    by: Doer,
    at: datetime,
    awaiting_reply: Collection[str] = (),
    seen: int | None = None,
) -> None:
    """The leader hands the report in, with the draft of the conclusion.

    `awaiting_reply` names the criteria whose findings the unit has neither answered nor let pass. Raises Refused while
    there are any, while an explanation waits, or without a summary.
    """
    if not report.summary.strip():
        raise Refused(N_("Báo cáo cần phần khái quát đơn vị."), status=422)
    locked(inspection)
    next_state(MOVES, inspection.state, "report")
    waiting = [one.criterion_code for one in explanations_of(inspection.id) if one.decided_at is None]
    if waiting:
        raise Refused(N_("Còn giải trình chưa thẩm định: %(codes)s."), codes=", ".join(waiting))
    if awaiting_reply:
        raise Refused(N_("Đơn vị chưa trả lời tồn tại: %(codes)s."), codes=", ".join(sorted(set(awaiting_reply))))
    move_inspection(inspection, "report", by=by, at=at, seen=seen)
    _write_report(inspection, report)
    later(jobs.tell_of_review, inspection.id, "reported")


def conclude_inspection(
    inspection: Inspection, *, number: str, issued_on: date, by: Doer, at: datetime, seen: int | None = None
) -> None:
    """The authority concludes under the number of the notice; the points are final.

    Raises Refused when the answers, counted anew with the rubric version of the inspection, do not come to the stored
    points; NumberTaken; Stale. That no finding is undecided is checked by whoever issues the conclusion with its tasks.
    """
    stored = figures_stored(inspection)
    counted = figures_counted(score_sheet(inspection))
    move_inspection(
        inspection, "conclude", by=by, at=at, seen=seen, document=number, points=counted.points, index=counted.index_pct
    )
    if differs(stored, counted):
        raise Refused(
            N_("Điểm tính lại là %(counted)s, điểm đã lưu là %(stored)s. Chưa kết luận được, hãy báo quản trị viên."),
            counted=_written(counted),
            stored=_written(stored),
        )
    issue_paper(inspection, PaperKind.CONCLUSION, Numbered(number, issued_on), at=at, signer_id=by.id)
    _store(inspection, counted)
    later(jobs.tell_of_review, inspection.id, "concluded")


def reopen_inspection(
    inspection: Inspection, *, ground: str, document: str = "", by: Doer, at: datetime, seen: int | None = None
) -> None:
    """The authority takes a concluded inspection back into review; what was concluded stays in the log.

    The unit gets new days and rounds for explaining.
    """
    if not ground.strip():
        raise Refused(N_("Mở lại cần căn cứ bằng văn bản."), status=422)
    earlier = {"points": _fixed(inspection.points), "index_pct": _fixed(inspection.index_pct)}
    move_inspection(inspection, "reopen", by=by, at=at, seen=seen, reason=ground, document=document, earlier=earlier)
    inspection.review_round = 0
    _give_days(inspection, at)
    later(jobs.tell_of_review, inspection.id, "reopened")


def _criterion(inspection: Inspection, code: str) -> Criterion:
    for leaf in rubric_of(inspection.rubric_version_id).leaves():
        if leaf.code == code:
            return leaf
    raise AnswerError(N_("Không có tiêu chí %(code)s trong bộ tiêu chí này."), code=code)


def _join_round(inspection: Inspection, code: str) -> int:
    given = [Given(one.criterion_code, one.round, one.decided_at is not None) for one in explanations_of(inspection.id)]
    number, opens = round_for(code, given, used=inspection.review_round, most=preference("review_rounds"))
    inspection.review_round += opens
    db.session.flush()
    return number


def _end_round(inspection: Inspection, at: datetime) -> None:
    """When the office has decided on everything, the unit hears of it and gets its days for another round, if any."""
    if any(one.decided_at is None for one in explanations_of(inspection.id)):
        return
    if inspection.review_round < preference("review_rounds"):
        _give_days(inspection, at)
    later(jobs.tell_of_review, inspection.id, "appraised")


def _give_days(inspection: Inspection, at: datetime) -> None:
    until = working_calendar().add_working_days(local_day(at), preference("explanation_days"))
    inspection.review_until = max(until, inspection.review_until or until)


def _decided_value(criterion: Criterion, explanation: Explanation, verdict: Verdict) -> Value | None:
    if verdict.outcome is Outcome.REFUSED:
        return None
    value = explanation.wished_value if verdict.outcome is Outcome.ACCEPTED else verdict.value
    if value is None:
        raise Refused(N_("Hãy chọn câu trả lời được chấp nhận."), status=422)
    return clean_answer(criterion, value)


def _put_in_force(
    inspection: Inspection, criterion: Criterion, value: Value, reason: str, *, by: Doer, at: datetime
) -> None:
    """The answer after explanation; the team's own answer stays as it was signed."""
    answer = answer_of(inspection.id, criterion.code, Source.EXPLAINED)
    now = {
        "value": value,
        "points": points_of(criterion, value).points,
        "version": history_until_now(inspection.id, criterion.code, Source.EXPLAINED).latest + 1,
        "author_id": by.id,
        "answered_at": at,
        "received_at": at,
    }
    place = {"inspection_id": inspection.id, "criterion_code": criterion.code, "source": Source.EXPLAINED}
    if answer is None:
        db.session.add(Answer(**place, **now, note=""))
    else:
        for name, what in now.items():
            setattr(answer, name, what)
    db.session.add(AnswerVersion(**place, **now, applied=True, note="", reason=reason))
    db.session.flush()
    _store(inspection, figures_counted(score_sheet(inspection)))


def _points_now(inspection: Inspection, code: str) -> Any:
    sheet = score_sheet(inspection)
    return sheet.score.criteria[code].points if sheet else None


def _store(inspection: Inspection, figures: Figures) -> None:
    inspection.points, inspection.applicable_max = figures.points, figures.applicable_max
    inspection.index_pct = figures.index_pct
    db.session.flush()


def _write_report(inspection: Inspection, report: Report) -> None:
    inspection.report_summary, inspection.report_measures = report.summary, report.measures
    inspection.report_unit_wishes = report.unit_wishes
    inspection.report_recommendations = report.recommendations


def _fixed(figure: Decimal | None) -> str | None:
    return None if figure is None else f"{figure:.2f}"


def _written(figures: Figures) -> str:
    if figures.points is None or figures.applicable_max is None:
        return "–"
    return f"{with_comma(figures.points)}/{with_comma(figures.applicable_max)}"
