"""Findings: the list, one finding with what was found there before, and raising one from a visit."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.addresses import here
from inspect_app.audit.queries import timeline
from inspect_app.db import transaction
from inspect_app.display import label, moment
from inspect_app.documents.csv_export import write_csv
from inspect_app.documents.offers import shown_to
from inspect_app.documents.queries import attachments_of
from inspect_app.documents.rules import content_disposition
from inspect_app.documents.xlsx import Column, write_xlsx
from inspect_app.findings.actions import raise_finding
from inspect_app.findings.forms import FindingFilter, FindingForm
from inspect_app.findings.models import Finding
from inspect_app.findings.queries import earlier_on, find_visible, in_record
from inspect_app.findings.queries_list import (
    DEFAULT_ORDER,
    STILL_OPEN,
    Wanted,
    count_findings,
    earlier_days,
    every_finding,
    is_more,
    list_findings,
    years_seen,
)
from inspect_app.findings.rules import decided_as
from inspect_app.findings.views_parts import AtOnce, at_once, moves_of, names_person
from inspect_app.forms import refusals_on
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import find_visible as find_inspection
from inspect_app.inspections.queries import sees_record
from inspect_app.permissions import Permission, insist
from inspect_app.rubrics.queries import rubric_of
from inspect_app.tasks.queries import tasks_of_finding
from inspect_app.units.queries import find_unit

blueprint = Blueprint("findings", __name__)
blueprint.add_app_template_global(earlier_days)
PAGE = 50


@blueprint.app_template_global()
def inspection_findings(inspection: Inspection) -> list[Finding]:
    """The findings in the record of an inspection, as far as this person may see them."""
    return in_record(inspection) if sees_record(current_user, inspection) else []


@blueprint.app_template_global()
def findings_at_once(inspection: Inspection, findings: list[Finding]) -> AtOnce:
    """How many of them this person may settle with one button now."""
    return at_once(findings, inspection, current_user, clock.today())


@blueprint.get("/findings")
@requires(Permission.FINDING_VIEW)
def index() -> str:
    form, wanted, order = _filter()
    after, before = request.args.get("after", type=UUID), request.args.get("before", type=UUID)
    found = list_findings(current_user, wanted, order=order, after=after, before=before, most=PAGE)
    return render_template(
        "findings/index.html",
        form=form,
        order=order,
        findings=found,
        all=count_findings(current_user, wanted),
        chips=_chips(form, wanted),
        previous_before=found[0].id if found and is_more(current_user, wanted, order, found[0], behind=False) else None,
        next_after=found[-1].id if found and is_more(current_user, wanted, order, found[-1], behind=True) else None,
    )


@blueprint.get("/findings/export.xlsx")
@requires(Permission.FINDING_VIEW)
def export_xlsx() -> Response:
    form, wanted, order = _filter()
    facts = [_("Số liệu lúc %(moment)s", moment=moment(clock.now())), *(words for words, _url in _chips(form, wanted))]
    columns = [Column(title, width) for title, width in _columns()]
    book = write_xlsx(columns, _export_rows(wanted, order), title=_("Danh sách tồn tại, hạn chế"), facts=facts)
    return send_file(book, as_attachment=True, download_name=_file_name("xlsx"))


@blueprint.get("/findings/export.csv")
@requires(Permission.FINDING_VIEW)
def export_csv() -> Response:
    _form, wanted, order = _filter()
    content = b"".join(write_csv([title for title, _width in _columns()], _export_rows(wanted, order)))
    disposition = content_disposition(_file_name("csv"))
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": disposition})


@blueprint.get("/findings/<uuid:finding_id>")
@requires(Permission.FINDING_VIEW)
def show(finding_id: UUID) -> str:
    finding = find_visible(current_user, finding_id)
    inspection = find_inspection(current_user, finding.inspection_id)
    entries = timeline([("finding", finding.id)], limit=50)
    return render_template(
        "findings/show.html",
        finding=finding,
        inspection=inspection,
        moves=moves_of(finding, inspection, current_user, clock.today()),
        named=names_person(current_user, finding),
        earlier=_earlier(inspection, finding.criterion_code, besides=finding),
        tasks=[task for task in tasks_of_finding(finding.id) if task.state != "draft"],
        proof=_proof(finding, inspection),
        files=attachments_of("finding", [finding.id])[finding.id],
        entries=entries,
        decided_as=decided_as(finding.state),
        proposal=next((entry for entry in entries if entry.action == "decision on finding proposed"), None),
    )


@blueprint.get("/inspections/<uuid:inspection_id>/findings/new")
@requires(Permission.FINDING_RAISE)
def new(inspection_id: UUID) -> str:
    inspection = _in_team(inspection_id)
    form = FindingForm(criteria=_criteria(inspection), data={"criterion_code": request.args.get("criterion")})
    return _new(inspection, form)


@blueprint.post("/inspections/<uuid:inspection_id>/findings")
@requires(Permission.FINDING_RAISE)
def create(inspection_id: UUID) -> Any:
    inspection = _in_team(inspection_id)
    form = FindingForm(criteria=_criteria(inspection))
    if form.validate():
        with refusals_on(form):
            finding = _raise(inspection, form)
            flash(_("Đã nêu tồn tại ở tiêu chí %(code)s.", code=finding.criterion_code), "good")
            return redirect(url_for("findings.show", finding_id=finding.id), 303)
    return _new(_in_team(inspection_id), form), 422


def _in_team(inspection_id: UUID) -> Inspection:
    inspection = find_inspection(current_user, inspection_id)
    insist(current_user, Permission.FINDING_RAISE, inspection)
    return inspection


def _criteria(inspection: Inspection) -> dict[str, str]:
    """The names of the criteria that take an answer, by code."""
    if inspection.rubric_version_id is None:
        return {}
    return {leaf.code: leaf.name_vi for leaf in rubric_of(inspection.rubric_version_id).leaves()}


def _new(inspection: Inspection, form: FindingForm) -> str:
    code = form.criterion_code.data or ""
    return render_template(
        "findings/new.html", inspection=inspection, form=form, earlier=_earlier(inspection, code), code=code
    )


def _raise(inspection: Inspection, form: FindingForm) -> Finding:
    rubric_id = inspection.rubric_version.rubric_id if inspection.rubric_version else None
    with transaction():
        return raise_finding(inspection, form.observation(), by=current_user, at=clock.now(), rubric_id=rubric_id)


def _earlier(inspection: Inspection, code: str, besides: Finding | None = None) -> list[Finding]:
    """What was found before on this criterion; whoever sees the inspection sees the history of its unit."""
    if not code:
        return []
    rubric_id = inspection.rubric_version.rubric_id if inspection.rubric_version else None
    before = besides.raised_at if besides else clock.now()
    found = earlier_on(inspection.unit_id, code, before, rubric_id=rubric_id)
    return [one for one in found if besides is None or one.id != besides.id]


def _proof(finding: Finding, inspection: Inspection) -> list[Any]:
    """The team's photos and papers on the same criterion."""
    files = shown_to(current_user, inspection, attachments_of("inspection", [inspection.id])[inspection.id])
    return [one for one in files if one.criterion_code == finding.criterion_code and one.purpose == "evidence"]


