"""Remedial tasks: their way, their due dates, who may decide, and who answers for which late day. See docs/rules.md."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from inspect_app.calendars.rules import Pause, WorkingCalendar, add_months, require_working_day, written
from inspect_app.moves import Move, Named
from inspect_app.refusals import N_, NP_, Refused


class TaskState(Named):
    """Where a task stands. Overdue, due soon, late and on time are computed, never states."""

    DRAFT = "draft", N_("Dự thảo")
    ASSIGNED = "assigned", N_("Đã giao")
    ACKNOWLEDGED = "acknowledged", N_("Đã tiếp nhận")
    IN_PROGRESS = "in_progress", N_("Đang thực hiện")
    SUBMITTED = "submitted", N_("Chờ xác nhận")
    VERIFIED = "verified", N_("Đã xác nhận")
    CLOSED = "closed", N_("Đã đóng")
    RETURNED = "returned", N_("Bị trả lại")
    SUSPENDED = "suspended", N_("Tạm dừng")
    CANCELLED = "cancelled", N_("Đã hủy")
    NOT_IMPLEMENTED = "not_implemented", N_("Không thực hiện")


State = TaskState


class ExtensionState(Named):
    """Where a wish for more time stands."""

    REQUESTED = "requested", N_("Đang chờ duyệt")
    APPROVED = "approved", N_("Đã đồng ý")
    REFUSED = "refused", NP_("extension", "Không đồng ý")
    WITHDRAWN = "withdrawn", N_("Đã rút")


class TaskOrigin(Named):
    """What a task comes from; only a finding is closed by it."""

    FINDING = "finding", N_("Tồn tại, hạn chế")
    CRITERION = "criterion", N_("Tiêu chí của chỉ số")
    COMMITTEE = "committee", N_("Quyết định của Ban Chỉ đạo")
    OBLIGATION = "obligation", N_("Chỉ tiêu của năm")
    DIALOGUE = "dialogue", N_("Cam kết khi đối thoại")


class ExtensionLevel(Named):
    """Who decides on an extension."""

    OFFICE = "office", N_("Cơ quan thường trực")
    AUTHORITY = "authority", N_("Người ký")
    COMMITTEE = "committee", N_("Ban Chỉ đạo")


class HolderKind(Named):
    """On whose account a late day stands."""

    HOLDER = "holder", N_("Người đứng đầu")
    ACTING = "acting", N_("Người phụ trách")
    UNIT = "unit", N_("Đơn vị")


RUNNING = frozenset({State.ASSIGNED, State.ACKNOWLEDGED, State.IN_PROGRESS, State.RETURNED})
"""The unit is at work and the clock runs: only these can be overdue."""

SETTLED = frozenset({State.CLOSED, State.CANCELLED, State.NOT_IMPLEMENTED})
OPEN = frozenset(State) - SETTLED
DONE = frozenset({State.VERIFIED, State.CLOSED})
LETS_FINDING_RESOLVE = SETTLED
"""A finding is resolved when all of its tasks stand here."""

SUSPENDABLE = RUNNING
REOPEN_MONTHS = 12
ACKNOWLEDGED_AFTER = 3
"""Working days after which a task counts as acknowledged by itself."""

MOVES: Mapping[str, Move] = {
    "issue": Move(frozenset({State.DRAFT}), State.ASSIGNED, N_("Giao nhiệm vụ")),
    "acknowledge": Move(frozenset({State.ASSIGNED}), State.ACKNOWLEDGED, N_("Tiếp nhận nhiệm vụ")),
    "report": Move(frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS}), State.IN_PROGRESS, N_("Báo cáo tiến độ")),
    "submit": Move(frozenset({State.IN_PROGRESS, State.RETURNED}), State.SUBMITTED, N_("Nộp kết quả")),
    "return": Move(frozenset({State.SUBMITTED}), State.RETURNED, N_("Trả lại")),
    "verify": Move(frozenset({State.SUBMITTED}), State.VERIFIED, N_("Xác nhận hoàn thành")),
    "close": Move(frozenset({State.VERIFIED}), State.CLOSED, N_("Đóng nhiệm vụ")),
    "suspend": Move(SUSPENDABLE, State.SUSPENDED, N_("Tạm dừng nhiệm vụ")),
    "resume": Move(frozenset({State.SUSPENDED}), SUSPENDABLE, N_("Tiếp tục nhiệm vụ")),
    "cancel": Move(RUNNING | {State.DRAFT, State.SUBMITTED, State.SUSPENDED}, State.CANCELLED, N_("Hủy nhiệm vụ")),
    "not_implemented": Move(
        RUNNING | {State.SUBMITTED, State.SUSPENDED}, State.NOT_IMPLEMENTED, N_("Kết luận không thực hiện")
    ),
    "reopen": Move(frozenset({State.CLOSED, State.NOT_IMPLEMENTED}), State.IN_PROGRESS, N_("Mở lại nhiệm vụ")),
}

EXTENSION_MOVES: Mapping[str, Move] = {
    "approve": Move(frozenset({ExtensionState.REQUESTED}), ExtensionState.APPROVED, N_("Đồng ý gia hạn")),
    "refuse": Move(frozenset({ExtensionState.REQUESTED}), ExtensionState.REFUSED, N_("Không đồng ý gia hạn")),
    "withdraw": Move(frozenset({ExtensionState.REQUESTED}), ExtensionState.WITHDRAWN, N_("Rút đề nghị gia hạn")),
}

BUCKETS = ("1-30", "31-60", "61-90", "90+")
BUCKET_ENDS = (30, 60, 90)
BEFORE_STEPS = (-10, -5, -1)
AFTER_STEPS = (1, 5, 15, 30)
SHORT_TERM = 10
DUE_SOON = 5


# Due dates


def is_overdue(state: TaskState, due: date, on: date) -> bool:
    """The current due date has ended before `on` does, and the task is running then: submitted or suspended, it is not.

    `state` is the state at the end of `on`; for a past day it comes from the log.
    """
    return state in RUNNING and due < on


def age(
    calendar: WorkingCalendar,
    due: date,
    on: date,
    suspensions: Iterable[Pause] = (),
    verification_spans: Iterable[Pause] = (),
) -> int:
    """How long an overdue task has been so, in working days from the current due date; at least 1."""
    return max(1, calendar.late_by(due, on, suspensions, verification_spans))


def bucket_of(days: int) -> str:
    """The band of an age: 1-30, 31-60, 61-90 or 90+ working days."""
    return next((name for name, end in zip(BUCKETS, BUCKET_ENDS, strict=False) if days <= end), BUCKETS[-1])


def bucket_starts(calendar: WorkingCalendar, on: date) -> tuple[date, ...]:
    """The earliest due date of each band but the last, for counting unpaused tasks in the database.

    A task with no pause falls in "1-30" when its due date is on or after the first, in "31-60" when on or after the
    second, and so on; earlier than all of them is "90+".
    """
    return tuple(_earliest_due(calendar, on, end) for end in BUCKET_ENDS)


def _earliest_due(calendar: WorkingCalendar, on: date, days: int) -> date:
    # The (days + 1)-th working day back from `on`, itself counted, is the latest due date that is not yet `days` late.
    today_counts = calendar.is_working_day(on)
    return calendar.add_working_days(on, -days if today_counts else -(days + 1))


def days_left(calendar: WorkingCalendar, due: date, on: date) -> int:
    """Working days after `on` up to the due date; 0 on the due date and after it."""
    return calendar.working_days_between(on, due)


def is_due_soon(calendar: WorkingCalendar, state: TaskState, due: date, on: date, *, within: int = DUE_SOON) -> bool:
    """Running, not overdue, and at most `within` working days left."""
    return state in RUNNING and on <= due and days_left(calendar, due, on) <= within


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """A step of the ladder. `step` is the working days from the due date, or "half" for the half-way day."""

    day: date
    step: int | str


def reminder_steps(
    calendar: WorkingCalendar,
    assigned_on: date,
    due: date,
    *,
    before: Iterable[int] = BEFORE_STEPS,
    after: Iterable[int] = AFTER_STEPS,
) -> tuple[ReminderStep, ...]:
    """The days on which the ladder speaks, in order.

    A term under ten working days keeps −1 and its half-way day; a step before the due date that would fall on the day
    of assignment or earlier is dropped.
    """
    term = calendar.working_days_between(assigned_on, due)
    if term < SHORT_TERM:
        ahead = [ReminderStep(calendar.add_working_days(due, -1), -1)]
        half = calendar.add_working_days(assigned_on, term // 2)
        if half != ahead[0].day:
            ahead.insert(0, ReminderStep(half, "half"))
    else:
        ahead = [ReminderStep(calendar.add_working_days(due, n), n) for n in sorted(before)]
    behind = [ReminderStep(calendar.add_working_days(due, n), n) for n in sorted(after)]
    return tuple([step for step in ahead if step.day > assigned_on] + behind)


# Late days


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who held the post of the head, from day to day, both included. `acting` marks the acting head."""

    person: str
    starts_on: date
    ends_on: date | None = None
    acting: bool = False


