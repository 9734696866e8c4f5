"""Numbers of official papers, given outside and typed in by hand."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from inspect_app.calendars.rules import local_day, written
from inspect_app.db import db
from inspect_app.inspections.models import Inspection, Paper
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.queries_schedule import paper_numbered
from inspect_app.refusals import N_, Refused


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number and the day of a paper, as they stand on it: "1412/QĐ-UBND", 20/07/2026."""

    number: str
    issued_on: date

    def __str__(self) -> str:
        return f"{self.number}, {written(self.issued_on)}"


class NumberTaken(Refused):
    """Another paper of this kind, unit and year has this number already."""

    facts_to_translate = ("kind",)


def issue_paper(
    inspection: Inspection, kind: PaperKind, paper: Numbered, *, at: datetime, signer_id: UUID | None = None
) -> Paper:
    """Keeps the number of a paper of the inspecting unit; unique per issuing unit, year and kind.

    Raises NumberTaken, and Refused for a day that has not come yet.
    """
    _require_past(paper, at)
    year = paper.issued_on.year
    other = paper_numbered(inspection.inspector_id, year, kind, paper.number)
    if other is not None:
        raise _taken(kind, paper, other.code)
    row = Paper(
        inspection_id=inspection.id,
        issuer_id=inspection.inspector_id,
        kind=kind,
        year=year,
        number=paper.number,
        issued_on=paper.issued_on,
        signer_id=signer_id,
        recorded_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise _taken(kind, paper, "") from None
    return row


def renumber_paper(row: Paper, paper: Numbered, *, at: datetime) -> None:
    """Another number or day for a paper that nobody has signed yet.

    Raises NumberTaken, and Refused for a day that has not come yet.
    """
    _require_past(paper, at)
    other = paper_numbered(row.issuer_id, paper.issued_on.year, row.kind, paper.number)
    if other is not None and other.id != row.inspection_id:
        raise _taken(row.kind, paper, other.code)
    try:
        with db.session.begin_nested():
            row.number, row.issued_on, row.year = paper.number, paper.issued_on, paper.issued_on.year
    except IntegrityError:
        raise _taken(row.kind, paper, "") from None


def _require_past(paper: Numbered, at: datetime) -> None:
    if paper.issued_on > local_day(at):
        raise Refused(N_("Ngày %(day)s của văn bản còn ở phía trước."), status=422, day=written(paper.issued_on))


def _taken(kind: PaperKind, paper: Numbered, code: str) -> NumberTaken:
    return NumberTaken(
        N_("%(kind)s số %(number)s năm %(year)s đã được ghi cho cuộc kiểm tra %(code)s. Hãy kiểm tra lại số."),
        kind=kind.label,
        number=paper.number,
        year=paper.issued_on.year,
        code=code or "–",
    )
