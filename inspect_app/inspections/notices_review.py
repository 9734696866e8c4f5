"""What we tell whom from the minutes to the conclusion."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inspect_app.accounts.queries import people_with_role
from inspect_app.calendars.rules import local_day, written
from inspect_app.db import db
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries_schedule import focal_point_ids, head_ids, member_ids
from inspect_app.notifications.actions import tell
from inspect_app.permissions import Role
from inspect_app.refusals import N_
from inspect_app.units.models import Unit


@dataclass(frozen=True, slots=True)
class News:
    """The words of a piece of news, the page below the inspection's own, and who hears of it."""

    message: str
    page: str = ""
    to_unit: bool = False
    to_team: bool = False
    to_role: Role | None = None


NEWS = {
    "minutes_wait": News(N_("Biên bản kiểm tra %(unit)s chờ ký."), "/minutes", to_unit=True, to_team=True),
    "signed": News(
        N_("Biên bản kiểm tra %(unit)s đã ký. Đơn vị giải trình đến hết ngày %(until)s."),
        "/explanations",
        to_unit=True,
        to_team=True,
    ),
    "explained": News(N_("%(unit)s đã gửi giải trình, chờ thẩm định."), "/explanations", to_role=Role.OFFICE),
    "appraised": News(N_("Giải trình của %(unit)s đã được thẩm định."), "/explanations", to_unit=True, to_team=True),
    "reported": News(N_("Báo cáo kết quả kiểm tra %(unit)s chờ kết luận."), to_role=Role.AUTHORITY),
    "concluded": News(N_("Đã ban hành kết luận kiểm tra %(unit)s."), to_unit=True, to_team=True),
    "reopened": News(
        N_("Cuộc kiểm tra %(unit)s được mở lại. Đơn vị giải trình đến hết ngày %(until)s."),
        "/explanations",
        to_unit=True,
        to_team=True,
    ),
}


def tell_of(inspection: Inspection, event: str, *, at: datetime) -> None:
    """Tells the unit's head and focal points, the team, or those who decide next."""
    news, on = NEWS[event], local_day(at)
    unit = db.session.get_one(Unit, inspection.unit_id)
    told: set[UUID] = set()
    if news.to_team:
        told.update(member_ids(inspection.id))
    if news.to_unit:
        told.update(head_ids(unit.id, on), focal_point_ids(unit.id, on))
    if news.to_role:
        told.update(person.id for person in people_with_role(news.to_role, unit.id, on))
    until = written(inspection.review_until) if inspection.review_until else "–"
    tell(
        sorted(told),
        news.message,
        {"unit": unit.name, "until": until},
        path=f"/inspections/{inspection.id}{news.page}",
        thing=inspection,
        at=at,
        key=f"inspection:{inspection.id}:{event}:{inspection.version}",
    )
