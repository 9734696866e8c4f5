"""Letters with a way back in leave here; their secret is never stored, so each try makes a new one."""

from inspect_app import clock
from inspect_app.accounts.actions import keep_way_back, open_way_back
from inspect_app.db import transaction
from inspect_app.notifications.mailing import deliver, leaves


def send_way_back(email: str, invited: int = 0) -> None:
    """Sends a link for a new password to this address, if an account in use has it; otherwise does nothing."""
    with transaction():
        letter = open_way_back(email, invited=bool(invited), at=clock.now())
    if letter is None:
        return
    if leaves():
        deliver(letter.to_address, letter.subject, letter.body, message_id=str(letter.reset_id))
    with transaction():
        keep_way_back(letter, left=leaves(), at=clock.now())
