"""Inspections: the list, one inspection with its points, papers and timeline, and its answers one by one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.addresses import here
from inspect_app.display import day, label, moment
from inspect_app.documents.csv_export import write_csv
from inspect_app.documents.xlsx import Column, write_xlsx
from inspect_app.findings.queries import of_inspection
from inspect_app.inspections.forms import InspectionFilter
from inspect_app.inspections.queries import (
    find_visible,
    members_of,
    papers_of,
    passed,
    score_sheet,
    sees_record,
    story_of,
)
from inspect_app.inspections.queries_field import history_of, names_of, open_conflicts
from inspect_app.inspections.queries_list import (
    DEFAULT_ORDER,
    Wanted,
    count_inspections,
    is_more,
    leads_of,
    list_inspections,
    rows_for_export,
    years_seen,
)
from inspect_app.inspections.rules_field import in_words
from inspect_app.inspections.views_parts import figures_so_far, next_step, offers, points_by_field, steps
from inspect_app.inspections.words import STATE_TONES
from inspect_app.permissions import Permission
from inspect_app.sync.queries_doors import tablets_with_work
from inspect_app.units.queries import find_unit

blueprint = Blueprint("inspections", __name__)
blueprint.add_app_template_global(in_words)
blueprint.add_app_template_global(lambda state: STATE_TONES[state], "inspection_tone")
PAGE = 50


@blueprint.get("/inspections")
@requires(Permission.INSPECTION_VIEW)
def index() -> str:
    form, wanted, order = _filter()
    after, before = request.args.get("after", type=UUID), request.args.get("before", type=UUID)
    found = list_inspections(current_user, wanted, order=order, after=after, before=before, most=PAGE)
    return render_template(
        "inspections/index.html",
        form=form,
        order=order,
        inspections=found,
        leads=leads_of(inspection.id for inspection in found),
        all=count_inspections(current_user, wanted),
        chips=_chips(form, wanted),
        mine=bool(wanted.mine),
        previous_before=found[0].id if found and is_more(current_user, wanted, order, found[0], behind=False) else None,
        next_after=found[-1].id if found and is_more(current_user, wanted, order, found[-1], behind=True) else None,
    )


@blueprint.get("/inspections/export.xlsx")
@requires(Permission.INSPECTION_VIEW)
def export_xlsx() -> Response:
    form, wanted, order = _filter()
    facts = [_("Số liệu lúc %(moment)s", moment=moment(clock.now())), *(words for words, _url in _chips(form, wanted))]
    columns = [Column(title, width) for title, width in _columns()]
    book = write_xlsx(columns, _export_rows(wanted, order), title=_("Danh sách cuộc kiểm tra"), facts=facts)
    return send_file(book, as_attachment=True, download_name=_file_name("xlsx"))


@blueprint.get("/inspections/export.csv")
@requires(Permission.INSPECTION_VIEW)
def export_csv() -> Response:
    _form, wanted, order = _filter()
    content = b"".join(write_csv([title for title, _width in _columns()], _export_rows(wanted, order)))
    disposition = f'attachment; filename="{_file_name("csv")}"'
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": disposition})


@blueprint.get("/inspections/<uuid:inspection_id>")
@requires(Permission.INSPECTION_VIEW)
def show(inspection_id: UUID) -> str:
    inspection = find_visible(current_user, inspection_id)
    seen = sees_record(current_user, inspection)
    findings, sheet = (of_inspection(inspection.id), score_sheet(inspection)) if seen else ([], None)
    members = members_of(inspection.id)
    return render_template(
        "inspections/show.html",
        inspection=inspection,
        steps=steps(inspection, passed(inspection.id)),
        next_step=next_step(inspection, current_user, members, sheet, clock.today()),
        offers=offers(inspection, current_user),
        sheet=sheet,
        fields=points_by_field(sheet),
        whole=figures_so_far(sheet),
        members=members,
        papers=papers_of(inspection.id),
        findings=findings,
        conflicts=len(open_conflicts(inspection.id)) if seen else 0,
        tablets=tablets_with_work(inspection.id) if seen else [],
        entries=story_of(inspection.id, [finding.id for finding in findings], limit=8),
        sees_record=seen,
    )


@blueprint.get("/inspections/<uuid:inspection_id>/answers")
@requires(Permission.INSPECTION_VIEW)
def answers(inspection_id: UUID) -> str:
    inspection = find_visible(current_user, inspection_id)
    seen = sees_record(current_user, inspection)
    history = history_of(inspection.id) if seen else {}
    return render_template(
        "inspections/answers.html",
        inspection=inspection,
        sheet=score_sheet(inspection) if seen else None,
        history=history,
        names=names_of(version.author_id for versions in history.values() for version in versions),
    )


@blueprint.get("/inspections/<uuid:inspection_id>/timeline")
@requires(Permission.INSPECTION_VIEW)
def story(inspection_id: UUID) -> str:
    inspection = find_visible(current_user, inspection_id)
    findings = of_inspection(inspection.id) if sees_record(current_user, inspection) else []
    entries = story_of(inspection.id, [finding.id for finding in findings], limit=500)
    return render_template("inspections/timeline.html", inspection=inspection, entries=entries)


def criteria_with_findings(inspection_id: UUID) -> set[str]:
    """The codes of criteria on which something was found."""
    return {finding.criterion_code for finding in of_inspection(inspection_id)}


def _filter() -> tuple[InspectionFilter, Wanted, str]:
    form = InspectionFilter(request.args, years=years_seen(current_user))
    mine = current_user.id if request.args.get("mine") else None
    wanted = form.wanted(mine, request.args.get("unit", type=UUID))
    return form, wanted, request.args.get("sort") or DEFAULT_ORDER


def _chips(form: InspectionFilter, wanted: Wanted) -> list[tuple[str, str]]:
    """Each condition in words, with the address of the list without it."""
    chips = [
        (_("Có chữ “%(text)s”", text=wanted.text), here(q=None)) if wanted.text else None,
        (find_unit(wanted.unit_id).name, here(unit=None)) if wanted.unit_id else None,
        (label(wanted.state), here(state=None)) if wanted.state else None,
        (label(wanted.form), here(form=None)) if wanted.form else None,
        (_("Năm %(year)s", year=wanted.year), here(year=None)) if wanted.year else None,
        (_("Đoàn có “%(name)s”", name=wanted.member), here(member=None)) if wanted.member else None,
        (_("Của tôi"), here(mine=None)) if wanted.mine else None,
        (_("Từ %(day)s", day=day(wanted.first)), here(first=None)) if wanted.first else None,
        (_("Đến %(day)s", day=day(wanted.last)), here(last=None)) if wanted.last else None,
    ]
    return [chip for chip in chips if chip]


def _columns() -> list[tuple[str, int]]:
    return [
        (_("Mã"), 14),
        (_("Đơn vị"), 40),
        (_("Hình thức"), 22),
        (_("Trạng thái"), 20),
        (_("Ngày bắt đầu"), 14),
        (_("Ngày kết thúc"), 14),
        (_("Đoàn"), 20),
        (_("Trưởng đoàn"), 26),
        (_("Điểm"), 10),
        (_("Chỉ số, %%") % {}, 10),
    ]


def _export_rows(wanted: Wanted, order: str) -> Any:
    for inspection, unit, lead in rows_for_export(current_user, wanted, order):
        yield (
            inspection.code,
            unit,
            label(inspection.form),
            label(inspection.state),
            inspection.starts_on,
            inspection.ends_on,
            inspection.team_name,
            lead,
            inspection.points,
            inspection.index_pct,
        )


def _file_name(kind: str) -> str:
    return f"cuoc-kiem-tra-{clock.today():%Y-%m-%d}.{kind}"


from inspect_app.inspections import (  # noqa: E402 - they hang on the blueprint
    views_explain,  # noqa: F401
    views_files,  # noqa: F401
    views_moves,  # noqa: F401
    views_review,  # noqa: F401
    views_schedule,  # noqa: F401
)
