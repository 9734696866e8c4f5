"""What the page of a task shows: the six clarities, dates, proof, who decides, what may be done now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.audit.actions import Stale
from inspect_app.audit.models import AuditEntry
from inspect_app.audit.queries import changes_since, timeline
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import OutsideCalendar, local_day
from inspect_app.db import db, transaction
from inspect_app.display import day, moment, plural, refusal, told
from inspect_app.documents.actions import TakenIn, attach, take_in
from inspect_app.documents.queries import attachments_of
from inspect_app.documents.rules import Purpose
from inspect_app.findings.queries import find_visible as find_finding
from inspect_app.forms import BaseForm
from inspect_app.inspections.queries import find_visible as find_inspection
from inspect_app.permissions import Permission, insist, may
from inspect_app.preferences import preference
from inspect_app.refusals import NotVisible, Refused
from inspect_app.tasks import forms
from inspect_app.tasks.lateness import Lateness, of_rows
from inspect_app.tasks.models import Extension, Report, Task
from inspect_app.tasks.queries import (
    doers_of,
    extensions_of,
    find_visible,
    pauses_of,
    reports_of,
    reviews_of,
)
from inspect_app.tasks.queries_task import names_of, tenures_of
from inspect_app.tasks.rules import (
    MOVES,
    RUNNING,
    SETTLED,
    ExtensionLevel,
    ExtensionState,
    HolderKind,
    LateShare,
    extension_level,
    late_days_by_holder,
    may_decide_extension,
    may_reopen,
    may_verify,
)
from inspect_app.tasks.rules import Tenure as Held
from inspect_app.tasks.words import KEY_ACTIONS, WARNING_ACTIONS
from inspect_app.units.models import Unit
from inspect_app.units.queries import find_unit, holders_of, owner_ids, posts_of
from inspect_app.units.rules import TenureKind

SHOWN = 8
USUAL_EXTENSION = 5
PARTS: dict[str, type[forms.PartForm]] = {
    "acknowledgement": forms.AcknowledgementForm,
    "report": forms.ReportForm,
    "submission": forms.SubmissionForm,
    "return": forms.ReturnForm,
    "verification": forms.VerificationForm,
    "extension": forms.ExtensionForm,
    "decision": forms.ExtensionDecisionForm,
    "withdrawal": forms.AcknowledgementForm,
    "suspension": forms.DecisionForm,
    "resumption": forms.AcknowledgementForm,
    "cancellation": forms.DecisionForm,
    "drop": forms.DropForm,
    "reopening": forms.ReopeningForm,
    "reassignment": forms.ReassignmentForm,
}
"""The forms of a task's page, by the prefix of their fields."""

EXTEND = {
    ExtensionLevel.OFFICE: Permission.TASK_EXTEND_FIRST,
    ExtensionLevel.AUTHORITY: Permission.TASK_EXTEND_SECOND,
    ExtensionLevel.COMMITTEE: Permission.TASK_EXTEND_THIRD,
}


@dataclass(frozen=True, slots=True)
class Charge:
    """A task seen from the unit that answers for it today, which may not be the one it was given to."""

    unit_id: UUID
    inspection_id: UUID | None


def find(task_id: UUID) -> Task:
    return find_visible(current_user, task_id, clock.today())


def allowed(task: Task, permission: Permission) -> bool:
    """True when the person may, for the unit of the task or for the one that answers for it today."""
    if may(current_user, permission, task):
        return True
    owner_id = owner_ids([task.unit_id], clock.today())[task.unit_id]
    moved = owner_id is not None and owner_id != task.unit_id
    return moved and may(current_user, permission, Charge(owner_id, task.inspection_id))


def insist_on(task: Task, permission: Permission) -> None:
    """Raises NotPermitted unless the person may do this to the task."""
    if not allowed(task, permission):
        insist(current_user, permission, task)


def extension_permission(task: Task) -> Permission:
    """Who decides on the next extension of a task."""
    return EXTEND[extension_level(task.extended_count)]


