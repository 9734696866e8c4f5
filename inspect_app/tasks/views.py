"""Tasks: a unit's own work, and the list for those who follow it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_file, stream_with_context
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.addresses import here
from inspect_app.display import day, label, moment, number
from inspect_app.documents.csv_export import write_csv
from inspect_app.documents.xlsx import write_xlsx
from inspect_app.inspections.queries import find_visible as find_inspection
from inspect_app.permissions import WATCHING, Permission, Role
from inspect_app.preferences import preference
from inspect_app.tasks import export
from inspect_app.tasks.forms import TaskFilter
from inspect_app.tasks.lateness import of_rows
from inspect_app.tasks.queries import find_visible
from inspect_app.tasks.queries_list import (
    DEFAULT_ORDER,
    MOST_COUNTED,
    ORDERS,
    Listing,
    Place,
    View,
    Wanted,
    figures_of,
    of_own,
)
from inspect_app.tasks.queries_task import head_posts, names_of_units
from inspect_app.tasks.rules import OPEN
from inspect_app.tasks.views_parts import find, show_task, task_values
from inspect_app.tasks.words import BANDS, SIGNALS, STATE_TONES, VIEWS
from inspect_app.units.queries import find_unit, owner_ids

blueprint = Blueprint("tasks", __name__)
PAGE = 50
UNIT_PAGE = 20
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/tasks")
@requires(Permission.TASK_VIEW)
def index() -> str:
    if at_own_unit():
        return unit_page()
    form = TaskFilter(request.args)
    wanted, order = form.wanted(), order_asked_for()
    listing = Listing(current_user, wanted, clock.today())
    page = one_page(listing, order, PAGE)
    form.offer_years(page["years"])
    late = of_rows(page["rows"], listing.calendar, listing.on, preference("due_soon_days"))
    return render_template(
        "tasks/index.html",
        **page,
        form=form,
        wanted=wanted,
        chips=chips(wanted),
        sort=order,
        late=late,
        tones=STATE_TONES,
        views=[(_(VIEWS[view]), here(view=view, state=None), view is wanted.view, None) for view in View],
        owners=successors_of(page["rows"]),
        kept={name: request.args.get(name) for name in KEPT},
    )


@blueprint.get("/tasks/export.<any(xlsx, csv):kind>")
@requires(Permission.TASK_VIEW)
def export_list(kind: str) -> Response:
    """The same rows as the page with the same address, as a file."""
    form = TaskFilter(request.args)
    wanted, on = form.wanted(), clock.today()
    within = of_own(current_user, on) if at_own_unit() else None
    listing = Listing(current_user, wanted, on, within=within)
    columns, rows = export.columns(), export.rows(listing, order_asked_for())
    name = f"nhiem-vu-{on.isoformat()}.{kind}"
    if kind == "csv":
        body = write_csv([column.title for column in columns], rows)
        response = Response(stream_with_context(body), mimetype="text/csv")
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
        return response
    facts = [_("Số liệu lúc %(moment)s", moment=moment(clock.now())), *(words for words, _url in chips(wanted))]
    book = write_xlsx(columns, rows, title=_("Nhiệm vụ khắc phục"), facts=facts)
    return send_file(book, mimetype=MIME, as_attachment=True, download_name=name)


@blueprint.get("/tasks/<uuid:task_id>")
@requires(Permission.TASK_VIEW)
def show(task_id: UUID) -> str:
    task = find(task_id)
    if at_own_unit() and task.state in OPEN:
        return unit_page(task_id)
    return show_task(task)


# ── Parts, in the order in which they are called ──

KEPT = ("view", "unit", "inspection", "post", "band", "signal", "assigned", "closed", "overdue-on", "waiting", "sort")
"""What the filter form keeps though it has no field for it."""


def at_own_unit() -> bool:
    """True for heads and focal points who follow nobody else's work, and for others with ?scope=unit."""
    own = bool(current_user.head_of or current_user.units_of(Role.FOCAL_POINT))
    follows = bool(current_user.units_of(*WATCHING) or current_user.teams)
    return own and (not follows or request.args.get("scope") == "unit")


