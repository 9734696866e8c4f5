"""What the features above offer to this one: how their things are found, the words of their papers, their files' rules.

create_app collects it: `FINDERS` of each `queries.py`, `PAPERS` of each `paper.py`, `FILE_RULES` of each
`file_rules.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import force_locale

from inspect_app.documents.models import Attachment
from inspect_app.permissions import Actor
from inspect_app.refusals import NotVisible


@dataclass(frozen=True, slots=True)
class PaperSource:
    """A paper ready to be made: its page, its title (also the name of the file), the unit whose file it becomes.

    A `draft` is not shown to the unit that it is about.
    """

    html: str
    title: str
    unit_id: UUID | None
    draft: bool = False


Ask = Callable[[Actor, Any, Attachment], bool]


def _everybody(actor: Actor, thing: Any, attachment: Attachment) -> bool:
    return True


def _nobody(actor: Actor, thing: Any, attachment: Attachment) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class FileRules:
    """Who of those that may see a thing sees one of its files, and who may take one off: by default all and nobody."""

    shows: Ask = _everybody
    lets_go: Ask = _nobody


def thing_of(actor: Actor, thing_type: str, thing_id: UUID) -> Any:
    """The thing that a file belongs to, as far as the person may see it. Raises NotVisible."""
    finder = current_app.extensions["finders"].get(thing_type)
    if finder is None:
        raise NotVisible
    return finder(actor, thing_id)


def rules_of(thing_type: str) -> FileRules:
    """The rules for the files of such things."""
    return current_app.extensions["file_rules"].get(thing_type, FileRules())


def shown_to(actor: Actor, thing: Any, attachments: list[Attachment]) -> list[Attachment]:
    """Those of a thing's files that this person may open."""
    shows = rules_of(thing.__tablename__).shows
    return [attachment for attachment in attachments if shows(actor, thing, attachment)]


def source_of(paper: str, thing_id: UUID) -> PaperSource:
    """Collects what a paper says now. Raises KeyError for a paper that nobody writes."""
    return current_app.extensions["papers"][paper](thing_id)


def write_paper(template: str, *, title: str, **values: Any) -> str:
    """The page of a paper from its template, in Vietnamese whatever the reader's language."""
    demo = current_app.config["SETTINGS"].demo
    with force_locale("vi"):
        return current_app.jinja_env.get_template(template).render(title=title, demo=demo, **values)
