"""The first page of every role, the search, the help."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import format_date
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.forms import tidy
from inspect_app.overview.cards import cards_of
from inspect_app.overview.queries import found_inspections, found_tasks
from inspect_app.permissions import Permission
from inspect_app.units.queries import search_units

blueprint = Blueprint("overview", __name__)
LEAST = 2


@blueprint.app_context_processor
def _frame() -> dict[str, Any]:
    """Where the shell's links to search and help lead."""
    return {"search_url": url_for("overview.search"), "help_url": url_for("overview.help_page")}


@blueprint.get("/")
@requires(Permission.OVERVIEW)
def index() -> str:
    on = clock.today()
    return render_template(
        "overview/index.html", cards=cards_of(current_user, on), today_words=format_date(on, "EEEE dd/MM/yyyy")
    )


@blueprint.get("/search")
@requires(Permission.OVERVIEW)
def search() -> str:
    """Units, inspections and tasks, only what the person may see."""
    asked = tidy(request.args.get("q", ""))[:100]
    on = clock.today()
    found: dict[str, Any] = {"units": [], "inspections": [], "tasks": []}
    if len(asked) >= LEAST:
        found = {
            "units": search_units(asked, limit=10),
            "inspections": found_inspections(current_user, asked),
            "tasks": found_tasks(current_user, asked, on),
        }
    return render_template("overview/search.html", asked=asked, too_short=0 < len(asked) < LEAST, **found)


@blueprint.get("/help")
@requires(Permission.ACCOUNT_OWN)
def help_page() -> str:
    return render_template("help/index.html")