def _filter() -> tuple[FindingFilter, Wanted, str]:
    form = FindingFilter(request.args, years=years_seen(current_user))
    return form, form.wanted(), request.args.get("sort") or DEFAULT_ORDER


def _chips(form: FindingFilter, wanted: Wanted) -> list[tuple[str, str]]:
    """Each condition in words, with the address of the list without it."""
    state = _("Chưa xong") if wanted.state == STILL_OPEN else wanted.state and label(wanted.state)
    chips = [
        (_("Có chữ “%(text)s”", text=wanted.text), here(q=None)) if wanted.text else None,
        (find_unit(wanted.unit_id).name, here(unit=None)) if wanted.unit_id else None,
        (state, here(state=None)) if state else None,
        (label(wanted.severity), here(severity=None)) if wanted.severity else None,
        (_("Tiêu chí %(code)s", code=wanted.criterion), here(criterion=None)) if wanted.criterion else None,
        (_("Năm %(year)s", year=wanted.year), here(year=None)) if wanted.year else None,
        (_("Lặp lại"), here(recurring=None)) if wanted.recurring else None,
    ]
    return [chip for chip in chips if chip]


def _with_names() -> bool:
    """People named in findings are left out of an export unless somebody asks for them."""
    return request.args.get("named") == "1"


def _columns() -> list[tuple[str, int]]:
    columns = [
        (_("Cuộc kiểm tra"), 14),
        (_("Đơn vị"), 36),
        (_("Tiêu chí"), 10),
        (_("Tên tiêu chí"), 40),
        (_("Loại"), 18),
        (_("Nội dung"), 60),
        (_("Mức độ"), 14),
        (_("Căn cứ pháp lý"), 30),
        (_("Nguyên nhân"), 40),
        (_("Kiến nghị"), 40),
        (_("Trạng thái"), 22),
        (_("Lặp lại"), 10),
        (_("Ngày nêu"), 14),
    ]
    return [*columns, (_("Người được nêu tên"), 26)] if _with_names() else columns


def _export_rows(wanted: Wanted, order: str) -> Any:
    with_names = _with_names()
    for one in every_finding(current_user, wanted, order):
        row = (
            one.inspection.code,
            one.unit.name,
            one.criterion_code,
            one.criterion_name,
            label(one.kind),
            one.fact,
            label(one.severity),
            one.legal_basis,
            one.cause,
            one.recommendation,
            label(one.state),
            _("Có") if one.recurrence_of_id else _("Không"),
            clock.local(one.raised_at).date(),
        )
        yield (*row, one.named_person if names_person(current_user, one) else "") if with_names else row


def _file_name(kind: str) -> str:
    return f"ton-tai-{clock.today():%Y-%m-%d}.{kind}"


from inspect_app.findings import views_moves  # noqa: E402, F401 - it hangs on the blueprint
