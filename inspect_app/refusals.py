"""What the product says when it will not do something.

Rules and actions raise a Refused with a message id; the shell shows it in the reader's language.
"""

from collections.abc import Iterator
from contextlib import contextmanager
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
    `changed` lists what happened meanwhile, for a page that had grown stale. `about` names what was typed wrongly, as
    the forms call it.
    """

    def __init__(
        self, message: str, /, *, status: int = 409, changed: tuple[str, ...] = (), about: str = "", **facts: Any
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.changed = changed
        self.about = about
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


class RefusedTogether(Refused):
    """Several refusals of one wish; where only one can be told, it is the first."""

    def __init__(self, reasons: list[Refused]) -> None:
        super().__init__(reasons[0].message, status=reasons[0].status, about=reasons[0].about, **reasons[0].facts)
        self.reasons = reasons


class Together:
    """Hears every refusal before it raises one: `with together("starts_on"): …` for each check, then `settle()`."""

    def __init__(self) -> None:
        self.reasons: list[Refused] = []

    @contextmanager
    def __call__(self, about: str = "") -> Iterator[None]:
        try:
            yield
        except RefusedTogether as several:
            self.reasons += several.reasons
        except Refused as reason:
            reason.about = reason.about or about
            self.reasons.append(reason)

    def settle(self) -> None:
        """Raises what was refused."""
        if self.reasons:
            raise self.reasons[0] if len(self.reasons) == 1 else RefusedTogether(self.reasons)
