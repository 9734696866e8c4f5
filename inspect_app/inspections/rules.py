"""What an inspection may go through, and what must hold before it is scheduled. See docs/rules.md."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from inspect_app.calendars.rules import WorkingCalendar, add_months, require_working_day, written
from inspect_app.moves import Move, Named
from inspect_app.refusals import N_, Refused, Together


class InspectionState(Named):
    """Where an inspection stands. Overdue and at risk are computed, never states."""

    PROPOSED = "proposed", N_("Đề xuất")
    PLANNED = "planned", N_("Trong kế hoạch")
    SCHEDULED = "scheduled", N_("Đã xếp lịch")
    NOTIFIED = "notified", N_("Đã thông báo")
    IN_PROGRESS = "in_progress", N_("Đang kiểm tra")
    FIELD_DONE = "field_done", N_("Xong thực địa")
    MINUTES_SIGNED = "minutes_signed", N_("Đã ký biên bản")
    IN_REVIEW = "in_review", N_("Thẩm định giải trình")
    REPORTED = "reported", N_("Đã báo cáo")
    CONCLUDED = "concluded", N_("Đã kết luận")
    FOLLOW_UP = "follow_up", N_("Theo dõi khắc phục")
    CLOSED = "closed", N_("Đã đóng")
    POSTPONED = "postponed", N_("Đã hoãn")
    SUSPENDED = "suspended", N_("Tạm dừng")
    CANCELLED = "cancelled", N_("Đã hủy")


State = InspectionState


class InspectionForm(Named):
    """How a unit is checked."""

    PERIODIC = "periodic", N_("Kiểm tra định kỳ")
    UNANNOUNCED = "unannounced", N_("Kiểm tra đột xuất")
    THEMATIC = "thematic", N_("Kiểm tra chuyên đề")
    FOLLOW_UP = "follow_up", N_("Phúc tra")
    DESK = "desk", N_("Kiểm tra qua báo cáo")


class MemberRole(Named):
    """What a person is in an inspection team."""

    LEAD = "lead", N_("Trưởng đoàn")
    DEPUTY = "deputy", N_("Phó trưởng đoàn")
    SECRETARY = "secretary", N_("Thư ký đoàn")
    MEMBER = "member", N_("Thành viên")


MAIN_LINE: tuple[State, ...] = tuple(State)[:12]
"""The way from proposal to closing, in order; the remaining states stand aside."""

ENTERS_AT: Mapping[InspectionForm, frozenset[State]] = {
    form: frozenset(
        {State.PLANNED}
        if form in (InspectionForm.UNANNOUNCED, InspectionForm.THEMATIC)
        else {State.PROPOSED, State.PLANNED}
    )
    for form in InspectionForm
}
"""Where a new inspection begins. Unannounced and thematic checks enter as planned, with a reason."""

BEFORE_VISIT = frozenset({State.PROPOSED, State.PLANNED, State.SCHEDULED, State.NOTIFIED, State.POSTPONED})
COUNTS_AS_SCHEDULED = frozenset(
    {State.PLANNED, State.SCHEDULED, State.NOTIFIED, State.IN_PROGRESS, State.FIELD_DONE, State.POSTPONED}
)
"""A check in one of these promises coverage; a suspended one promises nothing until it goes on."""

RECORD_OPEN = frozenset({State.IN_PROGRESS, State.FIELD_DONE})
"""Answers may change. Those recorded before a suspension arrive when the check goes on."""

FROZEN = frozenset(
    {State.MINUTES_SIGNED, State.IN_REVIEW, State.REPORTED, State.CONCLUDED, State.FOLLOW_UP, State.CLOSED}
)
"""The team's record is signed and does not change any more."""

REVIEW_OPEN = frozenset({State.MINUTES_SIGNED, State.IN_REVIEW})
CONCLUDED_OR_LATER = frozenset({State.CONCLUDED, State.FOLLOW_UP, State.CLOSED})
BOOKS_PEOPLE = frozenset({State.SCHEDULED, State.NOTIFIED, State.IN_PROGRESS, State.SUSPENDED})
"""The team's days are taken."""

