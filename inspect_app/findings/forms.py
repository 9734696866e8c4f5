"""What may be typed about findings."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from inspect_app.display import label
from inspect_app.findings.actions import Observation
from inspect_app.findings.queries_list import STILL_OPEN, Wanted
from inspect_app.findings.rules import Cause, FindingKind, FindingState, Severity
from inspect_app.forms import BaseForm, IdField, SeenForm, long_text, required

CHOOSE = _l("Hãy chọn một mục.")


class FindingFilter(BaseForm):
    """The filter of the list; what cannot be read counts as not typed."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Tên đơn vị hoặc nội dung"), [Length(max=100)])
    state = SelectField(_l("Trạng thái"), [Optional()])
    severity = SelectField(_l("Mức độ"), [Optional()])
    criterion = StringField(_l("Tiêu chí"), [Length(max=40)])
    year = SelectField(_l("Năm"), [Optional()])
    recurring = BooleanField(_l("Chỉ tồn tại lặp lại"))
    unit = IdField(_l("Đơn vị"), [Optional()])

    def __init__(self, given: Any, *, years: list[int]) -> None:
        super().__init__(given)
        states = [(state.value, label(state)) for state in FindingState if state is not FindingState.DRAFT]
        self.state.choices = _choices([("", _("Mọi trạng thái")), (STILL_OPEN, _("Chưa xong")), *states])
        self.severity.choices = _choices([("", _("Mọi mức độ")), *((one.value, label(one)) for one in Severity)])
        self.year.choices = _choices([("", _("Mọi năm")), *((str(year), str(year)) for year in years)])

    def wanted(self) -> Wanted:
        year = self.year.data or ""
        state = self.state.data
        return Wanted(
            text=(self.q.data or "")[:100],
            unit_id=self.unit.data,
            state=STILL_OPEN if state == STILL_OPEN else _member_of(FindingState, state),
            severity=_member_of(Severity, self.severity.data),
            criterion=(self.criterion.data or "")[:40],
            year=int(year) if year.isdecimal() and len(year) == 4 else None,
            recurring=self.recurring.data,
        )


class FindingForm(SeenForm):
    """What the team writes down about one criterion, on a page or from the tablet."""

    criterion_code = SelectField(_l("Tiêu chí"), [required()], validate_choice=False)
    kind = RadioField(_l("Loại"), [DataRequired(CHOOSE)], default=FindingKind.SHORTCOMING.value, validate_choice=False)
    severity = RadioField(_l("Mức độ"), [DataRequired(CHOOSE)], default=Severity.LIGHT.value, validate_choice=False)
    fact = TextAreaField(_l("Nội dung tồn tại"), [required(), long_text()])
    legal_basis = StringField(_l("Căn cứ pháp lý"), [Optional(), Length(max=1000)])
    cause_kind = SelectField(_l("Loại nguyên nhân"), [Optional()], validate_choice=False)
    cause = TextAreaField(_l("Nguyên nhân"), [Optional(), long_text()])
    recommendation = TextAreaField(_l("Kiến nghị"), [Optional(), long_text()])
    named_person = StringField(
        _l("Người được nêu tên"),
        [Optional(), Length(max=200)],
        description=_l("Chỉ cơ quan thường trực, trưởng đoàn, người ký và thủ trưởng đơn vị thấy."),
    )

    def __init__(self, *args: Any, criteria: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        named = [(code, _("%(code)s %(name)s", code=code, name=name)) for code, name in criteria.items()]
        self.criterion_code.choices = _choices(named)
        self.kind.choices = _choices([(one.value, label(one)) for one in FindingKind])
        self.severity.choices = _choices([(one.value, label(one)) for one in Severity])
        self.cause_kind.choices = _choices([("", _("Chưa rõ")), *((one.value, label(one)) for one in Cause)])

    def validate_criterion_code(self, field: Any) -> None:
        AnyOf(list(self.criteria), CHOOSE)(self, field)

    def validate_kind(self, field: Any) -> None:
        AnyOf(list(FindingKind), CHOOSE)(self, field)

    def validate_severity(self, field: Any) -> None:
        AnyOf(list(Severity), CHOOSE)(self, field)

    def validate_cause_kind(self, field: Any) -> None:
        AnyOf(["", *Cause], CHOOSE)(self, field)

    def observation(self, named_person: str = "") -> Observation:
        """What was typed; `named_person` stays where the form does not show it."""
        return Observation(
            criterion_code=self.criterion_code.data,
            criterion_name=self.criteria[self.criterion_code.data],
            fact=self.fact.data,
            severity=Severity(self.severity.data),
            kind=FindingKind(self.kind.data),
            legal_basis=self.legal_basis.data or "",
            cause_kind=Cause(self.cause_kind.data) if self.cause_kind.data else None,
            cause=self.cause.data or "",
            recommendation=self.recommendation.data or "",
            named_person=(self.named_person.data or "") if "named_person" in self else named_person,
        )


class ReplyForm(SeenForm):
    """The unit's answer: it agrees, or explains why not."""

    agreed = RadioField(_l("Đơn vị"), [required(CHOOSE)], validate_choice=False)
    words = TextAreaField(_l("Nội dung trả lời"), [Optional(), long_text()])
    proof = MultipleFileField(_l("Tài liệu chứng minh"), description=_l("Ảnh hoặc tệp PDF, DOCX, XLSX."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreed.choices = _choices([("yes", _("Đồng ý với tồn tại")), ("no", _("Không đồng ý, giải trình"))])


class DecisionForm(SeenForm):
    """What becomes of a finding: the leader proposes it, the office decides it."""

    decision = RadioField(_l("Xử lý"), [required(CHOOSE), AnyOf(["confirm", "withdraw", "note"], CHOOSE)])
    reason = TextAreaField(_l("Lý do"), [Optional(), long_text(2000)])

    def __init__(self, *args: Any, allowed: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.validate_choice = False
        self.decision.choices = _choices([(name, told) for name, told in _decisions().items() if name in allowed])


class ReasonForm(SeenForm):
    """A step that needs its reason in words."""

    reason = TextAreaField(_l("Lý do"), [required(), long_text(2000)])


def _decisions() -> dict[str, str]:
    return {
        "confirm": _("Xác nhận, giao khắc phục"),
        "note": _("Ghi nhận, không phải khắc phục"),
        "withdraw": _("Rút tồn tại"),
    }


def _choices(pairs: Any) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def _member_of(kind: Any, value: str | None) -> Any:
    return kind(value) if value in {item.value for item in kind} else None
