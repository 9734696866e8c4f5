"""Places at which a test ends the process, as a cut of the power would; everywhere else they do nothing.

`INSPECT_CRASHPOINT=name` ends the process the first time that it passes the point, `name:3` the third time. Only a
demonstration listens to it, which is what the tests start: a production installation never ends itself.
"""

import os
import signal
from collections import Counter

POINTS = (
    "sync.begun",
    "sync.named",
    "sync.taken",
    "sync.committed",
    "change.read",
    "change.savepoint",
    "change.applied",
    "change.remembered",
    "change.released",
    "change.parked",
    "answer.history",
    "answer.current",
    "answer.logged",
    "answer.aside",
    "log.head",
    "log.appended",
    "outbox.asked",
    "transaction.done",
    "transaction.committed",
    "transaction.rung",
    "upload.announced",
    "upload.committed",
    "upload.opened",
    "upload.written",
    "upload.synced",
    "upload.whole",
    "upload.hashed",
    "upload.taken",
    "upload.attached",
    "upload.row",
    "upload.kept",
    "upload.dropped",
    "upload.aside",
    "store.written",
    "store.synced",
    "store.renamed",
    "sign.ready",
    "sign.signed",
    "sign.figures",
    "sign.sealed",
    "job.claimed",
    "job.begun",
    "job.ran",
    "job.done",
)
"""Every point there is, by the name that the code gives it."""

_passed: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    """Ends this process, without any tidying up, if a test asks for it here."""
    asked = os.environ.get("INSPECT_CRASHPOINT")
    if asked and os.environ.get("INSPECT_ENV") == "demo":
        _pass(name, asked)


def _pass(name: str, asked: str) -> None:
    wanted, _, times = asked.partition(":")
    if name != wanted:
        return
    _passed[name] += 1
    if _passed[name] == int(times or 1):
        os.kill(os.getpid(), signal.SIGKILL)
