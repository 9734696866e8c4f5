"""The minutes: written, signed by both sides over the same record, or a refusal noted; then the record freezes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspect_app.audit.actions import Doer, record, touch
from inspect_app.calendars.queries import working_calendar
from inspect_app.calendars.rules import local_day
from inspect_app.crashpoints import crashpoint
from inspect_app.db import db
from inspect_app.inspections import jobs
from inspect_app.inspections.actions_moves import move_inspection
from inspect_app.inspections.actions_papers import Numbered, issue_paper, renumber_paper
from inspect_app.inspections.models import GlassSignature, Inspection, Signature
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries_field import locked, open_conflicts
from inspect_app.inspections.queries_review import FindingsOf, figures_counted, hash_of_record, paper_of, signatures_of
from inspect_app.inspections.queries_scores import score_sheet
from inspect_app.inspections.queries_tablet import glass_of_unit
from inspect_app.inspections.rules import MOVES, RECORD_OPEN
from inspect_app.inspections.rules_review import HEAD, LEAD, SIDES
from inspect_app.moves import next_state
from inspect_app.preferences import preference
from inspect_app.queue import later
from inspect_app.refusals import N_, Refused


@dataclass(frozen=True, slots=True)
class Minutes:
    """The words of the minutes beside the record itself, and the number of the paper (None while it has none)."""

    opening: str
    strengths: str = ""
    unit_opinion: str = ""
    paper: Numbered | None = None


class RecordChanged(Refused):
    """Somebody changed the record after this page was opened: read it again before signing."""

    def __init__(self) -> None:
        super().__init__(N_("Biên bản đã thay đổi sau khi bạn mở trang này. Hãy đọc lại rồi ký."))


def prepare_minutes(
    inspection: Inspection, minutes: Minutes, *, by: Doer, at: datetime, seen: int | None = None
) -> None:
    """Writes the words and the number of the minutes. Signatures over other words lose their force.

    Raises Refused once the minutes are signed, NumberTaken, Stale.
    """
    touch(inspection, seen)
    if inspection.state not in RECORD_OPEN:
        raise Refused(N_("Biên bản chỉ soạn được từ khi bắt đầu kiểm tra đến khi ký."))
    inspection.opening, inspection.strengths = minutes.opening, minutes.strengths
    inspection.unit_opinion = minutes.unit_opinion
    if minutes.paper is not None:
        _number(inspection, minutes.paper, at)
    document = str(minutes.paper) if minutes.paper else None
    record("minutes prepared", inspection, by=by, at=at, document=document)


def sign_minutes(
    inspection: Inspection, side: str, *, shown_hash: str, findings: FindingsOf, by: Doer, at: datetime
) -> bool:
    """One side's confirmation of the record as its page showed it (`shown_hash`). True when both have signed.

    `findings` reads the findings as the minutes state them. Raises RecordChanged when something changed meanwhile,
    Refused without a number of the minutes, with an open conflict of answers, or when one person signs for both.
    """
    digest = _ready(inspection, findings)
    if digest != shown_hash:
        raise RecordChanged
    crashpoint("sign.ready")
    _sign(inspection, side, digest, by=by, at=at)
    crashpoint("sign.signed")
    record("minutes confirmed", inspection, by=by, at=at, side=side, record_hash=digest)
    return _seal_if_both(inspection, digest, by=by, at=at)


def note_refusal(
    inspection: Inspection,
    *,
    witness: str,
    reason: str,
    shown_hash: str,
    findings: FindingsOf,
    by: Doer,
    at: datetime,
) -> bool:
    """The leader notes that the unit does not sign: who witnessed it, and why. True when the minutes stand signed."""
    if not (witness.strip() and reason.strip()):
        raise Refused(N_("Cần ghi tên người chứng kiến và lý do đơn vị không ký."), status=422)
    digest = _ready(inspection, findings)
    if digest != shown_hash:
        raise RecordChanged
    refusal: dict[str, Any] = {"refused": True, "witness": witness.strip(), "refusal_reason": reason.strip()}
    _sign(inspection, HEAD, digest, by=by, at=at, **refusal)
    record("refusal to sign noted", inspection, by=by, at=at, reason=reason, witness=witness, record_hash=digest)
    return _seal_if_both(inspection, digest, by=by, at=at)


def rest_on_glass(
    inspection: Inspection, *, content: str, shown_hash: str, findings: FindingsOf, by: Doer, at: datetime
) -> bool:
    """The leader takes in what the unit signed, or refused to sign, on the tablet. True when the minutes stand signed.

    `content` is the digest of answers, findings and photos as they are now; raises Refused when the unit's last word
    on a tablet was about another content, or when there is none.
    """
    digest = _ready(inspection, findings)
    if digest != shown_hash:
        raise RecordChanged
    glass = glass_of_unit(inspection.id)
    if glass is None or glass.digest != content:
        raise Refused(N_("Đơn vị đã ký trên nội dung khác. Hãy ký lại trên máy tính bảng hoặc bằng tài khoản."))
    told: dict[str, Any] = {"by": by, "at": at, "record_hash": digest, "signature": glass.id}
    if glass.refused:
        refusal: dict[str, Any] = {"refused": True, "witness": glass.witness, "refusal_reason": glass.refusal_reason}
        _sign(inspection, HEAD, digest, by=by, at=at, glass=glass, **refusal)
        record("refusal to sign noted", inspection, reason=glass.refusal_reason, witness=glass.witness, **told)
    else:
        _sign(inspection, HEAD, digest, by=by, at=at, glass=glass)
        record("minutes confirmed", inspection, side=HEAD, signer=glass.name, **told)
    return _seal_if_both(inspection, digest, by=by, at=at)


def _number(inspection: Inspection, paper: Numbered, at: datetime) -> None:
    row = paper_of(inspection.id, PaperKind.MINUTES)
    if row is None:
        issue_paper(inspection, PaperKind.MINUTES, paper, at=at)
    elif (row.number, row.issued_on) != (paper.number, paper.issued_on):
        renumber_paper(row, paper, at=at)


def _ready(inspection: Inspection, findings: FindingsOf) -> str:
    """Locks the inspection, checks what must hold before anybody signs, and gives the hash of the record as it is."""
    locked(inspection)
    next_state(MOVES, inspection.state, "sign")
    conflicts = sorted({version.criterion_code for version in open_conflicts(inspection.id)})
    if conflicts:
        codes = ", ".join(conflicts)
        raise Refused(N_("Còn câu trả lời mâu thuẫn chưa chọn: %(codes)s."), codes=codes)
    if paper_of(inspection.id, PaperKind.MINUTES) is None:
        raise Refused(N_("Biên bản chưa có số. Ghi số và ngày biên bản rồi ký."), status=422)
    return hash_of_record(inspection, findings)


def _sign(
    inspection: Inspection,
    side: str,
    digest: str,
    *,
    by: Doer,
    at: datetime,
    glass: GlassSignature | None = None,
    **refusal: Any,
) -> None:
    """A side signs once; over a changed record it signs anew in the same place."""
    there = signatures_of(inspection.id)
    other = there.get(LEAD if side == HEAD else HEAD)
    own_hands = not (refusal or glass) and other is not None and not (other.refused or other.glass_id)
    if own_hands and other is not None and other.person_id == by.id:
        raise Refused(N_("Một người không ký thay cho cả hai bên."), status=403)
    row = there.get(side) or Signature(inspection_id=inspection.id, side=side)
    row.person_id, row.signed_at, row.record_hash = by.id, at, digest
    row.refused = bool(refusal)
    row.glass_id = glass.id if glass else None
    row.witness, row.refusal_reason = refusal.get("witness"), refusal.get("refusal_reason")
    db.session.add(row)
    db.session.flush()


def _seal_if_both(inspection: Inspection, digest: str, *, by: Doer, at: datetime) -> bool:
    """With both sides on the same record it freezes: points and hash are stored, and coverage counts from here."""
    there = signatures_of(inspection.id)
    holding = [side for side in SIDES if side in there and there[side].record_hash == digest]
    if holding != list(SIDES):
        later(jobs.tell_of_review, inspection.id, "minutes_wait", key=f"minutes-wait:{inspection.id}:{digest[:16]}")
        return False
    figures = figures_counted(score_sheet(inspection))
    inspection.points, inspection.applicable_max = figures.points, figures.applicable_max
    inspection.index_pct, inspection.record_hash = figures.index_pct, digest
    days = preference("explanation_days")
    inspection.review_until = working_calendar().add_working_days(local_day(at), days)
    db.session.flush()
    crashpoint("sign.figures")
    paper = paper_of(inspection.id, PaperKind.MINUTES)
    move_inspection(
        inspection,
        "sign",
        by=by,
        at=at,
        document=paper.number if paper else None,
        record_hash=digest,
        points=figures.points,
        index_pct=figures.index_pct,
    )
    later(jobs.tell_of_review, inspection.id, "signed")
    crashpoint("sign.sealed")
    return True