def carry_out(
    task: Task, part: str, act: Callable[[BaseForm, list[TakenIn]], Any], said: str | Callable[[BaseForm], str]
) -> Any:
    """Checks a form of the page and does what it asks for; what is refused comes back with the words typed.

    `said` is told afterwards; it may depend on what was typed.
    """
    task_id = task.id
    form = PARTS[part](prefix=f"{part}-")
    changed, status = [], 422
    if form.validate():
        try:
            files = [take_in(file, unit_id=task.unit_id) for file in uploads(form)]
            with transaction():
                act(form, files)
            flash(said(form) if callable(said) else said, "good")
            return redirect(url_for("tasks.show", task_id=task_id), 303)
        except Refused as error:
            db.session.rollback()
            if error.status not in {409, 413, 422, 507}:
                raise
            changed, status = what_changed(error), 409 if isinstance(error, Stale) else 422
            form.form_errors.append(refusal(error))
    fresh = find(task_id)
    if status == 409:
        form.seen.raw_data, form.seen.data = None, fresh.version
    return show_task(fresh, {part: form}, changed), status


def uploads(form: BaseForm) -> list[Any]:
    """The files that were really chosen: a browser sends an empty one when there is none."""
    field = form._fields.get("files")
    return [file for file in (field.data or [] if field else []) if getattr(file, "filename", "")]


def attach_all(files: list[TakenIn], task: Task, report: Report) -> None:
    """Hangs the proof of a report on its task; the common moment tells which report it belongs to."""
    for file in files:
        attach(file, thing=task, purpose=Purpose.TASK_PROOF, by=current_user, at=report.at)


def what_changed(error: Refused) -> list[str]:
    """What happened to the thing since the page was opened, in words."""
    if not isinstance(error, Stale):
        return []
    entries = changes_since(error.thing, error.seen)
    return [f"{moment(entry.at)} · {who_of(entry)} · {words_of_entry(entry)}" for entry in entries]


def show_task(task: Task, typed: Mapping[str, BaseForm] | None = None, changed: list[str] | None = None) -> str:
    """The page of one task. `typed` are forms that come back, by the name of their part."""
    values = task_values(task, dict(typed or {}), changed or [])
    return render_template("tasks/show.html", **values)


def task_values(task: Task, typed: dict[str, BaseForm], changed: list[str]) -> dict[str, Any]:
    """Everything that the parts of a task's page need."""
    today, calendar = clock.today(), working_calendar()
    late = of_rows([task], calendar, today, preference("due_soon_days"))[task.id]
    reports, reviews, extensions = reports_of(task.id), reviews_of(task.id), extensions_of(task.id)
    people = [*(row.by_id for row in (*reports, *reviews)), *(one.requested_by_id for one in extensions)]
    people += [*(one.decided_by_id for one in extensions), task.verified_by_id]
    pending = next((one for one in extensions if one.state is ExtensionState.REQUESTED), None)
    offers = offered(task, pending, today)
    return {
        "task": task,
        "late": late,
        "today": today,
        "shares": shares_of(task, late, today),
        **who_answers(task, today),
        "reports": reports,
        "proof": proof_of(task, reports),
        "reviews": reviews,
        "extensions": extensions,
        "pending": pending,
        "level": extension_level(task.extended_count),
        "names": names_of(people),
        "offers": offers,
        "forms": {name: typed.get(name) or blank(name, task, pending) for name in PARTS},
        "returned": {name: form for name, form in typed.items() if name not in offers},
        "changed": changed,
        "wish": wish_in_words(task, typed, pending),
        "due_words": format_date(task.due_on, "EEEE dd/MM/yyyy"),
        "story": story(task),
        **origin(task),
    }


