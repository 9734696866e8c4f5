"""The log as a list, and the proof that nobody rewrote it."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.accounts.queries import name_of_person
from inspect_app.audit.forms import LogFilter
from inspect_app.audit.models import AuditHead
from inspect_app.audit.queries import (
    Line,
    WantedEntries,
    broken_at,
    chains_without_head,
    heads_readable_by,
    list_entries,
    unit_names,
)
from inspect_app.audit.words import THINGS
from inspect_app.clock import HANOI
from inspect_app.findings.queries import seen_among as seen_findings
from inspect_app.inspections.queries import seen_among as seen_inspections
from inspect_app.permissions import Permission, Role, may
from inspect_app.plans.queries import seen_among as seen_plans
from inspect_app.tasks.queries import seen_among as seen_tasks

blueprint = Blueprint("audit", __name__)
PAGE = 50
CHAINS = 40
BUDGET = 20_000
"""So many entries are read again for one page; longer chains are checked one by one."""


@blueprint.app_context_processor
def _frame() -> dict[str, Any]:
    """Where the shell's link to the log leads, for those who may read it."""
    return {"log_url": url_for("audit.log") if may(current_user, Permission.AUDIT_READ) else None}


@blueprint.get("/log")
@requires(Permission.AUDIT_READ)
def log() -> str:
    unit_id, person_id = request.args.get("unit", type=UUID), request.args.get("person", type=UUID)
    form = LogFilter(request.args, chosen=_chosen(unit_id, person_id))
    days = _day_span(form) if form.validate() else (None, None)
    wanted = WantedEntries(unit_id, person_id, form.action.data or "", *days)
    found = list_entries(current_user, wanted, after=request.args.get("after", type=UUID), limit=PAGE + 1)
    return render_template(
        "audit/log.html",
        form=form,
        lines=found[:PAGE],
        addresses=_addresses(found[:PAGE]),
        next_after=found[PAGE - 1].entry.id if len(found) > PAGE else None,
        narrowed=wanted != WantedEntries(),
        things=THINGS,
        only_accounts=not (current_user.holds(Role.AUDITOR, None) or current_user.holds(Role.OFFICE, None)),
    )


def _addresses(lines: list[Line]) -> dict[UUID, str]:
    """The pages of the things of these lines that the reader may see: one question for each kind of thing."""
    ids: dict[str, set[UUID]] = {}
    for line in lines:
        ids.setdefault(line.entry.thing_type, set()).add(line.entry.thing_id)
    inspections = seen_inspections(current_user, ids.get("inspection", ()))
    findings = seen_findings(current_user, ids.get("finding", ()))
    tasks = seen_tasks(current_user, ids.get("task", ()), clock.today())
    plans = seen_plans(current_user, ids.get("plan", set()) | ids.get("plan_version", set()))
    units = ids.get("unit", set()) if may(current_user, Permission.UNIT_VIEW) else set()
    return {
        **{one: url_for("inspections.show", inspection_id=one) for one in inspections},
        **{one: url_for("findings.show", finding_id=one) for one in findings},
        **{one: url_for("tasks.show", task_id=one) for one in tasks},
        **{one: url_for("plans.show", plan_id=plan) for one, plan in plans.items()},
        **{one: url_for("units.show", unit_id=one) for one in units},
    }


@blueprint.get("/log/verification")
@requires(Permission.AUDIT_READ)
def verification() -> str:
    """Reads the entries of this page's chains again and says of each whether it holds."""
    after = request.args.get("after", "")
    found = heads_readable_by(current_user, after=after, limit=CHAINS + 1)
    shown = found[:CHAINS]
    return render_template(
        "audit/verification.html",
        chains=_checked(shown, request.args.get("chain", "")),
        headless=chains_without_head(),
        next_after=shown[-1].chain if len(found) > CHAINS else None,
        after=after,
    )


class Checked(NamedTuple):
    """A chain and whether it holds: None where it was too long to be read for this page."""

    head: AuditHead
    name: str
    holds: bool | None
    fault: int | None


def _chosen(unit_id: UUID | None, person_id: UUID | None) -> dict[str, list[tuple[str, str]]]:
    """What stands in the pickers already."""
    units = unit_names([str(unit_id)]) if unit_id else {}
    name = name_of_person(person_id) if person_id else None
    return {"unit": list(units.items()), "person": [(str(person_id), name)] if name else []}


def _day_span(form: LogFilter) -> tuple[datetime | None, datetime | None]:
    since, until = form.since.data, form.until.data
    return (_midnight(since) if since else None, _midnight(until + timedelta(days=1)) if until else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, HANOI)


def _checked(found: list[AuditHead], asked: str) -> list[Checked]:
    names, left, checked = unit_names(head.chain for head in found), BUDGET, []
    for head in found:
        if head.seq > left and head.chain != asked:
            checked.append(Checked(head, names.get(head.chain, ""), None, None))
            continue
        left -= head.seq
        fault = broken_at(head)
        checked.append(Checked(head, names.get(head.chain, ""), fault is None, fault))
    return checked
