"""What may be typed from the minutes to the conclusion."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, NumberRange, Optional

from inspect_app.display import label, points
from inspect_app.forms import BaseForm, DayField, PointsField, SeenForm, long_text, required
from inspect_app.inspections.actions_minutes import Minutes
from inspect_app.inspections.actions_papers import Numbered
from inspect_app.inspections.actions_review import Report, Verdict
from inspect_app.inspections.rules_review import Outcome
from inspect_app.rubrics.rules import Criterion, ScoringKind

Value = dict[str, Any]
NOT_APPLICABLE = "na"
COUNTED = frozenset({ScoringKind.PENALTY, ScoringKind.BONUS, ScoringKind.DEDUCTION})


class MinutesForm(SeenForm):
    """Number, day and words of the minutes. Number and day come together or not at all."""

    number = StringField(_l("Số biên bản"), [Optional(), Length(max=60)], description=_l("Ví dụ: 27/BB-ĐKT"))
    issued_on = DayField(_l("Ngày biên bản"), [Optional()])
    opening = TextAreaField(_l("Mở đầu: thời gian, địa điểm, căn cứ"), [required(), long_text()])
    strengths = TextAreaField(_l("Kết quả đạt được, ưu điểm"), [Optional(), long_text(8000)])
    unit_opinion = TextAreaField(_l("Ý kiến, kiến nghị của đơn vị"), [Optional(), long_text(8000)])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        halves = (bool(self.number.data), self.issued_on.data is not None)
        if any(halves) and not all(halves) and not (self.number.errors or self.issued_on.errors):
            missing = self.issued_on if halves[0] else self.number
            missing.errors = [_("Cần ghi cả số và ngày biên bản.")]
            return False
        return valid

    def minutes(self) -> Minutes:
        paper = Numbered(self.number.data, self.issued_on.data) if self.number.data else None
        return Minutes(self.opening.data or "", self.strengths.data or "", self.unit_opinion.data or "", paper)


class SignatureForm(BaseForm):
    """A confirmation of the record whose hash the page showed."""

    shown_hash = HiddenField(validators=[Length(max=64)])


class RefusalForm(SignatureForm):
    """The unit does not sign."""

    witness = StringField(
        _l("Người chứng kiến"), [required(), Length(max=200)], description=_l("Họ tên, chức vụ hoặc nơi công tác")
    )
    reason = TextAreaField(_l("Lý do đơn vị không ký"), [required(), long_text(2000)])


class ScanForm(BaseForm):
    """The signed minutes as a scan."""

    scan = FileField(_l("Bản ký quét"), [required(_l("Hãy chọn tệp."))])


class ReportForm(SeenForm):
    """The words of the team's report; the results are made from the record."""

    summary = TextAreaField(_l("1. Khái quát đơn vị"), [Optional(), long_text(8000)])
    measures = TextAreaField(_l("3. Biện pháp đã áp dụng"), [Optional(), long_text(8000)])
    unit_wishes = TextAreaField(_l("4. Kiến nghị của đơn vị"), [Optional(), long_text(8000)])
    recommendations = TextAreaField(_l("5. Kiến nghị của đoàn"), [Optional(), long_text(8000)])

    def report(self) -> Report:
        fields = (self.summary, self.measures, self.unit_wishes, self.recommendations)
        return Report(*(field.data or "" for field in fields))


class ReopeningForm(SeenForm):
    """Why a concluded inspection goes back into review."""

    ground = TextAreaField(_l("Căn cứ mở lại"), [required(), long_text(4000)])
    document = StringField(_l("Văn bản"), [Optional(), Length(max=200)], description=_l("Số và ngày, nếu có"))


class ExplanationForm(BaseForm):
    """What the unit says about a criterion; answer_form() adds the answer that it thinks right."""

    words = TextAreaField(_l("Nội dung giải trình"), [required(), long_text()])
    proof = MultipleFileField(_l("Tài liệu chứng minh"), description=_l("Ảnh hoặc tệp PDF, DOCX, XLSX."))


