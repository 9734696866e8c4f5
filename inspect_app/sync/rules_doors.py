"""What a tablet says of itself, read without trust; and when the office should look after it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inspect_app.moves import Named
from inspect_app.refusals import N_
from inspect_app.sync.rules import Unreadable, composed

PROTOCOL = 1
"""The version of the protocol that this server speaks; older ones are understood for ever."""
MOST = 10**6
LONGEST_SKEW = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=24)


class Worry(Named):
    """Why somebody should look after a tablet."""

    CLOCK = "clock", N_("Đồng hồ lệch")
    WAIT = "wait", N_("Chờ quá 24 giờ")
    EVICTED = "evicted", N_("Trình duyệt có thể xóa dữ liệu")


@dataclass(frozen=True, slots=True)
class Report:
    """How a tablet is: how much waits on it, how many photos, since when, and its clock."""

    device: str
    waiting: int
    photos: int
    oldest: datetime | None
    app_version: str
    client_time: datetime | None
    storage: dict[str, Any]

    def skew(self, at: datetime) -> int:
        """How many seconds the tablet's clock is ahead of ours."""
        return 0 if self.client_time is None else round((self.client_time - at).total_seconds())


def read_report(raw: Any) -> Report | None:
    """The report in a JSON object; None for what is none, since no report may ever hold back the changes beside it."""
    if not isinstance(raw, Mapping):
        return None
    try:
        storage = raw.get("storage")
        report = Report(
            device=composed(raw.get("device"), 60),
            waiting=_count(raw.get("waiting")),
            photos=_count(raw.get("photos")),
            oldest=_moment(raw.get("oldest")),
            app_version=composed(raw.get("app_version") or "", 40),
            client_time=_moment(raw.get("client_time")),
            storage=_storage(storage) if isinstance(storage, Mapping) else {},
        )
    except (Unreadable, ValueError, TypeError, OverflowError):
        return None
    return report if report.device else None


def worries(
    at: datetime, *, skew: int, waiting: int, since: datetime | None, storage: Mapping[str, Any]
) -> tuple[Worry, ...]:
    """What is wrong with a tablet on which items wait since a moment of its own clock, `skew` seconds ahead of ours."""
    waited = waiting and since is not None and at - (since - timedelta(seconds=skew)) > LONGEST_WAIT
    found = {
        Worry.CLOCK: abs(skew) >= LONGEST_SKEW.total_seconds(),
        Worry.WAIT: bool(waited),
        Worry.EVICTED: bool(waiting) and storage.get("persisted") is False,
    }
    return tuple(worry for worry, is_so in found.items() if is_so)


def protocol_of(text: str | None) -> int:
    """The version in the header X-Sync-Protocol; without one, the first."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else PROTOCOL


def _count(number: Any) -> int:
    if number is None:
        return 0
    if not isinstance(number, int) or isinstance(number, bool):
        raise Unreadable("count")
    return min(max(number, 0), MOST)


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(composed(text, 40))
    if moment.tzinfo is None or not 1990 < moment.year < 2090:
        raise Unreadable("moment")
    return moment


def _storage(raw: Mapping[str, Any]) -> dict[str, Any]:
    free = raw.get("free")
    whole = isinstance(free, int) and not isinstance(free, bool) and 0 <= free < 2**53
    return {"persisted": raw.get("persisted") is True, "free": free if whole else None}
