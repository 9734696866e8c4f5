"""What may be typed about tasks. Several of these forms stand on one page, so each carries its name as a prefix."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from inspect_app.display import label
from inspect_app.forms import BaseForm, DayField, IdField, IdsField, SeenForm, long_text, required
from inspect_app.tasks.actions_issue import Assignment
from inspect_app.tasks.queries_list import Signal, View, Wanted
from inspect_app.tasks.rules import BUCKETS, ExtensionLevel, State

PROOF_HINT = _l("Ảnh JPEG, PNG, HEIC, WebP hoặc tệp PDF, DOCX, XLSX; chọn được nhiều tệp.")


class TaskFilter(BaseForm):
    """The filter of the list; what cannot be read counts as not typed."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Đơn vị hoặc số nhiệm vụ"), [Length(max=100)])
    state = SelectField(_l("Trạng thái"), [Optional()])
    year = SelectField(_l("Năm"), [Optional()])
    first = DayField(_l("Hạn từ ngày"), [Optional()])
    last = DayField(_l("Hạn đến ngày"), [Optional()])

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        states = [state for state in State if state is not State.DRAFT]
        self.state.choices = [("", _("Mọi trạng thái")), *((state.value, label(state)) for state in states)]
        self.year.choices = [("", _("Mọi năm"))]
        self.given = given

    def offer_years(self, years: list[int]) -> None:
        """The years to choose from, newest first."""
        self.year.choices += [(str(year), str(year)) for year in years]

    def wanted(self) -> Wanted:
        year = self.year.data or ""
        return Wanted(
            view=_member_of(View, self.given.get("view")) or View.RUNNING,
            state=_member_of(State, self.state.data),
            text=(self.q.data or "")[:100],
            unit_id=self._id("unit"),
            inspection_id=self._id("inspection"),
            post_id=self._id("post"),
            year=int(year) if year.isdecimal() and len(year) == 4 else None,
            first=self.first.data,
            last=self.last.data,
            band=band if (band := self.given.get("band", "")) in BUCKETS else "",
            signal=_member_of(Signal, self.given.get("signal")),
            assigned_in=self._month("assigned"),
            closed_in=self._month("closed"),
            overdue_then=self._day("overdue-on"),
            waiting=_member_of(ExtensionLevel, self.given.get("waiting")),
        )

    def _id(self, name: str) -> Any:
        field = IdField().bind(form=self, name=name)
        field.process(self.given)
        return None if field.process_errors else field.data

    def _day(self, name: str) -> Any:
        field = DayField().bind(form=self, name=name)
        field.process(self.given)
        return None if field.process_errors else field.data

    def _month(self, name: str) -> Any:
        day = self._day(name)
        return day.replace(day=1) if day else None


class PartForm(SeenForm):
    """One of several forms on a page; the token is checked for every POST before any form is."""

    class Meta(SeenForm.Meta):
        csrf = False


class AcknowledgementForm(PartForm):
    """Taking note of a task: nothing to type."""


class ReportForm(PartForm):
    """How far the work is, with proof."""

    percent = IntegerField(
        _l("Tiến độ (%)"),
        [required(), NumberRange(0, 100, _l("Tiến độ từ 0 đến 100."))],
    )
    words = TextAreaField(_l("Đã làm được gì"), [required(), long_text()])
    files = MultipleFileField(_l("Minh chứng"), [Optional()], description=PROOF_HINT)


class SubmissionForm(PartForm):
    """Handing the work in, with proof."""

    words = TextAreaField(_l("Kết quả đã đạt"), [required(), long_text()])
    files = MultipleFileField(_l("Minh chứng"), [Optional()], description=PROOF_HINT)


class ReturnForm(PartForm):
    """Giving the work back."""

    reason = TextAreaField(_l("Còn thiếu gì, cần làm gì"), [required(), long_text()])


class VerificationForm(PartForm):
    """Finding the work done."""

    reason = TextAreaField(_l("Nhận xét"), [Optional(), long_text()])


class ExtensionForm(PartForm):
    """A wish for more time."""

    wished_due = DayField(_l("Hạn mới đề nghị"), [required()])
    reason = TextAreaField(_l("Lý do"), [required(), long_text()])


class ExtensionDecisionForm(PartForm):
    """What is said to a wish for more time."""

    answer = RadioField(_l("Quyết định"), [required(_l("Chọn đồng ý hoặc không đồng ý."))])
    granted_due = DayField(_l("Hạn mới"), [Optional()])
    reason = TextAreaField(_l("Ý kiến"), [Optional(), long_text()])

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.answer.choices = [("approve", _("Đồng ý")), ("refuse", _("Không đồng ý"))]


class DecisionForm(PartForm):
    """A decision with its paper: suspending, cancelling, giving up."""

    reason = TextAreaField(_l("Lý do"), [required(), long_text()])
    decision = StringField(
        _l("Số quyết định"), [required(), Length(max=200)], description=_l("Ví dụ: 1412/QĐ-UBND ngày 20/07/2026")
    )


class DropForm(PartForm):
    """The committee gives a task up."""

    reason = TextAreaField(_l("Lý do"), [required(), long_text()])
    decision = StringField(_l("Số quyết định hoặc kết luận phiên họp"), [Optional(), Length(max=200)])


class ReopeningForm(PartForm):
    """Taking a task up again."""

    due_on = DayField(_l("Hạn mới"), [required()])
    reason = TextAreaField(_l("Lý do mở lại"), [required(), long_text()])


class ReassignmentForm(PartForm):
    """Giving a task to the head of another unit."""

    unit_id = IdField(_l("Đơn vị nhận"), [required(_l("Chọn đơn vị nhận."))])
    reason = TextAreaField(_l("Lý do giao lại"), [required(), long_text()])


class ManyReassignmentForm(BaseForm):
    """Giving many tasks without an owner to one unit."""

    tasks = IdsField(_l("Nhiệm vụ"), [required(_l("Chọn ít nhất một nhiệm vụ."))])
    unit_id = IdField(_l("Đơn vị nhận"), [required(_l("Chọn đơn vị nhận."))])
    reason = TextAreaField(_l("Lý do giao lại"), [required(), long_text()])


class DraftForm(PartForm):
    """A task in the draft of a conclusion."""

    finding_id = HiddenField(validators=[required()])
    what = TextAreaField(_l("Rõ việc"), [required(), long_text()])
    deliverable = TextAreaField(_l("Rõ sản phẩm"), [required(), long_text()])
    responsibility = StringField(_l("Rõ trách nhiệm"), [Optional(), Length(max=1000)])
    authority = StringField(_l("Rõ thẩm quyền"), [Optional(), Length(max=1000)])
    term_days = IntegerField(
        _l("Thời hạn (ngày làm việc)"),
        [required(), NumberRange(1, 250, _l("Thời hạn từ 1 đến 250 ngày làm việc."))],
    )

    def assignment(self, finding_id: Any) -> Assignment:
        return Assignment(
            finding_id=finding_id,
            what=self.what.data,
            deliverable=self.deliverable.data,
            responsibility=self.responsibility.data or "",
            authority=self.authority.data or "",
            term_days=self.term_days.data,
        )


class ConclusionForm(PartForm):
    """Number and day of the notice of conclusion, given outside and typed in."""

    number = StringField(_l("Số, ký hiệu"), [required(), Length(max=60)], description=_l("Ví dụ: 214/TB-UBND"))
    issued_on = DayField(_l("Ngày ban hành"), [required()])


def _member_of(kind: Any, value: str | None) -> Any:
    return next((member for member in kind if member.value == value), None)
