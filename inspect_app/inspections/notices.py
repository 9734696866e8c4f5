"""What we tell whom about an inspection."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from inspect_app.calendars.rules import local_day, written
from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries_schedule import focal_point_ids, head_ids, member_ids
from inspect_app.inspections.rules import InspectionForm
from inspect_app.notifications.actions import tell
from inspect_app.refusals import N_
from inspect_app.units.models import Unit


@dataclass(frozen=True, slots=True)
class News:
    """The words of a piece of news, and whether the unit, the team or both hear of it."""

    message: str
    to_unit: bool = False
    to_team: bool = False


NEWS = {
    "scheduled": News(N_("Bạn được cử vào đoàn kiểm tra %(unit)s từ %(first)s đến %(last)s."), to_team=True),
    "rescheduled": News(N_("Cuộc kiểm tra %(unit)s đổi lịch: từ %(first)s đến %(last)s."), to_unit=True, to_team=True),
    "team_changed": News(N_("Đoàn kiểm tra %(unit)s (từ %(first)s) đã thay đổi thành viên."), to_team=True),
    "notified": News(
        N_("%(unit)s được kiểm tra cải cách hành chính từ %(first)s đến %(last)s."), to_unit=True, to_team=True
    ),
    "postponed": News(N_("Cuộc kiểm tra %(unit)s dự kiến từ %(first)s đã hoãn."), to_unit=True, to_team=True),
    "cancelled": News(N_("Cuộc kiểm tra %(unit)s dự kiến từ %(first)s đã hủy."), to_unit=True, to_team=True),
    "started": News(N_("Đoàn kiểm tra đã công bố quyết định kiểm tra đột xuất tại %(unit)s."), to_unit=True),
}


def tell_of(inspection: Inspection, event: str, *, at: datetime) -> None:
    """Tells the team, and the unit's head and focal points once they may know of the check."""
    news = NEWS[event]
    unit = db.session.get_one(Unit, inspection.unit_id)
    told: set[UUID] = set()
    if news.to_team:
        told.update(member_ids(inspection.id))
    if news.to_unit and _unit_may_know(inspection):
        told.update(head_ids(unit.id, local_day(at)), focal_point_ids(unit.id, local_day(at)))
    tell(
        sorted(told),
        news.message,
        {"unit": unit.name, "first": _day(inspection.starts_on), "last": _day(inspection.ends_on)},
        path=f"/inspections/{inspection.id}",
        thing=inspection,
        at=at,
        key=f"inspection:{inspection.id}:{event}:{inspection.version}",
    )


def _unit_may_know(inspection: Inspection) -> bool:
    """A unit hears of a check from its notice on; of an unannounced one when it has begun."""
    if inspection.form is InspectionForm.UNANNOUNCED:
        return inspection.started_at is not None
    return inspection.notified_at is not None or inspection.started_at is not None


def _day(day: date | None) -> str:
    return written(day) if day else "–"
