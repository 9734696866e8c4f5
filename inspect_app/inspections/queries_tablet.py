"""What was done on tablets beside answering."""

from uuid import UUID

from sqlalchemy import select

from inspect_app.db import db
from inspect_app.inspections.models import GlassSignature, SampleDraw, SectionClaim


def samples_of(inspection_id: UUID) -> list[SampleDraw]:
    """The draws of case files, by criterion, oldest first."""
    return list(
        db.session.scalars(
            select(SampleDraw)
            .where(SampleDraw.inspection_id == inspection_id)
            .order_by(SampleDraw.criterion_code, SampleDraw.received_at, SampleDraw.id)
        )
    )


def glass_signatures_of(inspection_id: UUID) -> list[GlassSignature]:
    """What was signed or refused on tablets, in the order in which it came in."""
    return list(
        db.session.scalars(
            select(GlassSignature)
            .where(GlassSignature.inspection_id == inspection_id)
            .order_by(GlassSignature.received_at, GlassSignature.id)
        )
    )


def glass_of_unit(inspection_id: UUID) -> GlassSignature | None:
    """The last word of the unit's side on a tablet: a signature or a refusal."""
    return next((one for one in reversed(glass_signatures_of(inspection_id)) if one.side == "unit"), None)


def claim_of(inspection_id: UUID, person_id: UUID | None) -> SectionClaim | None:
    return db.session.scalar(
        select(SectionClaim).where(SectionClaim.inspection_id == inspection_id, SectionClaim.person_id == person_id)
    )


def claims_of(inspection_id: UUID) -> list[SectionClaim]:
    """Who works on which section, by section."""
    return list(
        db.session.scalars(
            select(SectionClaim)
            .where(SectionClaim.inspection_id == inspection_id, SectionClaim.section != "")
            .order_by(SectionClaim.section, SectionClaim.claimed_at, SectionClaim.id)
        )
    )
