"""The cards of the first page: for each role what there is to do today, each number with the address of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from inspect_app.accounts.queries import WantedPeople, count_people
from inspect_app.audit.queries import WantedEntries, list_entries
from inspect_app.calendars.queries import working_calendar
from inspect_app.display import day, label, moment, plural, told
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries_list import Wanted as WantedInspections
from inspect_app.inspections.queries_list import count_inspections, list_inspections
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.overview.queries import explanations_waiting, own_inspections, plans_to_approve
from inspect_app.permissions import Actor, Role
from inspect_app.plans.coverage import Figures
from inspect_app.plans.queries import current_plan, measure_plan
from inspect_app.tasks.lateness import of_rows
from inspect_app.tasks.queries import visible as visible_tasks
from inspect_app.tasks.queries_list import Listing, View, figures_of, of_own
from inspect_app.tasks.queries_list import Wanted as WantedTasks
from inspect_app.tasks.queries_overdue import overdue_by_unit
from inspect_app.tasks.queries_task import open_findings_of_units, open_tasks_of_units
from inspect_app.tasks.rules import BUCKETS, ExtensionLevel
from inspect_app.tasks.words import BANDS
from inspect_app.units.queries import ended_without_owner

ROWS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a card: what, where it leads, a second line, and perhaps a button."""

    words: str
    url: str | None
    note: str = ""
    button: tuple[str, str] | None = None
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A question of the day. `number` counts the rows behind `url` (None: nothing to count); `calm` says: all done."""

    name: str
    title: str
    number: int | None
    url: str
    calm: str
    lines: Sequence[Line] = field(default_factory=tuple)
    tone: str = ""
    note: str = ""


Maker = Callable[[Actor, date], Card | None]


def cards_of(actor: Actor, on: date) -> list[Card]:
    """The cards of every role that the person holds, each once, in the order of the roles' day."""
    makers: dict[Maker, None] = {}
    for role, own in BY_ROLE.items():
        if _has(actor, role):
            makers |= dict.fromkeys(own)
    made = [make(actor, on) for make in makers]
    return [card for card in made if card is not None]


def _has(actor: Actor, role: Role) -> bool:
    if role in {Role.LEAD, Role.MEMBER}:
        return bool(actor.teams) or actor.holds(role, None)
    return role in actor.roles()


# ── The unit ──


def own_tasks(actor: Actor, on: date) -> Card:
    own = of_own(actor, on)
    listing = Listing(actor, WantedTasks(view=View.OPEN), on, within=own)
    rows, _more = listing.page("due", after=None, before=None, most=ROWS)
    late = of_rows(rows, listing.calendar, on)
    figures = figures_of(own, listing.calendar, on)
    return Card(
        "own-tasks",
        _("Nhiệm vụ của đơn vị"),
        figures.open,
        url_for("tasks.index", scope="unit", view="open"),
        _("Đơn vị không có nhiệm vụ nào đang mở."),
        [Line(row.what, url_for("tasks.show", task_id=row.id, scope="unit"), late[row.id].words) for row in rows],
        tone="bad" if figures.overdue else "warn" if figures.soon else "",
        note=_("%(n)s quá hạn, %(k)s sắp đến hạn", n=figures.overdue, k=figures.soon),
    )


def own_minutes(actor: Actor, on: date) -> Card:
    title, calm = _("Biên bản chờ đơn vị ký"), _("Không có biên bản nào chờ ký.")
    return _own_visits(actor, on, InspectionState.FIELD_DONE, "own-minutes", title, calm)


def own_explanations(actor: Actor, on: date) -> Card:
    title, calm = _("Chờ đơn vị giải trình"), _("Không có gì chờ giải trình.")
    return _own_visits(actor, on, InspectionState.MINUTES_SIGNED, "own-explanations", title, calm)


def own_reviews(actor: Actor, on: date) -> Card | None:
    card = _own_visits(actor, on, InspectionState.IN_REVIEW, "own-reviews", _("Giải trình đang được thẩm định"), "")
    return card if card.number else None


# ── The team ──


def my_visits(actor: Actor, on: date) -> Card:
    wanted = WantedInspections(mine=actor.id, first=on)
    found = list_inspections(actor, wanted, order="starts", most=ROWS)
    return Card(
        "my-visits",
        _("Cuộc kiểm tra của tôi từ hôm nay"),
        count_inspections(actor, wanted),
        url_for("inspections.index", mine=1, first=day(on)),
        _("Bạn không có cuộc kiểm tra nào sắp tới."),
        [_visit_line(one, tablet=True) for one in found],
    )


def my_minutes(actor: Actor, on: date) -> Card:
    wanted = WantedInspections(mine=actor.id, state=InspectionState.FIELD_DONE)
    found = list_inspections(actor, wanted, order="starts", most=ROWS)
    return Card(
        "my-minutes",
        _("Biên bản chờ lập và ký"),
        count_inspections(actor, wanted),
        url_for("inspections.index", mine=1, state="field_done"),
        _("Không có biên bản nào chờ ký."),
        [_visit_line(one) for one in found],
    )


