"""Fictional visits: from the plan to the conclusion, with answers and findings."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from inspect_app.db import new_id
from inspect_app.demo.answers import likely_answer
from inspect_app.demo.cast import Cast, Team
from inspect_app.demo.chronicle import Chronicle
from inspect_app.demo.texts import CASES, GOOD, NOTES, REPLIES, STRENGTHS, Case
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import Cause, FindingKind, Severity
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.actions_moves import PAST_TENSE
from inspect_app.inspections.models import (
    Answer,
    AnswerVersion,
    Explanation,
    Inspection,
    Member,
    Paper,
    Signature,
    StatePassed,
)
from inspect_app.inspections.papers import PaperKind
from inspect_app.inspections.rules import InspectionForm, State
from inspect_app.rubrics.models import RubricVersion
from inspect_app.rubrics.rules import Criterion, Rubric, ScoringKind, Source, points_of, score
from inspect_app.units.models import Unit

VISITED = (
    State.IN_PROGRESS,
    State.FIELD_DONE,
    State.MINUTES_SIGNED,
    State.IN_REVIEW,
    State.REPORTED,
    State.CONCLUDED,
)
MOVE_TO = {
    State.PLANNED: "approve_plan",
    State.SCHEDULED: "schedule",
    State.NOTIFIED: "notify",
    State.IN_PROGRESS: "start",
    State.FIELD_DONE: "finish",
    State.MINUTES_SIGNED: "sign",
    State.IN_REVIEW: "open_review",
    State.REPORTED: "report",
    State.CONCLUDED: "conclude",
}
REACHED = {
    State.PLANNED: "planned_at",
    State.SCHEDULED: "scheduled_at",
    State.NOTIFIED: "notified_at",
    State.IN_PROGRESS: "started_at",
    State.FIELD_DONE: "field_done_at",
    State.MINUTES_SIGNED: "minutes_signed_at",
    State.IN_REVIEW: "review_opened_at",
    State.REPORTED: "reported_at",
    State.CONCLUDED: "concluded_at",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visit shall be: which unit, when, how far it has come, and how well the unit does (0 to 1)."""

    unit: Unit
    starts_on: date
    reaches: State
    quality: float


