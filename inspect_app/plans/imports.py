"""A plan as a spreadsheet: the rows of its page with the figures above them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from inspect_app.display import day, label, moment, pct
from inspect_app.documents.xlsx import Column
from inspect_app.plans.coverage import Figures
from inspect_app.plans.models import Plan
from inspect_app.plans.queries_coverage import Measured
from inspect_app.plans.queries_rows import PlanUnit, details_of
from inspect_app.plans.words import reason_words


def columns(plan: Plan) -> list[Column]:
    """The columns of the sheet."""
    return [
        Column(_("Mã đơn vị"), 14),
        Column(_("Đơn vị"), 40),
        Column(_("Nhóm đơn vị"), 24),
        Column(_("Loại"), 16),
        Column(_("Trạng thái trong kế hoạch"), 24),
        Column(_("Trạng thái cuộc kiểm tra"), 24),
        Column(_("Lý do chọn"), 50),
        Column(_("Quý"), 8),
        Column(_("Ngày dự kiến"), 14),
        Column(_("Đoàn"), 16),
        Column(_("Số lần hoãn"), 12),
        Column(_("Chỉ số %(year)s", year=plan.year - 1), 12),
        Column(_("Nhiệm vụ quá hạn"), 16),
    ]


def export_rows(rows: Iterable[PlanUnit]) -> Iterator[tuple[Any, ...]]:
    """The rows in their order."""
    listed = list(rows)
    details = details_of(listed)
    for row in listed:
        line = row.inspection
        kept = details.get(line.id) if line else None
        reasons = [reason_words(reason) for reason in kept.reasons] + [kept.grounds] if kept else []
        yield (
            row.unit.code,
            row.unit.name,
            row.unit.group,
            label(row.unit.kind),
            label(row.place),
            label(line.state) if line else "",
            "; ".join(reason for reason in reasons if reason),
            row.quarter,
            row.expected_on,
            line.team_name if line else "",
            line.facts.postponed_count if line else 0,
            row.last_index,
            row.overdue,
        )


def export_facts(plan: Plan, measured: Measured, at: datetime, conditions: Iterable[str]) -> list[str]:
    """The sentences above the table: as of when, how units are counted, the figures, the filter."""
    coverage = measured.coverage
    figures = [_sentence(group) for group in (coverage.whole, *coverage.groups)]
    return [
        _("Số liệu lúc %(moment)s, tính đến hết ngày %(on)s.", moment=moment(at), on=day(coverage.on)),
        _("%(basis)s. Ngày chốt mẫu số: %(on)s.", basis=label(coverage.basis), on=day(plan.denominator_on)),
        *figures,
        *conditions,
    ]


def _sentence(figures: Figures) -> str:
    return _(
        "%(name)s: cần %(required)s trên %(all)s đơn vị (%(pct)s); đã kiểm tra %(done)s, đã xếp lịch %(sure)s,"
        " nguy cơ %(risk)s, còn thiếu %(missing)s.",
        name=figures.name or _("Toàn bộ"),
        required=figures.required,
        all=figures.denominator,
        pct=pct(figures.target_pct),
        done=figures.done,
        sure=figures.scheduled - figures.at_risk,
        risk=figures.at_risk,
        missing=figures.missing,
    )
