"""What a team does on its tablet beside answering: draws of case files, signatures on glass, claims of sections."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from inspect_app.audit.actions import Doer, record
from inspect_app.db import db
from inspect_app.inspections.actions_field import NotOnTeam, RecordClosed
from inspect_app.inspections.models import GlassSignature, Inspection, SampleDraw, SectionClaim
from inspect_app.inspections.queries_field import is_member, locked
from inspect_app.inspections.queries_tablet import claim_of
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.inspections.rules_tablet import draw
from inspect_app.refusals import N_, Refused


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw as the tablet made it; `label` says of what."""

    seed: int
    population: int
    size: int
    numbers: list[int]
    label: str = ""


@dataclass(frozen=True, slots=True)
class OnGlass:
    """What was signed, or refused, before the team's eyes; `digest` is that of the content which was shown."""

    side: str
    digest: str
    name: str = ""
    title: str = ""
    strokes: tuple[tuple[int, ...], ...] = ()
    witness: str | None = None
    refusal_reason: str | None = None


def require_open(inspection: Inspection, by: Doer) -> None:
    """Locks the inspection. Raises NotOnTeam, or RecordClosed when its record takes nothing in now."""
    locked(inspection)
    if not is_member(inspection.id, by.id):
        raise NotOnTeam
    if inspection.state not in RECORD_OPEN:
        raise RecordClosed(inspection.state)


def record_sample(
    inspection: Inspection,
    drawn: Drawn,
    *,
    criterion: str,
    by: Doer,
    at: datetime,
    drawn_at: datetime,
    device: str,
    sample_id: UUID,
) -> SampleDraw:
    """Records which case files were drawn, once they have been drawn again with the same result. Raises Refused."""
    require_open(inspection, by)
    try:
        again = draw(drawn.seed, drawn.population, drawn.size)
    except ValueError:
        raise Refused(N_("Không thể rút mẫu với số liệu này."), status=422) from None
    if again != drawn.numbers:
        raise Refused(N_("Danh sách hồ sơ rút mẫu không khớp với số gốc nên không được ghi nhận."), status=422)
    row = SampleDraw(
        id=sample_id,
        inspection_id=inspection.id,
        criterion_code=criterion,
        label=drawn.label,
        seed=drawn.seed,
        population=drawn.population,
        size=drawn.size,
        drawn=drawn.numbers,
        drawn_by_id=by.id,
        device=device,
        drawn_at=drawn_at,
        received_at=at,
    )
    db.session.add(row)
    db.session.flush()
    record("case files drawn", inspection, by=by, at=at, criterion=criterion or None, sample=row.id, seed=drawn.seed)
    return row


def keep_glass_signature(
    inspection: Inspection,
    signed: OnGlass,
    *,
    by: Doer,
    at: datetime,
    signed_at: datetime,
    device: str,
    signature_id: UUID,
) -> GlassSignature:
    """Keeps what was signed on the tablet, or the unit's refusal. Whether it counts is decided at the signing."""
    require_open(inspection, by)
    refused = signed.witness is not None
    _require_signed(signed, refused)
    row = GlassSignature(
        id=signature_id,
        inspection_id=inspection.id,
        side=signed.side,
        name=signed.name,
        title=signed.title,
        strokes=[list(stroke) for stroke in signed.strokes],
        digest=signed.digest,
        refused=refused,
        witness=signed.witness,
        refusal_reason=signed.refusal_reason,
        taken_by_id=by.id,
        device=device,
        signed_at=signed_at,
        received_at=at,
    )
    db.session.add(row)
    db.session.flush()
    told: dict[str, Any] = {"by": by, "at": at, "signature": row.id}
    if refused:
        record("refusal on tablet kept", inspection, **told, reason=signed.refusal_reason, witness=signed.witness)
    else:
        record("signature on tablet kept", inspection, **told, side=signed.side, signer=signed.name)
    return row


def _require_signed(signed: OnGlass, refused: bool) -> None:
    if refused and not (signed.witness and signed.refusal_reason):
        raise Refused(N_("Cần ghi tên người chứng kiến và lý do đơn vị không ký."), status=422)
    if not refused and not (signed.name and signed.strokes):
        raise Refused(N_("Chữ ký cần họ tên người ký và nét ký."), status=422)


def claim_section(inspection: Inspection, section: str, *, by: Doer, at: datetime) -> bool:
    """A person of the team says which section they work on; "" for none. True when that is news."""
    require_open(inspection, by)
    row = claim_of(inspection.id, by.id)
    if (row.section if row else "") == section:
        return False
    if row is None:
        row = SectionClaim(inspection_id=inspection.id, person_id=by.id)
        db.session.add(row)
    row.section, row.claimed_at = section, at
    db.session.flush()
    record("section claimed", inspection, by=by, at=at, section=section)
    return True
