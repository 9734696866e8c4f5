"""Days off and days worked of a year: the national calendar and the decisions on top of it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.calendars import actions
from inspect_app.calendars.forms import DayForm
from inspect_app.calendars.queries import days_of_year, find_override
from inspect_app.db import transaction
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission

blueprint = Blueprint("calendars", __name__)
YEARS = range(2000, 2091)


@blueprint.get("/holidays")
@requires(Permission.ADMIN_SETTINGS)
def holidays() -> str:
    return _year(_asked_year(), DayForm(formdata=None))


@blueprint.post("/holidays")
@requires(Permission.ADMIN_SETTINGS)
def decide_day() -> Any:
    form = DayForm()
    if form.validate():
        with refusals_on(form):
            typed = {"works": form.works.data == "works", "reason": form.reason.data}
            with transaction():
                actions.decide_day(form.day.data, **typed, by=current_user, at=clock.now())
            flash(_("Đã ghi quyết định cho ngày %(day)s.", day=form.day.data.strftime("%d/%m/%Y")), "good")
            return redirect(url_for("calendars.holidays", year=form.day.data.year), 303)
    year = form.day.data.year if form.day.data and form.day.data.year in YEARS else _asked_year()
    return _year(year, form), 422


@blueprint.post("/holidays/<uuid:override_id>/removal")
@requires(Permission.ADMIN_SETTINGS)
def take_back_day(override_id: UUID) -> Response:
    with transaction():
        override = find_override(override_id)
        year = override.day.year
        actions.take_back_day(override, by=current_user, at=clock.now())
    flash(_("Đã bỏ quyết định; ngày này lại theo lịch chung."), "good")
    return redirect(url_for("calendars.holidays", year=year), 303)


def _asked_year() -> int:
    year = request.args.get("year", type=int)
    return year if year in YEARS else clock.today().year


def _year(year: int, form: DayForm) -> str:
    days = days_of_year(year)
    return render_template("calendars/holidays.html", year=year, years=YEARS, days=days, form=form)
