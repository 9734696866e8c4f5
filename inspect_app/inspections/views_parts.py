"""The parts of an inspection's page, in words: its steps, what comes next, what may be done, points by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from inspect_app.calendars.queries import working_calendar
from inspect_app.clock import local
from inspect_app.display import day, label, plural
from inspect_app.inspections.actions_schedule import DATES_MAY_CHANGE, TEAM_MAY_CHANGE
from inspect_app.inspections.models import Inspection, Member, StatePassed
from inspect_app.inspections.queries import ScoreSheet
from inspect_app.inspections.rules import MAIN_LINE, MOVES, RECORD_OPEN, MemberRole, State
from inspect_app.inspections.views_review_parts import next_review_step
from inspect_app.moves import moves_from
from inspect_app.permissions import Actor, Permission, may
from inspect_app.rubrics.rules import Group, SoFar, so_far


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do now: who and by when; `url` and `button` for whoever may do it (`posts`: by a POST)."""

    title: str
    words: str
    url: str | None = None
    button: str = ""
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that this person may do now, beside the next step."""

    words: str
    url: str
    sign: str | None = None
    danger: bool = False
    posts: bool = False


@dataclass(frozen=True, slots=True)
class FieldPoints:
    """A field's line in the table of points; points are so far, `answered` of `questions` stand behind them."""

    group: Group
    number: int
    answered: int
    questions: int
    own: Decimal | None
    team: Decimal | None
    explained: Decimal | None
    max: Decimal
    index_pct: Decimal | None


def steps(inspection: Inspection, passed: Sequence[StatePassed]) -> list[tuple[str, str | None, str]]:
    """(words, date, "past" | "current" | "ahead") along the main line, without a proposal that never was one."""
    dates = {row.state: row.at for row in passed}
    stands = inspection.state
    if stands not in MAIN_LINE:
        held = State(inspection.held_from) if inspection.held_from else None
        stands = held or max(
            (state for state in dates if state in MAIN_LINE), key=MAIN_LINE.index, default=State.PLANNED
        )
    at = MAIN_LINE.index(stands)
    found = []
    for place, state in enumerate(MAIN_LINE):
        if state is State.PROPOSED and state not in dates and at > 0:
            continue
        when = dates.get(state) if place <= at else None
        kind = "past" if place < at or stands is State.CLOSED else "current" if place == at else "ahead"
        found.append((label(state), _short(when, inspection.year), kind))
    return found


def next_step(
    inspection: Inspection, actor: Actor, members: Sequence[Member], sheet: ScoreSheet | None, today: date
) -> NextStep | None:
    """What has to happen next, and the button for whoever may do it. None when nothing more is to come."""
    known = {
        State.PROPOSED: _after_proposal,
        State.PLANNED: _after_planning,
        State.SCHEDULED: _after_scheduling,
        State.NOTIFIED: _after_notice,
        State.IN_PROGRESS: _in_the_field,
        State.POSTPONED: _after_postponement,
        State.SUSPENDED: _after_suspension,
    }
    made = known.get(inspection.state)
    if made is not None:
        return made(inspection, actor, members, sheet, today)
    review = next_review_step(inspection, actor, today)
    if review is not None:
        return NextStep(**review)
    following = inspection.state in {State.CONCLUDED, State.FOLLOW_UP}
    return NextStep(_("Việc tiếp theo: theo dõi khắc phục"), "") if following else None


def offers(inspection: Inspection, actor: Actor) -> list[Offer]:
    """The other things that this person may do now, in the order of the page's head."""
    possible = set(moves_from(MOVES, inspection.state))
    found = []

    def offer(when: bool, permission: Permission, words: str, endpoint: str, **more: Any) -> None:
        if when and may(actor, permission, inspection):
            found.append(Offer(words, url_for(endpoint, inspection_id=inspection.id), **more))

    offer(
        inspection.state in RECORD_OPEN,
        Permission.INSPECTION_ANSWER,
        _("Mở trên máy tính bảng"),
        "sync.visit",
        sign="tablet",
    )
    offer(inspection.state in DATES_MAY_CHANGE, Permission.INSPECTION_SCHEDULE, _("Đổi lịch"), "inspections.schedule")
    offer(inspection.state in TEAM_MAY_CHANGE, Permission.INSPECTION_SCHEDULE, _("Đổi đoàn"), "inspections.team")
    offer("postpone" in possible, Permission.INSPECTION_SCHEDULE, _("Hoãn"), "inspections.postpone")
    offer("suspend" in possible, Permission.INSPECTION_LEAD, pgettext("button", "Tạm dừng"), "inspections.suspend")
    offer("reopen" in possible, Permission.INSPECTION_REOPEN, _("Mở lại"), "inspections.reopen", danger=True)
    offer("cancel" in possible, Permission.INSPECTION_CANCEL, _("Hủy cuộc kiểm tra"), "inspections.cancel", danger=True)
    return found


def points_by_field(sheet: ScoreSheet | None) -> list[FieldPoints]:
    """The table of points: figures so far of each field, whatever source they come from."""
    if sheet is None or not (sheet.answers or sheet.rubric.groups):
        return []
    _whole, by_group = so_far(sheet.rubric, sheet.values_in_force())
    _all, counted = so_far(sheet.rubric, sheet.answered())
    return [
        FieldPoints(
            group=line.group,
            number=number,
            answered=counted[line.group.code].answered,
            questions=counted[line.group.code].questions,
            own=line.own,
            team=line.team,
            explained=line.explained if by_group[line.group.code].answered else None,
            max=line.max,
            index_pct=by_group[line.group.code].index_pct,
        )
        for number, line in enumerate(sheet.fields, start=1)
    ]


