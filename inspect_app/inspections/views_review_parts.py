"""What pages show of the way from the minutes on: explanations side by side, papers, and the next step."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app.calendars.queries import working_calendar
from inspect_app.display import day, label, plural
from inspect_app.documents.models import Attachment
from inspect_app.documents.offers import shown_to
from inspect_app.documents.queries import attachments_of, papers_by_file
from inspect_app.documents.rules import Purpose
from inspect_app.inspections.models import Explanation, Inspection, Paper
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries import papers_of, score_sheet, sees_record
from inspect_app.inspections.queries_review import explanations_of, signatures_of
from inspect_app.inspections.queries_scores import ScoreSheet
from inspect_app.inspections.rules import FROZEN, REVIEW_OPEN, State
from inspect_app.inspections.rules_field import source_of_team
from inspect_app.inspections.rules_review import explainable
from inspect_app.permissions import Actor, Permission, may
from inspect_app.preferences import preference
from inspect_app.rubrics.rules import Criterion, points_of


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One explanation beside the team's points: what the unit wishes and what the office decided (None: it waits)."""

    explanation: Explanation
    criterion: Criterion
    team: Decimal | None
    wished: Decimal | None
    decided: Decimal | None
    words: str


@dataclass(frozen=True, slots=True)
class Review:
    """The explanations of an inspection and how far the office is with them."""

    lines: list[ExplainedLine]
    rounds: int
    most_rounds: int
    decided: int

    @property
    def waiting(self) -> list[ExplainedLine]:
        return [line for line in self.lines if line.explanation.decided_at is None]


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper in the list of an inspection: numbered, made as PDF, signed as a scan, or handed in."""

    name: str
    note: str
    url: str | None
    badge: tuple[str, str] | None


def review_of(inspection: Inspection) -> Review | None:
    """The explanations of a signed inspection; None where there are none or the person may not see the record."""
    if inspection.state not in FROZEN or not sees_record(current_user, inspection):
        return None
    given = explanations_of(inspection.id)
    sheet = score_sheet(inspection)
    if not given or sheet is None:
        return None
    leaves = {leaf.code: leaf for leaf in sheet.rubric.leaves()}
    return Review(
        lines=[explained_line(sheet, leaves[one.criterion_code], one) for one in given],
        rounds=inspection.review_round,
        most_rounds=preference("review_rounds"),
        decided=sum(one.decided_at is not None for one in given),
    )


def explained_line(sheet: ScoreSheet, criterion: Criterion, one: Explanation) -> ExplainedLine:
    """An explanation with its figures; a refused one keeps the points that it had."""
    team = sheet.answers.get(criterion.code, {}).get(source_of_team(criterion))
    points = team.points if team else None
    decided = None
    if one.decided_at is not None:
        decided = _points(criterion, one.decided_value) if one.accepted else points
    return ExplainedLine(
        explanation=one,
        criterion=criterion,
        team=points,
        wished=_points(criterion, one.wished_value),
        decided=decided,
        words=one.decision_reason or one.words,
    )


def criteria_to_explain(sheet: ScoreSheet, taken: set[str]) -> list[tuple[Criterion, Decimal]]:
    """The criteria that lost points and that an explanation can still change, with the points in force."""
    found = []
    for leaf in sheet.rubric.leaves():
        line = sheet.score.criteria[leaf.code]
        lost = line.points < line.max if leaf.in_maximum else line.points < 0
        if explainable(leaf) and line.applies and lost and leaf.code not in taken:
            found.append((leaf, line.points))
    return found


def papers_shown(inspection: Inspection) -> list[ShownPaper]:
    """The papers of an inspection: the numbered ones, each with its PDF and its scan, then what the unit sent."""
    files = shown_to(current_user, inspection, attachments_of("inspection", [inspection.id])[inspection.id])
    made = papers_by_file("inspection", inspection.id)
    issued = {made[one.file_id]: one for one in files if one.purpose == Purpose.ISSUED_PAPER and one.file_id in made}
    shown = [_numbered(inspection, paper, issued.get(paper.kind.value)) for paper in papers_of(inspection.id)]
    shown += [_file(one) for one in files if one.purpose in {Purpose.SIGNED_PAPER, Purpose.DRAFT_PAPER}]
    return shown


def files_said(inspection_id: UUID, code: str) -> list[Attachment]:
    """What the unit has attached to its explanations of a criterion."""
    files = attachments_of("inspection", [inspection_id])[inspection_id]
    return [one for one in files if one.purpose == Purpose.REPLY and one.criterion_code == code]


def may_explain_now(inspection: Inspection, actor: Actor, today: date) -> bool:
    """Whether this person may explain something today."""
    open_now = inspection.state in REVIEW_OPEN and (inspection.review_until is None or today <= inspection.review_until)
    return open_now and may(actor, Permission.INSPECTION_EXPLAIN, inspection)


def next_review_step(inspection: Inspection, actor: Actor, today: date) -> dict[str, Any] | None:
    """What has to happen next, from the end of field work to the conclusion: the values of a NextStep."""
    made = {
        State.FIELD_DONE: _to_sign,
        State.MINUTES_SIGNED: _to_explain,
        State.IN_REVIEW: _to_appraise,
        State.REPORTED: _to_conclude,
    }.get(inspection.state)
    return made(inspection, actor, today) if made else None


def _to_sign(inspection: Inspection, actor: Actor, today: date) -> dict[str, Any]:
    url = url_for("inspections.minutes", inspection_id=inspection.id)
    there = signatures_of(inspection.id)
    if may(actor, Permission.INSPECTION_SIGN_FOR_UNIT, inspection):
        words = _("Đọc biên bản rồi ký bằng tài khoản của mình. Khi hai bên đã ký, hồ sơ được khóa.")
        title = _("Việc tiếp theo: ký biên bản")
        return {"title": title, "words": words, "url": url, "button": _("Đọc và ký biên bản")}
    words = _("Trưởng đoàn và thủ trưởng đơn vị cùng ký. Tỷ lệ đơn vị được kiểm tra tính từ lúc ký.")
    if there:
        words = _("Đã có một bên ký, còn chờ bên kia.")
    seen = sees_record(actor, inspection, even_signed=False)
    return {
        "title": _("Việc tiếp theo: lập và ký biên bản"),
        "words": words,
        "url": url if seen else None,
        "button": _("Mở biên bản"),
    }


def _to_explain(inspection: Inspection, actor: Actor, today: date) -> dict[str, Any]:
    heads = may(actor, Permission.INSPECTION_EXPLAIN, inspection)
    return {
        "title": _("Việc tiếp theo: đơn vị giải trình"),
        "words": _window(inspection, today),
        "url": url_for("inspections.explanations", inspection_id=inspection.id) if heads else None,
        "button": _("Trả lời và giải trình"),
    }


def _to_appraise(inspection: Inspection, actor: Actor, today: date) -> dict[str, Any]:
    waiting = [one.criterion_code for one in explanations_of(inspection.id) if one.decided_at is None]
    page = url_for("inspections.explanations", inspection_id=inspection.id)
    if waiting:
        title = plural("Việc tiếp theo: thẩm định %(n)s giải trình còn lại", len(waiting))
        words = _("Cơ quan thường trực làm: %(codes)s. Sau đó trưởng đoàn trình báo cáo.", codes=", ".join(waiting))
        office = may(actor, Permission.INSPECTION_APPRAISE, inspection)
        return {"title": title, "words": words, "url": page if office else None, "button": _("Thẩm định giải trình")}
    if may(actor, Permission.INSPECTION_EXPLAIN, inspection):
        title = _("Việc tiếp theo: trả lời tồn tại, giải trình thêm nếu cần")
        return {"title": title, "words": _window(inspection, today), "url": page, "button": _("Trả lời và giải trình")}
    leads = may(actor, Permission.INSPECTION_LEAD, inspection)
    window = _window(inspection, today)
    words = _("Trưởng đoàn làm, khi đơn vị đã trả lời mọi tồn tại hoặc hết hạn. %(window)s", window=window)
    return {
        "title": _("Việc tiếp theo: trình báo cáo kết quả"),
        "words": words,
        "url": url_for("inspections.report", inspection_id=inspection.id) if leads else None,
        "button": _("Soạn báo cáo"),
    }


def _to_conclude(inspection: Inspection, actor: Actor, today: date) -> dict[str, Any]:
    decides = any(
        may(actor, wanted, inspection) for wanted in (Permission.INSPECTION_CONCLUDE, Permission.INSPECTION_APPRAISE)
    )
    return {
        "title": _("Việc tiếp theo: ban hành kết luận"),
        "words": _("Mọi tồn tại phải có quyết định xử lý; tồn tại đã xác nhận phải có nhiệm vụ khắc phục."),
        "url": url_for("tasks.conclusion", inspection_id=inspection.id) if decides else None,
        "button": _("Mở dự thảo kết luận"),
    }


def _window(inspection: Inspection, today: date) -> str:
    until = inspection.review_until
    if until is None:
        return ""
    if today > until:
        return _("Thời hạn giải trình đã hết ngày %(day)s.", day=day(until))
    left = working_calendar().working_days_between(today, until)
    return plural("Đơn vị giải trình đến hết ngày %(day)s, còn %(n)s ngày làm việc.", left, day=day(until))


def _points(criterion: Criterion, value: dict[str, Any] | None) -> Decimal | None:
    return None if value is None else points_of(criterion, value).points


def _numbered(inspection: Inspection, paper: Paper, made: Attachment | None) -> ShownPaper:
    signed = inspection.state in FROZEN or paper.kind is not PaperKind.MINUTES
    url = url_for("documents.download", attachment_id=made.id) if made else None
    if paper.kind is PaperKind.MINUTES:
        url = url_for("inspections.minutes", inspection_id=inspection.id)
    badge = (_("Đã ký"), "good") if signed else (_("Chờ ký"), "warn")
    note = _("%(number)s, %(day)s", number=paper.number, day=day(paper.issued_on))
    return ShownPaper(label(paper.kind), note, url, badge)


def _file(one: Attachment) -> ShownPaper:
    badges = {
        Purpose.SIGNED_PAPER: (_("Bản ký quét"), "good"),
        Purpose.DRAFT_PAPER: (_("Dự thảo"), "neutral"),
    }
    url = url_for("documents.download", attachment_id=one.id)
    return ShownPaper(one.caption or one.file.name, day(one.added_at), url, badges.get(Purpose(one.purpose)))
