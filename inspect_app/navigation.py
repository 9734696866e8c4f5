"""Which rooms a person sees in the top bar."""

from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from inspect_app.permissions import Permission, Role, may

ROOMS = {
    "": "overview",
    "tablet": "inspections",
    "tablets": "inspections",
    "posts": "units",
    "tenures": "units",
    "people": "accounts",
    "holidays": "accounts",
    "settings": "accounts",
    "system": "accounts",
    "log": "accounts",
}
"""The room of a page by the first word of its address, where that word is not the room's own name."""


class Place(NamedTuple):
    """One link of the top bar."""

    label: str
    url: str
    current: bool


def navigation(actor: Any) -> list[Place]:
    """The links that this person may open, in the order of the work."""
    if not getattr(actor, "is_authenticated", False):
        return []
    at_unit = bool(actor.head_of) or actor.holds(Role.FOCAL_POINT, None)
    rooms = [
        (_("Tổng quan"), "overview.index", Permission.OVERVIEW),
        (_("Kế hoạch"), "plans.index", Permission.PLAN_VIEW),
        (_("Cuộc kiểm tra"), "inspections.index", Permission.INSPECTION_VIEW),
        (_("Việc của đơn vị") if at_unit else _("Nhiệm vụ khắc phục"), "tasks.index", Permission.TASK_VIEW),
        (_("Tồn tại, hạn chế"), "findings.index", Permission.FINDING_VIEW),
        (_("Ban Chỉ đạo"), "committee.index", Permission.COMMITTEE_VIEW),
        (pgettext("page", "Đơn vị"), "units.index", Permission.UNIT_VIEW),
        (pgettext("page", "Bộ tiêu chí"), "rubrics.index", Permission.RUBRIC_VIEW),
        (_("Quản trị"), "accounts.people", Permission.ADMIN_PEOPLE),
    ]
    first = request.path.split("/")[1]
    room = ROOMS.get(first, first)
    return [
        Place(label, url_for(endpoint), room == endpoint.split(".")[0])
        for label, endpoint, permission in rooms
        if may(actor, permission)
    ]
