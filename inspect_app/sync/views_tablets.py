"""The office's page of tablets: what still waits on which, and which one needs somebody to look after it."""

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user

from inspect_app import clock
from inspect_app.access import requires
from inspect_app.display import plural
from inspect_app.permissions import Permission
from inspect_app.sync.models_doors import Tablet
from inspect_app.sync.queries_doors import half_sent, tablets_seen
from inspect_app.sync.rules_doors import Worry, worries
from inspect_app.sync.views import blueprint


@blueprint.get("/tablets")
@requires(Permission.TABLET_VIEW)
def tablets() -> str:
    found = tablets_seen(current_user)
    return render_template(
        "tablet/tablets.html",
        tablets=found,
        half_sent=half_sent(found),
        figures={
            "tablets": len(found),
            "waiting": sum(tablet.waiting for tablet in found),
            "photos": sum(tablet.photos for tablet in found),
            "worries": sum(bool(worries_of(tablet)) for tablet in found),
        },
    )


def worries_of(tablet: Tablet) -> tuple[Worry, ...]:
    """Why somebody should look after this tablet now."""
    return worries(
        clock.now(),
        skew=tablet.skew,
        waiting=tablet.waiting + tablet.photos,
        since=tablet.oldest_at or tablet.last_contact_at,
        storage=tablet.storage,
    )


def left_on(tablet: Tablet) -> str:
    """What is still on a tablet, in words."""
    photos, changes = tablet.photos, tablet.waiting
    parts = [plural("%(n)s ảnh", photos)] if photos else []
    parts += [plural("%(n)s thay đổi", changes)] if changes else []
    return _(" và ").join(parts) or _("Không còn gì")


blueprint.add_app_template_global(worries_of)
blueprint.add_app_template_global(left_on)
