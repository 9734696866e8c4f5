"""Bringing units in from a file: first what the file would do, then doing it."""

import csv
import io
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import transaction
from inspect_app.display import number, plural
from inspect_app.forms import refusals_on
from inspect_app.permissions import Permission
from inspect_app.units.actions import Counts, ImportRefused, import_table
from inspect_app.units.forms import ImportFileForm, ImportForm
from inspect_app.units.imports import LARGEST_FILE, Comparison, ImportKind, compare, pack, table_of, unpack
from inspect_app.units.reading import CHANGE_COLUMNS, CHANGE_REQUIRED, UNIT_COLUMNS, UNIT_REQUIRED
from inspect_app.units.rules import ChangeKind, UnitKind
from inspect_app.units.views import blueprint
from inspect_app.units.words import COLUMNS

SHOWN = 200
COLUMNS_OF = {ImportKind.UNITS: UNIT_COLUMNS, ImportKind.CHANGES: CHANGE_COLUMNS}
REQUIRED = {ImportKind.UNITS: UNIT_REQUIRED, ImportKind.CHANGES: CHANGE_REQUIRED}


@blueprint.get("/units/imports/new")
@requires(Permission.ADMIN_UNITS)
def new_import() -> str:
    return _choose_file(ImportFileForm(formdata=None))


@blueprint.post("/units/import-checks")
@requires(Permission.ADMIN_UNITS)
def check_import() -> Any:
    """What the chosen file would do: its mistakes row by row, or what is new and what changes."""
    form = ImportFileForm()
    if not form.validate():
        return _choose_file(form), 422
    with refusals_on(form):
        kind, data = ImportKind(form.kind.data), form.file.data.read(LARGEST_FILE + 1)
        name = (form.file.data.filename or "")[:250]
        found = compare(kind, table_of(data, name))
        taking = ImportForm(formdata=None, kind=kind.value, file_name=name, packed=pack(data))
        return _show_check(kind, found, taking)
    return _choose_file(form), 422


@blueprint.post("/units/imports")
@requires(Permission.ADMIN_UNITS)
def do_import() -> Any:
    form, file_form = ImportForm(), ImportFileForm(formdata=None)
    if not form.validate() or form.kind.data not in set(ImportKind):
        return _choose_file(file_form), 422
    kind = ImportKind(form.kind.data)
    with refusals_on(file_form):
        try:
            rows = table_of(unpack(form.packed.data), form.file_name.data or "")
            with transaction():
                counts = import_table(kind, rows, by=current_user, at=clock.now())
        except ImportRefused:
            return _show_check(kind, compare(kind, rows), form)
        flash(_told(counts), "good")
        return redirect(url_for("units.index"), 303)
    return _choose_file(file_form), 422


@blueprint.get("/units/import-template")
@requires(Permission.ADMIN_UNITS)
def import_template() -> Response:
    """An empty file with the right columns, for ?kind=units or changes."""
    kind = ImportKind.CHANGES if request.args.get("kind") == ImportKind.CHANGES else ImportKind.UNITS
    out = io.StringIO()
    csv.writer(out).writerow(COLUMNS_OF[kind])
    name = {ImportKind.UNITS: "don-vi", ImportKind.CHANGES: "thay-doi-don-vi"}[kind]
    head = {"Content-Disposition": f"attachment; filename={name}.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=head)


def _choose_file(form: ImportFileForm) -> str:
    return render_template(
        "units/new_import.html",
        form=form,
        columns={
            kind: [(name, COLUMNS.get(name), name in REQUIRED[kind]) for name in COLUMNS_OF[kind]]
            for kind in ImportKind
        },
        kinds=UnitKind,
        change_kinds=ChangeKind,
        most=LARGEST_FILE >> 20,
    )


def _show_check(kind: ImportKind, found: Comparison[Any], form: ImportForm) -> Any:
    page = render_template("units/check_import.html", kind=kind, found=found, form=form, shown=SHOWN)
    return (page, 422) if found.problems else page


def _told(counts: Counts) -> str:
    if not counts.created and not counts.changed:
        return plural("Tệp này đã được nhập trước đó: không có gì thay đổi (%(n)s dòng).", counts.unchanged)
    return _(
        "Đã nhập: thêm %(created)s, sửa %(changed)s, giữ nguyên %(unchanged)s dòng.",
        created=number(counts.created),
        changed=number(counts.changed),
        unchanged=number(counts.unchanged),
    )
