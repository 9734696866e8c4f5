"""The list of tasks as a table for spreadsheets: the rows of the page, with the same days counted the same way."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from inspect_app.display import label
from inspect_app.documents.xlsx import Column
from inspect_app.tasks.lateness import of_rows
from inspect_app.tasks.queries_list import Listing


def columns() -> list[Column]:
    return [
        Column(_("Số nhiệm vụ"), 12),
        Column(_("Đơn vị"), 34),
        Column(_("Chức vụ được giao"), 26),
        Column(pgettext("task", "Việc"), 60),
        Column(_("Sản phẩm"), 34),
        Column(_("Trạng thái"), 18),
        Column(_("Ngày giao"), 12),
        Column(_("Hạn gốc"), 12),
        Column(_("Hạn hiện hành"), 12),
        Column(_("Quá hạn (ngày làm việc)"), 14),
        Column(_("Tiến độ (%)"), 10),
        Column(_("Số lần gia hạn"), 10),
        Column(_("Số lần bị trả lại"), 10),
        Column(_("Ngày nộp"), 12),
    ]


def rows(listing: Listing, order: str) -> Iterator[tuple[Any, ...]]:
    """One tuple for each task of the selection, in the order of the page."""
    for part in listing.every_row(order):
        late = of_rows(part, listing.calendar, listing.on)
        for row in part:
            yield (
                f"{row.year}/{row.number:04d}",
                row.unit_name,
                row.post_title,
                row.what,
                row.deliverable,
                label(row.state),
                row.assigned_on,
                row.original_due_on,
                row.due_on,
                late[row.id].days,
                row.percent,
                row.extended_count,
                row.returned_count,
                row.submitted_on,
            )
