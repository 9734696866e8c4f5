"""What is told about plans, and to whom."""

from datetime import datetime

from inspect_app.accounts.queries import people_with_role
from inspect_app.calendars.rules import local_day
from inspect_app.db import db
from inspect_app.notifications.actions import tell
from inspect_app.permissions import Role
from inspect_app.plans.models import PlanVersion
from inspect_app.refusals import N_
from inspect_app.units.models import Unit


def submitted(version: PlanVersion, at: datetime) -> None:
    _tell(
        Role.AUTHORITY,
        version,
        N_("Kế hoạch kiểm tra năm %(year)s của %(unit)s (bản %(number)s) chờ phê duyệt."),
        at,
        key="submitted",
    )


def approved(version: PlanVersion, at: datetime) -> None:
    _tell(
        Role.OFFICE,
        version,
        N_("Kế hoạch kiểm tra năm %(year)s của %(unit)s (bản %(number)s) đã được phê duyệt theo %(decision)s."),
        at,
        key="approved",
        decision=version.decision_number,
    )


def returned(version: PlanVersion, at: datetime) -> None:
    _tell(
        Role.OFFICE,
        version,
        N_("Kế hoạch kiểm tra năm %(year)s của %(unit)s (bản %(number)s) bị trả lại: %(reason)s"),
        at,
        key="returned",
        reason=version.returned_reason,
    )


def _tell(role: Role, version: PlanVersion, message: str, at: datetime, *, key: str, **facts: str) -> None:
    plan = version.plan
    people = [person.id for person in people_with_role(role, plan.unit_id, local_day(at))]
    name = db.session.get_one(Unit, plan.unit_id).name
    told = {"year": plan.year, "unit": name, "number": version.number, **facts}
    tell(
        people,
        message,
        told,
        path=f"/plans/{plan.id}",
        thing=plan,
        at=at,
        key=f"plan:{version.id}:{key}:{version.version}",
    )
