"""WHO may do what. One table of pure predicates; states and dates are asked of the features' move tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from inspect_app.refusals import NotPermitted


class Role(StrEnum):
    """What a person may be within a scope. HEAD is never granted: it follows from the tenure of the day."""

    OFFICE = "office"
    LEAD = "lead"
    MEMBER = "member"
    FOCAL_POINT = "focal_point"
    AUTHORITY = "authority"
    VERIFIER = "verifier"
    COMMITTEE = "committee"
    AUDITOR = "auditor"
    ADMIN = "admin"
    HEAD = "head"


GRANTABLE = frozenset(Role) - {Role.HEAD}
WATCHING = frozenset({Role.OFFICE, Role.AUTHORITY, Role.VERIFIER, Role.COMMITTEE, Role.AUDITOR})
"""Roles that see every inspection and task in their scope."""


@dataclass
class Actor:
    """The person who acts, with what they hold today.

    `grants` are (role, unit) pairs in force, `head_of` the units whose head they are today, `took_over` the ended units
    for which the units that they head or keep papers for answer today, `teams` their part in inspections
    ({inspection id: "lead" | "deputy" | "secretary" | "member"}); `above(unit_id)` gives the unit itself and everything
    that reaches it.
    """

    id: UUID
    name: str
    email: str
    language: str
    grants: frozenset[tuple[Role, UUID]]
    head_of: frozenset[UUID]
    teams: Mapping[UUID, str]
    above: Callable[[UUID], frozenset[UUID]]
    took_over: frozenset[UUID] = frozenset()
    unit_id: UUID | None = None
    sign_in_id: UUID | None = None
    unread_notices: int = 0
    _above: dict[UUID, frozenset[UUID]] = field(default_factory=dict)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.sign_in_id or self.id)

    def holds(self, role: Role, unit_id: UUID | None) -> bool:
        """True when a grant of the role reaches the unit; without a unit, when there is any grant of it."""
        if unit_id is None:
            return any(held == role for held, _ in self.grants)
        return any(held == role and at in self._reaching(unit_id) for held, at in self.grants)

    def heads(self, unit_id: UUID | None) -> bool:
        return bool(self.head_of) if unit_id is None else unit_id in self.head_of

    def part_in(self, inspection_id: UUID | None) -> str | None:
        """Their part in an inspection's team; without an inspection, in any."""
        if inspection_id is None:
            return next(iter(self.teams.values()), None)
        return self.teams.get(inspection_id)

    def units_of(self, *roles: Role) -> frozenset[UUID]:
        """The units on which these roles were granted; what lies below them is a question for the database."""
        return frozenset(unit_id for role, unit_id in self.grants if role in roles)

    def roles(self) -> frozenset[Role]:
        held = {role for role, _ in self.grants}
        if self.head_of:
            held.add(Role.HEAD)
        return frozenset(held)

    def _reaching(self, unit_id: UUID) -> frozenset[UUID]:
        if unit_id not in self._above:
            self._above[unit_id] = self.above(unit_id)
        return self._above[unit_id]


Predicate = Callable[[Actor, Any], bool]


def holds(*roles: Role) -> Predicate:
    return lambda actor, thing: any(actor.holds(role, _unit_of(thing)) for role in roles)


def heads(actor: Actor, thing: Any) -> bool:
    return actor.heads(_unit_of(thing))


def leads(actor: Actor, thing: Any) -> bool:
    inspection_id = _inspection_of(thing)
    if inspection_id is None:
        return any(part in {"lead", "deputy"} for part in actor.teams.values())
    return actor.part_in(inspection_id) in {"lead", "deputy"}


def in_team(actor: Actor, thing: Any) -> bool:
    return actor.part_in(_inspection_of(thing)) is not None


def signed_in(actor: Actor, thing: Any) -> bool:
    return True


def any_of(*predicates: Predicate) -> Predicate:
    return lambda actor, thing: any(predicate(actor, thing) for predicate in predicates)


office = holds(Role.OFFICE)
authority = holds(Role.AUTHORITY)
watches = holds(*WATCHING)
at_unit = any_of(heads, holds(Role.FOCAL_POINT))
admin = holds(Role.ADMIN)


class Permission(StrEnum):
    """What can be done, as <thing>:<verb>."""

    ACCOUNT_OWN = "account:own"
    ADMIN_PEOPLE = "admin:people"
    ADMIN_SETTINGS = "admin:settings"
    ADMIN_UNITS = "admin:units"
    ADMIN_RUBRICS = "admin:rubrics"
    AUDIT_READ = "audit:read"
    COMMITTEE_VIEW = "committee:view"
    DOCUMENT_READ = "document:read"
    FINDING_CLOSE = "finding:close"
    FINDING_DECIDE = "finding:decide"
    FINDING_NAMED_PERSON = "finding:named-person"
    FINDING_PROPOSE = "finding:propose"
    FINDING_RAISE = "finding:raise"
    FINDING_REMEDY_AGAIN = "finding:remedy-again"
    FINDING_REPLY = "finding:reply"
    FINDING_VIEW = "finding:view"
    INSPECTION_ANSWER = "inspection:answer"
    INSPECTION_APPRAISE = "inspection:appraise"
    INSPECTION_CANCEL = "inspection:cancel"
    INSPECTION_CONCLUDE = "inspection:conclude"
    INSPECTION_EXPLAIN = "inspection:explain"
    INSPECTION_LEAD = "inspection:lead"
    INSPECTION_NOTIFY = "inspection:notify"
    INSPECTION_PAPER = "inspection:paper"
    INSPECTION_REOPEN = "inspection:reopen"
    INSPECTION_SCHEDULE = "inspection:schedule"
    INSPECTION_SIGN_FOR_UNIT = "inspection:sign-for-unit"
    INSPECTION_VIEW = "inspection:view"
    NOTICE_OWN = "notice:own"
    OVERVIEW = "overview:view"
    PLAN_APPROVE = "plan:approve"
    PLAN_EDIT = "plan:edit"
    PLAN_VIEW = "plan:view"
    RUBRIC_VIEW = "rubric:view"
    TABLET_VIEW = "tablet:view"
    TASK_ACKNOWLEDGE = "task:acknowledge"
    TASK_DECIDE = "task:decide"
    TASK_DROP = "task:drop"
    TASK_EXTEND_FIRST = "task:extend-first"
    TASK_EXTEND_SECOND = "task:extend-second"
    TASK_EXTEND_THIRD = "task:extend-third"
    TASK_REASSIGN = "task:reassign"
    TASK_REMIND = "task:remind"
    TASK_REPORT = "task:report"
    TASK_REQUEST_EXTENSION = "task:request-extension"
    TASK_SUBMIT = "task:submit"
    TASK_VERIFY = "task:verify"
    TASK_VIEW = "task:view"
    UNIT_VIEW = "unit:view"


