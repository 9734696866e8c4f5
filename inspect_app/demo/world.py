"""The demonstration as a whole: what is loaded, who is in it, and what has happened up to today."""

from datetime import date, datetime, time
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select

from inspect_app.audit.actions import SYSTEM_ACTOR
from inspect_app.clock import HANOI
from inspect_app.db import db, ids_from, new_id
from inspect_app.demo.cast import FIRST_DAY, HEAD_UNIT, Cast, cast_everybody
from inspect_app.demo.chronicle import Chronicle, DeterministicIds
from inspect_app.demo.remedies import Due, Remedies
from inspect_app.demo.visits import Visits, Wish
from inspect_app.findings.rules import State as FindingState
from inspect_app.inspections.models import Inspection
from inspect_app.inspections.rules import InspectionForm, State
from inspect_app.plans.models import Plan, PlanTarget, PlanVersion
from inspect_app.plans.queries import lines_of, versions_of
from inspect_app.plans.rules import PlanState
from inspect_app.plans.versions import frozen
from inspect_app.refusals import N_, Refused
from inspect_app.rubrics.actions import load_shipped_rubrics
from inspect_app.rubrics.queries import newest_version, rubric_of
from inspect_app.tasks.rules import State as TaskState
from inspect_app.units.actions import load_shipped_units
from inspect_app.units.models import Unit
from inspect_app.units.queries import in_force, unit_by_code
from inspect_app.units.rules import UnitKind

CITY = "HN"
RUBRIC = "kiem-tra-mau-7"
CURRENT_UNIT = "UBND phường Văn Miếu - Quốc Tử Giám"
DEPARTMENTS, COMMUNES = "Sở, ban, ngành", "UBND xã, phường"
REORGANISED = date(2025, 7, 1)
OLD_OFFSETS = tuple(range(-900, -440, 40))
LAST_AUTUMN = (-345, -330, -312, -295, -278)
RECENT_OFFSETS = (-236, -225, -214, -203, -192, -181, -170, -155, -141, -126, -112, -101)
OPEN_OFFSETS = (-94, -87, -79, -72, -66, -58, -51, -45, -38, -25)


def seed(today: date) -> None:
    """Fills an empty database. The same day gives the same rows, ids and log. Call it inside a transaction.

    Raises Refused when there are units already.
    """
    if db.session.scalar(select(Unit.id).limit(1)):
        raise Refused(N_("Cơ sở dữ liệu đã có dữ liệu; dữ liệu minh họa chỉ nạp vào cơ sở dữ liệu trống."))
    chance = Random(f"inspect {today.isoformat()}")  # noqa: S311 - a believable past, not a secret
    now = datetime.combine(today, time(10, 40), HANOI)
    with ids_from(DeterministicIds(chance, datetime.combine(FIRST_DAY, time(8), HANOI))):
        start = datetime.combine(FIRST_DAY, time(8), HANOI)
        load_shipped_units(start, SYSTEM_ACTOR)
        load_shipped_rubrics(start, SYSTEM_ACTOR)
        _World(Chronicle(chance, now)).build()


