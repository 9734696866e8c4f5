"""What the product says when it will not do something.

Rules and actions raise a Refused with a message id; the shell shows it in the reader's language.
"""

from typing import Any


def N_(message: str) -> str:
    """Marks a message for the catalogue of translations and gives it back unchanged."""
    return message


class Placed(str):
    """A message id whose English depends on where it stands (`place`)."""

    place: str


def NP_(place: str, message: str) -> Placed:
    """Marks a message as N_() does, with the place that tells it from the same Vietnamese words elsewhere."""
    placed = Placed(message)
    placed.place = place
    return placed


class Refused(Exception):
    """A wish that the product turns down, in words that say what happened and what to do.

    `message` is a message id with named places (`%(day)s`), `facts` fill them. `status` is the HTTP answer.
    `changed` lists what happened meanwhile, for a page that had grown stale.
    """

    def __init__(self, message: str, /, *, status: int = 409, changed: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.changed = changed
        self.facts = facts

    def __str__(self) -> str:
        return self.message % self.facts if self.facts else self.message


class NotVisible(Refused):
    """The thing does not exist for this person: a page outside one's scope is a 404, never a leaked 403."""

    def __init__(self) -> None:
        super().__init__(N_("Không tìm thấy trang hoặc hồ sơ này."), status=404)


class NotPermitted(Refused):
    """The person may see the thing but not do this to it."""

    def __init__(self, message: str = N_("Bạn không có quyền làm việc này."), **facts: Any) -> None:
        super().__init__(message, status=403, **facts)