MOVES: Mapping[str, Move] = {
    "approve_plan": Move(frozenset({State.PROPOSED}), State.PLANNED, N_("Phê duyệt kế hoạch")),
    "schedule": Move(frozenset({State.PLANNED}), State.SCHEDULED, N_("Xếp lịch")),
    "notify": Move(frozenset({State.SCHEDULED}), State.NOTIFIED, N_("Thông báo cho đơn vị")),
    "postpone": Move(
        frozenset({State.PLANNED, State.SCHEDULED, State.NOTIFIED}), State.POSTPONED, N_("Hoãn cuộc kiểm tra")
    ),
    "resume": Move(frozenset({State.POSTPONED}), State.PLANNED, N_("Đưa lại vào kế hoạch")),
    "start": Move(frozenset({State.NOTIFIED}), State.IN_PROGRESS, N_("Bắt đầu kiểm tra")),
    "suspend": Move(frozenset({State.IN_PROGRESS}), State.SUSPENDED, N_("Tạm dừng kiểm tra")),
    "resume_field": Move(frozenset({State.SUSPENDED}), State.IN_PROGRESS, N_("Tiếp tục kiểm tra")),
    "finish": Move(frozenset({State.IN_PROGRESS}), State.FIELD_DONE, N_("Kết thúc thực địa")),
    "sign": Move(frozenset({State.FIELD_DONE}), State.MINUTES_SIGNED, N_("Ký biên bản")),
    "open_review": Move(frozenset({State.MINUTES_SIGNED}), State.IN_REVIEW, N_("Mở thẩm định giải trình")),
    "explain": Move(frozenset({State.IN_REVIEW}), State.IN_REVIEW, N_("Giải trình")),
    "appraise": Move(frozenset({State.IN_REVIEW}), State.IN_REVIEW, N_("Thẩm định giải trình")),
    "report": Move(frozenset({State.IN_REVIEW}), State.REPORTED, N_("Báo cáo kết quả kiểm tra")),
    "conclude": Move(frozenset({State.REPORTED}), State.CONCLUDED, N_("Ban hành kết luận")),
    "follow_up": Move(frozenset({State.CONCLUDED}), State.FOLLOW_UP, N_("Theo dõi khắc phục")),
    "close": Move(frozenset({State.CONCLUDED, State.FOLLOW_UP}), State.CLOSED, N_("Đóng cuộc kiểm tra")),
    "reopen": Move(CONCLUDED_OR_LATER, State.IN_REVIEW, N_("Mở lại cuộc kiểm tra")),
    "cancel": Move(
        BEFORE_VISIT | {State.IN_PROGRESS, State.FIELD_DONE, State.SUSPENDED},
        State.CANCELLED,
        N_("Hủy cuộc kiểm tra"),
    ),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A person in the team: `person` is an id, `name` stands in refusals."""

    person: str
    name: str
    role: MemberRole


@dataclass(frozen=True, slots=True)
class Booking:
    """Days already taken by another inspection, both ends included; `unit` is the name shown."""

    person: str
    first_day: date
    last_day: date
    unit: str


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A person's place in a unit. `left_on` is the last day there, None while it lasts."""

    person: str
    unit_code: str
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Another inspection of the same unit; `first_day` None while undated."""

    inspection: str
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that the office should see but may overrule: a message id and what fills it."""

    message: str
    facts: Mapping[str, object]


def require_dates(first_day: date, last_day: date, calendar: WorkingCalendar) -> None:
    """A visit begins and ends on working days. Raises Refused; a day off between them is no obstacle."""
    if last_day < first_day:
        raise Refused(
            N_("Ngày kết thúc %(last)s sớm hơn ngày bắt đầu %(first)s."),
            status=422,
            about="ends_on",
            last=written(last_day),
            first=written(first_day),
        )
    together = Together()
    with together("starts_on"):
        require_working_day(calendar, first_day)
    if last_day != first_day:
        with together("ends_on"):
            require_working_day(calendar, last_day)
    together.settle()


def starts_early(first_day: date | None, begun: date) -> bool:
    """True when a visit begins before the first day that it was scheduled for."""
    return first_day is not None and begun < first_day


def require_team(team: Iterable[Seat]) -> None:
    """A team is complete when it has exactly one lead and names nobody twice. Raises Refused."""
    seats = list(team)
    leads = [seat for seat in seats if seat.role is MemberRole.LEAD]
    if not leads:
        raise Refused(N_("Đoàn kiểm tra chưa có trưởng đoàn. Chọn một người làm trưởng đoàn."), status=422)
    if len(leads) > 1:
        names = ", ".join(seat.name for seat in leads)
        raise Refused(N_("Đoàn kiểm tra chỉ có một trưởng đoàn, đang chọn: %(names)s."), status=422, names=names)
    seen: set[str] = set()
    for seat in seats:
        if seat.person in seen:
            raise Refused(
                N_("%(name)s được chọn hai lần trong đoàn."),
                status=422,
                about=part_in_forms(seat.role),
                name=seat.name,
            )
        seen.add(seat.person)


def double_bookings(
    team: Iterable[Seat], first_day: date, last_day: date, bookings: Iterable[Booking]
) -> tuple[Booking, ...]:
    """The bookings of team members that share a day with the visit. Leave out the inspection being scheduled."""
    people = {seat.person for seat in team}
    clashes = (
        taken
        for taken in bookings
        if taken.person in people and taken.first_day <= last_day and first_day <= taken.last_day
    )
    return tuple(sorted(clashes, key=lambda taken: (taken.first_day, taken.person, taken.unit)))


def conflicts_of_interest(
    team: Iterable[Seat],
    unit_codes: frozenset[str],
    affiliations: Iterable[Affiliation],
    on: date,
    *,
    months: int = 24,
) -> tuple[Affiliation, ...]:
    """Places that keep a member from inspecting: one's own unit, or one left less than `months` months before `on`.

    `unit_codes` holds the inspected unit and the units whose duties it took over.
    """
    people = {seat.person for seat in team}
    found = (
        place
        for place in affiliations
        if place.person in people
        and place.unit_code in unit_codes
        and (place.left_on is None or on < add_months(place.left_on, months))
    )
    return tuple(sorted(found, key=lambda place: (place.person, place.unit_code)))


def nearby_checks(
    first_day: date, last_day: date, others: Iterable[Check], *, window_days: int = 90
) -> tuple[Check, ...]:
    """Other checks of the unit that lie within `window_days` calendar days of this one."""

    def near(check: Check) -> bool:
        if check.first_day is None:
            return False
        ends = check.last_day or check.first_day
        gap = max((check.first_day - last_day).days, (first_day - ends).days, 0)
        return gap <= window_days

    return tuple(sorted(filter(near, others), key=lambda check: (check.first_day or first_day, check.inspection)))


def require_schedule(
    team: Iterable[Seat],
    first_day: date,
    last_day: date,
    calendar: WorkingCalendar,
    *,
    unit_codes: frozenset[str],
    bookings: Iterable[Booking] = (),
    affiliations: Iterable[Affiliation] = (),
    others: Iterable[Check] = (),
    months: int = 24,
    window_days: int = 90,
) -> tuple[Caution, ...]:
    """Everything that must hold before an inspection is scheduled. Raises Refused with every reason.

    Gives back what the office should see all the same: a team of one, another check of the unit close by.
    """
    seats, together = list(team), Together()
    with together():
        require_dates(first_day, last_day, calendar)
    with together("lead"):
        require_team(seats)
    names = {seat.person: seat.name for seat in seats}
    parts = {seat.person: part_in_forms(seat.role) for seat in seats}
    for taken in double_bookings(seats, first_day, last_day, bookings):
        with together(parts[taken.person]):
            raise Refused(
                N_("%(name)s đã có lịch kiểm tra %(unit)s từ %(first)s đến %(last)s. Chọn ngày khác hoặc người khác."),
                name=names[taken.person],
                unit=taken.unit,
                first=written(taken.first_day),
                last=written(taken.last_day),
            )
    for place in conflicts_of_interest(seats, unit_codes, affiliations, first_day, months=months):
        with together(parts[place.person]):
            raise _conflict(place, names[place.person], months)
    together.settle()
    return _cautions(seats, nearby_checks(first_day, last_day, others, window_days=window_days))


def part_in_forms(role: MemberRole) -> str:
    """What forms call a part in the team: several are members, of each other part there is one."""
    return "members" if role is MemberRole.MEMBER else role.value


def _conflict(place: Affiliation, name: str, months: int) -> Refused:
    if place.left_on is None:
        return Refused(N_("%(name)s đang công tác tại đơn vị được kiểm tra. Chọn người khác."), name=name)
    return Refused(
        N_("%(name)s rời đơn vị được kiểm tra ngày %(left)s, chưa đủ %(months)s tháng. Chọn người khác."),
        name=name,
        left=written(place.left_on),
        months=months,
    )


def _cautions(seats: list[Seat], near: tuple[Check, ...]) -> tuple[Caution, ...]:
    alone = (Caution(N_("Đoàn chỉ có trưởng đoàn, chưa có thành viên khác."), {}),) if len(seats) == 1 else ()
    repeated = tuple(
        Caution(
            N_("Đơn vị này có một cuộc kiểm tra khác bắt đầu ngày %(first)s."),
            {"first": written(check.first_day), "inspection": check.inspection},
        )
        for check in near
        if check.first_day
    )
    return alone + repeated
