"""What people make of changes that were put aside. The change itself stays as it came, for ever."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspect_app.audit.actions import Doer, record
from inspect_app.db import db, new_id
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused
from inspect_app.sync import jobs
from inspect_app.sync.actions import Parking, apply_change, remember
from inspect_app.sync.models import Parked
from inspect_app.sync.queries import known_mutation
from inspect_app.sync.queries_parked import author
from inspect_app.sync.rules import Change, Unreadable, read_change
from inspect_app.sync.words import PARKED


def apply_again(parked: Parked, *, by: Doer, at: datetime) -> str:
    """Does after all what a parked change says, as its author and by the path of every change.

    Gives "applied", "same" or "conflict". Raises Refused with the words why it still cannot be.
    """
    _require_unanswered(parked)
    raw = json.loads(parked.body)
    change = _readable(raw)
    first = known_mutation(change.id)
    own = first is None or first.result["result"].startswith("parked:")
    if not own:  # Its id belongs to another change, which keeps it.
        change = replace(change, id=new_id())
    try:
        ack = apply_change(change, author(change.author, at), at)
    except Parking as error:
        raise Refused(PARKED[error.reason]) from None
    except Unreadable:
        raise Refused(PARKED["unreadable"]) from None
    if first is None:
        remember(change, raw, ack, author_id=parked.author_id, inspection_id=change.inspection, at=at)
    elif own:
        first.result, first.inspection_id = ack, change.inspection
    _settle(parked, "applied", "", by=by, at=at)
    told: dict[str, Any] = {"change": change.id, "made_by": change.author, "result": ack["result"]}
    record("parked change applied", parked.inspection or parked, by=by, at=at, **told)
    return str(ack["result"])


def apply_late(parked: Parked, *, by: Doer, at: datetime) -> str:
    """The leader lets a late change in, once the record is open. Raises Refused."""
    if parked.inspection is None or parked.inspection.state not in RECORD_OPEN:
        raise Refused(N_("Hồ sơ không mở nên chưa áp dụng được thay đổi này."))
    return apply_again(parked, by=by, at=at)


def answer_parked(parked: Parked, words: str, *, by: Doer, at: datetime) -> None:
    """An administrator tells the author what becomes of a change that stays aside."""
    _require_unanswered(parked)
    _settle(parked, "answered", words, by=by, at=at)
    record("parked change answered", parked.inspection or parked, by=by, at=at, reason=words, parked=parked.id)


def note_late(parked: Parked, reason: str, *, by: Doer, at: datetime) -> None:
    """The leader has seen a late change and does not let it in, with the reason."""
    _require_unanswered(parked)
    _settle(parked, "noted", reason, by=by, at=at)
    record("late change noted", parked.inspection or parked, by=by, at=at, reason=reason, parked=parked.id)


def _require_unanswered(parked: Parked) -> None:
    db.session.refresh(parked, ["answered_at"], with_for_update=True)
    if parked.answered_at is not None:
        raise Refused(N_("Thay đổi này đã được trả lời."))


def _readable(raw: Any) -> Change:
    if isinstance(raw, dict) and raw.get("op") == "photo":
        raise Refused(N_("Ảnh này chưa áp dụng lại được; nguyên bản vẫn được giữ."))
    try:
        return read_change(raw)
    except Unreadable:
        raise Refused(PARKED["unreadable"]) from None


def _settle(parked: Parked, outcome: str, words: str, *, by: Doer, at: datetime) -> None:
    if outcome != "applied" and not words.strip():
        raise Refused(N_("Hãy ghi câu trả lời hoặc lý do."), status=422)
    parked.outcome, parked.answer = outcome, words.strip()
    parked.answered_at, parked.answered_by_id = at, by.id
    db.session.flush()
    later(jobs.tell_about_parked, parked.id)