class _World:
    def __init__(self, chronicle: Chronicle) -> None:
        self.c = chronicle
        self.city = unit_by_code(CITY)
        self.old = self._units(REORGANISED.replace(month=1, day=15))
        self.new = self._units(chronicle.today)
        known = {unit.id: unit for unit in self.old + self.new}
        self.cast: Cast = cast_everybody(chronicle, self.city, [self.city, *known.values()])
        version = newest_version(RUBRIC)
        self.visits = Visits(chronicle, self.cast, self.city, version, rubric_of(version.id))
        self.remedies = Remedies(chronicle, self.cast, self.visits)
        self.plans: dict[int, Plan] = {}
        self.unused = [unit for unit in self.new if unit.kind is not UnitKind.NGANH_DOC]
        chronicle.chance.shuffle(self.unused)

    def build(self) -> None:
        for year in range(self.c.today.year - 2, self.c.today.year + 1):
            self._plan(year)
        self._old_visits()
        self._recent_visits()
        self._open_visits()
        self._on_the_way()
        self._in_the_plan()
        self._second_version()
        self.c.write()
        self._freeze()

    def _freeze(self) -> None:
        """Every approved version holds the lines that it approved."""
        for year, plan in self.plans.items():
            lines = [line for line in lines_of(plan.id) if line.state is not State.PROPOSED]
            approved = next(version for version in versions_of(plan.id) if version.state is PlanState.APPROVED)
            approved.lines = [frozen(line) for line in lines if line.year == year]
        db.session.flush()

    def _units(self, on: date) -> list[Unit]:
        """Departments, communes (and in the old days districts) in force on a day, in the order of their codes."""
        kinds = (UnitKind.SO, UnitKind.XA, UnitKind.PHUONG, UnitKind.QUAN, UnitKind.HUYEN, UnitKind.NGANH_DOC)
        rows = list(db.session.scalars(select(Unit).where(in_force(on), Unit.kind.in_(kinds)).order_by(Unit.code)))
        if on >= REORGANISED:
            return rows
        districts = [unit for unit in rows if unit.kind in {UnitKind.QUAN, UnitKind.HUYEN}][:12]
        departments = [unit for unit in rows if unit.kind is UnitKind.SO]
        return districts + departments

    def _plan(self, year: int) -> None:
        created = self.c.at(date(year, 1, 12), 9)
        plan = self.c.add(
            Plan(id=new_id(), unit_id=self.city.id, year=year, denominator_on=date(year, 1, 1), created_at=created)
        )
        self.c.note("plan created", plan, self.cast.players["van-phong"], created)
        groups = (
            ("", DEPARTMENTS, COMMUNES) if date(year, 1, 1) >= REORGANISED else ("", DEPARTMENTS, "UBND quận, huyện")
        )
        for group in map(self._group_like, groups):
            self.c.add(PlanTarget(plan_id=plan.id, group=group, pct=Decimal(30)))
        self.plans[year] = plan
        self._version(plan, 1, PlanState.APPROVED, year)

    def _group_like(self, group: str) -> str:
        """The group as the units carry it; the districts' own name comes from the data."""
        names = {unit.group for unit in self.old + self.new if unit.group}
        if not group or group in names:
            return group
        return next(name for name in sorted(names) if name.startswith("UBND quận"))

    def _version(self, plan: Plan, number: int, state: PlanState, year: int) -> PlanVersion:
        office, authority = self.cast.players["van-phong"], self.cast.players["nguoi-ky"]
        submitted, approved = self.c.at(date(year, 2, 10), 16), self.c.at(date(year, 2, 27), 10)
        done = state is PlanState.APPROVED
        version = self.c.add(
            PlanVersion(
                id=new_id(),
                plan=plan,
                number=number,
                state=state,
                version=1,
                submitted_at=submitted if done else None,
                submitted_by_id=office.id if done else None,
                approved_at=approved if done else None,
                approved_by_id=authority.id if done else None,
                decision_number=f"{112 + number}/QĐ-UBND" if done else "",
                decision_on=approved.date() if done else None,
                lines=[] if done else None,
                created_at=self.c.at(date(year, 1, 12), 9) if done else self.c.at(self.c.later(self.c.today, -6), 15),
            )
        )
        if done:
            self.c.note("plan submitted", version, office, submitted)
            self.c.note("plan approved", version, authority, approved, document=version.decision_number)
        return version

    def _visit(self, unit: Unit, day: date, reaches: State, quality: float | None = None) -> Inspection:
        wish = Wish(unit, day, reaches, quality or self.c.chance.uniform(0.58, 0.95))
        planned_at = min(self.c.at(date(day.year, 2, 27), 10), self.c.at(self.c.later(day, -16), 10))
        plan = self.plans[day.year]
        return self.visits.visit(wish, plan.id, planned_at, self._reasons(unit))

    def _reasons(self, unit: Unit) -> list[dict[str, Any]]:
        if unit.valid_from and unit.valid_from >= date(2025, 1, 1):
            return [
                {"code": "never_since_founded", "facts": {"month": f"{unit.valid_from.month}/{unit.valid_from.year}"}}
            ]
        return [{"code": "years_since", "facts": {"years": self.c.chance.randrange(2, 5)}}]

    def _old_visits(self) -> None:
        """Before the reorganisation of 2025; a few tasks of districts that ended without a successor are still open."""
        units = list(self.old)
        self.c.chance.shuffle(units)
        for number, offset in enumerate(OLD_OFFSETS):
            day = self.c.day(offset)
            if day.year not in self.plans or day >= REORGANISED:
                continue
            districts = [unit for unit in units if unit.kind in {UnitKind.QUAN, UnitKind.HUYEN}]
            unit = districts[number] if number < 4 else units[number + 4]
            inspection = self._visit(unit, day, State.CONCLUDED)
            left = number < 3 and unit.kind is not UnitKind.SO
            self.remedies.remedy(inspection, all_done=not left, stubborn=3 if left else 1)
            self.remedies.close_serious(inspection)
            self.remedies.close_if_done(inspection)

    def _recent_visits(self) -> None:
        for number, offset in enumerate(LAST_AUTUMN + RECENT_OFFSETS):
            inspection = self._visit(self._take(number % 4 == 0), self.c.day(offset), State.CONCLUDED)
            done = number in {0, 1, 2, 4, 5, 6, 8, 9, 11, 13, 14, 17}
            self.remedies.remedy(inspection, all_done=done, stubborn=3.0)
            if done:
                self.remedies.close_serious(inspection)
            self.remedies.close_if_done(inspection)

    def _open_visits(self) -> None:
        for number, offset in enumerate(OPEN_OFFSETS):
            unit = self._take(number == 4) if number != 5 else self._named(HEAD_UNIT)
            inspection = self._visit(unit, self.c.day(offset), State.CONCLUDED)
            if unit.name == HEAD_UNIT:
                self._tasks_of_the_player(inspection)
            else:
                self.remedies.remedy(inspection, stubborn=3.5)
                self.remedies.close_if_done(inspection)

    def _tasks_of_the_player(self, inspection: Inspection) -> None:
        """What the head who signs in by one click has to do: overdue, due soon, running, waiting, freshly given."""
        given = inspection.concluded_at.astimezone(HANOI).date()
        wanted = [
            (-4, TaskState.IN_PROGRESS),
            (3, TaskState.IN_PROGRESS),
            (5, TaskState.ACKNOWLEDGED),
            (15, TaskState.IN_PROGRESS),
            (18, TaskState.RETURNED),
            (22, TaskState.IN_PROGRESS),
            (6, TaskState.SUBMITTED),
            (9, TaskState.SUBMITTED),
            (-20, TaskState.CLOSED),
        ]
        findings = [one for one in self.visits.findings[inspection.id] if one.state is FindingState.CONFIRMED]
        for number, (left, fate) in enumerate(wanted):
            due_on = self.c.later(self.c.today, left)
            due = Due(given, due_on, self.c.calendar.working_days_between(given, due_on))
            finding = findings[number % len(findings)]
            self.remedies.task(inspection, finding, due, fate, part=number // len(findings))
        for finding in findings[len(wanted) :]:
            self.remedies.task(inspection, finding, Due(given, self.c.later(given, 30), 30), TaskState.IN_PROGRESS)
        self.remedies.follow_up(inspection)

    def _on_the_way(self) -> None:
        """Visits between the field and the conclusion, one of each kind or two."""
        for offset, reaches in (
            (-31, State.REPORTED),
            (-29, State.REPORTED),
            (-20, State.IN_REVIEW),
            (-17, State.IN_REVIEW),
            (-14, State.IN_REVIEW),
            (-8, State.MINUTES_SIGNED),
            (-3, State.FIELD_DONE),
        ):
            inspection = self._visit(self._take(offset == -17), self.c.day(offset), reaches)
            if offset == -31:
                self.remedies.draft(inspection)
        self._visit(self._named(CURRENT_UNIT), self.c.day(0), State.IN_PROGRESS, 0.72)
        self._visit(self._take(False), self.c.later(self.c.today, -1), State.IN_PROGRESS, 0.8)
        lead = self.cast.teams[1].lead
        halted = self._visit(self._take(False), self.c.later(self.c.today, -2), State.IN_PROGRESS, 0.8)
        halted.held_from = State.IN_PROGRESS.value
        at = self.c.at(self.c.later(self.c.today, -1), 14)
        self.visits.reach(
            halted, State.SUSPENDED, at, lead, "inspection suspended", "Đơn vị đang tiếp công dân đột xuất"
        )

    def _in_the_plan(self) -> None:
        """What is still to come this year, and one check that nobody outside the office knows of."""
        left = (date(self.c.today.year, 12, 30) - self.c.today).days
        for share, reaches in (
            (0.04, State.NOTIFIED),
            (0.08, State.NOTIFIED),
            (0.12, State.SCHEDULED),
            (0.2, State.SCHEDULED),
            (0.3, State.SCHEDULED),
        ):
            self._visit(self._take(share == 0.2), self.c.day(round(left * share) + 1), reaches)
        missed = self._visit(self._take(False), self.c.later(self.c.today, -9), State.NOTIFIED)
        missed.reasons = [*missed.reasons, {"code": "overdue_tasks", "facts": {"count": 2}}]
        self._planned_only()

    def _planned_only(self) -> None:
        year, office = self.c.today.year, self.cast.players["van-phong"]
        at = self.c.at(date(year, 2, 27), 10)
        for _ in range(3):
            unit = self._take(False)
            line = self.visits.line(unit, year, self.plans[year].id, self._reasons(unit), quarter=4)
            self.visits.reach(line, State.PLANNED, at, self.cast.players["nguoi-ky"], "inspection planned")
        for number in range(2):
            unit = self._take(False)
            line = self.visits.line(unit, year, self.plans[year].id, self._reasons(unit), quarter=4)
            self.visits.reach(line, State.PLANNED, at, self.cast.players["nguoi-ky"], "inspection planned")
            line.held_from, line.postponed_count = State.PLANNED.value, 2 - number
            moved = self.c.at(self.c.later(self.c.today, -15), 9)
            self.visits.reach(
                line, State.POSTPONED, moved, office, "inspection postponed", "Trùng lịch tiếp xúc cử tri"
            )
        gone = self._take(False)
        line = self.visits.line(gone, year, self.plans[year].id, self._reasons(gone))
        self.visits.reach(line, State.PLANNED, at, self.cast.players["nguoi-ky"], "inspection planned")
        line.cancelled_at = self.c.at(self.c.later(self.c.today, -30), 10)
        reason = "Đơn vị vừa được thanh tra toàn diện"
        self.visits.reach(
            line, State.CANCELLED, line.cancelled_at, self.cast.players["nguoi-ky"], "inspection cancelled", reason
        )
        secret = self._take(False)
        line = self.visits.line(
            secret,
            year,
            self.plans[year].id,
            [],
            form=InspectionForm.UNANNOUNCED,
            grounds="Chọn ngẫu nhiên theo kế hoạch kiểm tra đột xuất",
        )
        self.visits.reach(line, State.PLANNED, at, office, "inspection planned", line.grounds)

    def _second_version(self) -> None:
        """A draft that adds two units: what the office works on today."""
        year = self.c.today.year
        self._version(self.plans[year], 2, PlanState.DRAFT, year)
        office, at = self.cast.players["van-phong"], self.c.at(self.c.later(self.c.today, -6), 15, 30)
        for _ in range(2):
            unit = self._take(False)
            line = self.visits.line(unit, year, self.plans[year].id, self._reasons(unit), quarter=4)
            self.c.note("inspection proposed", line, office, at, version=1)

    def _take(self, department: bool) -> Unit:
        """A unit that nobody has visited yet in this story: a department, or a commune."""
        for unit in self.unused:
            if (unit.kind is UnitKind.SO) == department and unit.name not in {HEAD_UNIT, CURRENT_UNIT}:
                self.unused.remove(unit)
                return unit
        raise LookupError("The demonstration has used up its units.")

    def _named(self, name: str) -> Unit:
        return next(unit for unit in self.new if unit.name == name)