class Visits:
    """Writes visits into the chronicle, with running numbers per year."""

    def __init__(self, chronicle: Chronicle, cast: Cast, city: Unit, version: RubricVersion, rubric: Rubric) -> None:
        self.chronicle, self.cast, self.city = chronicle, cast, city
        self.version, self.rubric = version, rubric
        self.numbers: dict[tuple[int, str], int] = {}
        today = chronicle.day(0)
        self.taken = {(cast.teams[0].name, day): True for day in (today, chronicle.later(today, 1))}
        self.seen_before: dict[tuple[Any, str], Finding] = {}
        self.conclusions: dict[UUID, str] = {}
        self.cases: dict[UUID, tuple[Case, int]] = {}
        self.findings: dict[UUID, list[Finding]] = {}

    def next(self, year: int, kind: str) -> int:
        self.numbers[year, kind] = self.numbers.get((year, kind), 0) + 1
        return self.numbers[year, kind]

    def line(self, unit: Unit, year: int, plan_id: Any, reasons: list[Any], **fields: Any) -> Inspection:
        """A line of a plan: an inspection that nobody has scheduled yet."""
        return self.chronicle.add(
            Inspection(
                id=new_id(),
                number=self.next(year, "inspection"),
                year=year,
                plan_id=plan_id,
                inspector_id=self.city.id,
                unit_id=unit.id,
                reasons=reasons,
                version=1,
                **{"form": InspectionForm.PERIODIC, "state": State.PROPOSED, "postponed_count": 0, **fields},
            )
        )

    def visit(self, wish: Wish, plan_id: Any, planned_at: datetime, reasons: list[Any]) -> Inspection:
        """A visit that has come as far as `wish.reaches`, with everything that belongs to it."""
        team = self._free_team(wish.starts_on)
        ends_on = self.chronicle.later(wish.starts_on, 1)
        inspection = self.line(
            wish.unit,
            wish.starts_on.year,
            plan_id,
            reasons,
            starts_on=wish.starts_on,
            ends_on=ends_on,
            team_name=team.name,
            rubric_version_id=self.version.id,
            quarter=(wish.starts_on.month + 2) // 3,
            strengths=STRENGTHS,
        )
        for person, seat in team.seats:
            self.chronicle.add(
                Member(inspection_id=inspection.id, person_id=person.id, role=seat, joined_at=planned_at)
            )
        self._pass_states(inspection, wish, team, planned_at)
        if inspection.state in VISITED:
            self._record_visit(inspection, wish, team)
        return inspection

    def _free_team(self, day: date) -> Team:
        if day == self.chronicle.day(0):
            return self.cast.teams[0]
        first = self.chronicle.chance.randrange(4)
        for step in range(4):
            team = self.cast.teams[(first + step) % 4]
            days = dict.fromkeys([(team.name, day), (team.name, self.chronicle.later(day, 1))], True)
            if not days.keys() & self.taken.keys():
                self.taken |= days
                return team
        return self.cast.teams[first]

    def moments(self, wish: Wish, planned_at: datetime) -> list[tuple[State, datetime]]:
        """When each state was reached, as far as the visit has come."""
        c, first = self.chronicle, wish.starts_on
        signed = c.later(first, 2)
        when = [
            (State.PLANNED, planned_at),
            (State.SCHEDULED, c.at(min(c.later(first, -14), c.later(c.today, -4)), 9, 20)),
            (State.NOTIFIED, c.at(min(c.later(first, -8), c.later(c.today, -2)), 15, 5)),
            (State.IN_PROGRESS, c.at(first, 8, 5)),
            (State.FIELD_DONE, c.at(c.later(first, 1), 16, 40)),
            (State.MINUTES_SIGNED, c.at(signed, 9, 30)),
            (State.IN_REVIEW, c.at(c.later(signed, 4), 10, 15)),
            (State.REPORTED, c.at(c.later(signed, 10), 14, 0)),
            (State.CONCLUDED, c.at(c.later(signed, 14), 10, 0)),
        ]
        reached = [state for state, _ in when].index(wish.reaches)
        return when[: reached + 1]

    def _pass_states(self, inspection: Inspection, wish: Wish, team: Team, planned_at: datetime) -> None:
        office, authority = self.cast.players["van-phong"], self.cast.players["nguoi-ky"]
        actors = {State.PLANNED: authority, State.SCHEDULED: office, State.NOTIFIED: office, State.CONCLUDED: authority}
        actors[State.IN_REVIEW] = self.cast.heads[wish.unit.id]
        for state, at in self.moments(wish, planned_at):
            by = actors.get(state, team.lead)
            self.reach(inspection, state, at, by, PAST_TENSE[MOVE_TO[state]])
            self._papers_of(inspection, state, at)

    def reach(self, inspection: Inspection, state: State, at: datetime, by: Any, action: str, reason: str = "") -> None:
        """Puts the inspection into a state, with its moment and its entry in the log."""
        inspection.state = state
        inspection.version += 1
        if state in REACHED:
            setattr(inspection, REACHED[state], at)
        if state is State.MINUTES_SIGNED:
            day = at.astimezone(self.chronicle.now.tzinfo).date()
            inspection.minutes_signed_on, inspection.review_until = day, self.chronicle.later(day, 5)
        if state is State.IN_REVIEW:
            inspection.review_round = 1
        self.chronicle.add(
            StatePassed(inspection_id=inspection.id, state=state, at=at, by_id=by.id, reason=reason or None)
        )
        self.chronicle.note(action, inspection, by, at, reason, version=inspection.version)

    def _papers_of(self, inspection: Inspection, state: State, at: datetime) -> None:
        series = {
            State.NOTIFIED: ((PaperKind.DECISION, "QĐ-UBND"), (PaperKind.NOTICE, "SNV-CCHC")),
            State.MINUTES_SIGNED: ((PaperKind.MINUTES, "BB-ĐKT"),),
            State.CONCLUDED: ((PaperKind.CONCLUSION, "TB-UBND"),),
        }
        for kind, ending in series.get(state, ()):
            number = self.next(at.year, kind.value)
            if kind is PaperKind.CONCLUSION:
                self.conclusions[inspection.id] = f"{number:02d}/{ending}"
            self.chronicle.add(
                Paper(
                    inspection_id=inspection.id,
                    issuer_id=self.city.id,
                    kind=kind,
                    year=at.year,
                    number=f"{number:02d}/{ending}",
                    issued_on=at.astimezone(self.chronicle.now.tzinfo).date(),
                    signer_id=self.cast.players["nguoi-ky"].id,
                    recorded_at=at,
                )
            )

    def _record_visit(self, inspection: Inspection, wish: Wish, team: Team) -> None:
        at = self.chronicle.at(wish.starts_on, 9, 10)
        criteria = list(self.rubric.leaves())
        if inspection.state is State.IN_PROGRESS:
            criteria = criteria[: round(len(criteria) * 0.66)]
        values = {one.code: likely_answer(one, wish.quality, self.chronicle.chance) for one in criteria}
        members = [person for person, _ in team.seats]
        for number, criterion in enumerate(criteria):
            self._answer(inspection, criterion, values[criterion.code], Source.TEAM, members[number % 4], at)
            own = likely_answer(criterion, min(1.0, wish.quality + 0.12), self.chronicle.chance)
            self._answer(inspection, criterion, own, Source.SELF, self.cast.heads[wish.unit.id], inspection.notified_at)
        self._find(inspection, wish, criteria, values, team, at)
        if inspection.minutes_signed_at:
            self._sign(inspection, wish, team, values)

    def _answer(
        self, inspection: Inspection, criterion: Criterion, value: dict[str, Any], source: Source, by: Any, at: datetime
    ) -> None:
        note = self.chronicle.pick(NOTES) if source is Source.TEAM and self.chronicle.chance.random() < 0.15 else ""
        common = {
            "inspection_id": inspection.id,
            "criterion_code": criterion.code,
            "source": source,
            "version": 1,
            "value": value,
            "note": note,
            "points": points_of(criterion, value).points,
            "author_id": by.id,
            **dict.fromkeys(("answered_at", "received_at"), at),
        }
        self.chronicle.add(Answer(**common))
        self.chronicle.add(AnswerVersion(**common))

    def _find(
        self,
        inspection: Inspection,
        wish: Wish,
        criteria: list[Criterion],
        values: dict[str, Any],
        team: Team,
        at: datetime,
    ) -> None:
        poor = [
            one for one in criteria if points_of(one, values[one.code]).points < (one.max_points or 0) * Decimal("0.85")
        ]
        wanted = self.chronicle.chance.randrange(7, 11)
        rest = [one for one in criteria if one not in poor]
        self.chronicle.chance.shuffle(rest)
        chosen = (poor + rest)[:wanted]
        for number, criterion in enumerate(sorted(chosen, key=criteria.index), 1):
            self._finding(inspection, wish, criterion, number, team, at)
        praised = [one for one in rest if one.code in GOOD and one not in chosen]
        if praised and self.chronicle.chance.random() < 0.5:
            self._good_practice(inspection, self.chronicle.pick(praised), len(chosen) + 1, team, at)

    def _finding(
        self, inspection: Inspection, wish: Wish, criterion: Criterion, number: int, team: Team, at: datetime
    ) -> None:
        chance = self.chronicle.chance
        case: Case = chance.choice(CASES[criterion.code])
        n = chance.randrange(2, 30)
        before = self.seen_before.get((wish.unit.id, criterion.code))
        severity = chance.choices(list(Severity), weights=(45, 43, 12))[0]
        finding = Finding(
            id=new_id(),
            number=number,
            inspection_id=inspection.id,
            unit_id=wish.unit.id,
            criterion_code=criterion.code,
            criterion_name=criterion.name_vi,
            kind=FindingKind.SHORTCOMING,
            state=FindingState.RAISED,
            version=1,
            fact=case.fact.format(n=n),
            legal_basis=case.basis,
            severity=severity,
            cause_kind=chance.choice(list(Cause)),
            cause=case.cause,
            recommendation=case.advice,
            recurrence_of_id=before.id if before else None,
            raised_by_id=team.lead.id,
            raised_at=at,
        )
        self.cases[finding.id] = (case, n)
        self.seen_before[wish.unit.id, criterion.code] = finding
        self.findings.setdefault(inspection.id, []).append(self.chronicle.add(finding))
        self.chronicle.note("finding raised", finding, team.lead, at, severity=severity.value, version=1)
        if inspection.state in VISITED[3:]:
            self._decide(inspection, finding, wish)

    def _good_practice(
        self, inspection: Inspection, criterion: Criterion, number: int, team: Team, at: datetime
    ) -> None:
        decided = inspection.reported_at
        finding = self.chronicle.add(
            Finding(
                id=new_id(),
                number=number,
                inspection_id=inspection.id,
                unit_id=inspection.unit_id,
                criterion_code=criterion.code,
                criterion_name=criterion.name_vi,
                kind=FindingKind.GOOD_PRACTICE,
                state=FindingState.NOTED if decided else FindingState.RAISED,
                version=1,
                fact=GOOD[criterion.code],
                severity=Severity.LIGHT,
                raised_by_id=team.lead.id,
                raised_at=at,
                decided_at=decided,
            )
        )
        self.chronicle.note("finding raised", finding, team.lead, at, version=1)
        if decided:
            self.chronicle.note("finding noted", finding, self.cast.players["van-phong"], decided, version=1)

    def _decide(self, inspection: Inspection, finding: Finding, wish: Wish) -> None:
        chance, office, head = self.chronicle.chance, self.cast.players["van-phong"], self.cast.heads[wish.unit.id]
        if chance.random() < 0.6:
            agreed = chance.random() < 0.75
            finding.state, finding.agreed, finding.reply = FindingState.REPLIED, agreed, REPLIES[not agreed]
            finding.replied_by_id, finding.replied_at = head.id, inspection.review_opened_at
            self.chronicle.note("finding replied", finding, head, inspection.review_opened_at, agreed=agreed, version=2)
        else:
            finding.state = FindingState.UNDISPUTED
        if inspection.reported_at is None:
            return
        withdrawn = chance.random() < 0.05
        finding.state = FindingState.WITHDRAWN if withdrawn else FindingState.CONFIRMED
        finding.decided_at, finding.version = inspection.reported_at, 3
        reason = "Đơn vị đã cung cấp văn bản chứng minh" if withdrawn else ""
        finding.decision_reason = reason
        action = "finding withdrawn" if withdrawn else "finding confirmed"
        self.chronicle.note(action, finding, office, inspection.reported_at, reason, version=3)

    def _sign(self, inspection: Inspection, wish: Wish, team: Team, values: dict[str, Any]) -> None:
        in_force = dict(values)
        if inspection.review_opened_at:
            self._explain(inspection, wish, in_force)
        result = score(self.rubric, in_force)
        inspection.points, inspection.applicable_max = result.total, result.applicable_max
        inspection.index_pct = result.index_pct
        inspection.record_hash = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        for side, person in (("lead", team.lead), ("head", self.cast.heads[wish.unit.id])):
            self.chronicle.add(
                Signature(
                    inspection_id=inspection.id,
                    side=side,
                    person_id=person.id,
                    signed_at=inspection.minutes_signed_at,
                    record_hash=inspection.record_hash,
                    refused=False,
                )
            )

    def _explain(self, inspection: Inspection, wish: Wish, in_force: dict[str, Any]) -> None:
        """The unit explains up to four criteria; the office has decided on all once the visit is reported."""
        head, office = self.cast.heads[wish.unit.id], self.cast.players["van-phong"]
        poor = [
            one for one in self.rubric.leaves() if one.kind is ScoringKind.BOOLEAN and not in_force[one.code]["value"]
        ]
        for number, criterion in enumerate(poor[:4]):
            decided = inspection.reported_at is not None or number == 0
            accepted = number % 2 == 0
            at = inspection.reported_at or inspection.review_opened_at
            self.chronicle.add(
                Explanation(
                    inspection_id=inspection.id,
                    criterion_code=criterion.code,
                    round=1,
                    words="Đơn vị đã có văn bản, gửi kèm bản chụp để đoàn xem xét",
                    wished_value={"value": True},
                    explained_by_id=head.id,
                    explained_at=inspection.review_opened_at,
                    accepted=accepted if decided else None,
                    decided_value={"value": True} if decided and accepted else None,
                    decision_reason="Chấp nhận theo văn bản bổ sung"
                    if accepted
                    else "Văn bản ban hành sau ngày kiểm tra",
                    decided_by_id=office.id if decided else None,
                    decided_at=at if decided else None,
                )
            )
            if decided and accepted:
                in_force[criterion.code] = {"value": True}
                self._answer(inspection, criterion, {"value": True}, Source.EXPLAINED, office, at)