def figures_so_far(sheet: ScoreSheet | None) -> SoFar | None:
    """The figures of the whole while the answering goes on: what nobody has answered is in neither side."""
    return so_far(sheet.rubric, sheet.values_in_force())[0] if sheet else None


def _short(when: datetime | None, year: int) -> str | None:
    if when is None:
        return None
    here = local(when)
    return here.strftime("%d/%m") if here.year == year else here.strftime("%d/%m/%Y")


def _after_proposal(inspection: Inspection, actor: Actor, *_rest: Any) -> NextStep:
    words = _("Cuộc kiểm tra vào kế hoạch khi người ký phê duyệt kế hoạch năm %(year)s.", year=inspection.year)
    return NextStep(_("Việc tiếp theo: phê duyệt kế hoạch"), words)


def _after_planning(inspection: Inspection, actor: Actor, *_rest: Any) -> NextStep:
    words = _("Cơ quan thường trực chọn ngày, đoàn và bộ tiêu chí.")
    if inspection.quarter:
        words = _(
            "Cơ quan thường trực chọn ngày trong quý %(quarter)s, đoàn và bộ tiêu chí.", quarter=inspection.quarter
        )
    url = _url_if(actor, inspection, Permission.INSPECTION_SCHEDULE, "inspections.schedule")
    return NextStep(_("Việc tiếp theo: xếp lịch"), words, url, _("Xếp lịch"))


def _after_scheduling(
    inspection: Inspection, actor: Actor, members: Sequence[Member], sheet: ScoreSheet | None, today: date
) -> NextStep:
    words = _("Ghi số quyết định thành lập đoàn và công văn thông báo. %(when)s", when=_begins(inspection, today))
    url = _url_if(actor, inspection, Permission.INSPECTION_NOTIFY, "inspections.notify")
    return NextStep(_("Việc tiếp theo: thông báo cho đơn vị"), words, url, _("Ghi văn bản và thông báo"))


def _after_notice(
    inspection: Inspection, actor: Actor, members: Sequence[Member], sheet: ScoreSheet | None, today: date
) -> NextStep:
    lead = next((member.person.name for member in members if member.role is MemberRole.LEAD), "–")
    words = _("Trưởng đoàn %(lead)s bắt đầu. %(when)s", lead=lead, when=_begins(inspection, today))
    url = _url_if(actor, inspection, Permission.INSPECTION_LEAD, "inspections.start")
    return NextStep(_("Việc tiếp theo: bắt đầu kiểm tra"), words, url, _("Bắt đầu kiểm tra"))


def _in_the_field(
    inspection: Inspection, actor: Actor, members: Sequence[Member], sheet: ScoreSheet | None, today: date
) -> NextStep:
    title = _("Việc tiếp theo: hoàn thành thực địa")
    if sheet is None:
        return NextStep(title, _("Đoàn kiểm tra đang làm việc tại đơn vị."))
    whole, _groups = so_far(sheet.rubric, sheet.answered())
    words = _("Đoàn đã trả lời %(done)s/%(all)s tiêu chí.", done=whole.answered, all=whole.questions)
    if whole.answered == whole.questions and may(actor, Permission.INSPECTION_LEAD, inspection):
        return NextStep(title, words, _url(inspection, "inspections.finish"), _("Kết thúc thực địa"), posts=True)
    url = _url_if(actor, inspection, Permission.INSPECTION_ANSWER, "sync.visit")
    return NextStep(title, words, url, _("Mở trên máy tính bảng"))


def _after_postponement(inspection: Inspection, actor: Actor, *_rest: Any) -> NextStep:
    url = _url_if(actor, inspection, Permission.INSPECTION_SCHEDULE, "inspections.resume")
    words = _("Cuộc kiểm tra đang hoãn. Cơ quan thường trực đưa lại vào kế hoạch rồi xếp lịch mới.")
    return NextStep(_("Việc tiếp theo: đưa lại vào kế hoạch"), words, url, _("Đưa lại vào kế hoạch"), posts=True)


def _after_suspension(inspection: Inspection, actor: Actor, *_rest: Any) -> NextStep:
    url = _url_if(actor, inspection, Permission.INSPECTION_LEAD, "inspections.proceed")
    words = _("Cuộc kiểm tra đang tạm dừng theo quyết định.")
    return NextStep(_("Việc tiếp theo: tiếp tục kiểm tra"), words, url, _("Tiếp tục kiểm tra"), posts=True)


def _begins(inspection: Inspection, today: date) -> str:
    if inspection.starts_on is None:
        return ""
    if inspection.starts_on <= today:
        return _("Ngày bắt đầu theo lịch: %(day)s.", day=day(inspection.starts_on))
    left = working_calendar().working_days_between(today, inspection.starts_on)
    return plural("Kiểm tra bắt đầu ngày %(day)s, còn %(n)s ngày làm việc.", left, day=day(inspection.starts_on))


def _url_if(actor: Actor, inspection: Inspection, permission: Permission, endpoint: str) -> str | None:
    return _url(inspection, endpoint) if may(actor, permission, inspection) else None


def _url(inspection: Inspection, endpoint: str) -> str:
    return url_for(endpoint, inspection_id=inspection.id)
