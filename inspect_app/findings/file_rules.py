"""Who may take a file off a finding."""

from typing import Any

from inspect_app.documents.models import Attachment
from inspect_app.documents.offers import FileRules
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import State
from inspect_app.permissions import Actor


def lets_go(actor: Actor, finding: Finding, attachment: Attachment) -> bool:
    """The head takes back what they sent with their answer, until the office has decided."""
    return finding.state is State.REPLIED and attachment.added_by_id == actor.id


FILE_RULES: dict[str, Any] = {"finding": FileRules(lets_go=lets_go)}
