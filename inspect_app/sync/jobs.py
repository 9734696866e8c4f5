"""What runs later for the tablets."""

from uuid import UUID

from inspect_app import clock
from inspect_app.db import transaction
from inspect_app.sync import notices
from inspect_app.sync.queries_parked import find_parked


def tell_about_parked(parked_id: str) -> None:
    """Tells the author what became of a change that was put aside."""
    with transaction():
        notices.parked_answered(find_parked(UUID(parked_id)), at=clock.now())
