"""What may be typed about plans."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from inspect_app.display import label
from inspect_app.forms import BaseForm, DayField, IdField, IdsField, PointsField, SeenForm, long_text, required
from inspect_app.inspections.rules import InspectionForm
from inspect_app.plans.actions import Addition
from inspect_app.plans.queries_coverage import Measured
from inspect_app.plans.queries_rows import TARGETED, Place, PlanUnit, Shown, Wanted
from inspect_app.plans.rules import USUAL_TARGET

QUARTERS = {"1": "I", "2": "II", "3": "III", "4": "IV"}


class PlanForm(BaseForm):
    """A new plan: whose, which year, the same share for the whole and each group."""

    unit = IdField(_l("Cơ quan lập kế hoạch"), [required()])
    year = IntegerField(_l("Năm"), [required(), NumberRange(2000, 2200, _l("Năm từ 2000 đến 2200."))])
    pct = PointsField(
        _l("Chỉ tiêu, phần trăm số đơn vị"),
        [required()],
        default=USUAL_TARGET,
        description=_l("Áp dụng cho toàn bộ và từng nhóm đơn vị; sửa riêng từng nhóm được sau khi lập."),
    )
    denominator_on = DayField(
        _l("Ngày chốt mẫu số"),
        [Optional()],
        description=_l("Đơn vị có hiệu lực ngày này được tính. Để trống là ngày 01/01 của năm."),
    )


def targets_form(groups: Iterable[str], **values: Any) -> Any:
    """A form with a share for the whole (`whole`) and one field for each group (`group_0`, `group_1` …)."""
    fields: dict[str, Any] = {
        "whole": PointsField(_l("Toàn bộ đơn vị, %%") % {}, [Optional()]),
        "denominator_on": DayField(_l("Ngày chốt mẫu số"), [required()]),
    }
    for number, group in enumerate(groups):
        fields[f"group_{number}"] = PointsField(f"{group}, %", [Optional()])
    return type("TargetsForm", (SeenForm,), fields)(**values)


def typed_targets(form: Any, groups: Iterable[str]) -> dict[str, Decimal | None]:
    """What was typed, by group; the whole stands under ""."""
    typed = {group: form[f"group_{number}"].data for number, group in enumerate(groups)}
    return {"": form.whole.data, **typed}


def shown_targets(groups: Iterable[str], pcts: Mapping[str, Decimal]) -> dict[str, Decimal | None]:
    """The values of a form of targets."""
    return {"whole": pcts.get(""), **{f"group_{number}": pcts.get(group) for number, group in enumerate(groups)}}


class ExclusionForm(SeenForm):
    """A unit to leave out, by a decision."""

    unit = IdField(_l("Đơn vị"), [required()])
    reason = TextAreaField(_l("Lý do"), [required(), long_text(1000)])
    decision = StringField(
        _l("Số, ngày quyết định"),
        [required(), Length(max=200)],
        description=_l("Ví dụ: 15/QĐ-UBND, 14/09/2026"),
    )


class ApprovalForm(SeenForm):
    """The decision that approves the plan."""

    number = StringField(_l("Số quyết định"), [required(), Length(max=60)], description=_l("Ví dụ: 113/QĐ-UBND"))
    day = DayField(_l("Ngày quyết định"), [required()])


class ReturnForm(SeenForm):
    """Why the plan goes back to the office."""

    reason = TextAreaField(_l("Lý do trả lại"), [required(), long_text(2000)])


class VersionForm(SeenForm):
    """Why an approved plan changes."""

    reason = TextAreaField(_l("Lý do điều chỉnh"), [required(), long_text(1000)])


class AdditionForm(SeenForm):
    """The units that were ticked, and what the office says about them. A reason is asked for on an approved plan."""

    units = IdsField(_l("Đơn vị"))
    quarter = SelectField(_l("Quý dự kiến"), [Optional()])
    grounds = StringField(
        _l("Căn cứ khác"), [Length(max=500)], description=_l("Ví dụ: đề nghị của Ban Chỉ đạo, phiên 28/8")
    )
    reason = StringField(_l("Lý do điều chỉnh kế hoạch"), [Optional(), Length(max=1000)])

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.quarter.choices = _quarters(_("Chưa chọn"))

    def addition(self) -> Addition:
        quarter = self.quarter.data
        return Addition(tuple(self.units.data or ()), self.grounds.data or "", int(quarter) if quarter else None)


class DirectForm(BaseForm):
    """An unannounced or thematic check."""

    unit = IdField(_l("Đơn vị"), [required()])
    form = RadioField(_l("Hình thức"), [required()], default=InspectionForm.UNANNOUNCED.value)
    quarter = SelectField(_l("Quý dự kiến"), [Optional()])
    grounds = TextAreaField(_l("Lý do kiểm tra"), [required(), long_text(1000)])

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        forms = (InspectionForm.UNANNOUNCED, InspectionForm.THEMATIC)
        self.form.choices = [SelectChoice(form.value, label(form)) for form in forms]
        self.quarter.choices = _quarters(_("Chưa chọn"))


class RowFilter(BaseForm):
    """The filter of the units of a plan; what cannot be read counts as not typed."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Tìm đơn vị"), [Length(max=100)], render_kw={"placeholder": _l("Gõ không dấu cũng được")})
    group = SelectField(_l("Nhóm đơn vị"), [Optional()])
    place = SelectField(_l("Trạng thái"), [Optional()])
    quarter = SelectField(_l("Quý"), [Optional()])
    team = SelectField(_l("Đoàn kiểm tra"), [Optional()])

    def __init__(self, given: Any, measured: Measured, rows: Iterable[PlanUnit]) -> None:
        super().__init__(given)
        places = [SelectChoice(place.value, label(place)) for place in (*Place, *Shown)]
        teams = sorted({row.inspection.team_name for row in rows if row.inspection and row.inspection.team_name})
        self.group.choices = group_choices(measured)
        self.place.choices = [SelectChoice("", _("Trong kế hoạch")), *places]
        self.quarter.choices = _quarters(_("Tất cả"))
        self.team.choices = [SelectChoice("", _("Tất cả")), *(SelectChoice(team, team) for team in teams)]

    def wanted(self) -> Wanted:
        quarter = _chosen(self.quarter)
        return Wanted(
            text=(self.q.data or "")[:100],
            group=_chosen(self.group),
            place=_chosen(self.place),
            quarter=int(quarter) if quarter else None,
            team=_chosen(self.team),
        )