def unit_page(task_id: UUID | None = None) -> str:
    """What is asked of a unit: the list by due date on the left, one task open on the right."""
    on = clock.today()
    own = of_own(current_user, on)
    wanted = TaskFilter(request.args).wanted()
    view = wanted.view if request.args.get("view") else View.OPEN
    listing = Listing(current_user, Wanted(view=view, unit_id=wanted.unit_id), on, within=own)
    page = one_page(listing, DEFAULT_ORDER, UNIT_PAGE)
    figures = figures_of(own, listing.calendar, on)
    opened = task_id or (page["rows"][0].id if page["rows"] else None)
    task = find_visible(current_user, opened, on) if opened else None
    return render_template(
        "tasks/unit.html",
        **page,
        view=view,
        figures=figures,
        longest=listing.calendar.working_days_between(figures.oldest_due, on) if figures.oldest_due else 0,
        soon_days=preference("due_soon_days"),
        lates=of_rows(page["rows"], listing.calendar, on, preference("due_soon_days")),
        posts=head_posts(current_user.head_of | current_user.units_of(Role.FOCAL_POINT)),
        tones=STATE_TONES,
        opened=opened,
        **(task_values(task, {}, []) if task else {}),
    )


def one_page(listing: Listing, order: str, most: int) -> dict[str, Any]:
    after, before = (Place.read(request.args.get(side), order) for side in ("after", "before"))
    rows, more, matching, years = listing.found(order, after=after, before=before, most=most)
    first, last = (Place.written(rows[0], order), Place.written(rows[-1], order)) if rows else (None, None)
    behind, ahead = (True, more) if before else (more, bool(after))
    return {
        "rows": rows,
        "count": matching,
        "matching": number(matching) if matching <= MOST_COUNTED else _("hơn %(n)s", n=number(MOST_COUNTED)),
        "years": years,
        "previous_url": here(before=first) if first and ahead else None,
        "next_url": here(after=last) if last and behind else None,
    }


def order_asked_for() -> str:
    asked = request.args.get("sort", DEFAULT_ORDER)
    return asked if asked.lstrip("-") in ORDERS and not asked.startswith("--") else DEFAULT_ORDER


def successors_of(rows: list[Any]) -> dict[UUID, str | None]:
    """For units on the page that have ended: the name of the one that answers now, None where nobody does."""
    today = clock.today()
    ended = {row.unit_id for row in rows if row.unit_ended_on and row.unit_ended_on < today}
    owners = owner_ids(ended, today) if ended else {}
    names = names_of_units(owner for owner in owners.values() if owner) if ended else {}
    return {unit_id: names.get(owner) for unit_id, owner in owners.items()}


def chips(wanted: Wanted) -> list[tuple[str, str]]:
    """The conditions in force, each with the address of the page without it."""
    found = [(_("Có chữ “%(text)s”", text=wanted.text), here(q=None))] if wanted.text else []
    if wanted.unit_id:
        found.append((_("Đơn vị: %(name)s", name=find_unit(wanted.unit_id).name), here(unit=None)))
    if wanted.inspection_id:
        code = find_inspection(current_user, wanted.inspection_id).code
        found.append((_("Cuộc kiểm tra %(code)s", code=code), here(inspection=None)))
    if wanted.post_id:
        found.append((_("Theo chức vụ được giao"), here(post=None)))
    if wanted.state:
        found.append((label(wanted.state), here(state=None)))
    if wanted.year:
        found.append((_("Năm %(year)s", year=wanted.year), here(year=None)))
    return found + _chips_of_days(wanted) + _chips_of_figures(wanted)


def _chips_of_days(wanted: Wanted) -> list[tuple[str, str]]:
    found = []
    if wanted.first:
        found.append((_("Hạn từ %(day)s", day=day(wanted.first)), here(first=None)))
    if wanted.last:
        found.append((_("Hạn đến %(day)s", day=day(wanted.last)), here(last=None)))
    if wanted.assigned_in:
        found.append((_("Giao trong tháng %(month)s", month=wanted.assigned_in.strftime("%m/%Y")), here(assigned=None)))
    if wanted.closed_in:
        found.append((_("Đóng trong tháng %(month)s", month=wanted.closed_in.strftime("%m/%Y")), here(closed=None)))
    if wanted.overdue_then:
        found.append(
            (_("Quá hạn vào ngày %(day)s", day=day(wanted.overdue_then)), here(**{"overdue-on": None, "view": None}))
        )
    return found


def _chips_of_figures(wanted: Wanted) -> list[tuple[str, str]]:
    found = []
    if wanted.band:
        found.append((_("Quá hạn %(band)s ngày làm việc", band=_(BANDS[wanted.band])), here(band=None)))
    if wanted.signal:
        found.append((_(SIGNALS[wanted.signal]), here(signal=None)))
    if wanted.waiting:
        found.append((_("Gia hạn chờ %(level)s duyệt", level=label(wanted.waiting)), here(waiting=None)))
    return found


from inspect_app.tasks import views_conclusion, views_dates, views_moves, views_owner  # noqa: E402, F401 - they hang on it
