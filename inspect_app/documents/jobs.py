"""What runs later for documents: the making of papers."""

from uuid import UUID

from inspect_app import clock
from inspect_app.documents import actions


def render(render_id: str) -> None:
    """Makes a paper; the engine is on a leash of 90 seconds (see confined.py)."""
    actions.make_paper(UUID(render_id), clock.now)
