"""What is told about findings, and to whom."""

from datetime import datetime

from inspect_app.accounts.queries import people_with_role
from inspect_app.calendars.rules import local_day
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import State
from inspect_app.notifications.actions import tell
from inspect_app.permissions import Role
from inspect_app.refusals import N_

DECISIONS = {
    State.CONFIRMED: N_("Tồn tại ở tiêu chí %(code)s được xác nhận: %(fact)s"),
    State.WITHDRAWN: N_("Tồn tại ở tiêu chí %(code)s đã rút: %(fact)s"),
    State.NOTED: N_("Tồn tại ở tiêu chí %(code)s được ghi nhận, không phải khắc phục: %(fact)s"),
}


def decided(finding: Finding, at: datetime) -> None:
    """Tells the unit's head and focal points, in their inbox alone: decisions come by the dozen."""
    message = DECISIONS.get(finding.state)
    if message is None:
        return
    on = local_day(at)
    people = [
        person.id for role in (Role.HEAD, Role.FOCAL_POINT) for person in people_with_role(role, finding.unit_id, on)
    ]
    tell(
        dict.fromkeys(people),
        message,
        {"code": finding.criterion_code, "fact": finding.fact},
        path=f"/findings/{finding.id}",
        thing=finding,
        at=at,
        key=f"finding:{finding.id}:{finding.version}",
        mail=False,
    )
