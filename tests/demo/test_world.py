"""The demonstration is believable and keeps every rule of the product."""

import re
from collections import Counter
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select

from inspect_app.accounts.models import Person
from inspect_app.audit.models import AuditEntry
from inspect_app.audit.queries import broken_at, heads
from inspect_app.db import db, transaction
from inspect_app.demo.texts import CASES, GOOD
from inspect_app.demo.world import RUBRIC, seed
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import FindingKind
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.models import Inspection, StatePassed
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.refusals import Refused
from inspect_app.rubrics.queries import newest_version, rubric_of
from inspect_app.tasks.models import Task
from inspect_app.tasks.queries import running_before
from inspect_app.tasks.rules import SETTLED
from inspect_app.tasks.rules import State as TaskState

TODAY = date(2026, 9, 14)


def test_the_demonstration(database: None) -> None:
    """One world for all questions, because making it takes seconds."""
    with transaction():
        seed(TODAY)
    it_shows_every_state()
    it_keeps_the_rules()
    some_work_is_overdue_for_months()
    its_people_are_fictional()
    its_findings_speak_of_their_criteria()
    with pytest.raises(Refused), transaction():
        seed(TODAY)


def by_state(model: type) -> Counter:
    return Counter(db.session.scalars(select(model.state)))


def it_shows_every_state() -> None:
    visits, findings, tasks = by_state(Inspection), by_state(Finding), by_state(Task)
    assert 55 <= visits.total() <= 75
    assert 350 <= findings.total() <= 520
    assert 600 <= tasks.total() <= 800
    assert set(visits) == set(InspectionState) - {InspectionState.CONCLUDED}
    assert set(tasks) == set(TaskState) - {TaskState.VERIFIED}
    assert set(findings) == set(FindingState) - {FindingState.DRAFT, FindingState.TRANSFERRED}


def it_keeps_the_rules() -> None:
    assert [broken_at(head) for head in heads()] == [None] * len(heads())
    latest = db.session.scalar(select(func.max(AuditEntry.at)))
    assert latest.date() <= TODAY
    for finding in db.session.scalars(select(Finding).where(Finding.state == FindingState.CLOSED)):
        states = set(db.session.scalars(select(Task.state).where(Task.finding_id == finding.id)))
        assert states <= SETTLED, finding.number
    closed = select(Inspection.id).where(Inspection.state == InspectionState.CLOSED)
    open_tasks = select(func.count()).where(Task.inspection_id.in_(closed), Task.state.not_in(SETTLED))
    assert db.session.scalar(open_tasks) == 0
    for inspection in db.session.scalars(select(Inspection)):
        passed = db.session.scalars(
            select(StatePassed.state).where(StatePassed.inspection_id == inspection.id).order_by(StatePassed.at)
        ).all()
        assert inspection.state is InspectionState.PROPOSED or inspection.state in passed


def some_work_is_overdue_for_months() -> None:
    due = db.session.scalars(select(Task.due_on).where(running_before(TODAY))).all()
    assert 20 <= len(due) <= 80
    assert min(due) < date(2026, 3, 1)
    assert max(due) > date(2026, 8, 15)


def its_people_are_fictional() -> None:
    players = db.session.scalars(select(Person).where(Person.demo_line.is_not(None))).all()
    assert len(players) == 10
    assert {player.email.split("@")[1] for player in players} == {"demo.example"}
    assert not any(player.password_hash for player in db.session.scalars(select(Person)))


def its_findings_speak_of_their_criteria() -> None:
    """Every criterion has words of its own, and nobody is praised for what is also a shortcoming."""
    rubric = rubric_of(newest_version(RUBRIC).id)
    assert {criterion.code for criterion in rubric.leaves()} == CASES.keys() >= GOOD.keys()
    kinds: dict[tuple[UUID, str], set[FindingKind]] = {}
    for finding in db.session.scalars(select(Finding)):
        words = (
            [GOOD.get(finding.criterion_code, "")]
            if finding.kind is FindingKind.GOOD_PRACTICE
            else [case.fact for case in CASES[finding.criterion_code]]
        )
        pattern = "|".join(re.escape(each).replace(r"\{n\}", r"\d+") for each in words)
        assert re.fullmatch(pattern, finding.fact), (finding.criterion_code, finding.fact)
        kinds.setdefault((finding.inspection_id, finding.criterion_code), set()).add(finding.kind)
    assert all(len(each) == 1 for each in kinds.values())
    assert any(FindingKind.GOOD_PRACTICE in each for each in kinds.values())