P = Permission
TABLE: dict[Permission, Predicate] = {
    # One's own things.
    P.ACCOUNT_OWN: signed_in,
    P.NOTICE_OWN: signed_in,
    P.OVERVIEW: signed_in,
    # Catalogues that every signed-in person may look up; files are found through the things that they belong to.
    P.UNIT_VIEW: signed_in,
    P.RUBRIC_VIEW: signed_in,
    P.DOCUMENT_READ: signed_in,
    # ADMIN keeps accounts and catalogues, and never touches a score.
    P.ADMIN_PEOPLE: admin,
    P.ADMIN_SETTINGS: admin,
    P.ADMIN_UNITS: any_of(admin, office),
    P.ADMIN_RUBRICS: any_of(admin, office),
    P.AUDIT_READ: holds(Role.AUDITOR, Role.OFFICE, Role.ADMIN),
    # The plan of an inspecting unit.
    P.PLAN_VIEW: watches,
    P.PLAN_EDIT: office,
    P.PLAN_APPROVE: authority,
    # The visit.
    P.INSPECTION_VIEW: any_of(watches, at_unit, in_team),
    P.INSPECTION_SCHEDULE: office,
    P.INSPECTION_NOTIFY: any_of(office, authority),
    P.INSPECTION_LEAD: leads,
    # Whoever only watches opens the papers that are there; making one leaves a file.
    P.INSPECTION_PAPER: any_of(office, authority, at_unit, in_team),
    P.INSPECTION_ANSWER: in_team,
    P.INSPECTION_SIGN_FOR_UNIT: heads,
    P.INSPECTION_EXPLAIN: heads,
    P.INSPECTION_APPRAISE: office,
    P.INSPECTION_CONCLUDE: authority,
    P.INSPECTION_REOPEN: authority,
    P.INSPECTION_CANCEL: authority,
    P.TABLET_VIEW: office,
    # Findings.
    P.FINDING_VIEW: any_of(watches, at_unit, in_team),
    P.FINDING_RAISE: in_team,
    P.FINDING_REPLY: heads,
    P.FINDING_PROPOSE: leads,
    P.FINDING_DECIDE: office,
    P.FINDING_CLOSE: holds(Role.VERIFIER),
    P.FINDING_REMEDY_AGAIN: any_of(office, holds(Role.COMMITTEE)),
    P.FINDING_NAMED_PERSON: any_of(office, authority, heads, leads),
    # Remedial tasks.
    P.TASK_VIEW: any_of(watches, at_unit, in_team),
    P.TASK_ACKNOWLEDGE: at_unit,
    P.TASK_REPORT: at_unit,
    P.TASK_SUBMIT: heads,
    P.TASK_REQUEST_EXTENSION: at_unit,
    P.TASK_EXTEND_FIRST: office,
    P.TASK_EXTEND_SECOND: authority,
    P.TASK_EXTEND_THIRD: holds(Role.COMMITTEE),
    P.TASK_VERIFY: holds(Role.VERIFIER),
    P.TASK_DECIDE: authority,
    P.TASK_DROP: holds(Role.COMMITTEE),
    P.TASK_REASSIGN: office,
    P.TASK_REMIND: any_of(office, holds(Role.COMMITTEE)),
    P.COMMITTEE_VIEW: any_of(holds(Role.COMMITTEE, Role.OFFICE, Role.AUTHORITY, Role.AUDITOR)),
}


def may(actor: Actor | Any, permission: Permission, thing: Any = None) -> bool:
    """True when the person may do this to the thing; without a thing, when they may do it to anything at all."""
    return getattr(actor, "is_authenticated", False) and TABLE[permission](actor, thing)


def insist(actor: Actor, permission: Permission, thing: Any = None) -> None:
    """Raises NotPermitted (403) unless the person may do this to the thing."""
    if not may(actor, permission, thing):
        raise NotPermitted


def _unit_of(thing: Any) -> UUID | None:
    if thing is None:
        return None
    unit_id: UUID | None = thing.id if getattr(thing, "__tablename__", "") == "unit" else thing.unit_id
    return unit_id


def _inspection_of(thing: Any) -> UUID | None:
    if thing is None:
        return None
    own = getattr(thing, "__tablename__", "") == "inspection"
    inspection_id: UUID | None = thing.id if own else getattr(thing, "inspection_id", None)
    return inspection_id
