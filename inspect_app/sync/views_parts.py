"""What tablets sent, in words: refusals, and changes that were put aside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from inspect_app.display import told
from inspect_app.inspections.rules_field import in_words as answer_in_words
from inspect_app.refusals import N_
from inspect_app.rubrics.queries import rubric_of
from inspect_app.sync.models import Parked
from inspect_app.sync.rules import Unreadable, composed
from inspect_app.sync.words import PARKED

OPERATIONS = {
    "answer": N_("Câu trả lời"),
    "note": N_("Ghi chú"),
    "start": N_("Bắt đầu kiểm tra"),
    "finish": N_("Kết thúc thực địa"),
    "finding": N_("Tồn tại, hạn chế"),
    "file_removal": N_("Gỡ tệp"),
    "sample": N_("Rút mẫu hồ sơ"),
    "signature": N_("Chữ ký trên máy tính bảng"),
    "refusal": N_("Đơn vị không ký"),
    "claim": N_("Nhận phần kiểm tra"),
    "photo": N_("Ảnh"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A parked change for a person to read: what it is (`kind`), what it says, why it was put aside, where from."""

    parked: Parked
    kind: str
    criterion: str
    says: str
    why: str
    made_at: datetime | None
    device: str

    @property
    def is_photo(self) -> bool:
        """A photo is looked at; it cannot be let in as a change can."""
        return '"op":"photo"' in self.parked.body


def in_words(ack: dict[str, Any]) -> dict[str, Any]:
    """An acknowledgement with its refusal in the reader's language."""
    return {**ack, "words": refusal_words(ack["words"])} if ack.get("words") else ack


def refusal_words(words: dict[str, Any]) -> str:
    """A kept refusal in the reader's language."""
    facts = {name: _(fact) if name in words["translated"] else fact for name, fact in words["facts"].items()}
    return told(words["message"], facts)


def told_of(parked: Parked) -> Told:
    """A parked change in words, as far as it can be read."""
    body = json.loads(parked.body)
    raw = body if isinstance(body, Mapping) else {}
    kind = OPERATIONS.get(_text(raw, "op"))
    return Told(
        parked=parked,
        kind=_(kind) if kind else _("Thay đổi"),
        criterion=_text(raw, "criterion"),
        says=_says(parked, raw),
        why=refusal_words(parked.words) if parked.words else _(PARKED.get(parked.reason, PARKED["failed"])),
        made_at=_moment(raw, "client_time") or _moment(raw, "taken_at"),
        device=_text(raw, "device"),
    )


def _says(parked: Parked, raw: Mapping[str, Any]) -> str:
    value = raw.get("value")
    if raw.get("op") == "note":
        return _text(raw, "note")
    if raw.get("op") == "photo":
        return _text(raw, "name")
    if not isinstance(value, Mapping):
        return _("Bỏ câu trả lời") if raw.get("op") == "answer" else ""
    if raw.get("op") == "answer":
        return _answer(parked, raw, value)
    parts = [_text(value, name) for name in ("fact", "label", "name", "title", "section", "reason", "witness")]
    if raw.get("op") == "sample":
        parts.append(
            _("%(size)s trên %(population)s hồ sơ", size=value.get("size"), population=value.get("population"))
        )
    return " · ".join(part for part in parts if part)


def _answer(parked: Parked, raw: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """The answer as a person reads it; what does not fit its criterion is shown as it came."""
    as_sent = json.dumps(value, ensure_ascii=False)[:300]
    if parked.inspection is None or parked.inspection.rubric_version_id is None:
        return as_sent
    for leaf in rubric_of(parked.inspection.rubric_version_id).leaves():
        if leaf.code == raw.get("criterion"):
            try:
                return told(*answer_in_words(leaf, value))
            except (KeyError, IndexError, TypeError, ValueError):
                return as_sent
    return as_sent


def _text(raw: Mapping[str, Any], name: str) -> str:
    try:
        return composed(raw.get(name) or "", 4000)
    except Unreadable:
        return ""


def _moment(raw: Mapping[str, Any], name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(raw, name))
    except ValueError:
        return None
    return moment if moment.tzinfo and 1900 < moment.year < 2300 else None
