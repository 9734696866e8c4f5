"""What we tell whom about changes from tablets."""

from datetime import datetime

from inspect_app.inspections.models import Inspection
from inspect_app.notifications.actions import tell
from inspect_app.refusals import N_
from inspect_app.sync.models import Parked

MESSAGES = {
    "applied": N_("Thay đổi của bạn ở cuộc kiểm tra %(visit)s, từng được giữ riêng, đã được áp dụng."),
    "answered": N_("Thay đổi được giữ riêng của bạn ở cuộc kiểm tra %(visit)s đã có trả lời: %(words)s"),
    "noted": N_("Thay đổi đến muộn của bạn ở cuộc kiểm tra %(visit)s được ghi nhận, không áp dụng: %(words)s"),
}


def parked_answered(parked: Parked, *, at: datetime) -> None:
    """The author hears what became of the change; whoever answered their own needs no notice."""
    if parked.outcome is None or parked.answered_by_id == parked.author_id:
        return
    tell(
        [parked.author_id],
        MESSAGES[parked.outcome],
        {"visit": _name_of(parked.inspection), "words": parked.answer},
        path="/tablet",
        thing=parked,
        at=at,
        key=f"parked:{parked.id}",
        mail=False,
    )


def _name_of(inspection: Inspection | None) -> str:
    return f"{inspection.unit.name} ({inspection.code})" if inspection else "–"