class CandidateFilter(BaseForm):
    """The filter of the units that are not in the plan yet."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = StringField(_l("Tìm đơn vị"), [Length(max=100)], render_kw={"placeholder": _l("Gõ không dấu cũng được")})
    group = SelectField(_l("Nhóm đơn vị"), [Optional()])

    def __init__(self, given: Any, measured: Measured) -> None:
        super().__init__(given)
        self.group.choices = [choice for choice in group_choices(measured) if choice.value != TARGETED]

    def wanted(self) -> tuple[str, str]:
        """(words, group or kind)"""
        return (self.q.data or "")[:100], _chosen(self.group)


def group_choices(measured: Measured) -> list[SelectChoice]:
    """The groups that the plan counts, each with its kinds where it has several."""
    coverage = measured.coverage
    choices = [SelectChoice("", _("Tất cả"))]
    if coverage.outside:
        choices.append(SelectChoice(TARGETED, _("Các nhóm tính chỉ tiêu")))
    for group in (*coverage.groups, *coverage.outside):
        kinds = sorted({measured.units[code].kind for code in group.units})
        choices.append(SelectChoice(group.name or "", group.name or "–"))
        if len(kinds) > 1:
            choices += [SelectChoice(kind.value, f"– {label(kind)}") for kind in kinds]
    return choices


def _quarters(first: str) -> list[SelectChoice]:
    return [
        SelectChoice("", first),
        *(SelectChoice(value, _("Quý %(number)s", number=roman)) for value, roman in QUARTERS.items()),
    ]


def _chosen(field: SelectField) -> str:
    """The value when it is one of the choices, else nothing."""
    return field.data if field.data and field.data in {choice.value for choice in field.choices} else ""
