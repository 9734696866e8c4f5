"""What is told about overdue work, and to whom."""

from datetime import datetime
from uuid import UUID

from inspect_app.accounts.queries import people_with_role
from inspect_app.calendars.rules import local_day
from inspect_app.notifications.actions import tell
from inspect_app.permissions import Role
from inspect_app.refusals import N_
from inspect_app.tasks.queries_overdue import count_of_unit
from inspect_app.units.models import Unit

REMINDER = N_("%(unit)s có %(n)s nhiệm vụ khắc phục quá hạn. Hãy báo cáo tiến độ hoặc nộp kết quả.")
PATH = "/tasks?view=overdue"


def reminded(unit: Unit, at: datetime) -> None:
    """The head and the focal points, with how much is overdue by now; nobody when all has been done meanwhile."""
    on = local_day(at)
    count = count_of_unit(unit.id, on)
    if count:
        facts = {"unit": unit.name, "n": count}
        tell(recipients(unit.id, at), REMINDER, facts, path=PATH, thing=unit, at=at, key=f"reminded:{unit.id}:{on}")


def recipients(unit_id: UUID, at: datetime) -> list[UUID]:
    """Who is reminded for a unit."""
    on = local_day(at)
    people = [*people_with_role(Role.HEAD, unit_id, on), *people_with_role(Role.FOCAL_POINT, unit_id, on)]
    return list(dict.fromkeys(person.id for person in people))