@dataclass(frozen=True, slots=True)
class LateShare:
    """Late days on one account. `person` is None for the unit itself."""

    person: str | None
    kind: HolderKind
    days: int


def late_days_by_holder(
    calendar: WorkingCalendar,
    due: date,
    until: date,
    tenures: Iterable[Tenure],
    *,
    suspensions: Iterable[Pause] = (),
    verification_spans: Iterable[Pause] = (),
) -> tuple[LateShare, ...]:
    """Late days go to whoever held the post on that day, else to the acting head, else to the unit itself.

    The parts sum to `late_by`. In the order in which they first answered.
    """
    held = sorted(tenures, key=lambda tenure: (not tenure.acting, tenure.starts_on))
    shares: Counter[tuple[str | None, HolderKind]] = Counter()
    for day in calendar.late_days(due, until, suspensions, verification_spans):
        shares[_answers_on(day, held)] += 1
    return tuple(LateShare(person, kind, days) for (person, kind), days in shares.items())


def _answers_on(day: date, held: list[Tenure]) -> tuple[str | None, HolderKind]:
    """The last in `held` that covers the day: full holders stand after acting ones, later ones after earlier."""
    for tenure in reversed(held):
        if tenure.starts_on <= day and (tenure.ends_on is None or day <= tenure.ends_on):
            return tenure.person, HolderKind.ACTING if tenure.acting else HolderKind.HOLDER
    return None, HolderKind.UNIT


