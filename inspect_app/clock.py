"""The only clock of the product. Rules and actions get the time as an argument; views, jobs and commands ask here."""

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

_shift = timedelta()


def set_demo_now(moment: str | None) -> None:
    """Moves the clock of a demonstration so that it starts at `moment` (ISO, Hà Nội time) and runs on from there.

    The start is remembered in the environment, so that the web, the worker and the clock process agree.
    """
    global _shift
    if not moment:
        _shift = timedelta()
        return
    started = os.environ.setdefault("INSPECT_DEMO_STARTED", datetime.now(UTC).isoformat())
    wanted = datetime.fromisoformat(moment)
    if wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=HANOI)
    _shift = wanted - datetime.fromisoformat(started)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC) + _shift


def today() -> date:
    """This day in Hà Nội; a deadline is the end of its day there."""
    return now().astimezone(HANOI).date()


def local(moment: datetime) -> datetime:
    """A stored moment as the reader's wall clock shows it."""
    return moment.astimezone(HANOI)
