"""Who sees the files of an inspection, and who may take one off."""

from typing import Any

from inspect_app.documents.models import Attachment
from inspect_app.documents.offers import FileRules
from inspect_app.documents.rules import Purpose
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.queries import sees_record
from inspect_app.inspections.rules import RECORD_OPEN
from inspect_app.permissions import Actor


def shows(actor: Actor, inspection: Inspection, attachment: Attachment) -> bool:
    """The unit sees the team's proof from the signing of the minutes on; drafts stay with those who write them."""
    if attachment.purpose == Purpose.DRAFT_PAPER:
        return actor.part_in(inspection.id) is not None or not _only_at_unit(actor, inspection)
    return sees_record(actor, inspection) or attachment.purpose not in {Purpose.EVIDENCE}


def lets_go(actor: Actor, inspection: Inspection, attachment: Attachment) -> bool:
    """The team takes its own proof off while the record is open; what is signed or issued stays."""
    on_team = actor.part_in(inspection.id) is not None
    return on_team and inspection.state in RECORD_OPEN and attachment.purpose == Purpose.EVIDENCE


def _only_at_unit(actor: Actor, inspection: Inspection) -> bool:
    return not sees_record(actor, inspection, even_signed=False)


FILE_RULES: dict[str, Any] = {"inspection": FileRules(shows=shows, lets_go=lets_go)}