# Who may decide


def doers(reported: Iterable[str], submitted: Iterable[str], holders_since_issue: Iterable[str]) -> frozenset[str]:
    """Everyone who reported or submitted on the task, and whoever held its post since it was issued."""
    return frozenset(reported) | frozenset(submitted) | frozenset(holders_since_issue)


def may_verify(person: str, task_doers: frozenset[str]) -> bool:
    """Nobody verifies work in which they had a hand."""
    return person not in task_doers


def may_decide_extension(person: str, requester: str) -> bool:
    """Nobody decides on their own wish."""
    return person != requester


def extension_level(approved_before: int) -> ExtensionLevel:
    """The first extension is decided by the office, the second by the authority, later ones by the committee.

    Only approved extensions count: a wish that was refused or withdrawn moved nothing.
    """
    levels = tuple(ExtensionLevel)
    return levels[min(approved_before, len(levels) - 1)]


def require_extension_request(
    state: TaskState,
    due: date,
    wished_due: date,
    on: date,
    *,
    pending: bool,
    calendar: WorkingCalendar,
) -> None:
    """An extension is asked while the task runs, by the end of the due date, one at a time. Raises Refused."""
    if state not in RUNNING:
        raise Refused(N_("Chỉ xin gia hạn được khi nhiệm vụ đang thực hiện."))
    if pending:
        raise Refused(N_("Đã có đề nghị gia hạn đang chờ."))
    if on > due:
        raise Refused(
            N_("Nhiệm vụ đã quá hạn từ ngày %(due)s. Đề nghị gia hạn phải gửi trước khi hết hạn."), due=written(due)
        )
    require_later_due(due, wished_due, calendar)


def require_later_due(due: date, wished_due: date, calendar: WorkingCalendar) -> None:
    """A new due date is a working day after the current one. Raises Refused."""
    if wished_due <= due:
        raise Refused(N_("Hạn mới phải sau hạn hiện hành %(due)s."), status=422, due=written(due))
    require_working_day(calendar, wished_due)


def may_reopen(settled_on: date, on: date) -> bool:
    """A task may be taken up again within twelve months of its closing."""
    return on <= add_months(settled_on, REOPEN_MONTHS)