class AppraisalForm(BaseForm):
    """What the office decides on an explanation; answer_form() adds the answer that is accepted in part."""

    outcome = RadioField(
        _l("Kết quả thẩm định"),
        [required(_l("Hãy chọn một kết quả.")), AnyOf(list(Outcome), _l("Hãy chọn một kết quả."))],
        validate_choice=False,
    )
    reason = TextAreaField(_l("Lý do"), [required(), long_text()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = [SelectChoice(outcome.value, label(outcome)) for outcome in Outcome]

    def verdict(self) -> Verdict:
        outcome = Outcome(self.outcome.data)
        value = self.answer() if outcome is Outcome.PARTLY else None  # type: ignore[attr-defined]  # of answer_form()
        return Verdict(outcome, self.reason.data, value)


class _AnswerPart:
    """The answer typed in a form that answer_form() has made."""

    _data: Any

    def answer(self) -> Value | None:
        """The answer as rules.md writes it, or None when nothing was typed."""
        typed = {name: field.data for name, field in self._fields.items()}  # type: ignore[attr-defined]  # a form
        if typed.get("choice") == NOT_APPLICABLE or typed.get("na"):
            return {"na": typed.get("na_reason") or ""}
        if typed.get("choice"):
            return (
                {"level": int(typed["choice"])} if typed["choice"].isdecimal() else {"value": typed["choice"] == "yes"}
            )
        if typed.get("numerator") is not None and typed.get("denominator") is not None:
            return {"numerator": typed["numerator"], "denominator": typed["denominator"]}
        for name in ("rate_pct", "events"):
            if typed.get(name) is not None:
                return {name: str(typed[name]) if name == "rate_pct" else typed[name]}
        return None


def answer_form(base: type[BaseForm], criterion: Criterion) -> type[BaseForm]:
    """The form with fields for an answer to this criterion, whatever its way of scoring (a survey has none)."""
    fields = _fields_of(criterion)
    if criterion.na_allowed:
        if "choice" not in fields:
            fields["na"] = BooleanField(_l("Không áp dụng"))
        fields["na_reason"] = StringField(_l("Lý do không áp dụng"), [Optional(), Length(max=500)])
    return type(f"{base.__name__}With{criterion.kind}", (_AnswerPart, base), fields)


def answer_fields(form: BaseForm) -> list[Any]:
    """Those fields of a form that answer_form() has added, in their order."""
    return [field for name, field in form._fields.items() if name in ANSWER_FIELDS]


def typed_from(value: Value | None) -> dict[str, Any]:
    """A stored answer as the fields show it."""
    if not value:
        return {}
    if "na" in value:
        return {"choice": NOT_APPLICABLE, "na": True, "na_reason": value["na"]}
    if "level" in value:
        return {"choice": str(value["level"])}
    if "value" in value:
        return {"choice": "yes" if value["value"] else "no"}
    return dict(value)


ANSWER_FIELDS = ("choice", "numerator", "denominator", "rate_pct", "events", "na", "na_reason")


def _fields_of(criterion: Criterion) -> dict[str, Any]:
    if criterion.kind in (ScoringKind.OPTIONS, ScoringKind.BOOLEAN):
        return {"choice": RadioField(_l("Câu trả lời"), choices=_choices(criterion), validate_choice=False)}
    whole = [Optional(), NumberRange(min=0, message=_l("Cần số nguyên từ 0 trở lên."))]
    if criterion.kind in COUNTED:
        return {"events": IntegerField(_l("Số lần"), whole)}
    return {
        "numerator": IntegerField(criterion.numerator or _l("Tử số"), whole),
        "denominator": IntegerField(criterion.denominator or _l("Mẫu số"), whole),
        "rate_pct": PointsField(_l("Hoặc tỷ lệ, phần trăm"), [Optional()]),
    }


def _choices(criterion: Criterion) -> list[SelectChoice]:
    if criterion.kind is ScoringKind.BOOLEAN:
        most = points(criterion.max_points)
        found = [SelectChoice("yes", _("Có (%(points)s điểm)", points=most)), SelectChoice("no", _("Không (0 điểm)"))]
    else:
        found = [
            SelectChoice(
                str(place), _("%(level)s (%(points)s điểm)", level=level.label_vi, points=points(level.points))
            )
            for place, level in enumerate(criterion.levels)
        ]
    return found + ([SelectChoice(NOT_APPLICABLE, _("Không áp dụng"))] if criterion.na_allowed else [])
