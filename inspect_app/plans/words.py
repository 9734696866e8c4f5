"""What the log and the screen call things of plans."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from inspect_app.display import points, told
from inspect_app.plans.proposal import ReasonCode
from inspect_app.plans.queries_rows import Place
from inspect_app.plans.rules import PlanState
from inspect_app.refusals import N_, NP_

ACTIONS = {
    "plan created": NP_("log", "Lập kế hoạch"),
    "plan targets changed": NP_("log", "Sửa chỉ tiêu của kế hoạch"),
    "plan lines added": NP_("log", "Thêm đơn vị vào kế hoạch"),
    "plan line dropped": NP_("log", "Bỏ đơn vị khỏi đề xuất"),
    "plan line locked": NP_("log", "Khóa dòng kế hoạch"),
    "plan line unlocked": NP_("log", "Mở khóa dòng kế hoạch"),
    "plan unit excluded": NP_("log", "Đưa đơn vị ra ngoài mẫu số"),
    "plan exclusion lifted": NP_("log", "Đưa đơn vị trở lại mẫu số"),
    "plan submitted": NP_("log", "Trình phê duyệt kế hoạch"),
    "plan approved": NP_("log", "Phê duyệt kế hoạch"),
    "plan returned": NP_("log", "Trả lại kế hoạch"),
    "plan version opened": NP_("log", "Mở bản điều chỉnh của kế hoạch"),
}

STATE_TONES = {
    PlanState.DRAFT: "neutral",
    PlanState.SUBMITTED: "info",
    PlanState.APPROVED: "good",
    PlanState.RETURNED: "warn",
}

PLACE_TONES = {
    Place.DONE: "good",
    Place.SCHEDULED: "info",
    Place.AT_RISK: "warn",
    Place.PROPOSED: "neutral",
    Place.HELD_UP: "warn",
    Place.OPEN: "outline",
}
"""The tone of a unit's badge in the plan."""

COMPARED = {
    "quarter": N_("Quý"),
    "starts_on": N_("Ngày bắt đầu"),
    "team": N_("Đoàn"),
    "grounds": N_("Căn cứ"),
}
"""What may differ in a line from version to version."""

PLAIN = {
    ReasonCode.NEVER_SINCE_FOUNDED: N_("Chưa kiểm tra từ khi thành lập"),
    ReasonCode.YEARS_SINCE: N_("Nhiều năm chưa kiểm tra"),
    ReasonCode.CHECKED_LAST_YEAR: N_("Đã kiểm tra năm trước"),
    ReasonCode.OVERDUE_TASKS: N_("Có nhiệm vụ khắc phục quá hạn"),
    ReasonCode.LOW_INDEX: N_("Chỉ số năm trước thấp"),
    ReasonCode.LOWEST_INDEX: N_("Chỉ số năm trước thấp nhất nhóm"),
}
"""A reason whose facts were not kept."""


def reason_words(reason: Any) -> str:
    """A stored reason, {"code", "facts"} or words as they were typed, in the reader's language."""
    if not isinstance(reason, Mapping):
        return str(reason)
    known = {code.value: code for code in ReasonCode}
    code, facts = known.get(str(reason.get("code"))), dict(reason.get("facts") or {})
    if code is None:
        return str(facts.get("words") or reason.get("code") or "")
    if "index" in facts:
        facts["index"] = _index(facts["index"])
    try:
        return told(code.label, facts)
    except KeyError:
        return told(PLAIN.get(code, code.label))


def _index(value: Any) -> str:
    try:
        return points(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


JOBS = {
    "inspect_app.plans.jobs.tell_about_submission": N_("Báo tin kế hoạch chờ phê duyệt"),
    "inspect_app.plans.jobs.tell_about_approval": N_("Báo tin kế hoạch được phê duyệt"),
    "inspect_app.plans.jobs.tell_about_return": N_("Báo tin kế hoạch bị trả lại"),
}
"""What runs later, as the page of the system calls it."""
