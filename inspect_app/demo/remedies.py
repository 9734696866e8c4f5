"""Fictional tasks: what came of the conclusions, in every state, on time and late."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.db import new_id
from inspect_app.demo.cast import Cast
from inspect_app.demo.chronicle import Chronicle
from inspect_app.demo.texts import WORDS_OF_EXTENSION, WORDS_OF_PROGRESS, WORDS_OF_RETURN, WORDS_OF_SUBMISSION
from inspect_app.demo.visits import Visits
from inspect_app.findings.models import Finding
from inspect_app.findings.rules import Severity
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import State as InspectionState
from inspect_app.tasks.models import Extension, Report, Review, Suspension, Task, TaskStatePassed
from inspect_app.tasks.rules import SETTLED, ExtensionState, TaskOrigin
from inspect_app.tasks.rules import State as TaskState

TERMS = (10, 15, 15, 20, 30, 45)
FATES = {
    TaskState.CLOSED: 70,
    TaskState.SUBMITTED: 5,
    TaskState.RETURNED: 4,
    TaskState.IN_PROGRESS: 12,
    TaskState.ACKNOWLEDGED: 4,
    TaskState.SUSPENDED: 2,
    TaskState.CANCELLED: 2,
    TaskState.NOT_IMPLEMENTED: 2,
}
RARE = (TaskState.CANCELLED, TaskState.NOT_IMPLEMENTED, TaskState.SUSPENDED, TaskState.RETURNED)
"""States that must be seen, however chance falls."""

NUMBERED_DECISION = "Quyết định số {n}/QĐ-UBND"


@dataclass(frozen=True, slots=True)
class Due:
    """When a task is given and when it is due."""

    assigned_on: date
    due_on: date
    term: int


class Remedies:
    """Gives tasks to every confirmed finding of a concluded inspection, and lets time pass over them."""

    def __init__(self, chronicle: Chronicle, cast: Cast, visits: Visits) -> None:
        self.chronicle, self.cast, self.visits = chronicle, cast, visits
        self.numbers: dict[int, int] = {}
        self.still_to_show = list(RARE)

    def remedy(self, inspection: Inspection, *, all_done: bool = False, stubborn: float = 1.0) -> list[Task]:
        """The tasks of one concluded inspection. `all_done` closes every one; `stubborn` > 1 leaves more undone."""
        given: list[Task] = []
        for finding in self.visits.findings.get(inspection.id, []):
            if finding.state is FindingState.CONFIRMED:
                tasks = [self._task(inspection, finding, part, all_done, stubborn) for part in range(self._parts())]
                self._settle(finding, tasks)
                given += tasks
        if given:
            self.follow_up(inspection)
        return given

    def draft(self, inspection: Inspection) -> None:
        """The tasks that a conclusion is about to give: drafts that bind nobody yet."""
        at = inspection.reported_at
        for finding in self.visits.findings.get(inspection.id, []):
            if finding.state is FindingState.CONFIRMED:
                task = self.task(inspection, finding, Due(at.date(), at.date(), 15), TaskState.DRAFT)
                self.chronicle.note("task drafted", task, self.cast.players["van-phong"], at, version=1)

    def task(self, inspection: Inspection, finding: Finding, due: Due, fate: TaskState, part: int = 0) -> Task:
        """One task with its history, ending in the state `fate`."""
        at = self.chronicle.at(due.assigned_on, 10, 5)
        task = self._blank(inspection, finding, due, part)
        if fate is TaskState.DRAFT:
            task.state, task.assigned_at, task.assigned_on = fate, None, None
            task.due_on = task.original_due_on = None
            return task
        self._state(task, TaskState.ASSIGNED, at)
        document = self.visits.conclusions.get(inspection.id, "")
        self.chronicle.note("task assigned", task, self.cast.players["nguoi-ky"], at, document=document, version=1)
        if finding.state is FindingState.CONFIRMED:
            self._start_remedy(finding, at)
        if fate is not TaskState.ASSIGNED:
            self._live(task, due, fate)
        return task

    def _blank(self, inspection: Inspection, finding: Finding, due: Due, part: int) -> Task:
        """The task as the conclusion gives it."""
        case, n = self.visits.cases[finding.id]
        year, at = due.assigned_on.year, self.chronicle.at(due.assigned_on, 10, 5)
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return self.chronicle.add(
            Task(
                id=new_id(),
                year=year,
                number=self.numbers[year],
                unit_id=inspection.unit_id,
                post_id=self.cast.posts[inspection.unit_id].id,
                origin=TaskOrigin.FINDING,
                finding_id=finding.id,
                inspection_id=inspection.id,
                state=TaskState.ASSIGNED,
                version=1,
                what=case.task.format(n=n) if part == 0 else _second_part(case.task.format(n=n), part),
                deliverable=case.deliverable.format(n=n) if part == 0 else "Báo cáo kết quả, minh chứng kèm theo",
                responsibility=case.responsibility,
                authority="Thủ trưởng đơn vị quyết định; vượt thẩm quyền thì báo cáo Sở Nội vụ",
                term_days=due.term,
                original_due_on=due.due_on,
                due_on=due.due_on,
                percent=0,
                created_at=at,
                assigned_at=at,
                assigned_on=due.assigned_on,
                acknowledged_auto=False,
                returned_count=0,
                extended_count=0,
            )
        )

    def _parts(self) -> int:
        return self.chronicle.chance.choices((1, 2, 3), weights=(25, 50, 25))[0]

    def _task(self, inspection: Inspection, finding: Finding, part: int, all_done: bool, stubborn: float) -> Task:
        c = self.chronicle
        assigned_on = inspection.concluded_at.astimezone(c.now.tzinfo).date()
        term = c.pick(TERMS)
        due = Due(assigned_on, c.later(assigned_on, term), term)
        if all_done:
            return self.task(inspection, finding, due, TaskState.CLOSED, part)
        age = c.calendar.working_days_between(assigned_on, c.today)
        if age <= 2:
            return self.task(inspection, finding, due, TaskState.ASSIGNED, part)
        weights = {**FATES, TaskState.IN_PROGRESS: FATES[TaskState.IN_PROGRESS] * stubborn}
        if due.due_on < c.today:
            weights[TaskState.CLOSED] *= 4
        elif age < term // 2 + 14:
            weights[TaskState.CLOSED] = 8 if age > 14 else 0
        fate = c.chance.choices(list(weights), weights=list(weights.values()))[0]
        if self.still_to_show and age > 20:
            fate = self.still_to_show.pop()
        return self.task(inspection, finding, due, fate, part)

    def _live(self, task: Task, due: Due, fate: TaskState) -> None:
        c, head = self.chronicle, self.cast.heads[task.unit_id]
        auto = c.chance.random() < 0.2
        day = c.later(due.assigned_on, 4 if auto else c.chance.randrange(1, 4))
        at = c.at(day, 7 if auto else 9, 30)
        task.acknowledged_at, task.acknowledged_auto = at, auto
        self._state(task, TaskState.ACKNOWLEDGED, at)
        action = "task acknowledged automatically" if auto else "task acknowledged"
        c.note(action, task, SYSTEM_ACTOR if auto else head, at, version=task.version)
        if fate is TaskState.ACKNOWLEDGED:
            return
        of_the_player = head.id == self.cast.players["thu-truong"].id
        if c.chance.random() < 0.14 and fate is not TaskState.SUSPENDED and not of_the_player:
            self._extend(task, due, head)
        self._report(task, c.later(day, 2), c.chance.randrange(2, 8) * 10, head)
        end = {
            TaskState.CLOSED: self._close,
            TaskState.SUBMITTED: self._submit_lately,
            TaskState.RETURNED: self._return,
            TaskState.SUSPENDED: self._suspend,
            TaskState.CANCELLED: self._cancel,
            TaskState.NOT_IMPLEMENTED: self._drop,
        }.get(fate)
        if end:
            end(task, due, head)

    def _report(self, task: Task, day: date, percent: int, head: Any) -> None:
        at, words = self.chronicle.at(day, 15, 10), self.chronicle.pick(WORDS_OF_PROGRESS)
        self.chronicle.add(Report(task_id=task.id, percent=percent, words=words, submits=False, by_id=head.id, at=at))
        task.percent, task.last_report_at = percent, at
        self._state(task, TaskState.IN_PROGRESS, at)
        self.chronicle.note("task progress reported", task, head, at, words, percent=percent, version=task.version)

    def _submit(self, task: Task, day: date, head: Any) -> None:
        at, words = self.chronicle.at(day, 16, 20), self.chronicle.pick(WORDS_OF_SUBMISSION)
        self.chronicle.add(Report(task_id=task.id, percent=100, words=words, submits=True, by_id=head.id, at=at))
        task.percent, task.last_report_at = 100, at
        task.submitted_at, task.submitted_on = at, at.astimezone(self.chronicle.now.tzinfo).date()
        self._state(task, TaskState.SUBMITTED, at)
        self.chronicle.note("task submitted", task, head, at, words, version=task.version)

    def _close(self, task: Task, due: Due, head: Any) -> None:
        c = self.chronicle
        late = c.chance.choices((-6, -3, -1, 0, 2, 7, 25), weights=(10, 25, 25, 15, 10, 10, 5))[0]
        earliest = c.later(due.assigned_on, 7)
        day = max(earliest, c.later(task.due_on, late) if late else task.due_on)
        day = min(day, c.later(c.today, -c.chance.randrange(4, 12)))
        self._submit(task, day, head)
        if c.chance.random() < 0.12 and day < c.later(c.today, -9):
            self._send_back(task, c.later(day, 1), head)
            day = c.later(day, 4)
            self._submit(task, day, head)
        self._verify(task, c.later(day, 2))

    def _verify(self, task: Task, day: date) -> None:
        verifier, at = self.cast.players["xac-nhan"], self.chronicle.at(day, 10, 45)
        task.verified_at, task.verified_by_id, task.closed_at = at, verifier.id, at
        self._review(task, True, "", at)
        self._state(task, TaskState.VERIFIED, at)
        self.chronicle.note("task verified", task, verifier, at, version=task.version)
        self._state(task, TaskState.CLOSED, at)
        self.chronicle.note("task closed", task, SYSTEM_ACTOR, at, version=task.version)

    def _submit_lately(self, task: Task, due: Due, head: Any) -> None:
        self._submit(task, self.chronicle.later(self.chronicle.today, -self.chronicle.chance.randrange(1, 5)), head)

    def _return(self, task: Task, due: Due, head: Any) -> None:
        day = self.chronicle.later(self.chronicle.today, -self.chronicle.chance.randrange(4, 9))
        self._submit(task, day, head)
        self._send_back(task, self.chronicle.later(day, 2), head)

    def _send_back(self, task: Task, day: date, head: Any) -> None:
        verifier, at = self.cast.players["xac-nhan"], self.chronicle.at(day, 14, 30)
        reason = self.chronicle.pick(WORDS_OF_RETURN)
        task.returned_count += 1
        self._review(task, False, reason, at)
        self._state(task, TaskState.RETURNED, at)
        self.chronicle.note("task returned", task, verifier, at, reason, version=task.version)

    def _suspend(self, task: Task, due: Due, head: Any) -> None:
        day = self.chronicle.later(self.chronicle.today, -12)
        at, decision = self.chronicle.at(day, 9), NUMBERED_DECISION.format(n=self.chronicle.chance.randrange(20, 400))
        reason = "Chờ hướng dẫn của cấp trên về phân cấp"
        self.chronicle.add(Suspension(task_id=task.id, starts_on=day, reason=reason, decision=decision))
        task.held_from = task.state.value
        self._state(task, TaskState.SUSPENDED, at)
        authority = self.cast.players["nguoi-ky"]
        self.chronicle.note("task suspended", task, authority, at, reason, document=decision, version=task.version)

    def _cancel(self, task: Task, due: Due, head: Any) -> None:
        reason = "Nội dung đã gộp vào nhiệm vụ khác"
        self._put_aside(task, TaskState.CANCELLED, "task cancelled", self.cast.players["nguoi-ky"], reason)

    def _drop(self, task: Task, due: Due, head: Any) -> None:
        reason = "Không còn cơ sở thực hiện sau sắp xếp tổ chức"
        self._put_aside(
            task, TaskState.NOT_IMPLEMENTED, "task not implemented", self.cast.players["ban-chi-dao"], reason
        )

    def _put_aside(self, task: Task, state: TaskState, action: str, by: Any, reason: str) -> None:
        at = self.chronicle.at(self.chronicle.later(self.chronicle.today, -5), 11)
        decision = NUMBERED_DECISION.format(n=self.chronicle.chance.randrange(20, 400))
        task.closed_at = at
        self._state(task, state, at)
        self.chronicle.note(action, task, by, at, reason, document=decision, version=task.version)

    def _extend(self, task: Task, due: Due, head: Any) -> None:
        """Asked two working days before the due date, granted the day before; or still waiting if that lies ahead."""
        c = self.chronicle
        asked_on = min(c.later(due.due_on, -2), c.later(c.today, -1))
        if asked_on <= due.assigned_on:
            return
        asked_at, reason = c.at(asked_on, 14), c.pick(WORDS_OF_EXTENSION)
        wished = c.later(due.due_on, c.pick((5, 8, 10)))
        waits = due.due_on >= c.today
        extension = c.add(
            Extension(
                task_id=task.id,
                state=ExtensionState.REQUESTED if waits else ExtensionState.APPROVED,
                number=1,
                due_before=due.due_on,
                wished_due=wished,
                reason=reason,
                requested_by_id=head.id,
                requested_at=asked_at,
            )
        )
        c.note("extension requested", task, head, asked_at, reason, wished_due=wished, version=task.version)
        if waits:
            return
        office, at = self.cast.players["van-phong"], c.at(c.later(due.due_on, -1), 9, 15)
        extension.granted_due, extension.decided_by_id, extension.decided_at = wished, office.id, at
        task.due_on, task.extended_count = wished, 1
        dates = {"due_before": due.due_on.isoformat(), "due_on": wished.isoformat()}
        c.note("extension approved", task, office, at, version=task.version, reason="", **dates)

    def _review(self, task: Task, accepted: bool, reason: str, at: datetime) -> None:
        verifier = self.cast.players["xac-nhan"]
        self.chronicle.add(
            Review(
                task_id=task.id,
                accepted=accepted,
                reason=reason,
                submitted_on=task.submitted_on,
                by_id=verifier.id,
                at=at,
            )
        )

    def _state(self, task: Task, state: TaskState, at: datetime) -> None:
        if task.state is not state or state is TaskState.ASSIGNED:
            task.state = state
            task.version += 1
        self.chronicle.add(TaskStatePassed(task_id=task.id, state=state, at=at, due_on=task.due_on))

    def _start_remedy(self, finding: Finding, at: datetime) -> None:
        finding.state, finding.version = FindingState.REMEDIATING, finding.version + 1
        self.chronicle.note("remediation started", finding, SYSTEM_ACTOR, at, version=finding.version)

    def _settle(self, finding: Finding, tasks: list[Task]) -> None:
        if any(task.state not in SETTLED for task in tasks):
            return
        at = max(task.closed_at for task in tasks)
        finding.state, finding.resolved_at, finding.version = FindingState.RESOLVED, at, finding.version + 1
        self.chronicle.note("finding resolved", finding, SYSTEM_ACTOR, at, version=finding.version)
        if finding.severity is Severity.SERIOUS:
            return
        finding.state, finding.closed_at = FindingState.CLOSED, at
        self.chronicle.note("finding closed", finding, SYSTEM_ACTOR, at, version=finding.version)

    def close_serious(self, inspection: Inspection) -> None:
        """The verifier has checked the effect of what was serious: nothing remains of an old inspection."""
        verifier = self.cast.players["xac-nhan"]
        for finding in self.visits.findings.get(inspection.id, []):
            if finding.state is FindingState.RESOLVED:
                at = self.chronicle.at(self.chronicle.later(finding.resolved_at.date(), 20), 9)
                finding.state, finding.closed_at, finding.version = FindingState.CLOSED, at, finding.version + 1
                words = "Đã kiểm tra lại hiệu quả tại đơn vị"
                self.chronicle.note("finding closed", finding, verifier, at, words, version=finding.version)

    def follow_up(self, inspection: Inspection) -> None:
        """Tasks were given: the inspection waits for them."""
        at = inspection.concluded_at
        self.visits.reach(inspection, InspectionState.FOLLOW_UP, at, SYSTEM_ACTOR, "inspection followed up")

    def close_if_done(self, inspection: Inspection) -> None:
        """Closes an inspection whose findings are all done with."""
        findings = self.visits.findings.get(inspection.id, [])
        if any(one.state not in {FindingState.CLOSED, FindingState.WITHDRAWN} for one in findings):
            return
        at = max([one.closed_at for one in findings if one.closed_at] or [inspection.concluded_at])
        inspection.closed_at = at
        self.visits.reach(inspection, InspectionState.CLOSED, at, SYSTEM_ACTOR, "inspection closed")


def _second_part(task: str, part: int) -> str:
    lead = ("Rút kinh nghiệm và báo cáo kết quả:", "Phổ biến, quán triệt toàn đơn vị:")[part - 1]
    return f"{lead} {task[0].lower()}{task[1:]}"