# ── The office ──


def plan_gap(actor: Actor, on: date) -> Card | None:
    plan = current_plan(actor, on.year)
    if plan is None:
        words = _("Chưa có kế hoạch kiểm tra năm %(year)s.", year=on.year)
        return Card("plan-gap", _("Kế hoạch năm %(year)s", year=on.year), 0, url_for("plans.index"), words)
    coverage, url = measure_plan(plan, on, actor).coverage, url_for("plans.show", plan_id=plan.id)
    groups = [
        Line(
            *(group.name or _("Chưa xếp nhóm"), url, _measured(group)),
            figure=_("thiếu %(n)s", n=group.missing) if group.missing else "",
        )
        for group in coverage.groups
    ]
    return Card(
        "plan-gap",
        _("Đơn vị còn thiếu so với chỉ tiêu") if coverage.missing_effective else _("Kế hoạch so với chỉ tiêu"),
        coverage.missing_effective,
        url,
        _("Kế hoạch đủ đơn vị theo chỉ tiêu của từng nhóm."),
        groups,
        tone="bad",
        note=_measured(coverage.whole),
    )


def _measured(figures: Figures) -> str:
    """Where the units that are missing come from: what is needed, less what is done and what is scheduled."""
    counts = {"n": figures.required_effective, "done": figures.done, "scheduled": figures.scheduled}
    return _("Cần %(n)s đơn vị: %(done)s đã kiểm tra, %(scheduled)s đã đưa vào kế hoạch", **counts)


def to_schedule(actor: Actor, on: date) -> Card:
    return _in_state(
        actor, InspectionState.PLANNED, "to-schedule", _("Cuộc kiểm tra chờ xếp lịch"), _("Mọi cuộc đã có lịch.")
    )


def to_appraise(actor: Actor, on: date) -> Card:
    wanted = WantedInspections(state=InspectionState.IN_REVIEW)
    found = list_inspections(actor, wanted, order="starts", most=ROWS)
    left = explanations_waiting([one.id for one in found])
    lines = [
        Line(one.unit.name, _show(one), plural("%(code)s · %(n)s giải trình chờ", left.get(one.id, 0), code=one.code))
        for one in found
    ]
    return Card(
        "to-appraise",
        _("Đang thẩm định giải trình"),
        count_inspections(actor, wanted),
        url_for("inspections.index", state="in_review"),
        _("Không có giải trình nào chờ thẩm định."),
        lines,
    )


def without_owner(actor: Actor, on: date) -> Card:
    units = [unit.id for unit in ended_without_owner(on)]
    tasks = open_tasks_of_units(units, actor, on) if units else []
    findings = open_findings_of_units(units, actor) if units else []
    return Card(
        "without-owner",
        _("Nhiệm vụ chưa có đơn vị chịu trách nhiệm"),
        len(tasks),
        url_for("tasks.without_owner"),
        _("Mọi nhiệm vụ đang mở đều có đơn vị chịu trách nhiệm."),
        tone="warn",
        note=plural("%(n)s tồn tại", len(findings)) if findings else "",
    )


def first_extensions(actor: Actor, on: date) -> Card:
    return _extensions(actor, on, ExtensionLevel.OFFICE)


# ── Those who sign, verify, decide ──


def to_approve(actor: Actor, on: date) -> Card:
    found = plans_to_approve(actor)
    lines = [
        Line(
            one.plan.unit.name,
            url_for("plans.show", plan_id=one.plan_id),
            _("Kế hoạch năm %(year)s", year=one.plan.year),
        )
        for one in found
    ]
    url = lines[0].url if len(lines) == 1 else url_for("plans.index")
    return Card(
        "to-approve", _("Kế hoạch chờ phê duyệt"), len(found), url, _("Không có kế hoạch nào chờ phê duyệt."), lines
    )


def to_conclude(actor: Actor, on: date) -> Card:
    wanted = WantedInspections(state=InspectionState.REPORTED)
    found = list_inspections(actor, wanted, order="starts", most=ROWS)
    lines = [Line(one.unit.name, url_for("tasks.conclusion", inspection_id=one.id), one.code) for one in found]
    return Card(
        "to-conclude",
        _("Báo cáo chờ ban hành kết luận"),
        count_inspections(actor, wanted),
        url_for("inspections.index", state="reported"),
        _("Không có báo cáo nào chờ kết luận."),
        lines,
    )


def second_extensions(actor: Actor, on: date) -> Card:
    return _extensions(actor, on, ExtensionLevel.AUTHORITY)


def third_extensions(actor: Actor, on: date) -> Card:
    return _extensions(actor, on, ExtensionLevel.COMMITTEE)


def to_verify(actor: Actor, on: date) -> Card:
    return _tasks(
        actor,
        on,
        WantedTasks(view=View.SUBMITTED),
        "to-verify",
        _("Nhiệm vụ chờ xác nhận"),
        _("Không có nhiệm vụ nào chờ xác nhận."),
        view="submitted",
    )


