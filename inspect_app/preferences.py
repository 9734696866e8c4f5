"""What an administrator may set while the product runs; each has a default that works."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Date, String, case, cast, column, literal_column, select, table, union_all
from sqlalchemy.orm import Mapped, mapped_column

from inspect_app.db import Model, db
from inspect_app.refusals import N_


class Preference(Model):
    """A value that differs from its default."""

    __tablename__ = "preference"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    value: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]


@dataclass(frozen=True)
class Known:
    """One preference: its label on the settings page, its default, and the bounds of a number."""

    label: str
    default: int | str
    least: int = 0
    most: int = 10_000
    unit: str = ""


KNOWN: dict[str, Known] = {
    "site_name": Known(N_("Tên hiển thị của cơ quan"), "Thành phố Hà Nội"),
    "committee_name": Known(N_("Tên Ban Chỉ đạo"), "Ban Chỉ đạo CCHC Thành phố Hà Nội"),
    "place_name": Known(N_("Địa danh trên văn bản"), "Hà Nội"),
    "coverage_counts_from": Known(N_("Đơn vị được tính là đã kiểm tra từ khi"), "minutes_signed"),
    "explanation_days": Known(N_("Thời hạn đơn vị giải trình"), 5, 1, 60, N_("ngày làm việc")),
    "review_rounds": Known(N_("Số vòng giải trình tối đa"), 2, 1, 5, N_("vòng")),
    "task_days": Known(N_("Thời hạn khắc phục mặc định"), 15, 1, 250, N_("ngày làm việc")),
    "acknowledge_days": Known(N_("Tự động tiếp nhận nhiệm vụ sau"), 3, 1, 30, N_("ngày làm việc")),
    "due_soon_days": Known(N_("Báo sắp đến hạn khi còn"), 5, 1, 30, N_("ngày làm việc")),
    "conflict_months": Known(N_("Không kiểm tra đơn vị cũ trong vòng"), 24, 0, 120, N_("tháng")),
    "repeat_window_days": Known(N_("Cảnh báo khi một đơn vị bị kiểm tra lại trong vòng"), 90, 0, 730, N_("ngày")),
    "document_megabytes": Known(N_("Dung lượng tối đa một tài liệu"), 25, 1, 200, "MB"),
    "photo_megabytes": Known(N_("Dung lượng tối đa một ảnh"), 20, 1, 100, "MB"),
    "photo_megapixels": Known(N_("Số điểm ảnh tối đa một ảnh"), 50, 1, 200, "MP"),
    "unit_megabytes": Known(N_("Tổng dung lượng tệp của một đơn vị"), 500, 10, 100_000, "MB"),
}


DECIDED_DAYS = table("day_override", column("day", Date), column("works", Boolean))
"""Decisions on days by the name of their table: what counts days needs preferences too, so both come together."""


BOTH = union_all(
    select(literal_column("'preference'", String), Preference.name, cast(Preference.value, String)),
    select(literal_column("'day'"), cast(DECIDED_DAYS.c.day, String), case((DECIDED_DAYS.c.works, "1"), else_="")),
)


class InForce(NamedTuple):
    """What was set and decided: preferences that differ from their default, and (day, whether it is worked)."""

    preferences: dict[str, Any]
    days: tuple[tuple[date, bool], ...]


def in_force() -> InForce:
    """What is in force now; read once in a transaction, in one question."""
    session = db.session()
    transaction, found = session.info.get("in_force", (None, None))
    if found is None or transaction is not session.get_transaction():
        found = _read()
        session.info["in_force"] = (session.get_transaction(), found)
    return found


def forget_in_force() -> None:
    """The next question reads the tables again: something was set or decided in this transaction."""
    db.session().info.pop("in_force", None)


def _read() -> InForce:
    rows = db.session.execute(BOTH).all()
    set_here = {
        name: json.loads(value)["value"] for kind, name, value in rows if kind == "preference" and name in KNOWN
    }
    days = sorted((date.fromisoformat(day), bool(works)) for kind, day, works in rows if kind == "day")
    return InForce(set_here, tuple(days))


def preference(name: str) -> Any:
    """The value in force. Raises KeyError for a name that the product does not know."""
    known = KNOWN[name]
    return in_force().preferences.get(name, known.default)


def preferences() -> dict[str, Any]:
    """Every preference in force, by name."""
    return {name: preference(name) for name in KNOWN}


def set_preference(name: str, value: int | str, *, at: datetime) -> Preference:
    """Stores a value; the caller checks it against KNOWN, and records who changed it."""
    row = db.session.scalar(select(Preference).where(Preference.name == name))
    if row is None:
        row = Preference(name=name)
        db.session.add(row)
    row.value = {"value": value}
    row.changed_at = at
    forget_in_force()
    return row
