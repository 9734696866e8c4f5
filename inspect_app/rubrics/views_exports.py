"""A rubric as a file: YAML, which can be taken in again, and a spreadsheet for reading."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app.access import requires
from inspect_app.display import label
from inspect_app.documents.xlsx import Column, write_xlsx
from inspect_app.permissions import Permission
from inspect_app.rubrics.models import RubricVersion
from inspect_app.rubrics.queries import find_version, rubric_of
from inspect_app.rubrics.reading import write_rubric
from inspect_app.rubrics.shapes import Criterion, Group, Rubric
from inspect_app.rubrics.views import blueprint, rule_lines
from inspect_app.rubrics.words import SCORING, SOURCES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/rubrics/<uuid:version_id>/yaml")
@requires(Permission.RUBRIC_VIEW)
def export_yaml(version_id: UUID) -> Response:
    """The very content: taken in again it has the same hash."""
    version = find_version(current_user, version_id)
    head = {"Content-Disposition": f"attachment; filename={_file_name(version)}.yaml"}
    return Response(write_rubric(version.content), mimetype="application/yaml", headers=head)


@blueprint.get("/rubrics/<uuid:version_id>/xlsx")
@requires(Permission.RUBRIC_VIEW)
def export_xlsx(version_id: UUID) -> Response:
    version = find_version(current_user, version_id)
    head = {"Content-Disposition": f"attachment; filename={_file_name(version)}.xlsx"}
    with write_xlsx(_columns(), _rows(rubric_of(version.id)), title=version.name, facts=_facts(version)) as book:
        return Response(book.read(), mimetype=XLSX, headers=head)


def _file_name(version: RubricVersion) -> str:
    return f"{version.rubric.code}-{version.number}"


def _facts(version: RubricVersion) -> list[str]:
    facts = [_("Bản số %(number)s, %(state)s.", number=version.number, state=label(version.state))]
    if not version.official:
        facts.append(_("Không chính thức."))
    return [*facts, _("Mã nội dung (SHA-256): %(hash)s", hash=version.content_hash)]


def _columns() -> list[Column]:
    return [
        Column(_("Lĩnh vực"), 30),
        Column(_("Mã"), 10),
        Column(_("Tiêu chí"), 50),
        Column(_("Điểm tối đa"), 12),
        Column(_("Cách chấm"), 18),
        Column(_("Quy tắc"), 50),
        Column(_("Tài liệu kiểm chứng"), 40),
        Column(_("Nguồn điểm"), 20),
        Column(_("Ghi chú"), 40),
    ]


def _rows(rubric: Rubric) -> Iterator[list[Any]]:
    for group in rubric.groups:
        for criterion in group.family():
            yield _row(group, criterion)


def _row(group: Group, criterion: Criterion) -> list[Any]:
    return [
        group.name_vi,
        criterion.code,
        criterion.name_vi,
        criterion.max_points,
        _(SCORING[criterion.kind]) if criterion.kind else None,
        "; ".join(rule_lines(criterion)) or None,
        criterion.evidence or None,
        _(SOURCES[criterion.source]) if criterion.source else None,
        criterion.notes or None,
    ]