def overdue(actor: Actor, on: date) -> Card:
    lines = overdue_by_unit(on, today=on, within=visible_tasks(actor, on))
    bands = [
        Line(
            _("%(band)s ngày làm việc", band=_(BANDS[band])),
            url_for("tasks.index", view="overdue", band=band),
            figure=str(sum(line.counts[place] for line in lines)),
        )
        for place, band in enumerate(BUCKETS)
    ]
    return Card(
        "overdue",
        _("Nhiệm vụ quá hạn"),
        sum(line.total for line in lines),
        url_for("tasks.index", view="overdue"),
        _("Không có nhiệm vụ nào quá hạn."),
        bands,
        tone="bad",
        note=plural("ở %(n)s đơn vị", len(lines)),
    )


# ── Those who watch, those who keep the house ──


def latest_entries(actor: Actor, on: date) -> Card:
    words = current_app.extensions["action_words"]
    found = list_entries(actor, WantedEntries(), after=None, limit=ROWS)
    lines = [
        Line(
            told(words.get(line.entry.action, line.entry.action)),
            url_for("audit.log"),
            f"{moment(line.entry.at)} · {line.entry.actor_name}" + (f" · {line.unit}" if line.unit else ""),
        )
        for line in found
    ]
    return Card(
        "log", _("Nhật ký hệ thống, mới nhất"), len(lines), url_for("audit.log"), _("Nhật ký chưa có gì."), lines
    )


def people(actor: Actor, on: date) -> Card:
    count = count_people(actor, WantedPeople(), on)
    return Card("people", pgettext("page", "Tài khoản"), count, url_for("accounts.people"), _("Chưa có tài khoản nào."))


BY_ROLE: dict[Role, tuple[Maker, ...]] = {
    Role.HEAD: (own_tasks, own_minutes, own_explanations, own_reviews),
    Role.FOCAL_POINT: (own_tasks, own_explanations, own_reviews),
    Role.LEAD: (my_visits, my_minutes),
    Role.MEMBER: (my_visits, my_minutes),
    Role.OFFICE: (plan_gap, to_schedule, to_appraise, first_extensions, without_owner, overdue),
    Role.AUTHORITY: (to_approve, to_conclude, second_extensions, overdue),
    Role.VERIFIER: (to_verify,),
    Role.COMMITTEE: (overdue, third_extensions),
    Role.AUDITOR: (latest_entries, overdue),
    Role.ADMIN: (people,),
}
"""Whose day asks which questions."""


# ── Parts ──


def _in_state(actor: Actor, state: InspectionState, name: str, title: str, calm: str) -> Card:
    wanted = WantedInspections(state=state)
    found = list_inspections(actor, wanted, order="starts", most=ROWS)
    url = url_for("inspections.index", state=state.value)
    return Card(name, title, count_inspections(actor, wanted), url, calm, [_visit_line(one) for one in found])


def _own_visits(actor: Actor, on: date, state: InspectionState, name: str, title: str, calm: str) -> Card:
    found = own_inspections(actor, on, frozenset({state}))
    lines = [
        Line(
            one.unit.name,
            _show(one),
            _("%(code)s · giải trình đến hết ngày %(day)s", code=one.code, day=day(one.review_until))
            if one.review_until
            else one.code,
        )
        for one in found[:ROWS]
    ]
    url = _show(found[0]) if len(found) == 1 else url_for("inspections.index", state=state.value)
    return Card(name, title, len(found), url, calm, lines)


def _extensions(actor: Actor, on: date, level: ExtensionLevel) -> Card:
    return _tasks(
        actor,
        on,
        WantedTasks(view=View.OPEN, waiting=level),
        f"extensions-{level.value}",
        _("Đề nghị gia hạn chờ %(level)s", level=label(level)),
        _("Không có đề nghị gia hạn nào chờ."),
        view="open",
        waiting=level.value,
    )


def _tasks(actor: Actor, on: date, wanted: WantedTasks, name: str, title: str, calm: str, **query: Any) -> Card:
    listing = Listing(actor, wanted, on)
    rows, _more = listing.page("due", after=None, before=None, most=ROWS)
    late = of_rows(rows, working_calendar(), on)
    lines = [
        Line(row.what, url_for("tasks.show", task_id=row.id), f"{row.unit_name} · {late[row.id].words}") for row in rows
    ]
    return Card(name, title, listing.count(), url_for("tasks.index", **query), calm, lines)


def _visit_line(inspection: Inspection, *, tablet: bool = False) -> Line:
    on_tablet = tablet and inspection.state in RECORD_OPEN
    button = (_("Mở trên máy tính bảng"), url_for("sync.visit", inspection_id=inspection.id)) if on_tablet else None
    days = day(inspection.starts_on) if inspection.starts_on else _("chưa có ngày")
    return Line(
        inspection.unit.name, _show(inspection), f"{inspection.code} · {days} · {label(inspection.state)}", button
    )


def _show(inspection: Inspection) -> str:
    return url_for("inspections.show", inspection_id=inspection.id)
