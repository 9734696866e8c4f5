"""What was done on tablets beside answering, on the pages of a visit; the unit's signature on glass at the signing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.db import transaction
from inspect_app.inspections.actions import rest_on_glass
from inspect_app.inspections.forms_review import SignatureForm
from inspect_app.inspections.models import GlassSignature, Inspection
from inspect_app.inspections.paper import as_recorded
from inspect_app.inspections.queries import find_visible
from inspect_app.inspections.queries_field import names_of
from inspect_app.inspections.queries_tablet import claims_of, glass_of_unit, glass_signatures_of, samples_of
from inspect_app.inspections.rules_tablet import Drawing, content_digest, drawing_of
from inspect_app.permissions import Permission, insist
from inspect_app.sync.queries_ops import content_now
from inspect_app.sync.views import blueprint
from inspect_app.units.queries import holder_of, posts_of
from inspect_app.units.rules import fold


@dataclass(frozen=True, slots=True)
class OnGlass:
    """A signature or refusal on a tablet; `holds` is whether it is about the content as it is now."""

    glass: GlassSignature
    holds: bool
    drawing: Drawing | None


@blueprint.post("/inspections/<uuid:inspection_id>/glass-signature")
@requires(Permission.INSPECTION_LEAD)
def rest_on_unit(inspection_id: UUID) -> Response:
    """The leader takes in what the unit signed, or refused to sign, on the tablet."""
    inspection = find_visible(current_user, inspection_id)
    insist(current_user, Permission.INSPECTION_LEAD, inspection)
    shown: dict[str, Any] = {"shown_hash": SignatureForm().shown_hash.data or "", "findings": as_recorded}
    with transaction():
        content = content_digest(content_now(inspection.id))
        sealed = rest_on_glass(inspection, content=content, **shown, by=current_user, at=clock.now())
    words = _("Biên bản đã ký đủ hai bên. Hồ sơ kiểm tra được khóa.")
    flash(words if sealed else _("Đã ghi nhận. Biên bản chờ bên còn lại ký."), "good")
    return redirect(url_for("inspections.minutes", inspection_id=inspection_id), 303)


@blueprint.app_template_global()
def head_of_visited(inspection: Inspection) -> dict[str, str] | None:
    """{"name", "title"} of whoever heads the visited unit today; None while nobody does."""
    post = next((post for post in posts_of(inspection.unit_id) if post.is_head), None)
    tenure = holder_of(post.id, clock.today()) if post else None
    return {"name": tenure.person.name, "title": post.title} if post and tenure else None


@blueprint.app_template_test()
def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case, accents and spaces."""
    return fold(one) == fold(other)


@blueprint.app_template_global()
def unit_on_glass(inspection: Inspection) -> OnGlass | None:
    """The unit's last word on a tablet."""
    glass = glass_of_unit(inspection.id)
    return _held(glass, content_digest(content_now(inspection.id))) if glass else None


@blueprint.app_template_global()
def tablet_work(inspection: Inspection) -> dict[str, Any]:
    """Draws, signatures and claims of a visit, with the names of those who made them."""
    samples, signatures, claims = (
        samples_of(inspection.id),
        glass_signatures_of(inspection.id),
        claims_of(inspection.id),
    )
    people = {*(one.drawn_by_id for one in samples), *(one.taken_by_id for one in signatures)}
    now = content_digest(content_now(inspection.id)) if signatures else ""
    return {
        "samples": samples,
        "signatures": [_held(glass, now) for glass in signatures],
        "claims": claims,
        "names": names_of(people | {one.person_id for one in claims}) if samples or signatures or claims else {},
    }


def _held(glass: GlassSignature, content: str) -> OnGlass:
    return OnGlass(glass, glass.digest == content, drawing_of(glass.strokes))
