"""What the operations of a change rest on."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from inspect_app.audit.models import AuditHead
from inspect_app.db import db
from inspect_app.documents.models import Attachment
from inspect_app.findings.models import Finding
from inspect_app.inspections.models import GlassSignature
from inspect_app.inspections.queries_field import names_of, team_answers
from inspect_app.inspections.queries_tablet import claims_of, glass_signatures_of, samples_of
from inspect_app.inspections.rules_tablet import hash_of
from inspect_app.rubrics.models import RubricVersion
from inspect_app.sync.models_doors import SyncUpload
from inspect_app.sync.queries import findings_shown
from inspect_app.sync.queries_doors import files_sent


def file_sent(inspection_id: UUID, file_id: UUID) -> Attachment | None:
    """A file of the visit by its own id or by that of its upload, also when it was taken off."""
    sent = select(SyncUpload.attachment_id).where(SyncUpload.id == file_id)
    return db.session.scalar(
        select(Attachment)
        .where(Attachment.thing_type == "inspection", Attachment.thing_id == inspection_id)
        .where(or_(Attachment.id == file_id, Attachment.id.in_(sent)))
    )


def finding_with(finding_id: UUID) -> Finding | None:
    return db.session.get(Finding, finding_id)


def version_answered(version_id: UUID) -> RubricVersion:
    return db.session.get_one(RubricVersion, version_id)


def content_now(inspection_id: UUID) -> dict[str, Any]:
    """What is on record, in hashes, as a signature on a tablet is bound to it (see `content_digest`)."""
    answers = team_answers(inspection_id)
    return {
        "answers": {
            code: [hash_of(answer.value), hash_of(answer.note)]
            for code, answer in answers.items()
            if answer.value is not None or answer.note
        },
        "findings": [str(finding.id) for finding in findings_shown(inspection_id)],
        "files": sorted({*files_sent(inspection_id)}),
    }


def work_on_record(inspection_id: UUID) -> dict[str, Any]:
    """Draws by criterion, signatures, claims and hashes of photos, as a tablet needs them."""
    samples: dict[str, list[dict[str, Any]]] = {}
    for row in samples_of(inspection_id):
        drawn = {name: getattr(row, name) for name in ("seed", "population", "size", "drawn", "label")}
        samples.setdefault(row.criterion_code, []).append(drawn)
    claims = claims_of(inspection_id)
    names = names_of(claim.person_id for claim in claims)
    sections: dict[str, list[str]] = {}
    for claim in claims:
        sections.setdefault(claim.section, []).append(names[claim.person_id])
    return {
        "samples": samples,
        "signatures": [_on_glass(row) for row in glass_signatures_of(inspection_id)],
        "sections": sections,
        "file_hashes": files_sent(inspection_id),
    }


def _on_glass(row: GlassSignature) -> dict[str, Any]:
    said = {"digest": row.digest, "signed_at": row.signed_at.isoformat()}
    if row.refused:
        return {"op": "refusal", "reason": row.refusal_reason, "witness": row.witness, **said}
    return {"op": "signature", "side": row.side, "name": row.name, "title": row.title, **said}


def last_entry(unit_id: UUID) -> int | None:
    """The number of the newest entry in the log of a unit."""
    return db.session.scalar(select(AuditHead.seq).where(AuditHead.chain == str(unit_id)))
