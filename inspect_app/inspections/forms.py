"""What may be typed about inspections before and during the visit."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from inspect_app.clock import HANOI
from inspect_app.display import label
from inspect_app.forms import BaseForm, DayField, IdField, IdsField, SeenForm, long_text, not_after, required
from inspect_app.inspections.actions_papers import Numbered
from inspect_app.inspections.actions_schedule import Schedule, Team
from inspect_app.inspections.queries_list import Wanted
from inspect_app.inspections.rules import InspectionForm, MemberRole, State


class InspectionFilter(BaseForm):
    """The filter of the list; what cannot be read counts as not typed."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Tên hoặc mã đơn vị"), [Length(max=100)])
    state = SelectField(_l("Trạng thái"), [Optional()])
    year = SelectField(_l("Năm"), [Optional()])
    form = SelectField(_l("Hình thức"), [Optional()])
    member = StringField(_l("Thành viên đoàn"), [Length(max=100)])
    first = DayField(_l("Từ ngày"), [Optional()])
    last = DayField(_l("Đến ngày"), [Optional()])

    def __init__(self, given: Any, *, years: list[int]) -> None:
        super().__init__(given)
        self.state.choices = [("", _("Mọi trạng thái")), *((state.value, label(state)) for state in State)]
        self.form.choices = [("", _("Mọi hình thức")), *((form.value, label(form)) for form in InspectionForm)]
        self.year.choices = [("", _("Mọi năm")), *((str(year), str(year)) for year in years)]

    def wanted(self, mine: Any = None, unit_id: Any = None) -> Wanted:
        year = self.year.data or ""
        return Wanted(
            text=(self.q.data or "")[:100],
            unit_id=unit_id,
            state=_member_of(State, self.state.data),
            form=_member_of(InspectionForm, self.form.data),
            year=int(year) if year.isdecimal() and len(year) == 4 else None,
            member=(self.member.data or "")[:100],
            mine=mine,
            first=self.first.data,
            last=self.last.data,
        )


class TeamForm(SeenForm):
    """Who goes: one leader, and by choice a deputy, a secretary and members."""

    team_name = StringField(_l("Tên đoàn"), [Length(max=100)], description=_l("Ví dụ: Đoàn số 1"))
    lead = IdField(_l("Trưởng đoàn"), [required()])
    deputy = IdField(_l("Phó trưởng đoàn"), [Optional()])
    secretary = IdField(_l("Thư ký đoàn"), [Optional()])
    members = IdsField(_l("Thành viên"), [Optional()])
    reason = TextAreaField(_l("Lý do thay đổi"), [required(), long_text(1000)])

    def team(self) -> Team:
        """Each person with their part, in the order of the form."""
        single = (
            (self.lead.data, MemberRole.LEAD),
            (self.deputy.data, MemberRole.DEPUTY),
            (self.secretary.data, MemberRole.SECRETARY),
        )
        several = tuple((person, MemberRole.MEMBER) for person in self.members.data or [])
        return tuple((person, role) for person, role in single if person) + several


class ScheduleForm(TeamForm):
    """Days, team and rubric. A reason is asked for when dates change that were already set."""

    starts_on = DayField(_l("Ngày bắt đầu"), [required(), not_after("ends_on")])
    ends_on = DayField(_l("Ngày kết thúc"), [required()])
    rubric = IdField(_l("Bộ tiêu chí"), [required()])
    reason = TextAreaField(_l("Lý do đổi lịch"), [Optional(), long_text(1000)])
    confirmed = BooleanField(_l("Tôi đã xem các điểm lưu ý trên và vẫn xếp lịch"))

    def schedule(self) -> Schedule:
        return Schedule(
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            rubric_version_id=self.rubric.data,
            team=self.team(),
            team_name=self.team_name.data or "",
        )


class NotificationForm(SeenForm):
    """Numbers and days of the decision on the team and of the notice to the unit, as they stand on the papers."""

    decision_number = StringField(
        _l("Số quyết định"), [required(), Length(max=60)], description=_l("Ví dụ: 1412/QĐ-UBND")
    )
    decision_day = DayField(_l("Ngày quyết định"), [required()])
    notice_number = StringField(
        _l("Số công văn thông báo"), [required(), Length(max=60)], description=_l("Ví dụ: 2218/SNV-CCHC")
    )
    notice_day = DayField(_l("Ngày công văn"), [required()])

    def decision(self) -> Numbered:
        return Numbered(self.decision_number.data, self.decision_day.data)

    def notice(self) -> Numbered | None:
        return Numbered(self.notice_number.data, self.notice_day.data) if "notice_number" in self else None


class ReasonForm(SeenForm):
    """A step that needs its reason in words."""

    reason = TextAreaField(_l("Lý do"), [required(), long_text(2000)])


class SuspensionForm(ReasonForm):
    """A step by decision."""

    document = StringField(
        _l("Văn bản quyết định"),
        [required(), Length(max=200)],
        description=_l("Số và ngày, ví dụ: 15/QĐ-UBND, 14/09/2026"),
    )


class StartForm(SeenForm):
    """When the visit began; left empty it is now."""

    day = DayField(_l("Ngày bắt đầu"), [Optional()])
    hour = IntegerField(_l("Giờ"), [Optional(), NumberRange(0, 23, _l("Giờ từ 0 đến 23."))])
    minute = IntegerField(_l("Phút"), [Optional(), NumberRange(0, 59, _l("Phút từ 0 đến 59."))])

    def moment(self, today: date) -> datetime | None:
        if self.day.data is None and self.hour.data is None:
            return None
        day = self.day.data or today
        return datetime(day.year, day.month, day.day, self.hour.data or 0, self.minute.data or 0, tzinfo=HANOI)


class EarlyStartForm(StartForm):
    """A beginning before the scheduled first day."""

    reason = TextAreaField(_l("Lý do bắt đầu sớm"), [required(), long_text(1000)])


class PlainForm(SeenForm):
    """A step that needs no words."""


def _member_of(kind: Any, value: str | None) -> Any:
    return kind(value) if value in {item.value for item in kind} else None