def blank(name: str, task: Task, pending: Extension | None) -> BaseForm:
    """A form of the page as it stands before anybody types."""
    defaults: dict[str, Any] = {"seen": task.version}
    if name == "report":
        defaults["percent"] = task.percent
    if name == "extension":
        defaults["wished_due"] = usual_wish(task)
    if name == "decision" and pending:
        defaults["granted_due"] = pending.wished_due
    return PARTS[name](formdata=None, prefix=f"{name}-", **defaults)


def offered(task: Task, pending: Extension | None, today: date) -> frozenset[str]:
    """The parts of the page that this person may use now."""
    possible = {name for name, move in MOVES.items() if task.state in move.leaves}
    running = task.state in RUNNING
    others_work = may_verify(str(current_user.id), doers_of(task))
    decides = pending is not None and may_decide_extension(str(current_user.id), str(pending.requested_by_id))
    fresh = task.closed_at is None or may_reopen(local_day(task.closed_at), today)
    conditions = {
        "acknowledgement": ("acknowledge" in possible, Permission.TASK_ACKNOWLEDGE),
        "report": (running, Permission.TASK_REPORT),
        "submission": ("submit" in possible, Permission.TASK_SUBMIT),
        "return": ("return" in possible and others_work, Permission.TASK_VERIFY),
        "verification": ("verify" in possible and others_work, Permission.TASK_VERIFY),
        "extension": (running and today <= task.due_on and not pending, Permission.TASK_REQUEST_EXTENSION),
        "withdrawal": (pending is not None, Permission.TASK_REQUEST_EXTENSION),
        "decision": (decides and task.state not in SETTLED, extension_permission(task)),
        "suspension": ("suspend" in possible, Permission.TASK_DECIDE),
        "resumption": ("resume" in possible, Permission.TASK_DECIDE),
        "cancellation": ("cancel" in possible, Permission.TASK_DECIDE),
        "drop": ("not_implemented" in possible, Permission.TASK_DROP),
        "reopening": ("reopen" in possible and fresh, Permission.TASK_DROP),
        "reassignment": (task.state not in SETTLED, Permission.TASK_REASSIGN),
    }
    return frozenset(name for name, (now, who) in conditions.items() if now and allowed(task, who))


def who_answers(task: Task, today: date) -> dict[str, Any]:
    """The unit that answers today with the holder of its post, and the unit it was given to where that is another."""
    owner_id = owner_ids([task.unit_id], today)[task.unit_id]
    if owner_id is None or owner_id == task.unit_id:
        holder = holders_of([task.post_id], today).get(task.post_id)
        return {"owner": task.unit if owner_id else None, "post": task.post, "holder": holder}
    owner: Unit = find_unit(owner_id)
    post = next((one for one in posts_of(owner_id) if one.is_head), None)
    return {
        "owner": owner,
        "post": post or task.post,
        "holder": holders_of([post.id], today).get(post.id) if post else None,
    }


def shares_of(task: Task, late: Lateness, today: date) -> list[tuple[str, int]]:
    """Whose late days they are: (name, working days) against the current due date."""
    if not late.days:
        return []
    until = today if late.overdue else task.submitted_on or today
    tenures = [
        Held(str(one.person_id), one.starts_on, one.ends_on, one.kind is TenureKind.ACTING)
        for one in tenures_of(task.post_id)
    ]
    shares = late_days_by_holder(
        working_calendar(), task.due_on, until, tenures, verification_spans=pauses_of([task.id])[task.id]
    )
    names = names_of(UUID(share.person) for share in shares if share.person)
    return [(_share_name(share, names, task), share.days) for share in shares]


def proof_of(task: Task, reports: list[Report]) -> dict[UUID | None, list[Any]]:
    """The files of each report; under None those that came by themselves."""
    known = {report.at: report.id for report in reports}
    found: dict[UUID | None, list[Any]] = {}
    for file in attachments_of("task", [task.id])[task.id]:
        found.setdefault(known.get(file.added_at), []).append(file)
    return found


def usual_wish(task: Task) -> date:
    """What the form for more time proposes."""
    return working_calendar().add_working_days(task.due_on, USUAL_EXTENSION)


