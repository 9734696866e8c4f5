"""The minutes on paper and on the page: what the record states, who signs it, and its hash.

This is the one place of the feature that reads findings, which stand above it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from inspect_app.accounts.models import Person
from inspect_app.calendars.rules import local_day, written
from inspect_app.db import db
from inspect_app.documents.offers import PaperSource, write_paper
from inspect_app.documents.rules import paper_number, place_and_date
from inspect_app.findings.queries import as_recorded, awaiting_reply, in_record
from inspect_app.inspections.models import Answer, Inspection, Member, Paper, Signature
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries import members_of, score_sheet
from inspect_app.inspections.queries_review import hash_of_record, paper_of, signatures_of
from inspect_app.inspections.queries_schedule import head_ids
from inspect_app.inspections.queries_scores import ScoreSheet
from inspect_app.inspections.rules_review import HEAD, LEAD, SIDES, opening_words, record_hash
from inspect_app.inspections.rules_tablet import Drawing, drawing_of
from inspect_app.preferences import preference
from inspect_app.rubrics.rules import Criterion, Group, Rubric, Score, Source, figure_in_force, score
from inspect_app.units.queries import posts_of

__all__ = ["PAPERS", "Sheet", "as_recorded", "awaiting_reply", "minutes", "sheet_of"]

SIGNED_SOURCES = frozenset({Source.SELF, Source.TEAM, Source.SURVEY})
SYMBOL = "BB-ĐKT"
"""The symbol of minutes of a team, where a number has not been given yet."""


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion in the minutes: the answer, the note on it, its points (None where it does not count)."""

    criterion: Criterion
    value: dict[str, Any] | None
    note: str
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Side:
    """One side's place under the minutes; `holds` is whether what they confirmed is the record as it is now."""

    side: str
    name: str
    title: str
    signature: Signature | None
    holds: bool

    @property
    def drawing(self) -> Drawing | None:
        """What was signed on the tablet, where the signature rests on it."""
        glass = self.signature.glass if self.signature and self.holds else None
        return drawing_of(glass.strokes) if glass else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the minutes state. `score` counts what was signed: no explanation that came later."""

    inspection: Inspection
    hash: str
    paper: Paper | None
    decision: str
    opening: str
    members: list[Member]
    rubric: Rubric | None
    score: Score | None
    lines: list[tuple[Group, list[Line]]]
    findings: list[Any]
    sides: dict[str, Side]

    @property
    def render_hash(self) -> str:
        """The hash of the paper: of the record and of who has confirmed it."""
        signed = [[side.side, side.holds, side.name] for side in self.sides.values()]
        return record_hash({"record": self.hash, "signed": signed})


def sheet_of(inspection: Inspection) -> Sheet:
    """What the minutes of this inspection (with its unit and inspector loaded) state now."""
    digest = inspection.record_hash or hash_of_record(inspection, as_recorded)
    members = members_of(inspection.id)
    sheet = score_sheet(inspection)
    answers = _signed_answers(sheet) if sheet else {}
    counted = score(sheet.rubric, {code: answer.value for code, answer in answers.items()}) if sheet else None
    decision = _decision_words(paper_of(inspection.id, PaperKind.DECISION))
    return Sheet(
        inspection=inspection,
        hash=digest,
        paper=paper_of(inspection.id, PaperKind.MINUTES),
        decision=decision,
        opening=inspection.opening or proposed_opening(inspection, decision),
        members=members,
        rubric=sheet.rubric if sheet else None,
        score=counted,
        lines=_lines(sheet.rubric, answers, counted) if sheet and counted else [],
        findings=in_record(inspection),
        sides=_sides(inspection, members, digest),
    )


def proposed_opening(inspection: Inspection, decision: str) -> str:
    """The first words of the minutes as they follow from what is known."""
    return opening_words(
        unit=inspection.unit.name,
        decision=decision,
        started=inspection.started_at,
        ended=inspection.field_done_at,
        first=inspection.starts_on,
    )


def minutes(inspection_id: UUID) -> PaperSource:
    """The minutes as a paper, to be read before both sides sign and to be kept afterwards. Nobody is named in them."""
    inspection = db.session.scalar(
        select(Inspection)
        .where(Inspection.id == inspection_id)
        .options(joinedload(Inspection.unit), joinedload(Inspection.inspector), joinedload(Inspection.rubric_version))
    )
    stated = sheet_of(inspection)
    title = f"Biên bản kiểm tra {inspection.code}"
    html = write_paper(
        "inspections/paper/minutes.html",
        title=title,
        stated=stated,
        inspection=inspection,
        number=stated.paper.number if stated.paper else paper_number(None, SYMBOL),
        place_date=place_and_date(preference("place_name"), stated.paper.issued_on if stated.paper else None),
        unit_side=stated.sides[HEAD],
        lead_side=stated.sides[LEAD],
    )
    return PaperSource(html=html, title=title, unit_id=inspection.unit_id)


PAPERS = {"minutes": minutes}


def _decision_words(paper: Paper | None) -> str:
    return f"Quyết định số {paper.number} ngày {written(paper.issued_on)}" if paper else ""


def _signed_answers(sheet: ScoreSheet) -> dict[str, Answer]:
    """The answers that count when the minutes are signed, by criterion code."""
    found = {}
    for leaf in sheet.rubric.leaves():
        given = sheet.answers.get(leaf.code, {})
        figure = figure_in_force({source: one for source, one in given.items() if source in SIGNED_SOURCES}, leaf)
        if figure:
            found[leaf.code] = figure[1]
    return found


def _lines(rubric: Rubric, answers: dict[str, Answer], counted: Score) -> list[tuple[Group, list[Line]]]:
    return [
        (group, [_line(leaf, answers.get(leaf.code), counted) for leaf in group.leaves()]) for group in rubric.groups
    ]


def _line(leaf: Criterion, answer: Answer | None, counted: Score) -> Line:
    figure = counted.criteria[leaf.code]
    points = figure.points if answer is not None and figure.applies else None
    return Line(leaf, answer.value if answer else None, answer.note if answer else "", points)


def _sides(inspection: Inspection, members: list[Member], digest: str) -> dict[str, Side]:
    signatures = signatures_of(inspection.id)
    lead = next((member.person for member in members if member.role == "lead"), None)
    heads = head_ids(inspection.unit_id, _day_of_signing(inspection))
    head = db.session.get(Person, heads[0]) if heads else None
    posts = [post for post in posts_of(inspection.unit_id) if post.is_head]
    titles = {LEAD: "Trưởng đoàn kiểm tra", HEAD: posts[0].title if posts else "Thủ trưởng đơn vị"}
    people = {LEAD: lead, HEAD: head}
    found = {}
    for side in SIDES:
        signature = signatures.get(side)
        glass = signature.glass if signature and not signature.refused else None
        by = db.session.get(Person, signature.person_id) if signature and not signature.refused else people[side]
        holds = signature is not None and signature.record_hash == digest
        name = glass.name if glass else by.name if by else ""
        found[side] = Side(side, name, (glass and glass.title) or titles[side], signature, holds)
    return found


def _day_of_signing(inspection: Inspection) -> Any:
    moment = inspection.minutes_signed_at or inspection.field_done_at or inspection.started_at
    return local_day(moment) if moment else inspection.starts_on