def wish_in_words(task: Task, typed: Mapping[str, BaseForm], pending: Extension | None) -> str:
    """What the wish on the page adds to the current due date; it names its day, since another may be typed meanwhile.

    Empty where no day could be read, or none within the calendar.
    """
    form = typed.get("extension")
    wished = form.wished_due.data if form else (pending.wished_due if pending else usual_wish(task))
    try:
        days = working_calendar().working_days_between(task.due_on, wished) if wished else 0
    except OutsideCalendar:
        return ""
    if not wished:
        return ""
    when = format_date(wished, "EEEE dd/MM/yyyy")
    if wished <= task.due_on:
        return _("%(when)s: không sau hạn hiện hành %(due)s", when=when, due=day(task.due_on))
    return plural("%(when)s: thêm %(n)s ngày làm việc so với hạn %(due)s", days, when=when, due=day(task.due_on))


def origin(task: Task) -> dict[str, Any]:
    """Where the task comes from, as far as this person may see it: (words, address) of the visit and the finding."""
    return {
        "inspection": _seen(find_inspection, task.inspection_id),
        "finding": _seen(find_finding, task.finding_id),
        "inspection_url": address("inspections.show", inspection_id=task.inspection_id),
        "finding_url": address("findings.show", finding_id=task.finding_id),
    }


def address(endpoint: str, **values: Any) -> str | None:
    """The address of a page of another part of the product; None where the thing or the part is missing."""
    known = endpoint in current_app.view_functions and all(value is not None for value in values.values())
    return url_for(endpoint, **values) if known else None


def story(task: Task) -> list[dict[str, Any]]:
    """Who did what when, newest first; all of it with ?history=all."""
    entries = [entry for entry in timeline([("task", task.id)]) if entry.action != "file attached"]
    shown = entries if request.args.get("history") == "all" else entries[:SHOWN]
    told_ones = [
        {
            "when": moment(entry.at),
            "who": who_of(entry),
            "words": words_of_entry(entry),
            "reason": entry.reason,
            "document": entry.document if entry.action != "task assigned" else None,
            "tone": "key" if entry.action in KEY_ACTIONS else "warn" if entry.action in WARNING_ACTIONS else None,
        }
        for entry in shown
    ]
    return [*told_ones, *([{"more": len(entries)}] if len(shown) < len(entries) else [])]


def who_of(entry: AuditEntry) -> str:
    return entry.actor_name if entry.actor_id else _("tự động")


def words_of_entry(entry: AuditEntry) -> str:
    """What happened, with the figure or day that matters."""
    facts = entry.details
    if entry.action == "task progress reported" and "before" in facts:
        return _(
            "Báo cáo tiến độ %(percent)s%%, trước đó %(before)s%%", percent=facts["percent"], before=facts["before"]
        )
    if entry.action == "task progress reported" and "percent" in facts:
        return _("Báo cáo tiến độ %(percent)s%%", percent=facts["percent"])
    if entry.action == "extension requested" and "wished_due" in facts:
        return _("Xin gia hạn đến %(due)s", due=day(date.fromisoformat(facts["wished_due"])))
    if entry.action == "extension approved" and "due_on" in facts:
        return _("Gia hạn đến %(due)s: đồng ý", due=day(date.fromisoformat(facts["due_on"])))
    if entry.action == "task assigned" and entry.document:
        return _("Giao theo Thông báo kết luận số %(number)s", number=entry.document)
    return told(current_app.extensions["action_words"].get(entry.action, entry.action))


def _seen(find_one: Callable[..., Any], thing_id: UUID | None) -> Any:
    try:
        return find_one(current_user, thing_id) if thing_id else None
    except NotVisible:
        return None


def _share_name(share: LateShare, names: Mapping[UUID, str], task: Task) -> str:
    if share.person is None:
        return task.unit.name
    name = names.get(UUID(share.person), "–")
    return _("%(name)s (phụ trách)", name=name) if share.kind is HolderKind.ACTING else name
